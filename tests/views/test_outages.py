"""A database that is away and a disk that is full: people read a sentence, and lose nothing they wrote."""

from __future__ import annotations

import errno
import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, exc, text

from tests.views.browsing import Visitor, words
from tests.views.test_cases import case, one
from workflow_app.extensions import db
from workflow_app.views import pages

ENGLISH = {"Accept-Language": "en"}


@contextmanager
def away(app: Flask) -> Iterator[None]:
    """The database cannot be reached: where its file was there is a folder."""
    with app.app_context():
        path = Path(str(db.engine.url.database))
        db.engine.dispose()
    put_by = path.with_suffix(".away")
    path.rename(put_by)
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        put_by.rename(path)


@contextmanager
def with_every_connection(app: Flask, pragma: str, back: str) -> Iterator[None]:
    """Every connection of the application is hindered by a setting, which is taken back at the end."""

    def hinder(connection: Any, *_rest: Any) -> None:
        connection.execute(pragma)

    def free(connection: Any, *_rest: Any) -> None:
        connection.execute(back)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "checkout", hinder)
    try:
        yield
    finally:
        event.remove(engine, "checkout", hinder)
        event.listen(engine, "checkout", free)


def kept_in(page: str) -> dict[str, str]:
    """The fields that the page would send again."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def commenting(app: Flask) -> tuple[Visitor, str, dict[str, str]]:
    """A resident with a filled-in form about a draft."""
    concept = case(app, "Gesund leben", state="public_draft")
    resident, path = Visitor(app, "einwohnerin"), f"/cases/{concept}/steps/comment"
    form = kept_in(resident.get(path).text) | {"csrf_token": resident.token(path)}
    return resident, path, {**form, "title": 'Mehr "Grün"', "text": "Bitte <mehr> Bäume & Büsche.", "public": "y"}


def test_people_read_a_sentence_in_their_language_while_the_database_is_away(demo_app):
    visitor = Visitor(demo_app, "stelle")
    with away(demo_app):
        for address in ("/", "/cases", "/desk", "/cases/1"):
            answer = visitor.get(address)
            assert answer.status_code == 503
            assert "Wir kommen gerade nicht an unsere Daten" in words(answer)
        answer = visitor.client.get("/cases", headers=ENGLISH)
        assert "We cannot get at our data just now" in words(answer)
        assert answer.headers["Retry-After"].isdigit()
        assert answer.headers["X-Request-ID"]
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
    assert visitor.get("/desk").status_code == 200


def test_what_was_written_is_kept_in_the_page_and_sent_again_with_one_click(demo_app):
    resident, path, form = commenting(demo_app)
    before = one(demo_app, "SELECT count(*) FROM case_events")
    with away(demo_app):
        answer = resident.client.post(path, data=form)
        assert answer.status_code == 503
        assert "Bitte senden Sie sie noch einmal: Nichts geschieht doppelt." in words(answer)
    again = kept_in(answer.text)
    assert again == form
    assert f'action="{path}"' in answer.text
    assert [resident.client.post(path, data=again).status_code for _time in range(2)] == [302, 302]
    assert one(demo_app, "SELECT count(*) FROM case_events") == before + 2  # of the draft, and of the comment
    assert one(demo_app, "SELECT title FROM cases ORDER BY id DESC LIMIT 1") == 'Mehr "Grün"'


def test_a_password_never_stands_in_the_page(demo_app):
    visitor = Visitor(demo_app)
    form = {"csrf_token": visitor.token("/sign-in"), "email": "stelle@flensburg.example", "password": "teilhabe-demo"}
    with away(demo_app):
        answer = visitor.client.post("/sign-in", data=form)
        assert answer.status_code == 503
        assert kept_in(answer.text) == {}
        assert "teilhabe-demo" not in answer.text
        assert "gehen Sie zurück" in words(answer)


def test_a_form_with_files_is_not_sent_again_without_them(demo_app):
    resident, path, form = commenting(demo_app)
    with away(demo_app), (Path(__file__)).open("rb") as file:
        answer = resident.client.post(path, data={**form, "papers-files": (file, "plan.txt")})
    assert answer.status_code == 503
    assert kept_in(answer.text) == {}
    assert "gehen Sie zurück" in words(answer)


def test_without_space_writing_is_refused_reading_works_and_it_goes_on_by_itself(demo_app):
    resident, path, form = commenting(demo_app)
    form["text"] = "Bäume. " * 250
    with with_every_connection(demo_app, "PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823"):
        answer = resident.client.post(path, data=form)
        assert answer.status_code == 507
        assert "Es ist kein Platz mehr für Daten." in words(answer)
        assert kept_in(answer.text) == form
        assert [resident.get(page).status_code for page in ("/desk", "/cases", path)] == [200] * 3
    assert resident.client.post(path, data=kept_in(answer.text)).status_code == 302


def test_who_was_seen_long_ago_can_read_where_nothing_can_be_written(demo_app):
    visitor = Visitor(demo_app, "stelle")
    with demo_app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE sign_ins SET seen_at = '2026-01-01 00:00:00.000000', began_at = seen_at"))
        connection.execute(text("UPDATE sign_ins SET began_at = '2026-11-24 11:00:00.000000'"))
    with with_every_connection(demo_app, "PRAGMA query_only = ON", "PRAGMA query_only = OFF"):
        assert visitor.get("/desk").status_code == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (psycopg.errors.DiskFull("could not extend file"), 507),
        (exc.OperationalError("INSERT", {}, psycopg.errors.DiskFull("could not extend file")), 507),
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (psycopg.errors.AdminShutdown("terminating connection"), 503),
        (exc.TimeoutError("QueuePool limit reached"), 503),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (KeyError("a mistake of ours"), 500),
    ],
)
def test_what_is_away_what_is_full_and_what_is_our_own_mistake(demo_app, monkeypatch, error, status):
    def fail(*_arguments: Any, **_more: Any) -> None:
        raise error

    monkeypatch.setattr(pages, "render_template", fail)
    answer = demo_app.test_client().get("/imprint")
    assert answer.status_code == status
    assert "<h1>" in answer.text


def test_sql_that_is_wrong_is_our_own_mistake(demo_app, monkeypatch):
    monkeypatch.setattr(pages, "render_template", lambda *_a, **_m: one(demo_app, "SELECT nothing FROM nowhere"))
    assert demo_app.test_client().get("/imprint").status_code == 500


def test_an_answer_that_is_ready_reaches_the_reader_though_the_connection_broke(demo_app, monkeypatch):
    broken = exc.OperationalError("ROLLBACK", {}, psycopg.OperationalError("the connection is lost"))

    def fail(_dialect: Any, _connection: Any) -> None:
        raise broken

    with demo_app.app_context(), monkeypatch.context() as patched:
        db.session.execute(text("SELECT 1"))
        patched.setattr(db.engine.dialect, "do_rollback", fail.__get__(db.engine.dialect))
        db.session.close()  # as at the end of a request, when the answer is ready
