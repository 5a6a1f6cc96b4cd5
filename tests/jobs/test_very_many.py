"""More of something than PostgreSQL takes values in one statement, which are 65,535."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.jobs.lapsing import OVER, state, swept_at
from tests.jobs.town import BEN, DORA, NAMES, Town
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.incidents import Trouble, point_out, solved
from workflow_app.jobs.holders import holdings
from workflow_app.queries.notifications import muted_among, receivers_of, wishes_of

MANY = 66_000
NUMBERS = f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY})"
UNSETTLED = "SELECT count(*) FROM incidents WHERE settled_at IS NULL"


def told_of(town: Town, columns: str, values: str, source: str = "numbers") -> None:
    """An open incident about each of very many things."""
    at = clock.now().replace(tzinfo=None) if db.engine.dialect.name == "sqlite" else clock.now()
    town.set(
        f"INSERT INTO incidents (error, times, first_at, last_at, state, {columns}) {NUMBERS}"
        f" SELECT 'KeyError', 1, :at, :at, 'open', {values} FROM {source}",
        at=at,
    )
    town.set("ANALYZE")  # as the database does by itself after a while


def test_very_many_deadlines_that_have_ended_are_settled_and_the_others_ring(town):
    case = town.filed()
    town.set(
        "INSERT INTO due_dates (case_id, name, anchor_on, due_on, status, extended, warned)"
        f" {NUMBERS} SELECT {case}, 'gone', '2026-01-01', '2026-01-02', 'settled', 0, 0 FROM numbers"
    )
    told_of(town, "kind, subject, due_id", "'deadline', 'deadline:' || id, id", "due_dates WHERE name = 'gone'")
    assert town.rows(UNSETTLED) == [(MANY,)]
    swept_at(OVER)
    assert (town.rows(UNSETTLED), state(town, case)) == ([(0,)], "gone")


def test_of_very_many_people_everybody_is_found_who_is_there(town):
    ids, today = range(1, MANY), clock.now().date()
    principals = {f"person:{n}" for n in ids} | {f"member@{n}" for n in ids}
    with db.engine.connect() as connection:
        found = holdings(connection, principals, today)
        assert [one.person for one in found] == [1, 2, 3, 4, 5, 1, 2, 3, 4]  # themselves, then their seats
        assert set(wishes_of(connection, ids, today)) == set(receivers_of(connection, ids, 1, today)) == set(NAMES)
    with Session(db.engine) as session:
        assert muted_among(session, BEN, ids) == set()


def test_what_is_met_of_very_many_people_is_pointed_out_once_and_solved(town):
    told_of(town, "kind, subject, person_id", f"'setting', 'zone:' || n, {DORA}")
    troubles = [Trouble("setting", f"zone:{n}", "UnknownZone", person_id=DORA) for n in range(1, MANY + 2)]
    with db.engine.begin() as connection:
        point_out(connection, troubles)
    assert town.rows(UNSETTLED) == [(MANY + 1,)]
    with db.engine.begin() as connection:
        solved(connection, [one.subject for one in troubles])
    assert town.rows(UNSETTLED) == [(0,)]
