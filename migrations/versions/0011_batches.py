"""A message on its way says in which job it travels, so that a job speaks for all of its messages at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("batch", sa.String(length=40), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "batch")
