"""People go on working while a backup is made: it shows one moment. While a town moves, nobody can write."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.cases.conftest import MONDAY, rows
from tests.cases.test_acting import opened
from tests.cases.world import ADA
from tests.moving.conftest import content
from tests.moving.test_round import at, quiet
from workflow_app import moving
from workflow_app.engine import clock
from workflow_app.moving import Trouble, backup, loading, proof, reading, transferring

MOST = 150
"""How often each of those acts who work at the same time: enough for the slowest machine, and not endless."""


def test_what_is_done_between_two_tables_is_not_in_it(town, empty, tmp_path, monkeypatch):
    """Deterministic: before each table somebody opens a case and acts."""
    before, real = content(town.store.engine), reading.Snapshot.blocks

    def blocks(self, table):
        opened(town, f"Between, {table.name}")
        town.act(1, "note", ADA, {"text": table.name})
        return real(self, table)

    monkeypatch.setattr(reading.Snapshot, "blocks", blocks)
    written = moving.back_up(town, tmp_path / "a.tar")
    monkeypatch.undo()
    assert len(content(town.store.engine)["cases"]) > len(before["cases"]) + 20
    there = at(town, empty("sqlite"), tmp_path / "there")
    assert moving.restore(written.path, there, quiet).is_whole
    assert content(there.store.engine) == before


def test_many_who_work_at_the_same_time_do_not_disturb_it(town, empty, tmp_path):
    """Three people write without a pause while two backups are made; each verifies clean."""
    done, started = threading.Event(), threading.Semaphore(0)

    def work(n):
        acted = 0
        with clock.at(MONDAY):
            while not done.is_set() and acted < MOST:
                opened(town, f"By {n}")
                town.act(1, "note", ADA, {"text": f"{n} {acted}"})
                acted += 1
                started.release()
        return acted

    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(work, n) for n in range(3)]
        try:
            for _n in range(3):
                assert started.acquire(timeout=30)
            written = [moving.back_up(town, tmp_path / f"{n}.tar") for n in range(2)]
        finally:
            done.set()
        acted = sum(worker.result() for worker in workers)
    counts = [one.manifest.tables["case_events"].rows for one in written]
    assert counts[0] < counts[1] <= len(rows(town, "SELECT 1 FROM case_events"))
    assert acted > 0
    for n, one in enumerate(written):
        restored = moving.restore(one.path, at(town, empty("sqlite"), tmp_path / f"there{n}"), quiet)
        assert restored.is_whole
        assert restored.proof.cases == one.manifest.tables["cases"].rows


def test_a_town_moves_with_all_it_has(town, empty, other):
    told: list[str] = []
    there = empty(other)
    done = moving.move(town, there, told.append)
    assert done.is_whole
    assert content(there) == content(town.store.engine)
    assert told[1] == "The old one: 4 cases, 0 with faults, 0 erased payloads."
    assert told[-1] == "The new one: 4 cases, 0 with faults, 0 erased payloads."


def test_nobody_can_write_into_the_old_one_while_it_moves(town, empty, monkeypatch, other):
    real, refused = transferring._copy, []

    def copy(source, target):
        with town.store.engine.connect() as other:
            sqlite = town.store.engine.dialect.name == "sqlite"
            other.exec_driver_sql("PRAGMA busy_timeout = 0" if sqlite else "SET LOCAL lock_timeout = '10ms'")
            with pytest.raises(OperationalError):
                other.execute(text("UPDATE people SET name = 'Eve' WHERE id = 1"))
            refused.append(True)
            other.rollback()
            other.invalidate()
        return real(source, target)

    monkeypatch.setattr(transferring, "_copy", copy)
    assert moving.move(town, empty(other), quiet).is_whole
    assert refused


def test_a_town_with_faults_does_not_move(town, empty):
    with town.store.engine.begin() as connection:
        connection.execute(text("UPDATE cases SET title = 'forged' WHERE id = 1"))
    there = empty("sqlite")
    with pytest.raises(Trouble, match="has faults; nothing was moved") as trouble:
        moving.move(town, there, quiet)
    assert trouble.value.details == ("case 1: title is not what the history says",)
    with there.connect() as connection:
        assert not connection.execute(text("SELECT 1 FROM sqlite_master")).all()


@pytest.mark.parametrize("what", ["index", "prove"])
def test_who_is_broken_off_when_the_rows_are_there_is_told_to_begin_anew(town, empty, tmp_path, monkeypatch, what):
    """As by Ctrl-C; what is said is true."""
    told: list[str] = []
    written = moving.back_up(town, tmp_path / "a.tar")
    moved, real = empty("sqlite"), proof.prove

    def breaks_off(place):
        if place is town:
            return real(place)
        raise KeyboardInterrupt

    monkeypatch.setattr(proof, what, breaks_off)
    with pytest.raises(KeyboardInterrupt):
        moving.move(town, moved, told.append)
    restored = at(town, empty("sqlite"), tmp_path / "there")
    with pytest.raises(KeyboardInterrupt):
        moving.restore(written.path, restored, told.append)
    assert told.count(proof.NOT_PROVED) == 2
    for full in (moved, restored.store.engine):
        with pytest.raises(Trouble, match="holds data already"), full.connect() as connection:
            loading.must_be_empty(connection)


def test_a_town_does_not_move_into_itself(town):
    with pytest.raises(Trouble, match="holds data already"):
        moving.move(town, town.store.engine, quiet)


def test_who_withdraws_without_end_is_asked_to_wait(town, tmp_path, monkeypatch):
    def outrun(*_args):
        raise backup._Outrun

    monkeypatch.setattr(backup, "_take_documents", outrun)
    with pytest.raises(Trouble, match="withdrawn all the time"):
        moving.back_up(town, tmp_path / "a.tar")
    assert not list(tmp_path.glob("a.tar*"))
