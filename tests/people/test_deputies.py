"""Deputies act for absent members, then and only then."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.people.conftest import GROUP, HANS, LOU, MAX, MIA, RITA, TODAY, House
from workflow_app.engine import clock
from workflow_app.engine.errors import Invalid, NotAllowed, NotFound, NotPossible
from workflow_app.jobs import holders
from workflow_app.people import absences, deputies, locking, memberships

CHAIR, MEMBER, ADMINISTRATOR = 3, 4, 1  # the memberships of Mia, Max and Rita
DAY = timedelta(days=1)


def name(
    house: House, by: int, membership: int, who: int | str, start: date | None = None, end: date | None = None
) -> None:
    deputies.name(house.store, house.who(by), membership, who, start, end)


def away(house: House, person: int, start: date | None = TODAY, end: date | None = None, by: int | None = None) -> None:
    absences.set_absence(house.store, house.who(by or person), person, start, end)


def is_chair(house: House, person: int) -> bool:
    return f"chair@{GROUP}" in house.who(person).principals


def told(house: House) -> set[int]:
    with house.store.engine.connect() as connection:
        return set(holders.people_of(connection, [f"chair@{GROUP}"], house.today()))


def test_a_deputy_holds_what_the_absent_member_holds_and_only_then(house):
    name(house, MIA, CHAIR, MAX)
    assert not is_chair(house, MAX)
    away(house, MIA, TODAY + DAY, TODAY + 3 * DAY)
    held = []
    for day in range(5):
        with clock.at(clock.now() + day * DAY):
            held.append((is_chair(house, MIA), is_chair(house, MAX), told(house)))
    alone, both = (True, False, {MIA}), (True, True, {MIA, MAX})
    assert held == [alone, both, both, both, alone]


def test_the_member_comes_back_earlier(house):
    name(house, MIA, CHAIR, MAX)
    away(house, MIA)
    assert is_chair(house, MAX)
    absences.end_absence(house.store, house.who(MIA), MIA)
    absences.end_absence(house.store, house.who(MIA), MIA)
    assert not is_chair(house, MAX)
    assert house.kinds(MIA) == ["absence_set", "absence_ended"]


def test_a_deputy_of_somebody_who_is_no_member_any_more_holds_nothing(house):
    name(house, MIA, CHAIR, MAX)
    away(house, MIA)
    memberships.end(house.store, house.who(HANS), CHAIR, None)
    assert not is_chair(house, MAX)
    assert told(house) == set()


def test_a_deputy_has_dates_too(house):
    name(house, MIA, CHAIR, MAX, TODAY + DAY, TODAY + DAY)
    away(house, MIA)
    held = []
    for day in range(3):
        with clock.at(clock.now() + day * DAY):
            held.append(is_chair(house, MAX))
    assert held == [False, True, False]
    house.refuses(Invalid, "end before it begins", name, house, MIA, CHAIR, HANS, TODAY, TODAY - DAY)


def test_somebody_from_outside_becomes_a_deputy_when_the_head_agrees(house):
    away(house, MIA)
    name(house, MIA, CHAIR, "LOU@example.org", TODAY, date(2026, 4, 1))
    assert not is_chair(house, LOU)
    ((request,),) = house.rows("SELECT id FROM deputy_requests")
    for who in (MIA, LOU, MAX):
        refused = lambda who=who: deputies.answer(house.store, house.who(who), request, yes=True)  # noqa: E731
        house.refuses(NotAllowed, "Only the head", refused)
    deputies.answer(house.store, house.who(HANS), request, yes=True)
    assert is_chair(house, LOU)
    assert house.kinds(LOU) == ["deputy_asked", "deputy_named"]
    with clock.at(clock.now() + 31 * DAY):
        assert not is_chair(house, LOU)
    house.refuses(NotFound, "answered already", deputies.answer, house.store, house.who(HANS), request, True)


def test_the_head_declines(house):
    away(house, MIA)
    name(house, MIA, CHAIR, "lou@example.org")
    request = house.value("SELECT id FROM deputy_requests")
    deputies.answer(house.store, house.who(HANS), request, yes=False)
    assert not is_chair(house, LOU)
    assert house.kinds(LOU) == ["deputy_asked", "deputy_declined"]
    assert house.value("SELECT count(*) FROM deputy_requests") == 0


def test_a_member_is_not_told_who_has_an_account_but_the_head_is(house):
    name(house, MIA, CHAIR, "nobody@example.org")  # no word about it
    assert house.value("SELECT count(*) FROM deputy_requests") == 0
    house.refuses(Invalid, "no such account", name, house, HANS, CHAIR, "nobody@example.org")


def test_the_head_names_anybody_for_anybody_of_the_own_organization(house):
    name(house, HANS, MEMBER, "lou@example.org")
    away(house, MAX)
    assert f"member@{GROUP}" in house.who(LOU).principals
    house.refuses(NotFound, "no such membership", name, house, HANS, 5, "mia@example.org")


NOT_TO_BE_NAMED = (
    (MIA, CHAIR, MIA, Invalid, "their own deputy"), (MIA, CHAIR, "mia@example.org", Invalid, "their own deputy"),
    (MAX, CHAIR, HANS, NotFound, "no such membership"), (MIA, 99, MAX, NotFound, "no such membership"),
    (MIA, CHAIR, LOU, Invalid, "no such account"), (MIA, CHAIR, 99, Invalid, "no such account"),
    (HANS, CHAIR, HANS, NotAllowed, "Nobody can give themselves"),
    (RITA, CHAIR, "rita@example.org", NotAllowed, "Nobody can give themselves"),
    (RITA, ADMINISTRATOR, "lou@example.org", NotPossible, "no deputy"),
)  # fmt: skip


def test_who_cannot_be_named(house):
    for by, membership, who, kind, words in NOT_TO_BE_NAMED:
        house.refuses(kind, words, name, house, by, membership, who)


def test_a_deputy_has_no_deputy_and_is_named_once(house):
    name(house, MIA, CHAIR, MAX)
    house.refuses(Invalid, "deputy for this membership already", name, house, MIA, CHAIR, MAX)
    (deputy,) = (i for (i,) in house.rows("SELECT id FROM memberships WHERE deputy_of_id IS NOT NULL"))
    house.refuses(NotPossible, "no deputy", name, house, MAX, deputy, HANS)


def test_a_locked_person_is_no_deputy(house):
    locking.lock(house.store, house.who(RITA), MAX)
    house.refuses(Invalid, "or it is locked", name, house, MIA, CHAIR, MAX)


@pytest.mark.parametrize("by", [MIA, MAX, HANS, RITA])
def test_member_deputy_head_and_administrator_may_end_it(house, by):
    name(house, MIA, CHAIR, MAX)
    away(house, MIA)
    deputy = house.value("SELECT id FROM memberships WHERE deputy_of_id IS NOT NULL")
    house.refuses(NotFound, "no such membership", deputies.end, house.store, house.who(LOU), deputy)
    house.refuses(NotFound, "no such membership", deputies.end, house.store, house.who(by), CHAIR)
    deputies.end(house.store, house.who(by), deputy)
    assert not is_chair(house, MAX)
    assert house.rows("SELECT kind, represents_id FROM account_events WHERE person_id = :p", p=MAX) == [
        ("deputy_named", MIA), ("deputy_ended", MIA),
    ]  # fmt: skip


def test_absence_is_ones_own_matter_and_that_of_administrators(house):
    away(house, MIA, by=RITA)
    assert house.value("SELECT actor_id FROM account_events WHERE kind = 'absence_set'") == RITA
    for who in (HANS, MAX):
        house.refuses(NotAllowed, "Only administrators", lambda who=who: away(house, MIA, by=who))
        back = lambda who=who: absences.end_absence(house.store, house.who(who), MIA)  # noqa: E731
        house.refuses(NotAllowed, "Only administrators", back)
    house.refuses(Invalid, "end before it begins", away, house, MIA, TODAY, TODAY - DAY)
    house.refuses(Invalid, "from when on", away, house, MIA, None)
