"""Bars: from numbers to lengths. The template `dashboard/charts.html` draws them.

A chart has no width of its own: lengths are in percent and texts stay as large as the others on the
page, so it is read on a phone as on a desk. What a bar says in colour it says in words and patterns, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LONGEST_LABEL = 34
HEIGHT, GAP = 44, 6


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a bar: what it is of, and how much."""

    kind: str
    value: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its label, its parts one after the other, the number that is read beside it, the list it leads
    to, and all of that in words."""

    label: str
    parts: Sequence[Part]
    number: str
    href: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part as it is drawn: from where, how long (percent)."""

    kind: str
    start: float
    length: float
    value: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A bar as it is drawn; `top` is in pixels."""

    bar: Bar
    label: str
    top: int
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under each other. `key` says what the kinds of parts are called, where there are several."""

    id: str
    title: str
    desc: str
    bars: Sequence[Drawn]
    height: int
    key: Mapping[str, str] = field(default_factory=dict)


def chart(id_: str, title: str, desc: str, bars: Sequence[Bar], key: Mapping[str, str] | None = None) -> Chart:
    """The bars of one chart, the longest as long as there is room."""
    longest = max((sum(part.value for part in bar.parts) for bar in bars), default=0) or 1
    drawn = [Drawn(bar, _short(bar.label), n * HEIGHT, _pieces(bar.parts, longest)) for n, bar in enumerate(bars)]
    return Chart(id_, title, desc, drawn, len(bars) * HEIGHT + GAP, key or {})


def _pieces(parts: Sequence[Part], longest: float) -> list[Piece]:
    found: list[Piece] = []
    start = 0.0
    for part in parts:
        length = round(100 * part.value / longest, 2)
        if part.value:
            found.append(Piece(part.kind, round(start, 2), length, part.value))
        start += length
    return found


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - 1].rstrip()}…"
