"""The page of the own account: what it shows and what can be changed there."""

from __future__ import annotations

from sqlalchemy import text

from tests.views.browsing import Visitor, words
from workflow_app.extensions import db

GOOD = "vier schlichte Wörter hier"
OLD = "teilhabe-demo"


def one(app, sql: str):
    with app.app_context():
        return db.session.execute(text(sql)).scalar()


def seat(app, who: str) -> int:
    return int(
        one(app, f"SELECT m.id FROM memberships m JOIN people p ON p.id = m.person_id WHERE email LIKE '{who}@%'")
    )


def test_everybody_finds_what_is_kept_about_them(demo_app):
    page = Visitor(demo_app, "steuerung").get("/account")
    read = words(page)
    for said in (
        "Jens Muster",
        "steuerung@flensburg.example",
        "Steuerungsgruppe",
        "Vorsitz",
        "Ida Muster",
        "dieses Gerät",
    ):
        assert said in read
    assert 'href="/people"' not in page.text
    away = words(Visitor(demo_app, "bibliothek").get("/account"))
    assert "abwesend vom 23. November 2026 bis 7. Dezember 2026" in away
    assert "Die Systembetreuung hat Tarek Probe zur Vertretung von Meike Beispiel bestimmt" in away
    assert "Where you belong" in words(english(demo_app).get("/account"))


def english(app) -> Visitor:
    visitor = Visitor(app, "ag")
    visitor.post("/language", page="/account", language="en")
    return visitor


def test_name_and_language_are_changed(demo_app):
    visitor = Visitor(demo_app, "ag")
    visitor.post("/language", page="/account", language="de")
    assert 'value="Amal Beispiel"' in visitor.get("/account/details").text
    assert visitor.post("/account/details", name="", language="en").status_code == 422
    assert visitor.post("/account/details", name="Amal Neu", language="en").status_code == 302
    assert "My account" in words(visitor.get("/account"))
    assert "Amal Neu" in words(visitor.get("/desk"))


def test_a_new_password_ends_all_other_sign_ins(demo_app):
    here, phone = Visitor(demo_app, "ag"), Visitor(demo_app, "ag")
    wrong = here.post("/account/password", present="wrong", password=GOOD, again=GOOD)
    assert wrong.status_code == 422
    assert "nicht Ihr bisheriges Passwort" in words(wrong)
    assert phone.get("/desk").status_code == 200
    assert here.post("/account/password", present=OLD, password=GOOD, again=GOOD).location == "/account"
    assert (here.get("/desk").status_code, phone.get("/desk").status_code) == (200, 302)


def test_signing_out_elsewhere(demo_app):
    here, phone = Visitor(demo_app, "ag"), Visitor(demo_app, "ag")
    assert "Überall sonst abmelden" in words(here.get("/account"))
    here.post("/account/elsewhere", page="/account")
    assert (here.get("/desk").status_code, phone.get("/desk").status_code) == (200, 302)
    assert "Überall sonst abmelden" not in words(here.get("/account"))


def test_a_cookie_from_before_signing_out_is_worthless(demo_app):
    visitor, thief = Visitor(demo_app, "ag"), Visitor(demo_app)
    cookie = visitor.client.get_cookie("teilhabe")
    assert cookie
    thief.client.set_cookie("teilhabe", cookie.value)
    assert thief.get("/desk").status_code == 200
    visitor.post("/sign-out", page="/desk")
    thief.client.set_cookie("teilhabe", cookie.value)
    assert thief.get("/desk").status_code == 302


def test_a_new_address_is_asked_for_with_the_password(demo_app):
    visitor = Visitor(demo_app, "ag")
    assert visitor.post("/account/address", email="amal@new.example", present="wrong").status_code == 422
    taken = visitor.post("/account/address", email="stelle@flensburg.example", present=OLD)
    free = visitor.post("/account/address", email="amal@new.example", present=OLD)
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    assert "ag@flensburg.example" in words(visitor.get("/account"))


def test_absence_is_written_down_changed_and_ended(demo_app):
    visitor = Visitor(demo_app, "ag")
    backwards = visitor.post("/account/absence", start="2026-12-24", end="2026-12-01")
    assert backwards.status_code == 422
    assert "Das Ende läge vor dem Beginn." in words(backwards)
    visitor.post("/account/absence", start="2026-12-24", end="2027-01-02")
    assert "bald abwesend" in words(visitor.get("/account"))
    assert 'value="2026-12-24"' in visitor.get("/account/absence").text
    visitor.post("/account/absence", start="24.11.2026", end="")
    assert "abwesend ab 24. November 2026" in words(visitor.get("/account"))
    visitor.post("/account/absence/end", page="/account")
    assert "keine Abwesenheit" in words(visitor.get("/account"))


def test_a_colleague_becomes_a_deputy_and_is_one_no_longer(demo_app):
    amal, noor = Visitor(demo_app, "ag"), Visitor(demo_app, "ag2")
    group = f"/memberships/{seat(demo_app, 'ag')}/deputy"
    colleague = one(demo_app, "SELECT id FROM people WHERE email = 'ag2@flensburg.example'")
    assert "Noor Beispiel" in words(amal.get(group))
    assert "wählen Sie jemanden aus" in words(amal.post(group))
    assert noor.get(group).status_code == 404
    assert noor.post(group, page="/account", colleague=colleague).status_code == 404
    assert amal.post(group, colleague=colleague).status_code == 302
    assert "Vertretung von Amal Beispiel" in words(noor.get("/account"))
    made = one(demo_app, "SELECT max(id) FROM memberships")
    assert Visitor(demo_app, "einwohnerin").post(f"/deputies/{made}/end", page="/account").status_code == 404
    assert noor.post(f"/deputies/{made}/end", page="/account").status_code == 302
    assert "Noor Beispiel hat beendet, dass Noor Beispiel Amal Beispiel vertritt" in words(amal.get("/account"))


def test_an_unknown_address_reads_the_same_as_a_known_one(demo_app):
    amal = Visitor(demo_app, "ag")
    path, read = f"/memberships/{seat(demo_app, 'ag')}/deputy", []
    for email in ("einwohnerin@flensburg.example", "nobody@flensburg.example"):
        answer = amal.post(path, email=email)
        read.append((answer.status_code, answer.location, words(amal.get("/account"))))
    for status, location, page in read:
        assert (status, location) == (302, "/account")
        assert "Notiert. Wenn es zu dieser Adresse ein Konto gibt" in page


def test_the_way_back_stays_on_this_site(demo_app):
    amal = Visitor(demo_app, "ag")
    path = f"/memberships/{seat(demo_app, 'ag')}/deputy?next=https://evil.example/"
    assert "evil" not in amal.get(path).text.replace("next=https://evil.example/", "")
    assert amal.post(path, email="nobody@flensburg.example").location == "/desk"
