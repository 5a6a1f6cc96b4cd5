"""The centre, the number in the head of every page, the choices, and stopping mails, as people meet them."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import text

from tests.conftest import LOADED
from tests.jobs.working import work as work_off
from tests.views.browsing import Visitor, words
from tests.views.papers import add, document, pdf, public_draft
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.people import unsubscribe

NEW = re.compile(r'<span class="count">([^<]+)</span>')


def run(app: Flask, sql: str, **params: object) -> list[tuple[object, ...]]:
    with app.app_context(), db.engine.begin() as connection:
        found = connection.execute(text(sql), params)
        return [tuple(row) for row in found] if found.returns_rows else []


def person(app: Flask, who: str) -> int:
    ((found,),) = run(app, "SELECT id FROM people WHERE email = :e", e=f"{who}@flensburg.example")
    assert isinstance(found, int)
    return found


def new(visitor: Visitor, path: str = "/cases") -> str:
    """What the head of a page says about notices."""
    found = NEW.search(visitor.get(path).text)
    return found.group(1) if found else ""


def unread(app: Flask, who: str, count: int) -> None:
    """Somebody has so many unread notices, of the newest."""
    run(app, "UPDATE notifications SET read_at = created_at WHERE person_id = :p", p=person(app, who))
    run(
        app,
        "UPDATE notifications SET read_at = NULL WHERE id IN"
        " (SELECT id FROM notifications WHERE person_id = :p ORDER BY id DESC LIMIT :n)",
        p=person(app, who), n=count,
    )  # fmt: skip


def test_every_page_says_how_much_is_new(demo_app):
    unread(demo_app, "stelle", 3)
    office = Visitor(demo_app, "stelle")
    assert {new(office, path) for path in ("/", "/cases", "/account", "/people", "/nowhere")} == {"3 neu"}
    unread(demo_app, "stelle", 150)
    assert new(office) == "99+ neu"
    unread(demo_app, "stelle", 0)
    assert new(office) == ""
    assert "Mitteilungen" not in words(Visitor(demo_app).get("/cases"))


def test_following_a_notice_leads_to_its_case_and_it_has_been_read(demo_app):
    unread(demo_app, "stelle", 2)
    office = Visitor(demo_app, "stelle")
    page = office.get("/notifications?unread=1").text
    first, second = re.findall(r'href="(/notifications/\d+)"', page)
    assert office.get(first).location.startswith("/cases/")
    assert new(office) == "1 neu"
    assert first not in office.get("/notifications?unread=1").text
    assert second in office.get("/notifications?unread=1").text
    assert first in office.get("/notifications").text


def test_a_notice_of_a_document_names_it_and_leads_to_it_as_long_as_it_is_for_its_reader(demo_app):
    case_id = public_draft(demo_app)
    add(Visitor(demo_app, "stelle"), case_id, pdf("Lageplan.pdf"), audience="participants", name="Lageplan Süd")
    work(demo_app)
    unread(demo_app, "fachbereich", 1)
    reader, sentence = Visitor(demo_app, "fachbereich"), "Lena Vorlage hat eine Unterlage hinzugefügt. Unterlage: Lage"
    page = reader.get("/notifications?unread=1")
    assert "Neue Unterlage: " in words(page)
    assert sentence in words(page)
    assert "Neue Unterlage: " in words(reader.get("/desk"))
    (link,) = re.findall(r'href="(/notifications/\d+)"', page.text)
    run(demo_app, "UPDATE documents SET audience = 'part', part = 'council' WHERE name = 'Lageplan Süd'")
    hidden = reader.get("/notifications?unread=1")
    assert "Zu etwas, das Sie nicht mehr sehen können." in words(hidden)
    assert "Lageplan" not in words(hidden)
    assert link not in reader.get("/desk").text
    assert reader.get(link).location == "/notifications"
    run(demo_app, "UPDATE documents SET audience = 'case', part = NULL WHERE name = 'Lageplan Süd'")
    assert reader.get(link).location == f"/documents/{document(demo_app, 'Lageplan Süd')}"


def test_all_that_was_on_the_page_has_been_read_and_what_came_later_has_not(demo_app):
    unread(demo_app, "stelle", 3)
    office = Visitor(demo_app, "stelle")
    shown = office.get("/notifications").text
    newest = max(map(int, re.findall(r"/notifications/(\d+)", shown)))
    run(
        demo_app,
        "INSERT INTO notifications (outbox_id, person_id, case_id, notice, topic, way, created_at)"
        " SELECT (SELECT max(o.id) FROM outbox o WHERE o.kind = 'notice_mail'), person_id, case_id, notice, topic,"
        " 'site', created_at FROM notifications WHERE id = :n",
        n=newest,
    )
    token = office.token("/notifications")
    office.client.post("/notifications/read", data={"csrf_token": token, "until": newest})
    assert new(office) == "1 neu"
    assert office.client.post("/notifications/read", data={"csrf_token": token, "until": "x" * 50}).status_code == 302


def test_the_list_goes_on_page_by_page(demo_app):
    office = Visitor(demo_app, "stelle")
    found: list[str] = []
    path = "/notifications"
    for _page in range(3):
        page = office.get(path).text
        found += re.findall(r'href="/notifications/(\d+)"', page)
        path = re.search(r'href="([^"]+)" rel="next"', page).group(1).replace("&amp;", "&")  # type: ignore[union-attr]
    assert len(found) == len(set(found)) == 60
    assert found == sorted(found, key=int, reverse=True)


def test_of_what_cannot_be_seen_any_more_nothing_is_said(demo_app):
    unread(demo_app, "stelle", 1)
    me = person(demo_app, "stelle")
    sql = "SELECT n.id, n.case_id, c.title FROM notifications n JOIN cases c ON c.id = n.case_id"
    ((id_, case_id, title),) = run(demo_app, f"{sql} WHERE n.read_at IS NULL AND n.person_id = :p", p=me)
    run(demo_app, "DELETE FROM case_readers WHERE case_id = :c", c=case_id)
    office = Visitor(demo_app, "stelle")
    page = office.get("/notifications?unread=1")
    assert "Zu etwas, das Sie nicht mehr sehen können." in words(page)
    assert str(title) not in page.text
    assert f"/cases/{case_id}" not in page.text
    assert f"/notifications/{id_}" not in page.text
    assert office.get(f"/notifications/{id_}").location == "/notifications"
    assert new(office) == ""


def test_nobody_opens_or_reads_the_notices_of_others(demo_app):
    unread(demo_app, "stelle", 1)
    ((id_,),) = run(
        demo_app, "SELECT id FROM notifications WHERE read_at IS NULL AND person_id = :p", p=person(demo_app, "stelle")
    )
    other = Visitor(demo_app, "einwohnerin")
    assert other.get(f"/notifications/{id_}").status_code == 404
    other.client.post(
        "/notifications/read", data={"csrf_token": other.token("/notifications"), "until": 2**31 - 1}
    )  # fmt: skip
    assert new(Visitor(demo_app, "stelle")) == "1 neu"


CHOSEN = {
    "way": "weekly", "hour": "17", "weekday": "4", "mail_news": "y", "quiet_from": "22:00", "quiet_until": "06:30",
    "zone": "Asia/Tokyo", "language": "en",
}  # fmt: skip


def test_somebody_chooses_how_to_be_told(demo_app):
    resident = Visitor(demo_app, "einwohnerin")
    page = resident.get("/account/notifications").text
    assert re.search(r'<input[^>]*checked[^>]*value="daily"', page)
    assert resident.post("/account/notifications", **CHOSEN).location == "/account/notifications"
    ((way, weekday, hour, zone, off),) = run(demo_app, "SELECT way, weekday, hour, zone, not_mailed FROM preferences")
    assert (way, weekday, hour, zone, off) == ("weekly", 4, 17, "Asia/Tokyo", '["deadline", "followed"]')
    page = resident.get("/account/notifications").text
    assert "How you want to be told" in page
    assert 'value="22:00"' in page
    assert '<option selected value="Asia/Tokyo">' in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"zone": "Europe/Atlantis"}, "Bitte wählen Sie eine der Möglichkeiten."),
        ({"quiet_from": "25:99"}, "Bitte geben Sie eine Uhrzeit wie 22:00 ein."),
        ({"quiet_until": ""}, "Eine Ruhezeit braucht Anfang und Ende."),
        ({"hour": "24"}, "Bitte wählen Sie eine der Möglichkeiten."),
        ({"way": "pigeon"}, "Bitte wählen Sie eine der Möglichkeiten."),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_kept(demo_app, wrong, said):
    resident = Visitor(demo_app, "einwohnerin")
    answer = resident.post("/account/notifications", **{**CHOSEN, **wrong})
    assert answer.status_code == 422
    assert said in words(answer), words(answer)
    assert run(demo_app, "SELECT * FROM preferences") == []


def test_a_time_zone_that_is_gone_is_said_and_the_towns_time_counts(demo_app):
    resident = Visitor(demo_app, "einwohnerin")
    resident.post("/account/notifications", **{**CHOSEN, "language": "de"})
    run(demo_app, "UPDATE preferences SET zone = 'Europe/Atlantis'")
    page = words(resident.get("/account/notifications"))
    assert "Die Zeitzone, die Sie gewählt hatten, gibt es nicht mehr." in page


def test_a_member_wants_no_news_of_a_case_and_later_again(demo_app):
    sql = "SELECT case_id FROM case_parties p JOIN memberships m USING (organization_id) WHERE m.person_id = :p LIMIT 1"
    ((case_id,),) = run(demo_app, sql, p=person(demo_app, "stelle"))
    office, case = Visitor(demo_app, "stelle"), f"/cases/{case_id}"
    assert "Nichts Neues aus diesem Vorgang" in words(office.get(case))
    assert office.post(f"{case}/mute", page=case).location == case
    assert run(demo_app, "SELECT case_id FROM mutes") == [(case_id,)]
    assert "Wieder Neues aus diesem Vorgang" in words(office.get("/account/notifications"))
    assert "Wieder Neues aus diesem Vorgang" in words(office.get(case))
    office.client.post(f"{case}/mute", data={"csrf_token": office.token(case), "stop": "1"})
    assert run(demo_app, "SELECT case_id FROM mutes") == []
    assert office.post("/cases/999999/mute", page="/account").status_code == 404


# ------------------------------------------------------------------ stopping mails from a mail


def stop_link(app: Flask, who: str, what: str) -> str:
    return f"/unsubscribe/{unsubscribe.token(app.config['SECRET_KEY'], person(app, who), what)}"


def test_one_click_stops_mails_without_signing_in_and_without_a_token_of_a_form(demo_app):
    mail_program = demo_app.test_client()
    link = stop_link(demo_app, "stelle", "all")
    with clock.at(LOADED):
        for _time in range(2):
            answer = mail_program.post(link, data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200
            assert "E-Mails sind abbestellt" in words(answer) or "Mails are stopped" in words(answer)
    assert run(demo_app, "SELECT way FROM preferences") == [("site",)]


def test_looking_at_the_link_changes_nothing_and_its_button_does(demo_app):
    link = stop_link(demo_app, "stelle", "topic:news")
    stranger = Visitor(demo_app)
    page = stranger.get(link)
    assert page.status_code == 200
    assert "Lena" not in page.text
    assert run(demo_app, "SELECT * FROM preferences") == []
    assert stranger.post(link).status_code == 200
    assert run(demo_app, "SELECT not_mailed FROM preferences") == [('["news"]',)]


def test_the_link_for_a_case_says_nothing_about_it(demo_app):
    ((case_id, title),) = run(demo_app, "SELECT id, title FROM cases ORDER BY id DESC LIMIT 1")
    link = stop_link(demo_app, "stelle", f"case:{case_id}")
    stranger = Visitor(demo_app)
    answers = [stranger.get(link), stranger.post(link), stranger.get(stop_link(demo_app, "stelle", "case:999999"))]
    assert {answer.status_code for answer in answers} == {200}
    assert not any(str(title) in answer.text or f"/cases/{case_id}" in answer.text for answer in answers)
    assert run(demo_app, "SELECT case_id FROM mutes") == [(case_id,)]


@pytest.mark.parametrize("broken", ["x", "WzMsImFsbCJd.AAAA", "%00", "a" * 3000])
def test_a_broken_link_is_said_to_be_one(demo_app, broken):
    for method in ("get", "post"):
        assert getattr(demo_app.test_client(), method)(f"/unsubscribe/{broken}").status_code == 404


# ------------------------------------------------------------------ deliveries that failed


def test_an_address_that_refuses_mails_is_seen_by_its_owner_and_by_administrators_and_confirmed_again(demo_app):
    me = person(demo_app, "einwohnerin")
    run(demo_app, "UPDATE people SET email_refused_at = '2026-11-20 10:00:00' WHERE id = :p", p=me)
    resident, office = Visitor(demo_app, "einwohnerin"), Visitor(demo_app, "stelle")
    assert "Ihre E-Mail-Adresse nimmt keine E-Mails an" in words(resident.get("/account"))
    assert "nimmt keine E-Mails an" in words(office.get(f"/people/{me}"))
    assert resident.post("/account/address/confirm", page="/account").location == "/account"
    work(demo_app)
    link = re.search(r"(/account/link/\S+)", words(office.get("/mail")))
    assert link
    assert resident.post(link.group(1)).status_code == 302
    assert run(demo_app, "SELECT email_refused_at FROM people WHERE id = :p", p=me) == [(None,)]
    assert "nimmt keine E-Mails an" not in words(resident.get("/account"))


def work(app: Flask) -> None:
    """What the worker does with what is due."""
    with app.app_context(), clock.at(LOADED):
        work_off()


def test_administrators_find_the_mails_of_the_demonstration_and_those_that_did_not_arrive(demo_app):
    office = Visitor(demo_app, "stelle")
    page = words(office.get("/mail"))
    assert "Guten Tag, " in page
    assert "Wie Sie benachrichtigt werden:" in page
    assert "Soweit wir wissen, sind alle E-Mails angekommen." in words(office.get("/mail?undelivered=1"))
    run(
        demo_app,
        "UPDATE mails SET state = 'refused', reason = 'unknown', body = NULL, html = NULL"
        " WHERE id = (SELECT max(id) FROM mails)",
    )
    assert "vom Mailserver abgelehnt: diese Adresse gibt es nicht" in words(office.get("/mail?undelivered=1"))
