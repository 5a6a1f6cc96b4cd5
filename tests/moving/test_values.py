"""Values of every kind stay what they are: through a line of the file, and from database to database."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Time,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import INTERVAL, JSONB

from tests.databases import fresh_sqlite
from workflow_app.database import new_engine
from workflow_app.models import Instant
from workflow_app.moving import Trouble, tables
from workflow_app.moving.loading import Target
from workflow_app.moving.reading import blocks
from workflow_app.moving.values import Row, Tally, canonical, kind_of, line, row_of

JSON_TYPE = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
EVERYTHING = Table(
    "everything", MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant()), Column("on", Date), Column("hour", Time), Column("words", String), Column("yes", Boolean),
    Column("much", BigInteger().with_variant(Integer, "sqlite")), Column("share", Float(53)),
    Column("raw", LargeBinary), Column("told", JSON_TYPE),
)  # fmt: skip

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
# PostgreSQL keeps a larger float as the decimal number that it was written as, and Python reads an int.
numbers = st.integers(-(10**30), 10**30) | st.floats(-(2**53), 2**53)
nested = st.recursive(
    st.none() | st.booleans() | numbers | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
row = st.fixed_dictionaries(
    {
        "at": st.none() | st.datetimes(timezones=st.just(UTC)),
        "on": st.none() | st.dates(),
        "hour": st.none() | st.times(),
        "words": st.none() | words,
        "yes": st.none() | st.booleans(),
        "much": st.none() | st.integers(-(2**63), 2**63 - 1),
        "share": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "raw": st.none() | st.binary(max_size=40),
        "told": st.none() | st.dictionaries(words, nested, max_size=4),
    }
)
ODD = {
    "at": datetime(2026, 10, 25, 0, 30, 0, 1, tzinfo=UTC), "on": date(1, 1, 1), "hour": time(23, 59, 59, 999999),
    "words": "a\nb\r\n\u2028\t\"'\\ \\N {x} 🍎\x01", "yes": False,
    "much": -(2**63), "share": -0.0, "raw": b"\x00\n\xff",
    "told": {"": [1.0, -0.0, 1e22, 1e-300, 10**30, None, {"ä": "\u2028"}], "b": {}, "a": []},
}  # fmt: skip


@pytest.fixture(scope="module")
def both(postgres) -> Iterator[list[Connection]]:
    """A connection to SQLite and one to PostgreSQL, each with the table."""
    with ExitStack() as stack:
        engines = [fresh_sqlite(), new_engine(stack.enter_context(postgres.fresh_url()))]
        found = []
        for engine in engines:
            stack.callback(engine.dispose)
            EVERYTHING.create(engine)
            found.append(stack.enter_context(engine.connect()))
        yield found


@cache
def carried(connection: Connection) -> tables.Carried:
    return next(table for table in tables.tables_of(connection) if table.name == "everything")


def through_a_file(rows: Any) -> Iterator[list[Any]]:
    yield [row_of(line(one)) for block in rows for one in block]


def tally(connection: Connection) -> Tally:
    found, table = Tally(), carried(connection)
    for block in blocks(connection, table):
        for one in block:
            found.add(canonical(one, table.documents))
    return found


@pytest.mark.postgresql
@settings(max_examples=25)
@given(st.lists(row, min_size=1, max_size=8))
@example([ODD, dict.fromkeys(ODD)])
def test_every_value_is_the_same_on_the_other_side(both, values):
    rows = [{"id": n, **one} for n, one in enumerate(values)]
    for source, goal in (both, both[::-1]):
        with source.begin() as going, goal.begin() as coming:
            source.execute(insert(EVERYTHING), rows)
            before = tally(source)
            found = list(through_a_file(blocks(source, carried(source))))
            Target(goal, {}).load(carried(source), found)
            told = goal.execute(select(EVERYTHING).order_by(EVERYTHING.c.id))
            assert [dict(one) for one in told.mappings()] == rows
            assert (tally(goal).rows, tally(goal).digest) == (before.rows, before.digest)
            going.rollback()
            coming.rollback()


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("values", "words"),
    [({"words": "a\0b"}, r"NUL \(0x00\)"), ({"told": {"a": "\0"}}, "unsupported Unicode escape sequence")],
)
def test_what_postgresql_cannot_keep_is_told_with_the_table(both, values, words):
    source, goal = both
    with source.begin() as going, goal.begin() as coming:
        source.execute(insert(EVERYTHING), [{"id": 1, **values}])
        found = list(blocks(source, carried(source)))
        with pytest.raises(Trouble, match=rf"in the table everything: .*{words}.*Nothing was kept") as trouble:
            Target(goal, {}).load(carried(source), found)
        assert "a\0b" not in str(trouble.value)
        going.rollback()
        coming.rollback()


def test_numbers_of_json_alone_are_kept_too(both):
    """SQLite makes a number of a JSON text that is one (settings of the town are often just that)."""
    source, goal = both
    with source.begin() as going, goal.begin() as coming:
        source.execute(insert(EVERYTHING), [{"id": n, "told": value} for n, value in enumerate((14, 2.5, "14", [14]))])
        Target(goal, {}).load(carried(source), blocks(source, carried(source)))
        found = goal.scalars(select(EVERYTHING.c.told).order_by(EVERYTHING.c.id)).all()
        assert json.dumps(found) == '[14, 2.5, "14", [14]]'
        assert tally(source).digest == tally(goal).digest
        going.rollback()
        coming.rollback()


def test_a_type_that_nobody_has_thought_of_is_refused_before_anything_happens():
    with pytest.raises(Trouble, match=r"The column people\.patience has a type that cannot be carried"):
        kind_of(INTERVAL(), "people.patience")


def test_different_rows_have_different_sums():
    sums = set()
    rows: list[Row] = [[1, "a"], [1, "b"], [2, "a"], ["1", "a"], [1, None], [None, "a"], [1, "null"], [True, "a"]]
    for one in rows:
        found = Tally()
        found.add(line(one))
        sums.add(found.digest)
    assert len(sums) == 8


def test_only_names_get_into_statements():
    for name in ('a"; DROP TABLE cases; --', "a b", "", *string.punctuation.replace("_", "")):
        with pytest.raises(Trouble, match="is no name"):
            tables.quoted(name)
