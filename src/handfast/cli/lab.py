"""`handfast lab`: measure on labelled images, fit calibration tables."""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from handfast.base.errors import RequestError
from handfast.base.modality import Modality, SampleKind
from handfast.base.sample import ModalityEngine
from handfast.base.settings import Settings
from handfast.cli.lab_cues import cues
from handfast.cli.lab_gate import gate, key
from handfast.cli.lab_prints import prints
from handfast.cli.lab_sets import chimeric, presentations, state
from handfast.cli.lab_summary import show_summary
from handfast.decision.policy import DEFAULT_POLICY
from handfast.decision.policy_data import policy_from
from handfast.decision.tables import Basis, load_tables

if TYPE_CHECKING:
    from handfast.lab.sets.statement import Statement

app = typer.Typer(no_args_is_help=True, help="Measure on labelled images collected for that, and fit calibration.")

CORES = os.cpu_count() or 1

app.command()(gate)
app.command()(key)
app.command()(cues)
app.command()(prints)
app.command()(state)
app.command()(presentations)
app.command()(chimeric)

KINDS = {
    Modality.FACE: {SampleKind.PORTRAIT},
    Modality.FINGER: {SampleKind.CONTACT, SampleKind.FINGERTIP, SampleKind.HAND},
}
ModelsDir = Annotated[Path | None, typer.Option("--models-dir", help="Models folder; $HANDFAST_MODELS by default.")]


@app.command()
def compare(
    modality: Annotated[Modality, typer.Option(help="What is compared.")],
    kind: Annotated[SampleKind, typer.Option(help="How the samples were taken.")],
    images: Annotated[Path, typer.Option(help="Folder with labelled pictures.")],
    names: Annotated[
        str, typer.Option(help="Pattern with named groups person, sample and, where they apply, hand, finger, group.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for scores.csv, captures.csv, summary.json, det.png.")],
    frames: Annotated[int, typer.Option(help="Pictures in one template, references and probes alike.")] = 1,
    probe_frames: Annotated[int | None, typer.Option(help="Pictures in a probe, where it takes fewer.")] = None,
    splits: Annotated[int, typer.Option(help="How often each person's pictures are shuffled and cut anew.")] = 1,
    enlarge: Annotated[float, typer.Option(help="Factor by which pictures are enlarged first.")] = 1.0,
    ppi: Annotated[float | None, typer.Option(help="Pixels per inch of contact prints; 500 where not given.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of splits and bootstrap.")] = 1,
    replicates: Annotated[int, typer.Option(help="Bootstrap draws of people; 0 for none.")] = 200,
    workers: Annotated[int, typer.Option(help="Processes that make templates; all cores by default.")] = CORES,
    statement: Annotated[
        Path | None, typer.Option(help="Signed statement on the set; statement.json in its folder by default.")
    ] = None,
    keep_templates: Annotated[bool, typer.Option(help="Keep templates in OUT/templates for the next run.")] = True,
    show_people: Annotated[
        bool, typer.Option("--show-people", help="Keep the salt, so that ids can be resolved.")
    ] = False,
    ids_of: Annotated[
        Path | None, typer.Option(help="OUT of an earlier run with --show-people: same ids, for a paired test.")
    ] = None,
    pairs: Annotated[
        Path | None, typer.Option(help="CSV with columns reference and probe (paths): only these are compared.")
    ] = None,
    conditions: Annotated[
        Path | None, typer.Option(help="CSV with a column picture (path) and one for each way in which it was taken.")
    ] = None,
    models_dir: ModelsDir = None,
) -> None:
    """Compare labelled pictures with each other and say how often that goes wrong. Names nobody."""
    from handfast.lab.figures import Intervals
    from handfast.lab.gate.groups import read_salt
    from handfast.lab.run import Plan, run
    from handfast.lab.sets.acquired import Recipe
    from handfast.lab.sets.cache import TemplateCache, software_digest
    from handfast.lab.sets.captures import Grouping, read_pairs
    from handfast.lab.sets.conditions import read_conditions
    from handfast.lab.sets.dataset import read_dataset

    if kind not in KINDS[modality]:
        raise RequestError(f"a {modality} has no {kind} samples; it has {', '.join(sorted(KINDS[modality]))}")
    if ids_of is not None and read_salt(ids_of) is None:
        raise RequestError(f"{ids_of} kept no salt: make that run with --show-people")
    salt = (read_salt(ids_of) if ids_of else None) or secrets.token_bytes(16)
    digest = software_digest()
    dataset = read_dataset(images, names, kind)
    plan = Plan(
        modality=modality,
        recipe=Recipe(kind, images, enlarge, ppi),
        grouping=Grouping(frames, probe_frames or frames, splits, seed),
        names=names,
        made_by=digest,
        intervals=Intervals(replicates, seed),
        workers=workers,
        statement=_statement(images, statement),
        only=read_pairs(pairs) if pairs else None,
        taken=read_conditions(conditions, dataset.pictures) if conditions else None,
    )
    models = models_dir or Settings.from_environment().models_dir
    summary = run(
        plan,
        dataset,
        partial(_engine, modality, models),
        load_tables(),
        out,
        _progress,
        salt=salt,
        cache=TemplateCache(out / "templates", digest) if keep_templates else None,
        show_people=show_people,
    )
    show_summary(summary)


@app.command()
def calibrate(
    scores: Annotated[Path, typer.Option(help="A scores.csv of `lab compare`, its summary.json beside it.")],
    out: Annotated[Path, typer.Option(help="The table to write.")],
    name: Annotated[str, typer.Option(help="Id of the table with its version, such as sface-portrait:1.")],
    basis: Annotated[Basis, typer.Option(help="What the scores come from.")],
    description: Annotated[str, typer.Option(help="What the data are and are not, in a sentence or two.")],
) -> None:
    """Fit a calibration table: what a score of this comparator and kind of sample is worth."""
    from handfast.lab.calibrate import About, fit_table
    from handfast.lab.files import read_scores

    summary = _summary_beside(scores)
    kind = SampleKind(summary["kind"])
    protocol = {key: value for key, value in summary["protocol"].items() if key != "names"}
    about = About(
        id=name,
        comparator=_only(summary["comparators"]),
        reference_kind=kind,
        probe_kind=kind,
        basis=basis,
        description=description,
        protocol={"models": summary["models"], "software": summary["software"]["handfast"], **protocol},
    )
    table = fit_table(read_scores(scores), about)
    out.write_text(table.to_json(), "utf-8")
    least, most = table.limits
    print(f"{table.id}: {table.counts['people']} people; one comparison is worth {least:+.2f} to {most:+.2f}")


@app.command()
def report(
    out: Annotated[list[Path], typer.Argument(help="OUT of one run, or of two to show side by side.")],
    to: Annotated[Path, typer.Option(help="The page to write; JSON and CSV are written beside it.")],
    groups: Annotated[
        Path | None, typer.Option(help="CSV with a column person and one for each way to tell groups apart.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="Policy of whole transactions, as for `lab gate`; the default one by default.")
    ] = None,
    tables: Annotated[
        Path | None, typer.Option(help="Folder of the site's own tables; that of the server by default.")
    ] = None,
) -> None:
    """One page with all figures and plots of a run, or of two side by side. It loads nothing and prints on A4."""
    from handfast.lab.gate.groups import read_groups, read_salt
    from handfast.lab.report.differing import people_of
    from handfast.lab.report.measure import measure
    from handfast.lab.report.write import write_report
    from handfast.lab.runs import read_run

    if len(out) > 2:
        raise RequestError("a report shows one run, or two side by side")
    own = load_tables(tables or Settings.from_environment().data_dir / "calibrations")
    runs = [read_run(folder, own) for folder in out]
    people = read_groups(groups, people_of(runs[0]), read_salt(out[0])) if groups else None
    asked = policy_from(json.loads(policy.read_text("utf-8"))) if policy else DEFAULT_POLICY
    for path in write_report(to, measure(runs, people, policy=asked, tables=own)):
        print(path)


@app.command()
def scores(
    file: Annotated[Path, typer.Argument(help="Scores that others made; .gz is read as what it holds.")],
    form: Annotated[str, typer.Option("--format", help="matrix, bssr1, pairs, bob4 or bob5.")],
    out: Annotated[Path, typer.Option(help="Folder for scores.csv, summary.json, det.png; for `lab report`.")],
    comparator: Annotated[str, typer.Option(help="What made the scores.")] = "given",
    modality: Annotated[Modality, typer.Option(help="What was compared.")] = Modality.FACE,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 1,
    replicates: Annotated[int, typer.Option(help="Bootstrap draws of people; 0 for none.")] = 200,
) -> None:
    """The same figures from a file of scores. Captures are named person or person.capture."""
    from handfast.lab.figures import Intervals
    from handfast.lab.given import measure_given
    from handfast.lab.scorefiles import Format, read_given

    if form not in set(Format):
        raise RequestError(f"{form} is no format that is read: {', '.join(Format)} are")
    summary = measure_given(
        read_given(file, Format(form)),
        out,
        comparator=comparator,
        unit=str(modality),
        form=form,
        salt=secrets.token_bytes(16),
        intervals=Intervals(replicates, seed),
    )
    show_summary(summary)


@app.command()
def attack(
    sources: Annotated[Path, typer.Option(help="Folder with portraits of people who agreed to be attacked.")],
    names: Annotated[str, typer.Option(help="Pattern with the named group person.")],
    out: Annotated[Path, typer.Option(help="Folder for trials.jsonl and failures/; a run there is taken up again.")],
    kinds: Annotated[str, typer.Option(help="Kinds, apart by commas; all by default.")] = "",
    first: Annotated[int, typer.Option(help="Place of the first person among the sources.")] = 0,
    count: Annotated[int, typer.Option(help="How many people.")] = 14,
    seeds: Annotated[int, typer.Option(help="Attempts of each kind a person.")] = 3,
    models_dir: ModelsDir = None,
) -> None:
    """Attack the live challenge with simulated prints, screens and injected videos. No rate of the product."""
    from handfast.cli.lab_attack import show
    from handfast.lab.attack.kinds import Kind
    from handfast.lab.attack.run import run
    from handfast.lab.attack.sources import sources_in
    from handfast.models.store import ModelStore

    _statement(sources, None)
    wanted = [Kind(kind) for kind in kinds.split(",") if kind] or list(Kind)
    people = sources_in(sources, names, first=first, count=count)
    store = ModelStore(models_dir or Settings.from_environment().models_dir)
    with _progress("attacks", len(people) * seeds * len(wanted)) as advance:
        rows = run(people, wanted, range(1, seeds + 1), store, out, lambda _: advance())
    show(rows, out)


def _statement(images: Path, given: Path | None) -> "Statement | None":
    from handfast.lab.sets.statement import read_statement

    file = given or images / "statement.json"
    if file.is_file():
        return read_statement(file.read_text("utf-8"), images)
    Console(stderr=True).print("Nobody signed a statement of consent and source for this set (`lab state`).")
    return None


def _engine(modality: Modality, models_dir: Path) -> ModalityEngine:
    from handfast.models.store import ModelStore

    store = ModelStore(models_dir)
    if modality is Modality.FACE:
        from handfast.face.engine import FaceEngine

        return FaceEngine(store)
    from handfast.finger.engine import FingerEngine

    return FingerEngine(store)


@contextmanager
def _progress(what: str, count: int) -> Iterator[Callable[[], None]]:
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task(what, total=count)
        yield lambda: bars.advance(task)


def _summary_beside(scores: Path) -> dict[str, Any]:
    path = scores.with_name("summary.json")
    if not path.is_file():
        raise RequestError(f"{path.name} must lie beside {scores.name}: it says what the scores are of")
    body: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return body


def _only(comparators: list[str]) -> str:
    if len(comparators) != 1:
        raise RequestError(f"the scores are of {len(comparators)} comparators; a table holds for one")
    return comparators[0]
