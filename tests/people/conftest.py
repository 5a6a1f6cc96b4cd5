"""A small town hall in a real database, SQLite and PostgreSQL: an office, a group, a library."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from workflow_app import access
from workflow_app.access import Viewer
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.errors import Refused
from workflow_app.models import Membership, Organization, Person
from workflow_app.people import Store, invitations, links, passwords
from workflow_app.people.sign_in import Account, sign_in

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
PASSWORD = "four plain words here"
OFFICE, GROUP, LIBRARY = 1, 2, 3
# Rita administers, Hans heads the group, Mia and Max are members of it, Lou works at the library.
RITA, HANS, MIA, MAX, LOU = 1, 2, 3, 4, 5
NAMES = {RITA: "Rita", HANS: "Hans", MIA: "Mia", MAX: "Max", LOU: "Lou"}
SEATS = (
    (1, RITA, OFFICE, "administrator"), (2, HANS, GROUP, "head"), (3, MIA, GROUP, "chair"), (4, MAX, GROUP, "member"),
    (5, LOU, LIBRARY, "member"),
)  # fmt: skip


@dataclass
class House:
    """The store of people, and short ways to look into it."""

    store: Store

    def who(self, person_id: int) -> Viewer:
        """Somebody as they come through the door just now."""
        with Session(self.store.engine) as session:
            return access.viewer(session, session.get(Person, person_id), self.today())

    def today(self) -> date:
        return self.store.calendar.local_date(clock.now())

    def rows(self, sql: str, **params: object) -> list[tuple[Any, ...]]:
        with self.store.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), params)]

    def value(self, sql: str, **params: object) -> Any:
        return self.rows(sql, **params)[0][0]

    def kinds(self, person_id: int) -> list[str]:
        """What the record says about somebody, in order."""
        return [
            kind
            for (kind,) in self.rows("SELECT kind FROM account_events WHERE person_id = :p ORDER BY id", p=person_id)
        ]

    def enter(self, person_id: int, agent: str = "", password: str = PASSWORD) -> Account:
        """Somebody signs in."""
        found = sign_in(self.store, f"{NAMES[person_id].lower()}@example.org", password, agent)
        assert found
        return found

    def mailed(self) -> str:
        """The secret that the worker would put into the newest mail."""
        with self.store.writing() as tx:
            secret = links.give_secret(tx, self.value("SELECT max(id) FROM account_links"))
        assert secret
        return secret

    def invited(self, email: str = "new@example.org", name: str = "Nell New") -> tuple[int, str]:
        """A new account and the secret of its invitation."""
        person = invitations.invite(self.store, self.who(RITA), email, name, "de")
        return person, self.mailed()

    def refuses(self, kind: type[Refused], words: str, deed: Callable[..., object], *args: Any, **more: Any) -> None:
        """The deed with these arguments is refused in these words, and changes nothing in the database."""
        before = self._everything()
        with pytest.raises(kind, match=words):
            deed(*args, **more)
        assert self._everything() == before

    def _everything(self) -> list[list[tuple[Any, ...]]]:
        tables = (
            "people", "memberships", "account_links", "sign_ins", "deputy_requests", "account_events", "outbox",
            "organizations", "organization_events",
        )  # fmt: skip
        return [self.rows(f"SELECT * FROM {table} ORDER BY id") for table in tables]


@pytest.fixture
def at_work() -> Iterator[None]:
    """It is Monday, 2 March 2026, 10 o'clock in Flensburg."""
    with clock.at(MONDAY):
        yield


@pytest.fixture
def house(engine: Engine, at_work: None) -> House:
    """Everybody has the same password."""
    secret = passwords.hashed(PASSWORD, 1)
    with engine.begin() as connection:
        connection.execute(
            insert(Person),
            [
                {"name": name, "email": f"{name.lower()}@example.org", "created_at": MONDAY, "password_hash": secret}
                for name in NAMES.values()
            ],
        )
        kinds = {OFFICE: "Verwaltungsbereich", GROUP: "Gremium", LIBRARY: "Institution"}
        connection.execute(
            insert(Organization),
            [
                {"key": f"o{i}", "name": f"Organization {i}", "organization_type": k, "facts": {}}
                for i, k in kinds.items()
            ],
        )
        connection.execute(
            insert(Membership), [{"person_id": p, "organization_id": o, "role": r} for _id, p, o, r in SEATS]
        )
    return House(Store(engine, Calendar(), password_cost=1, session_days=7))
