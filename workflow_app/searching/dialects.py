"""Words in the languages of the two databases: FTS5 of SQLite, full text of PostgreSQL.

Every word is a stem made of letters and digits only, so nothing that somebody types can be taken for
an operator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .typed import Phrase, Typed
from .words import words

BETWEEN = "_"
"""Stands between two texts in one row, so that no phrase reaches over: no word can be it."""
MOST_PLACES = 256
LAST_PLACE = 16383
"""PostgreSQL keeps no more places of one word, and none beyond."""


def stems(texts: Iterable[str]) -> list[str]:
    """The words of several texts in a row, with a mark between the texts."""
    found: list[str] = []
    for text in texts:
        found += [BETWEEN] if found else []
        found += [word.stem for word in words(text)]
    return found


def stored(found: Sequence[str], dialect: str) -> str:
    """Words as the column takes them: FTS5 reads a text, PostgreSQL a written tsvector."""
    if dialect == "sqlite":
        return " ".join(found)
    places: dict[str, list[str]] = {}
    for n, stem in enumerate(found, start=1):
        here = places.setdefault(stem, [])
        if stem != BETWEEN and len(here) < MOST_PLACES:
            here.append(str(min(n, LAST_PLACE)))
    return " ".join(f"'{stem}':{','.join(here)}" for stem, here in places.items() if here)


def asked(typed: Typed, dialect: str) -> str:
    """What was typed as the database's own expression; something must be wanted in it."""
    one, conjunction, alternative, without = {
        "sqlite": (_fts5, " AND ", " OR ", "({}) NOT ({})"),
        "postgresql": (_tsquery, " & ", " | ", "({}) & !({})"),
    }[dialect]
    wanted = conjunction.join(map(one, typed.wanted))
    return without.format(wanted, alternative.join(map(one, typed.unwanted))) if typed.unwanted else wanted


def _fts5(phrase: Phrase) -> str:
    *before, last = phrase.stems
    exact = f'"{" ".join(phrase.stems)}"'
    if phrase.beginning is None:
        return exact
    longer = f'"{" ".join([*before, phrase.beginning])}" *'
    return longer if last.startswith(phrase.beginning) else f"({exact} OR {longer})"


def _tsquery(phrase: Phrase) -> str:
    *before, last = phrase.stems
    ends = [f"'{phrase.beginning}':*"] if phrase.beginning else []
    if not phrase.beginning or not last.startswith(phrase.beginning):
        ends.append(f"'{last}'")
    end = f"({' | '.join(ends)})" if len(ends) > 1 else ends[0]
    in_a_row = " <-> ".join([*(f"'{stem}'" for stem in before), end])
    return f"({in_a_row})"
