"""Plots as SVG text: axes with a grid, lines, bands, dots, bars. Colours come from the page's style by class."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

WIDTH, HEIGHT = 520, 360
LEFT, RIGHT, TOP, BOTTOM = 62, 14, 12, 50

Points = Sequence[tuple[float, float]]
Ticks = Sequence[tuple[float, str]]


@dataclass(slots=True)
class Plot:
    """A plot being drawn. Coordinates of data; y grows upwards.

    x, y      ranges of data
    label     what the picture shows, for who cannot see it
    """

    x: tuple[float, float]
    y: tuple[float, float]
    label: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = BOTTOM
    parts: list[str] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Pixels of a place."""
        inner, tall = self.width - self.left - RIGHT, self.height - TOP - self.bottom
        across = (x - self.x[0]) / (self.x[1] - self.x[0])
        up = (y - self.y[0]) / (self.y[1] - self.y[0])
        return round(self.left + across * inner, 1), round(TOP + (1.0 - up) * tall, 1)

    def axes(self, x_ticks: Ticks, y_ticks: Ticks, x_title: str, y_title: str = "") -> None:
        """Grid lines with their words, and the titles of both axes."""
        for value, word in x_ticks:
            x, floor = self.at(value, self.y[0])
            self.parts.append(f'<path class="grid" d="M{x} {TOP}V{floor}"/>')
            self.parts.append(f'<text class="tick" x="{x}" y="{floor + 17}" text-anchor="middle">{escape(word)}</text>')
        for value, word in y_ticks:
            _, y = self.at(self.x[0], value)
            self.parts.append(f'<path class="grid" d="M{self.left} {y}H{self.width - RIGHT}"/>')
            self.parts.append(
                f'<text class="tick" x="{self.left - 8}" y="{y + 4}" text-anchor="end">{escape(word)}</text>'
            )
        middle = (self.left + self.width - RIGHT) / 2
        self.parts.append(
            f'<text class="axis" x="{middle}" y="{self.height - 10}" text-anchor="middle">{escape(x_title)}</text>'
        )
        if y_title:
            place = f'transform="translate(14 {(TOP + self.height - self.bottom) / 2}) rotate(-90)"'
            self.parts.append(f'<text class="axis" {place} text-anchor="middle">{escape(y_title)}</text>')

    def line(self, points: Points, kind: str) -> None:
        """A line through points."""
        if len(points) > 0:
            path = "L".join(f"{x} {y}" for x, y in (self.at(*p) for p in points))
            self.parts.append(f'<path class="line {kind}" d="M{path}"/>')

    def area(self, points: Points, base: float, kind: str) -> None:
        """What lies between points and a base line."""
        ends = [(points[0][0], base), *points, (points[-1][0], base)]
        path = "L".join(f"{x} {y}" for x, y in (self.at(*p) for p in ends))
        self.parts.append(f'<path class="area {kind}" d="M{path}Z"/>')

    def dots(self, points: Iterable[tuple[float, float]], kind: str, radius: float = 4.0) -> None:
        """A dot at each point."""
        for x, y in (self.at(*p) for p in points):
            self.parts.append(f'<circle class="dot {kind}" cx="{x}" cy="{y}" r="{radius}"/>')

    def segment(self, start: tuple[float, float], end: tuple[float, float], kind: str) -> None:
        """A straight line, such as an interval."""
        (x1, y1), (x2, y2) = self.at(*start), self.at(*end)
        self.parts.append(f'<path class="line {kind}" d="M{x1} {y1}L{x2} {y2}"/>')

    def bar(self, start: float, end: float, y: float, thickness: float, kind: str) -> None:
        """A lying bar, `thickness` pixels high."""
        (x1, middle), (x2, _) = self.at(start, y), self.at(end, y)
        width = max(round(x2 - x1, 1), 1.0)
        self.parts.append(
            f'<rect class="{kind}" x="{x1}" y="{middle - thickness / 2}" width="{width}" height="{thickness}" rx="3"/>'
        )

    def word(self, x: float, y: float, text: str, kind: str = "tick", anchor: str = "start", dx: float = 0.0) -> None:
        """Text beside a place."""
        px, py = self.at(x, y)
        self.parts.append(
            f'<text class="{kind}" x="{px + dx}" y="{py + 4}" text-anchor="{anchor}">{escape(text)}</text>'
        )

    def svg(self) -> str:
        """The finished picture."""
        box = f"0 0 {self.width} {self.height}"
        return f'<svg viewBox="{box}" role="img" aria-label="{escape(self.label)}">{"".join(self.parts)}</svg>'
