"""The relay walks along an index to what is due, in its order, and to what somebody waits for.

However many messages wait, it reads no more of them than it takes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

AWAITED = sa.text("state = 'pending' AND kind = 'account_link'")


def upgrade() -> None:
    op.create_index("ix_outbox_due", "outbox", ["state", "queue", "run_at", "id"], unique=False)
    op.create_index(
        "ix_outbox_awaited", "outbox", ["state", "queue", "run_at", "id"], unique=False,
        sqlite_where=AWAITED, postgresql_where=AWAITED,
    )  # fmt: skip
    op.drop_index("ix_outbox_state_queue_run_at", table_name="outbox")


def downgrade() -> None:
    op.create_index("ix_outbox_state_queue_run_at", "outbox", ["state", "queue", "run_at"], unique=False)
    op.drop_index("ix_outbox_awaited", table_name="outbox")
    op.drop_index("ix_outbox_due", table_name="outbox")
