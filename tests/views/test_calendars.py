"""The own calendar: its address, who it is for, and what it tells calendar programs."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.conftest import LOADED
from tests.views.browsing import Visitor, words
from tests.views.calendar_reading import Events, read
from workflow_app import cases
from workflow_app.engine import clock
from workflow_app.engine.definition import Actor
from workflow_app.extensions import db


def secret_of(visitor: Visitor) -> str:
    """Make an address, as somebody does on their page."""
    found = re.search(r">http://127.0.0.1:8000/calendar/([\w-]+)\.ics<", visitor.post("/account/calendar").text)
    assert found
    return found.group(1)


def fetch(app: Any, secret: str, **headers: str) -> TestResponse:
    """What a calendar program gets, which has the address and nothing else."""
    return app.test_client().get(f"/calendar/{secret}.ics", headers=headers)


def events(app: Any, secret: str) -> Events:
    return read(fetch(app, secret).text)


def one(app: Any, sql: str, **params: object) -> Any:
    with app.app_context():
        return db.session.execute(text(sql), params).scalar()


def change(app: Any, sql: str, **params: object) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(sql), params)


def person(app: Any, who: str) -> int:
    return int(one(app, "SELECT id FROM people WHERE email = :email", email=f"{who}@flensburg.example"))


def test_the_address_is_shown_once_and_only_a_hash_is_kept(demo_app):
    visitor = Visitor(demo_app, "ag")
    assert "Es gibt noch keine Adresse" in words(visitor.get("/account/calendar"))
    page = visitor.post("/account/calendar")
    secret = re.search(r"/calendar/([\w-]+)\.ics", page.text)
    assert secret
    assert len(secret.group(1)) >= 43  # 256 bits
    assert f'href="webcal://127.0.0.1:8000/calendar/{secret.group(1)}.ics"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    for path in ("/account/calendar", "/account", "/desk"):
        assert secret.group(1) not in visitor.get(path).text
    assert "seit 24. November 2026, 13:00" in words(visitor.get("/account"))
    dump = one(demo_app, "SELECT secret_hash FROM calendar_feeds")
    assert len(dump) == 64
    assert secret.group(1) not in dump


def test_all_programs_read_the_same_and_everything_has_its_place(demo_app):
    found = events(demo_app, secret_of(Visitor(demo_app, "stelle")))
    assert len(found) > 10
    closing = found["deadline-2@127.0.0.1"]
    assert closing.title == "IK-2026-0003 Konzept „Miteinander im Quartier“: Abgabetermin der Arbeitsgruppen"
    assert (closing.on, closing.after) == (date(2026, 11, 29), date(2026, 11, 30))
    assert closing.categories == {"Frist", "Konzept"}
    assert closing.status == "CONFIRMED"
    case_id = one(demo_app, "SELECT case_id FROM due_dates WHERE id = 2")
    assert closing.text.splitlines()[-1] == f"http://127.0.0.1:8000/cases/{case_id}"
    assert "bis zum Ende des 29. November 2026" in closing.text


def test_texts_are_in_the_language_of_the_person(demo_app):
    secret = secret_of(Visitor(demo_app, "stelle"))
    german = fetch(demo_app, secret, **{"Accept-Language": "en"}).text
    assert "X-WR-CALNAME:Teilhabe Flensburg: meine Termine" in german
    change(demo_app, "UPDATE people SET language = 'en'")
    english = fetch(demo_app, secret).text
    assert "X-WR-CALNAME:Teilhabe Flensburg: my dates" in english
    assert r"until the end of November 29\, 2026" in re.sub(r"\r\n ", "", english)
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n" in english


def test_no_line_is_longer_than_75_bytes_and_every_line_ends_right(demo_app):
    data = fetch(demo_app, secret_of(Visitor(demo_app, "stelle"))).data
    assert max(map(len, data.split(b"\r\n"))) <= 75
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_nobody_but_the_program_keeps_it(demo_app):
    secret = secret_of(Visitor(demo_app, "ag"))
    for answer in (fetch(demo_app, secret), fetch(demo_app, "x" * 43)):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in answer.headers
        assert "x" * 43 not in answer.text
    assert fetch(demo_app, secret).content_type == "text/calendar; charset=utf-8"


def test_what_has_not_changed_is_not_sent_again(demo_app):
    secret = secret_of(Visitor(demo_app, "stelle"))
    first = fetch(demo_app, secret)
    again = fetch(demo_app, secret, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "private, no-cache"
    change(demo_app, "UPDATE cases SET title = 'Anders' WHERE id = (SELECT case_id FROM due_dates WHERE id = 2)")
    assert fetch(demo_app, secret, **{"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_renewed_address_makes_the_one_before_worthless(demo_app):
    visitor = Visitor(demo_app, "ag")
    first = secret_of(visitor)
    second = secret_of(visitor)
    assert (fetch(demo_app, first).status_code, fetch(demo_app, second).status_code) == (404, 200)
    visitor.post("/account/calendar/end", page="/account/calendar")
    assert fetch(demo_app, second).status_code == 404
    told = words(visitor.get("/account"))
    for said in ("hat eine Adresse für den", "hat eine neue Adresse", "eigenen Kalenders ungültig gemacht"):
        assert said in told
    assert first not in told + second


def test_the_calendar_of_a_locked_person_ends_at_once_and_for_good(demo_app):
    secret = secret_of(Visitor(demo_app, "ag"))
    change(demo_app, "UPDATE people SET locked = true WHERE id = :id", id=person(demo_app, "ag"))
    assert fetch(demo_app, secret).status_code == 404
    change(demo_app, "UPDATE people SET locked = false WHERE id = :id", id=person(demo_app, "ag"))
    assert fetch(demo_app, secret).status_code == 200
    administrator = Visitor(demo_app, "stelle")
    for deed in ("lock", "unlock"):
        answer = administrator.post(
            f"/people/{person(demo_app, 'ag')}/{deed}", page=f"/people/{person(demo_app, 'ag')}"
        )
        assert answer.status_code == 302
    assert fetch(demo_app, secret).status_code == 404


def test_who_tries_many_addresses_keeps_nobody_else_out(demo_app):
    secret = secret_of(Visitor(demo_app, "ag"))
    assert {fetch(demo_app, f"{n:043}").status_code for n in range(40)} == {404}
    assert fetch(demo_app, secret).status_code == 200


def test_somebody_loses_the_dates_of_a_group_they_leave(demo_app):
    secret = secret_of(Visitor(demo_app, "vorstand"))
    assert any("Antrag" in event.categories for event in events(demo_app, secret).values())
    assert not all(is_public(demo_app, uid) for uid in deadlines(demo_app, secret))
    change(
        demo_app, "UPDATE memberships SET end_date = '2026-11-23' WHERE person_id = :p", p=person(demo_app, "vorstand")
    )
    assert all(is_public(demo_app, uid) for uid in deadlines(demo_app, secret))


def deadlines(app: Any, secret: str) -> set[str]:
    return {uid for uid in events(app, secret) if uid.startswith("deadline")}


def is_public(app: Any, uid: str) -> bool:
    sql = (
        "SELECT count(*) FROM due_dates d JOIN case_readers r ON r.case_id = d.case_id"
        " WHERE d.id = :id AND r.principal = 'public'"
    )
    return bool(one(app, sql, id=int(re.sub(r"\D+(\d+)@.*", r"\1", uid))))


def test_a_deputy_has_the_dates_only_while_the_member_is_away(demo_app):
    absent = person(demo_app, "bibliothek")
    sql = (
        "SELECT p.email FROM memberships m JOIN memberships d ON d.deputy_of_id = m.id"
        " JOIN people p ON p.id = d.person_id"
    )
    deputy = one(demo_app, f"{sql} WHERE m.person_id = :p", p=absent).partition("@")[0]
    theirs = set(events(demo_app, secret_of(Visitor(demo_app, "bibliothek"))))
    secret = secret_of(Visitor(demo_app, deputy))
    before = set(events(demo_app, secret))
    assert theirs <= before
    change(demo_app, "UPDATE people SET absent_until = '2026-11-23' WHERE id = :p", p=absent)
    after = set(events(demo_app, secret))
    assert after < before
    assert before - after <= theirs


@pytest.fixture
def running(demo_app):
    """A deadline that the head of a department may extend: its row, case, name, and who they are."""
    with demo_app.app_context():
        row = db.session.execute(
            text("SELECT d.id, d.case_id, d.due_on FROM due_dates d WHERE d.name = 'statements' AND status = 'running'")
        ).first()
        assert row
        department = db.session.execute(
            text("SELECT organization_id FROM case_parties WHERE case_id = :c AND part = 'lead_department'"),
            {"c": row.case_id},
        ).scalar()
    return row, Actor(None, frozenset({f"member@{department}", f"head@{department}"}))


def act(app: Any, case_id: int, step: str, actor: Actor, data: dict[str, object], at: datetime) -> None:
    with app.app_context(), clock.at(at):
        cases.act(case_id, step, actor, data)


def test_an_extended_deadline_is_the_same_event_on_another_day(demo_app, running):
    row, actor = running
    secret, uid = secret_of(Visitor(demo_app, "stelle")), f"deadline-{row.id}@127.0.0.1"
    change(demo_app, "INSERT INTO follows VALUES (:p, :c, '2026-11-01')", p=person(demo_app, "stelle"), c=row.case_id)
    before = events(demo_app, secret)[uid]
    stamp = re.search(r"LAST-MODIFIED:(\w+)", _event(fetch(demo_app, secret).text, uid))
    until: dict[str, object] = {"until": "2026-12-29", "note": "Ferien"}
    act(demo_app, row.case_id, "extend_statements", actor, until, LOADED - timedelta(hours=1))
    after = events(demo_app, secret)[uid]
    assert (before.on, after.on) == (date.fromisoformat(str(row.due_on)), date(2026, 12, 29))
    assert after.sequence > before.sequence
    later = _event(fetch(demo_app, secret).text, uid)
    assert "LAST-MODIFIED:20261124T110000Z" in later
    assert "DTSTAMP:20261124T110000Z" in later
    assert stamp
    assert stamp.group(1) < "20261124T110000Z"


def _event(calendar: str, uid: str) -> str:
    return next(part for part in calendar.split("BEGIN:VEVENT") if f"UID:{uid}" in part)


def test_a_settled_deadline_is_gone(demo_app, running):
    row, _actor = running
    secret, uid = secret_of(Visitor(demo_app, "stelle")), f"deadline-{row.id}@127.0.0.1"
    change(demo_app, "INSERT INTO follows VALUES (:p, :c, '2026-11-01')", p=person(demo_app, "stelle"), c=row.case_id)
    assert uid in events(demo_app, secret)
    change(demo_app, "UPDATE due_dates SET status = 'settled', fire_at = NULL WHERE id = :id", id=row.id)
    assert uid not in events(demo_app, secret)


def test_what_waits_for_somebody_rings_when_its_process_warns(demo_app):
    rings: set[timedelta | datetime] = set()
    for who in ("gremien", "stelle", "fachbereich"):
        for event in events(demo_app, secret_of(Visitor(demo_app, who))).values():
            assert not event.rings or "wartet auf Sie" in event.text
            rings |= event.rings
    assert -(timedelta(days=7) - timedelta(hours=9)) in rings  # a week before, at nine o'clock
