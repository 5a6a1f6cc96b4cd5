"""A small made-up town: a responsible unit with its members, a coordination office, tasks and questions.

The processes are those of the application: a `task` is what people work on, a `status_request` is what
the clock works on (after two weeks it reminds, and it warns before the last day).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, insert

from workflow_app.cases import Cases, Store
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import CLOCK, Actor, Holder, Opening
from workflow_app.models import Membership, Organization, Person
from workflow_app.people import passwords
from workflow_app.processes import REGISTRY

UNIT, OFFICE = 1, 2
CLERK, HEAD = 1, 2
"""Who works in the coordination office, and who leads it; the members of the unit have the ids after them."""
FIRST_MEMBER = 3
PASSWORD = "only for faults made on purpose"


def address_of(person: int) -> str:
    """The mail address of somebody."""
    return f"person{person}@example.org"


@dataclass(frozen=True)
class Town:
    """People and cases in a database."""

    engine: Engine
    members: tuple[int, ...]

    @property
    def cases(self) -> Cases:
        return Cases(Store(self.engine, Calendar()), REGISTRY)

    def member(self, person: int = FIRST_MEMBER) -> Actor:
        """Somebody of the responsible unit."""
        return Actor(person, frozenset({"public", "account", f"person:{person}", f"member@{UNIT}"}))

    def clerk(self) -> Actor:
        """Who works in the coordination office."""
        return Actor(CLERK, frozenset({"public", "account", f"person:{CLERK}", f"member@{OFFICE}"}))

    def tasks(self, n: int) -> list[int]:
        """So many tasks, not begun, without a date."""
        parts = {"owner": (Holder(organization=UNIT),), "lead_department": (Holder(organization=OFFICE),)}
        return self._open("task", [Opening(f"Task {i}", {"description": "A ramp"}, parts) for i in range(n)])

    def questions(self, n: int, until: str = "") -> list[int]:
        """So many questions to the unit, opened now; `until` is the last day of the answer (ISO), none if empty."""
        parts = {"owner": (Holder(organization=UNIT),), "office": (Holder(organization=OFFICE),)}
        data = {"year": 2026, **({"answers_until": until} if until else {})}
        return self._open("status_request", [Opening(f"Question {i}", data, parts) for i in range(n)])

    def _open(self, process: str, openings: Sequence[Opening]) -> list[int]:
        """These processes are opened by others, so the clock does it here as it does there."""
        cases = self.cases
        with cases.store.transaction() as tx:
            ids = [cases.open_in(tx, REGISTRY.find(process), opening, CLOCK).case_id for opening in openings]
            tx.commit()
        return ids


def settle(engine: Engine, crowd: int = 2, *, mailed: bool = False) -> Town:
    """Make the town in an empty database: so many members in the unit, a clerk and a head in the office.
    Where they are not `mailed`, their addresses take no mails, and notices are only on the site."""
    members = tuple(range(FIRST_MEMBER, FIRST_MEMBER + crowd))
    known = passwords.hashed(PASSWORD, 1)
    began = clock.now()
    seats = [(CLERK, OFFICE, "member"), (HEAD, OFFICE, "head"), *((person, UNIT, "member") for person in members)]
    with engine.begin() as connection:
        connection.execute(
            insert(Person),
            [
                {"id": person, "name": f"Person {person}", "email": address_of(person), "password_hash": known,
                 "language": "en", "created_at": began, "email_refused_at": None if mailed else began}
                for person, _organization, _role in seats
            ],
        )  # fmt: skip
        connection.execute(
            insert(Organization),
            [{"id": UNIT, "name": "Unit", "organization_type": "Verwaltungsbereich", "facts": {}},
             {"id": OFFICE, "name": "Office", "organization_type": "Verwaltungsbereich", "facts": {}}],
        )  # fmt: skip
        connection.execute(
            insert(Membership), [{"person_id": p, "organization_id": o, "role": role} for p, o, role in seats]
        )
    return Town(engine, members)
