"""The tables of `handfast lab attack`."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from handfast.lab.attack.run import Row
from handfast.lab.attack.tables import NOTE, KindResult, failures, results


def show(rows: list[Row], out: Path) -> None:
    """Both tables, and every failure with its picture."""
    console, found = Console(width=120), results(rows)
    console.print(_policy(found))
    console.print(_detector(found))
    for row in failures(rows):
        where = out / "failures" / row["picture"]
        console.print(f"{row['kind']} of source {row['source']}, seed {row['seed']}: {_told(row)}  {where}")
    console.print(NOTE)


def _policy(found: tuple[KindResult, ...]) -> Table:
    table = Table("kind", "of", "accepted", "of trials", "95 % upper", "", title="Whole policy (IAPAR), upper bounds")
    for each in found:
        if each.of != "bona fide":
            note = "" if each.barred else "reported, not barred"
            cells = (str(each.accepted), str(each.trials), f"{100 * each.upper:.1f} %")
            table.add_row(each.kind, each.of, *cells, note)
    return table


def _detector(found: tuple[KindResult, ...]) -> Table:
    table = Table("kind", "rate", "%", "no response", "stopped at", title="Live challenge: APCER by kind, BPCER")
    for each in found:
        genuine = each.of == "bona fide"
        wrong = each.trials - each.accepted if genuine else each.accepted
        stopped = ", ".join(f"{step} {count}" for step, count in each.stopped)
        rate = f"{100 * wrong / each.trials:.1f}"
        table.add_row(each.kind, "BPCER" if genuine else "APCER", rate, str(each.unanswered), stopped)
    return table


def _told(row: Row) -> str:
    last = row["steps"][-1]
    return "accepted" if row["followed"] else f"stopped at {last['kind']} ({last['hint']})"
