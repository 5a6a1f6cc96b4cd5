"""What is not as it was written is refused before anything is written; what cannot be written leaves nothing."""

from __future__ import annotations

import json
import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import inspect

from tests.cases.conftest import MONDAY
from tests.cases.test_papers import files
from tests.databases import fresh_sqlite_url
from tests.moving.conftest import content
from tests.moving.test_round import at, quiet
from workflow_app import moving
from workflow_app.cases import Cases
from workflow_app.engine import clock
from workflow_app.moving import Trouble, archive, loading, tape
from workflow_app.moving.archive import MANIFEST
from workflow_app.moving.errors import Damaged
from workflow_app.moving.values import Tally


@pytest.fixture
def backup(town, tmp_path):
    """A sound backup."""
    return moving.back_up(town, tmp_path / "sound.tar").path


@pytest.fixture
def db_url() -> str:
    """One kind of database is enough here: the file does not depend on it."""
    return fresh_sqlite_url()


def test_one_wrong_bit_anywhere_is_found(backup, tmp_path):
    sound, wrong = backup.read_bytes(), tmp_path / "wrong.tar"
    for place in range(0, len(sound), 101):
        flipped = bytearray(sound)
        flipped[place] ^= 4
        wrong.write_bytes(flipped)
        with pytest.raises(Damaged):
            archive.check(wrong)


def test_a_file_that_was_cut_off_anywhere_is_found(backup, tmp_path):
    sound, cut = backup.read_bytes(), tmp_path / "cut.tar"
    for length in (*range(0, len(sound), 997), len(sound) - 1, len(sound) - 512, len(sound) - 1024):
        cut.write_bytes(sound[:length])
        with pytest.raises(Damaged, match="cut off"):
            archive.check(cut)
    cut.write_bytes(sound + b"x")
    with pytest.raises(Damaged):
        archive.check(cut)


def test_pieces_that_were_left_out_or_put_in_twice_are_found(backup, tmp_path):
    with backup.open("rb") as file:
        found = [(piece.name, piece.read()) for piece in tape.pieces(file)]
    for changed in (found[:1] + found[2:], found[:2] + found[1:], found[:-1], found[1:], [*found, found[1]]):
        other = tmp_path / "other.tar"
        with other.open("wb") as file:
            writer = tape.Writer(file, MONDAY)
            for name, data in changed:
                writer.add(name, data)
            writer.end()
        with pytest.raises(Damaged):
            archive.check(other)


@pytest.mark.parametrize("text", [b"", b"Only a text.", b"\x00" * 4096, b"SQLite format 3\x00" * 100])
def test_what_is_no_backup_is_told_so(tmp_path, text):
    (tmp_path / "a.tar").write_bytes(text)
    with pytest.raises(Damaged):
        archive.check(tmp_path / "a.tar")


def test_a_damaged_backup_leaves_the_database_as_it_was(town, backup, empty, tmp_path):
    flipped = bytearray(backup.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    backup.write_bytes(flipped)
    there = at(town, empty("sqlite"), tmp_path / "there")
    with pytest.raises(Damaged):
        moving.restore(backup, there, quiet)
    assert content_or_nothing(there) == "nothing"
    assert not (tmp_path / "there").exists()


def content_or_nothing(cases: Cases) -> object:
    return "nothing" if not inspect(cases.store.engine).get_table_names() else content(cases.store.engine)


def test_rows_that_come_out_otherwise_are_taken_back_with_tables_and_documents(
    town, backup, empty, tmp_path, monkeypatch
):
    there = at(town, empty("sqlite"), tmp_path / "there")
    monkeypatch.setattr(loading.Target, "tally", lambda self, table: Tally(rows=1))
    with pytest.raises(Trouble, match=r"are not those of the backup\. Nothing was kept"):
        moving.restore(backup, there, quiet)
    assert content_or_nothing(there) == "nothing"
    assert not files(there)


@pytest.mark.parametrize(
    ("change", "words"),
    [({"format": 2}, "has the format 2"), ({"revision": "9999"}, "made by a newer version of Teilhabe")],
)
def test_a_backup_of_the_future_is_refused_in_words(town, backup, empty, tmp_path, change, words):
    with backup.open("rb") as file:
        found = {piece.name: piece.read() for piece in tape.pieces(file)}
    found[MANIFEST] = json.dumps({**json.loads(found[MANIFEST]), **change}).encode()
    found[archive.SEAL] = archive.seal(found[MANIFEST])
    future = tmp_path / "future.tar"
    with future.open("wb") as file:
        writer = tape.Writer(file, MONDAY)
        for name, data in found.items():
            writer.add(name, data)
        writer.end()
    there = at(town, empty("sqlite"), tmp_path / "there")
    with pytest.raises(Trouble, match=words):
        moving.restore(future, there, quiet)
    assert content_or_nothing(there) == "nothing"


# ---------------------------------------------------------------------------- writing


def test_only_its_owner_may_read_it_and_a_folder_gets_a_name(town, tmp_path):
    written = moving.back_up(town, tmp_path)
    assert written.path.name == "teilhabe-2026-03-02-090000.tar"
    assert stat.S_IMODE(written.path.stat().st_mode) == 0o600
    assert written.size == written.path.stat().st_size
    assert archive.check(written.path) == written.manifest


def test_a_file_that_is_there_is_never_written_over(town, tmp_path):
    place = tmp_path / "a.tar"
    place.write_text("precious")
    with pytest.raises(Trouble, match="there already"):
        moving.back_up(town, place)
    assert place.read_text() == "precious"


def test_two_at_once_do_not_write_into_each_other(town, tmp_path):
    (tmp_path / "a.tar.part").write_text("being written")
    with pytest.raises(Trouble, match="another backup is being written"):
        moving.back_up(town, tmp_path / "a.tar")
    assert (tmp_path / "a.tar.part").read_text() == "being written"


def test_what_a_killed_backup_has_left_in_the_folder_goes_with_the_next_one(town, tmp_path):
    """Not what is being written now, nor what has another name."""
    hours = {"teilhabe-2026-03-01-031500.tar.part": 13, "teilhabe-2026-03-02-031500.tar.part": 11,
             "teilhabe-2026-02-01-031500.tar": 700, "mine.tar.part": 700}  # fmt: skip
    for name, old in hours.items():
        (tmp_path / name).touch()
        moment = (clock.now() - timedelta(hours=old)).timestamp()
        os.utime(tmp_path / name, (moment, moment))
    written = moving.back_up(town, tmp_path)
    left = {path.name for path in tmp_path.glob("*.tar*")}
    assert left == {*hours, written.path.name} - {"teilhabe-2026-03-01-031500.tar.part"}


@pytest.mark.parametrize("place", ["nowhere/a.tar", "sound.tar/a.tar"])
def test_a_place_that_cannot_be_written_is_told(town, backup, tmp_path, place):
    with pytest.raises(Trouble, match=r"cannot be written: No.*No backup was made"):
        moving.back_up(town, tmp_path / place)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """The system lets no file grow any further, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_where_there_is_no_room_nothing_is_left(town, backup, tmp_path):
    before = sorted(tmp_path.iterdir())
    size = backup.stat().st_size
    for room in (0, 512, size // 2, size - 1):
        with room_for(room), pytest.raises(Trouble, match="cannot be written: File too large"):
            moving.back_up(town, tmp_path / "b.tar")
        assert not [path for path in tmp_path.iterdir() if path not in before and path.suffix in (".tar", ".part")]
