"""Lists that do not grow: what they filter and sort by stands in the rows they walk along.

`case_readers` learns process, state and closed of its case, `open_steps` the nearest end of a
running deadline; what is there already is filled in. A part of a case is held once: one unique
index over person and organization let doubles in, because the empty one of the two is never equal
to itself. Indexes that no query uses any more go.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FILL_OPEN_STEPS = """
UPDATE open_steps SET due_on =
  (SELECT min(d.due_on) FROM due_dates d WHERE d.case_id = open_steps.case_id AND d.status = 'running')
"""
FILL_READERS = """
UPDATE case_readers SET
  process = (SELECT c.process FROM cases c WHERE c.id = case_readers.case_id),
  state = (SELECT c.state FROM cases c WHERE c.id = case_readers.case_id),
  closed = (SELECT c.closed FROM cases c WHERE c.id = case_readers.case_id)
"""
DROP_DOUBLES = """
DELETE FROM case_parties
WHERE id NOT IN (SELECT min(id) FROM case_parties GROUP BY case_id, part, person_id, organization_id)
"""
COPIED = {"process": sa.String(length=40), "state": sa.String(length=40), "closed": sa.Boolean()}
WALKS = {
    "ix_case_readers_closed": ["principal", "closed", "case_id"],
    "ix_case_readers_process": ["principal", "process", "closed", "case_id"],
    "ix_case_readers_state": ["principal", "process", "state", "closed", "case_id"],
}
HOLDERS = {"uq_case_parties_person": "person_id", "uq_case_parties_organization": "organization_id"}


def upgrade() -> None:
    only_the_running_ring()
    filters_of_readers()
    op.add_column("open_steps", sa.Column("due_on", sa.Date(), nullable=True))
    op.execute(FILL_OPEN_STEPS)
    op.create_index("ix_open_steps_due", "open_steps", ["principal", "due_on", "case_id", "step"], unique=False)
    op.drop_index("ix_cases_process_state_id", "cases")
    parts_held_once()


def only_the_running_ring() -> None:
    op.drop_index("ix_due_dates_status_due_on", "due_dates")
    op.drop_index("ix_due_dates_status_fire_at", "due_dates")
    running = sa.text("status = 'running'")
    op.create_index(
        "ix_due_dates_fire_at", "due_dates", ["fire_at"], unique=False, sqlite_where=running, postgresql_where=running
    )


def filters_of_readers() -> None:
    for name, kind in COPIED.items():
        op.add_column("case_readers", sa.Column(name, kind, nullable=True))
    op.execute(FILL_READERS)
    with op.batch_alter_table("case_readers") as table:
        for name, kind in COPIED.items():
            table.alter_column(name, existing_type=kind, nullable=False)
    for name, columns in WALKS.items():
        op.create_index(name, "case_readers", columns, unique=False)


def parts_held_once() -> None:
    op.execute(DROP_DOUBLES)
    op.drop_index("uq_case_parties_holder", "case_parties")
    op.create_index(op.f("ix_case_parties_case_id"), "case_parties", ["case_id"], unique=False)
    for name, holder in HOLDERS.items():
        there = sa.text(f"{holder} IS NOT NULL")
        op.create_index(
            name, "case_parties", ["case_id", "part", holder], unique=True, sqlite_where=there, postgresql_where=there
        )


def downgrade() -> None:
    for name in HOLDERS:
        op.drop_index(name, "case_parties")
    op.drop_index(op.f("ix_case_parties_case_id"), "case_parties")
    op.create_index(
        "uq_case_parties_holder", "case_parties", ["case_id", "part", "person_id", "organization_id"], unique=True
    )
    op.drop_index("ix_due_dates_fire_at", "due_dates")
    op.create_index("ix_due_dates_status_fire_at", "due_dates", ["status", "fire_at"], unique=False)
    op.create_index("ix_due_dates_status_due_on", "due_dates", ["status", "due_on"], unique=False)
    op.create_index("ix_cases_process_state_id", "cases", ["process", "state", "id"], unique=False)
    op.drop_index("ix_open_steps_due", "open_steps")
    op.drop_column("open_steps", "due_on")
    for name in WALKS:
        op.drop_index(name, "case_readers")
    for name in COPIED:
        op.drop_column("case_readers", name)
