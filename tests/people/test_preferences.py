"""How people want to be told: kept, refused in words, and stopped by a link."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from sqlalchemy.orm import Session

from tests.people.conftest import MIA, TODAY, House
from workflow_app import queries
from workflow_app.engine.errors import Invalid, NotFound
from workflow_app.engine.reaching import Wishes
from workflow_app.people import preferences, unsubscribe
from workflow_app.people.preferences import Wanted

WANTED = Wanted("weekly", 4, 17, time(22), time(6, 30), "Asia/Tokyo", frozenset({"news"}), "en")
KEY = "a secret"


def wishes(house: House) -> Wishes:
    with Session(house.store.engine) as session:
        return queries.wishes_of(session, [MIA], TODAY)[MIA]


def test_what_was_chosen_is_kept_and_can_be_changed(house):
    preferences.save(house.store, MIA, WANTED)
    assert wishes(house) == Wishes("weekly", 4, 17, time(22), time(6, 30), "Asia/Tokyo", frozenset({"news"}))
    assert house.value("SELECT language FROM people WHERE id = :p", p=MIA) == "en"
    assert house.kinds(MIA) == ["details_changed"]
    preferences.save(house.store, MIA, replace(WANTED, way="now", quiet_from=None, quiet_until=None, zone=""))
    assert wishes(house) == Wishes("now", 4, 17, not_mailed=frozenset({"news"}))


@pytest.mark.parametrize(
    ("change", "words", "field"),
    [
        ({"zone": "Europe/Atlantis"}, "no such time zone", "zone"),
        ({"zone": "../../etc/passwd"}, "no such time zone", "zone"),
        ({"quiet_until": None}, "a beginning and an end", "quiet_until"),
        ({"quiet_from": None}, "a beginning and an end", "quiet_from"),
        ({"quiet_until": time(22)}, "never end", "quiet_until"),
        ({"way": "by pigeon"}, "one of the options", "way"),
        ({"language": "tlh"}, "one of the options", "language"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_kept(house, change, words, field):
    with pytest.raises(Invalid, match=words) as no:
        preferences.save(house.store, MIA, replace(WANTED, **change))
    assert list(no.value.fields) == [field]
    assert house.rows("SELECT * FROM preferences") == []


def test_a_link_from_a_mail_stops_what_it_says_however_often_it_is_used(house):
    for _time in range(2):
        unsubscribe.stop(house.store, *unsubscribe.read(KEY, unsubscribe.token(KEY, MIA, "topic:news")))
    assert wishes(house) == Wishes("now", not_mailed=frozenset({"news"}))
    for _time in range(2):
        unsubscribe.stop(house.store, *unsubscribe.read(KEY, unsubscribe.token(KEY, MIA, "all")))
    assert wishes(house).way == "site"
    unsubscribe.stop(house.store, 77, "all")  # somebody who is not here any more


def test_a_link_for_a_case_that_is_gone_stops_nothing_and_fails_not(house):
    unsubscribe.stop(house.store, MIA, "case:77")
    assert house.rows("SELECT * FROM mutes") == []


@pytest.mark.parametrize("token", ["", "x", "WzMsImFsbCJd.AAAA", "a.b.c"])
def test_a_link_that_is_not_ours_is_none(house, token):
    with pytest.raises(NotFound, match="not complete"):
        unsubscribe.read(KEY, token)


def test_a_link_of_another_installation_is_none():
    with pytest.raises(NotFound):
        unsubscribe.read("another secret", unsubscribe.token(KEY, MIA, "all"))
