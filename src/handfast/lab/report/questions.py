"""The sections that ask something of the runs: whole transactions, two runs on the same pairs, groups of people."""

from collections.abc import Sequence
from html import escape

from handfast.lab.rates.intervals import FEWEST_PEOPLE
from handfast.lab.report import plots
from handfast.lab.report.html import NAMES, Json, between, box, percent, section, table

PAIRED = (
    "On the comparisons that both runs made, each at its own threshold for the same FMR: mated comparisons that fail. "
    "The test flips the signs of people's differences. Runs have captures in common where the second was made with the "
    "first's salt (<code>--ids-of</code>)."
)
TRANSACTIONS = (
    "What a session of each person against each other's enrolment, and their own, would be answered. Several attempts "
    "are one transaction: accepted if one of them is, else referred if one is. FAR: strangers accepted; FRR: rightful "
    "people not accepted, referred ones among them. Best of several enrolled pictures and retakes are inside the "
    "scores; captures that failed are not in these figures. Below each share how many transactions it is, and its 95 % "
    "interval."
)
GROUPED = "Intervals are 95 %, for as many independent trials as these are worth."
OUTCOMES = {"accepted": "accepted", "referred": "referred to a person", "not_accepted": "not accepted"}


def transactions_section(found: Json) -> str:
    """FAR, FRR and referrals of whole transactions, by attempts."""
    title = f"Whole transactions: {' and '.join(found['modalities'])}"
    if found["missing"]:
        return section(title, f"<p>{escape(_missing(found))}</p>")
    rows = []
    for row in found["rows"]:
        for whom in ("strangers", "rightful"):
            label = f"{row['attempts']} attempt{'s' if row['attempts'] > 1 else ''}, {_WHOM[whom]}"
            cells = [_outcome(row[whom][name]) for name in OUTCOMES]
            rows.append([label, f"{row[whom]['transactions']:,}", *cells, _error(whom, row[whom])])
    bounds = (
        f"Policy {escape(found['policy'])}: accepted from a sum of {found['accept_at']:+.2f}, not accepted up to "
        f"{found['refuse_at']:+.2f} (log10), so that of strangers at most {percent(found['target_far'])} pass."
    )
    careful = [f"{found['people']} people took part; fewer than {FEWEST_PEOPLE} claim no rate for anybody else."]
    careful = careful if found["people"] < FEWEST_PEOPLE else []
    if found["referred_far"] is None:
        careful.append("How many strangers the person who decides would let pass is not in these figures.")
    said = "".join(f"<li>{escape(one)}</li>" for one in careful)
    box_ = f"<div class='careful'><h3>What these figures cannot say</h3><ul>{said}</ul></div>" if said else ""
    head = ["", "transactions", *OUTCOMES.values(), "error"]
    return section(
        title,
        f"<p>{TRANSACTIONS}</p><p>{bounds}</p>",
        table(head, rows),
        box_,
    )


def _missing(found: Json) -> str:
    asked, measured = sorted([*found["modalities"], *found["missing"]]), " and ".join(found["modalities"])
    return (
        f"None can be told: policy {found['policy']} asks for {' and '.join(asked)}, and only {measured} was measured "
        "on these people. Give a run of the other made with --ids-of this one, or a policy that does not ask for it."
    )


_WHOM = {"strangers": "strangers", "rightful": "rightful people"}


def _error(whom: str, of: Json) -> str:
    rate = of["accepted"]["rate"]
    if rate is None:
        return ""
    return f"FAR {percent(rate)}" if whom == "strangers" else f"FRR {percent(1.0 - rate)}"


def _outcome(share: Json) -> str:
    return f"{percent(share['rate'])}<small>{share['count']:,}; {between(*share['interval'])}</small>"


def paired_section(found: Json, runs: Sequence[Json]) -> str:
    """What two runs do to the same mated comparisons; nothing for runs of different things."""
    if not found["levels"]:
        return ""
    rows = []
    for level, entry in found["levels"].items():
        name = f"{NAMES[level]}<small>{entry['in_both']:,} comparisons in both</small>"
        if not entry["tests"]:
            rows.append([name, *[""] * 5, "nothing in common to test on"])
        for n, test in enumerate(entry["tests"]):
            counts = [f"{test[key]:,}" for key in ("only_first", "only_second", "both", "people_differing")]
            rows.append([name if n == 0 else "", percent(test["target"]), *counts, escape(test["finding"])])
    only = [f"only {run['name']} fails" for run in runs]
    head = ["", "at FMR", *only, "both fail", "people differing", "found"]
    return section("The two runs on the same pairs", f"<p>{PAIRED}</p>", table(head, rows))


def groups_section(found: Json) -> str:
    """A forest plot and a table for each column and measure."""
    text = (
        f"One threshold for everybody, at FMR {percent(found['threshold_at_fmr'])} over all. FMR is between people of "
        f"the same group. {GROUPED} p by permuting people, corrected for all questions of this page (Holm). A filled "
        f"dot is the group, an open one everybody else. {found['people_not_named']} people of the run are in no group."
    )
    return section("Groups", f"<p>{text}</p>", *_forests(found, "everybody else"))


def conditions_section(found: Json) -> str:
    """The same for ways in which pictures were taken: one, or one compared with another."""
    text = (
        f"One threshold for all, at FMR {percent(found['threshold_at_fmr'])}. A row is of comparisons between pictures "
        f"taken in one way, or taken in one way and another. {GROUPED} p by permuting each person's own captures, "
        "corrected for all questions of this page (Holm). A filled dot is the row, an open one all other comparisons."
    )
    return section("How pictures were taken", f"<p>{text}</p>", *_forests(found, "all others"))


def _forests(found: Json, others: str) -> list[str]:
    groups, parts = found["groups"], []
    for column, measure in dict.fromkeys((group["column"], group["measure"]) for group in groups):
        own = [group for group in groups if (group["column"], group["measure"]) == (column, measure)]
        worst = next((w for w in found["worst"] if (w["column"], w["measure"]) == (column, measure)), None)
        title = f"{column}: {measure}"
        parts.append(
            f"<div class='forest'>{box(title, _worst(worst, others), plots.forest(own))}{_table(own, others)}</div>"
        )
    return parts


def _worst(group: Json | None, rest: str) -> str:
    if group is None:
        return "No error was seen in a group with people enough."
    others = f", {group['rate'] / group['others']:.1f} times that of {rest}" if group["others"] else ""
    return f"Worst: <b>{escape(group['value'])}</b> with {percent(group['rate'])}{others} ({escape(group['finding'])})."


def _table(groups: Sequence[Json], others: str) -> str:
    head = ["group", "people", "trials", "errors", "rate", "95 %", others, "p", "p, Holm", "found"]
    rows = [
        [
            escape(group["value"]),
            *(f"{group[key]:,}" for key in ("people", "trials", "errors")),
            percent(group["rate"]),
            between(*group["interval"]),
            percent(group["others"]),
            *("" if group[key] is None else f"{group[key]:.2g}" for key in ("p", "p_holm")),
            escape(group["finding"]),
        ]
        for group in groups
    ]
    return table(head, rows)
