"""What somebody wants to see: a process, a state, what waits for a unit or for a person, a stretch of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from flask import abort, request, url_for

from workflow_app import cases
from workflow_app.engine import clock
from workflow_app.engine.definition import Process
from workflow_app.extensions import db
from workflow_app.models import Organization
from workflow_app.processes import REGISTRY
from workflow_app.queries import office
from workflow_app.queries.rows import LAST_ID

KNOWN_TO = {
    "index": ("process", "organization", "person"),
    "deadlines": ("when", "process", "organization", "person"),
    "cases": ("process", "state", "organization", "person"),
    "steps": ("load", "process", "organization", "person"),
}
"""The filters of every page, as they stand in its address."""
ENDPOINTS = {page: "dashboard.open_cases" if page == "cases" else f"dashboard.{page}" for page in KNOWN_TO}


@dataclass(frozen=True)
class Filters:
    """What is wanted, each thing None where it was not said. `colleagues` are all of the administration; `all` says
    that tables of the dashboard are wanted in full length."""

    process: Process | None
    state: str | None
    organization: Organization | None
    person: office.Colleague | None
    when: str
    load: str | None
    colleagues: Sequence[office.Colleague]
    all: bool = False

    @property
    def process_name(self) -> str | None:
        return self.process.name if self.process else None

    @cached_property
    def waits_for(self) -> tuple[frozenset[str], ...]:
        """The principals of the unit and those of the person; a case waits for somebody in each."""
        unit = [seats_of(self.organization.id)] if self.organization else []
        return (*unit, *([self.person.principals] if self.person else []))

    def address(self, page: str, **other: Any) -> str:
        """The address of a page with these filters. There are a hundred of them on the dashboard, so
        what is the same for all is asked only once."""
        args = self.args(page, **other)
        return f"{self._beginnings[page]}?{urlencode(args)}" if args else self._beginnings[page]

    @cached_property
    def _beginnings(self) -> dict[str, str]:
        return {page: url_for(endpoint) for page, endpoint in ENDPOINTS.items()}

    def args(self, page: str, **other: Any) -> dict[str, Any]:
        """The same filters for the address of a page, with some of them changed or taken away."""
        mine = {
            "process": self.process_name, "state": self.state, "when": self.when, "load": self.load,
            "organization": self.organization.id if self.organization else None,
            "person": self.person.id if self.person else None, **other,
        }  # fmt: skip
        return {name: mine[name] for name in KNOWN_TO[page] if mine[name] is not None}


def read() -> Filters:
    """What the address says; what is not there is answered with 404, as everywhere."""
    known = {process.name: process for process in REGISTRY.newest()}
    chosen = _one_of("process", tuple(known))
    process = known[chosen] if chosen else None
    state = request.args.get("state", "")
    today = cases.current().store.calendar.local_date(clock.now())
    staff = office.colleagues(db.session, today)
    return Filters(
        process,
        # A state of the process that was chosen before filters nothing.
        state if process and state in process.state_by_name else None,
        _organization(),
        _person(staff),
        _one_of("when", office.WHENS) or office.WHENS[0],
        _one_of("load", office.LOADS),
        staff,
        request.args.get("all") == "1",
    )


def _one_of(name: str, known: Sequence[str]) -> str | None:
    text = request.args.get(name, "")
    if text and text not in known:
        abort(404)
    return text or None


def _id(name: str) -> int | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(LAST_ID)) and int(text) <= LAST_ID):
        abort(404)
    return int(text)


def _organization() -> Organization | None:
    id_ = _id("organization")
    found = db.session.get(Organization, id_) if id_ is not None else None
    if id_ is not None and found is None:
        abort(404)
    return found


def _person(staff: Sequence[office.Colleague]) -> office.Colleague | None:
    id_ = _id("person")
    found = next((one for one in staff if one.id == id_), None)
    if id_ is not None and found is None:
        abort(404)
    return found


def seats_of(organization: int) -> frozenset[str]:
    """All principals of a unit for whom a step can wait."""
    return frozenset(f"{role}@{organization}" for role in _roles())


@cache
def _roles() -> frozenset[str]:
    """The roles that processes speak of."""
    return frozenset(
        seat.role for process in REGISTRY.processes for step in process.all_steps for seat in step.who.seats
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to choose from: ids and names."""

    processes: Sequence[Process]
    organizations: Sequence[tuple[int, str]]
    people: Sequence[tuple[int, str]]


def offer(wanted: Filters, names: Mapping[int, str], people: Mapping[int, Any]) -> Offered:
    """The units and people for whom something waits, and those that were chosen."""
    units = {**names, **({wanted.organization.id: wanted.organization.name} if wanted.organization else {})}
    chosen = wanted.person.id if wanted.person else None
    staff = [(one.id, one.name) for one in wanted.colleagues if one.id in people or one.id == chosen]
    return Offered(REGISTRY.newest(), sorted(units.items(), key=lambda unit: unit[1].casefold()), staff)
