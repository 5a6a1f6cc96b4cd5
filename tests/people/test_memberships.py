"""Who may give which role, and what cannot be meant. Everything is written into the record."""

from __future__ import annotations

from datetime import date, timedelta

from tests.cases.test_concurrency import at_once
from tests.people.conftest import GROUP, HANS, LIBRARY, LOU, MAX, MIA, OFFICE, RITA, TODAY, House
from workflow_app.access import Viewer
from workflow_app.engine import clock
from workflow_app.engine.errors import Invalid, NotAllowed, NotFound, NotPossible
from workflow_app.people import locking, memberships
from workflow_app.people.roles import OPERATOR

DAY = timedelta(days=1)
NOBODY_TO_SELF = "Nobody can give themselves"


def assign(
    house: House, by: int | Viewer, person: int, organization: int = GROUP, role: str = "member",
    start: date | None = None, end: date | None = None,
) -> int:  # fmt: skip
    who = by if isinstance(by, Viewer) else house.who(by)
    return memberships.assign(house.store, who, person, organization, role, start, end)


def end(house: House, by: int | Viewer, membership: int, last_day: date | None = None) -> None:
    memberships.end(house.store, by if isinstance(by, Viewer) else house.who(by), membership, last_day)


def test_a_role_counts_from_its_first_day_to_its_last(house):
    assign(house, RITA, LOU, GROUP, "chair", date(2026, 3, 10), date(2026, 3, 12))
    held = []
    for day in (9, 10, 12, 13):
        with clock.at(clock.now().replace(day=day)):
            held.append(f"chair@{GROUP}" in house.who(LOU).principals)
    assert held == [False, True, True, False]


def test_the_record_says_who_gave_whom_which_role_and_when(house):
    made = assign(house, HANS, LOU, GROUP, "chair", TODAY, date(2026, 12, 31))
    end(house, HANS, made, date(2026, 6, 30))
    columns = "kind, actor_id, person_id, organization_id, role, start_date, end_date"
    found = house.rows(f"SELECT {columns} FROM account_events ORDER BY id")
    told = [(*row[:5], str(row[5]), str(row[6])) for row in found]
    assert told == [
        ("assigned", HANS, LOU, GROUP, "chair", "2026-03-02", "2026-12-31"),
        ("ended", HANS, LOU, GROUP, "chair", "2026-03-02", "2026-06-30"),
    ]


GIVING = (
    (HANS, LOU, LIBRARY, "member", "Only the head of this organization"),
    (HANS, LOU, GROUP, "administrator", "Only administrators"),
    (HANS, LOU, OFFICE, "administrator", "Only the head of this organization"),
    (MIA, LOU, GROUP, "member", "Only the head of this organization"),
    (LOU, LOU, OFFICE, "administrator", "Only the head of this organization"),
    (HANS, HANS, GROUP, "chair", NOBODY_TO_SELF),
    (RITA, RITA, GROUP, "head", NOBODY_TO_SELF),
    (RITA, LOU, GROUP, "member", ""),
    (RITA, LOU, OFFICE, "administrator", ""),
    (HANS, MAX, GROUP, "chair", ""),
    (HANS, MAX, GROUP, "head", ""),
    (OPERATOR, RITA, GROUP, "head", ""),
)


def test_who_may_give_what(house):
    for by, person, organization, role, refusal in GIVING:
        if refusal:
            house.refuses(NotAllowed, refusal, assign, house, by, person, organization, role)
        else:
            assign(house, by, person, organization, role)
            assert f"{role}@{organization}" in house.who(person).principals


def test_a_membership_that_ends_before_it_begins_is_refused(house):
    house.refuses(Invalid, "end before it begins", assign, house, RITA, LOU, start=TODAY, end=TODAY - DAY)
    made = assign(house, RITA, LOU, start=TODAY, end=TODAY)
    house.refuses(Invalid, "end before it begins", end, house, RITA, made, TODAY - DAY)


NOT_TO_BE_GIVEN = (
    ({"role": "king"}, Invalid, "no such role"), ({"organization": 99}, NotFound, "no such organization"),
    ({"person": 99}, NotFound, "no such account"), ({"start": date(1, 1, 1)}, Invalid, "between"),
    ({"end": date(9999, 1, 1)}, Invalid, "between"),
    ({"role": "administrator", "organization": GROUP}, Invalid, "belong to a part of the administration"),
    ({"person": MAX}, Invalid, "at that time already"),
    ({"person": MAX, "start": TODAY, "end": TODAY}, Invalid, "at that time already"),
)  # fmt: skip


def test_what_cannot_be_given(house):
    for more, kind, words in NOT_TO_BE_GIVEN:
        house.refuses(kind, words, assign, house, RITA, **{"person": LOU, **more})


def test_a_role_can_be_given_again_after_its_end_but_not_within(house):
    assign(house, RITA, LOU, start=TODAY, end=TODAY + 9 * DAY)
    taken = "at that time already"
    house.refuses(Invalid, taken, assign, house, RITA, LOU, start=TODAY + 9 * DAY)
    house.refuses(Invalid, taken, assign, house, RITA, LOU, end=TODAY)
    assign(house, RITA, LOU, start=TODAY + 10 * DAY)
    assign(house, RITA, LOU, end=TODAY - DAY)
    assign(house, RITA, LOU, role="chair")


def test_a_role_is_taken_at_once_or_after_its_last_day(house):
    end(house, HANS, 4, TODAY)
    assert f"member@{GROUP}" in house.who(MAX).principals
    with clock.at(clock.now() + DAY):
        assert f"member@{GROUP}" not in house.who(MAX).principals
        house.refuses(NotPossible, "has ended already", end, house, HANS, 4)
    end(house, HANS, 4)
    assert f"member@{GROUP}" not in house.who(MAX).principals


def test_a_role_given_today_by_mistake_is_gone_at_once_and_stays_in_the_record(house):
    made = assign(house, RITA, LOU, OFFICE, "administrator", start=TODAY)
    end(house, RITA, made)
    assert not house.who(LOU).is_administrator
    assert house.rows("SELECT id FROM memberships WHERE id = :m", m=made) == []
    assert house.kinds(LOU) == ["assigned", "ended"]


def test_ending_a_role_makes_it_no_longer(house):
    made = assign(house, RITA, HANS, LIBRARY, "head", end=TODAY + DAY)
    house.refuses(Invalid, "ends earlier", end, house, HANS, made, TODAY + 900 * DAY)


def test_only_who_may_give_a_role_may_take_it(house):
    words = "Only the head of this organization"
    house.refuses(NotAllowed, words, end, house, MIA, 4)
    house.refuses(NotAllowed, words, end, house, HANS, 5)
    assign(house, RITA, HANS, OFFICE, "head")
    house.refuses(NotAllowed, "Only administrators", end, house, HANS, 1)
    house.refuses(NotFound, "no such membership", end, house, RITA, 99)


def test_guests_and_administrators_have_no_vote_by_that(house):
    for role in ("guest", "administrator", "chair"):
        assign(house, RITA, LOU, OFFICE, role)
    found = dict(house.rows("SELECT role, voting_right FROM memberships WHERE person_id = :p", p=LOU))
    assert {role: bool(vote) for role, vote in found.items() if role != "member"} == {
        "guest": False, "administrator": False, "chair": True,
    }  # fmt: skip


def test_who_is_staff_and_who_administers(house):
    assign(house, OPERATOR, MIA, OFFICE, "guest")
    assign(house, OPERATOR, HANS, OFFICE, "member")
    found = {p: (house.who(p).is_staff, house.who(p).is_administrator) for p in (RITA, HANS, MIA, LOU)}
    assert found == {RITA: (True, True), HANS: (True, False), MIA: (False, False), LOU: (False, False)}


LAST = "the last administrator"


def test_the_last_administrator_cannot_be_removed_or_locked(house):
    house.refuses(NotPossible, LAST, end, house, RITA, 1)
    house.refuses(NotPossible, LAST, end, house, OPERATOR, 1, TODAY + 400 * DAY)
    house.refuses(NotPossible, LAST, locking.lock, house.store, OPERATOR, RITA)
    house.refuses(NotAllowed, "Nobody locks their own", locking.lock, house.store, house.who(RITA), RITA)


def test_another_administrator_must_be_able_to_take_over_for_good(house):
    invited, _secret = house.invited()
    assign(house, RITA, invited, OFFICE, "administrator")  # has no password yet
    assign(house, RITA, LOU, OFFICE, "administrator", end=TODAY + 30 * DAY)  # ends some day
    assign(house, RITA, MAX, OFFICE, "administrator", start=TODAY + DAY)  # has not begun
    house.refuses(NotPossible, LAST, end, house, RITA, 1)
    with clock.at(clock.now() + DAY):
        end(house, RITA, 1)
        assert not house.who(RITA).is_administrator
        assert house.who(MAX).is_administrator
        house.refuses(NotPossible, LAST, locking.lock, house.store, house.who(LOU), MAX)


def test_anybody_else_can_be_locked_even_by_the_last_administrator(house):
    locking.lock(house.store, house.who(RITA), LOU)
    locking.lock(house.store, house.who(RITA), LOU)
    assert house.kinds(LOU) == ["locked"]
    house.refuses(NotAllowed, "Only administrators", locking.unlock, house.store, house.who(HANS), LOU)
    house.refuses(NotPossible, "is locked", assign, house, RITA, LOU)


def test_two_administrators_who_remove_each_other_at_once_leave_one(house):
    other = assign(house, RITA, LOU, OFFICE, "administrator")
    rita, lou = house.who(RITA), house.who(LOU)
    found = at_once(
        [
            lambda: memberships.end(house.store, rita, other, None),
            lambda: memberships.end(house.store, lou, 1, None),
            lambda: locking.lock(house.store, rita, LOU),
            lambda: locking.lock(house.store, lou, RITA),
        ]
    )
    assert sum(answer == "NotPossible" for answer in found) >= 1
    assert sum(house.who(p).is_administrator for p in (RITA, LOU)) == 1


def test_the_same_role_given_ten_times_at_once_is_given_once(house):
    rita = house.who(RITA)
    found = at_once([lambda: memberships.assign(house.store, rita, LOU, GROUP, "member", None, None)] * 10)
    assert sorted(str(answer) for answer in found)[1:] == ["Invalid"] * 9
    assert house.value("SELECT count(*) FROM memberships WHERE person_id = :p", p=LOU) == 2
