"""The dashboard of staff: the table of its figures, and the order in which its lists of deadlines go.

The figures are derived: they are counted again within seconds after the scheduler has started.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WALKS = {"ix_due_dates_due_on": ("running", ["due_on", "id"]), "ix_due_dates_suspended": ("suspended", ["id"])}


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_figures_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures")),
    )
    for name, (status, columns) in WALKS.items():
        only = sa.text(f"status = '{status}'")
        op.create_index(name, "due_dates", columns, unique=False, sqlite_where=only, postgresql_where=only)


def downgrade() -> None:
    for name in WALKS:
        op.drop_index(name, "due_dates")
    op.drop_table("figures")
