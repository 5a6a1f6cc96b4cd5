"""The migration keeps what was there: messages, notices, people."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import Engine, text

from workflow_app.database import _config

BEFORE = (
    "INSERT INTO people (id, name, email, created_at) VALUES (1, 'Ada', 'ada@example.org', '2026-01-01 00:00:00')",
    "INSERT INTO cases (id, process, version, state, title, data, hands, seq, entered_seq, hash, opened_at, changed_at)"
    " VALUES (1, 'motion', 1, 'draft', 'Trees', '{}', '{}', 1, 1, '" + "0" * 64 + "', '2026-01-01', '2026-01-01')",
    "INSERT INTO outbox (id, case_id, kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts)"
    " VALUES (7, 1, 'notice', '{\"to\": []}', 'k', '2026-01-01', 'done', 1, 1, 5)",
    "INSERT INTO notifications (id, outbox_id, person_id, case_id, notice, created_at)"
    " VALUES (3, 7, 1, 1, 'filed', '2026-01-01')",
)
KEPT = "SELECT n.id, n.person_id, n.notice, o.kind, o.case_id FROM notifications n JOIN outbox o ON o.id = n.outbox_id"


def to(engine: Engine, version: str) -> None:
    config = _config()
    with engine.connect().execution_options(immediate=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        (command.upgrade if version == "0003" else command.downgrade)(config, version)


def test_up_and_down_and_up_again_keeps_messages_and_their_notices(engine):
    to(engine, "0002")
    with engine.begin() as connection:
        for statement in BEFORE:
            connection.execute(text(statement))
    for version in ("0003", "0002", "0003"):
        to(engine, version)
        with engine.connect() as connection:
            assert connection.execute(text(KEPT)).all() == [(3, 1, "filed", "notice", 1)]


def test_a_notice_without_a_case_is_refused_by_the_database(engine):
    message = (
        "INSERT INTO outbox (kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts)"
        " VALUES ('{kind}', '{{}}', '{kind}', '2026-01-01', 'pending', 0, 0, 5)"
    )
    with engine.begin() as connection:
        connection.execute(text(message.format(kind="account_link")))
    with pytest.raises(Exception, match="notice_has_case"), engine.begin() as connection:
        connection.execute(text(message.format(kind="notice")))
