"""The index is written with the case, whoever writes it, and nothing is left of what was erased."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import text

from tests.cases import world
from tests.cases.conftest import rows
from workflow_app.cases import Cases, reindexing
from workflow_app.cases.erasing import erase
from workflow_app.cases.importing import ImportedCase, Past, import_case
from workflow_app.cases.migrating import migrate
from workflow_app.engine.definition import CLOCK, Holder, Opening, Process
from workflow_app.engine.machine import Registry


def index(cases: Cases, case_id: int) -> dict[str, list[list[str]]]:
    """The texts of a case by audience."""
    found = rows(cases, "SELECT audience, texts FROM search_texts WHERE case_id = :id ORDER BY id", id=case_id)
    return {str(audience): json.loads(str(texts)) for audience, texts in found}


def everything(cases: Cases) -> list[tuple[object, ...]]:
    return rows(cases, "SELECT id, case_id, audience, texts, title, words FROM search_texts ORDER BY id")


def opened(cases: Cases, title: str = "Rampe am Rathaus", **data: object) -> int:
    return cases.open_case("request", Opening(title, data, world.PARTS), world.ADA).case_id


def test_each_audience_has_a_row_with_everything_it_reads(cases):
    case_id = opened(cases, why="Damit alle hineinkommen")
    cases.act(case_id, "file", world.ADA, {"why": "Damit wirklich alle hineinkommen", "light": "red"})
    cases.act(case_id, "note", world.ADA, {"text": "Streng vertraulich"})
    for_all = [
        ["_title", "Rampe am Rathaus"], ["_number", "RQ-2026-0001"], ["why", "Damit wirklich alle hineinkommen"],
    ]  # fmt: skip
    parties = [["_parties", "Organization 1"], ["_parties", "Organization 2"]]
    assert index(cases, case_id) == {
        "": for_all + parties,
        "member@1": [*for_all, ["notes", "Streng vertraulich"], *parties],
    }


def test_a_step_that_changes_no_text_touches_no_row(cases):
    case_id = opened(cases, why="Schlamm")
    cases.act(case_id, "file", world.ADA, {})
    with cases.store.engine.begin() as connection:
        connection.execute(text("UPDATE search_texts SET texts = '[]'"))
    cases.act(case_id, "agree", world.ADA)
    assert index(cases, case_id) == {"": []}
    cases.act(case_id, "note", world.ADA, {"text": "neu"})
    assert index(cases, case_id)[""][0] == ["_title", "Rampe am Rathaus"]


def test_people_are_not_searched_for_nor_the_parts_they_share(cases):
    parts = {"board": (Holder(organization=1), Holder(person=2)), "office": (Holder(organization=2),)}
    case_id = cases.open_case("request", Opening("A path", {}, parts), world.ADA).case_id
    assert index(cases, case_id)[""] == [["_title", "A path"], ["_parties", "Organization 2"]]


def test_nothing_of_an_erased_case_is_left(cases):
    case_id = opened(cases, why="Zugluft")
    cases.act(case_id, "file", world.ADA, {"title": "Geheimnisvoller Titel"})
    cases.act(case_id, "note", world.ADA, {"text": "Streng vertraulich"})
    erase(cases, case_id, world.DORA)
    stored = json.dumps(everything(cases))
    for word in ("zugluft", "geheimnisvoll", "vertraulich", "rampe"):
        assert word not in stored.casefold()
    assert reindexing.full_text_is_sound(cases)


def test_the_words_of_the_sources_are_kept_until_they_are_erased(cases):
    year, source = {"text": "2016", "precision": "year"}, {"src": "seed"}
    past = [
        Past("open", "draft", "Im Frühjahr besprochen", year, source),
        Past("file", "filed", "Einstimmig beschlossen", year, source, {"why": "Lärm"}),
    ]
    case_id = import_case(cases, ImportedCase("k", "request", "Path", past, parts=world.PARTS)).case_id
    texts = index(cases, case_id)[""]
    assert [text for place, text in texts if place == "_wording"] == [
        "Im Frühjahr besprochen",
        "Einstimmig beschlossen",
    ]
    assert ["why", "Lärm"] in texts
    erase(cases, case_id, world.DORA, [1])
    assert [text for place, text in index(cases, case_id)[""] if place == "_wording"] == ["Einstimmig beschlossen"]


def test_a_newer_version_of_a_process_may_show_more_or_less(cases):
    case_id = opened(cases, why="Zugluft")
    newer = Process(**{**{name: getattr(world.request, name) for name in Process.__dataclass_fields__},
                       "version": 2, "fields": ()})  # fmt: skip
    moved = Cases(cases.store, Registry((*world.PROCESSES, newer)))
    migrate(moved, "request", 2, CLOCK)
    assert "Zugluft" not in json.dumps(index(cases, case_id))


# ------------------------------------------------------------------- rebuilding and proving


@pytest.fixture
def lived(cases: Cases) -> Cases:
    for n in range(5):
        case_id = opened(cases, f"Path {n}", why="Schlamm")
        cases.act(case_id, "file", world.ADA, {"tasks": ["graben"]})
        cases.act(case_id, "note", world.ADA, {"text": "vertraulich"})
    return cases


def test_a_rebuild_writes_what_was_written_step_by_step(lived, monkeypatch):
    monkeypatch.setattr(reindexing, "BATCH", 3)
    before = everything(lived)
    assert len(before) == 15
    with lived.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM search_texts WHERE case_id < 4"))
        connection.execute(text("UPDATE search_texts SET texts = '[]' WHERE case_id = 5"))
    assert [wrong for _done, wrong in reindexing.check(lived)] == [[1, 2, 3], [5], [], []]
    assert list(reindexing.rebuild(lived)) == [3, 3, 3, 1]
    assert everything(lived) == before
    assert [wrong for _done, wrong in reindexing.check(lived) if wrong] == []


def test_only_cases_without_rows_are_indexed_where_only_they_are_asked_for(lived):
    before = everything(lived)
    with lived.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM search_texts WHERE case_id IN (2, 4)"))
        connection.execute(text("UPDATE search_texts SET audience = audience"))
    assert list(reindexing.rebuild(lived, only_missing=True)) == [2]
    assert everything(lived) == before
    assert list(reindexing.rebuild(lived, only_missing=True)) == []


def test_a_full_text_index_that_lost_its_words_is_seen_and_mended(lived):
    assert reindexing.full_text_is_sound(lived)
    of_its_own = lived.store.engine.dialect.name == "sqlite"  # PostgreSQL keeps its index itself
    if of_its_own:
        with lived.store.engine.begin() as connection:
            connection.execute(text("INSERT INTO search_words(search_words) VALUES ('delete-all')"))
    assert reindexing.full_text_is_sound(lived) is not of_its_own
    list(reindexing.rebuild(lived))
    assert reindexing.full_text_is_sound(lived)


def test_a_case_of_a_process_that_nobody_knows_any_more_keeps_its_title(lived):
    stranger = Cases(lived.store, Registry(()))
    list(reindexing.rebuild(stranger))
    assert index(lived, 1) == {"": [["_title", "Path 0"], ["_number", "RQ-2026-0001"]]}
