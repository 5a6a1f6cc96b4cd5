"""Deadlines as people meet them: extending one, dates that are past, and what the clock has done."""

from __future__ import annotations

import re

from tests.views.browsing import Visitor, words
from tests.views.test_cases import case, one

LATE = "Das neue Datum liegt in der Vergangenheit."


def extend(who: Visitor, task: int, until: str, note: str = "Ferien."):
    return who.post(f"/cases/{task}/steps/extend_answer_duty", until=until, note=note)


def test_an_extension_into_the_past_or_to_an_earlier_day_is_refused_in_words_and_nothing_is_lost(demo_app):
    comment = case(demo_app, "Brunnen auch in Fruerlund", "submission")  # due on 18 December
    office = Visitor(demo_app, "stelle")
    past = extend(office, comment, "2026-11-23")
    assert past.status_code == 422
    assert LATE in words(past)
    assert "Ferien." in past.text
    assert 'value="2026-11-23"' in past.text
    earlier = words(extend(office, comment, "2026-12-18"))
    assert "Das neue Datum muss nach dem jetzigen liegen, dem 18. Dezember 2026." in earlier
    assert "Bitte" in words(extend(office, comment, "irgendwann"))
    assert one(demo_app, f"SELECT extended FROM due_dates WHERE case_id = {comment}") == 0


def test_who_extended_until_when_why_and_how_often_is_on_the_page_and_in_the_history(demo_app):
    comment = case(demo_app, "Brunnen auch in Fruerlund", "submission")
    office = Visitor(demo_app, "stelle")
    assert extend(office, comment, "2027-01-15").status_code == 302
    page = words(office.get(f"/cases/{comment}"))
    assert "15. Januar 2027" in page
    assert "einmal verlängert" in page
    extend(office, comment, "2027-02-15", "Krank.")  # the head of the office may do so twice
    assert "2-mal verlängert" in words(office.get(f"/cases/{comment}"))
    assert "hat eine Frist verlängert." in page
    assert "Ferien." in page
    assert "18. Dezember 2026" in page  # until when it ran before


def test_the_history_tells_for_which_day_the_clock_came(demo_app):
    concept = case(demo_app, "Zusammenhalt gestalten", "concept", "in_force")
    page = words(Visitor(demo_app, "stelle").get(f"/cases/{concept}"))
    assert re.search(r"Das Konzept ist in Kraft getreten\. [\w ]+: Die Zeit war um am Ende des 10\. Oktober 2025", page)


def test_a_comment_period_that_would_be_over_already_is_refused_in_words(demo_app):
    concept = case(demo_app, "Willkommen an der Förde", state="assembling")
    for who in ("steuerung", "vorstand"):
        Visitor(demo_app, who).post(f"/cases/{concept}/steps/approve_draft")
    answer = Visitor(demo_app, "stelle").post(
        f"/cases/{concept}/steps/publish_draft", draft_published_on="2025-01-10", access_note="Es eilte."
    )
    assert answer.status_code == 422
    said = "Mit diesem Datum wäre „Beteiligungsfrist“ schon am 7. Februar 2025 zu Ende gewesen."
    assert said in words(answer)
    assert "Es eilte." in answer.text
    assert one(demo_app, f"SELECT state FROM cases WHERE id = {concept}") == "internal_draft"
