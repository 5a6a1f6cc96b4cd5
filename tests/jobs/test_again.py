"""Another try, or none at all: what people decide about incidents, and what becomes of it. On both databases."""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest

from tests.cases.world import ADA
from tests.cases.world import BEN as BEN_ACTS
from tests.jobs.town import BEN, DORA, Town, later
from workflow_app.cases import clockwork
from workflow_app.engine import clock
from workflow_app.engine.errors import Invalid
from workflow_app.extensions import db
from workflow_app.incidents import Trouble, report, solved
from workflow_app.incidents.deciding import Decided
from workflow_app.jobs import again
from workflow_app.jobs.carrying import carry_out

WHY = "The library has moved, nobody reads this any more."


def given_up(town: Town) -> list[int]:
    """Two notices that were given up after all attempts; the ids of their incidents."""
    case_id = town.filed()
    town.set("UPDATE outbox SET state = 'dead', attempt = 5, ticket = 9, last_error = 'TimeoutError'")
    rows = town.rows("SELECT id FROM outbox ORDER BY id")
    told(*(Trouble("message", f"message:{n}", "TimeoutError", case_id=case_id, outbox_id=n) for (n,) in rows))
    return [n for (n,) in town.rows("SELECT id FROM incidents ORDER BY id")]


def told(*troubles: Trouble) -> None:
    with db.engine.begin() as connection:
        report(connection, troubles)


def states(town: Town) -> list[str]:
    return [state for (state,) in town.rows("SELECT state FROM incidents ORDER BY id")]


def left(decided: Decided) -> list[tuple[str, int | None]]:
    return [(one.why, one.by) for one in decided.left]


# ------------------------------------------------------------------------------------ messages


def test_another_try_begins_at_the_beginning_and_delivers(town):
    ids = given_up(town)
    with later(hours=3):
        assert sorted(again.retry(DORA, ids).done) == ids
        assert states(town) == ["retrying", "retrying"]
        assert town.rows("SELECT DISTINCT state, attempt, ticket FROM outbox") == [("pending", 0, 10)]
        assert carry_out(db.engine, [(n, 9) for n in ids], clock.now().date()) == 0  # stale tickets
        town.work()
    assert {person for (person,) in town.rows("SELECT person_id FROM notifications")} == {1, 2, 3, 4}


def test_who_asks_a_second_time_reads_that_it_was_asked_for(town):
    ids = given_up(town)
    again.retry(DORA, ids[:1])
    decided = again.retry(BEN, ids)
    assert decided.done == ids[1:]
    assert left(decided) == [("retrying", DORA)]
    assert town.rows("SELECT ticket FROM outbox ORDER BY id") == [(10,), (10,)]  # and nothing was done twice


def test_what_fails_again_is_the_same_incident_again(town):
    ids = given_up(town)
    again.retry(DORA, ids)
    (message,) = town.rows("SELECT outbox_id FROM incidents WHERE id = :n", n=ids[0])[0]
    told(Trouble("message", f"message:{message}", "ConnectionError", outbox_id=message))
    assert town.rows("SELECT state, times, error FROM incidents ORDER BY id") == [
        ("open", 2, "ConnectionError"),
        ("retrying", 1, "TimeoutError"),
    ]


def test_what_was_let_be_stays_dead_and_says_who_when_and_why(town):
    ids = given_up(town)
    with later(hours=1):
        assert again.discard(DORA, ids, f"  {WHY} ").done == ids
        town.work()
        assert left(again.retry(BEN, ids)) == left(again.discard(BEN, ids, "x")) == [("discarded", DORA)] * 2
    assert town.rows("SELECT DISTINCT state, settled_by_id, reason FROM incidents") == [("discarded", DORA, WHY)]
    assert town.rows("SELECT DISTINCT state FROM outbox") == [("dead",)]


def test_what_waits_for_another_try_can_still_be_let_be(town):
    ids = given_up(town)
    again.retry(DORA, ids)
    assert again.discard(BEN, ids, WHY).done == ids
    town.work()
    assert town.rows("SELECT state FROM outbox") == [("dead",), ("dead",)]


def test_what_is_being_done_at_this_moment_is_left_alone(town):
    ids = given_up(town)
    town.set("UPDATE outbox SET state = 'running'")
    assert left(again.retry(DORA, ids)) == left(again.discard(DORA, ids, WHY)) == [("busy", None)] * 2
    assert states(town) == ["open", "open"]


def test_what_has_arrived_meanwhile_is_solved_and_not_sent_again(town):
    ids = given_up(town)
    town.set("UPDATE outbox SET state = 'done'")
    assert left(again.retry(DORA, ids[:1])) == left(again.discard(DORA, ids[1:], WHY)) == [("solved", None)]
    assert states(town) == ["solved", "solved"]
    assert town.rows("SELECT DISTINCT state FROM outbox") == [("done",)]


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_nothing_is_let_be_without_a_reason(town, reason):
    ids = given_up(town)
    with pytest.raises(Invalid, match="why nothing is to be done"):
        again.discard(DORA, ids, reason)
    assert states(town) == ["open", "open"]


def test_of_an_incident_that_there_is_not_nothing_is_done(town):
    assert left(again.retry(DORA, [4711])) == [("none", None)]


def test_what_goes_on_by_itself_is_not_pushed_but_can_be_let_be(town):
    told(Trouble("job", "job:figures", "OSError"), Trouble("clock", "clock", "jumped"))
    assert left(again.retry(DORA, [1, 2])) == [("alone", None)] * 2
    assert again.discard(DORA, [1, 2], WHY).done == [1, 2]
    told(Trouble("job", "job:figures", "OSError"))
    assert states(town) == ["discarded", "discarded", "open"]


def test_hundreds_are_tried_again_in_one_go(town):
    town.filed()
    columns = "kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts"
    numbers = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 300)"
    town.set(
        f"INSERT INTO outbox ({columns}) {numbers} SELECT 'digest', '{{}}', 'k' || n, :at, 'dead', 1, 5, 5 FROM n",
        at=clock.now().replace(tzinfo=None) if db.engine.dialect.name == "sqlite" else clock.now(),
    )
    rows = town.rows("SELECT id FROM outbox WHERE kind = 'digest'")
    told(*(Trouble("message", f"message:{n}", "OSError", outbox_id=n) for (n,) in rows))
    assert len(again.retry(DORA, range(1, 301)).done) == 300
    assert town.rows("SELECT count(*) FROM outbox WHERE kind = 'digest' AND state = 'pending'") == [(300,)]


def test_of_several_at_once_each_incident_is_decided_by_one(town):
    ids = given_up(town)
    found: list[tuple[int, Decided]] = []

    def decide(who: int, order: Collection[int]) -> None:
        with town.app.app_context():
            found.append((who, again.discard(who, order, WHY) if who % 2 else again.retry(who, order)))

    asked = [(1, ids), (2, ids[::-1]), (3, ids), (4, ids[::-1])]
    threads = [threading.Thread(target=decide, args=one) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 4
    by_discarding = [n for who, decided in found if who % 2 for n in decided.done]
    assert sorted(by_discarding) == ids  # of the two who discard one wins each
    by_retrying = [n for who, decided in found if not who % 2 for n in decided.done]
    assert len(by_retrying) == len(set(by_retrying))
    assert states(town) == ["discarded", "discarded"]
    assert town.rows("SELECT DISTINCT state FROM outbox") == [("dead",)]


# ----------------------------------------------------------------------------------- deadlines


def moment(day: int, hour: int = 1) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def stuck(town: Town) -> int:
    """A deadline (warnings on the 9th and 14th, ends on the 16th) that the clock could not deal with, and
    which it has put off for a day."""
    case_id = town.filed()
    (due,) = town.rows("SELECT id FROM due_dates")[0]
    told(Trouble("deadline", f"deadline:{due}", "KeyError", case_id=case_id, due_id=due))
    put_off(town, clock.now() + timedelta(days=1))
    return int(due)


def put_off(town: Town, until: datetime) -> None:
    at = until.replace(tzinfo=None) if db.engine.dialect.name == "sqlite" else until
    town.set("UPDATE due_dates SET fire_at = :at", at=at)


def rung(town: Town) -> list[str]:
    return [rung.done for _row, rung in clockwork.ring_all(town.cases)]


def test_the_clock_tries_again_at_once(town):
    stuck(town)
    with clock.at(moment(9)):
        put_off(town, moment(10))
        assert rung(town) == []
        assert again.retry(DORA, [1]).done == [1]
        assert rung(town) == ["warned"]


def test_a_deadline_that_has_moved_on_is_not_rung_too_early(town):
    stuck(town)
    with clock.at(moment(9)):
        put_off(town, moment(9, 0))
        assert rung(town) == ["warned"]  # and nobody has said yet that it is solved
        assert left(again.retry(DORA, [1])) == [("solved", None)]
        assert rung(town) == []
    assert states(town) == ["solved"]


def test_of_a_deadline_that_is_let_be_only_what_failed_is_left_out(town):
    stuck(town)
    with clock.at(moment(9)):
        put_off(town, moment(10))
        assert again.discard(DORA, [1], WHY).done == [1]
        assert rung(town) == []
    with clock.at(moment(14)):
        assert rung(town) == ["warned"]
    with clock.at(moment(17)):
        assert rung(town) == ["over"]


def test_a_deadline_that_is_over_stays_overdue_where_its_end_is_let_be(town):
    stuck(town)
    town.set("UPDATE due_dates SET warned = 2")
    with clock.at(moment(17)):
        put_off(town, moment(18))
        again.discard(DORA, [1], WHY)
    with clock.at(moment(30)):
        assert rung(town) == []
    assert town.rows("SELECT status, fire_at FROM due_dates") == [("running", None)]


def test_a_deadline_of_a_case_that_has_moved_on_needs_nothing(town):
    stuck(town)
    town.cases.act(1, "agree", ADA)
    town.cases.act(1, "agree", BEN_ACTS)
    with clock.at(moment(20)):
        assert left(again.retry(DORA, [1])) == [("solved", None)]


def test_a_deadline_that_no_process_knows_is_tried_again_and_left_out(town):
    stuck(town)
    town.set("UPDATE due_dates SET name = 'forgotten'")
    assert again.retry(DORA, [1]).done == [1]
    assert clockwork.due_rows(town.cases) == [1]
    assert again.discard(DORA, [1], WHY).done == [1]
    assert clockwork.due_rows(town.cases) == []


def test_a_try_that_went_well_solves_it(town):
    ids = given_up(town)
    again.retry(DORA, ids)
    with db.engine.begin() as connection:
        solved(connection, [subject for (subject,) in town.rows("SELECT subject FROM incidents")])
    assert states(town) == ["solved", "solved"]
    assert left(again.discard(BEN, ids, WHY)) == [("solved", DORA)] * 2
