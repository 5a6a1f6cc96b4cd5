"""Calendars out: the address of a person's own calendar, and short walks over what somebody takes part in.

And one over what happened last, for the figures of operation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HOLDERS = ("person_id", "organization_id")


def upgrade() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(secret_hash) = 64", name=op.f("ck_calendar_feeds_secret_hash_length")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_calendar_feeds_secret_hash")),
    )
    for holder in HOLDERS:
        op.create_index(f"ix_case_parties_{holder}_case_id", "case_parties", [holder, "case_id"], unique=False)
        op.drop_index(op.f(f"ix_case_parties_{holder}"), "case_parties")
    op.create_index("ix_case_events_at", "case_events", ["at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_case_events_at", "case_events")
    for holder in HOLDERS:
        op.create_index(op.f(f"ix_case_parties_{holder}"), "case_parties", [holder], unique=False)
        op.drop_index(f"ix_case_parties_{holder}_case_id", "case_parties")
    op.drop_table("calendar_feeds")
