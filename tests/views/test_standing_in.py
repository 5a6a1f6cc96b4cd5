"""What a deputy did for an absent member, as those read it who take part, and as others do."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import text

from tests.views import papers
from tests.views.browsing import Visitor, words
from tests.views.papers import add, pdf
from tests.views.test_cases import case
from workflow_app.extensions import db

TAREK = "SELECT id FROM people WHERE email = 'buergerbuero@flensburg.example'"
FOR_HER = "Tarek Probe in Vertretung von Meike Beispiel"


def test_the_library_is_away_and_its_deputy_notes_how_a_measure_stands(demo_app: Flask) -> None:
    measure = case(demo_app, "Vorlesen im Park", "measure")
    page, tarek = f"/cases/{measure}", Visitor(demo_app, "buergerbuero")
    noted = tarek.post(f"{page}/steps/note_status", status="running", light="green", text="Auch im Herbst.")
    assert noted.status_code == 302
    told = f"{FOR_HER} hat notiert, wie es um die Maßnahme steht."
    assert told in words(tarek.get(page))
    assert told in words(Visitor(demo_app, "bibliothek").get(page))
    english = Visitor(demo_app, "bibliothek")
    english.post("/language", page=page, language="en")
    assert "Tarek Probe (standing in for Meike Beispiel) noted how the measure stands." in words(english.get(page))
    public = words(Visitor(demo_app).get(page))
    assert "Jemand (" in public
    assert "Tarek Probe" not in public
    assert "Meike Beispiel" not in public


def test_a_document_says_for_whom_it_was_added_and_withdrawn(demo_app: Flask) -> None:
    with demo_app.app_context():  # as long as he belongs to an office himself, he may add documents for himself
        db.session.execute(text(f"DELETE FROM memberships WHERE deputy_of_id IS NULL AND person_id = ({TAREK})"))
        db.session.commit()
    measure = case(demo_app, "Vorlesen im Park", "measure")
    page, tarek = f"/cases/{measure}", Visitor(demo_app, "buergerbuero")
    assert add(tarek, measure, pdf()).status_code == 302
    document = f"/documents/{papers.document(demo_app, 'Plan')}"
    assert f"· {FOR_HER}" in words(tarek.get(document))
    assert tarek.post(f"{document}/withdraw", version="all", reason="Der falsche Plan.").status_code == 302
    assert f"von {FOR_HER}: Der falsche Plan." in words(tarek.get(document))
    assert f"{FOR_HER} hat eine Unterlage zurückgezogen." in words(tarek.get(page))
    public = words(Visitor(demo_app).get(document))
    assert "Der falsche Plan." in public
    assert "Probe" not in public


def test_who_is_a_member_too_acts_for_themselves(demo_app: Flask) -> None:
    jens, ida = Visitor(demo_app, "steuerung"), Visitor(demo_app, "steuerung2")
    assert jens.post("/account/absence", start="2026-11-24", end="2026-11-30").status_code == 302
    page = f"/cases/{case(demo_app, 'Willkommensmappe', 'measure')}"
    assert ida.post(f"{page}/steps/take_into_draft").status_code == 302
    assert " Ida Muster hat den Vorschlag in den Entwurf aufgenommen." in words(jens.get(page))
