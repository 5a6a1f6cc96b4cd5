"""The migration keeps what people were told and which mails were written, there and back."""

from __future__ import annotations

import pytest
from alembic.command import downgrade, upgrade
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from tests.people.test_schema import BEFORE
from workflow_app.database import _config

OLD = (
    *BEFORE,
    "INSERT INTO mails (id, outbox_id, person_id, email, subject, body, message_id, state, created_at)"
    " VALUES (5, 7, 1, 'ada@example.org', 'Hello', NULL, '<m@x>', 'refused', '2026-01-01')",
)
TOLD = "SELECT id, outbox_id, person_id, case_id, notice, read_at FROM notifications"
MAILS = "SELECT id, outbox_id, email, state, message_id FROM mails"


def go(engine: Engine, way: object, to: str) -> None:
    config = _config()
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        way(config, to)  # type: ignore[operator]


def found(engine: Engine, sql: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def do(engine: Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@pytest.fixture
def old(engine: Engine) -> Engine:
    """A database as it was before, with a notice and a refused mail."""
    go(engine, downgrade, "0007")
    do(engine, *OLD)
    return engine


def test_what_was_told_stays_on_the_site_and_is_not_mailed_now(old):
    before = found(old, TOLD), found(old, MAILS)
    go(old, upgrade, "head")
    assert (found(old, TOLD), found(old, MAILS)) == before
    assert found(old, "SELECT topic, way, mailed_at FROM notifications") == [("news", "site", None)]
    assert found(old, "SELECT reason FROM mails") == [("other",)]
    go(old, downgrade, "0007")
    assert (found(old, TOLD), found(old, MAILS)) == before


def test_a_mail_that_came_back_is_a_refused_one_for_the_version_before(old):
    go(old, upgrade, "head")
    do(old, "UPDATE mails SET state = 'bounced', sent_at = created_at")
    go(old, downgrade, "0007")
    assert found(old, "SELECT state, sent_at FROM mails") == [("refused", None)]


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("reason_if_not_sent", "UPDATE mails SET reason = NULL"),
        ("sent_at_if_sent", "UPDATE mails SET state = 'bounced'"),
        ("html_if_kept", "UPDATE mails SET html = '<p>'"),
        ("topic_known", "UPDATE notifications SET topic = 'gossip'"),
        ("way_known", "UPDATE notifications SET way = 'pigeon'"),
        ("quiet_both_ends", "INSERT INTO preferences VALUES (1, 'now', 0, 8, '22:00:00', NULL, NULL, '[]')"),
        ("quiet_not_all_day", "INSERT INTO preferences VALUES (1, 'now', 0, 8, '22:00:00', '22:00:00', NULL, '[]')"),
        ("digest_time", "INSERT INTO preferences VALUES (1, 'now', 7, 8, NULL, NULL, NULL, '[]')"),
    ],
)
def test_the_database_itself_refuses_what_cannot_be(old, rule, statement):
    go(old, upgrade, "head")
    with pytest.raises(IntegrityError, match=rule):
        do(old, statement)
