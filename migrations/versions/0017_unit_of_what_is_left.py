"""What is left of a deadline whose clock stands says whether it is calendar days or working days.

Which of the two rows have that are there already depends on their process and on the town, and no statement knows
those: they keep none, and are counted as before.
"""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMN = (
    "remaining_unit VARCHAR(11) CONSTRAINT ck_due_dates_remaining_unit_known"
    " CHECK (remaining_unit IN ('day', 'working_day'))"
)


def upgrade() -> None:
    """With the constraint in the same breath, SQLite need not write the table anew."""
    op.execute(f"ALTER TABLE due_dates ADD COLUMN {COLUMN}")


def downgrade() -> None:
    op.drop_column("due_dates", "remaining_unit")
