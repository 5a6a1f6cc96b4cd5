"""The record of accounts: only added to, and everything in it can be read as a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

import workflow_app.people
from tests.people.conftest import GROUP, HANS, LOU, MIA, RITA
from workflow_app.people import locking, memberships
from workflow_app.people.record import KINDS
from workflow_app.queries import accounts

ATTACKS = {
    "sqlite": (
        "UPDATE account_events SET actor_id = 2", "DELETE FROM account_events",
        "REPLACE INTO account_events (id, at, person_id, kind) VALUES (1, '2026-01-01', 2, 'x')",
        "INSERT OR REPLACE INTO account_events (id, at, person_id, kind) VALUES (1, '2026-01-01', 2, 'x')",
    ),
    "postgresql": (
        "UPDATE account_events SET actor_id = 2", "DELETE FROM account_events", "TRUNCATE account_events",
        "TRUNCATE people CASCADE",
        "INSERT INTO account_events (id, at, person_id, kind) VALUES (1, now(), 2, 'x')"
        " ON CONFLICT (id) DO UPDATE SET kind = 'x'",
    ),
}  # fmt: skip


def test_nobody_changes_the_record_not_even_with_the_database_in_hand(house):
    locking.lock(house.store, house.who(RITA), LOU)
    before = house.rows("SELECT * FROM account_events")
    for attack in ATTACKS[house.store.engine.dialect.name]:
        with pytest.raises(DBAPIError, match="only be added to"), house.store.engine.begin() as connection:
            connection.execute(text(attack))
    assert house.rows("SELECT * FROM account_events") == before


def test_every_kind_that_is_written_can_be_told_and_is_short_enough():
    code = "".join(p.read_text() for p in Path(workflow_app.people.__file__).parent.glob("*.py"))
    written = set(re.findall(r'record\.write\w*\(\s*tx, "(\w+)"', code)) | set(re.findall(r'_end\(tx, "(\w+)"', code))
    written |= {"joined", "password_reset"}  # one or the other, as the case may be
    assert written == set(KINDS)
    assert max(map(len, KINDS)) <= 20


def test_the_record_of_a_person_is_read_page_by_page_the_newest_first(house):
    for _n in range(3):
        locking.lock(house.store, house.who(RITA), LOU)
        locking.unlock(house.store, house.who(RITA), LOU)
    memberships.assign(house.store, house.who(HANS), LOU, GROUP, "chair", None, None)
    found: list[accounts.Recorded] = []
    before = None
    with Session(house.store.engine) as session:
        while True:
            page = accounts.record_of(session, LOU, before, limit=3)
            found += page.rows
            if page.after is None:
                break
            before = page.after
    assert [e.kind for e in found] == ["assigned", *["unlocked", "locked"] * 3]
    assert (found[0].actor, found[0].person, found[0].organization, found[0].role) == (
        "Hans", "Lou", "Organization 2", "chair",
    )  # fmt: skip


def test_a_failure_leaves_no_trace(house):
    def deed() -> None:
        with house.store.writing() as tx:
            tx.person(MIA).locked = True
            tx.send("account_notice", person=MIA, notice="x")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        deed()
    assert house.rows("SELECT id FROM people WHERE locked = :yes", yes=True) == []
    assert house.rows("SELECT id FROM outbox") == []
