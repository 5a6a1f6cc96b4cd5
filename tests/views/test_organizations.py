"""The organizations of a town, entered and changed by administrators: from nothing to the first case."""

from __future__ import annotations

import re

from sqlalchemy import insert, select, text

from tests.conftest import LOADED
from tests.jobs.working import work
from tests.views.browsing import PASSWORD, Visitor, words
from workflow_app import cases, people
from workflow_app.cases import reindexing
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.models import Organization
from workflow_app.people import first, passwords


def one(app, sql: str):
    with app.app_context():
        return db.session.execute(text(sql)).scalar()


def named(app, name: str) -> int:
    return int(one(app, f"SELECT id FROM organizations WHERE name = '{name}'"))


def test_a_new_town_comes_from_nothing_to_its_first_case(app, monkeypatch):
    monkeypatch.setattr(passwords, "must_be_good", lambda *_any: None)
    with app.app_context():
        first.create(
            people.current(), "stelle@flensburg.example", "Anna", password=PASSWORD, administrator_of="verwaltung"
        )
        bo_id = first.create(people.current(), "vorstand@flensburg.example", "Bo", password=PASSWORD).person_id
    anna = Visitor(app, "stelle")
    assert "Die ersten Schritte einer neuen Stadt" in words(anna.get("/desk"))
    office = f"/organizations/{named(app, 'verwaltung')}"
    anna.post(f"{office}/change", name="Fachbereich Willkommen", kind="administration", parent="")
    for name, kind in (
        ("Ratsversammlung", "council"),
        ("Runder Tisch", "round_table"),
        ("Gremienbüro", "administration"),
    ):
        assert anna.post("/organizations/new", name=name, kind=kind, parent="").status_code == 302
    council = named(app, "Ratsversammlung")
    anna.post("/organizations/new", name="Hauptausschuss", kind="committee", parent=str(council))
    table = named(app, "Runder Tisch")
    anna.post("/organizations/new", name="Vorstand des Runden Tisches", kind="board", parent=str(table))
    page = words(anna.get(f"/organizations/{council}"))
    assert "Hauptausschuss" in page
    assert "Anna hat „Ratsversammlung“ eingetragen." in page
    for organization, role in ((table, "member"), (named(app, "Vorstand des Runden Tisches"), "chair")):
        given = anna.post(f"/people/{bo_id}/role", organization=organization, role=role, start="", end="")
        assert given.status_code == 302
    bo = Visitor(app, "vorstand")
    assert "Die ersten Schritte" not in words(bo.get("/desk"))
    (begin,) = re.findall(r'href="([^"]+)"[^>]*><span class="kern-label">Antrag<', bo.get("/desk").text)
    begun = words(bo.get(begin))
    for offered in ("Runder Tisch", "Vorstand des Runden Tisches", "Fachbereich Willkommen", "Gremienbüro"):
        assert offered in begun
    assert "Hauptausschuss" not in begun  # no round table, and no part of the administration


def test_a_renamed_organization_is_found_by_its_new_name_in_every_case(demo_app):
    office, group = Visitor(demo_app, "stelle"), named(demo_app, "AG Wohnen")
    found = {int(i) for i in re.findall(r"/cases/(\d+)\"", office.get("/search?text=%22AG+Wohnen%22").text)}
    assert found
    changed = {"name": "AG Quartier & „Umbau“ 100%_neu!", "kind": "working_group", "parent": ""}
    assert office.post(f"/organizations/{group}/change", **changed).location == f"/organizations/{group}"
    with demo_app.app_context(), clock.at(LOADED):
        work()
        assert [wrong for _n, wrong in reindexing.check(cases.current()) if wrong] == []
    for words_typed in ("Quartier", "Umbau"):
        renamed = office.get(f"/search?text={words_typed}").text
        assert found <= {int(i) for i in re.findall(r"/cases/(\d+)\"", renamed)}
    again = {"name": "AG Wohnen", "kind": "working_group", "parent": ""}
    office.post(f"/organizations/{group}/change", **again)
    with demo_app.app_context(), clock.at(LOADED):
        work()
        assert [wrong for _n, wrong in reindexing.check(cases.current()) if wrong] == []
    page = words(office.get(f"/organizations/{group}"))
    assert "hat den Namen von „AG Wohnen“ in „AG Quartier &amp; „Umbau“ 100%_neu!“ geändert." in page


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(demo_app):
    office = Visitor(demo_app, "stelle")
    taken = office.post("/organizations/new", name="stadtbibliothek", kind="administration", parent="")
    assert taken.status_code == 422
    assert "Eine Organisation mit diesem Namen gibt es schon." in words(taken)
    assert 'value="stadtbibliothek"' in taken.text
    missing = office.post("/organizations/new", name="", kind="", parent="999999")
    assert (missing.status_code, words(missing).count("Bitte füllen Sie dieses Feld aus.")) == (422, 2)
    for rubbish in ("after=x&id=x", "after=%00&id=1", "id=99999999999999999999", "text=%25_%27%22%00", "after=&id=-1"):
        assert office.get(f"/organizations?{rubbish}").status_code == 200
    assert office.get("/organizations/999999").status_code == 404
    assert office.get(f"/organizations/{named(demo_app, 'Stadtbibliothek')}?before=99999999999999").status_code == 200


def test_one_that_has_ended_is_offered_no_more(demo_app):
    office, library = Visitor(demo_app, "stelle"), named(demo_app, "Stadtbibliothek")
    page = f"/organizations/{library}"
    assert office.post(f"{page}/end", page=page).location == page
    assert "beendet" in words(office.get(page))
    somebody = one(demo_app, "SELECT id FROM people WHERE email = 'ag@flensburg.example'")
    assert "Stadtbibliothek" not in words(office.get(f"/people/{somebody}/role"))
    again = office.post(f"{page}/end", page=page)
    assert (again.status_code, "schon beendet" in words(again)) == (409, True)
    office.post(f"{page}/resume", page=page)
    assert "Stadtbibliothek" in words(office.get(f"/people/{somebody}/role"))


def test_paging_leads_through_all_once_and_so_does_a_search(demo_app):
    with demo_app.app_context():
        names = [f"Verein {n // 3}" for n in range(1100)]
        names[1099] = "ZZ Zuletzt Ömer"
        db.session.execute(
            insert(Organization), [{"name": n, "organization_type": "Institution", "facts": {}} for n in names]
        )
        db.session.commit()
        total = len(db.session.scalars(select(Organization.id)).all())
    office = Visitor(demo_app, "stelle")
    for start, expected in (
        ("/organizations", total),
        ("/organizations?text=ömer", 1),
        ("/organizations?text=verein+17", 42),
    ):
        path, found = start, []
        while path:
            page = office.get(path).text
            found += re.findall(r'<th scope="row"><a href="/organizations/(\d+)"', page)
            further = re.search(r'<a href="([^"]+)" rel="next"', page)
            path = further.group(1).replace("&amp;", "&") if further else ""
        assert len(found) == len(set(found)) == expected, start
