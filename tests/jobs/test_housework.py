"""What is removed after its time, what stays, and the weekly proof: on both databases, through the table of jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.cases.test_acting import clean
from tests.jobs.town import DORA as DORA_ID
from tests.jobs.town import EVE, Town, later
from workflow_app import people
from workflow_app.cases import clockwork
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import cleaning, deadlines, digests, periodic, proving, retention, turns
from workflow_app.jobs.turns import Overtaken, Turn
from workflow_app.models import AccountLink, Incident, Mail, Notification, SignIn
from workflow_app.people import links, sign_in

NIGHT = timedelta(hours=17, minutes=30)
"""From Monday, ten o'clock, to Tuesday, half past three at night."""


@pytest.fixture
def turn(town: Town) -> Turn:
    """The night job's turn, which is ours."""
    town.set(
        "INSERT INTO periodic_jobs (name, done_for, next_at, ticket, failures)"
        " VALUES ('housework', '2026-03-01 00:00:00.000000', '2026-03-02 00:00:00.000000', 1, 0)"
    )
    return Turn(db.engine, "housework", 1, clock.now())


def count(town: Town, table: str) -> int:
    return int(town.rows(f"SELECT count(*) FROM {table}")[0][0])


# --------------------------------------------------------------------------- the outbox


def test_messages_carried_out_long_ago_go_and_what_they_brought_stays(town, turn):
    town.filed()
    town.work()
    told, mails = count(town, "notifications"), count(town, "mails")
    assert min(told, mails) > 0
    with later(days=29):
        assert cleaning.clean(turn) == 0
    with later(days=31):
        gone = cleaning.clean(turn)
        assert cleaning.clean(turn) == 0
    assert gone > 2
    assert count(town, "outbox") == 1  # the newest
    assert (count(town, "notifications"), count(town, "mails")) == (told, mails)
    assert town.rows("SELECT count(*) FROM notifications WHERE outbox_id IS NOT NULL")[0][0] <= 1


@pytest.mark.parametrize("state", ["pending", "dispatched", "running", "dead"])
def test_what_is_not_carried_out_stays_however_old_it_is(town, turn, state):
    town.filed()
    there = count(town, "outbox")
    town.set("UPDATE outbox SET state = :state", state=state)
    with later(days=1000):
        cleaning.clean(turn)
    assert count(town, "outbox") == there


def test_the_number_of_a_message_is_never_given_twice(town, turn):
    town.filed()
    town.work()
    newest = town.rows("SELECT max(id) FROM outbox")[0][0]
    with later(days=31):
        cleaning.clean(turn)
        town.filed("Another")
    assert town.rows("SELECT min(id) FROM outbox WHERE state = 'pending'")[0][0] > newest


def test_in_batches_nothing_is_left(town, turn, monkeypatch):
    monkeypatch.setattr(cleaning, "BATCH", 2)
    for n in range(4):
        town.filed(f"Path {n}")
    town.work()
    with later(days=31):
        cleaning.clean(turn)
    assert count(town, "outbox") == 1


def test_nothing_is_told_again_when_the_message_that_told_it_has_gone(town, turn):
    """Deadlines and collected mails are told once by the keys of their messages."""
    town.wants(DORA_ID, way="daily")
    town.filed()
    town.work()
    with later(days=40):
        while list(clockwork.ring_all(town.cases)):
            pass
        digests.open_due()
        town.work()
        told = count(town, "notifications")
    with later(days=80):
        cleaning.clean(turn)
        town.set("UPDATE due_dates SET fire_at = '2026-03-03 00:00:00.000000' WHERE status = 'running'")
        deadlines.sweep()
        digests.open_due()
        town.work()
    assert count(town, "notifications") == told
    clean(town.cases)


def test_who_was_overtaken_removes_nothing(town, turn):
    town.filed()
    town.work()
    there = count(town, "outbox")
    town.set("UPDATE periodic_jobs SET ticket = 2")
    with later(days=31), pytest.raises(Overtaken):
        cleaning.clean(turn)
    assert count(town, "outbox") == there


def test_a_job_that_fails_when_somebody_else_has_it_keeps_no_other_waiting(town, monkeypatch):
    def breaks(_turn: Turn) -> None:
        town.set("UPDATE periodic_jobs SET ticket = ticket + 1 WHERE name = 'documents'")
        raise KeyError

    first, *others = periodic.JOBS
    monkeypatch.setattr(periodic, "JOBS", (turns.Job(first.name, first.when, breaks), *others))
    periodic.run_due()
    with clock.at(clock.now() + NIGHT):
        periodic.run_due()
    ended = town.rows("SELECT name FROM periodic_jobs WHERE ended_at IS NOT NULL ORDER BY name")
    assert ended == [("outbox",), ("retention",)]


def test_what_the_database_refuses_to_a_job_is_an_incident_and_not_a_database_that_is_away(town, monkeypatch):
    first, *others = periodic.JOBS
    refused = turns.Job(first.name, first.when, lambda _turn: town.rows("SELECT 1 FROM nowhere"))
    monkeypatch.setattr(periodic, "JOBS", (refused, *others))
    periodic.run_due()
    with clock.at(clock.now() + NIGHT):
        periodic.run_due()
    assert town.rows("SELECT subject, state FROM incidents") == [(f"job:{first.name}", "open")]


# ---------------------------------------------------------------------------- retention


def aged(town: Town) -> None:
    """One of everything that has had its time, on Monday."""
    store = people.current()
    with store.writing() as tx:
        person = tx.person(EVE)
        sign_in.begin(tx, person, "Firefox")
        links.mail(tx, person, links.RESET, None)
    town.filed()
    town.work()
    town.set("UPDATE notifications SET read_at = created_at WHERE person_id = :p", p=DORA_ID)
    moment = "2026-03-02 09:00:00.000000"
    town.set(
        "INSERT INTO incidents (kind, subject, error, times, first_at, last_at, state, settled_at)"
        f" VALUES ('job', 'job:a', 'x', 1, '{moment}', '{moment}', 'solved', '{moment}'),"
        f" ('job', 'job:b', 'x', 1, '{moment}', '{moment}', 'open', NULL)"
    )


def left(town: Town) -> dict[str, int]:
    tables = (SignIn, AccountLink, Mail, Notification, Incident)
    return {model.__tablename__: count(town, model.__tablename__) for model in tables}


def test_everything_is_kept_as_long_as_the_table_says_and_not_a_day_longer(town, turn):
    aged(town)
    all_of_it = left(town)
    assert min(all_of_it.values()) > 0
    unread = town.rows("SELECT count(*) FROM notifications WHERE read_at IS NULL")[0][0]
    with later(days=29):
        assert retention.clean(turn) == 0
    expected = [
        (31, {"account_links": 0}), (38, {"sign_ins": 0}), (91, {"mails": 0}), (181, {"notifications": unread}),
        (366, {"incidents": 1}), (731, {"notifications": 0}),
    ]  # fmt: skip
    now = dict(all_of_it)
    for days, gone in expected:
        with later(days=days - 2):
            retention.clean(turn)
        assert left(town) == now, days
        with later(days=days):
            retention.clean(turn)
        now |= gone
        assert left(town) == now, days
    assert town.rows("SELECT subject FROM incidents") == [("job:b",)]  # one that nobody has settled


def test_somebody_who_is_signed_in_stays_signed_in(town, turn):
    with people.current().writing() as tx:
        mine = sign_in.begin(tx, tx.person(EVE), "Firefox")
    with later(days=6):
        retention.clean(turn)
        with db.engine.connect() as connection:
            assert connection.execute(text("SELECT id FROM sign_ins")).scalar() == mine.sign_in


def test_no_case_and_no_record_is_ever_removed(town, turn):
    aged(town)
    kept = ("cases", "case_events", "case_event_payloads", "account_events", "people")
    before = [count(town, table) for table in kept]
    with later(days=365 * 20):
        retention.clean(turn)
        cleaning.clean(turn)
    assert [count(town, table) for table in kept] == before


def test_in_small_batches_the_same_goes(town, turn, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 1)
    aged(town)
    with later(days=731):
        retention.clean(turn)
    assert {name: n for name, n in left(town).items() if n} == {"incidents": 1}


# -------------------------------------------------------------------------- weekly proof


def test_a_case_that_somebody_has_changed_behind_our_backs_is_found_and_settled_when_it_is_right(town, turn):
    good, bad = town.filed("Good"), town.filed("Bad")
    proving.prove(turn)
    assert count(town, "incidents") == 0
    town.set("UPDATE cases SET title = 'Worse' WHERE id = :c", c=bad)
    proving.prove(turn)
    proving.prove(turn)
    found = "SELECT subject, case_id, state, times FROM incidents"
    assert town.rows(found) == [(f"history:{bad}", bad, "open", 2)]
    assert good != bad
    town.set("UPDATE cases SET title = 'Bad' WHERE id = :c", c=bad)
    proving.prove(turn)
    assert town.rows(found)[0][2] == "solved"


# ------------------------------------------------------------------------ the whole table


def test_in_a_night_every_job_of_the_table_runs_and_what_has_had_its_time_is_gone(town):
    periodic.run_due()
    assert count(town, "periodic_jobs") == len(periodic.JOBS)
    aged(town)
    with later(days=730), later(seconds=NIGHT.total_seconds()):
        periodic.run_due()
        rows = dict(town.rows("SELECT name, failures FROM periodic_jobs WHERE ended_at IS NOT NULL"))
    assert rows == {"documents": 0, "outbox": 0, "retention": 0}  # the proof is not made up for
    assert count(town, "mails") == 0
    assert count(town, "outbox") == 1


def test_a_job_that_fails_keeps_no_other_waiting_and_comes_again(town, monkeypatch):
    def breaks(_turn: Turn) -> None:
        raise KeyError

    first, *others = periodic.JOBS
    monkeypatch.setattr(periodic, "JOBS", (turns.Job(first.name, first.when, breaks), *others))
    periodic.run_due()
    with later(seconds=NIGHT.total_seconds()):
        periodic.run_due()
    assert town.rows("SELECT subject, error, state FROM incidents") == [("job:documents", "KeyError", "open")]
    assert dict(town.rows("SELECT name, failures FROM periodic_jobs"))["documents"] == 1
    assert town.rows("SELECT name FROM periodic_jobs WHERE ended_at IS NOT NULL ORDER BY 1") == [
        ("outbox",), ("retention",)]  # fmt: skip
    monkeypatch.setattr(periodic, "JOBS", (first, *others))
    with later(seconds=NIGHT.total_seconds() + 301):
        periodic.run_due()
    assert town.rows("SELECT state FROM incidents") == [("solved",)]
