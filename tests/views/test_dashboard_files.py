"""Lists as files: complete, in the reader's language, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.views.browsing import Visitor
from tests.views.test_dashboard import rows_behind, run_sql
from workflow_app.extensions import db
from workflow_app.views.office import exporting

LISTS = (
    "deadlines?when=month", "deadlines?when=overdue", "cases?", "cases?process=measure", "cases?organization=9",
    "steps?organization=7", "steps?person=5&load=overdue",
)  # fmt: skip


def read(answer: TestResponse) -> list[dict[str, str]]:
    """What a spreadsheet reads: UTF-8 with its mark, semicolons."""
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))


def retitle(app: Flask, title: str) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET title = :title"), {"title": title})


@pytest.mark.parametrize("path", LISTS)
def test_a_file_has_all_rows_of_its_list(demo_app, monkeypatch, path):
    monkeypatch.setattr(exporting, "CHUNK", 4)
    visitor = Visitor(demo_app, "stelle")
    what, _mark, query = path.partition("?")
    rows = read(visitor.get(f"/dashboard/{what}.csv?{query}"))
    assert len(rows) == rows_behind(visitor, f"/dashboard/{path}") > 0
    assert all(None not in row and None not in row.values() for row in rows)


def test_a_file_is_called_what_it_is_and_when(demo_app):
    headers = Visitor(demo_app, "stelle").get("/dashboard/deadlines.csv").headers
    assert headers["Content-Disposition"] == 'attachment; filename="fristen-2026-11-24.csv"'
    assert headers["Content-Type"] == "text/csv; charset=utf-8"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_headings_are_in_the_readers_language_and_dates_for_any(demo_app):
    visitor = Visitor(demo_app, "stelle")
    row = read(visitor.get("/dashboard/deadlines.csv?when=overdue"))[0]
    assert (row["Vorgang"], row["Fällig am"], row["Wie oft verlängert"]) == (
        "Tag der offenen Tür aller Vereine",
        "2025-12-22",
        "0",
    )
    assert row["Wartet auf"] == "niemanden"
    since = read(visitor.get("/dashboard/cases.csv?process=measure"))
    assert all(len(one["In diesem Zustand seit"]) in (0, 10) for one in since)
    visitor.post("/language", page="/desk", language="en", next="/desk")
    answer = visitor.get("/dashboard/deadlines.csv?when=overdue")
    assert "Due on" in read(answer)[0]
    assert "deadlines-2026-11-24.csv" in answer.headers["Content-Disposition"]


DANGEROUS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    '=HYPERLINK("http://example.org";"x")',
    "'=1",
)


@pytest.mark.parametrize("title", DANGEROUS)
def test_no_title_becomes_a_formula(demo_app, title):
    retitle(demo_app, title)
    rows = read(Visitor(demo_app, "stelle").get("/dashboard/cases.csv"))
    assert {row["Vorgang"] for row in rows} == {title if title.startswith("'") else f"'{title}"}


@pytest.mark.parametrize("title", ['Größe; „Maß“ "quer" und schräg', "zwei\nZeilen", "Łódź 東京 🙂", "a=b", "x-1", ""])
def test_every_title_comes_back_as_it_was(demo_app, title):
    retitle(demo_app, title)
    visitor = Visitor(demo_app, "stelle")
    rows = read(visitor.get("/dashboard/cases.csv"))
    assert {row["Vorgang"] for row in rows} == {title}
    assert len(rows) == rows_behind(visitor, "/dashboard/cases") > 0


def test_a_list_without_rows_is_a_file_with_headings(demo_app):
    run_sql(demo_app, "UPDATE case_readers SET closed = true")
    answer = Visitor(demo_app, "stelle").get("/dashboard/cases.csv")
    assert read(answer) == []
    assert answer.data.decode("utf-8-sig").startswith("Vorgang;Nummer;Verfahren;Zustand;")
