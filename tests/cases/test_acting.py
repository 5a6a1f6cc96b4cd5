"""Opening cases and taking steps: what is written, what is refused, and that it is one thing."""

from __future__ import annotations

from datetime import date

import pytest

from tests.cases.conftest import rows
from tests.cases.world import ADA, BEN, CEM, DORA, PARTS
from workflow_app.cases import Cases
from workflow_app.cases.replay import verify_case
from workflow_app.engine.definition import Opening
from workflow_app.engine.errors import Conflict, NotAllowed, NotFound, NotPossible


def opened(cases: Cases, title: str = "A path", **more) -> int:
    return cases.open_case("request", Opening(title, {"why": "mud"}, PARTS, **more), ADA).case_id


def clean(cases: Cases) -> None:
    """Every case is what its history says."""
    for (case_id,) in rows(cases, "SELECT id FROM cases"):
        assert isinstance(case_id, int)
        with cases.store.transaction() as tx:
            assert verify_case(cases.registry, tx, case_id).faults == ()


def test_a_draft_has_no_number_and_waits_for_the_board(cases):
    case_id = opened(cases)
    assert rows(cases, "SELECT state, number, title, seq FROM cases") == [("draft", None, "A path", 1)]
    assert rows(cases, "SELECT step, principal FROM open_steps") == [("file", "member@1")]
    assert rows(cases, "SELECT kind, step, to_state, actor_id FROM case_events") == [("open", "open", "draft", 1)]
    assert sorted(rows(cases, "SELECT principal FROM case_readers WHERE case_id = :c", c=case_id)) == [
        ("member@1",), ("member@2",)]  # fmt: skip
    clean(cases)


def test_filing_gives_a_number_moves_the_inbox_starts_the_deadline_and_writes_one_message_per_notice(cases):
    done = cases.act(opened(cases), "file", ADA, {"demand": "gravel"})
    assert (done.state, done.number, done.seq) == ("filed", "RQ-2026-0001", 2)
    assert sorted(rows(cases, "SELECT step, principal, hands, hands_needed FROM open_steps")) == [
        ("agree", "member@1", 0, 2), ("back", "member@2", 0, 1)]  # fmt: skip
    due = rows(cases, "SELECT name, status, due_on FROM due_dates")
    assert [(n, s, str(d)) for n, s, d in due] == [("decision", "running", "2026-03-16")]
    assert sorted(rows(cases, "SELECT dedupe_key, state FROM outbox")) == [
        (f"{done.case_id}:2:filed", "pending"), (f"{done.case_id}:2:yours", "pending")]  # fmt: skip
    clean(cases)


def test_a_refused_step_changes_nothing(cases):
    case_id = opened(cases)
    before = rows(cases, "SELECT * FROM cases"), rows(cases, "SELECT * FROM open_steps")
    for actor, step, error in ((DORA, "file", NotAllowed), (ADA, "finish", NotPossible), (ADA, "dance", NotFound)):
        with pytest.raises(error):
            cases.act(case_id, step, actor, {})
    assert (rows(cases, "SELECT * FROM cases"), rows(cases, "SELECT * FROM open_steps")) == before
    assert rows(cases, "SELECT count(*) FROM case_events") == [(1,)]


def test_unknown_cases_are_not_found(cases):
    with pytest.raises(NotFound):
        cases.act(4711, "file", ADA, {})


def test_only_those_named_may_open(cases):
    with pytest.raises(NotAllowed):
        cases.open_case("request", Opening("x", {}, PARTS), DORA)
    assert rows(cases, "SELECT count(*) FROM cases") == [(0,)]


def test_who_has_seen_an_older_version_must_look_again(cases):
    case_id = opened(cases)
    cases.act(case_id, "note", ADA, {"text": "a"}, expected=1)
    with pytest.raises(Conflict):
        cases.act(case_id, "file", ADA, {}, expected=1)
    assert cases.act(case_id, "file", ADA, {}, expected=2).seq == 3


def test_a_repeated_request_is_carried_out_once(cases):
    case_id = opened(cases)
    first = cases.act(case_id, "file", ADA, {}, key="k1", expected=1)
    again = cases.act(case_id, "file", ADA, {}, key="k1", expected=1)
    assert (again.repeated, again.seq, again.number) == (True, first.seq, first.number)
    assert rows(cases, "SELECT count(*) FROM case_events") == [(2,)]
    opening = Opening("Twice", {}, PARTS)
    one = cases.open_case("request", opening, ADA, key="o1")
    assert cases.open_case("request", opening, ADA, key="o1").case_id == one.case_id


def test_hands_of_a_majority_do_not_stand_in_each_others_way(cases):
    case_id = opened(cases)
    cases.act(case_id, "file", ADA, {})
    first = cases.act(case_id, "agree", ADA, {}, expected=2)
    assert (first.state, first.seq) == ("filed", 3)
    assert rows(cases, "SELECT hands, hands_needed FROM open_steps WHERE step = 'agree'") == [(1, 2)]
    with pytest.raises(NotPossible, match="already agreed"):
        cases.act(case_id, "agree", ADA, {})
    second = cases.act(case_id, "agree", BEN, {}, expected=2)  # Ben's page is older than Ada's hand
    assert second.state == "agreed"
    sql = "SELECT hands, hands_needed, from_state, to_state FROM case_events WHERE seq > 2 ORDER BY seq"
    assert rows(cases, sql) == [
        (1, 2, "filed", "filed"), (2, 2, "filed", "agreed")]  # fmt: skip
    with pytest.raises(Conflict):
        cases.act(case_id, "agree", CEM, {}, expected=2)
    clean(cases)


def test_children_are_opened_and_moved_in_the_same_transaction(cases):
    case_id = opened(cases)
    done = cases.act(case_id, "file", ADA, {"tasks": ["dig", "fill", "rest"]})
    assert len(done.opened) == 3
    assert rows(cases, "SELECT title, state, parent_id FROM cases WHERE parent_id IS NOT NULL ORDER BY id") == [
        (t, "waiting", case_id) for t in ("dig", "fill", "rest")]  # fmt: skip
    cases.act(case_id, "agree", ADA)
    cases.act(case_id, "agree", BEN)
    assert rows(cases, "SELECT title, state FROM cases WHERE parent_id IS NOT NULL ORDER BY id") == [
        ("dig", "running"), ("fill", "running"), ("rest", "waiting")]  # fmt: skip
    clean(cases)


def test_a_successor_replaces_its_predecessor(cases):
    old = opened(cases)
    cases.act(old, "file", ADA)
    cases.act(old, "agree", ADA)
    cases.act(old, "agree", BEN)
    new = opened(cases, "A better path", links=(("predecessor", old),))
    cases.act(new, "file", ADA)
    cases.act(new, "agree", ADA)
    assert rows(cases, "SELECT state FROM cases WHERE id = :c", c=old) == [("agreed",)]
    cases.act(new, "agree", CEM)
    assert rows(cases, "SELECT state, closed FROM cases WHERE id = :c", c=old) in ([("gone", True)], [("gone", 1)])
    clean(cases)


def test_parts_follow_the_form_and_the_inbox_follows_the_parts(cases):
    case_id = opened(cases)
    cases.act(case_id, "file", ADA, {"department": 1})
    assert rows(cases, "SELECT organization_id FROM case_parties WHERE part = 'office'") == [(1,)]
    assert rows(cases, "SELECT principal FROM open_steps WHERE step = 'back'") == [("member@1",)]
    clean(cases)


def test_going_back_settles_the_deadline_and_filing_again_starts_a_new_one(cases):
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    cases.act(case_id, "back", DORA)
    again = cases.act(case_id, "file", ADA)
    assert again.number == "RQ-2026-0001"
    assert [s for (s,) in rows(cases, "SELECT status FROM due_dates ORDER BY id")] == ["settled", "running"]
    clean(cases)


def test_a_rule_of_the_town_counts_from_its_date_on(cases):
    with cases.store.transaction() as tx:
        tx.write([
            ("INSERT INTO rule_settings (name, valid_from, value) VALUES (?, ?, ?)", ("decision", day, value))
            for day, value in (
                (date(2026, 1, 1), '{"n": 1, "unit": "week"}'), (date(2027, 1, 1), '{"n": 9, "unit": "week"}'))
        ])  # fmt: skip
        tx.commit()
    cases.act(opened(cases), "file", ADA)
    assert [str(d) for (d,) in rows(cases, "SELECT due_on FROM due_dates")] == ["2026-03-09"]
