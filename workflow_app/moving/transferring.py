"""From the database of a town into another one, of the same kind or the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from workflow_app import database
from workflow_app.cases import Cases, Store

from . import loading, proof
from .errors import Trouble
from .reading import Snapshot, frozen
from .restoring import Say
from .tables import Carried
from .values import Row, Tally, canonical


@dataclass(frozen=True)
class Moved:
    """What was moved: rows and tables, and the proof of the cases on both sides."""

    rows: int
    tables: int
    before: proof.Proof
    after: proof.Proof
    search: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        return not (self.after.faults or self.search)


def move(town: Cases, target: Engine, say: Say) -> Moved:
    """Copy everything in the database of `town` into an empty one, and prove both. Meanwhile nobody can
    write into the old one; files of documents stay where they are. Raises Trouble, and then nothing was kept;
    what else breaks the proof off leaves the rows in the new one, and that is said."""
    if (now := database.current(town.store.engine)) != database.head():
        raise Trouble(
            f"The database is at {now or 'nothing'}, this version needs {database.head()}."
            " Please run: flask --app workflow_app database prepare --empty"
        )
    with target.connect() as connection:
        loading.must_be_empty(connection)
    with frozen(town.store.engine) as source:
        say("Proving the old database …")
        before = proof.prove(town)
        say(f"The old one: {before}.")
        if before.faults:
            raise Trouble("The old database has faults; nothing was moved.", before.faults)
        say("Copying all rows …")
        rows = _copy(source, target)
        there = replace(town, store=Store(target, town.store.calendar))
        with proof.under_way(say):
            say("Making the search index …")
            search = proof.index(there)
            say("Proving the new database …")
            after = proof.prove(there)
        say(f"The new one: {after}.")
    return Moved(rows, len(source.tables), before, after, tuple(search))


def _copy(source: Snapshot, target: Engine) -> int:
    """Copy all rows and compare them; gives how many."""
    rows = 0
    with loading.begun(target, source.revision) as new:
        for table in source.tables:
            tally, theirs = Tally(), new.table(table.name, table.columns)
            with closing(source.blocks(table)) as blocks:
                new.load(theirs, _counted(blocks, table, tally))
            found = new.tally(theirs)
            if (found.rows, found.digest) != (tally.rows, tally.digest):
                raise Trouble(f"The rows of the table {table.name} are not those of the old one. Nothing was kept.")
            rows += tally.rows
        new.count_on()
    return rows


def _counted(blocks: Iterable[list[Row]], table: Carried, tally: Tally) -> Iterator[list[Row]]:
    for block in blocks:
        for row in block:
            tally.add(canonical(row, table.documents))
        yield block
