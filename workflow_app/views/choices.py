"""What a form offers from the database, asked once per kind and request."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import ColumnElement, select

from workflow_app.access import Viewer
from workflow_app.engine.definition import Snapshot
from workflow_app.extensions import db
from workflow_app.forms.base import Context
from workflow_app.forms.fields import Choices
from workflow_app.models import Case, Organization, Person
from workflow_app.processes.report_rules import undecided
from workflow_app.queries.rows import visible

MOST = 300
"""More cases than this nobody finds in a list of choices."""


def context(viewer: Viewer, case: Snapshot | None = None) -> Context:
    """Everything a form may want to know of the database, for one case."""
    known: dict[str, Choices] = {}

    def offered(kind: str) -> Choices:
        if kind not in known:
            known[kind] = _find(viewer, case, kind)
        return known[kind]

    return Context(offered, {"title": case.title, **case.data} if case else {})


def _find(viewer: Viewer, case: Snapshot | None, kind: str) -> Choices:
    name, _colon, detail = kind.partition(":")
    finders: dict[str, Callable[[], Choices]] = {
        "organizations": lambda: _organizations(detail),
        "people": _people,
        "holders": lambda: _holders(case, detail),
        "red": lambda: [(int(str(red["measure"])), str(red["title"])) for red in undecided(case.data)] if case else [],
        "measures": lambda: _kin(viewer, case, "measure"),
        "kin": lambda: _kin(viewer, case, detail),
        "concepts": lambda: _concepts(viewer, case),
        "alike": lambda: _alike(viewer, case),
    }
    return finders[name]()


def _organizations(classifications: str) -> Choices:
    query = (
        select(Organization.id, Organization.name).where(Organization.end_date.is_(None)).order_by(Organization.name)
    )
    if classifications:
        wanted = classifications.split(",")
        query = query.where(Organization.classification.in_(wanted) | Organization.organization_type.in_(wanted))
    return [(id_, name) for id_, name in db.session.execute(query)]


def _people() -> Choices:
    query = select(Person.id, Person.name).where(Person.locked.is_(False)).order_by(Person.name)
    return [(id_, name) for id_, name in db.session.execute(query)]


def _holders(case: Snapshot | None, part: str) -> Choices:
    ids = [h.organization for h in (case.parts.get(part, ()) if case else ()) if h.organization]
    query = select(Organization.id, Organization.name).where(Organization.id.in_(ids)).order_by(Organization.name)
    return [(id_, name) for id_, name in db.session.execute(query)]


def _kin(viewer: Viewer, case: Snapshot | None, process: str) -> Choices:
    """The other cases of a process that belong to this case, or to the same one as it, and go on."""
    if case is None:
        return []
    parent = db.session.scalar(select(Case.parent_id).where(Case.id == case.id))
    return _going_on(viewer, case, Case.process == process, Case.parent_id.in_([case.id, parent]))


def _concepts(viewer: Viewer, case: Snapshot | None) -> Choices:
    """The other concepts that go on."""
    return _going_on(viewer, case, Case.process == "concept") if case else []


def _going_on(viewer: Viewer, case: Snapshot, *conditions: ColumnElement[bool]) -> Choices:
    """Cases that have not ended and that the viewer may see, the newest of very many."""
    query = (
        select(Case.id, Case.title)
        .where(*conditions, Case.closed.is_(False), Case.id != case.id, visible(viewer, Case.id))
        .order_by(Case.id.desc())
        .limit(MOST)
    )
    return sorted((id_, title) for id_, title in db.session.execute(query))


def _alike(viewer: Viewer, case: Snapshot | None) -> Choices:
    """The other cases of the same process that go on."""
    return _going_on(viewer, case, Case.process == case.process) if case else []
