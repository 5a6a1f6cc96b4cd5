"""The address of the own calendar, in the database."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tests.people.conftest import LOU, MIA, MONDAY, RITA
from workflow_app.people import feeds, locking


def owner(house, secret: str) -> int | None:
    with Session(house.store.engine) as session:
        found = feeds.owner(session, secret)
        return found.id if found else None


def test_there_is_one_address_at_a_time_and_its_secret_is_nowhere(house):
    mia, lou = house.enter(MIA), house.enter(LOU)
    first, other = feeds.renew(house.store, mia), feeds.renew(house.store, lou)
    assert [owner(house, s) for s in (first, other, "", first[:-1])] == [MIA, LOU, None, None]
    second = feeds.renew(house.store, mia)
    assert [owner(house, s) for s in (first, second, other)] == [None, MIA, LOU]
    kept = str(house._everything()) + str(house.rows("SELECT * FROM calendar_feeds"))
    assert not any(secret in kept for secret in (first, second, other))
    with Session(house.store.engine) as session:
        assert (feeds.since(session, MIA), feeds.since(session, RITA)) == (MONDAY, None)
    assert house.kinds(MIA) == ["calendar_made", "calendar_renewed"]


def test_ending_it_twice_is_ending_it_once(house):
    mia = house.enter(MIA)
    secret = feeds.renew(house.store, mia)
    for _time in range(2):
        feeds.end(house.store, mia)
    assert owner(house, secret) is None
    assert house.kinds(MIA) == ["calendar_made", "calendar_ended"]


def test_locking_ends_it_for_good(house):
    secret = feeds.renew(house.store, house.enter(MIA))
    locking.lock(house.store, house.who(RITA), MIA)
    locking.unlock(house.store, house.who(RITA), MIA)
    assert owner(house, secret) is None
