"""No list looks at all there is: each goes along an index, in a number of queries that stays the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, inspect, text
from sqlalchemy.orm import Session

from tests.cases import world
from tests.cases.conftest import MONDAY
from tests.databases import fresh_sqlite
from tests.queries.conftest import ADA, DORA, PUBLIC
from workflow_app import queries
from workflow_app.engine.definition import Opening
from workflow_app.jobs.reached import reached
from workflow_app.models import Base, Follow, OutboxMessage, Person
from workflow_app.processes import REGISTRY
from workflow_app.queries import incidents, office, organizations

CARETAKER = replace(ADA, principals=ADA.principals | {"administrator@1"})
SOMEBODY = frozenset({"member@1", "chair@1"})

TODAY = date(2026, 3, 2)
NOTICE = OutboxMessage(
    id=1, case_id=1, kind="notice", payload={"notice": "filed", "seq": 1, "to": ["member@1", "person:4"]}
)
READS: dict[str, Callable[[Session], object]] = {
    "all": lambda session: queries.case_list(session, ADA),
    "the public": lambda session: queries.case_list(session, PUBLIC),
    "older": lambda session: queries.case_list(session, ADA, after=10**6),
    "open": lambda session: queries.case_list(session, ADA, open_only=True),
    "process": lambda session: queries.case_list(session, ADA, process="request"),
    "state": lambda session: queries.case_list(session, ADA, process="request", state="filed"),
    "everything at once": lambda session: queries.case_list(
        session, ADA, process="request", state="filed", open_only=True, after=10**6
    ),
    "search": lambda session: queries.case_list(session, ADA, text="path", process="request"),
    "search in everything": lambda session: queries.search(session, ADA, '"a path" -rain', process="request"),
    "search of a number": lambda session: queries.search(session, ADA, "RQ-2026-0001", open_only=True),
    "inbox": lambda session: queries.inbox(session, ADA),
    "inbox after a dated step": lambda session: queries.inbox(session, ADA, after="2026-03-12~1~file"),
    "inbox after an undated step": lambda session: queries.inbox(session, ADA, after="~1~file"),
    "deadlines": lambda session: queries.due_soon(session, ADA),
    "followed": lambda session: queries.following(session, ADA),
    "news": lambda session: queries.news(session, ADA),
    "notices": lambda session: queries.notifications(session, ADA),
    "older notices": lambda session: queries.notifications(session, ADA, before=10**6),
    "unread notices": lambda session: queries.notifications(session, ADA, unread_only=True, before=10**6),
    "number of unread notices": lambda session: queries.unread_count(session, ADA),
    "incidents": lambda session: incidents.incidents(session, CARETAKER),
    "incidents of a kind, further on": lambda session: incidents.incidents(
        session, CARETAKER, kind="message", after="open~2026-03-02T09:00:00+00:00~7"
    ),
    "settled incidents": lambda session: incidents.settled(session, CARETAKER, after="2026-03-02T09:00:00+00:00~7"),
    "settled incidents of a kind": lambda session: incidents.settled(session, CARETAKER, kind="message"),
    "incidents by kind": incidents.incident_counts,
    "number of open incidents": queries.open_incident_count,
    "all open incidents of a kind": lambda session: incidents.open_incident_ids(session, "message", MONDAY, 500),
    "all open incidents": lambda session: incidents.open_incident_ids(session, None, MONDAY, 500),
    "incident about somebody": lambda session: incidents.has_open_incident(session, "address:1"),
    "how people are told about a case": lambda session: queries.receivers_of(session, [1, 4], 1, TODAY),
    "how people want to be told": lambda session: queries.wishes_of(session, [1, 4], TODAY),
    "whom a notice reaches": lambda session: reached(session.connection(), NOTICE, TODAY),
    "muted cases": lambda session: queries.muted_cases(session, ADA),
    "invitations": lambda session: queries.open_to_all(session, ADA, (("request", "filed", "look"),)),
    "documents of a case": lambda session: queries.documents_of(session, ADA, 1, after=10**6),
    "overdue": lambda session: office.deadlines(session, ADA, "overdue", TODAY),
    "due soon, of what waits for somebody": lambda session: office.deadlines(
        session, ADA, "month", TODAY, process="request", waits_for=(SOMEBODY,), after="2026-03-05~1"
    ),
    "suspended": lambda session: office.deadlines(session, ADA, "suspended", TODAY, after="1"),
    "steps of somebody": lambda session: office.waiting_steps(session, ADA, SOMEBODY, TODAY, process="request"),
    "dated steps of somebody": lambda session: office.waiting_steps(session, ADA, SOMEBODY, TODAY, load="dated"),
    "open cases": lambda session: office.open_cases(session, ADA, process="request", state="filed"),
    "open cases that wait for somebody": lambda session: office.open_cases(
        session, ADA, process="request", state="filed", waits_for=(SOMEBODY, SOMEBODY), after="99"
    ),
    "own calendar": lambda session: queries.personal_dates(session, ADA, REGISTRY, TODAY),
    "calendar for everyone": lambda session: queries.public_dates(session, REGISTRY, (("request", "filed"),), TODAY),
    "more organizations with a word": lambda session: organizations.organizations(
        session, TODAY, text="group", after=("Council", 7)
    ),
    "an organization": lambda session: organizations.standing_of(session, 1, before=10**6),
    "page of a case": lambda session: queries.case_page(session, ADA, 1),
}
TABLES = "|".join(Base.metadata.tables)
# What may be narrowed down: the first column of the index, or the key.
GOOD = {
    "cases": {"rowid", "number", "parent_id"},
    "due_dates": {"rowid", "case_id", "due_on", "id"},
    "open_steps": {"principal", "case_id"},
    "case_readers": {"principal", "case_id"},
    "search_texts": {"rowid", "case_id"},
}


@contextmanager
def told(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """The statements sent meanwhile, with their values."""
    found: list[tuple[str, Any]] = []

    def add(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        found.append((statement, values))

    event.listen(engine, "before_cursor_execute", add)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", add)


@pytest.fixture(scope="module")
def filled() -> Iterator[Engine]:
    """A database of SQLite, which plans without having counted anything, with one case in it."""
    engine = fresh_sqlite()
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO cases (id, process, version, state, title, data, hands, seq, entered_seq, hash, opened_at,"
            " changed_at) VALUES (1, 'request', 1, 'filed', 'Path', '{}', '{}', 1, 1, hex(zeroblob(32)), '2026-01-01',"
            " '2026-01-01')"
        )
        connection.exec_driver_sql("INSERT INTO case_readers VALUES ('public', 1, 'request', 'filed', 0)")
        connection.execute(insert(Person).values(id=4, name="Dora", email="dora@example.org", created_at=MONDAY))
        connection.execute(insert(Follow).values(person_id=4, case_id=1, since=MONDAY))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("name", READS)
def test_every_list_goes_along_an_index(filled, name):
    with told(filled) as statements, Session(filled) as session:
        READS[name](session)
    assert statements
    with filled.connect() as connection:
        for statement, values in statements:
            for step in plan(connection, statement, values):
                assert not re.match(rf"SCAN ({TABLES})(_\d+)?\b", step), (step, statement)
                if search := re.match(r"SEARCH (\w+?)(?:_\d+)? USING .*\((\w+)[=<>]", step):
                    table, column = search.groups()
                    assert column in GOOD.get(table, {column}), (step, statement)


def plan(connection: Any, statement: str, values: Any) -> list[str]:
    """What the database is going to do."""
    return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


def test_a_plan_without_an_index_would_be_seen(filled):
    with filled.connect() as connection:
        assert plan(connection, "SELECT * FROM cases WHERE title = ?", ("Path",)) == ["SCAN cases"]


def test_more_rows_take_no_more_queries(cases, session):
    def counted() -> dict[str, int]:
        session.rollback()
        session.expunge_all()
        found = {}
        for name, read in READS.items():
            with told(cases.store.engine) as statements:
                read(session)
            found[name] = sum(not statement.startswith("BEGIN") for statement, _values in statements)
        return found

    first = cases.open_case("request", Opening("A path", {}, world.PARTS), world.ADA).case_id
    cases.act(first, "file", world.ADA, {"tasks": ["dig"]})
    few = counted()
    for n in range(12):
        case_id = cases.open_case("request", Opening(f"Path {n}", {}, world.PARTS), world.ADA, parent=first).case_id
        cases.act(case_id, "file", world.ADA, {"tasks": ["dig"]})
    assert counted() == few


# ------------------------------------------------------------------------------- the search

FEW, MANY = 700, 3500
EASY = {"common": "gemeinsam", "beginning": "gemein", "rare": "einmalig", "two": "gemeinsam einmalig",
        "absent": "nirgends", "without": "gemeinsam -einmalig"}  # fmt: skip
NEW_CASES = """
INSERT INTO cases (id, process, version, state, title, data, hands, seq, entered_seq, hash, opened_at, changed_at)
SELECT n, 'request', 1, 'filed', 'Path', '{}', '{}', 1, 1, 'HASH', '2026-01-01', '2026-01-01' FROM numbers
""".replace("HASH", "0" * 64)
NEW_READERS = """
INSERT INTO case_readers (principal, case_id, process, state, closed)
SELECT 'member@1', n, 'request', 'filed', false FROM numbers
UNION ALL SELECT 'member@2', n, 'request', 'filed', false FROM numbers WHERE n % 12 = 7 AND n <= 700
"""
NEW_TEXTS = """
INSERT INTO search_texts (id, case_id, audience, texts, title, words)
SELECT n * 64, n, '', '[["_title","Path"],["why","gemeinsam"]]', '',
  CASE WHEN n = 7 THEN 'gemeinsam einmalig' ELSE 'gemeinsam' END FROM numbers
"""


def grow(engine: Engine, first: int, last: int) -> None:
    """Cases that all hold a word, of which one holds another; the office sees some of the oldest."""
    numbers = f"WITH RECURSIVE numbers(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"
    with engine.begin() as connection:
        for sql in (NEW_CASES, NEW_READERS, NEW_TEXTS):
            into, select = sql.split("SELECT", 1)
            if engine.dialect.name == "postgresql":
                select = select.replace("CASE WHEN", "CAST(CASE WHEN").replace(
                    "'gemeinsam' END", "'gemeinsam' END AS tsvector)"
                )
            connection.execute(text(f"{into} {numbers} SELECT {select}"))
        connection.exec_driver_sql("ANALYZE")


def looked_at(engine: Engine, viewer: Any, words: str) -> tuple[int, int, list[int]]:
    """How many statements a search sends, how many rows it gets for them, and what it finds."""
    with told(engine) as statements, Session(engine) as session:
        found = [hit.row.id for hit in queries.search(session, viewer, words).rows]
        sent = [(statement, values) for statement, values in statements if not statement.startswith("BEGIN")]
        rows = sum(len(session.connection().exec_driver_sql(statement, values).all()) for statement, values in sent)
    return len(sent), rows, found


@pytest.mark.parametrize("viewer", [ADA, DORA], ids=["sees all", "sees few"])
def test_a_search_looks_at_no_more_rows_where_there_are_more_cases(cases, engine, viewer):
    grow(engine, 1, FEW)
    few = {name: looked_at(engine, viewer, words) for name, words in EASY.items()}
    grow(engine, FEW + 1, MANY)
    for name, words in EASY.items():
        sent, rows, found = looked_at(engine, viewer, words)
        # At most PostgreSQL's second way to the hits, and the walk along the 58 cases that the office sees.
        assert sent <= few[name][0] + 2, name
        assert rows <= few[name][1] * 1.3 + 60, name
        assert len(found) == len(few[name][2]), name
        assert found == sorted(found, reverse=True)


def test_every_foreign_key_begins_an_index_over_all_rows(engine):
    """An index over some rows only does not help where rows that point to one are looked for."""
    found = inspect(engine)
    for table in Base.metadata.tables:
        whole = [
            index["column_names"]
            for index in found.get_indexes(table)
            if f"{engine.dialect.name}_where" not in index.get("dialect_options", {})
        ]
        whole += [found.get_pk_constraint(table)["constrained_columns"]]
        whole += [unique["column_names"] for unique in found.get_unique_constraints(table)]
        for key in found.get_foreign_keys(table):
            columns = key["constrained_columns"]
            assert any(index[: len(columns)] == columns for index in whole), (table, columns)
