"""The history is the truth: it can be added to, proved and, where the law asks for it, emptied."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.cases.conftest import rows
from tests.cases.test_acting import clean, opened
from tests.cases.world import ADA, BEN, DORA, PARTS, request, task
from workflow_app.cases import Cases
from workflow_app.cases.erasing import erase
from workflow_app.cases.importing import ImportedCase, Past, import_case
from workflow_app.cases.migrating import migrate, plan
from workflow_app.cases.replay import verify_case
from workflow_app.engine.definition import CLOCK, State
from workflow_app.engine.errors import Invalid, NotFound, NotPossible
from workflow_app.engine.machine import Registry
from workflow_app.incidents import Trouble, report
from workflow_app.models import CaseEvent

CHANGES = {
    "UPDATE": "UPDATE case_events SET actor_id = 2 WHERE seq = 1",
    "DELETE": "DELETE FROM case_events",
    "REPLACE": "INSERT OR REPLACE INTO case_events SELECT * FROM case_events",
    "TRUNCATE": "TRUNCATE case_events CASCADE",
}


@pytest.mark.parametrize("verb", CHANGES)
def test_the_database_itself_refuses_to_change_the_past(cases, verb):
    dialect = cases.store.engine.dialect.name
    if (verb, dialect) in (("REPLACE", "postgresql"), ("TRUNCATE", "sqlite")):
        return  # there is no such verb in that database
    opened(cases)
    with pytest.raises(DBAPIError, match="can only be added to"), cases.store.engine.begin() as connection:
        connection.execute(text(CHANGES[verb]))
    clean(cases)


def forge(cases: Cases, sql: str) -> None:
    """Somebody with full access to the database tampers with it."""
    with cases.store.engine.begin() as connection:
        connection.execute(text(sql))


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE cases SET state = 'agreed'", "state is not what the history says"),
        ("UPDATE cases SET data = '{}'", "data is not what the history says"),
        ("UPDATE cases SET title = 'other'", "title is not what the history says"),
        ("UPDATE case_event_payloads SET body = '{\"set\":{}}' WHERE seq = 1", "not the one that was written"),
        ("DELETE FROM open_steps", "open steps are not those"),
        ("DELETE FROM case_parties", "parties are not those"),
        ("DELETE FROM case_readers", "readers are not those"),
    ],
)
def test_verification_finds_what_was_tampered_with(cases, sql, told):
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    forge(cases, sql)
    with cases.store.transaction() as tx:
        faults = verify_case(cases.registry, tx, case_id).faults
    assert any(told in fault for fault in faults), faults


def test_an_event_put_in_by_hand_breaks_the_chain(cases):
    case_id = opened(cases)
    columns = ", ".join(c.name for c in CaseEvent.__table__.columns if c.name not in ("seq", "key"))
    forge(cases, f"INSERT INTO case_events (seq, {columns}) SELECT 2, {columns} FROM case_events")
    with cases.store.transaction() as tx:
        faults = verify_case(cases.registry, tx, case_id).faults
    assert any("does not hang on the one before" in fault for fault in faults)


def test_erasing_everything_keeps_the_course_and_passes_the_verification(cases):
    case_id = opened(cases, "About Mrs Example")
    cases.act(case_id, "file", ADA, {"demand": "private"})
    erase(cases, case_id, DORA)
    assert rows(cases, "SELECT title, state, number FROM cases") == [("Erased", "filed", "RQ-2026-0001")]
    assert "private" not in str(rows(cases, "SELECT body FROM case_event_payloads"))
    assert "Example" not in str(rows(cases, "SELECT body FROM case_event_payloads"))
    with cases.store.transaction() as tx:
        assert verify_case(cases.registry, tx, case_id).erased == (1, 2)
    clean(cases)
    cases.act(case_id, "agree", ADA)
    cases.act(case_id, "agree", BEN)
    clean(cases)


def test_erasing_a_case_keeps_its_incidents_but_no_words_about_them(cases):
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    with cases.store.engine.begin() as connection:
        for n, due in ((1, None), (None, 1)):
            kind = "message" if n else "deadline"
            report(connection, [Trouble(kind, f"{kind}:1", "OSError", case_id=case_id, outbox_id=n, due_id=due)])
        sql = "UPDATE incidents SET state = 'discarded', settled_at = last_at, settled_by_id = 1, reason = 'Ada is ill'"
        connection.execute(text(f"{sql} WHERE kind = 'message'"))
    erase(cases, case_id, ADA, {1})
    assert rows(cases, "SELECT reason FROM incidents ORDER BY id") == [("Ada is ill",), (None,)]
    erase(cases, case_id, ADA)
    assert rows(cases, "SELECT state, case_id, settled_by_id, reason FROM incidents ORDER BY id") == [
        ("discarded", case_id, 1, "Erased"),
        ("open", case_id, None, None),
    ]


def test_erasing_one_event_keeps_the_others(cases):
    case_id = opened(cases)
    cases.act(case_id, "note", ADA, {"text": "keep"})
    cases.act(case_id, "note", ADA, {"text": "forget"})
    erase(cases, case_id, DORA, [3])
    with cases.store.transaction() as tx:
        assert tx.take(case_id).snapshot.data == {"why": "mud", "notes": ["keep"]}
    clean(cases)
    with pytest.raises(NotPossible):
        erase(cases, case_id, DORA, [99])


later = State("examined", "Examined", seen_by=request.states[1].seen_by)


def newer(from_version: dict[int, dict[str, str]]):
    """Version 2 calls ``filed`` ``examined``."""
    swap = {"filed": later}
    return replace(
        request,
        version=2,
        states=tuple(swap.get(s.name, s) for s in request.states),
        steps=tuple(
            replace(
                step,
                source=tuple(swap.get(s.name, s) for s in step.sources),
                target=swap.get(step.target.name, step.target) if isinstance(step.target, State) else step.target,
            )
            for step in request.steps
        ),
        deadlines=tuple(
            replace(d, during=tuple(swap.get(s.name, s) for s in d.during)) for d in request.deadlines
        ),
        from_version=from_version,
    )  # fmt: skip


def test_running_cases_move_to_a_newer_version_and_closed_ones_stay(cases):
    filed, drafted = opened(cases), opened(cases)
    cases.act(filed, "file", ADA)
    both = Cases(cases.store, Registry((request, newer({1: {"filed": "examined"}}), task)))
    assert {k[1:]: len(v) for k, v in plan(both, "request", 2).moves.items()} == {
        ("filed", "examined"): 1, ("draft", "draft"): 1}  # fmt: skip
    migrate(both, "request", 2, CLOCK)
    assert rows(cases, "SELECT id, version, state FROM cases ORDER BY id") == [
        (filed, 2, "examined"),
        (drafted, 2, "draft"),
    ]
    clean(both)
    assert [s for (s,) in rows(cases, "SELECT status FROM due_dates")] == ["running"]
    both.act(filed, "agree", ADA)
    assert both.act(filed, "agree", BEN).state == "agreed"
    clean(both)


def test_a_migration_without_a_place_for_one_case_moves_none(cases):
    filed, _drafted = opened(cases), opened(cases)
    cases.act(filed, "file", ADA)
    both = Cases(cases.store, Registry((request, newer({}), task)))
    assert list(plan(both, "request", 2).missing) == [(1, "filed")]
    with pytest.raises(NotPossible, match="filed"):
        migrate(both, "request", 2, CLOCK)
    assert {v for (v,) in rows(cases, "SELECT version FROM cases")} == {1}
    with pytest.raises(NotFound):
        plan(both, "request", 3)


def past(step: str, to: str, **data) -> Past:
    return Past(step, to, "wie es dort steht", {"text": "2016-03", "precision": "month"}, {"src": "seed"}, data)


def test_imported_history_is_told_as_its_source_tells_it_and_starts_nothing(cases):
    told = ImportedCase(
        "seed:1", "request", "Old path", [past("open", "draft", why="mud"), past("agree", "agreed", vote="einstimmig")],
        {"since": None}, PARTS,
    )  # fmt: skip
    done = import_case(cases, told)
    assert rows(cases, "SELECT state, imported, number FROM cases") in ([("agreed", True, None)], [("agreed", 1, None)])
    assert rows(cases, "SELECT kind, step, from_state, to_state FROM case_events ORDER BY seq") == [
        ("import", "open", None, "draft"), ("import", "agree", "draft", "agreed")]  # fmt: skip
    bodies = str(rows(cases, "SELECT body FROM case_event_payloads"))
    assert "wie es dort steht" in bodies
    assert "2016-03" in bodies
    assert rows(cases, "SELECT count(*) FROM outbox") == rows(cases, "SELECT count(*) FROM due_dates") == [(0,)]
    again = import_case(cases, told)
    assert (again.case_id, again.repeated) == (done.case_id, True)
    clean(cases)
    assert cases.act(done.case_id, "finish", DORA).state == "done"
    clean(cases)


def test_an_import_speaks_only_of_what_there_is(cases):
    for wrong in ([past("open", "nowhere")], [past("dance", "draft")], []):
        with pytest.raises(Invalid):
            import_case(cases, ImportedCase("x", "request", "X", wrong))
    assert rows(cases, "SELECT count(*) FROM cases") == [(0,)]


def test_dates_in_the_store_are_dates(cases):
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    with cases.store.transaction() as tx:
        assert tx.take(case_id).snapshot.dues[0].due_on == date(2026, 3, 16)
