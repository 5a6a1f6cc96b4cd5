"""The pages of administrators and heads: people, roles, locks, mails."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import insert, text

from tests.conftest import LOADED
from tests.views.browsing import Visitor, words
from workflow_app import demo
from workflow_app.extensions import db
from workflow_app.models import Person


def one(app, sql: str):
    with app.app_context():
        return db.session.execute(text(sql)).scalar()


def person(app, who: str) -> int:
    return int(one(app, f"SELECT id FROM people WHERE email = '{who}@flensburg.example'"))


def organization(app, key: str) -> int:
    return int(one(app, f"SELECT id FROM organizations WHERE key = '{key}'"))


def test_people_are_found_by_name_and_address(demo_app):
    office = Visitor(demo_app, "stelle")
    assert "Olena Modell" in words(office.get("/people?text=olena"))
    assert "Jens Muster" not in words(office.get("/people?text=olena"))
    assert "Olena Modell" in words(office.get("/people?text=EINWOHNERIN@flensburg.example"))
    assert "Modell" not in words(office.get("/people?text=nobody"))
    for rubbish in ("after=x&id=x", "after=%00&id=1", "id=99999999999999999999", "text=%25_%27%22%00", "after=&id=-1"):
        assert office.get(f"/people?{rubbish}").status_code == 200


def test_paging_leads_through_everybody_once_and_so_does_a_search(demo_app):
    with demo_app.app_context():
        people = [
            {"name": f"Same Name {n // 3}", "email": f"p{n}@example.org", "created_at": LOADED} for n in range(1100)
        ]
        people[1099]["name"] = "ZZ Last Ömer"
        db.session.execute(insert(Person), people)
        db.session.commit()
    office = Visitor(demo_app, "stelle")
    all_of_them = 1100 + len(demo.ACCOUNTS)
    for start, expected in (("/people", all_of_them), ("/people?text=p1@ex", 1), ("/people?text=ömer", 1)):
        path, found, pages = start, [], 0
        while path:
            page = office.get(path).text
            found += re.findall(r'<th scope="row"><a href="/people/(\d+)"', page)
            further = re.search(r'<a href="([^"]+)" rel="next"', page)
            path, pages = further.group(1).replace("&amp;", "&") if further else "", pages + 1
        assert len(found) == len(set(found)) == expected, start


def test_an_administrator_invites_gives_a_role_and_takes_it(demo_app):
    office = Visitor(demo_app, "stelle")
    taken = office.post("/people/new", email="ag@flensburg.example", name="Amal", language="de")
    assert taken.status_code == 422
    assert "gibt es schon ein Konto" in words(taken)
    made = office.post("/people/new", email="Neu@flensburg.example", name="Nino Neu", language="de")
    page = made.location
    assert "eingeladen" in words(office.get(page))
    library = organization(demo_app, "bibliothek")
    wrong = office.post(f"{page}/role", organization=library, role="member", start="2026-12-01", end="2026-11-01")
    assert wrong.status_code == 422
    assert "Das Ende läge vor dem Beginn." in words(wrong)
    assert "keiner Gruppe" in words(office.get(page))
    done = office.post(f"{page}/role", organization=library, role="member", start="2026-11-01", end="")
    assert done.location == page
    assert "Lena Vorlage hat Nino Neu eine Rolle gegeben: Mitglied, Stadtbibliothek" in words(office.get(page))
    membership = one(demo_app, "SELECT max(id) FROM memberships")
    end = f"/memberships/{membership}/end?next={page}"
    early = office.post(end, end="2026-10-01")
    assert early.status_code == 422
    assert "Das Ende läge vor dem Beginn." in words(early)
    assert office.post(end, end="2026-11-30").location == page
    assert "vom 1. November 2026 bis 30. November 2026" in words(office.get(page))


def test_a_lock_works_at_once_and_the_last_administrator_stays(demo_app):
    office, amal = Visitor(demo_app, "stelle"), Visitor(demo_app, "ag")
    page = f"/people/{person(demo_app, 'ag')}"
    assert office.post(f"{page}/lock", page=page).location == page
    assert amal.get("/desk").status_code == 302
    assert "Lena Vorlage hat das Konto von Amal Beispiel gesperrt." in words(office.get(page))
    office.post(f"{page}/unlock", page=page)
    Visitor(demo_app, "ag")
    mine = f"/people/{person(demo_app, 'stelle')}"
    refused = office.post(f"{mine}/lock", page=page)
    assert (refused.status_code, "Niemand sperrt das eigene Konto." in words(refused)) == (403, True)
    seat = one(demo_app, "SELECT id FROM memberships WHERE role = 'administrator'")
    last = office.post(f"/memberships/{seat}/end", end="")
    assert last.status_code == 409
    assert "die letzte Person mit Administrationsrechten" in words(last)
    again = office.post(f"/people/{person(demo_app, 'ag')}/invite", page=page)
    assert "schon angenommen" in words(again)


def test_nobody_gives_themselves_a_role_on_the_pages_either(demo_app):
    office = Visitor(demo_app, "stelle")
    entries: dict[str, Any] = {"organization": organization(demo_app, "rt"), "role": "chair", "start": "", "end": ""}
    refused = office.post(f"/people/{person(demo_app, 'stelle')}/role", **entries)
    assert refused.status_code == 403
    assert "Niemand kann sich selbst eine Rolle geben" in words(refused)


def test_a_head_looks_after_the_own_organization_and_no_other(demo_app):
    head = Visitor(demo_app, "fachbereich")
    members = f"/organizations/{organization(demo_app, 'fb-ews')}/members"
    assert members in head.get("/account").text
    page = head.get(f"{members}/new").text
    assert "Vorsitz" in page
    assert "Administrator*in" not in page
    entries = {"email": "einwohnerin@flensburg.example", "role": "member", "start": "", "end": ""}
    assert head.post(f"{members}/new", **entries).location == members
    assert "Olena Modell" in words(head.get(members))
    assert "gibt es nicht" in words(head.post(f"{members}/new", **{**entries, "email": "no@example.org"}))
    forged = head.post(f"{members}/new", **{**entries, "role": "administrator"})
    assert forged.status_code == 422
    other = f"/organizations/{organization(demo_app, 'ko-int')}/members"
    assert [head.get(path).status_code for path in (other, f"{other}/new", "/organizations/999/members")] == [404] * 3
    seat = one(demo_app, "SELECT id FROM memberships WHERE role = 'administrator'")
    assert head.get(f"/memberships/{seat}/end").status_code == 404
    assert head.post(f"/memberships/{seat}/end", page=members).status_code == 404
    assert Visitor(demo_app, "stelle").get(other).status_code == 200


def test_an_administrator_writes_down_an_absence_for_somebody_who_is_ill(demo_app):
    office = Visitor(demo_app, "stelle")
    page = f"/people/{person(demo_app, 'ag')}"
    assert office.post(f"{page}/absence", start="2026-11-24").location == page
    assert "Lena Vorlage hat eine Abwesenheit von Amal Beispiel eingetragen." in words(office.get(page))
    office.post(f"{page}/absence/end", page=page)
    assert "keine Abwesenheit" in words(office.get(page))


def test_the_page_of_outgoing_mail_shows_kept_mails_and_what_failed(demo_app):
    office = Visitor(demo_app, "stelle")
    assert "kein Mailserver" in words(office.get("/mail"))
    with demo_app.app_context(), db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO outbox"
                " (id, kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts, last_error)"
                " VALUES (9001, 'account_link', '{}', 'a', '2026-11-24', 'done', 1, 1, 5, NULL),"
                " (9002, 'account_link', '{}', 'b', '2026-11-24', 'dead', 1, 5, 5, 'SMTPDataError'),"
                " (9004, 'x', '{}', 'c', '2026-11-24', 'dead', 1, 5, 5, 'KeyError')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO mails (outbox_id, person_id, email, subject, body, message_id, state, created_at)"
                " VALUES (9001, 1, 'x@example.org', '<b>Betreff</b>', :body, '<m@x>', 'kept', '2026-11-24 10:00:00')"
            ),
            {"body": "Hallo <script>alert(1)</script>\nhttp://127.0.0.1:8000/account/link/abc_DEF-1\n"},
        )
    page = office.get("/mail").text
    assert 'href="http://127.0.0.1:8000/account/link/abc_DEF-1"' in page
    assert "<script" not in page
    assert "<b>" not in page
    assert "Nachricht 9002 wurde nach 5 Versuchen aufgegeben: SMTPDataError" in words(office.get("/mail"))
    assert "9004" not in page


def test_the_navigation_shows_people_to_administrators_only(demo_app):
    assert 'href="/people"' in Visitor(demo_app, "stelle").get("/desk").text
    for who in ("gremien", "steuerung", None):
        assert 'href="/people"' not in Visitor(demo_app, who).get("/cases").text
