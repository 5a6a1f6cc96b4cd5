"""Steps that several hands must take: who counts, who has left, who stands in (real memberships)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.processes.paths import assembling
from tests.processes.town import PEOPLE, STEERING, Town
from workflow_app.engine import clock
from workflow_app.engine.calendar import weeks
from workflow_app.engine.checks import check_all
from workflow_app.engine.definition import (
    Deadline,
    Holder,
    Opening,
    Process,
    Setting,
    State,
    Step,
    all_hands,
    clock_party,
    everyone,
    hands,
    party,
)
from workflow_app.engine.errors import NotAllowed, NotPossible
from workflow_app.engine.machine import Registry


def sql(town: Town, statement: str) -> None:
    with town.engine.begin() as connection:
        connection.exec_driver_sql(statement)


def leaves(town: Town, name: str) -> None:
    """Somebody's time in the body ended yesterday."""
    sql(town, f"UPDATE memberships SET end_date = '2026-01-04' WHERE person_id = {PEOPLE[name][0]}")


def counted(town: Town, case: int, step: str = "approve_draft") -> list[tuple[int, int]]:
    """Hands given and needed, event by event."""
    found = town.rows(
        "SELECT hands, hands_needed FROM case_events WHERE case_id = :case AND step = :step ORDER BY seq",
        case=case,
        step=step,
    )
    return [(given, needed) for given, needed in found]


# -------------------------------------------------------------------------- the majority


def test_more_than_half_of_the_voting_members_approve(any_town: Town) -> None:
    case = assembling(any_town)
    any_town.do(case, "approve_draft", "chair")
    with pytest.raises(NotPossible, match="already agreed"):
        any_town.do(case, "approve_draft", "chair")
    any_town.do(case, "approve_draft", "third")
    assert (any_town.state(case), counted(any_town, case)) == ("internal_draft", [(1, 2), (2, 2)])


def test_a_member_without_the_right_to_vote_takes_part_and_does_not_count(any_town: Town) -> None:
    sql(any_town, f"UPDATE memberships SET voting_right = {_false(any_town)} WHERE person_id = {PEOPLE['third'][0]}")
    case = assembling(any_town)
    with pytest.raises(NotAllowed, match="right to vote"):
        any_town.do(case, "approve_draft", "third")
    any_town.do(case, "record_dissent", "third", note="Too dear.")
    any_town.do(case, "approve_draft", "chair")
    any_town.do(case, "approve_draft", "second")
    assert counted(any_town, case) == [(1, 2), (2, 2)]


def _false(town: Town) -> str:
    return "false" if town.engine.dialect.name == "postgresql" else "0"


def test_who_leaves_after_agreeing_no_longer_counts(any_town: Town) -> None:
    case = assembling(any_town)
    any_town.do(case, "approve_draft", "chair")
    leaves(any_town, "chair")
    any_town.do(case, "approve_draft", "second")
    assert (any_town.state(case), counted(any_town, case)) == ("assembling", [(1, 2), (1, 2)])
    any_town.do(case, "approve_draft", "third")
    assert any_town.state(case) == "internal_draft"


def test_when_those_who_were_missing_have_left_the_others_say_so_once_more(any_town: Town) -> None:
    case = assembling(any_town)
    any_town.do(case, "approve_draft", "chair")
    for name in ("second", "third"):
        leaves(any_town, name)
    any_town.do(case, "approve_draft", "chair")
    assert (any_town.state(case), counted(any_town, case)) == ("internal_draft", [(1, 2), (1, 1)])


def test_a_body_without_a_voting_member_passes_nothing(any_town: Town) -> None:
    sql(any_town, f"UPDATE memberships SET voting_right = {_false(any_town)} WHERE organization_id = {STEERING}")
    case = assembling(any_town)
    with pytest.raises(NotPossible, match="Nobody in this body"):
        any_town.do(case, "approve_draft", "chair")
    assert any_town.state(case) == "assembling"


def test_a_deputy_votes_for_an_absent_member_and_each_seat_has_one_hand(any_town: Town) -> None:
    chair, deputy = PEOPLE["chair"][0], PEOPLE["resident"][0]
    ((seat,),) = any_town.rows("SELECT id FROM memberships WHERE person_id = :chair", chair=chair)
    sql(
        any_town,
        "INSERT INTO memberships (person_id, organization_id, role, voting_right, deputy_of_id)"
        f" VALUES ({deputy}, {STEERING}, 'member', {_false(any_town)}, {seat})",
    )
    case = assembling(any_town)
    with pytest.raises(NotAllowed):
        any_town.do(case, "approve_draft", "resident")
    sql(any_town, f"UPDATE people SET absent_from = '2026-01-01' WHERE id = {chair}")
    any_town.do(case, "approve_draft", "resident")
    with pytest.raises(NotPossible, match="for this seat"):
        any_town.do(case, "approve_draft", "chair")
    any_town.do(case, "approve_draft", "second")
    assert (any_town.state(case), counted(any_town, case)) == ("internal_draft", [(1, 2), (2, 2)])


# ------------------------------------------------------------------- all, some, the clock

board, movers = party("board", "Board"), party("movers", "Movers")
drafted = State("drafted", "Drafted", seen_by=everyone)
signed = State("signed", "Signed", seen_by=everyone, final=True)
lapsed = State("lapsed", "Lapsed", seen_by=everyone, final=True)


def _sign(name: str, who: Any, quota: Any) -> Step:
    return Step(name, name, drafted, signed, who=who, past="%(actor)s signed.", hands=quota)


(letter,) = check_all((
    Process(
        "letter", "Letter", "Letters", 1, "For tests.", drafted, (drafted, signed, lapsed),
        (_sign("by_all", board, all_hands), _sign("by_movers", movers, all_hands), _sign("by_two", board, hands(2)),
         Step("lapse", "Lapse", drafted, lapsed, who=board | clock_party, past="It lapsed.", hands=all_hands)),
        deadlines=(Deadline("time", "Time", (drafted,), Setting("time", weeks(1)), then="lapse"),),
        opened_by=board,
    ),
))  # fmt: skip


class Letters(Town):
    """The same town with a process of its own."""

    registry = Registry((letter,))

    def write(self) -> int:
        people = tuple(Holder(person=PEOPLE[name][0]) for name in ("resident", "works"))
        parts = {"board": (Holder(organization=STEERING),), "movers": people}
        with clock.at(self.now):
            return self.cases.open_case("letter", Opening("Letter", {}, parts), self.who("chair")).case_id

    def sign(self, case: int, step: str, name: str) -> str:
        with clock.at(self.now):
            return self.cases.act(case, step, self.who(name)).state


@pytest.fixture
def letters(engine: Engine) -> Iterator[Letters]:
    made = Letters(engine)
    yield made
    made.verify()


def test_all_members_must_agree_and_who_left_is_not_waited_for(letters: Letters) -> None:
    case = letters.write()
    assert [letters.sign(case, "by_all", name) for name in ("chair", "second")] == ["drafted", "drafted"]
    assert counted(letters, case, "by_all") == [(1, 3), (2, 3)]
    leaves(letters, "third")
    assert letters.sign(case, "by_all", "chair") == "signed"


def test_all_movers_are_people_and_each_of_them_counts(letters: Letters) -> None:
    case = letters.write()
    assert [letters.sign(case, "by_movers", name) for name in ("resident", "works")] == ["drafted", "signed"]
    assert counted(letters, case, "by_movers") == [(1, 2), (2, 2)]


def test_what_two_have_signed_stays_signed(letters: Letters) -> None:
    case = letters.write()
    letters.sign(case, "by_two", "chair")
    leaves(letters, "chair")
    assert letters.sign(case, "by_two", "second") == "signed"


def test_hands_of_one_step_are_no_hands_of_another(letters: Letters) -> None:
    case = letters.write()
    letters.sign(case, "by_all", "chair")
    assert letters.sign(case, "by_two", "second") == "drafted"
    assert letters.sign(case, "by_two", "chair") == "signed"


def test_the_clock_counts_as_all_of_them(letters: Letters) -> None:
    case = letters.write()
    letters.sign(case, "lapse", "chair")
    due = letters.due(case, "time")
    assert due
    letters.wait_until(due.replace(day=due.day + 1))
    assert (letters.state(case), counted(letters, case, "lapse")) == ("lapsed", [(1, 3), (3, 3)])
