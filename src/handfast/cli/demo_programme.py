"""The demo programme of `scripts/run --demo`."""

from handfast.service.context import Context
from handfast.service.desk.actors import Actor
from handfast.service.owner import programmes
from handfast.service.owner.programmes import NewProgramme

DEMO = NewProgramme(
    name="Riverside Clinic (demo)",
    purpose="to find your own file and nobody else's",
    who_sees="the clinic's front desk: that it is you, nothing more",
    retention_days=365,
    another_way=("Show any paper with your name at the desk.", "The desk looks your file up by name and birth date."),
    languages=("en", "fr", "es", "ar", "pt", "hi", "sw", "uk"),
)

OPERATOR = Actor(kind="administrator", key_id="demo", programme_id=None, desk="Front desk")


def ensure_demo_programme(context: Context) -> None:
    """Create the demo programme where there is none yet."""
    if not any(programme.name == DEMO.name for programme in programmes.listed(context, OPERATOR)):
        programmes.create(context, OPERATOR, DEMO)
