"""What all lists share: the row of a case, a page of rows, and who may see what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import BindParameter, ColumnElement, FromClause, Select, and_, bindparam, exists, select
from sqlalchemy.orm import aliased

from workflow_app.access import Viewer
from workflow_app.models import Case, CaseReader

PAGE = 20
LOOKED_AT = 1000
"""How many rows a search without an index looks through before it asks whether to go on."""
LAST_ID = 2**31 - 1  # nobody has more cases, or more events in one; a database may refuse larger numbers
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and the key to go on from; None at the end. `looked_at`: a search stopped after
    looking through so many, and can be gone on with. `partly`: so it is, and nobody has counted."""

    rows: Sequence[T]
    after: Any = None
    looked_at: int | None = None
    partly: bool = False


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list. `parent` is the title of the case it is a part of, if the viewer may see that one."""

    id: int
    process: str
    version: int
    state: str
    number: str | None
    title: str
    imported: bool
    example: bool
    due_on: date | None = None
    parent: str | None = None


NameKey = tuple[str, int]
"""Where to go on in a list by name: a name and an id."""


def looked_through(
    looked_at: Sequence[T], words: Sequence[str], limit: int, text: Callable[[T], str], key: Callable[[T], NameKey]
) -> Page[T]:
    """A page of a list by name: of what was looked at, which is one more than needed where there is more,
    those with all of these (casefolded) words, or pieces of words, in their text."""
    near = looked_at[:LOOKED_AT] if words else looked_at
    found = [one for one in near if all(word in text(one).casefold() for word in words)]
    if len(found) > limit:
        return Page(found[:limit], key(found[limit - 1]))
    if len(looked_at) > len(near):
        return Page(found, key(near[-1]), LOOKED_AT)
    return Page(found)


_parent = aliased(Case)
COLUMNS = (
    Case.id, Case.process, Case.version, Case.state, Case.number, Case.title, Case.imported, Case.example,
    _parent.title,
)  # fmt: skip
WIDTH = len(COLUMNS)


WHOSE: BindParameter[str] = bindparam("principals", expanding=True)
"""For statements that are built once: who looks is told when they are carried out."""


def visible(viewer: Viewer | None, case_id: Any) -> ColumnElement[bool]:
    """The condition that a viewer may see a case, one step into an index; None: the one who is told
    at each execution."""
    principals = CaseReader.principal.in_(viewer.principals if viewer else WHOSE)
    return exists().where(CaseReader.case_id == case_id, principals)


def case_rows(viewer: Viewer | None, found: FromClause, *more: Any) -> Select[Any]:
    """The rows of the few cases whose ids stand in the column `case_id` of `found`, and `more` columns.
    It must be a short list: everything that is sorted and cut off has been sorted and cut off there."""
    return (
        select(*COLUMNS, *more)
        .select_from(found)
        .join(Case, Case.id == found.c.case_id)
        .outerjoin(_parent, and_(_parent.id == Case.parent_id, visible(viewer, _parent.id)))
    )


def case_row(found: Sequence[Any], due_on: date | None = None) -> CaseRow:
    """The row of a case from the first columns of what was found."""
    id_, process, version, state, number, title, imported, example, parent = found[:WIDTH]
    return CaseRow(id_, process, version, state, number, title, imported, example, due_on, parent)
