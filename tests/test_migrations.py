"""A database with data goes from the first migration to the newest and back, and loses nothing on the way."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from alembic.command import downgrade, upgrade
from alembic.config import Config
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.cases.conftest import at_work, cases, rows
from tests.cases.world import ADA, BEN, DORA, PARTS
from workflow_app import database
from workflow_app.access import Viewer
from workflow_app.cases import Added, Cases, papers
from workflow_app.cases.replay import verify_case
from workflow_app.database import new_engine
from workflow_app.documents import FolderStore, receive
from workflow_app.engine.definition import Opening

__all__ = ["at_work", "cases"]
DERIVED = (
    "SELECT principal, case_id, process, state, closed FROM case_readers ORDER BY 1, 2",
    "SELECT principal, case_id, step, hands, hands_needed, due_on FROM open_steps ORDER BY 1, 2, 3",
)
WRITTEN = (
    "SELECT id, state, title, seq, hash, number FROM cases ORDER BY id",
    "SELECT case_id, seq, step, digest, hash FROM case_events ORDER BY 1, 2",
    "SELECT case_id, seq, salt, body FROM case_event_payloads ORDER BY 1, 2",
    "SELECT case_id, part, person_id, organization_id FROM case_parties ORDER BY id",
    "SELECT case_id, name, due_on, fire_at, status FROM due_dates ORDER BY id",
    "SELECT case_id, kind, dedupe_key, state FROM outbox ORDER BY id",
)


@pytest.fixture
def empty(engine: Engine, tmp_path: Path) -> Iterator[Engine]:
    """A database without a single table."""
    if engine.dialect.name == "sqlite":
        made = new_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    else:
        made = engine
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield made
    made.dispose()


def migrate(engine: Engine, go: Callable[[Config, str], None], to: str) -> None:
    """Go to this migration, upwards or downwards, all of it or nothing."""
    config = database._config()
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        go(config, to)


def content(engine: Engine, statements: tuple[str, ...]) -> list[list[tuple[Any, ...]]]:
    with engine.connect() as connection:
        return [[tuple(row) for row in connection.execute(text(sql))] for sql in statements]


@pytest.fixture
def lived(cases: Cases) -> Cases:
    """Cases in several states: with a deadline and without, closed, with children."""
    for n, steps in enumerate(((), ("file",), ("file", "agree"), ("file", "back"))):
        case_id = cases.open_case("request", Opening(f"Path {n}", {}, PARTS), ADA).case_id
        for step in steps:
            cases.act(case_id, step, DORA if step == "back" else ADA, {"tasks": ["dig"]} if step == "file" else {})
            if step == "agree":
                cases.act(case_id, step, BEN)
    return cases


def test_back_to_the_first_and_forth_again_nothing_is_lost(lived):
    engine = lived.store.engine
    before = content(engine, DERIVED), content(engine, WRITTEN)
    assert all(before[0])
    assert all(before[1])
    migrate(engine, downgrade, "0001")
    assert content(engine, WRITTEN) == before[1]
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text("SELECT due_on FROM open_steps"))
    migrate(engine, upgrade, "head")
    assert (content(engine, DERIVED), content(engine, WRITTEN)) == before
    for (case_id,) in rows(lived, "SELECT id FROM cases"):
        with lived.store.transaction() as tx:
            assert verify_case(lived.registry, tx, int(str(case_id))).faults == ()


def test_the_version_before_documents_is_not_gone_back_to_when_there_are_some(lived, tmp_path):
    with_files = replace(lived, files=FolderStore(tmp_path / "documents"))
    added = Added(receive(with_files.files, io.BytesIO(b"text"), "a.txt", 10))
    papers.add(with_files, 1, Viewer(ADA.person, ADA.principals), added)
    before = content(lived.store.engine, WRITTEN)
    with pytest.raises(RuntimeError, match="there are documents"):
        migrate(lived.store.engine, downgrade, "0003")
    assert content(lived.store.engine, WRITTEN) == before
    assert database.current(lived.store.engine) == database.head()


def test_the_version_before_deputies_were_named_is_not_gone_back_to_when_one_has_acted(lived):
    engine = lived.store.engine
    migrate(engine, downgrade, "0013")
    migrate(engine, upgrade, "head")
    lived.act(1, "file", replace(ADA, lent=(("member@1", 2),)))
    before = content(engine, WRITTEN)
    with pytest.raises(RuntimeError, match="deputies have acted"):
        migrate(engine, downgrade, "0013")
    assert content(engine, WRITTEN) == before
    with lived.store.transaction() as tx:
        assert verify_case(lived.registry, tx, 1).faults == ()


@pytest.mark.parametrize("sql", ["UPDATE case_events SET step = 'x'", "DELETE FROM case_events"])
def test_after_all_migrations_the_past_still_cannot_be_changed(lived, sql):
    engine = lived.store.engine
    migrate(engine, downgrade, "0001")
    migrate(engine, upgrade, "head")
    for _time in range(2):
        with pytest.raises(DBAPIError, match="can only be added to"), engine.begin() as connection:
            connection.execute(text(sql))


def test_parts_that_were_held_twice_are_held_once(empty):
    migrate(empty, upgrade, "0001")
    with empty.begin() as connection:
        for sql in OLD_DATA:
            connection.execute(text(sql))
    migrate(empty, upgrade, "0002")
    assert content(empty, ("SELECT part, person_id, organization_id FROM case_parties ORDER BY id",)) == [
        [("board", None, 1), ("board", 1, None), ("office", None, 1)]
    ]
    with empty.connect() as connection:
        found = connection.execute(text("SELECT process, state, closed FROM case_readers")).one()
        assert tuple(found) == ("request", "filed", False)
        assert str(connection.scalar(text("SELECT due_on FROM open_steps"))) == "2026-03-16"


OLD_DATA = (
    "INSERT INTO people (id, name, email, created_at) VALUES (1, 'Ada', 'ada@example.org', '2026-01-01')",
    "INSERT INTO organizations (id, name, organization_type, facts) VALUES (1, 'Board', 'Gremium', '{}')",
    "INSERT INTO cases (id, process, version, state, title, data, hands, seq, entered_seq, hash, opened_at, changed_at)"
    " VALUES (1, 'request', 1, 'filed', 'Path', '{}', '{}', 1, 1, '" + "0" * 64 + "', '2026-01-01', '2026-01-01')",
    *(
        f"INSERT INTO case_parties (id, case_id, part, person_id, organization_id) VALUES ({n}, 1, {holder})"
        for n, holder in enumerate(
            ("'board', NULL, 1", "'board', 1, NULL", "'board', NULL, 1", "'office', NULL, 1", "'board', 1, NULL"), 1
        )
    ),
    "INSERT INTO case_readers (principal, case_id) VALUES ('public', 1)",
    "INSERT INTO open_steps (principal, case_id, step, hands, hands_needed) VALUES ('member@1', 1, 'agree', 0, 1)",
    *(
        "INSERT INTO due_dates (id, case_id, name, anchor_on, due_on, status, extended, warned)"
        f" VALUES ({n}, 1, 'd{n}', '2026-03-02', '{day}', '{status}', 0, 0)"
        for n, day, status in (
            (1, "2026-03-20", "running"), (2, "2026-03-16", "running"), (3, "2026-03-03", "settled"))
    ),
)  # fmt: skip


@pytest.mark.parametrize("holder", ["person_id", "organization_id"])
def test_nobody_holds_the_same_part_twice(cases, holder):
    cases.open_case("request", Opening("A path", {}, PARTS), ADA)
    once = text(f"INSERT INTO case_parties (case_id, part, {holder}) SELECT id, 'reviewer', 2 FROM cases")
    with cases.store.engine.begin() as connection:
        connection.execute(once)
    with pytest.raises(IntegrityError), cases.store.engine.begin() as connection:
        connection.execute(once)


def test_messages_may_go_and_going_back_what_they_brought_is_still_there(lived):
    """On the way back what refers to nothing any more gets a message again."""
    engine = lived.store.engine
    message = "(SELECT min(id) FROM outbox)"
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO notifications (outbox_id, person_id, case_id, notice, created_at)"
                f" VALUES ({message}, 1, 1, 'filed', '2026-03-02 09:00:00.000000')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO mails (outbox_id, person_id, email, subject, body, message_id, state, created_at)"
                f" VALUES ({message}, 1, 'ada@example.org', 'A', 'B', 'x', 'kept', '2026-03-02 09:00:00.000000')"
            )
        )
        connection.execute(text(f"DELETE FROM outbox WHERE id = {message}"))
    kept = ("SELECT person_id, notice FROM notifications", "SELECT person_id, subject FROM mails")
    assert content(engine, kept) == [[(1, "filed")], [(1, "A")]]
    migrate(engine, downgrade, "0009")
    assert content(engine, kept) == [[(1, "filed")], [(1, "A")]]
    of_messages = (
        "SELECT o.state FROM notifications n JOIN outbox o ON o.id = n.outbox_id",
        "SELECT o.state FROM mails m JOIN outbox o ON o.id = m.outbox_id",
    )
    assert content(engine, of_messages) == [[("done",)], [("done",)]]
    migrate(engine, upgrade, "head")
    assert content(engine, kept) == [[(1, "filed")], [(1, "A")]]
