"""A few words around what was found, cut so that both can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .entries import NUMBER, TITLE
from .typed import Typed
from .words import Word, words

BEFORE, AFTER = 60, 160
"""Letters shown before the first word that was found, and after it."""
Pieces = tuple[tuple[str, bool], ...]
"""A text in pieces: each with whether it was looked for."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A place in a case, and what stands there."""

    place: str
    pieces: Pieces


def marked(text: str, typed: Typed) -> Pieces:
    """The whole text in pieces."""
    found = list(words(text))
    return tuple(_pieces(text, _spans(found, typed), 0, len(text)))


def best(texts: Sequence[tuple[str, str]], typed: Typed) -> Excerpt | None:
    """The place outside of title and number that holds most of what is looked for; None where there
    is nothing of it."""
    looked_at = ((place, text, list(words(text))) for place, text in texts if place not in (TITLE, NUMBER))
    counted = [(_count(found, typed), place, text, found) for place, text, found in looked_at]
    most, place, text, found = max(counted, key=lambda one: one[0], default=(0, "", "", []))
    return Excerpt(place, _cut(text, _spans(found, typed))) if most else None


def _count(found: Sequence[Word], typed: Typed) -> int:
    stems = [word.stem for word in found]
    return sum(any(map(len, phrase.places(stems))) for phrase in typed.wanted)


def _spans(found: Sequence[Word], typed: Typed) -> list[tuple[int, int]]:
    """Where the words that were looked for begin and end."""
    stems = [word.stem for word in found]
    hits = sorted({n for phrase in typed.wanted for place in phrase.places(stems) for n in place})
    return [(found[n].start, found[n].end) for n in hits]


def _cut(text: str, spans: Sequence[tuple[int, int]]) -> Pieces:
    first = spans[0][0]
    start = 0 if first <= BEFORE else text.find(" ", first - BEFORE, first) + 1 or first
    end = len(text) if len(text) <= first + AFTER else text.rfind(" ", first + 1, first + AFTER)
    end = max(end, spans[0][1])
    inner = tuple(_pieces(text, [s for s in spans if s[1] <= end], start, end))
    return (*((("… ", False),) if start else ()), *inner, *(((" …", False),) if end < len(text) else ()))


def _pieces(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[tuple[str, bool]]:
    for begin, stop in spans:
        if start < begin:
            yield text[start:begin], False
        yield text[begin:stop], True
        start = stop
    if start < end:
        yield text[start:end], False
