"""A database that can do nothing for anybody is told from one that refuses what a single row wants: real errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from workflow_app.database import is_away, is_held, new_engine

NOTHING_NOW = (
    "53100", "53200", "53300", "57P01", "57P02", "57P03", "08006", "08001", "25P03", "40001", "40P01", "55P03",
)  # fmt: skip
REFUSED = ("54000", "54001", "57014", "55000", "58030", "22003", "23505", "42P01", "P0001")
in_postgresql = pytest.mark.parametrize("db_url", ["postgresql"], indirect=True)


def raised(do: Callable[[], object]) -> Exception:
    with pytest.raises((SQLAlchemyError, psycopg.Error, sqlite3.Error)) as found:
        do()
    return found.value


@pytest.mark.postgresql
@in_postgresql
@pytest.mark.parametrize(("states", "away"), [(NOTHING_NOW, True), (REFUSED, False)], ids=["nothing now", "refused"])
def test_postgresql_says_which_it_is_through_sqlalchemy_and_by_itself(engine, states, away):
    def fail(state: str) -> None:
        with engine.connect() as connection:
            connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$"))

    for state in states:
        error = raised(partial(fail, state))
        assert is_away(error) is is_away(error.orig) is away, state  # type: ignore[attr-defined]
        assert is_held(error) is (state in ("40001", "40P01", "55P03")), state


@pytest.mark.postgresql
@in_postgresql
def test_a_postgresql_that_has_ended_the_connection_or_takes_none_is_away(engine):
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        cut = raised(lambda: connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())")))
        raw = raised(lambda: driver.execute("SELECT 1"))
    nobody = new_engine("postgresql://nobody@127.0.0.1:1/nothing")
    refused = raised(nobody.connect)
    assert [is_away(error) for error in (cut, raw, refused)] == [True, True, True]


@pytest.mark.postgresql
@in_postgresql
def test_a_statement_that_takes_too_long_is_refused(engine):
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = '10ms'"))
        assert is_away(raised(lambda: connection.execute(text("SELECT pg_sleep(9)")))) is False


def test_an_sqlite_file_that_is_locked_full_or_not_there_is_away(tmp_path: Path):
    first, second = (sqlite3.connect(tmp_path / "file", timeout=0, isolation_level=None) for _n in range(2))
    first.execute("CREATE TABLE t (words)")
    first.execute("BEGIN IMMEDIATE")
    locked = raised(lambda: second.execute("BEGIN IMMEDIATE"))
    first.execute("COMMIT")
    first.execute("PRAGMA max_page_count = 3")
    full = raised(lambda: first.execute("INSERT INTO t VALUES (?)", ("x" * 100_000,)))
    for connection in (first, second):
        connection.close()
    nowhere = raised(new_engine(f"sqlite:///{tmp_path / 'none' / 'file'}").connect)
    assert [is_away(error) for error in (locked, full, nowhere)] == [True, True, True]


@pytest.mark.parametrize("sql", ["SELECT json('broken')", "SELECT * FROM nowhere"])
def test_what_sqlite_cannot_read_or_find_is_refused(tmp_path: Path, sql: str):
    engine = new_engine(f"sqlite:///{tmp_path / 'file'}")
    with engine.connect() as connection:
        error = raised(lambda: connection.execute(text(sql)))
    engine.dispose()
    assert type(error).__name__ == "OperationalError"
    assert is_away(error) is False
