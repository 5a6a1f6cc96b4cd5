"""A person is invited, made a deputy, acts for the absent one, and sees only what is theirs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from tests.conftest import LOADED
from tests.jobs.working import work
from tests.views.browsing import PASSWORD as DEMO_PASSWORD
from tests.views.browsing import Visitor, words
from workflow_app.engine import clock
from workflow_app.extensions import db

PASSWORD = "vier schlichte Wörter hier"
NORA = "nora@flensburg.example"
ACTED = "Nora Neu in Vertretung von Jens Muster hat den Entwurf gebilligt."


class Town:
    """The demonstration on a day that moves on when it is told to."""

    def __init__(self, app: Flask) -> None:
        self.app, self.now = app, LOADED
        self._plain = Flask.wsgi_app.__get__(app)
        app.wsgi_app = self._answer  # type: ignore[method-assign]

    def _answer(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        with clock.at(self.now):
            found: Iterable[bytes] = self._plain(environ, start_response)
            return found

    def one(self, sql: str) -> Any:
        with self.app.app_context():
            return db.session.execute(text(sql)).scalar()

    def work(self) -> None:
        """The worker carries out what has come into the outbox."""
        with self.app.app_context(), clock.at(self.now):
            work()
            assert not db.session.scalar(text("SELECT count(*) FROM outbox WHERE state <> 'done'"))

    def person(self, email: str) -> int:
        return int(self.one(f"SELECT id FROM people WHERE email = '{email}'"))


@pytest.fixture
def town(demo_app: Flask) -> Town:
    return Town(demo_app)


def sign_in(town: Town, email: str, password: str) -> Visitor:
    visitor = Visitor(town.app)
    assert visitor.post("/sign-in", email=email, password=password).location == "/desk"
    return visitor


def test_from_an_invitation_to_acting_for_somebody_and_back(town: Town) -> None:
    office, jens = Visitor(town.app, "stelle"), Visitor(town.app, "steuerung")
    nora = _is_invited_and_comes(town, office)
    _becomes_a_deputy_when_somebody_has_agreed(town, office, jens, nora)
    concept = int(
        town.one("SELECT max(id) FROM cases WHERE title LIKE '%Willkommen an der Förde%' AND state = 'assembling'")
    )
    _does_nothing_more_while_the_member_is_there(concept, nora)
    _acts_while_the_member_is_away(town, concept, jens, nora)
    _does_nothing_more_when_the_member_is_back(town, concept)
    _the_record_tells_all_of_it(town)


def _is_invited_and_comes(town: Town, office: Visitor) -> Visitor:
    """Invited by mail, Nora chooses a password with the link in it."""
    assert office.post("/people/new", email=NORA, name="Nora Neu", language="de").status_code == 302
    town.work()
    (link,) = re.findall(r'href="http://127.0.0.1:8000(/account/link/[^"]+)"', office.get("/mail").text)
    newcomer = Visitor(town.app)
    assert "Willkommen, Nora Neu" in words(newcomer.get(link))
    assert newcomer.post(link, password=PASSWORD, again=PASSWORD).location == "/sign-in"
    assert "schon benutzt" in words(newcomer.get(link))
    return sign_in(town, NORA, PASSWORD)


def _becomes_a_deputy_when_somebody_has_agreed(town: Town, office: Visitor, jens: Visitor, nora: Visitor) -> None:
    """She is from outside, so it is not for Jens alone to say."""
    seat = town.one(f"SELECT id FROM memberships WHERE person_id = {town.person('steuerung@flensburg.example')}")
    asked = jens.post(f"/memberships/{seat}/deputy", email=NORA)
    assert "wird die Leitung der Organisation gefragt" in words(jens.get(asked.location))
    members = _members(town)
    assert nora.get(members).status_code == 404
    assert f'href="{members}"' in office.get("/people").text
    assert "Nora Neu als Vertretung von Jens Muster" in words(office.get(members))
    request = town.one("SELECT id FROM deputy_requests")
    assert nora.post(f"/deputies/requests/{request}", page="/account", answer="yes").status_code == 403
    assert office.post(f"/deputies/requests/{request}", page=members, answer="yes").status_code == 302
    assert f'href="{members}"' not in office.get("/people").text
    assert "Vertretung von Jens Muster" in words(nora.get("/account"))


def _members(town: Town) -> str:
    """The page with the members of the steering group."""
    steering = town.one("SELECT id FROM organizations WHERE key = 'steuer'")
    return f"/organizations/{steering}/members"


def _does_nothing_more_while_the_member_is_there(concept: int, nora: Visitor) -> None:
    """As long as Jens is there, and after he is back."""
    step = f"/cases/{concept}/steps/approve_draft"
    assert [nora.get(path).status_code for path in (f"/cases/{concept}", step)] == [404, 404]
    assert step not in nora.get("/desk").text


def _acts_while_the_member_is_away(town: Town, concept: int, jens: Visitor, nora: Visitor) -> None:
    """Under her own name and for him."""
    step, today = f"/cases/{concept}/steps/approve_draft", town.now.date()
    away = jens.post("/account/absence", start=today.isoformat(), end=(today + timedelta(days=5)).isoformat())
    assert away.status_code == 302
    assert step in nora.get("/desk").text
    assert nora.post(step).status_code == 302
    newest = f"SELECT actor_id FROM case_events WHERE case_id = {concept} ORDER BY seq DESC"
    assert town.one(newest) == town.person(NORA)
    assert ACTED in words(jens.get(f"/cases/{concept}"))
    others = (f"/people/{town.person(NORA)}", "/people", "/mail", _members(town))
    assert [nora.get(path).status_code for path in others] == [403, 403, 403, 404]


def _does_nothing_more_when_the_member_is_back(town: Town, concept: int) -> None:
    """What was his is not hers any more; that she did it for him stays."""
    town.now += timedelta(days=6)
    _does_nothing_more_while_the_member_is_there(concept, sign_in(town, NORA, PASSWORD))
    assert ACTED in words(sign_in(town, "steuerung@flensburg.example", DEMO_PASSWORD).get(f"/cases/{concept}"))


def _the_record_tells_all_of_it(town: Town) -> None:
    record = words(Visitor(town.app, "stelle").get(f"/people/{town.person(NORA)}"))
    for sentence in (
        "Lena Vorlage hat Nora Neu eingeladen.",
        "Nora Neu hat die Einladung angenommen.",
        "Jens Muster hat um Nora Neu als Vertretung von Jens Muster gebeten: Steuerungsgruppe",
        "Lena Vorlage hat Nora Neu zur Vertretung von Jens Muster bestimmt: Steuerungsgruppe",
    ):
        assert sentence in record
