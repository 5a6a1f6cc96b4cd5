"""There and back in all directions: what comes out is what went in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.command import downgrade
from sqlalchemy import Engine, inspect, text

from tests.cases.test_acting import opened
from tests.cases.test_papers import files
from tests.cases.world import ADA
from tests.moving.conftest import content, searched
from tests.test_migrations import migrate
from workflow_app import database, moving
from workflow_app.cases import Cases, Store
from workflow_app.database import is_of_models
from workflow_app.documents import FolderStore
from workflow_app.moving import Trouble, tables


def quiet(_line: str) -> None:
    """Nobody wants to read it."""


def at(town: Cases, engine: Engine, folder: Path) -> Cases:
    """The same town, but in another place."""
    return replace(town, store=Store(engine, town.store.calendar), files=FolderStore(folder))


def test_the_demonstration_goes_in_all_four_directions_and_stays_what_it_is(flensburg, empty, tmp_path):
    """From SQLite to SQLite to PostgreSQL to PostgreSQL and back to SQLite."""
    before, here = content(flensburg.store.engine), flensburg
    assert len(before["documents"]) > 1
    for n, kind in enumerate(("sqlite", "postgresql", "postgresql", "sqlite")):
        written = moving.back_up(here, tmp_path / f"{n}.tar")
        here = at(flensburg, empty(kind), tmp_path / f"documents{n}")
        done = moving.restore(written.path, here, quiet)
        assert done.is_whole
        assert done.proof.cases == len(before["cases"])
        assert content(here.store.engine) == before
        if n == 0:
            assert raw(here.store.engine) == raw(flensburg.store.engine)
    assert searched(here.store.engine) == searched(flensburg.store.engine)
    assert files(here) == files(flensburg)


def raw(engine: Engine) -> dict[str, list[Any]]:
    """What stands in SQLite, sign for sign."""
    with engine.connect() as connection:
        return {
            table.name: sorted(connection.exec_driver_sql(f"SELECT * FROM {table.name}").all(), key=repr)
            for table in tables.tables_of(connection)
        }


def test_life_goes_on_after_restoring(town, empty, tmp_path, other):
    """The database counts on, triggers guard the past, cases can be acted on; for whom a deputy acted is known."""
    town.act(1, "file", replace(ADA, lent=(("member@1", 2),)))
    written = moving.back_up(town, tmp_path / "a.tar")
    there = at(town, empty(other), tmp_path / "there")
    moving.restore(written.path, there, quiet)
    with there.store.engine.connect() as connection:
        named = connection.execute(text("SELECT case_id, represents_id FROM case_events WHERE represents_id > 0"))
        assert [tuple(row) for row in named] == [(1, 2)]
        last = connection.scalar(text("SELECT max(id) FROM cases"))
        with pytest.raises(Exception, match="can only be added to"):
            connection.execute(text("DELETE FROM case_events"))
    assert opened(there) == last + 1
    assert there.act(2, "agree", ADA, {}).case_id == 2


@pytest.mark.parametrize("prepared", [False, True], ids=["bare", "prepared"])
def test_an_older_backup_is_brought_to_the_newest_migration(town, empty, tmp_path, other, prepared):
    migrate(town.store.engine, downgrade, "0005")
    written = moving.back_up(town, tmp_path / "old.tar")
    assert written.manifest.revision == "0005"
    there = at(town, empty(other), tmp_path / "there")
    if prepared:
        database.upgrade(there.store.engine)
    done = moving.restore(written.path, there, quiet)
    assert done.is_whole
    assert done.proof.cases == 4
    assert database.current(there.store.engine) == database.head()


def test_every_table_is_carried_or_named_as_derived(engine):
    """A new table is carried without a line in this package, or somebody has said why not."""
    found = {name for name in inspect(engine).get_table_names() if is_of_models(name, "table", None)}
    with engine.connect() as connection:
        carried = tables.tables_of(connection)
        assert {table.name for table in carried} | set(tables.DERIVED) | {tables.VERSION} == found
        # A migration that puts rows in would make a database that has just been prepared a full one.
        assert tables.filled(connection, carried) is None


def test_where_data_are_already_nothing_is_restored(town, tmp_path):
    written = moving.back_up(town, tmp_path / "a.tar")
    before = content(town.store.engine)
    with pytest.raises(Trouble, match=r"holds data already \(in the table cases\).*Nothing was changed"):
        moving.restore(written.path, town, quiet)
    assert content(town.store.engine) == before


def test_a_database_of_somebody_else_is_left_alone(town, empty, tmp_path):
    written = moving.back_up(town, tmp_path / "a.tar")
    other = empty(town.store.engine.dialect.name)
    with other.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id INTEGER PRIMARY KEY)"))
    with pytest.raises(Trouble, match=r"not of Teilhabe \(invoices\)"):
        moving.restore(written.path, at(town, other, tmp_path / "there"), quiet)
    assert inspect(other).get_table_names() == ["invoices"]


def test_a_database_without_tables_gives_no_backup(town, empty, tmp_path):
    with pytest.raises(Trouble, match="no tables of Teilhabe yet"):
        moving.back_up(at(town, empty("sqlite"), tmp_path / "there"), tmp_path / "a.tar")
    assert not list(tmp_path.glob("a.tar*"))
