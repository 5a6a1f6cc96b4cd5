"""Lists of incidents: short indexes for what is open, of all kinds or of one, and for what was settled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UNSETTLED, SETTLED = sa.text("settled_at IS NULL"), sa.text("settled_at IS NOT NULL")
INDEXES = {
    "ix_incidents_state": (["state", "last_at", "id"], UNSETTLED),
    "ix_incidents_kind": (["kind", "state", "last_at", "id"], UNSETTLED),
    "ix_incidents_kind_settled": (["kind", "settled_at", "id"], SETTLED),
}


def upgrade() -> None:
    for name, (columns, where) in INDEXES.items():
        op.create_index(name, "incidents", columns, unique=False, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="incidents")
