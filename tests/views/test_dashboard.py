"""The dashboard: every figure leads to its list, charts say what their tables say, and only staff see any of it."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import text

from tests.views.browsing import Visitor, words
from workflow_app.extensions import db
from workflow_app.queries import office
from workflow_app.queries.office import kept
from workflow_app.views.office import figures

SVG = "{http://www.w3.org/2000/svg}"
LINK = re.compile(r'<a href="(/dashboard/[^"]+)"[^>]*>(.*?)</a>', re.S)
NEXT = re.compile(r'href="([^"]+)" rel="next"')
STAFF = ("stelle", "gremien")
ALL = ("/dashboard", "/dashboard/deadlines", "/dashboard/cases", "/dashboard/steps?organization=7")


def run_sql(app: Flask, sql: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(sql))


def numbers(page: str) -> list[tuple[str, int]]:
    """Every figure on the dashboard that counts something, with the address it leads to."""
    found = []
    for href, inner in LINK.findall(page):
        said = re.sub(r"<text(?! class=\"amount\").*?</text>", "", inner, flags=re.S)
        said = re.sub(r"<[^>]+>", " ", said).strip()
        if (n := re.match(r"\d+\b", said)) and "Tag" not in said:
            found.append((html.unescape(href), int(n[0])))
    return found


def rows_behind(visitor: Visitor, path: str | None) -> int:
    """How many rows a list has, page after page."""
    count = 0
    while path:
        answer = visitor.get(path)
        assert answer.status_code == 200, path
        table = re.search(r'<table class="stack office-list">.*?<tbody>(.*?)</tbody>', answer.text, re.S)
        count += table[1].count("<tr>") if table else 0
        further = NEXT.search(answer.text)
        path = html.unescape(further[1]) if further else None
    return count


@pytest.mark.parametrize("who", STAFF)
@pytest.mark.parametrize(
    "filters", ["", "?process=measure", "?organization=7", "?person=7", "?process=concept&organization=35"]
)
def test_every_figure_leads_to_a_list_with_exactly_that_many_rows(demo_app, monkeypatch, who, filters):
    monkeypatch.setattr(office, "ROWS", 7)
    visitor = Visitor(demo_app, who)
    found = numbers(visitor.get(f"/dashboard{filters}").text)
    assert len(found) > 10
    behind = {path: rows_behind(visitor, path) for path in dict(found)}
    assert [(path, n) for path, n in found if behind[path] != n] == []
    assert any(behind.values())


def test_deadlines_of_every_kind_are_counted_and_told(demo_app):
    today = "2026-11-24"
    run_sql(
        demo_app,
        f"UPDATE due_dates SET due_on = '{today}' WHERE id = (SELECT max(id) FROM due_dates WHERE status = 'running')",
    )
    standing = "(SELECT min(id) FROM due_dates WHERE status = 'running')"
    run_sql(demo_app, f"UPDATE due_dates SET status = 'suspended', due_on = NULL, remaining = 6 WHERE id = {standing}")
    run_sql(demo_app, "UPDATE due_dates SET extended = 2 WHERE status = 'suspended'")
    visitor = Visitor(demo_app, "stelle")
    tiles = re.findall(r"<strong>(\d+)</strong> <span>([^<]+)", visitor.get("/dashboard").text)
    assert [(int(n), said.split(",")[0]) for n, said in tiles][1] == (2, "heute fällig")  # and one of the demonstration
    assert tiles[-1] == ("1", "ruhend")
    said = words(visitor.get("/dashboard/deadlines?when=suspended"))
    assert "Die Frist ruht; es bleiben 6 Tage." in said
    run_sql(demo_app, "UPDATE due_dates SET remaining_unit = 'working_day' WHERE status = 'suspended'")
    assert "Die Frist ruht; es bleiben 6 Werktage." in words(visitor.get("/dashboard/deadlines?when=suspended"))
    run_sql(demo_app, "UPDATE due_dates SET remaining = -6 WHERE status = 'suspended'")
    late = "Die Frist ruht; sie war um 6 Werktage überschritten."
    assert late in words(visitor.get("/dashboard/deadlines?when=suspended"))
    assert '<td data-label="Wie oft verlängert">2</td>' in visitor.get("/dashboard/deadlines?when=suspended").text
    assert "heute" in words(visitor.get("/dashboard/deadlines?when=today"))
    assert "überfällig" in words(visitor.get("/dashboard/deadlines"))


# ----------------------------------------------------------------------------- charts


def charts(page: str) -> dict[str, ElementTree.Element]:
    found = re.findall(r'<svg class="chart".*?</svg>', page, re.S)
    parsed = [
        ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)) for svg in found
    ]
    return {str(svg.get("aria-labelledby")).removeprefix("chart-").removesuffix("-title"): svg for svg in parsed}


def test_every_chart_has_a_title_a_description_and_no_style_of_its_own(demo_app):
    page = Visitor(demo_app, "stelle").get("/dashboard").text
    found = charts(page)
    assert {"units", "people", "waiting", "states-measure", "states-concept"} <= set(found)
    for svg in found.values():
        title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
        assert title is not None
        assert desc is not None
        assert (title.text or "").strip()
        assert len(str(desc.text).split("; ")) == len(svg.findall(f"{SVG}a"))
        assert (title.get("id"), desc.get("id")) == (svg.get("aria-labelledby"), svg.get("aria-describedby"))
        assert not any(element.get("style") for element in svg.iter())
    assert len(re.findall(r'\bid="([^"]+)"', page)) == len(set(re.findall(r'\bid="([^"]+)"', page)))


def table_after(page: str, chart: str) -> list[list[str]]:
    """The rows of the table that belongs to a chart."""
    rest = page[page.index(f'id="chart-{chart}-title"') :]
    body = re.search(r"<tbody>(.*?)</tbody>", rest, re.S)
    assert body
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.S)
    cell = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.S)
    return [[" ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in cell.findall(row)] for row in rows]


def test_charts_say_the_same_as_their_tables(demo_app):
    page = Visitor(demo_app, "stelle").get("/dashboard").text
    for name, svg in charts(page).items():
        rows = table_after(page, name)
        bars = svg.findall(f"{SVG}a")
        assert len(rows) == len(bars), name
        for row, bar in zip(rows, bars, strict=True):
            amount = next(one.text for one in bar.findall(f"{SVG}text") if one.get("class") == "amount")
            parts = {one.get("class", "").rpartition("-")[2]: one.get("data-value") for one in bar.iter(f"{SVG}rect")}
            if name in ("units", "people"):
                assert row[1:] == [*(parts.get(kind, "0") for kind in office.LOADS), amount]
            else:
                assert row[1] == amount
            if name.startswith("states-"):
                assert parts["cases"] == amount


def test_lengths_are_in_proportion_and_the_longest_fills_the_room(demo_app):
    for svg in charts(Visitor(demo_app, "stelle").get("/dashboard").text).values():
        bars = [
            (sum(float(p.get("data-value", 0)) for p in pieces), sum(float(p.get("width", "0%")[:-1]) for p in pieces))
            for bar in svg.findall(f"{SVG}a")
            for pieces in [[r for r in bar.iter(f"{SVG}rect") if "piece" in r.get("class", "")]]
        ]
        most = max(value for value, _length in bars)
        assert all(length == pytest.approx(100 * value / most, abs=0.05) for value, length in bars)


# ------------------------------------------------------------------- who sees what


def test_only_staff_see_the_dashboard_and_the_way_to_it(demo_app):
    for who, status in (
        ("stelle", 200),
        ("gremien", 200),
        ("vorstand", 403),
        ("ag", 403),
        ("einwohnerin", 403),
        (None, 302),
    ):
        visitor = Visitor(demo_app, who)
        for path in (*ALL, "/dashboard/deadlines.csv", "/dashboard/steps.csv?organization=7"):
            assert visitor.get(path).status_code == status, (who, path)
        assert ('href="/dashboard"' in visitor.get("/cases").text) is (status == 200)


def test_nobody_is_called_by_name_but_staff(demo_app):
    with demo_app.app_context():
        people = {str(name) for (name,) in db.session.execute(text("SELECT name FROM people"))}
        staff = {
            name
            for (name,) in db.session.execute(
                text(
                    "SELECT p.name FROM people p JOIN memberships m ON m.person_id = p.id"
                    " JOIN organizations o ON o.id = m.organization_id WHERE o.organization_type = 'Verwaltungsbereich'"
                )
            )
        }
    others = people - staff
    assert len(others) > 3
    visitor = Visitor(demo_app, "stelle")
    for path in (*ALL, *(f"/dashboard/{what}.csv?organization=6" for what in ("deadlines", "cases", "steps"))):
        said = visitor.get(path).text
        assert [name for name in others if name in said] == [], path
    assert any(name in visitor.get("/dashboard").text for name in staff)


def test_each_sees_only_what_they_may(demo_app):
    office_, council = (Visitor(demo_app, who).get("/dashboard").text for who in STAFF)
    assert dict(numbers(council))["/dashboard/cases"] < dict(numbers(office_))["/dashboard/cases"]
    assert "Stellungnahmen: " in office_


def test_a_case_of_which_somebody_knows_as_a_private_person_is_no_work_of_theirs(demo_app):
    visitor = Visitor(demo_app, "gremien")
    before = dict(numbers(visitor.get("/dashboard").text))["/dashboard/cases"]
    run_sql(demo_app, "UPDATE case_readers SET principal = 'person:4' WHERE principal = 'member@35'")
    run_sql(demo_app, "DELETE FROM case_readers WHERE principal = 'public'")
    visitor = Visitor(demo_app, "gremien")
    assert before > 0
    assert words(visitor.get("/dashboard/cases")).count("Hier ist nichts.") == 1
    assert len(re.findall(r'href="/cases/\d+"', visitor.get("/cases?open=1").text)) > 5


# ---------------------------------------------------------------------------- filters, age


RUBBISH = (
    "organization=abc", "organization=-1", "organization=999999", "organization=99999999999999999999",
    "organization=1e3", "person=abc", "person=-7", "person=1", "person=²", "person=4294967296", "process=nothing",
    "process=%00",
)  # fmt: skip


@pytest.mark.parametrize("query", RUBBISH)
def test_what_is_not_there_is_said_clearly(demo_app, query):
    visitor = Visitor(demo_app, "stelle")
    for path in ("/dashboard", "/dashboard/deadlines", "/dashboard/cases", "/dashboard/steps", "/dashboard/cases.csv"):
        answer = visitor.get(f"{path}?{query}")
        assert answer.status_code == 404, path
        assert "Das haben wir nicht gefunden" in words(answer)


def test_strange_addresses_are_answered(demo_app):
    visitor = Visitor(demo_app, "stelle")
    for path, status in (
        ("/dashboard/deadlines?when=never", 404), ("/dashboard/steps?organization=7&load=heavy", 404),
        ("/dashboard/steps", 200), ("/dashboard/steps.csv", 404), ("/dashboard/people.csv", 404),
        ("/dashboard/cases?state=running", 200), ("/dashboard/cases?process=measure&state=nowhere", 200),
        ("/dashboard/cases?after=abc", 200), ("/dashboard/cases?after=999999999999999999999999", 200),
        ("/dashboard/deadlines?after=2026-99-99~x", 200), ("/dashboard/steps?organization=7&after=~~~", 200),
        ("/dashboard/steps?organization=7&after=%00~1~x", 200), ("/dashboard?organization=&person=&process=", 200),
        ("/dashboard/steps?organization=7&person=7", 200), ("/dashboard/steps?organization=1", 200),
    ):  # fmt: skip
        assert visitor.get(path).status_code == status, path


def test_filters_stay_chosen_and_narrow_the_list_down(demo_app):
    visitor = Visitor(demo_app, "stelle")
    page = visitor.get("/dashboard/cases?process=measure&state=running&organization=9&person=7")
    assert re.findall(r'<option value="(\w+)" selected', page.text) == ["measure", "running", "9", "7"]
    assert rows_behind(visitor, "/dashboard/cases?process=measure&organization=9") < rows_behind(
        visitor, "/dashboard/cases?process=measure"
    )
    assert "Nur was auf meine Einheit wartet" in words(visitor.get("/dashboard"))


def test_those_with_the_most_are_shown_and_the_others_on_demand(demo_app, monkeypatch):
    monkeypatch.setattr(figures, "MOST", 2)
    visitor = Visitor(demo_app, "stelle")
    page = visitor.get("/dashboard?process=measure").text
    few = table_after(page, "units")
    more = re.search(r'href="([^"]+)">Weitere (\d+) zeigen', page)
    assert more
    everything = visitor.get(html.unescape(more[1])).text
    rows = table_after(everything, "units")
    assert (len(few), len(rows)) == (2, 2 + int(more[2]))
    assert rows[:2] == few
    assert [int(row[-1]) for row in rows] == sorted((int(row[-1]) for row in rows), reverse=True)
    assert "Weitere" not in everything


def test_it_is_said_as_of_when_figures_are_and_that_lists_are_newer_only_if_they_are(demo_app, monkeypatch):
    visitor = Visitor(demo_app, "stelle")
    said = words(visitor.get("/dashboard"))
    assert "Stand: 24. November 2026, 13:00." in said
    assert "kann inzwischen weiter sein" not in said
    monkeypatch.setattr(figures, "A_MOMENT", figures.A_MOMENT * 0)
    assert "kann inzwischen weiter sein" in words(visitor.get("/dashboard"))


def test_where_there_are_no_figures_yet_the_lists_work(demo_app, monkeypatch):
    visitor = Visitor(demo_app, "stelle")
    overdue = next(n for path, n in numbers(visitor.get("/dashboard").text) if path.endswith("when=overdue"))
    monkeypatch.setattr(kept, "FEW", 1)
    page = visitor.get("/dashboard")
    assert "Die Zahlen werden gerade gezählt" in words(page)
    assert rows_behind(visitor, "/dashboard/deadlines?when=overdue") == overdue > 0
    assert 'href="/dashboard/cases"' in page.text


def test_in_english_too(demo_app):
    visitor = Visitor(demo_app, "stelle")
    visitor.post("/language", page="/desk", language="en", next="/dashboard")
    said = words(visitor.get("/dashboard"))
    assert "Who has how much to do" in said
    assert "überfällig" not in said
