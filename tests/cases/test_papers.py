"""Documents of cases: part of the history, proved by its chain, for all or for some, and gone where they must go."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cases.conftest import rows
from tests.cases.test_acting import clean, opened
from tests.cases.world import ADA, BEN, DORA, PARTS
from tests.documents import made
from workflow_app import access
from workflow_app.cases import Added, Cases, papers
from workflow_app.cases.erasing import erase
from workflow_app.documents import FolderStore, Received, receive
from workflow_app.engine.definition import Opening
from workflow_app.engine.errors import Invalid, NotAllowed, NotFound, NotPossible, Refused


def viewer(actor, *, staff: bool = False) -> access.Viewer:
    return access.Viewer(actor.person, actor.principals, is_staff=staff)


Ada, Ben, Dora = viewer(ADA), viewer(BEN), viewer(DORA, staff=True)
STRANGER = access.Viewer(3, frozenset({"person:3", "account", "public"}))
CLERK = replace(STRANGER, is_staff=True)


@pytest.fixture
def kept(cases: Cases, tmp_path: Path) -> Cases:
    """The cases of `world`, with a place for files."""
    return replace(cases, files=FolderStore(tmp_path / "documents"))


def sent(cases: Cases, content: bytes = made.PDF, name: str = "Plan.pdf") -> Received:
    assert cases.files is not None
    return receive(cases.files, io.BytesIO(content), name, 10**7)


def files(cases: Cases) -> set[str]:
    assert cases.files is not None
    return {one.sha256 for one in cases.files.walk()}


def only_document(cases: Cases) -> int:
    ((id_,),) = rows(cases, "SELECT id FROM documents")
    return int(str(id_))


# ------------------------------------------------------------------------- adding


def test_a_document_is_an_event_of_its_case_and_changes_nothing_else(kept):
    case_id = opened(kept)
    before = rows(kept, "SELECT state, data, title, hands, entered_seq FROM cases")
    file = sent(kept)
    assert papers.add(kept, case_id, Ada, Added(file, "participants", name="Der Plan", note="Stand März")) == 2
    assert rows(kept, "SELECT kind, step, from_state, to_state, actor_id FROM case_events WHERE seq = 2") == [
        ("document", "add_document", "draft", "draft", 1)]  # fmt: skip
    assert rows(kept, "SELECT name, audience, added_by_id FROM documents") == [("Der Plan", "participants", 1)]
    assert rows(kept, "SELECT number, seq, file_name, mime_type, size, sha256, note FROM document_versions") == [
        (1, 2, "Plan.pdf", "application/pdf", len(made.PDF), file.sha256, "Stand März")]  # fmt: skip
    assert rows(kept, "SELECT state, data, title, hands, entered_seq FROM cases") == before
    assert rows(kept, "SELECT seq FROM cases") == [(2,)]
    clean(kept)


def test_a_document_without_a_name_is_called_as_its_file(kept):
    papers.add(kept, opened(kept), Ada, Added(sent(kept, name="Lageplan Süd.pdf"), name="  "))
    assert rows(kept, "SELECT name FROM documents") == [("Lageplan Süd",)]


def test_hands_that_were_given_stay_given_when_a_document_comes(kept):
    case_id = opened(kept)
    kept.act(case_id, "file", ADA)
    kept.act(case_id, "agree", ADA)
    papers.add(kept, case_id, Dora, Added(sent(kept)))
    clean(kept)
    assert kept.act(case_id, "agree", BEN).state == "agreed"
    clean(kept)


def test_the_same_form_sent_twice_adds_one_document(kept):
    case_id, one = opened(kept), Added(sent(kept))
    assert [papers.add(kept, case_id, Ada, one, key="k" * 32) for _ in range(2)] == [2, 2]
    assert rows(kept, "SELECT count(*) FROM documents") == [(1,)]


def notices(cases: Cases) -> list[tuple[object, ...]]:
    return rows(cases, "SELECT dedupe_key FROM outbox WHERE kind = 'notice' ORDER BY id")


@pytest.mark.parametrize("at_once", [1, 6])
def test_a_form_that_is_sent_again_and_again_is_told_once(kept, at_once):
    case_id, one, other = opened(kept), Added(sent(kept)), sent(kept, made.PNG, "Skizze.png")
    with ThreadPoolExecutor(at_once) as many:
        found = list(many.map(lambda _n: papers.add(kept, case_id, Ada, one, key="k" * 32), range(6)))
        document = only_document(kept)
        found += many.map(lambda _n: papers.add_version(kept, document, Ben, other, key="l" * 32), range(6))
    assert found == [2] * 6 + [3] * 6
    assert notices(kept) == [(f"{case_id}:2:add_document",), (f"{case_id}:3:add_version",)]


def test_a_message_names_the_parties_and_the_document_by_its_number_only(kept):
    case_id = opened(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept), "part", "office", name="Attest", note="privat"))
    ((payload,),) = rows(kept, "SELECT payload FROM outbox WHERE kind = 'notice'")
    told = json.loads(payload) if isinstance(payload, str) else payload
    assert told == {
        "notice": "add_document", "seq": 2, "to": ["member@2"], "document": only_document(kept), "audience": "part",
    }  # fmt: skip


def test_a_document_that_is_refused_is_told_to_nobody(kept):
    case_id = opened(kept)
    for who, one in ((Ada, Added(sent(kept), "part", "council")), (CLERK, Added(sent(kept)))):
        with pytest.raises(Refused):
            papers.add(kept, case_id, who, one)
    assert notices(kept) == []


def test_documents_come_with_a_step_in_its_transaction_and_in_its_event(kept):
    case_id = opened(kept)
    done = kept.act(case_id, "file", ADA, {"demand": "gravel"}, documents=[
        Added(sent(kept)), Added(sent(kept, made.PNG, "Bild.png"), "administration")])  # fmt: skip
    assert rows(kept, "SELECT seq, kind FROM case_events ORDER BY seq") == [(1, "open"), (2, "step")]
    assert rows(kept, "SELECT DISTINCT seq FROM document_versions") == [(done.seq,)]
    assert rows(kept, "SELECT name, audience FROM documents ORDER BY id") == [
        ("Plan", "case"), ("Bild", "administration")]  # fmt: skip
    clean(kept)


def test_a_case_is_opened_with_documents(kept):
    done = kept.open_case("request", Opening("A path", {}, PARTS), ADA, documents=[Added(sent(kept))])
    assert rows(kept, "SELECT case_id, seq FROM document_versions") == [(done.case_id, 1)]
    clean(kept)


@pytest.mark.parametrize("step", ["finish", "dance"])
def test_a_refused_step_leaves_no_row_and_its_files_are_cleaned_up_later(kept, step):
    case_id = opened(kept)
    with pytest.raises(Refused):
        kept.act(case_id, step, ADA, {}, documents=[Added(sent(kept))])
    assert (
        rows(kept, "SELECT count(*) FROM documents") == rows(kept, "SELECT count(*) FROM document_versions") == [(0,)]
    )
    assert rows(kept, "SELECT count(*) FROM case_events") == [(1,)]
    assert len(files(kept)) == 1


def test_a_file_that_has_been_cleaned_away_is_not_added(kept):
    case_id, file = opened(kept), sent(kept)
    kept.files.delete(file.sha256)
    for verb in (
        lambda: papers.add(kept, case_id, Ada, Added(file)),
        lambda: kept.act(case_id, "file", ADA, {}, documents=[Added(file)]),
    ):
        with pytest.raises(NotPossible, match="choose it again"):
            verb()
    assert rows(kept, "SELECT state, seq FROM cases") == [("draft", 1)]
    assert rows(kept, "SELECT count(*) FROM documents") == [(0,)]


@pytest.mark.parametrize(("audience", "part"), [("nobody", None), ("part", None), ("part", "council"), ("", None)])
def test_an_audience_that_there_is_not_is_refused(kept, audience, part):
    case_id = opened(kept)
    with pytest.raises(Invalid):
        papers.add(kept, case_id, Ada, Added(sent(kept), audience, part))
    assert rows(kept, "SELECT count(*) FROM documents") == [(0,)]


# ------------------------------------------------------------------------ who may


def test_who_takes_part_and_staff_who_may_see_a_case_add_to_it_and_nobody_else(kept):
    case_id = opened(kept)
    for who in (STRANGER, CLERK, access.PUBLIC):  # a draft is not there for them
        with pytest.raises(NotFound):
            papers.add(kept, case_id, who, Added(sent(kept)))
    for actor in (ADA, BEN):
        kept.act(case_id, "file" if actor is ADA else "agree", actor)
    kept.act(case_id, "agree", ADA)
    with pytest.raises(NotAllowed):  # it is public now, but they take no part in it
        papers.add(kept, case_id, STRANGER, Added(sent(kept)))
    for who in (Ada, Dora, CLERK):
        papers.add(kept, case_id, who, Added(sent(kept)))
    kept.act(case_id, "finish", DORA)
    with pytest.raises(NotAllowed):
        papers.add(kept, case_id, Ada, Added(sent(kept)))
    papers.add(kept, case_id, CLERK, Added(sent(kept)))  # the minutes may come later
    clean(kept)


def test_who_may_not_see_a_document_can_do_nothing_with_it(kept):
    case_id = opened(kept)
    papers.add(kept, case_id, Dora, Added(sent(kept), "administration"))
    document = only_document(kept)
    with pytest.raises(NotFound):
        papers.add_version(kept, document, Ada, sent(kept))
    with pytest.raises(NotFound):
        papers.withdraw(kept, document, Ada, "x")
    with pytest.raises(NotFound):
        papers.add_version(kept, 4711, Dora, sent(kept))
    assert rows(kept, "SELECT seq FROM cases") == [(2,)]


def test_only_who_added_it_or_staff_of_the_case_withdraw_a_document(kept):
    case_id = opened(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept)))
    with pytest.raises(NotAllowed):
        papers.withdraw(kept, only_document(kept), Ben, "I do not like it")
    assert files(kept)
    papers.withdraw(kept, only_document(kept), Dora, "Holds an address")
    assert not files(kept)


# ------------------------------------------------------- versions and withdrawal


def test_a_document_has_versions_and_each_is_an_event(kept):
    case_id = opened(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept), name="Plan"))
    document = only_document(kept)
    papers.add_version(kept, document, Ben, sent(kept, made.PNG, "Skizze.png"), "with the bridge")
    assert rows(kept, "SELECT number, seq, file_name, note, added_by_id FROM document_versions ORDER BY number") == [
        (1, 2, "Plan.pdf", None, 1), (2, 3, "Skizze.png", "with the bridge", 2)]  # fmt: skip
    assert rows(kept, "SELECT step FROM case_events WHERE seq = 3") == [("add_version",)]
    clean(kept)


def test_a_withdrawn_version_leaves_its_record_and_its_file_goes(kept):
    case_id = opened(kept)
    first, second = sent(kept), sent(kept, made.PNG, "Skizze.png")
    papers.add(kept, case_id, Ada, Added(first))
    document = only_document(kept)
    papers.add_version(kept, document, Ada, second)
    papers.withdraw(kept, document, Ada, "Names a neighbour", 1)
    assert files(kept) == {second.sha256}
    found = rows(kept, "SELECT number, withdrawn_seq, withdrawn_by_id, withdrawn_reason FROM document_versions"
                       " ORDER BY number")  # fmt: skip
    assert found == [(1, 4, 1, "Names a neighbour"), (2, None, None, None)]
    clean(kept)
    with pytest.raises(NotPossible, match="already"):
        papers.withdraw(kept, document, Ada, "again", 1)
    papers.withdraw(kept, document, Ada, "all of it")
    assert files(kept) == set()
    clean(kept)


def test_a_file_stays_as_long_as_any_version_anywhere_needs_it(kept):
    one, other = opened(kept), opened(kept)
    for case_id in (one, other):
        papers.add(kept, case_id, Ada, Added(sent(kept)))
    (first, second) = (int(str(row[0])) for row in rows(kept, "SELECT id FROM documents ORDER BY id"))
    papers.withdraw(kept, first, Ada, "Twice")
    assert len(files(kept)) == 1
    erase(kept, one, DORA)
    assert len(files(kept)) == 1
    papers.withdraw(kept, second, Ada, "Gone")
    assert files(kept) == set()


# --------------------------------------------------------------------- many at once


def test_many_who_add_the_same_bytes_at_once_each_have_their_document(kept):
    case_id, other = opened(kept), opened(kept)

    def add(n: int) -> None:
        papers.add(kept, (case_id, other)[n % 2], Ada, Added(sent(kept), name=f"Plan {n}"))

    with ThreadPoolExecutor(6) as many:
        list(many.map(add, range(12)))
    assert rows(kept, "SELECT count(*), count(DISTINCT sha256) FROM document_versions") == [(12, 1)]
    assert len(files(kept)) == 1
    clean(kept)
