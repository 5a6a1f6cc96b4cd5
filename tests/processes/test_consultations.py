"""The consultation list: order, waiting, referral, postponement, votes (domain.md 2.4, 3.2)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import Facts, Rule, Snapshot
from workflow_app.forms.consultations import OUTCOMES
from workflow_app.processes import consultation_rules as rules
from workflow_app.processes import consultations as c
from workflow_app.processes.consultations import Standing, entry, record, standing

BOARD, MAIN, COUNCIL, SOCIAL = 1, 2, 3, 4
TODAY = date(2026, 3, 2)


def path() -> list[c.Entry]:
    return [entry(BOARD, "hearing"), entry(MAIN, "preliminary"), entry(COUNCIL, "decision")]


def said(outcome: str, **more: Any) -> dict[str, Any]:
    return {"outcome": outcome, "on": "2026-03-02", **more}


def bodies(items: list[c.Entry]) -> list[int]:
    return [item["organization"] for item in items]


def case(items: list[c.Entry]) -> Snapshot:
    return Snapshot(1, "concept", 1, "in_consultation", 1, 1, {"consultations": items}, {})


def facts(**settings: Any) -> Facts:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    return Facts(now, TODAY, Calendar(), settings=settings, organizations={BOARD: "Beirat", MAIN: "Hauptausschuss"})


def refusal(rule: Rule, items: list[c.Entry], data: dict[str, Any], **settings: Any) -> str | None:
    reason = rule.check(case(items), data, facts(**settings))
    return str(reason) if reason else None


def test_only_a_decision_is_authoritative() -> None:
    assert [item["authoritative"] for item in path()] == [False, False, True]


def test_next_open_follows_the_order() -> None:
    items = record(path(), 0, said("preliminaryDone"))
    assert c.next_open(path()) == 0
    assert c.next_open(items) == 1
    assert c.next_open([]) is None


def test_advice_leaves_the_matter_open_and_council_decides() -> None:
    items = record(path(), 0, said("adopted"))
    assert standing(items, 0) is Standing.OPEN
    items = record(record(items, 1, said("preliminaryDone")), 2, said("adopted", yes=30, no=3))
    assert standing(items, 2) is Standing.ADOPTED
    assert items[2]["counts"] == {"yes": 30, "no": 3, "abstained": 0}


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ("adopted", Standing.ADOPTED),
        ("approved", Standing.ADOPTED),
        ("adoptedWithChanges", Standing.ADOPTED_WITH_CHANGES),
        ("partlyAdopted", Standing.ADOPTED_WITH_CHANGES),
        ("rejected", Standing.REJECTED),
        ("rejectedTie", Standing.REJECTED),
        ("withdrawn", Standing.WITHDRAWN),
        ("postponed", Standing.POSTPONED),
        ("removedFromAgenda", Standing.POSTPONED),
        ("referredBack", Standing.SENT_BACK),
        ("takenNote", Standing.OPEN),
        ("noVote", Standing.OPEN),
        ("none", Standing.OPEN),
    ],
)
def test_what_the_deciding_body_makes_of_it(outcome: str, expected: Standing) -> None:
    items = record([entry(COUNCIL, "decision")], 0, said(outcome))
    assert standing(items, 0) is expected


@pytest.mark.parametrize("outcome", sorted(OUTCOMES))
def test_after_every_outcome_the_paper_has_ended_or_somebody_comes_next(outcome: str) -> None:
    items = record([entry(COUNCIL, "decision")], 0, said(outcome, refer_to=MAIN))
    ended = (Standing.ADOPTED, Standing.ADOPTED_WITH_CHANGES, Standing.REJECTED, Standing.WITHDRAWN)
    assert standing(items, 0) in ended or any(i["authoritative"] and not i["outcome"] for i in items)


def test_a_body_without_a_decision_comes_again() -> None:
    items = record([entry(COUNCIL, "decision")], 0, said("noVote"))
    assert bodies(items) == [COUNCIL, COUNCIL]
    assert items[1]["outcome"] is None


def test_some_papers_end_when_the_deciding_body_settles_them() -> None:
    ends = {"settled", "takenNote"}
    items = record([entry(COUNCIL, "decision")], 0, said("settled"), ends)
    assert (bodies(items), standing(items, 0, ends)) == ([COUNCIL], Standing.SETTLED)
    two = record([entry(COUNCIL, "decision"), entry(MAIN, "decision")], 0, said("settled"), ends)
    assert standing(two, 0, ends) is Standing.OPEN
    advice = record(path(), 0, said("takenNote"), ends)
    assert standing(advice, 0, ends) is Standing.OPEN


def test_the_same_body_may_appear_twice() -> None:
    items = [entry(MAIN, "preliminary"), entry(SOCIAL, "preliminary"), entry(MAIN, "decision")]
    items = record(items, 0, said("preliminaryDone"))
    assert c.waits_for(items, TODAY) == [SOCIAL]
    assert items[2]["outcome"] is None


def test_an_advisory_body_refers_further() -> None:
    items = record(path(), 1, said("referred", refer_to=SOCIAL))
    assert bodies(items) == [BOARD, MAIN, SOCIAL, COUNCIL]
    assert standing(items, 1) is Standing.OPEN
    assert SOCIAL in c.waits_for(items, TODAY)


def test_the_council_refers_and_gets_it_again() -> None:
    items = record(path(), 2, said("referred", refer_to=SOCIAL))
    assert bodies(items) == [BOARD, MAIN, COUNCIL, SOCIAL, COUNCIL]


def test_referred_back_to_a_body_that_has_spoken() -> None:
    items = record(record(path(), 1, said("preliminaryDone")), 2, said("referredBack", refer_to=MAIN))
    assert bodies(items) == [BOARD, MAIN, COUNCIL, MAIN, COUNCIL]
    assert standing(items, 2) is Standing.OPEN


def test_referred_back_to_the_authors_keeps_what_was_said() -> None:
    items = record(record(path(), 0, said("preliminaryDone")), 2, said("referredBack"))
    again = c.brought_in(case(items), [{"organization": COUNCIL, "role": "decision"}])
    assert standing(items, 2) is Standing.SENT_BACK
    assert [(i["organization"], i["outcome"]) for i in again] == [
        (BOARD, "preliminaryDone"),
        (COUNCIL, "referredBack"),
        (COUNCIL, None),
    ]


def test_postponed_to_a_day_or_open() -> None:
    dated = record(path(), 2, said("postponed", postponed_to="2026-05-07"))
    undated = record(path(), 2, said("postponed"))
    assert dated[3]["planned_on"] == "2026-05-07"
    assert undated[3]["planned_on"] is None


def test_postponed_to_a_joint_meeting() -> None:
    items = record(path(), 1, said("postponed", postponed_to="2026-05-07", together_with=[SOCIAL]))
    assert items[2]["organization"] == MAIN
    assert items[2]["together_with"] == [SOCIAL]
    assert standing(items, 1) is Standing.OPEN


def test_recording_twice_changes_nothing() -> None:
    once = record(path(), 2, said("noVote"))
    assert record(once, 2, said("adopted")) == once


def test_the_given_list_stays_as_it_is() -> None:
    items = path()
    record(items, 0, said("preliminaryDone"))
    assert items == path()


def test_brought_in_again_every_body_comes_once_more() -> None:
    items = record(record(path(), 0, said("preliminaryDone")), 1, said("withdrawn"))
    again = c.anew(items)
    assert [i["outcome"] for i in again[:2]] == ["preliminaryDone", "withdrawn"]
    assert [i["organization"] for i in again[2:]] == [BOARD, MAIN, COUNCIL]
    assert all(i["outcome"] is None for i in again[2:])


def test_a_new_body_comes_before_the_open_decision() -> None:
    assert bodies(c.add_before_decision(path(), entry(SOCIAL, "hearing"))) == [BOARD, MAIN, SOCIAL, COUNCIL]
    assert bodies(c.add_before_decision(path(), entry(SOCIAL, "decision")))[-1] == SOCIAL


def test_two_deciding_bodies_must_both_decide() -> None:
    items = [entry(COUNCIL, "decision"), entry(SOCIAL, "decision")]
    items = record(items, 0, said("adoptedWithChanges"))
    assert standing(items, 0) is Standing.OPEN
    items = record(items, 1, said("adopted"))
    assert standing(items, 1) is Standing.ADOPTED_WITH_CHANGES


# ------------------------------------------------------------------------------- rules


def test_the_decision_waits_and_says_for_whom() -> None:
    data = said("adopted", consultation=2)
    assert refusal(rules.all_have_spoken, path(), data) == "These bodies must speak first: Beirat, Hauptausschuss."
    assert refusal(rules.all_have_spoken, path(), data, decision_waits_for_all_bodies=False) is None
    assert refusal(rules.all_have_spoken, path(), said("postponed", consultation=2)) is None


def test_the_decision_does_not_wait_for_optional_late_or_informed_bodies() -> None:
    items = [
        entry(BOARD, "hearing", required=False),
        entry(MAIN, "preliminary", until="2026-03-01"),
        entry(COUNCIL, "decision"),
        entry(SOCIAL, "information"),
    ]
    assert refusal(rules.all_have_spoken, items, said("adopted", consultation=2)) is None
    on_the_last_day = [entry(MAIN, "preliminary", until="2026-03-02"), entry(COUNCIL, "decision")]
    assert c.waits_for(on_the_last_day, TODAY) == [MAIN]


@pytest.mark.parametrize("at", [None, "1", -1, 3, 99])
def test_an_unknown_place_is_refused(at: Any) -> None:
    assert refusal(rules.is_waiting, path(), said("adopted", consultation=at))


def test_a_body_speaks_once_per_place() -> None:
    items = record(path(), 0, said("preliminaryDone"))
    assert refusal(rules.is_waiting, items, said("adopted", consultation=0))
    assert refusal(rules.is_waiting, items, said("adopted", consultation=1)) is None


def test_changes_are_worded_and_referrals_have_an_aim() -> None:
    assert refusal(rules.change_is_worded, path(), said("adoptedWithChanges"))
    assert refusal(rules.change_is_worded, path(), said("adoptedWithChanges", changed_text="…")) is None
    assert refusal(rules.referral_has_aim, path(), said("referred"))
    assert refusal(rules.referral_has_aim, path(), said("referredBack")) is None


@pytest.mark.parametrize(
    ("outcome", "yes", "no", "fits"),
    [
        ("adopted", 5, 4, True),
        ("adopted", 4, 4, False),
        ("rejectedTie", 4, 4, True),
        ("rejectedTie", 5, 4, False),
        ("rejected", 3, 4, True),
        ("rejected", 5, 4, False),
        ("takenNote", 0, 0, True),
        ("adopted", None, None, True),
        ("invented", 5, 4, False),
    ],
)
def test_the_outcome_fits_the_votes(outcome: str, yes: int | None, no: int | None, fits: bool) -> None:
    assert (refusal(rules.fits_votes, path(), said(outcome, yes=yes, no=no)) is None) is fits


def test_somebody_must_decide() -> None:
    assert refusal(rules.somebody_decides, [], {"consultations": [{"organization": 1, "role": "hearing"}]})
    assert refusal(rules.somebody_decides, [], {"consultations": [{"organization": 1, "role": "decision"}]}) is None


# ------------------------------------------------------------------------------- votes


def test_the_label_is_derived_and_the_label_of_the_source_kept() -> None:
    counts = {"yes": 30, "no": 0, "abstained": 2}
    item = record(path(), 2, said("adopted", yes=30, no=0, abstained=2, source_label="majority"))[2]
    assert c.vote_label(counts, spoils=False) == "unanimous"
    assert c.vote_label(counts, spoils=True) == "majority"
    assert c.vote_label(None, spoils=True) is None
    assert c.labels_differ(item, spoils=False)
    assert not c.labels_differ(item, spoils=True)
