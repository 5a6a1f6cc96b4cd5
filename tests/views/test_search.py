"""The page of the search: what was found and where, helpful words where nothing was, and a clear answer to rubbish."""

from __future__ import annotations

import html
import json
import logging
import re

import pytest

from tests.views.browsing import Visitor, words
from workflow_app.extensions import db
from workflow_app.models import SearchText
from workflow_app.queries import finding

NEXT = re.compile(r'href="([^"]+)" rel="next"')
CASE = re.compile(r'class="case-title" href="(/cases/\d+)"')


@pytest.fixture
def visitor(demo_app) -> Visitor:
    return Visitor(demo_app)


def test_every_page_has_a_box_to_search_with(visitor):
    for path in ("/", "/cases", "/cases/1", "/processes", "/sign-in", "/imprint", "/nowhere"):
        page = visitor.get(path).text
        assert 'action="/search"' in page, path
        assert 'role="search"' in page
    assert visitor.get("/search").text.count('action="/search"') == 1


def test_what_is_found_stands_there_with_its_place_and_marked(visitor):
    page = visitor.get("/search?text=Dolmetscher")
    assert page.status_code == 200
    assert "<mark>Dolmetscherpool" in page.text
    assert re.search(r"\d+ Vorgänge gefunden", words(page))
    assert "<title>Suche: Dolmetscher" in page.text


def test_the_place_is_called_as_on_the_page_of_the_case_in_both_languages(visitor):
    place = re.compile(r"<strong>([^<]+):</strong>")
    german = set(place.findall(visitor.get("/search?text=Integration").text))
    assert "Handlungsfelder" in german
    visitor.post("/language", page="/", language="en")
    english = set(place.findall(visitor.get("/search?text=Integration").text))
    assert len(english) == len(german)
    assert "Fields of action" in english
    page = words(visitor.get("/search?text=Quastenflosser"))
    assert "Nothing was found." in page
    assert "Check the spelling." in page


def test_what_was_typed_and_what_stands_there_cannot_become_a_part_of_the_page(demo_app, visitor):
    page = visitor.get("/search?text=%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page
    office = Visitor(demo_app, "stelle")
    title = "<img src=x onerror=alert(1)> Sonderzeichenprobe"
    office.post("/cases/new/concept", title=title, reason="Weil", office="1", lead_department="1", council_office="1")
    found = office.get("/search?text=onerror").text
    assert "<img src=x" not in found


def test_nothing_found_helps_on(visitor):
    page = visitor.get("/search?text=Quastenflosser&process=concept&open=1")
    said = words(page)
    assert "gefunden" in said
    assert "Prüfen Sie die Schreibweise." in said
    assert "In allen Verfahren und auch in abgeschlossenen Vorgängen suchen." in said
    assert "nur die Beteiligten" in said
    assert "nur die Beteiligten" not in words(visitor.get("/search?text="))


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", ""), ("text=", ""), ("text=%20%20", ""), ("text=%00", "mindestens ein Wort"),
        ("text=%22", "mindestens ein Wort"), ("text=%F0%9F%99%82", "mindestens ein Wort"), ("text=*)(", "ein Wort"),
        ("text=-Haus", "auch an, was Sie suchen"), ("text=%22Haus+der", "gefunden"),
        ("text=AND+OR+NOT+NEAR(", "gefunden"),
        ("text=" + "x" * 10_000, "Das war sehr lang"), ("text=" + "a+" * 2_000, "Das war sehr lang"),
        ("text=%FF%FE", ""), ("text=Haus&after=rubbish", ""), ("text=Haus&after=w9999999999-9999999999", ""),
        ("text=Haus&after=t0", ""), ("text='; DROP TABLE cases;--", ""),
    ],
)  # fmt: skip
def test_whatever_is_typed_gets_a_clear_answer(visitor, query, told):
    for path in ("/search", "/cases"):
        answer = visitor.get(f"{path}?{query}")
        assert answer.status_code == 200, path
        assert len(answer.text) < 60_000
    assert told in words(visitor.get(f"/search?{query}"))


def test_an_unknown_process_is_not_there(visitor):
    assert visitor.get("/search?text=Haus&process=dance").status_code == 404


def test_filters_narrow_and_stay_on_the_next_page(visitor):
    everything = set(CASE.findall(visitor.get("/search?text=Flensburg").text))
    page = visitor.get("/search?text=Flensburg&process=measure").text
    assert 'value="measure" selected' in page
    following = NEXT.search(visitor.get("/search?text=integration&open=1").text)
    assert everything
    if following:
        assert "open=1" in html.unescape(following[1])


def test_a_search_that_has_not_looked_at_everything_says_so_and_goes_on(visitor, monkeypatch):
    def pages(place: str | None) -> tuple[list[bool], list[str]]:
        told, found = [], []
        while place:
            page = visitor.get(place)
            told.append("noch nicht durchgesehen" in words(page))
            found += CASE.findall(page.text)
            following = NEXT.search(page.text)
            place = html.unescape(following[1]) if following else None
        return told, found

    for path in ("/search?text=integration", "/cases?text=integration"):
        complete, expected = pages(path)
        assert not any(complete)
        with monkeypatch.context() as less:
            less.setattr(finding, "MOST_HITS", 10)
            less.setattr(finding, "MOST_SEEN", 5)
            told, found = pages(path)
        assert any(told)
        assert not told[-1]
        assert len(found) == len(set(found))
        assert set(found) == set(expected)


def test_everything_that_can_be_found_stands_on_the_page_of_its_case(demo_app):
    """In a demonstration with every process: what is in the row for everybody is read by the public."""
    reader, seen = Visitor(demo_app), 0
    with demo_app.app_context():
        stored = [(row.case_id, json.loads(row.texts)) for row in db.session.query(SearchText).filter_by(audience="")]
    for case_id, texts in stored:
        answer = reader.get(f"/cases/{case_id}")
        if answer.status_code == 200:
            seen += 1
            shown = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))
            for place, text in texts:
                assert re.sub(r"\s+", " ", text).strip() in shown, (case_id, place, text)
    assert seen > 50


def test_what_was_searched_for_is_not_logged(visitor, caplog):
    with caplog.at_level(logging.DEBUG):
        visitor.get("/search?text=Geheimniswort")
    assert "Geheimniswort" not in caplog.text
