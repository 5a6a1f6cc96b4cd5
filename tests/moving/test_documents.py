"""Documents go along, each file once; one that is missing or wrong is told by its document and case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO

import pytest

from tests.cases.test_keeping import path_of
from tests.cases.test_papers import Ada, files, sent
from tests.documents import made
from tests.documents.conftest import s3
from tests.moving.test_round import at, quiet
from workflow_app import moving
from workflow_app.cases import papers
from workflow_app.documents import FolderStore
from workflow_app.moving import Trouble, archive

__all__ = ["s3"]


def test_files_are_carried_once_and_withdrawn_ones_not(town, empty, tmp_path):
    papers.withdraw(town, 2, Ada, "x", 1)
    written = moving.back_up(town, tmp_path / "a.tar")
    assert (written.manifest.documents, written.manifest.document_bytes) == (1, len(made.PDF))
    there = at(town, empty("sqlite"), tmp_path / "there")
    assert moving.restore(written.path, there, quiet).is_whole
    assert files(there) == {sent(town).sha256}


def test_a_missing_and_a_wrong_file_are_told_and_there_is_no_backup(town, empty, tmp_path):
    pdf, png = sent(town).sha256, sent(town, made.PNG, "a.png").sha256
    path_of(town, pdf).unlink()
    path_of(town, png).write_bytes(made.PNG + b"x")
    with pytest.raises(Trouble, match="documents cannot be taken") as trouble:
        moving.back_up(town, tmp_path / "a.tar")
    gaps = {
        "document 1, version 1 (case 1): the file is not there",
        "document 2, version 1 (case 2): the file is not the one that was added",
        "document 3, version 1 (case 2): the file is not there",
    }
    assert set(trouble.value.details) == gaps
    assert not list(tmp_path.glob("a.tar*"))

    written = moving.back_up(town, tmp_path / "a.tar", with_gaps=True)
    assert set(written.manifest.gaps) == gaps
    assert written.manifest.documents == 0
    done = moving.restore(written.path, at(town, empty("sqlite"), tmp_path / "there"), quiet)
    assert not done.is_whole
    assert done.proof.faulty == 2


def test_documents_go_from_a_folder_into_a_bucket_and_back(town, s3, empty, tmp_path):
    written = moving.back_up(town, tmp_path / "a.tar")
    there = replace(at(town, empty("sqlite"), tmp_path), files=s3.store())
    assert moving.restore(written.path, there, quiet).is_whole
    again = moving.back_up(there, tmp_path / "b.tar")
    assert {n for n in again.manifest.members if n.startswith(archive.DOCUMENTS)} == {
        n for n in written.manifest.members if n.startswith(archive.DOCUMENTS)
    }


def test_a_bucket_that_does_not_answer_is_told(town, s3, tmp_path):
    nowhere = replace(s3.store(), address="s3://nobody/papers")
    with pytest.raises(Trouble):
        moving.back_up(replace(town, files=nowhere), tmp_path / "a.tar")
    assert not list(tmp_path.glob("a.tar*"))


def test_files_that_were_there_before_stay_when_restoring_fails(town, empty, tmp_path, monkeypatch):
    written = moving.back_up(town, tmp_path / "a.tar")
    monkeypatch.setattr(moving.loading.Target, "count_on", lambda self: 1 / 0)
    there = replace(at(town, empty("sqlite"), tmp_path), files=town.files)
    before = files(town)
    with pytest.raises(ZeroDivisionError):
        moving.restore(written.path, there, quiet)
    assert files(town) == before


@dataclass(frozen=True)
class Withdrawing(FolderStore):
    """Somebody withdraws a document just before its file is read."""

    withdraw: Callable[[str], None] = print

    def open(self, sha256: str) -> BinaryIO:
        self.withdraw(sha256)
        return super().open(sha256)


def test_a_document_withdrawn_meanwhile_is_no_loss_the_backup_begins_again(town, empty, tmp_path):
    png, asked = sent(town, made.PNG, "a.png").sha256, []

    def withdraw(sha256):
        asked.append(sha256)
        if sha256 == png and asked.count(png) == 1:
            papers.withdraw(town, 2, Ada, "x", 1)

    busy = replace(town, files=Withdrawing(town.files.root, withdraw))
    written = moving.back_up(busy, tmp_path / "a.tar")
    assert png in asked
    assert written.manifest.documents == 1
    assert moving.restore(written.path, at(town, empty("sqlite"), tmp_path / "there"), quiet).is_whole
