"""A message says in which queue it waits, the site's or that of the mails.

What is due, and what is on its way, is asked for in each queue along an index; of what is on its way there is
little, so its index is short.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMN = "queue VARCHAR(10) DEFAULT 'site' NOT NULL CONSTRAINT ck_outbox_queue_known CHECK (queue IN ('site', 'mails'))"
SORT = "UPDATE outbox SET queue = 'mails' WHERE kind IN ('notice_mail', 'digest', 'account_link', 'account_notice')"


LEASED = sa.text("lease_until IS NOT NULL")


def upgrade() -> None:
    """With the constraint in the same breath, SQLite need not write the table anew."""
    op.execute(f"ALTER TABLE outbox ADD COLUMN {COLUMN}")
    op.execute(SORT)
    op.create_index("ix_outbox_state_queue_run_at", "outbox", ["state", "queue", "run_at"], unique=False)
    op.drop_index("ix_outbox_state_run_at", table_name="outbox")
    op.create_index(
        "ix_outbox_lease_until", "outbox", ["queue", "lease_until"], unique=False,
        sqlite_where=LEASED, postgresql_where=LEASED,
    )  # fmt: skip


def downgrade() -> None:
    op.create_index("ix_outbox_state_run_at", "outbox", ["state", "run_at"], unique=False)
    op.drop_index("ix_outbox_lease_until", table_name="outbox")
    op.drop_index("ix_outbox_state_queue_run_at", table_name="outbox")
    op.drop_column("outbox", "queue")
