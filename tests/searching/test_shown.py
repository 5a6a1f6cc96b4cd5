"""A search finds of a field what the page shows of it: both halves are held against each other."""

from __future__ import annotations

import pytest
from flask import Flask

from workflow_app.engine.definition import Field
from workflow_app.engine.who import Holder, party
from workflow_app.processes import PROCESSES
from workflow_app.searching import shown
from workflow_app.searching.entries import Entry, Row, Told, entries, narrowed, rows
from workflow_app.views import cells, tables
from workflow_app.views.tables import Known

BOARD, OFFICE = party("board", "Board"), party("office", "Office")
KINDS = sorted({field.kind for process in PROCESSES for field in process.all_fields} | set(tables.COLUMNS))
ALL_WORDS = {
    name: f"word {name}"
    for name in (
        *cells.NAMES, *cells.HIDDEN, "name", "no", "guiding_principle", "period", "formula", "check", "persons",
        "staff_total", "changed_text", "obstacles", "next_step", "break_note", "deadline", "_inner",
        "gap", "source", "option", "field_of_action",
    )
}  # fmt: skip


def test_codes_and_tables_are_the_same_in_both_halves():
    assert set(cells.CODES) == shown.CODES
    assert set(tables.COLUMNS) == set(shown.TABLES)
    assert cells.HIDDEN <= shown.HIDDEN


def test_what_was_just_written_stands_in_the_order_in_which_it_will_be_read():
    field, written = Field("f", "Field", kind="list"), {"text": "b", "more": {"z": "d", "a": "c"}, "about": "a"}
    kept = {"about": "a", "more": {"a": "c", "z": "d"}, "text": "b"}
    assert list(shown.texts(field, [written])) == list(shown.texts(field, [kept])) == ["a", "c", "d", "b"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_text_is_found_that_the_page_does_not_show(app: Flask, kind: str):
    item = {**ALL_WORDS, "outcome": "adopted"} if kind == "consultations" else {**ALL_WORDS, "status": "running"}
    field = Field("f", "Field", kind=kind)
    found = set(shown.texts(field, [item]))
    with app.test_request_context():
        table = tables.table(kind, [item], Known({}))
        cells_of_page = (
            [cell for row in table.rows for cell in row] if table else [t for _n, t in cells.row(item, Known({}))]
        )
    for text in found:
        assert any(text in cell for cell in cells_of_page), (kind, text)
    if kind in ("list", "series", "fields", "indicators", "consultations", "gaps", "options", "recommendations"):
        assert found


@pytest.mark.parametrize("raw", ["2026-03-01", "", "   ", 7, None, True, {"why": "x"}, ["2026-03-01"], [["deep"]]])
def test_dates_figures_and_what_is_no_text_are_not_searched(raw):
    assert list(shown.texts(Field("f", "Field"), raw)) == []


def test_a_code_is_not_searched_and_a_text_beside_it_is():
    assert list(shown.texts(Field("f", "Field", kind="list"), [{"recommendation": "adopt", "note": "Gern"}])) == [
        "Gern"
    ]
    assert list(shown.texts(Field("f", "Field", choices={"a": "A"}), "a")) == []
    assert list(shown.texts(Field("f", "Field", kind="names"), "Ada")) == []


def test_who_belongs_to_a_wider_audience_reads_what_a_narrower_one_does_not_hide():
    found = [Entry("_title", "T"), Entry("a", "both", frozenset({"member@1", "member@2"})),
             Entry("b", "one", frozenset({"member@1"}))]  # fmt: skip
    assert rows(found) == [
        Row(None, (("_title", "T"),)),
        Row(frozenset({"member@1"}), (("_title", "T"), ("a", "both"), ("b", "one"))),
        Row(frozenset({"member@1", "member@2"}), (("_title", "T"), ("a", "both"))),
    ]


def test_documents_of_some_are_kept_for_those():
    named = [
        (1, "All.pdf", None), (2, "Some.pdf", ("member@1",)), (3, "Everyone.pdf", ("public", "member@1")),
        (4, "None.pdf", ()),
    ]  # fmt: skip
    told = Told(None, "T", None, {}, {}, documents=named)
    by_name: dict[str, frozenset[str] | None] = {entry.text: entry.audience for entry in entries(told)}
    assert by_name == {
        "T": None, "All.pdf": None, "Some.pdf": frozenset({"member@1"}), "Everyone.pdf": None, "None.pdf": frozenset(),
    }  # fmt: skip
    assert "None.pdf" not in str(rows(entries(told)))


def test_an_audience_follows_from_who_holds_the_part():
    parts = {"board": (Holder(organization=1), Holder(person=7))}
    assert narrowed(BOARD, parts) == frozenset({"member@1", "person:7"})
    assert narrowed(BOARD | OFFICE, {}) == frozenset()
    assert narrowed(None, parts) is None
