"""What somebody typed into the search: words, "several words" in a row, -words to leave out.

Everything can be typed; nothing is a mistake. A word also finds longer words that begin with it
("Dolmetscher" finds "Dolmetscherpool"); in quotes it does not. What hangs together by a sign, as the
number MA-2026-0003, stands in a row as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .words import normal, words

LONGEST = 200
"""Characters that are read."""
MOST = 8
"""Words, or rows of words, that are looked for."""
SHORTEST_BEGINNING = 3
"""Letters from which on a word finds longer ones."""
_PIECE = re.compile(r'[-−–]?"[^"]*"?|[^\s"]+')
_QUOTES = str.maketrans(dict.fromkeys("„“”‟«»", '"'))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in a row by their stems; usually just one. `beginning`: the last one may also be a longer
    word that begins like this."""

    stems: tuple[str, ...]
    beginning: str | None = None

    def places(self, text: Sequence[str]) -> Iterator[range]:
        """Where it stands in a text that is given by its stems: the places of its words."""
        length = len(self.stems)
        for start in range(len(text) - length + 1):
            last = start + length - 1
            if self._ends(text[last]) and tuple(text[start:last]) == self.stems[:-1]:
                yield range(start, last + 1)

    def _ends(self, stem: str) -> bool:
        return stem == self.stems[-1] or bool(self.beginning and stem.startswith(self.beginning))


@dataclass(frozen=True, slots=True)
class Typed:
    """What is looked for: everything `wanted`, and nothing `unwanted`. `cut`: more was typed than is
    looked for."""

    wanted: tuple[Phrase, ...]
    unwanted: tuple[Phrase, ...] = ()
    cut: bool = False

    def fits(self, text: Sequence[str]) -> bool:
        """Whether a text, given by its stems, holds everything wanted and nothing unwanted."""
        return all(any(map(len, p.places(text))) for p in self.wanted) and not self.is_spoilt(text)

    def may_fit(self, text: str) -> bool:
        """Whether it is worth while to take these stems, with blanks between, apart."""
        return all(phrase.stems[-1] in text or (phrase.beginning or "_ ") in text for phrase in self.wanted)

    def is_spoilt(self, text: Sequence[str]) -> bool:
        """Whether a text, given by its stems, holds something unwanted."""
        return any(any(map(len, p.places(text))) for p in self.unwanted)


def read(text: str) -> Typed:
    """What was typed; nothing is `wanted` where there is nothing to look for."""
    short = normal(text[:LONGEST]).translate(_QUOTES)
    wanted: dict[Phrase, None] = {}
    unwanted: dict[Phrase, None] = {}
    for piece in _PIECE.findall("".join(c if c.isprintable() else " " for c in short)):
        rest = piece.lstrip("-−–")
        if phrase := _phrase(rest):
            (unwanted if rest != piece else wanted)[phrase] = None
    cut = len(text) > LONGEST or len(wanted) > MOST or len(unwanted) > MOST
    return Typed(tuple(wanted)[:MOST], tuple(unwanted)[:MOST], cut)


def _phrase(piece: str) -> Phrase | None:
    found = list(words(piece))
    if not found:
        return None
    last = found[-1].folded
    begins = not piece.startswith('"') and len(last) >= SHORTEST_BEGINNING
    return Phrase(tuple(word.stem for word in found), last if begins else None)
