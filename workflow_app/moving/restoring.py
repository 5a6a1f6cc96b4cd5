"""Bringing a backup back into an empty database, all of it or nothing; and proof that it is all there.

All but one thing: what opened a door without a password may have been ended since, and is ended again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, cast

from sqlalchemy.orm import Session

from workflow_app import database
from workflow_app.cases import Cases
from workflow_app.documents import Store as Files
from workflow_app.documents import Unavailable
from workflow_app.engine import clock
from workflow_app.models.following import UNSENT
from workflow_app.operation.waiting import waiting
from workflow_app.people import revoking
from workflow_app.people.store import Transaction

from . import archive, loading, proof
from .archive import Manifest
from .errors import Damaged, Trouble
from .tables import Carried
from .tape import Piece

Say = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What stands now: what the backup held, what was ended of it, the proof of its cases, what is wrong with
    the search index; and what worker and scheduler will do first: send so many messages, and keep so many
    deadlines that are over by now."""

    manifest: Manifest
    ended: revoking.Ended
    proof: proof.Proof
    search: tuple[str, ...]
    unsent: int
    over: int

    @property
    def is_whole(self) -> bool:
        return not (self.proof.faults or self.search or self.manifest.gaps)


def must_be_known(manifest: Manifest) -> None:
    """Raises Trouble for a backup of a version that is newer than this code."""
    if not database.is_known(manifest.revision):
        raise Trouble(
            f"The backup was made by a newer version of Teilhabe (its database was at {manifest.revision}, this version"
            f" knows {database.head()}). Please install that version first."
        )


def restore(path: Path, town: Cases, say: Say, *, keep_calendars: bool = False) -> Restored:
    """Bring back a backup into the database and the place of files of `town`; sign-ins and unused links in
    mails are ended, and addresses of calendars unless they are to be kept. Raises Damaged and Trouble, and
    then nothing was kept; Unavailable where the place of files does not answer. What breaks the proof off
    leaves the rows where they are, and that is said."""
    say("Proving the backup …")
    manifest = archive.check(path)
    must_be_known(manifest)
    say(f"Writing {manifest.rows} rows and {manifest.documents} documents …")
    with _files_of(town) as put, loading.begun(town.store.engine, manifest.revision) as target:
        _fill(target, path, manifest, put)
    with proof.under_way(say):
        database.upgrade(town.store.engine)
        ended = _revoke(town, keep_calendars)  # now, so that nothing that fails later leaves a door open
        say("Making the search index …")
        search = proof.index(town)
        with Session(town.store.engine) as session:
            undone = waiting(session, clock.now())
        unsent = sum(undone.messages[state].count for state in UNSENT)
        say("Proving all cases and documents …")
        proved = proof.prove(town)
    return Restored(manifest, ended, proved, tuple(search), unsent, undone.deadlines.count)


def _revoke(town: Cases, keep_calendars: bool) -> revoking.Ended:
    now = clock.now()
    with Session(town.store.engine) as session, session.begin():
        session.connection(execution_options={"immediate": True})
        tx = Transaction(session, now, town.store.calendar.local_date(now))
        return revoking.end_for_all(tx, keep_calendars=keep_calendars)


def _fill(target: loading.Target, path: Path, manifest: Manifest, put: Callable[[Piece], None]) -> None:
    tables = {name: target.table(name, one.columns) for name, one in manifest.tables.items()}
    if missing := target.tables.keys() - tables.keys():
        raise Trouble(f"The backup has no table {min(missing)}, though its version has.")
    for name, pieces in groupby(archive.read(path, manifest), key=lambda piece: archive.table_of(piece.name)):
        if name:
            target.load(tables[name], map(archive.rows_in, pieces))
        else:
            for piece in pieces:
                put(piece)
    target.count_on()
    _compare(target, manifest, tables.values())


def _compare(target: loading.Target, manifest: Manifest, tables: Iterable[Carried]) -> None:
    for table in tables:
        found, wanted = target.tally(table), manifest.tables[table.name]
        if (found.rows, found.digest) != (wanted.rows, wanted.digest):
            raise Trouble(f"The rows of the table {table.name} are not those of the backup. Nothing was kept.")


@contextmanager
def _files_of(town: Cases) -> Iterator[Callable[[Piece], None]]:
    """Puts files where they belong; after an error those are removed that were not there before."""
    new: list[str] = []

    def put(piece: Piece) -> None:
        name = piece.name.rpartition("/")[2]
        if not piece.name.startswith(archive.DOCUMENTS):
            return
        if town.files is None:
            raise Trouble("There is no place for the files of documents.")
        if not town.files.exists(name):
            new.append(name)
        if town.files.put(cast(BinaryIO, piece)).sha256 != name:
            raise Damaged(f"The document {name} is not as it was.")

    try:
        yield put
    except BaseException:
        _take_back(town.files, new)
        raise


def _take_back(files: Files | None, names: Iterable[str]) -> None:
    for name in names:
        try:
            if files is not None:
                files.delete(name)
        except Unavailable:
            return  # `documents tidy` removes them, as all files that no document needs
