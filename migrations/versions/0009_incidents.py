"""Incidents: what a machine cannot put right alone is kept until a person has dealt with it.

Messages that were given up before become incidents too, so that nobody forgets them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
UNSETTLED = sa.text("settled_at IS NULL")
POINTS_TO = {
    "case_id": "cases", "outbox_id": "outbox", "due_id": "due_dates", "person_id": "people", "settled_by_id": "people",
}  # fmt: skip
GIVEN_UP = """
INSERT INTO incidents (kind, subject, case_id, outbox_id, error, times, first_at, last_at, state)
SELECT 'message', 'message:' || id, case_id, id, COALESCE(last_error, 'unknown'), 1, run_at, run_at, 'open'
FROM outbox WHERE state = 'dead'
"""


def upgrade() -> None:
    id_ = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("outbox_id", id_, nullable=True),
        sa.Column("due_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=80), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", INSTANT, nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        *checks(),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_incidents_{column}"))
            for column, table in POINTS_TO.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    for column in POINTS_TO:
        op.create_index(op.f(f"ix_incidents_{column}"), "incidents", [column], unique=False)
    op.create_index(
        "ix_incidents_unsettled", "incidents", ["subject"],
        unique=True, sqlite_where=UNSETTLED, postgresql_where=UNSETTLED,
    )  # fmt: skip
    op.create_index("ix_incidents_settled_at_id", "incidents", ["settled_at", "id"], unique=False)
    op.execute(GIVEN_UP)


def checks() -> list[sa.CheckConstraint]:
    rules = {
        "kind_known": "kind IN ('message', 'deadline', 'clock', 'job', 'setting')",
        "state_known": "state IN ('open', 'retrying', 'solved', 'discarded')",
        "settled_at_if_settled": "(state IN ('solved', 'discarded')) = (settled_at IS NOT NULL)",
        "discarded_why": "state <> 'discarded' OR (reason IS NOT NULL AND settled_by_id IS NOT NULL)",
    }
    return [sa.CheckConstraint(rule, name=op.f(f"ck_incidents_{name}")) for name, rule in rules.items()]


def downgrade() -> None:
    op.drop_table("incidents")
