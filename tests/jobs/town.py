"""A small town with a mail server: the processes of `tests/cases/world.py`, people with accounts, a worker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, text

from config import Settings
from tests.cases.conftest import MONDAY
from tests.cases.world import ADA, PARTS, PROCESSES
from tests.jobs.mail_server import Letterbox
from tests.jobs.working import work
from workflow_app import cases as case_store
from workflow_app import create_app, people
from workflow_app.cases import Cases, following
from workflow_app.engine import clock
from workflow_app.engine.definition import Opening
from workflow_app.engine.machine import Registry
from workflow_app.extensions import db
from workflow_app.models import Membership, Organization, Person
from workflow_app.people import preferences
from workflow_app.people.preferences import Wanted
from workflow_app.wording import naming

SITE = "https://mitmachen.example/teilhabe"
# Ada, Ben and Cem are the board, Dora is the office, Eve lives here.
NAMES = {1: "Ada", 2: "Ben", 3: "Cem", 4: "Dora", 5: "Eve"}
BEN, CEM, DORA, EVE = 2, 3, 4, 5


@dataclass
class Town:
    """The application, its cases, and what the mail server has taken."""

    app: Flask
    cases: Cases
    box: Letterbox

    def filed(self, title: str = "A path") -> int:
        """A case that Ada has filed: the office is told, the board is told and must agree."""
        case_id = self.cases.open_case("request", Opening(title, {}, PARTS), ADA).case_id
        self.cases.act(case_id, "file", ADA)
        return case_id

    def work(self) -> None:
        """What relay and worker do, until nothing is due."""
        work()

    def wants(self, person: int, **more: Any) -> None:
        """Somebody chooses how to be told."""
        usual = Wanted("now", 0, 8, None, None, "", frozenset(), "en")
        preferences.save(people.current(), person, replace(usual, **more))

    def follows(self, person: int, case_id: int) -> None:
        following.follow(self.cases, person, case_id)

    def set(self, sql: str, **params: Any) -> None:
        with db.engine.begin() as connection:
            connection.execute(text(sql), params)

    def rows(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        with db.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), params)]

    def mails_to(self, person: int) -> list[EmailMessage]:
        """What the mail server took for somebody, in order."""
        address = f"{NAMES[person].lower()}@example.org"
        return [mail for mail, to in zip(self.box.mails, self.box.receivers, strict=True) if to == address]

    def ways(self) -> dict[str, tuple[str, str]]:
        """Of the newest notice of everybody: why it matters, and how it goes on."""
        found = self.rows("SELECT person_id, topic, way FROM notifications ORDER BY id")
        return {NAMES[person]: (topic, way) for person, topic, way in found}


@contextmanager
def opened(settings: Settings, box: Letterbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """The town on Monday, 2 March 2026, 10 o'clock."""
    app = create_app(replace(settings, smtp=f"smtp://127.0.0.1:{box.port}", address=SITE, sender="post@town.example"))
    registry = Registry(PROCESSES)
    monkeypatch.setattr(naming, "REGISTRY", registry)
    with app.app_context(), clock.at(MONDAY):
        made = Cases(case_store.current().store, registry)
        app.extensions["cases"] = made
        _settle(NAMES)
        try:
            yield Town(app, made, box)
        finally:
            db.engine.dispose()


def _settle(names: dict[int, str]) -> None:
    person = {"created_at": MONDAY, "password_hash": "x", "language": "en"}
    with db.engine.begin() as connection:
        connection.execute(
            insert(Person), [{"name": n, "email": f"{n.lower()}@example.org", **person} for n in names.values()]
        )
        connection.execute(
            insert(Organization),
            [{"name": f"Organization {i}", "organization_type": "Gremium", "facts": {}} for i in (1, 2)],
        )
        seats = ((1, 1), (2, 1), (3, 1), (4, 2))
        connection.execute(insert(Membership), [{"person_id": p, "organization_id": o} for p, o in seats])


def words(mail: EmailMessage, kind: str = "plain") -> str:
    """The text of a mail."""
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content()).replace("\r\n", "\n")


def later(**more: float) -> Any:
    """Some time after now."""
    return clock.at(clock.now() + timedelta(**more))


def told(town: Town, title: str = "A path") -> int:
    """Everybody has got the mail about a new case."""
    case_id = town.filed(title)
    town.work()
    return case_id
