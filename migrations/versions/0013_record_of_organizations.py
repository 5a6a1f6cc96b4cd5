"""Who founded, renamed or ended which organization is written down, and can only be added to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KIND_KNOWN = "kind IN ('founded', 'changed', 'ended', 'resumed')"

SQLITE_TRIGGER = """
CREATE TRIGGER organization_events_no_{verb} BEFORE {verb} ON organization_events
BEGIN SELECT RAISE(ABORT, 'organization_events: the record can only be added to'); END
"""
POSTGRESQL = (
    """
    CREATE FUNCTION refuse_organization_record_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'organization_events: the record can only be added to'; END $$
    """,
    """
    CREATE TRIGGER organization_events_no_change BEFORE UPDATE OR DELETE ON organization_events
    FOR EACH ROW EXECUTE FUNCTION refuse_organization_record_change()
    """,
    """
    CREATE TRIGGER organization_events_no_truncate BEFORE TRUNCATE ON organization_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_organization_record_change()
    """,
)


def upgrade() -> None:
    op.create_table(
        "organization_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("former_name", sa.String(length=300), nullable=True),
        sa.CheckConstraint(KIND_KNOWN, name=op.f("ck_organization_events_kind_known")),
        sa.CheckConstraint(
            "former_name IS NULL OR kind = 'changed'", name=op.f("ck_organization_events_former_name_if_changed")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_organization_events_actor_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_organization_events_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_events")),
    )
    op.create_index(op.f("ix_organization_events_actor_id"), "organization_events", ["actor_id"], unique=False)
    op.create_index(
        "ix_organization_events_organization_id_id", "organization_events", ["organization_id", "id"], unique=False
    )
    op.create_index("ix_organizations_name_id", "organizations", ["name", "id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL:
            op.execute(statement)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE_TRIGGER.format(verb=verb))


def downgrade() -> None:
    op.drop_index("ix_organizations_name_id", "organizations")
    op.drop_table("organization_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_organization_record_change()")
