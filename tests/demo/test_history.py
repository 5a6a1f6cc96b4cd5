"""Flensburg's history as its source tells it: every figure with its provenance, nothing invented."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from tests.views.browsing import Visitor, words
from workflow_app import cases, demo
from workflow_app.cases.replay import verify
from workflow_app.demo.source import BrokenSource, facts, read
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.processes.concept import concept


def imported(app, key: str) -> tuple[int, str, str, dict[str, Any]]:
    with app.app_context():
        row = db.session.execute(
            text("SELECT id, title, state, data FROM cases WHERE key = :k"), {"k": f"flensburg:{key}"}
        ).one()
    return row.id, row.title, row.state, json.loads(row.data)


def payloads(app, case_id: int) -> list[dict[str, Any]]:
    with app.app_context():
        rows = db.session.execute(
            text("SELECT body FROM case_event_payloads WHERE case_id = :c ORDER BY seq"), {"c": case_id}
        )
        return [json.loads(body) for (body,) in rows]


def test_every_measure_of_the_source_is_there_with_its_title_and_figures(demo_app):
    for told in facts()["measures"]:
        _id, title, _state, data = imported(demo_app, told["id"])
        assert title == told["title"]
        assert [i["name"] for i in data["indicators"]] == [i["name"] for i in told.get("indicators", ())]
        for here, there in zip(data["indicators"], told.get("indicators", ()), strict=True):
            assert here.get("value") == there.get("value")
            assert here.get("pct") == there.get("pct")
            assert here.get("comparator") == there.get("comparator")
            if there.get("src") == "derived":
                assert here["formula"] == there["formula"]


def test_immediate_measures_single_projects_and_concepts_are_what_they_were(demo_app):
    kinds = [imported(demo_app, m["id"])[3]["kind"] for m in facts()["measures"]]
    assert (kinds.count("immediate"), kinds.count("single_project"), kinds.count("concept")) == (3, 2, 11)
    assert imported(demo_app, "k1")[2] == "replaced"
    assert imported(demo_app, "k2")[2] == "in_force"
    assert imported(demo_app, "m01")[2] == "finished"
    assert imported(demo_app, "m04")[2] == "running"


def test_everything_that_happened_has_words_a_date_as_written_and_a_source(demo_app):
    with demo_app.app_context():
        ids = list(db.session.scalars(text("SELECT id FROM cases WHERE imported")))
    assert len(ids) == 18 + 1 + 22
    for case_id in ids:
        for body in payloads(demo_app, case_id):
            assert body["wording"]
            assert body["dated"]["text"]
            assert body["source"]["src"] in ("seed", "web", "derived")


def test_vague_dates_stay_as_they_were_written(demo_app):
    dates = [body["dated"]["text"] for body in payloads(demo_app, imported(demo_app, "k1")[0])]
    assert "Ende März 2010" in dates
    assert "2009-12" in dates
    assert "2009" in dates
    with demo_app.app_context():
        start = db.session.scalar(text("SELECT start_date FROM organizations WHERE key = 'ag-polmosch'"))
    assert start == "Mitte 2015"


def test_what_we_calculated_shows_its_formula_and_what_is_unknown_says_so(demo_app):
    page = words(Visitor(demo_app).get(f"/cases/{imported(demo_app, 'k1')[0]}"))
    assert "Von uns berechnet: sieben Monate nach Aufnahme der Arbeit" in page
    assert "Beschlossen am nicht angegeben" in page
    pool = words(Visitor(demo_app).get(f"/cases/{imported(demo_app, 'm04')[0]}"))
    assert "436" in pool
    assert "Zuständige Stelle nicht angegeben Die Quelle sagt dazu nichts." in pool
    opening = words(Visitor(demo_app).get(f"/cases/{imported(demo_app, 'm11')[0]}"))
    assert "6,8 %" in opening
    assert "35/511 = 6.849 %" in opening


def test_every_contradiction_of_the_source_is_shown_where_it_belongs(demo_app):
    shown = " ".join(words(Visitor(demo_app).get(f"/cases/{imported(demo_app, key)[0]}")) for key in ("k1", "k2"))
    for issue in facts()["source_issues"]:
        assert issue["text"] in shown, issue["id"]
    groups = imported(demo_app, "k1")[3]["working_groups"]
    assert len(groups) == 6
    assert "angekündigt, sechs aufgezählt" in shown


def test_imported_history_tells_nobody_and_starts_no_deadline(demo_app):
    with demo_app.app_context():
        for table in ("outbox", "due_dates"):
            found = db.session.scalar(
                text(f"SELECT count(*) FROM {table} WHERE case_id IN (SELECT id FROM cases WHERE imported)")
            )
            assert found == 0, table


def test_loading_again_changes_nothing(demo_app):
    with demo_app.app_context():
        count = "SELECT (SELECT count(*) FROM case_events), (SELECT count(*) FROM people)"
        before = tuple(db.session.execute(text(count)).one())
        db.session.rollback()
        demo.load(echo=lambda text: None)
        assert tuple(db.session.execute(text(count)).one()) == before


def test_a_concept_in_each_phase_and_deadlines_overdue_near_and_far(demo_app):
    with demo_app.app_context():
        states = set(db.session.scalars(text("SELECT state FROM cases WHERE process = 'concept' AND example")))
        days = [str(d) for d in db.session.scalars(text("SELECT due_on FROM due_dates WHERE status = 'running'"))]
    assert states == set(concept.state_by_name)
    assert min(days) < "2026-11-24" < max(days)
    assert any("2026-11-24" <= day <= "2026-12-08" for day in days)


def test_a_report_is_running_with_one_owner_late(demo_app):
    with demo_app.app_context():
        sql = (
            "SELECT r.state FROM cases r JOIN cases p ON p.id = r.parent_id"
            " WHERE r.process = 'status_request' AND p.state = 'collecting' ORDER BY r.state"
        )
        assert list(db.session.scalars(text(sql))) == ["accepted", "answered", "reminded"]
        late = "SELECT count(*) FROM due_dates WHERE name = 'answer' AND status = 'running' AND due_on < '2026-11-24'"
        assert db.session.scalar(text(late)) == 1


def test_a_published_report_has_a_red_measure_to_be_decided(demo_app):
    with demo_app.app_context():
        data = db.session.scalar(text("SELECT data FROM cases WHERE state = 'published' AND process LIKE 'impl%'"))
    assert [red["title"] for red in json.loads(data)["reds"]] == ["Helle Wege im Park"]


def test_people_were_told_when_it_happened(demo_app):
    with demo_app.app_context():
        assert list(db.session.scalars(text("SELECT DISTINCT state FROM outbox"))) == ["done"]
        days = {str(d)[:10] for d in db.session.scalars(text("SELECT created_at FROM notifications"))}
    assert len(days) > 50
    assert max(days) <= "2026-11-24"


@pytest.mark.parametrize("day", ["2026-01-04", "2027-12-31", "2028-02-29", "2029-04-03"])
def test_the_examples_can_be_told_on_any_day(app, day):
    with app.app_context(), clock.at(datetime.fromisoformat(f"{day}T09:00:00+00:00")):
        demo.load(echo=lambda text: None)
        assert db.session.scalar(text("SELECT count(*) FROM cases WHERE example")) > 60


def test_every_case_of_the_demonstration_is_what_its_history_says(demo_app):
    with demo_app.app_context():
        ids = list(db.session.scalars(text("SELECT id FROM cases")))
        store = cases.current()
        with store.store.transaction() as tx:
            assert [f for f in verify(store.registry, tx, ids) if f.faults] == []


@pytest.mark.parametrize("broken", ["a: [1, 2", "- just\n- a list", "organizations: []", ""])
def test_a_broken_file_of_facts_is_refused_in_words(tmp_path, broken):
    path = tmp_path / "facts.yaml"
    path.write_text(broken)
    with pytest.raises(BrokenSource, match=r"facts\.yaml"):
        read(path)
