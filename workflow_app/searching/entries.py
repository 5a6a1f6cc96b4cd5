"""The texts of a case, each with its place and those who may read it; and the rows of the index.

There is one row for what everybody reads who may see the case, and one for each narrower audience with
everything that this audience reads. So words from different places are found together, and nobody finds
a case by words that they may not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow_app.engine.definition import Holder, Party, Process
from workflow_app.models.search import PER_CASE

from .shown import texts
from .words import normal

Audience = frozenset[str] | None
"""The principals who may read a text; None: everybody who may see the case."""
TITLE, NUMBER, PARTIES, WORDING, ISSUES, DOCUMENTS = (
    "_title", "_number", "_parties", "_wording", "_issues", "_documents",
)  # fmt: skip
"""Places that are no field of a process."""
EVERYBODY = "public"


@dataclass(frozen=True, slots=True)
class Entry:
    """A text, the place where it stands, and who may read it."""

    place: str
    text: str
    audience: Audience = None


@dataclass(frozen=True, slots=True)
class Told:
    """A case as far as its texts are concerned; `process` is None where it is not known any more.
    `names` are those of organizations, `wording` is what sources say of the past, `documents` are
    (id, name, those who may read it)."""

    process: Process | None
    title: str
    number: str | None
    data: Mapping[str, Any]
    parts: Mapping[str, tuple[Holder, ...]]
    names: Mapping[int, str] = field(default_factory=dict)
    wording: Sequence[str] = ()
    documents: Sequence[tuple[int, str, Iterable[str] | None]] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the index: who reads it, and its texts by place."""

    audience: Audience
    texts: tuple[tuple[str, str], ...]


def entries(told: Told) -> list[Entry]:
    """All texts of a case in the order of its page."""
    found = [Entry(TITLE, told.title), *([Entry(NUMBER, told.number)] if told.number else [])]
    found += own(told)
    found += [Entry(ISSUES, str(issue)) for issue in told.data.get("_issues", ())]
    found += [Entry(PARTIES, name) for name in _parties(told)]
    found += [Entry(WORDING, text) for text in told.wording]
    found += documents(told.documents)
    return [Entry(e.place, normal(e.text), e.audience) for e in found if e.text.strip()]


def own(told: Told) -> list[Entry]:
    """The texts in the data of a case, field by field, with the names of organizations in them."""
    found = []
    for one in told.process.all_fields if told.process else ():
        raw = told.data.get(one.name)
        if raw in (None, "", [], {}):
            continue
        audience = narrowed(one.seen_by, told.parts)
        named = organizations(raw) if one.kind == "organizations" else ()
        found += [Entry(one.name, told.names[id_], audience) for id_ in named if id_ in told.names]
        found += [Entry(one.name, text, audience) for text in texts(one, raw)]
    return found


def documents(told: Iterable[tuple[int, str, Iterable[str] | None]]) -> list[Entry]:
    """The names of documents: (id, name, the principals who may read it; None: all who see the case)."""
    return [Entry(DOCUMENTS, name, _audience(principals)) for _id, name, principals in told]


def narrowed(party: Party | None, parts: Mapping[str, tuple[Holder, ...]]) -> Audience:
    """Who of those who see the case may read what only this party sees."""
    return None if party is None else _audience(party.principals(parts))


def _audience(principals: Iterable[str] | None) -> Audience:
    found = None if principals is None else frozenset(principals)
    return None if found is None or EVERYBODY in found else found


def organizations(raw: Any) -> list[int]:
    """The ids of organizations in a value: one, or a list."""
    many = raw if isinstance(raw, list) else [raw]
    return [one for one in many if isinstance(one, int) and not isinstance(one, bool)]


def holders(told: Told) -> list[int]:
    """The organizations in the parts that the page shows to everybody: none where a person holds it, too."""
    labelled = {
        seat.part
        for step in (told.process.all_steps if told.process else ())
        for seat in step.who.seats
        if seat.part and seat.role == "member"
    }
    open_ = [held for part, held in told.parts.items() if part in labelled and not any(h.person for h in held)]
    return [h.organization for held in open_ for h in held if h.organization]


def _parties(told: Told) -> list[str]:
    return list(dict.fromkeys(told.names[id_] for id_ in holders(told) if id_ in told.names))


def rows(found: Sequence[Entry]) -> list[Row]:
    """The rows of the index: the one for all first, then those of narrower audiences."""
    narrow = sorted({e.audience for e in found if e.audience}, key=sorted)[: PER_CASE - 1]
    return [Row(None, _texts(found, None)), *(Row(audience, _texts(found, audience)) for audience in narrow)]


def _texts(found: Sequence[Entry], audience: Audience) -> tuple[tuple[str, str], ...]:
    """Everything that each of this audience may read."""
    return tuple((e.place, e.text) for e in found if e.audience is None or (audience and audience <= e.audience))
