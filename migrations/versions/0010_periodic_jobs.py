"""The scheduler remembers its jobs, so that missed runs are known after a standstill.

A message of the outbox may go when it was carried out long ago; what refers to it stays.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFER_TO_MESSAGES = ("notifications", "mails", "incidents")
MESSAGES_AGAIN = """
INSERT INTO outbox (case_id, kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts)
SELECT {case_id}, 'account_notice', '{{}}', 'gone:{table}:' || id, created_at, 'done', 0, 0, 5
FROM {table} WHERE outbox_id IS NULL
"""
REFER_AGAIN = """
UPDATE {table} SET outbox_id = (SELECT outbox.id FROM outbox WHERE dedupe_key = 'gone:{table}:' || {table}.id)
WHERE outbox_id IS NULL
"""


def upgrade() -> None:
    op.create_table(
        "periodic_jobs",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("done_for", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("began_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("failures", sa.SmallInteger(), nullable=False),
        sa.Column("last_error", sa.String(length=80), nullable=True),
        sa.CheckConstraint("failures >= 0 AND ticket >= 0", name=op.f("ck_periodic_jobs_counts_positive")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_periodic_jobs")),
    )
    for table in REFER_TO_MESSAGES:
        refer(table, ondelete="SET NULL", nullable=True)


def refer(table: str, *, ondelete: str | None, nullable: bool) -> None:
    """What becomes of the rows of a table when the message goes that they refer to."""
    key = op.f(f"fk_{table}_outbox_id")
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(key, type_="foreignkey")
        changed.alter_column("outbox_id", existing_type=ID, nullable=nullable)
        changed.create_foreign_key(key, "outbox", ["outbox_id"], ["id"], ondelete=ondelete)


def downgrade() -> None:
    """What refers to nothing gets a message again that was carried out long ago."""
    for table in ("notifications", "mails"):
        op.execute(MESSAGES_AGAIN.format(table=table, case_id="case_id" if table == "notifications" else "NULL"))
        op.execute(REFER_AGAIN.format(table=table))
    for table in REFER_TO_MESSAGES:
        refer(table, ondelete=None, nullable=table == "incidents")
    op.drop_table("periodic_jobs")
