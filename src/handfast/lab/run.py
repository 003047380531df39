"""One run of the lab: labelled pictures in; scores, captures, summary and plot out."""

import os
import platform
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

import handfast
from handfast.base.modality import Modality
from handfast.decision.tables import Tables
from handfast.lab.figures import EER_RULE, Intervals, by_group, comparisons_of, figures
from handfast.lab.files import Ids, write_captures, write_scores, write_summary
from handfast.lab.rates.det import draw_det
from handfast.lab.rates.intervals import Comparisons, clopper_pearson
from handfast.lab.sets.acquire import EngineFactory, acquire_all
from handfast.lab.sets.acquired import Acquired, Recipe
from handfast.lab.sets.cache import TemplateCache
from handfast.lab.sets.captures import Capture, Grouping, Role, make_captures, pairs
from handfast.lab.sets.comparing import Compared, compare_all, level_of
from handfast.lab.sets.conditions import conditions_of
from handfast.lab.sets.dataset import Dataset
from handfast.lab.sets.statement import Statement
from handfast.lab.sets.worst import draw_worst

FROZEN = ("software", "machine", "modality", "kind", "models", "comparators", "protocol", "statement")
"""What of a summary says how it was made: protocol.json, to be kept with any figure that is quoted."""

Progress = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""Called with what is done and how many; gives what to call after each."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run does; all of it goes into the summary, except where the pictures lie.

    names   the pattern that labelled the pictures
    only       pairs of pictures (paths) that alone are compared, None for all
    taken      how each picture was taken, by column, None where that is not told
    statement  what was signed of the set, None where nobody did
    made_by digest of the software and models, see TemplateCache
    """

    modality: Modality
    recipe: Recipe
    grouping: Grouping
    names: str
    made_by: str
    intervals: Intervals
    workers: int = 1
    statement: Statement | None = None
    only: frozenset[tuple[str, str]] | None = None
    taken: Mapping[Path, Mapping[str, str]] | None = None


def run(
    plan: Plan,
    dataset: Dataset,
    factory: EngineFactory,
    tables: Tables,
    out: Path,
    progress: Progress,
    *,
    salt: bytes,
    cache: TemplateCache | None,
    show_people: bool = False,
) -> dict[str, object]:
    """Measure and write everything to `out`; gives the summary. Salt and worst pairs stay only with `show_people`."""
    captures = make_captures(dataset, plan.grouping)
    with progress("templates", len(captures)) as advance:
        acquired = acquire_all(captures, plan.recipe, factory, workers=plan.workers, cache=cache, advance=advance)
    asked = tuple(pairs(captures, plan.only))
    with progress("comparisons", len(asked)) as advance:
        compared = compare_all(captures, acquired, factory(), tables, advance, asked)
    ids = [Ids(salt).of(capture) for capture in captures]
    out.mkdir(parents=True, exist_ok=True)
    taken = [conditions_of(capture, plan.taken) if plan.taken else {} for capture in captures]
    write_captures(out / "captures.csv", captures, acquired, ids, taken)
    write_scores(out / "scores.csv", compared.rows, ids)
    if show_people:
        (out / "salt.txt").write_text(salt.hex() + "\n", "ascii")
        for level in dict.fromkeys(level_of(row.unit) for row in compared.rows):
            rows = [row for row in compared.rows if level_of(row.unit) == level]
            draw_worst(out / f"worst-{level}.png", plan.recipe.folder, rows, captures, level)
    levels, curves = _levels(compared, captures, plan)
    summary = _about(plan, dataset, captures, acquired, compared) | {"results": levels}
    write_summary(out / "summary.json", summary)
    write_summary(out / "protocol.json", {name: summary[name] for name in FROZEN})
    if curves:
        title = f"{plan.modality}, {plan.recipe.kind} samples".capitalize()
        draw_det(out / "det.png", curves, title, _note(captures, acquired, compared))
    return summary


def _levels(
    compared: Compared, captures: Sequence[Capture], plan: Plan
) -> tuple[dict[str, object], dict[str, Comparisons]]:
    """Figures and plotted comparisons for faces, fingers and hands, in each protocol."""
    results: dict[str, object] = {}
    curves: dict[str, Comparisons] = {}
    for level in dict.fromkeys(level_of(row.unit) for row in compared.rows):
        rows = [row for row in compared.rows if level_of(row.unit) == level]
        everything = comparisons_of(rows, captures)
        curves[f"{level}, all pairs"] = everything
        result: dict[str, object] = {"all_pairs": figures(everything, plan.intervals)}
        if plan.grouping.single:
            groups, sets = by_group(rows, captures, Intervals(0))
            rates = [float(str(group["eer"])) for group in groups.values()]
            result["fvc"] = {"mean_eer": sum(rates) / len(rates), "groups": groups}
            if len(sets) > 1:
                curves |= {f"{level}, {name}": own for name, own in sets.items()}
        results[level] = result
    return results, curves


def _about(
    plan: Plan, dataset: Dataset, captures: Sequence[Capture], acquired: Sequence[Acquired], compared: Compared
) -> dict[str, object]:
    codes = Counter(code for result in acquired for _, code in result.failures)
    lost = sum(1 for result in acquired if not result.templates)
    models = sorted({template.model for result in acquired for template in result.templates})
    return {
        "software": {"handfast": handfast.__version__, "python": platform.python_version(), "digest": plan.made_by},
        "machine": {
            "system": platform.system(),
            "machine": platform.machine(),
            "byteorder": sys.byteorder,
            "cores": os.cpu_count(),
        },
        "statement": None if plan.statement is None else asdict(plan.statement),
        "modality": plan.modality,
        "kind": plan.recipe.kind,
        "models": models,
        "comparators": compared.comparators,
        "protocol": {
            "names": plan.names,
            "enlarge": plan.recipe.enlarge,
            "ppi": plan.recipe.ppi,
            **asdict(plan.grouping),
            "all_pairs": "every unordered pair of captures of one slot, over all groups",
            "fvc": "each group: every mated pair; first sample of each person with the first of each other",
            "eer_rule": EER_RULE,
            **({} if plan.only is None else {"listed_pairs": len(plan.only)}),
        },
        "counts": {
            "pictures": len(dataset.pictures),
            "pictures_without_label": dataset.unlabelled,
            "people": len({capture.person for capture in captures}),
            "captures": len(captures),
            "mated_not_compared": compared.not_compared[True],
            "nonmated_not_compared": compared.not_compared[False],
        },
        "failures_to_acquire": {
            "captures": lost,
            "rate": lost / len(captures),
            "interval": clopper_pearson(lost, len(captures)),
            "by_code": dict(codes.most_common()),
        },
        "failures_to_enrol": _unenrolled(captures, acquired),
    }


def _unenrolled(captures: Sequence[Capture], acquired: Sequence[Acquired]) -> dict[str, object]:
    """People of whom no capture that may be a reference gave a template (FTE)."""
    may = [(c.person, bool(a.templates)) for c, a in zip(captures, acquired, strict=True) if c.role is not Role.PROBE]
    people, enrolled = {person for person, _ in may}, {person for person, good in may if good}
    lost = len(people) - len(enrolled)
    return {"people": lost, "rate": lost / len(people), "interval": clopper_pearson(lost, len(people))}


def _note(captures: Sequence[Capture], acquired: Sequence[Acquired], compared: Compared) -> str:
    people = len({capture.person for capture in captures})
    lost = sum(1 for result in acquired if not result.templates)
    return (
        f"{people} people, {len(captures)} captures, {lost} not acquired. "
        f"Comparator: {', '.join(compared.comparators)}.\n"
        "Figures hold for this set and protocol only."
    )
