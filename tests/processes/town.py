"""A small town with a real case store: people in bodies, a clock that is moved, steps as forms hand them in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session
from wtforms import BooleanField, FieldList
from wtforms.fields.core import UnboundField

from workflow_app import access, queries
from workflow_app.cases import Cases, Done, Store
from workflow_app.cases.clockwork import Rung, ring
from workflow_app.cases.replay import verify_case
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import Actor, Holder, Opening
from workflow_app.models import Membership, Organization, Person
from workflow_app.processes import REGISTRY

OFFICE, LEAD, COUNCIL_OFFICE, STEERING, HOUSING, SCHOOLS = 1, 2, 3, 4, 5, 6
COUNCIL, MAIN, BOARD, LIBRARY, WORKS, SOCIAL, COUNTY = 7, 8, 9, 10, 11, 12, 13
ROUND_TABLE, TABLE_BOARD, YOUTH = 14, 15, 16
REFUGEES, CONSULTANTS, OTHERS, DWELLING, SPEECH, TRADE = 17, 18, 19, 20, 21, 22
NAMES = {
    OFFICE: ("Coordination office", "Verwaltungsbereich"),
    LEAD: ("Department of residents", "Verwaltungsbereich"),
    COUNCIL_OFFICE: ("Council office", "Verwaltungsbereich"),
    STEERING: ("Steering group", "Steuerungsgruppe"),
    HOUSING: ("Group on housing", "AG"),
    SCHOOLS: ("Group on schools", "AG"),
    COUNCIL: ("Council", "Parlament"),
    MAIN: ("Main committee", "Ausschuss"),
    BOARD: ("Advisory board", "Beirat"),
    LIBRARY: ("Library", "Verwaltungsbereich"),
    WORKS: ("Public works", "Verwaltungsbereich"),
    SOCIAL: ("Social committee", "Ausschuss"),
    COUNTY: ("County council", "Parlament"),
    ROUND_TABLE: ("Round table", "Beirat"),
    TABLE_BOARD: ("Board of the round table", "Vorstand"),
    YOUTH: ("Youth council", "Beirat"),
    REFUGEES: ("Refugee coordination office", "Verwaltungsbereich"),
    CONSULTANTS: ("Unpaid consultants", "Institution"),
    OTHERS: ("Other consultants", "Institution"),
    DWELLING: ("Focus group on housing", "Fokusgruppe"),
    SPEECH: ("Focus group on language", "Fokusgruppe"),
    TRADE: ("Chamber of trade", "Institution"),
}
PEOPLE = {
    "office": (1, OFFICE, "member"),
    "office_head": (2, OFFICE, "head"),
    "lead": (3, LEAD, "member"),
    "clerk": (4, COUNCIL_OFFICE, "member"),
    "chair": (5, STEERING, "chair"),
    "second": (6, STEERING, "member"),
    "third": (7, STEERING, "member"),
    "housing": (8, HOUSING, "chair"),
    "schools": (9, SCHOOLS, "chair"),
    "library": (10, LIBRARY, "member"),
    "library_head": (11, LIBRARY, "head"),
    "works": (12, WORKS, "member"),
    "resident": (13, None, ""),
    "mover": (14, ROUND_TABLE, "member"),
    "board": (15, TABLE_BOARD, "chair"),
    "youth": (16, YOUTH, "chair"),
    "lead_head": (17, LEAD, "head"),
    "refugees": (18, REFUGEES, "member"),
    "refugees_head": (19, REFUGEES, "head"),
    "consultant": (20, CONSULTANTS, "member"),
    "successor": (21, OTHERS, "member"),
    "dwelling": (22, DWELLING, "chair"),
    "dweller": (23, DWELLING, "member"),
    "neighbour": (24, DWELLING, "member"),
    "speech": (25, SPEECH, "chair"),
    "trade": (26, TRADE, "member"),
}
BEGIN = date(2026, 1, 5)


class Town:
    """The town on a day: `do` takes a step, `wait_until` lets time pass and the clock do its work."""

    registry = REGISTRY

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.cases = Cases(Store(engine, Calendar()), self.registry)
        self.now = _noon(BEGIN)
        with engine.begin() as connection:
            connection.execute(
                insert(Person),
                [
                    {"id": i, "name": name, "email": f"{name}@example.org", "created_at": self.now}
                    for name, (i, _o, _r) in PEOPLE.items()
                ],
            )
            connection.execute(
                insert(Organization),
                [
                    {"id": i, "name": name, "organization_type": "Gremium", "classification": kind, "facts": {}}
                    for i, (name, kind) in NAMES.items()
                ],
            )
            connection.execute(
                insert(Membership),
                [{"person_id": i, "organization_id": o, "role": r} for i, o, r in PEOPLE.values() if o],
            )

    # ------------------------------------------------------------------------- acting

    def who(self, name: str) -> Actor:
        """Somebody with what they hold today."""
        with Session(self.engine) as session:
            person = session.get(Person, PEOPLE[name][0])
            return access.viewer(session, person, self.today).actor

    @property
    def today(self) -> date:
        return self.cases.store.calendar.local_date(self.now)

    def open(
        self, process: str, title: str, who: str, parts: dict[str, int],
        links: tuple[tuple[str, int], ...] = (), **data: Any,
    ) -> int:  # fmt: skip
        """A new case."""
        held = {part: (Holder(organization=number),) for part, number in parts.items()}
        with clock.at(self.now):
            return self.cases.open_case(process, Opening(title, data, held, links), self.who(who)).case_id

    def do(self, case: int, step: str, who: str, /, **data: Any) -> Done:
        """A step as its form would hand it in: what is not named was left empty."""
        process, version = self.row(case, "process, version")
        form = self.registry.find(process, version).step_by_name[step].form
        with clock.at(self.now):
            return self.cases.act(case, step, self.who(who), {**(blank(form) if form else {}), **data})

    def wait_until(self, day: date) -> list[Rung]:
        """Time passes until noon of a day; whatever the clock has to do is done at its moment."""
        rung: list[Rung] = []
        end = _noon(day)
        while (next_ := self._next_due(end)) is not None:
            row, self.now = next_
            with clock.at(self.now):
                rung.append(ring(self.cases, row))
        self.now = end
        return rung

    def _next_due(self, end: datetime) -> tuple[int, datetime] | None:
        sql = "SELECT id, fire_at FROM due_dates WHERE status = 'running' AND fire_at <= ? ORDER BY fire_at, id LIMIT 1"
        with self.cases.store.reading() as tx:
            found = tx.rows(sql, (end,))
        if not found:
            return None
        row, at = found[0]
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
        return row, max(self.now, moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))

    # ------------------------------------------------------------------------- looking

    def row(self, case: int, columns: str) -> tuple[Any, ...]:
        return self.rows(f"SELECT {columns} FROM cases WHERE id = :case", case=case)[0]

    def rows(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), params)]

    def state(self, case: int) -> str:
        return str(self.row(case, "state")[0])

    def data(self, case: int) -> dict[str, Any]:
        with self.cases.store.reading() as tx:
            return dict(tx.take(case).snapshot.data)

    def holders(self, case: int, part: str) -> list[int]:
        sql = "SELECT organization_id FROM case_parties WHERE case_id = :case AND part = :part ORDER BY organization_id"
        return [o for (o,) in self.rows(sql, case=case, part=part)]

    def children(self, case: int, process: str) -> list[int]:
        sql = "SELECT id FROM cases WHERE parent_id = :case AND process = :process ORDER BY id"
        return [i for (i,) in self.rows(sql, case=case, process=process)]

    def child(self, case: int, process: str) -> int:
        """The newest of them."""
        return self.children(case, process)[-1]

    def states(self, case: int, process: str) -> list[str]:
        return [self.state(child) for child in self.children(case, process)]

    def steps(self, case: int) -> list[str]:
        return [s for (s,) in self.rows("SELECT step FROM case_events WHERE case_id = :case ORDER BY seq", case=case)]

    def links(self, case: int) -> list[tuple[str, int]]:
        sql = "SELECT kind, to_id FROM case_links WHERE from_id = :case ORDER BY kind, to_id"
        return [(kind, other) for kind, other in self.rows(sql, case=case)]

    def due(self, case: int, name: str) -> date | None:
        """The last day of a running deadline."""
        sql = "SELECT due_on FROM due_dates WHERE case_id = :case AND name = :name AND status = 'running'"
        found = self.rows(sql, case=case, name=name)
        return date.fromisoformat(str(found[0][0])) if found else None

    def told(self, case: int) -> list[tuple[str, tuple[str, ...]]]:
        """Every notice written for a case: its name and whom it is for."""
        sql = "SELECT payload FROM outbox WHERE case_id = ? ORDER BY id"
        with self.cases.store.reading() as tx:
            found = [_json(row[0]) for row in tx.rows(sql, (case,))]
        return [(payload["notice"], tuple(payload["to"])) for payload in found]

    def may_see(self, name: str | None, case: int) -> bool:
        """Whether somebody, or a stranger without an account, may see a case today."""
        with Session(self.engine) as session:
            person = session.get(Person, PEOPLE[name][0]) if name else None
            return queries.may_see(session, access.viewer(session, person, self.today), case)

    def verify(self) -> None:
        """Every case is what its history says."""
        with self.cases.store.transaction() as tx:
            for (case,) in tx.rows("SELECT id FROM cases ORDER BY id"):
                assert verify_case(self.registry, tx, case).faults == (), case


def blank(form: type) -> dict[str, Any]:
    """What a form hands in when nothing was filled in."""
    fields = {name: getattr(form, name) for name in dir(form)}
    unbound = {name: made for name, made in fields.items() if isinstance(made, UnboundField)}
    return {
        name: [] if made.field_class is FieldList else False if issubclass(made.field_class, BooleanField) else None
        for name, made in unbound.items()
    }


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(11), UTC)


def _json(value: Any) -> Any:

    return json.loads(value) if isinstance(value, str) else value
