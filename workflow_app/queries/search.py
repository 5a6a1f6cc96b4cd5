"""The search: cases by what stands in them, each with the place where it was found.

First the case with exactly this number, then those with the words in their title, then all others; in
each the newest first. A title says what a case is about, so it goes before a mention; among equals what
is new is wanted most often, and it is the order of all lists. Ranking by how often a word stands in a
text would favour long cases, and would have to look at every hit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import Case, SearchText
from workflow_app.searching import dialects
from workflow_app.searching.excerpts import Excerpt, Pieces, best, marked
from workflow_app.searching.typed import Typed, read
from workflow_app.searching.words import normal

from .finding import Found, Wanted, find, may_read
from .rows import LAST_ID, PAGE, CaseRow, Page, case_row, case_rows, visible
from .walks import told

_NUMBER = re.compile(r"\s*([A-Za-z]{1,10}-\d{4}-\d{1,9})\s*")
_BY_NUMBER = select(Case.id).where(Case.number == bindparam("number"), visible(None, Case.id))
_FOUND = select(Case.id.label("case_id")).where(Case.id.in_(bindparam("ids", expanding=True))).subquery()
_ROWS = case_rows(None, _FOUND).order_by(Case.id.desc())
_TEXTS = (
    select(SearchText.case_id, SearchText.audience, SearchText.texts)
    .where(SearchText.case_id.in_(bindparam("ids", expanding=True)))
    .order_by(SearchText.id)
)
SPARE = 3
"""How many times as many cases are fetched as shown, because some may have been shown before."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that was found: its title in pieces, and the place where it was found, if not only there."""

    row: CaseRow
    title: Pieces
    excerpt: Excerpt | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: in the titles or, when those are through, in all texts, below a case.
    Titles have been looked at down to the case `titles`."""

    in_titles: bool = True
    below: int | None = None
    titles: int = 0

    def __str__(self) -> str:
        return f"t{self.below}" if self.in_titles else f"w{self.titles}-{self.below}"

    @classmethod
    def read(cls, text: str | None) -> Place:
        """The place that a page named; the beginning where it is none."""
        if found := re.fullmatch(r"t(\d{1,10})|w(\d{1,10})-(\d{1,10})", text or "", re.ASCII):
            title, titles, below = (min(int(part), LAST_ID) if part else 0 for part in found.groups())
            return cls(True, title) if title else cls(False, below or None, titles)
        return cls()


def search(
    session: Session, viewer: Viewer, text: str, *, process: str | None = None, open_only: bool = False,
    after: str | None = None, limit: int = PAGE,
) -> Page[Hit]:  # fmt: skip
    """What a viewer finds. `after` is the key of the page before; a page that is `partly` looked
    through has a key to go on with. Nothing is found where there is nothing to look for."""
    typed, place = read(text), Place.read(after)
    if not typed.wanted:
        return Page(())
    asked = _Search(session, viewer, typed, told(viewer, process=process), _filters(process, None, open_only), limit)
    return asked.page(place, number_of(text))


def find_newest(
    session: Session, viewer: Viewer, text: str, *, process: str | None, state: str | None, open_only: bool,
    after: int | None, limit: int,
) -> Page[CaseRow]:  # fmt: skip
    """The same as a part of the list of cases: in its order, with its filters."""
    values = told(viewer, process=process, state=state)
    asked = _Search(session, viewer, read(text), values, _filters(process, state, open_only), limit)
    if not asked.typed.wanted:
        return Page(())
    if not after and (exact := number_of(text)) and (id_ := with_number(session, values, exact)):
        return Page(list(asked.rows([id_]).values()))
    found = asked.find("words", after)
    candidates = found.ids[: limit * SPARE]
    kept = asked.readable(candidates)
    last = _last(found, candidates, kept, limit)
    return Page([row for row, _texts in kept[:limit]], last, partly=_is_partly(found, last))


def _filters(process: str | None, state: str | None, open_only: bool) -> frozenset[str]:
    wanted = {"process": process, "state": state if process else None, "open": open_only}
    return frozenset(name for name, value in wanted.items() if value)


def number_of(text: str) -> str | None:
    """The reference number that was typed, and nothing else."""
    found = _NUMBER.fullmatch(text)
    return found[1].upper() if found else None


def with_number(session: Session, values: dict[str, Any], number: str) -> int | None:
    """The case with exactly this number, however old it is and whatever else is filtered."""
    return session.scalar(_BY_NUMBER, {**values, "number": number})


Texts = Sequence[tuple[str, str]]
Kept = tuple[CaseRow, Texts]


def _last(found: Found, candidates: Sequence[int], kept: Sequence[Kept], room: int) -> int | None:
    """Below which case the next page goes on; None where there is nothing more. Of the candidates
    among all that was found, those that are kept may be more than there is room for."""
    if len(kept) > room:
        return kept[room - 1][0].id if room else LAST_ID
    return candidates[-1] if len(found.ids) > len(candidates) else found.down_to


def _is_partly(found: Found, last: int | None) -> bool:
    return last is not None and last == found.down_to


@dataclass(frozen=True, slots=True)
class _Search:
    """One question of one viewer."""

    session: Session
    viewer: Viewer
    typed: Typed
    values: dict[str, Any]
    filters: frozenset[str]
    limit: int

    def page(self, place: Place, number: str | None) -> Page[Hit]:
        """The case with the number, then titles, then what else stands in cases."""
        first = with_number(self.session, self.values, number) if number and place == Place() else None
        top = self.readable([first]) if first else []
        titles = self.find("title", place.below) if place.in_titles else Found(())
        top += self.readable(titles.ids[: self.limit * SPARE], lambda row: bool(number) and row.number == number)
        if len(top) > self.limit:
            return Page(self.hits(top[: self.limit]), str(Place(True, top[self.limit - 1][0].id)))
        reach = (titles.down_to or 0) if place.in_titles else place.titles
        found = self.find("words", None if place.in_titles else place.below)
        candidates = found.ids[: self.limit * SPARE]
        more = self.readable(candidates, lambda row: self.was_shown(row, reach, number))
        room = self.limit - len(top)
        last = _last(found, candidates, more, room)
        rest = None if last is None else str(Place(False, last, reach))
        return Page(self.hits([*top, *more[:room]]), rest, partly=_is_partly(found, last))

    def was_shown(self, row: CaseRow, reach: int, number: str | None) -> bool:
        """Whether it came as the case with this number, or among the titles."""
        in_title = row.id >= reach and self.typed.fits(dialects.stems([normal(row.title)]))
        return in_title or (number is not None and row.number == number)

    def find(self, column: str, below: int | None) -> Found:
        """The cases with it in their title, or in any of their words."""
        wanted = Wanted(self.typed, column, self.viewer, self.filters, self.values)
        return find(self.session, wanted, below, self.limit + 1)

    def rows(self, ids: Sequence[int]) -> dict[int, CaseRow]:
        """The rows of some cases, the newest first."""
        found = self.session.execute(_ROWS, {**self.values, "ids": ids}) if ids else ()
        return {row.id: row for row in map(case_row, found)}

    def readable(self, ids: Sequence[int], skipped: Callable[[CaseRow], bool] = lambda row: False) -> list[Kept]:
        """Cases with what the viewer reads in them, at most one more than a page shows; without those
        that are skipped, or in which they read something unwanted."""
        rows = [row for row in self.rows(ids).values() if not skipped(row)]
        rows = rows if self.typed.unwanted else rows[: self.limit + 1]
        texts: dict[int, list[Texts]] = {}
        found = self.session.execute(_TEXTS, {"ids": [row.id for row in rows]}) if rows else ()
        for case_id, audience, stored in found:
            if may_read(audience, self.viewer):
                texts.setdefault(case_id, []).append(json.loads(stored))
        both = ((row, self.fitting(texts.get(row.id, []))) for row in rows)
        return [(row, fitting) for row, fitting in both if fitting is not None][: self.limit + 1]

    def fitting(self, readable: Sequence[Texts]) -> Texts | None:
        """The texts that hold everything wanted; None where there is something unwanted."""
        if len(readable) == 1 and not self.typed.unwanted:
            return readable[0]
        stems = [dialects.stems(text for _place, text in texts) for texts in readable]
        if any(map(self.typed.is_spoilt, stems)):
            return None
        return next((texts for texts, held in zip(readable, stems, strict=True) if self.typed.fits(held)), ())

    def hits(self, kept: Sequence[Kept]) -> list[Hit]:
        """Rows as the page of the search shows them."""
        return [Hit(row, marked(normal(row.title), self.typed), best(texts, self.typed)) for row, texts in kept]
