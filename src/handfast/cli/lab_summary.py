"""What a run of the lab found, as tables in the terminal."""

import sys
from typing import Any

from rich.console import Console
from rich.table import Table


def show_summary(summary: dict[str, Any]) -> None:
    """A table of each level's error rates, intervals where there are any, and what was not acquired."""
    console = Console() if sys.stdout.isatty() else Console(width=120)
    for level, result in summary["results"].items():
        title = f"{level.capitalize()}: TMR % at each FMR (mated errors | non-mated errors)"
        table = Table(title=title, title_justify="left", pad_edge=False)
        for heading in (
            "protocol",
            "mated",
            "non-mated",
            "EER %",
            "at 1e-2",
            "at 1e-3",
            "at 1e-4",
            "at 1e-5",
            "at 1e-6",
        ):
            table.add_column(heading, justify="left" if heading == "protocol" else "right", no_wrap=True)
        table.add_row("all pairs", *_cells(result["all_pairs"]))
        for name, group in result.get("fvc", {}).get("groups", {}).items():
            table.add_row(f"FVC {name}".strip(), *_cells(group))
        if len(result.get("fvc", {}).get("groups", {})) > 1:
            table.add_row("FVC mean", "", "", f"{100 * result['fvc']['mean_eer']:.3f}")
        console.print(table)
        bootstrap = result["all_pairs"].get("bootstrap")
        if bootstrap:
            low, high = bootstrap["eer"]
            intervals = ", ".join(f"at {target:g} {a:.2%} .. {b:.2%}" for target, a, b in bootstrap["tmr_at_fmr"])
            console.print(f"95 % by bootstrap over people: EER {low:.3%} .. {high:.3%}; TMR {intervals}.")
    if (lost := summary["failures_to_acquire"]) is None:
        return
    console.print(
        f"{lost['captures']} of {summary['counts']['captures']} captures not acquired {lost['by_code'] or ''}"
    )


def _cells(figures: dict[str, Any]) -> list[str]:
    tmr = [
        f"{100 * point['tmr']:.2f} ({point['false_non_matches']}|{point['false_matches']})"
        for point in figures["tmr_at_fmr"]
    ]
    return [f"{figures['mated']:,}", f"{figures['nonmated']:,}", f"{100 * figures['eer']:.3f}", *tmr]
