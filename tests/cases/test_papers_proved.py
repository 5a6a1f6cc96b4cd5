"""Documents in the history of their case: erased where they must be, and proved where they are."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.cases.conftest import rows
from tests.cases.test_acting import clean, opened
from tests.cases.test_papers import Ada, files, kept, only_document, sent
from tests.cases.world import DORA
from tests.documents import made
from workflow_app.cases import Added, Cases, papers
from workflow_app.cases.erasing import erase
from workflow_app.cases.replay import verify_case

__all__ = ["kept"]


def faults(cases: Cases, case_id: int) -> tuple[str, ...]:
    with cases.store.transaction() as tx:
        return verify_case(cases.registry, tx, case_id).faults


# ------------------------------------------------------------------------- erasing


def test_erasing_a_case_erases_its_documents_and_their_files(kept):
    case_id = opened(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept), name="Attest von Frau Muster", note="privat"))
    papers.withdraw(kept, only_document(kept), Ada, "wegen Frau Muster")
    papers.add(kept, case_id, Ada, Added(sent(kept, made.PNG, "Frau Muster.png")))
    erase(kept, case_id, DORA)
    assert (
        rows(kept, "SELECT count(*) FROM documents") == rows(kept, "SELECT count(*) FROM document_versions") == [(0,)]
    )
    assert "Muster" not in str(rows(kept, "SELECT body FROM case_event_payloads"))
    assert files(kept) == set()
    clean(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept)))
    clean(kept)


def test_erasing_one_event_keeps_the_documents_of_the_others(kept):
    case_id = opened(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept), name="Plan"))
    document = only_document(kept)
    papers.add_version(kept, document, Ada, sent(kept, made.PNG, "Skizze.png"))
    papers.add(kept, case_id, Ada, Added(sent(kept, made.GIF, "Foto.gif"), name="Foto"))
    erase(kept, case_id, DORA, [2, 4])
    assert rows(kept, "SELECT d.name, v.number FROM documents d JOIN document_versions v ON v.document_id = d.id") == [
        ("Plan", 2)]  # fmt: skip
    assert len(files(kept)) == 1
    clean(kept)


def test_erasing_why_a_document_was_withdrawn_does_not_bring_it_back(kept):
    case_id = opened(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept)))
    papers.withdraw(kept, only_document(kept), Ada, "wegen Frau Muster")
    erase(kept, case_id, DORA, [3])
    assert rows(kept, "SELECT withdrawn_seq, withdrawn_reason FROM document_versions") == [(3, None)]
    clean(kept)


# ------------------------------------------------------------------------- proving


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE document_versions SET sha256 = '" + "0" * 64 + "'",
        "UPDATE document_versions SET file_name = 'other.pdf'",
        "UPDATE document_versions SET number = 2",
        "UPDATE documents SET audience = 'case'",
        "UPDATE documents SET name = 'other'",
        "DELETE FROM document_versions",
        "UPDATE document_versions SET withdrawn_seq = 2, withdrawn_at = added_at",
    ],
)
def test_verification_finds_documents_that_were_tampered_with(kept, sql):
    case_id = opened(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept), "participants"))
    assert faults(kept, case_id) == ()
    with kept.store.engine.begin() as connection:
        connection.execute(text(sql))
    assert faults(kept, case_id) == ("the documents are not those the history names",)
