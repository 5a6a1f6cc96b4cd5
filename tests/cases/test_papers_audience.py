"""Who may see a document is changed: by whom, as an event that is proved, and with it what is found and told."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.cases.conftest import rows
from tests.cases.test_acting import clean, opened
from tests.cases.test_papers import CLERK, STRANGER, Ada, Ben, Dora, kept, only_document, sent
from tests.cases.test_papers_proved import faults
from tests.cases.test_standing_in import history, name_deputy, viewer
from tests.cases.world import ADA, BEN, DORA
from tests.documents import made
from workflow_app import access, queries
from workflow_app.cases import Added, Cases, papers, reindexing
from workflow_app.cases.erasing import erase
from workflow_app.engine.errors import Invalid, NotAllowed, NotFound, NotPossible, Refused

__all__ = ["kept"]


def added(cases: Cases, audience: str = "case", part: str | None = None) -> tuple[int, int]:
    """A case that the board and the office see, with a document of Ada's: their ids."""
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    papers.add(cases, case_id, Ada, Added(sent(cases), audience, part, name="Lageplan"))
    return case_id, only_document(cases)


def messages(cases: Cases) -> list[dict[str, Any]]:
    """The notices of changes."""
    sql = "SELECT payload FROM outbox WHERE dedupe_key LIKE '%change_audience' ORDER BY id"
    found: list[Any] = [body for (body,) in rows(cases, sql)]
    return [json.loads(body) if isinstance(body, str) else body for body in found]


# --------------------------------------------------------------------------- the event


def test_it_is_an_event_of_the_case_and_holds_for_all_versions(kept):
    _case, document = added(kept)
    papers.add_version(kept, document, Ben, sent(kept, made.PNG, "Plan.png"))
    assert papers.change_audience(kept, document, Dora, "part", "office") == 5
    assert rows(kept, "SELECT kind, step, from_state, to_state, actor_id FROM case_events WHERE seq = 5") == [
        ("document", "change_audience", "filed", "filed", DORA.person)]  # fmt: skip
    ((body,),) = rows(kept, "SELECT body FROM case_event_payloads WHERE seq = 5")
    assert json.loads(str(body)) == {"audiences": [{"document": document, "audience": "part", "part": "office"}]}
    assert rows(kept, "SELECT name, audience, part FROM documents") == [("Lageplan", "part", "office")]
    clean(kept)
    papers.add_version(kept, document, Ada, sent(kept, made.GIF, "Plan.gif"))
    papers.withdraw(kept, document, Ada, "wrong", 1)
    papers.change_audience(kept, document, Ada, "participants")
    clean(kept)


@pytest.mark.parametrize("to", [("administration", None), ("part", "board"), ("case", None)])
def test_a_change_that_no_event_tells_of_is_found(kept, to):
    case_id, document = added(kept, "participants")
    papers.change_audience(kept, document, Ada, "part", "office")
    assert faults(kept, case_id) == ()
    with kept.store.engine.begin() as connection:
        connection.execute(text("UPDATE documents SET audience = :a, part = :p"), {"a": to[0], "p": to[1]})
    assert faults(kept, case_id) == ("the documents are not those the history names",)


@pytest.mark.parametrize("seqs", [None, [3], [5], [3, 5]])
def test_erasing_an_event_does_not_open_a_document_again(kept, seqs):
    case_id, document = added(kept)
    papers.add_version(kept, document, Ben, sent(kept, made.PNG, "Plan.png"))
    papers.change_audience(kept, document, Ada, "part", "office")
    erase(kept, case_id, DORA, seqs)
    assert rows(kept, "SELECT audience FROM documents") == ([("part",)] if seqs else [])
    clean(kept)


def test_the_same_form_sent_twice_changes_and_tells_it_once(kept):
    _case, document = added(kept, "administration")
    with ThreadPoolExecutor(4) as many:
        again = many.map(lambda _n: papers.change_audience(kept, document, Ada, "case", key="k" * 32), range(6))
        assert list(again) == [4] * 6
    assert len(messages(kept)) == 1
    clean(kept)


# --------------------------------------------------------------------------- who may


def test_who_may_withdraw_a_document_may_change_who_sees_it_and_nobody_else(kept):
    case_id, document = added(kept)
    for who, refusal in ((Ben, NotAllowed), (CLERK, NotFound), (STRANGER, NotFound), (access.PUBLIC, NotFound)):
        with pytest.raises(refusal):
            papers.change_audience(kept, document, who, "participants")
    for who, audience in ((Ada, "participants"), (Dora, "administration"), (Ada, "case")):
        papers.change_audience(kept, document, who, audience)
    for actor in (ADA, BEN):
        kept.act(case_id, "agree", actor)
    kept.act(case_id, "finish", DORA)
    with pytest.raises(NotAllowed):  # in a case that has ended only the administration
        papers.change_audience(kept, document, Ada, "participants")
    papers.change_audience(kept, document, Dora, "participants")
    clean(kept)


def test_who_has_made_it_invisible_for_themselves_can_do_nothing_more_with_it(kept):
    _case, document = added(kept)
    papers.change_audience(kept, document, Dora, "part", "board")
    with pytest.raises(NotFound):
        papers.change_audience(kept, document, Dora, "case")
    with pytest.raises(NotFound):
        papers.add_version(kept, document, Dora, sent(kept))
    with pytest.raises(NotFound):
        papers.withdraw(kept, document, Dora, "x")


@pytest.mark.parametrize(("audience", "part"), [("nobody", None), ("part", None), ("part", "council"), ("", None)])
def test_an_audience_that_there_is_not_is_refused(kept, audience, part):
    _case, document = added(kept)
    with pytest.raises(Invalid):
        papers.change_audience(kept, document, Ada, audience, part)


@pytest.mark.parametrize(("audience", "part"), [("participants", None), ("part", "board")])
def test_a_change_that_changes_nothing_is_no_event(kept, audience, part):
    case_id, document = added(kept, audience, part)
    with pytest.raises(NotPossible, match="already"):
        papers.change_audience(kept, document, Ada, audience, part)
    assert rows(kept, "SELECT seq FROM cases WHERE id = :c", c=case_id) == [(3,)]


def test_a_deputy_does_it_for_the_absent_member(kept):
    case_id, document = added(kept, "part", "board")
    with kept.store.engine.begin() as connection:
        connection.execute(text(f"UPDATE organizations SET organization_type = '{access.ADMINISTRATION}'"))
    name_deputy(kept, DORA, ADA)
    papers.change_audience(kept, document, viewer(kept, BEN), "participants")
    assert history(kept, case_id)[-1] == ("change_audience", "Ben", None)
    with kept.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM memberships WHERE person_id = 4 AND deputy_of_id IS NULL"))
    papers.change_audience(kept, document, viewer(kept, DORA), "part", "board")
    assert history(kept, case_id)[-1] == ("change_audience", "Dora", "Ada")
    clean(kept)


def test_whoever_is_slower_meets_the_document_as_it_is_now(kept, monkeypatch):
    """Between the look and the lock somebody else was there."""
    _case, document = added(kept)
    looked = papers._case_of

    def and_then(cases: Cases, id_: int, who: access.Viewer) -> int:
        found = looked(cases, id_, who)
        monkeypatch.setattr(papers, "_case_of", looked)
        papers.change_audience(kept, document, Ada, "part", "board")
        return found

    monkeypatch.setattr(papers, "_case_of", and_then)
    papers.add_version(kept, document, Ben, sent(kept, made.PNG, "Plan.png"))
    clean(kept)  # the version came with the audience of now
    papers.change_audience(kept, document, Ada, "case")
    monkeypatch.setattr(papers, "_case_of", and_then)
    with pytest.raises(Refused):
        papers.withdraw(kept, document, Dora, "x")


# --------------------------------------------------------------------------- what follows from it


def test_it_is_found_and_read_by_those_for_whom_it_is_now(kept):
    _case, document = added(kept)
    changes = (
        ("part", "office", [Ada, Dora]), ("part", "board", [Ada, Ben]), ("administration", None, [Ada, Dora]),
        ("participants", None, [Ada, Ben, Dora]), ("case", None, [Ada, Ben, Dora]),
    )  # fmt: skip
    for audience, part, readers in changes:
        papers.change_audience(kept, document, Ada, audience, part)
        for who in (Ada, Ben, Dora):
            with Session(kept.store.engine) as session:
                assert bool(queries.search(session, who, "Lageplan").rows) is (who in readers), (audience, who)
                assert bool(queries.named_documents(session, who, [document])) is (who in readers), (audience, who)
        assert [wrong for _done, wrong in reindexing.check(kept) if wrong] == []
    clean(kept)


@pytest.mark.parametrize(
    ("old", "new", "to", "knew"),
    [
        (("part", "board"), ("participants", None), ["member@2"], ["member@1", "person:1"]),
        (("part", "board"), ("case", None), ["member@2"], ["member@1", "person:1"]),
        (("part", "board"), ("part", "office"), ["member@2"], ["member@1", "person:1"]),
        (("participants", None), ("case", None), [], ["member@1", "member@2", "person:1"]),
        (("administration", None), ("part", "board"), ["member@1"], ["person:1", "staff"]),
        (("part", "office"), ("administration", None), ["member@1"], ["member@2", "person:1"]),
    ],
)
def test_a_wider_audience_is_told_but_for_those_who_knew(kept, old, new, to, knew):
    _case, document = added(kept, *old)
    papers.change_audience(kept, document, Ada, *new)
    assert messages(kept) == [
        {"notice": "change_audience", "seq": 4, "to": to, "document": document, "audience": new[0], "knew": knew}
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [("case", ("participants", None)), ("case", ("administration", None)), ("case", ("part", "board")),
     ("participants", ("part", "office")), ("participants", ("administration", None))],
)  # fmt: skip
def test_a_narrower_audience_is_told_to_nobody(kept, old, new):
    _case, document = added(kept, old)
    papers.change_audience(kept, document, Ada, *new)
    assert messages(kept) == []
