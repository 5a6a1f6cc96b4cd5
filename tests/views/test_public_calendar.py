"""The calendar for everyone, the page with its addresses, and texts that calendars find difficult."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, text, update

from tests.views.browsing import Visitor, words
from tests.views.calendar_reading import READERS, Events, read
from workflow_app.extensions import db
from workflow_app.forms.consultations import CONSULTED
from workflow_app.models import Case, Organization
from workflow_app.queries import CaseRow, Dates, DeadlineDate, MeetingDate
from workflow_app.queries.meetings import Item
from workflow_app.views.ical import Leaf, written


def events(app, query: str = "") -> Events:
    answer = Visitor(app).get(f"/calendar.ics{query}")
    assert answer.status_code == 200
    return read(answer.text)


def cases_of(found: Events) -> set[int]:
    return {int(n) for event in found.values() for n in re.findall(r"/cases/(\d+)", event.text)}


def test_it_says_until_when_everyone_can_take_part_and_who_meets(demo_app):
    found = events(demo_app)
    assert {event.categories for event in found.values()} == {
        frozenset({"Frist", "Konzept"}), frozenset({"Frist", "Fortschreibung"}), frozenset({"Sitzung"})
    }  # fmt: skip
    assert any("Kommentarfrist" in event.title or "Beteiligung" in event.title for event in found.values())
    with demo_app.app_context():
        public = set(db.session.scalars(text("SELECT case_id FROM case_readers WHERE principal = 'public'")))
    assert cases_of(found) <= public
    assert not any(event.rings for event in found.values())


def test_what_is_dealt_with_behind_closed_doors_is_not_in_it(demo_app):
    meeting = next(e for e in events(demo_app).values() if "Sitzung" in e.categories)
    case = int(re.findall(r"/cases/(\d+)", meeting.text)[0])
    with demo_app.app_context(), db.engine.begin() as connection:
        data = connection.execute(select(Case.data).where(Case.id == case)).scalar_one()
        closed = [{**entry, "public": False} for entry in data["consultations"]]
        connection.execute(update(Case).where(Case.id == case).values(data={**data, "consultations": closed}))
    assert not any(f"/cases/{case}\n" in f"{e.text}\n" for e in events(demo_app).values() if "Sitzung" in e.categories)


def test_it_can_be_narrowed_down_to_a_process_or_a_body(demo_app):
    everything, concepts = events(demo_app), events(demo_app, "?process=concept")
    assert set(concepts) < set(everything)
    assert not any("Fortschreibung" in event.categories for event in concepts.values())
    uid = next(uid for uid in everything if uid.startswith("meeting"))
    body = uid.split("-")[1]
    of_body = events(demo_app, f"?body={body}")
    assert set(of_body) == {uid for uid in everything if uid.startswith(f"meeting-{body}-")}


@pytest.mark.parametrize(
    "query", ["?process=nothing", "?process=task", "?body=0", "?body=x", "?body=99999999999", "?language=tlh"]
)
def test_what_is_not_there_is_not_there(demo_app, query):
    assert Visitor(demo_app).get(f"/calendar.ics{query}").status_code == 404


def test_it_names_no_department_no_partner_and_no_group_to_everyone(demo_app):
    with demo_app.app_context():
        rows = db.session.execute(select(Organization.id, Organization.name, Organization.classification)).all()
        db.session.rollback()
    named = {}
    for id_, name, classification in rows:
        answer = Visitor(demo_app).get(f"/calendar.ics?body={id_}")
        if answer.status_code != 404:
            named[name] = classification
    assert {"Ratsversammlung"} < set(named)
    assert set(named.values()) <= set(CONSULTED)
    assert len(named) < len(rows) / 2


def test_a_body_of_another_kind_has_a_calendar_once_it_deals_with_public_papers(demo_app):
    meeting = next(uid for uid in events(demo_app) if uid.startswith("meeting"))
    body = meeting.split("-")[1]
    with demo_app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Organization).where(Organization.id == int(body)).values(classification="Runde"))
    assert meeting in events(demo_app, f"?body={body}")


def test_everyone_may_keep_it_for_a_while(demo_app):
    first = Visitor(demo_app).get("/calendar.ics")
    assert first.headers["Cache-Control"] == "public, max-age=900"
    assert "Set-Cookie" not in first.headers
    again = demo_app.test_client().get("/calendar.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert "Until when everyone" in re.sub(r"\r\n ", "", Visitor(demo_app).get("/calendar.ics?language=en").text)


def test_what_a_cache_may_keep_for_everyone_says_nothing_of_who_is_signed_in(demo_app):
    member = Visitor(demo_app, "ag")
    style = re.search(r'href="(/kern/[^"]+\.css)"', member.get("/calendar").text)
    assert style
    for address in ("/calendar.ics", "/calendar.ics?process=concept", style.group(1)):
        answer = member.get(address)
        assert "public" in answer.headers["Cache-Control"]
        again = member.client.get(address, headers={"If-None-Match": answer.headers["ETag"]}, buffered=True)
        assert (answer.status_code, again.status_code) == (200, 304)
        assert [one.headers.getlist("Set-Cookie") for one in (answer, again)] == [[], []]
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer.data == Visitor(demo_app).get(address).data
    assert "teilhabe=" in member.get("/calendar").headers["Set-Cookie"]  # pages make the session last longer


def test_the_page_shows_the_dates_and_every_address_on_it_works(demo_app):
    visitor = Visitor(demo_app)
    page = visitor.get("/calendar")
    assert "Mitmachen bis" in words(page)
    addresses = re.findall(r'href="webcal://127.0.0.1:8000(/calendar.ics[^"]*)"', page.text)
    assert len(addresses) > 4
    for address in addresses:
        assert visitor.get(address.replace("&amp;", "&")).status_code == 200
    assert "/account/calendar" not in page.text
    assert "/account/calendar" in Visitor(demo_app, "ag").get("/calendar").text


TITLES = (
    "Semikolon; Komma, Doppelpunkt: und \\ Strich",
    "Anführung \"so\" und 'so'",
    "Kinder 👩‍👩‍👧‍👦 spielen 🎈" * 8,
    "حق المشاركة للجميع في المدينة، من فضلكم",
    "שלום; עולם, כולם",
    "\u200fÜber\u00adlang" + "ä" * 200,
    "Line\nbreak",
    "END:VEVENT BEGIN:VALARM",
)


@pytest.mark.parametrize("title", TITLES)
@pytest.mark.parametrize("reader", READERS)
def test_every_program_reads_difficult_texts_as_they_were_written(demo_app, title, reader):
    row = CaseRow(7, "motion", 1, "routed", "AN-1", title, False, False)
    at = datetime(2026, 11, 1, tzinfo=UTC)
    deadline = DeadlineDate(row, 3, "on_agenda", date(2026, 12, 1), 4, at, waits=False)
    meeting = MeetingDate(9, title, date(2026, 12, 2), [Item(row, "decision", "4.1", True)], at)
    with demo_app.test_request_context():
        calendar = written(Leaf(title, title), Dates([deadline], [meeting], cut_off=True))
    assert max(map(len, calendar.split(b"\r\n"))) <= 75
    found = READERS[reader](calendar.decode())
    assert found["meeting-9-2026-12-02@127.0.0.1"].title == title
    said = found["deadline-3@127.0.0.1"]
    assert said.text.startswith(title)
    assert said.title.startswith(f"AN-1 {title[:120]}")


@pytest.mark.parametrize("reader", ["ical", "vobject"])  # ics.py takes it for a line break
def test_a_backslash_before_an_n_is_no_line_break(demo_app, reader):
    row = CaseRow(7, "motion", 1, "routed", None, "C:\\neu", False, False)
    deadline = DeadlineDate(row, 3, "on_agenda", date(2026, 12, 1), 4, datetime(2026, 11, 1, tzinfo=UTC), waits=False)
    with demo_app.test_request_context():
        calendar = written(Leaf("x", "x"), Dates([deadline], [], cut_off=False)).decode()
    assert READERS[reader](calendar)["deadline-3@127.0.0.1"].text.startswith("C:\\neu\n")


def test_control_characters_do_not_break_a_calendar(demo_app):
    row = CaseRow(7, "motion", 1, "routed", None, "a\x00b\x0bc\rd\x7f", False, False)
    deadline = DeadlineDate(row, 3, "on_agenda", date(2026, 12, 1), 4, datetime(2026, 11, 1, tzinfo=UTC), waits=False)
    with demo_app.test_request_context():
        calendar = written(Leaf("x", "x"), Dates([deadline], [], cut_off=False)).decode()
    assert read(calendar)["deadline-3@127.0.0.1"].text.startswith("abcd\n")
