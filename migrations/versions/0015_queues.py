"""A message says in which queue it waits, the site's or that of the mails; what is due is asked for in each."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMN = "queue VARCHAR(10) DEFAULT 'site' NOT NULL CONSTRAINT ck_outbox_queue_known CHECK (queue IN ('site', 'mails'))"
SORT = "UPDATE outbox SET queue = 'mails' WHERE kind IN ('notice_mail', 'digest', 'account_link', 'account_notice')"


def upgrade() -> None:
    """With the constraint in the same breath, SQLite need not write the table anew."""
    op.execute(f"ALTER TABLE outbox ADD COLUMN {COLUMN}")
    op.execute(SORT)
    op.create_index("ix_outbox_state_queue_run_at", "outbox", ["state", "queue", "run_at"], unique=False)
    op.drop_index("ix_outbox_state_run_at", table_name="outbox")


def downgrade() -> None:
    op.create_index("ix_outbox_state_run_at", "outbox", ["state", "run_at"], unique=False)
    op.drop_index("ix_outbox_state_queue_run_at", table_name="outbox")
    op.drop_column("outbox", "queue")
