"""Pieces of a report's HTML that all its sections use."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from handfast.lab.report.plots import KINDS

Json = Mapping[str, Any]
NAMES = {"face": "Face", "finger": "Finger by finger", "hand": "Hand by hand"}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; cells of rows are HTML already, headings are not."""
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class='scroll'><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def box(title: str, text: str, drawing: str) -> str:
    """A figure with what it shows; text and drawing are HTML already, the title is not."""
    return f"<figure><h3>{escape(title)}</h3><figcaption>{text}</figcaption>{drawing}</figure>"


def section(title: str, *parts: str) -> str:
    """A part of the page under its heading."""
    return f"<section><h2>{escape(title)}</h2>{''.join(parts)}</section>"


def key(run: Json, runs: Sequence[Json]) -> str:
    """The name of a run with its colour, where there are two."""
    if len(runs) < 2:
        return ""
    kind = KINDS[next(n for n, other in enumerate(runs) if other is run)]
    return f"<span class='key {kind}'>{escape(run['name'])}</span>"


def prefix(run: Json, runs: Sequence[Json]) -> str:
    """The name of a run with a colon, where there are two."""
    return f"{escape(run['name'])}: " if len(runs) == 2 else ""


def percent(rate: float | None) -> str:
    """A rate with three figures; nothing for None."""
    return "" if rate is None else f"{_figure(rate)}\u00a0%"


def between(low: float, high: float) -> str:
    """An interval of a rate."""
    return f"{_figure(low)}\u00a0..\u00a0{_figure(high)}\u00a0%"


def _figure(rate: float) -> str:
    return f"{100 * rate:.3g}" if rate == 0.0 or rate >= 1e-6 else "under 0.0001"
