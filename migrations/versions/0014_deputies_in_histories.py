"""Histories say for whom a deputy acted. Events that are there already stay as they are, and so do their hashes.

A column is added to the table as it stands, because SQLite's other way, making the table anew, would take
the triggers that protect the past with it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ADD = """
ALTER TABLE case_events ADD COLUMN represents_id INTEGER
CONSTRAINT fk_case_events_represents_id REFERENCES people (id)
CONSTRAINT ck_case_events_represents_another
CHECK (represents_id IS NULL OR (actor_id IS NOT NULL AND represents_id <> actor_id))
"""


def upgrade() -> None:
    op.execute(ADD)
    op.create_index(op.f("ix_case_events_represents_id"), "case_events", ["represents_id"], unique=False)


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM case_events WHERE represents_id IS NOT NULL")):
        raise RuntimeError("deputies have acted: the version before cannot prove what they did, and the past stays")
    op.drop_index(op.f("ix_case_events_represents_id"), "case_events")
    op.execute("ALTER TABLE case_events DROP COLUMN represents_id")
