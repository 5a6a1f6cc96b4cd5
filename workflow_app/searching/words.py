"""Words as they are compared: without capitals, accents and endings, in German.

"Müller", "MUELLER" and "muller" are one word, so are "Straße" and "strasse", and "Maßnahme" and
"Maßnahmen". A gender-fair form is one word: "Einwohner*innen" is found by "Einwohnerinnen".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

import snowballstemmer

WORD = re.compile(r"[^\W_]+(?:[*:·_](?=in(?:nen)?\b)[^\W_]+)?")
LONGEST_WORD = 60
"""Letters of a word that count; a database may refuse very long ones."""
_SPELT_OUT = re.compile(r"(?<![aeiouq])([aou])e")
_stemmer = snowballstemmer.stemmer("german")
_one_at_a_time = Lock()  # a stemmer keeps the word it works on


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text: its stem, how it is spelt without capitals and accents, and where it stands."""

    stem: str
    folded: str
    start: int
    end: int


def normal(text: str) -> str:
    """A text as it is kept for search: every letter with its accent is one character."""
    return unicodedata.normalize("NFC", text)


def words(text: str) -> Iterator[Word]:
    """The words of a text that is `normal`, in their order."""
    for found in WORD.finditer(text):
        stem, folded = compared(found[0])
        if stem:
            yield Word(stem, folded, found.start(), found.end())


@lru_cache(maxsize=8192)
def compared(word: str) -> tuple[str, str]:
    """The stem of a word, and the word itself in the same spelling; both empty for what is no word."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(c for c in apart if c.isalnum()).casefold()[:LONGEST_WORD]
    folded = _SPELT_OUT.sub(r"\1", plain)
    with _one_at_a_time:
        return _stemmer.stemWord(folded), folded
