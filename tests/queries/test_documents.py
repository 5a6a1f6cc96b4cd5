"""Documents as somebody may see them, on both databases: what is not meant for a viewer is not there."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cases import world
from tests.documents import made
from tests.queries.conftest import ADA, DORA, PUBLIC
from workflow_app import queries
from workflow_app.access import Viewer
from workflow_app.cases import Added, papers, reindexing
from workflow_app.documents import FolderStore, receive
from workflow_app.engine.definition import Opening
from workflow_app.engine.errors import NotFound

BEN = Viewer(2, frozenset({"public", "account", "person:2", "member@1"}), "Ben")
CLERK = Viewer(3, frozenset({"public", "account", "person:3", "member@9"}), "Cem", is_staff=True)
RESIDENT = Viewer(3, frozenset({"public", "account", "person:3"}), "Cem")
GUEST = Viewer(3, frozenset({"public", "account", "person:3", "guest@1"}), "Cem")


@pytest.fixture
def kept(cases, tmp_path: Path):
    return replace(cases, files=FolderStore(tmp_path / "documents"))


def add(kept, case_id: int, who: Viewer, name: str, audience: str = "case", part: str | None = None) -> int:
    file = receive(kept.files, io.BytesIO(made.PDF), "Plan.pdf", 10**6)
    papers.add(kept, case_id, who, Added(file, audience, part, name))
    with kept.store.reading() as tx:
        return int(tx.rows("SELECT max(id) FROM documents")[0][0])


@pytest.fixture
def agreed(kept) -> int:
    """A request that everybody may see, with a document for each audience, all added by Ada of the board (1)."""
    case_id = kept.open_case("request", Opening("A path", {}, world.PARTS), world.ADA).case_id
    for actor, step in ((world.ADA, "file"), (world.ADA, "agree"), (world.BEN, "agree")):
        kept.act(case_id, step, actor)
    add(kept, case_id, ADA, "for all")
    add(kept, case_id, ADA, "for the parties", "participants")
    add(kept, case_id, ADA, "for staff", "administration")
    add(kept, case_id, ADA, "for the office", "part", "office")
    return case_id


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        (PUBLIC, ["for all"]),
        (RESIDENT, ["for all"]),
        (GUEST, ["for all"]),
        (CLERK, ["for all", "for staff"]),
        (BEN, ["for all", "for the parties"]),
        (DORA, ["for all", "for the office", "for the parties"]),
        (replace(DORA, is_staff=True), ["for all", "for staff", "for the office", "for the parties"]),
        (ADA, ["for all", "for staff", "for the office", "for the parties"]),  # she added them
    ],
    ids=["public", "resident", "guest", "clerk", "board", "office", "staff of the office", "who added it"],
)
def test_each_sees_and_finds_what_is_meant_for_them(kept, session, agreed, viewer, seen):
    rows = queries.documents_of(session, viewer, agreed).rows
    assert sorted(row.name for row in rows) == seen
    assert rows == queries.case_page(session, viewer, agreed).documents.rows
    everything = {row.id: row.name for row in queries.documents_of(session, ADA, agreed).rows}
    assert sorted(queries.named_documents(session, viewer, everything).values()) == seen
    found = queries.search(session, viewer, '"for"').rows
    assert [hit.row.id for hit in found] == [agreed]
    for name in ("all", "parties", "staff", "office"):
        found = queries.search(session, viewer, f'"{name}"').rows
        assert bool(found) == any(name in one for one in seen), name
    assert all(not wrong for _count, wrong in reindexing.check(kept))
    for id_, name in everything.items():
        if name in seen:
            assert queries.document(session, viewer, id_).name == name
            assert queries.version(session, viewer, id_, 1).file_name == "Plan.pdf"
        else:
            for read in (queries.document, lambda s, v, i: queries.version(s, v, i, 1)):
                with pytest.raises(NotFound):
                    read(session, viewer, id_)


def test_whose_case_it_is_not_sees_nothing_of_it_not_even_an_own_document(kept, session):
    case_id = kept.open_case("request", Opening("A path", {}, world.PARTS), world.ADA).case_id
    mine = add(kept, case_id, DORA, "own")
    assert queries.document(session, DORA, mine).name == "own"
    session.rollback()
    moved = Viewer(4, frozenset({"public", "account", "person:4"}))  # Dora has left the office
    with pytest.raises(NotFound):
        queries.document(session, moved, mine)
    assert queries.documents_of(session, moved, case_id).rows == []


def test_who_takes_part_later_sees_what_is_meant_for_the_parties(kept, session, agreed):
    parts = {**world.PARTS, "office": world.PARTS["board"]}
    case_id = kept.open_case("request", Opening("Another", {}, parts), world.ADA).case_id
    id_ = add(kept, case_id, ADA, "for the parties", "participants")
    assert id_ not in queries.named_documents(session, DORA, [id_])
    session.rollback()
    kept.act(case_id, "file", world.ADA, {"department": [2]})
    assert queries.named_documents(session, DORA, [id_]) == {id_: "for the parties"}


def test_a_long_list_comes_in_pages_the_newest_first(kept, session, agreed):
    ids = [add(kept, agreed, ADA, f"{n}") for n in range(9)]
    first = queries.documents_of(session, PUBLIC, agreed, limit=6)
    second = queries.documents_of(session, PUBLIC, agreed, after=first.after, limit=6)
    assert [row.id for row in (*first.rows, *second.rows)][:9] == ids[::-1]
    assert len(second.rows) == 4
    assert second.after is None


def test_the_newest_version_that_is_there_stands_for_the_document(kept, session, agreed):
    id_ = add(kept, agreed, ADA, "Plan")
    for content, name in ((made.PNG, "b.png"), (made.GIF, "c.gif")):
        papers.add_version(kept, id_, ADA, receive(kept.files, io.BytesIO(content), name, 10**6))
    assert queries.document(session, PUBLIC, id_).newest.file_name == "c.gif"
    session.rollback()
    papers.withdraw(kept, id_, ADA, "wrong", 3)
    found = queries.document(session, PUBLIC, id_)
    assert (found.newest.file_name, found.is_withdrawn) == ("b.png", False)
    assert (found.versions[0].withdrawn_by, found.versions[0].withdrawn_reason) == ("Ada", "wrong")
    session.rollback()
    papers.withdraw(kept, id_, ADA, "all")
    assert queries.document(session, PUBLIC, id_).is_withdrawn


@pytest.mark.parametrize("number", [0, 2, -1, 10**9])
def test_a_version_that_there_is_not_is_not_found(session, agreed, number):
    id_ = queries.documents_of(session, PUBLIC, agreed).rows[0].id
    with pytest.raises(NotFound):
        queries.version(session, PUBLIC, id_, number)
