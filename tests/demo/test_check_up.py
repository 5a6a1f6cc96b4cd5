"""Flensburg's Check Up as its source tells it, and living examples of Check Ups in every hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from tests.views.browsing import Visitor, words
from workflow_app.extensions import db
from workflow_app.processes.recommendation import recommendation
from workflow_app.processes.status_analysis import status_analysis

IMPORTED = (
    "SELECT c.id, c.title, c.state, c.data FROM cases c JOIN cases p ON p.id = c.parent_id"
    " WHERE c.process = 'recommendation' AND p.key = 'flensburg:checkup' ORDER BY c.id"
)


def found(app, sql: str) -> list[tuple[Any, ...]]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(text(sql))]


def test_the_check_up_is_below_the_second_concept_with_its_seven_fields_and_its_question(demo_app):
    sql = "SELECT c.id, c.state, p.key, c.data FROM cases c JOIN cases p ON p.id = c.parent_id WHERE c.key = '{}'"
    ((id_, state, parent, data),) = found(demo_app, sql.format("flensburg:checkup"))
    assert (state, parent) == ("consolidating", "flensburg:k2")
    fields = [field["name"] for field in json.loads(data)["fields"]]
    assert fields == ["Arbeit", "Sprache", "Wohnen", "Teilhabe", "Engagement", "Akzeptanz", "Koordination"]
    page = words(Visitor(demo_app).get(f"/cases/{id_}"))
    assert "Wie gelingt die Integration der zu uns geflohenen Menschen" in page
    assert "Koordinierungsstelle für Flüchtlinge" in page
    assert "HÖHN CONSULTING" in page
    assert "C 37a nennt den Check Up Integration von anderswo übernommen" in page
    assert "Empfehlungen insgesamt 22" in page


def test_22_recommendations_are_counted_five_with_a_name_and_17_that_nobody_has_named(demo_app):
    rows = found(demo_app, IMPORTED)
    named = [row for row in rows if not row[1].startswith("Nicht benannte Empfehlung")]
    assert (len(rows), len(named), len({row[1] for row in rows})) == (22, 5, 22)
    assert "Wohnzertifikat" in [row[1] for row in named]
    for _id, title, _state, data in rows:
        told = json.loads(data)
        sources = told["_sources"]
        assert sources["owner"]["src"] == "unknown"
        if title.startswith("Nicht benannte"):
            assert sources["field_of_action"]["src"] == "unknown"
            assert "field_of_action" not in told
        else:
            assert sources["field_of_action"]["src"] == "derived"


def test_what_is_not_named_says_so_on_its_page_and_what_we_concluded_too(demo_app):
    rows = found(demo_app, IMPORTED)
    unnamed = next(row for row in rows if row[1].startswith("Nicht benannte"))
    page = words(Visitor(demo_app).get(f"/cases/{unnamed[0]}"))
    assert "17 weitere, im Wettbewerbsbeitrag nicht genannt" in page
    assert "Zuständige Stelle nicht angegeben" in page
    certificate = next(row for row in rows if row[1] == "Wohnzertifikat")
    page = words(Visitor(demo_app).get(f"/cases/{certificate[0]}"))
    assert "Von uns berechnet: aus dem Titel erschlossen" in page


def test_fields_and_recommendations_are_there_in_every_interesting_state(demo_app):
    states = {
        process: {row[0] for row in found(demo_app, f"SELECT state FROM cases WHERE example AND process = '{process}'")}
        for process in ("check_up", "status_analysis", "recommendation")
    }
    assert states["check_up"] == {"in_groups", "reported"}
    assert states["status_analysis"] == set(status_analysis.state_by_name) - {"agreed", "closed", "handed_over"}
    assert states["recommendation"] == set(recommendation.state_by_name) - {"withdrawn"}


@pytest.mark.parametrize(
    ("account", "work"),
    [
        ("ag", "Mappe „Gut wohnen“ in acht Sprachen"),
        ("ag2", "Patenschaften im Haus"),
        ("beratung", "Wohnsprechstunde am Abend"),
        ("stelle", "Haus der Vereine"),
        ("gremien", "Bänke vor den Häusern"),
        ("fachbereich", "Fest der Nachbarschaft"),
        ("buergerbuero", "Nachbarschaftsbus"),
    ],
)
def test_everybody_finds_a_days_work(demo_app, account, work):
    sql = (
        "SELECT DISTINCT c.title FROM open_steps o JOIN cases c ON c.id = o.case_id JOIN memberships m"
        " ON o.principal IN ('member@' || m.organization_id, m.role || '@' || m.organization_id)"
        f" JOIN people p ON p.id = m.person_id WHERE p.email = '{account}@flensburg.example'"
        " AND c.process IN ('check_up', 'status_analysis', 'recommendation')"
    )
    assert work in [row[0] for row in found(demo_app, sql)]


def test_a_recommendation_of_the_examples_is_a_running_measure_of_its_concept(demo_app):
    sql = (
        "SELECT m.state, r.state, g.title FROM cases m JOIN case_links l ON l.from_id = m.id AND l.kind = 'came_from'"
        " JOIN cases r ON r.id = l.to_id JOIN cases g ON g.id = m.parent_id WHERE r.process = 'recommendation'"
        " AND m.process = 'measure'"
    )
    assert found(demo_app, sql) == [("running", "implementing", "Konzept „Zusammenhalt gestalten“")]


def test_recommendations_are_merged_with_others_of_their_own_check_up_only(demo_app):
    ((case,),) = found(demo_app, "SELECT id FROM cases WHERE process = 'check_up' AND state = 'in_groups'")
    form = words(Visitor(demo_app, "beratung").get(f"/cases/{case}/steps/merge_recommendations"))
    assert "Wohnsprechstunde am Abend" in form
    assert "Fest der Nachbarschaft" not in form  # of another Check Up, though everyone may see it


def test_a_resident_reads_the_report_and_what_became_of_each_but_no_draft(demo_app):
    ((report,),) = found(demo_app, "SELECT id FROM cases WHERE process = 'check_up' AND state = 'reported'")
    page = words(Visitor(demo_app).get(f"/cases/{report}"))
    assert "Vieles ist da, aber wenige wissen davon." in page
    assert "nicht benannt" in page
    assert "Es hängt am Rathaus und wird viel benutzt." in page
    ((draft,),) = found(demo_app, "SELECT id FROM cases WHERE process = 'recommendation' AND state = 'drafted'")
    assert Visitor(demo_app).get(f"/cases/{draft}").status_code == 404
