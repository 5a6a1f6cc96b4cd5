"""What stands in a case's data, as its page shows it: values in words with their source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.cases import current, looking
from workflow_app.engine.definition import Field, Holder, Process
from workflow_app.extensions import db
from workflow_app.models import Organization
from workflow_app.processes.consultations import abstention_spoils

from . import cells, tables
from .tables import Known, Table
from .words import day, label

EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Value:
    """A value on the page: what it is called, how it reads, and where it comes from. Exactly one of
    text, rows, table and case is filled; none of them means that it is not stated."""

    label: str
    text: str | None = None
    rows: Sequence[Sequence[tuple[str, str]]] = ()
    table: Table | None = None
    cases: Sequence[queries.CaseRow] = ()
    source: Mapping[str, Any] | None = None

    @property
    def is_wide(self) -> bool:
        """Too wide to stand beside its name."""
        return self.table is not None


def visible(process: Process, parts: Mapping[str, tuple[Holder, ...]], viewer: Viewer) -> tuple[Field, ...]:
    """The fields of a process that a viewer may see in a case with these parts."""
    return tuple(
        field
        for field in process.all_fields
        if field.seen_by is None or not viewer.principals.isdisjoint(field.seen_by.principals(parts))
    )


def of_case(fields: Sequence[Field], data: Mapping[str, Any], viewer: Viewer) -> list[Value]:
    """All values that are there, or of which a source says that they are unknown."""
    sources = data.get("_sources", {})
    shown = [f for f in fields if data.get(f.name) not in EMPTY or f.name in sources]
    known = knowledge(shown, [data])
    return [value(field, data.get(field.name), known, viewer, sources.get(field.name)) for field in shown]


def value(field: Field, raw: Any, known: Known, viewer: Viewer, source: Mapping[str, Any] | None = None) -> Value:
    """One value of one field."""
    name = label(field.label)
    if field.kind in ("case", "cases") and raw not in EMPTY:
        return Value(name, cases=queries.visible_rows(db.session, viewer, _case_ids(raw)), source=source)
    if isinstance(raw, list) and raw and isinstance(raw[0], Mapping):
        found = tables.table(field.kind, raw, known)
        rows = () if found else [cells.row(item, known) for item in raw]
        return Value(name, rows=rows, table=found, source=source)
    return Value(name, text=text(field, raw, known), source=source)


def _case_ids(raw: Any) -> list[int]:
    """The ids of cases in a value: one id, or a list of ids or of rows that name one."""
    many = raw if isinstance(raw, list) else [raw]
    return [int(one["measure"] if isinstance(one, Mapping) else one) for one in many]


def text(field: Field, raw: Any, known: Known) -> str | None:
    """A plain value in words."""
    if raw in EMPTY:
        return None
    if isinstance(raw, bool):
        return _("Yes") if raw else _("No")
    if isinstance(raw, list):
        return ", ".join(filter(None, (text(field, one, known) for one in raw)))
    if field.choices and str(raw) in field.choices:
        return tables.light({"light": raw}) if field.kind == "light" else label(field.choices[str(raw)])
    if field.kind == "organizations" and isinstance(raw, int):
        return known.organization(raw)
    return day(raw) if field.kind == "date" else str(raw)


# ------------------------------------------------------------------- what cells must know


def knowledge(fields: Sequence[Field], told: Sequence[Mapping[str, Any]]) -> Known:
    """The names of all organizations that these data speak of (one query), and the town's rule for votes."""
    ids = {id_ for data in told for field in fields for id_ in _organizations(field, data.get(field.name))}
    query = select(Organization.id, Organization.name).where(Organization.id.in_(ids))
    names = {row.id: row.name for row in db.session.execute(query)} if ids else {}
    votes = any(field.kind == "consultations" for field in fields)
    spoils = votes and bool(abstention_spoils.read(looking.rule_set(current())))
    return Known(names, spoils)


def _organizations(field: Field, raw: Any) -> Iterator[Any]:
    for one in raw if isinstance(raw, list) else [raw]:
        if isinstance(one, Mapping):
            for name in cells.ORGANIZATIONS:
                inner = one.get(name)
                yield from filter(_is_id, inner if isinstance(inner, list) else [inner])
        elif field.kind == "organizations" and _is_id(one):
            yield one


def _is_id(one: Any) -> bool:
    return isinstance(one, int) and not isinstance(one, bool)
