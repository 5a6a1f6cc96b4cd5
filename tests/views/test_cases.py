"""The day's work of each demonstration account on the pages of cases."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import text

from tests.views.browsing import Visitor, words
from workflow_app.extensions import db


def one(app, sql: str):
    with app.app_context():
        return db.session.execute(text(sql)).scalar()


def case(app, title: str, process: str = "concept", state: str | None = None) -> int:
    more = f" AND state = '{state}'" if state else ""
    found = one(app, f"SELECT max(id) FROM cases WHERE title LIKE '%{title}%' AND process = '{process}'{more}")
    assert found, title
    return int(found)


def test_the_working_group_proposes_a_measure_and_the_steering_group_takes_it(demo_app):
    concept = case(demo_app, "Miteinander im Quartier")
    group = one(demo_app, "SELECT id FROM organizations WHERE key = 'ag-beispiel'")
    ag = Visitor(demo_app, "ag")
    path = f"/cases/{concept}/steps/propose_measure"
    before = one(demo_app, "SELECT count(*) FROM cases")
    incomplete = ag.post(path, title="Ein Fest", goal="Freude")
    assert incomplete.status_code == 422
    assert "Bitte füllen Sie dieses Feld aus." in words(incomplete)
    assert 'value="Ein Fest"' in incomplete.text  # nothing is lost
    assert one(demo_app, "SELECT count(*) FROM cases") == before
    done = ag.post(
        path, title="Ein Fest", field_of_action="Nachbarschaft", guiding_principle="Zusammen", goal="Freude",
        description="Wir feiern.", participants="Alle", working_group=group,
    )  # fmt: skip
    assert done.status_code == 302
    measure = case(demo_app, "Ein Fest", "measure")
    chair = Visitor(demo_app, "steuerung")
    assert f"/cases/{measure}/steps/take_into_draft" in chair.get(f"/cases/{measure}").text
    assert chair.post(f"/cases/{measure}/steps/take_into_draft").status_code == 302
    assert one(demo_app, f"SELECT state FROM cases WHERE id = {measure}") == "taken_into_draft"
    assert "Jens Muster hat den Vorschlag in den Entwurf aufgenommen." in words(chair.get(f"/cases/{measure}"))


def test_two_of_the_steering_group_agree_and_the_draft_is_approved(demo_app):
    concept = case(demo_app, "Willkommen an der Förde", state="assembling")
    for who in ("steuerung", "vorstand"):
        assert Visitor(demo_app, who).post(f"/cases/{concept}/steps/approve_draft").status_code == 302
    assert one(demo_app, f"SELECT state FROM cases WHERE id = {concept}") == "internal_draft"


def test_a_resident_comments_and_the_office_answers(demo_app):
    concept = case(demo_app, "Gesund leben", state="public_draft")
    resident = Visitor(demo_app, "einwohnerin")
    sent = resident.post(f"/cases/{concept}/steps/comment", title="Mehr Grün", text="Bitte mehr Bäume.", public="y")
    assert sent.status_code == 302
    comment = case(demo_app, "Mehr Grün", "submission")
    assert resident.get(f"/cases/{comment}").status_code == 200  # who sent it may see it
    assert Visitor(demo_app).get(f"/cases/{comment}").status_code == 404
    office = Visitor(demo_app, "stelle")
    answer = office.post(f"/cases/{comment}/steps/answer", weighing="takenOver", reason="Sehr gern.")
    assert answer.status_code == 302
    assert "Sehr gern." in words(resident.get(f"/cases/{comment}"))


def test_the_council_office_records_an_outcome_and_the_decider_waits(demo_app):
    concept = case(demo_app, "Sprache verbindet", state="in_consultation")
    path = f"/cases/{concept}/steps/record_outcome"
    visitor = Visitor(demo_app, "gremien")
    too_early = visitor.post(path, consultation=1, outcome="adopted", on="2026-11-20", yes=30, no=0, abstained=0)
    assert too_early.status_code == 409
    assert "müssen sich zuerst äußern" in words(too_early)
    assert visitor.post(path, consultation=0, outcome="preliminaryDone", on="2026-11-20").status_code == 302
    done = visitor.post(path, consultation=1, outcome="adopted", on="2026-11-23", yes=30, no=0, abstained=0)
    assert done.status_code == 302
    assert one(demo_app, f"SELECT state FROM cases WHERE id = {concept}") == "adopted"


def test_the_office_opens_a_case_of_its_own(demo_app):
    ids = {
        part: one(demo_app, f"SELECT id FROM organizations WHERE key = '{key}'")
        for part, key in (("office", "ko-int"), ("lead_department", "fb-ews"), ("council_office", "gremienbuero"))
    }
    office = Visitor(demo_app, "stelle")
    made = office.post("/cases/new/concept", title="Konzept „Wasser“", **ids)
    assert made.status_code == 302
    assert "Konzept „Wasser“" in words(office.get(made.location))
    assert Visitor(demo_app, "einwohnerin").post("/cases/new/concept", title="Nein", **ids).status_code == 403
    assert Visitor(demo_app).get(made.location).status_code == 404


def test_a_stale_page_is_told_and_keeps_what_was_written(demo_app):
    concept = case(demo_app, "Miteinander im Quartier")
    path = f"/cases/{concept}/steps/state_date"
    entries = {"what": "kicked_off_on", "value": "Herbst", "source": "Zeitung vom Samstag"}
    slow, quick = Visitor(demo_app, "stelle"), Visitor(demo_app, "stelle")
    seen = re.search(r'name="seq" value="(\d+)"', slow.get(path).text)
    assert seen
    assert quick.post(path, **entries).status_code == 302
    late = slow.post(path, **{**entries, "seq": seen.group(1)})
    assert late.status_code == 409
    assert "Jemand war schneller" in words(late)
    assert "Zeitung vom Samstag" in late.text
    assert slow.post(path, **entries).status_code == 302  # looked again, sent again


def test_a_double_click_is_one_step(demo_app):
    concept = case(demo_app, "Miteinander im Quartier")
    path = f"/cases/{concept}/steps/state_date"
    entries = {"what": "kicked_off_on", "value": "Herbst", "source": "Zeitung", "key": "a" * 32}
    office = Visitor(demo_app, "stelle")
    before = one(demo_app, f"SELECT seq FROM cases WHERE id = {concept}")
    assert [office.post(path, **entries).status_code for _ in range(2)] == [302, 302]
    assert one(demo_app, f"SELECT seq FROM cases WHERE id = {concept}") == before + 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/cases/999999", 404), ("/cases/abc", 404), ("/cases?process=nothing", 404), ("/cases?after=x", 200),
        ("/cases?text=%25_%27%22%00", 200), ("/cases/1/steps/nothing", 404), ("/cases/999999/steps/publish", 404),
        ("/cases/new/nothing", 404), ("/cases/new/status_request", 404), ("/processes/nothing", 404),
        ("/cases/99999999999999999999", 404),
    ],
)  # fmt: skip
def test_rubbish_is_answered_in_words(demo_app, path, status):
    answer = Visitor(demo_app, "stelle").get(path)
    assert answer.status_code == status
    assert "Traceback" not in answer.text


def test_too_large_a_request_is_refused_in_words(demo_app):
    demo_app.config["MAX_CONTENT_LENGTH"] = 10_000
    answer = Visitor(demo_app).client.post("/sign-in", data={"email": "x" * 20_000})
    assert answer.status_code == 413
    assert "größer" in words(answer)


def test_an_overlong_text_is_refused_beside_its_field(demo_app):
    concept = case(demo_app, "Miteinander im Quartier")
    answer = Visitor(demo_app, "stelle").post(
        f"/cases/{concept}/steps/state_date", what="kicked_off_on", value="x" * 101, source="y"
    )
    assert answer.status_code == 422
    assert "höchstens 100 Zeichen" in words(answer)


def test_following_a_case_brings_it_to_the_desk(demo_app):
    visitor = Visitor(demo_app, "einwohnerin")
    assert visitor.post("/cases/2/follow", page="/cases/2").status_code == 302
    assert "ZUSAMMENLEBEN IN FLENSBURG" in words(visitor.get("/desk"))
    visitor.post("/cases/2/follow", page="/cases/2", stop="1")
    assert "ZUSAMMENLEBEN IN FLENSBURG" not in words(visitor.get("/desk"))


def test_somebody_elses_draft_is_not_there(demo_app):
    idea = case(demo_app, "Altwerden", state="idea")
    assert Visitor(demo_app, "stelle").get(f"/cases/{idea}").status_code == 200
    for who in (None, "einwohnerin", "ag"):
        visitor = Visitor(demo_app, who)
        assert visitor.get(f"/cases/{idea}").status_code == 404
        assert "Altwerden" not in words(visitor.get("/cases?text=Altwerden"))


def test_search_filters_and_paging_lead_through_all_cases(demo_app):
    office = Visitor(demo_app, "stelle")
    path, found = "/cases", []
    while path:
        page = office.get(path).text
        found += re.findall(r'class="case-title" href="/cases/(\d+)"', page)
        older = re.search(r'<a href="([^"]+)" rel="next"', page)
        path = older.group(1).replace("&amp;", "&") if older else ""
    assert len(found) == len(set(found)) > 40
    assert found == sorted(found, key=int, reverse=True)
    only = office.get("/cases?process=revision").text
    assert re.findall(r'class="case-title"', only) == ['class="case-title"']
    assert "Nachbarschaftsfest" not in words(office.get("/cases?text=Bücherschrank"))


def test_what_is_not_possible_is_shown_with_its_reason(demo_app):
    concept = case(demo_app, "Sport für alle")
    page = words(Visitor(demo_app, "vorstand").get(f"/cases/{concept}"))
    assert "Das dürfen nur: Sprecher*in der Arbeitsgruppe" in page


@pytest.mark.parametrize("who", ["stelle", "steuerung", "gremien", "ag", "fachbereich"])
def test_every_case_and_every_step_form_can_be_opened(demo_app, who):
    """No page of the demonstration fails for anybody."""
    visitor = Visitor(demo_app, who)
    for case_id in range(1, one(demo_app, "SELECT max(id) FROM cases") + 1):
        page = visitor.get(f"/cases/{case_id}")
        assert page.status_code in (200, 404)
        for step in re.findall(rf"/cases/{case_id}/steps/\w+", page.text):
            assert visitor.get(step).status_code == 200, step


def test_who_takes_no_part_in_a_case_reads_no_names_of_people(demo_app):
    concept = case(demo_app, "Gesund leben", state="public_draft")
    measure = case(demo_app, "Haus der Begegnung", "measure")
    for path in (f"/cases/{concept}", f"/cases/{measure}"):
        page = words(Visitor(demo_app).get(path))
        for name in ("Olena Modell", "Amal Beispiel", "Lena Vorlage", "Jens Muster"):
            assert name not in page, path
    assert "Jemand hat zum Entwurf Stellung genommen." in words(Visitor(demo_app).get(f"/cases/{concept}"))
    assert "Jemand (Koordinierungsstelle) hat" in words(Visitor(demo_app, "einwohnerin").get(f"/cases/{concept}"))
    assert "Olena Modell hat zum Entwurf Stellung genommen." in words(
        Visitor(demo_app, "stelle").get(f"/cases/{concept}")
    )


def test_only_what_one_may_open_is_offered(demo_app):
    for who, offered in (
        ("stelle", True),
        ("gremien", True),
        ("steuerung", False),
        ("ag", False),
        ("einwohnerin", False),
    ):
        assert ("/cases/new/concept" in Visitor(demo_app, who).get("/desk").text) is offered, who
    assert Visitor(demo_app, "steuerung").post(
        "/cases/new/measure", kind="single_project", title="x", goal="x", description="x", participants="x",
        office=one(demo_app, "SELECT id FROM organizations WHERE key = 'steuer'"),
    ).status_code == 422  # fmt: skip
