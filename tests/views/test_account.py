"""Signing in and out, and the language."""

from __future__ import annotations

from sqlalchemy import text

from tests.views.browsing import Visitor, words
from workflow_app.extensions import db
from workflow_app.views.account import safe_target


def test_every_demonstration_account_signs_in_and_sees_a_desk(demo_app):
    for who in ("ag", "steuerung", "vorstand", "gremien", "stelle", "einwohnerin"):
        desk = Visitor(demo_app, who).get("/desk")
        assert desk.status_code == 200
        assert "Mein Schreibtisch" in desk.text


def test_a_wrong_password_and_an_unknown_address_read_the_same(demo_app):
    visitor = Visitor(demo_app)
    wrong = visitor.post("/sign-in", email="stelle@flensburg.example", password="no")
    unknown = visitor.post("/sign-in", email="nobody@flensburg.example", password="no")
    assert (wrong.status_code, unknown.status_code) == (422, 422)
    sentence = "gehören nicht zusammen"
    assert sentence in words(wrong)
    assert sentence in words(unknown)


def test_a_locked_account_is_out_at_once(demo_app):
    visitor = Visitor(demo_app, "stelle")
    with demo_app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE people SET locked = 1 WHERE email = 'stelle@flensburg.example'"))
    assert visitor.get("/desk").status_code == 302


def test_signing_out_ends_the_session(demo_app):
    visitor = Visitor(demo_app, "stelle")
    assert visitor.post("/sign-out", page="/desk").status_code == 302
    assert visitor.get("/desk").status_code == 302


def test_the_session_is_renewed_at_sign_in(demo_app):
    visitor = Visitor(demo_app)
    visitor.get("/desk")
    with visitor.client.session_transaction() as before:
        before["planted"] = "by somebody else"
    visitor.post("/sign-in", email="stelle@flensburg.example", password="teilhabe-demo")
    with visitor.client.session_transaction() as after:
        assert "planted" not in after


def test_too_many_attempts_are_slowed_down(demo_app):
    visitor = Visitor(demo_app)
    answers = [visitor.post("/sign-in", email="x@example.org", password="x").status_code for _ in range(12)]
    assert answers[-1] == 429
    assert "Bitte warten Sie" in words(visitor.post("/sign-in", email="x@example.org", password="x"))


def test_the_language_can_be_changed_and_stays(demo_app):
    visitor = Visitor(demo_app)
    assert visitor.post("/language", page="/", language="en", next="/cases").location == "/cases"
    assert 'lang="en"' in visitor.get("/cases").text
    assert "Only open ones" in visitor.get("/cases").text
    visitor.post("/language", page="/", language="xx")
    assert 'lang="en"' in visitor.get("/").text


def test_after_signing_in_one_stays_on_this_site(demo_app):
    with demo_app.test_request_context():
        for wrong in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", None):
            assert safe_target(wrong) == "/desk"
        assert safe_target("/cases/3?x=1") == "/cases/3?x=1"


def test_a_forged_form_is_refused_in_words(demo_app):
    visitor = Visitor(demo_app, "stelle")
    answer = visitor.client.post("/sign-out", data={"csrf_token": "forged"})
    assert answer.status_code == 400
    assert "zu lange offen" in words(answer)
    assert visitor.get("/desk").status_code == 200
