"""Files and the rows that speak of them: what is missing or changed is found, what nobody needs goes."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.cases.conftest import MONDAY, rows
from tests.cases.test_acting import opened
from tests.cases.test_papers import Ada, files, kept, only_document, sent
from tests.documents import made
from tests.documents.conftest import s3
from workflow_app.cases import Added, keeping, papers
from workflow_app.documents import FolderStore, Unavailable
from workflow_app.engine import clock
from workflow_app.engine.errors import NotPossible

__all__ = ["kept", "s3"]
A_DAY = timedelta(days=1)


def path_of(kept, sha256: str) -> Path:
    return Path(kept.files.root, sha256[:2], sha256[2:4], sha256)


def test_files_that_are_there_as_they_came_have_no_faults(kept):
    case_id = opened(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept)))
    papers.add_version(kept, only_document(kept), Ada, sent(kept, made.PNG, "a.png"))
    papers.withdraw(kept, only_document(kept), Ada, "x", 1)
    assert list(keeping.faults(kept, case_id)) == []


def test_a_missing_and_a_changed_file_are_found_by_their_document(kept):
    case_id = opened(kept)
    first, second = sent(kept), sent(kept, made.PNG, "a.png")
    papers.add(kept, case_id, Ada, Added(first))
    document = only_document(kept)
    papers.add_version(kept, document, Ada, second)
    path_of(kept, first.sha256).unlink()
    path_of(kept, second.sha256).write_bytes(made.PNG[:-1] + b"x")
    assert list(keeping.faults(kept, case_id)) == [
        f"document {document}, version 1: the file is not there",
        f"document {document}, version 2: the file is not the one that was added",
    ]


def test_what_no_document_needs_goes_after_a_day_and_everything_else_stays(kept):
    case_id = opened(kept)
    needed, orphan = sent(kept), sent(kept, made.PNG, "a.png")
    papers.add(kept, case_id, Ada, Added(needed))
    with clock.at(MONDAY + timedelta(hours=30)):
        young = sent(kept, made.GIF, "b.gif")
        broken = kept.files.root / "coming-x"
        broken.write_bytes(b"half")
        os.utime(broken, (0, 0))
        done = keeping.tidy(kept, clock.now() - A_DAY)
    assert (done.orphans, done.broken) == (1, 1)
    assert files(kept) == {needed.sha256, young.sha256}
    assert orphan.sha256 not in files(kept)
    assert not broken.exists()


def test_a_file_that_is_put_again_is_not_cleaned_away(kept):
    sent(kept)
    with clock.at(MONDAY + timedelta(days=3)):
        sent(kept)
        assert keeping.tidy(kept, clock.now() - A_DAY).orphans == 0


def test_cleaning_up_and_adding_at_once_never_leaves_a_document_without_its_file(kept):
    case_id = opened(kept)
    later = clock.now() + A_DAY

    def add(n: int) -> bool:
        file = sent(kept, b"one text for all", "a.txt")
        try:
            papers.add(kept, case_id, Ada, Added(file, name=str(n)))
        except NotPossible:
            return False
        return True

    def send(n: int) -> None:
        sent(kept, b"one text for all", "a.txt")
        keeping.tidy(kept, later)

    def once(n: int) -> bool:
        if n % 2:
            send(n)
            return False
        return add(n) if n % 4 else added_and_withdrawn(n)

    def added_and_withdrawn(n: int) -> bool:
        if add(n):
            id_ = rows(kept, "SELECT id FROM documents WHERE name = :n", n=str(n))[0][0]
            papers.withdraw(kept, int(str(id_)), Ada, "x")
        return False

    with ThreadPoolExecutor(4) as many:
        stay = sum(many.map(once, range(24)))
    assert rows(kept, "SELECT count(*) FROM document_versions WHERE withdrawn_at IS NULL") == [(stay,)]
    assert list(keeping.faults(kept, case_id)) == []


def test_who_cleans_up_waits_for_who_is_just_adding(kept, monkeypatch):
    """The clean-up begins at the worst moment: the file is there, and the row that needs it is not yet written."""
    case_id, file = opened(kept), sent(kept)
    there = kept.files.exists
    with ThreadPoolExecutor(1) as aside:

        def exists(store: FolderStore, sha256: str) -> bool:
            found = there(sha256)
            wait([aside.submit(keeping.forget, kept, [sha256])], timeout=0.2)
            return found

        monkeypatch.setattr(FolderStore, "exists", exists)
        papers.add(kept, case_id, Ada, Added(file))
    assert list(keeping.faults(kept, case_id)) == []


class Away:
    """A place of files that does not answer."""

    def delete(self, sha256: str) -> None:
        raise Unavailable


def test_where_the_place_of_files_does_not_answer_a_file_goes_with_the_next_clean_up(kept, monkeypatch):
    case_id = opened(kept)
    papers.add(kept, case_id, Ada, Added(sent(kept)))
    with monkeypatch.context() as patched:
        patched.setattr(type(kept.files), "delete", Away.delete)
        papers.withdraw(kept, only_document(kept), Ada, "x")
    assert rows(kept, "SELECT count(*) FROM document_versions WHERE withdrawn_at IS NULL") == [(0,)]
    assert len(files(kept)) == 1
    assert keeping.tidy(kept, clock.now() + A_DAY).orphans == 1
    assert files(kept) == set()


def test_a_bucket_serves_as_well(kept, s3):
    with_bucket = replace(kept, files=s3.store())
    case_id = opened(with_bucket)
    papers.add(with_bucket, case_id, Ada, Added(sent(with_bucket)))
    assert list(keeping.faults(with_bucket, case_id)) == []
    papers.withdraw(with_bucket, only_document(with_bucket), Ada, "x")
    assert files(with_bucket) == set()
