"""The house: people, organizations, cases and their history.

Events can only be added: UPDATE, DELETE, REPLACE and TRUNCATE of them are refused by the database
itself. SQLite calls DELETE triggers for REPLACE only with ``recursive_triggers`` on, which every
connection of ours sets.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

SQLITE_TRIGGER = """
CREATE TRIGGER case_events_no_{verb} BEFORE {verb} ON case_events
BEGIN SELECT RAISE(ABORT, 'case_events: history can only be added to'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_history_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'case_events: history can only be added to'; END $$
"""
POSTGRESQL_ROWS = """
CREATE TRIGGER case_events_no_change BEFORE UPDATE OR DELETE ON case_events
FOR EACH ROW EXECUTE FUNCTION refuse_history_change()
"""
POSTGRESQL_ALL = """
CREATE TRIGGER case_events_no_truncate BEFORE TRUNCATE ON case_events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_history_change()
"""


def upgrade() -> None:
    create_tables()
    protect_history()


def protect_history() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in (POSTGRESQL_FUNCTION, POSTGRESQL_ROWS, POSTGRESQL_ALL):
            op.execute(statement)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE_TRIGGER.format(verb=verb))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_history_change()")


TABLES = (
    "cases",
    "number_series",
    "organizations",
    "people",
    "rule_settings",
    "case_events",
    "case_event_payloads",
    "case_links",
    "case_parties",
    "case_readers",
    "documents",
    "due_dates",
    "follows",
    "memberships",
    "open_steps",
    "outbox",
    "notifications",
)


def create_tables() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("process", sa.String(length=40), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("data", DOCUMENT, nullable=False),
        sa.Column("hands", DOCUMENT, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("entered_seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("imported", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=True),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_cases_hash_length")),
        sa.CheckConstraint("parent_id IS NULL OR parent_id <> id", name=op.f("ck_cases_not_own_parent")),
        sa.CheckConstraint("seq > 0 AND entered_seq > 0 AND entered_seq <= seq", name=op.f("ck_cases_seq_positive")),
        sa.CheckConstraint("version > 0", name=op.f("ck_cases_version_positive")),
        sa.ForeignKeyConstraint(["parent_id"], ["cases.id"], name=op.f("fk_cases_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("key", name=op.f("uq_cases_key")),
        sa.UniqueConstraint("number", name=op.f("uq_cases_number")),
    )
    op.create_index(op.f("ix_cases_parent_id"), "cases", ["parent_id"], unique=False)
    op.create_index("ix_cases_process_id", "cases", ["process", "id"], unique=False)
    op.create_index("ix_cases_process_state_id", "cases", ["process", "state", "id"], unique=False)
    op.create_table(
        "number_series",
        sa.Column("prefix", sa.String(length=10), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("short_name", sa.String(length=100), nullable=True),
        sa.Column("organization_type", sa.String(length=60), nullable=False),
        sa.Column("classification", sa.String(length=60), nullable=True),
        sa.Column("voting_member_count", sa.Integer(), nullable=True),
        sa.Column("start_date", sa.String(length=40), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.CheckConstraint("voting_member_count > 0", name=op.f("ck_organizations_voting_members_positive")),
        sa.ForeignKeyConstraint(["parent_id"], ["organizations.id"], name=op.f("fk_organizations_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
        sa.UniqueConstraint("key", name=op.f("uq_organizations_key")),
    )
    op.create_index(op.f("ix_organizations_classification"), "organizations", ["classification"], unique=False)
    op.create_index(op.f("ix_organizations_parent_id"), "organizations", ["parent_id"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("language", sa.String(length=10), server_default="de", nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("example", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("sessions_from", INSTANT, nullable=True),
        sa.Column("absent_from", sa.Date(), nullable=True),
        sa.Column("absent_until", sa.Date(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_people_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("email", name=op.f("uq_people_email")),
    )
    op.create_table(
        "rule_settings",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("value", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", "valid_from", name=op.f("pk_rule_settings")),
    )
    op.create_table(
        "case_events",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("from_state", sa.String(length=40), nullable=True),
        sa.Column("to_state", sa.String(length=40), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("hands", sa.SmallInteger(), nullable=False),
        sa.Column("hands_needed", sa.SmallInteger(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind IN ('open', 'step', 'import', 'migrate', 'erase')", name=op.f("ck_case_events_kind_known")
        ),
        sa.CheckConstraint(
            "hands = hands_needed OR from_state = to_state", name=op.f("ck_case_events_incomplete_stays")
        ),
        sa.CheckConstraint("hands > 0 AND hands <= hands_needed", name=op.f("ck_case_events_hands_within_needed")),
        sa.CheckConstraint("seq > 0", name=op.f("ck_case_events_seq_positive")),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_case_events_actor_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_events")),
    )
    op.create_index("ix_case_events_actor_id_at", "case_events", ["actor_id", "at"], unique=False)
    op.create_index("uq_case_events_key", "case_events", ["key"], unique=True)
    op.create_table(
        "case_event_payloads",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id", "seq"], ["case_events.case_id", "case_events.seq"], name="event"),
        sa.PrimaryKeyConstraint("case_id", "seq", name=op.f("pk_case_event_payloads")),
    )
    op.create_table(
        "case_links",
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('predecessor', 'merged_into', 'came_from', 'about')", name=op.f("ck_case_links_kind_known")
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_case_links_not_itself")),
        sa.ForeignKeyConstraint(["from_id"], ["cases.id"], name=op.f("fk_case_links_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["cases.id"], name=op.f("fk_case_links_to_id")),
        sa.PrimaryKeyConstraint("from_id", "kind", "to_id", name=op.f("pk_case_links")),
    )
    op.create_index(op.f("ix_case_links_to_id"), "case_links", ["to_id"], unique=False)
    op.create_table(
        "case_parties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(person_id IS NULL) <> (organization_id IS NULL)", name=op.f("ck_case_parties_person_or_organization")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_parties_case_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_case_parties_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_case_parties_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_parties")),
    )
    op.create_index(op.f("ix_case_parties_organization_id"), "case_parties", ["organization_id"], unique=False)
    op.create_index(op.f("ix_case_parties_person_id"), "case_parties", ["person_id"], unique=False)
    op.create_index(
        "uq_case_parties_holder", "case_parties", ["case_id", "part", "person_id", "organization_id"], unique=True
    )
    op.create_table(
        "case_readers",
        sa.Column("principal", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_readers_case_id")),
        sa.PrimaryKeyConstraint("principal", "case_id", name=op.f("pk_case_readers")),
    )
    op.create_index("ix_case_readers_case_id", "case_readers", ["case_id"], unique=False)
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_documents_size_positive")),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_documents_added_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_documents_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index(op.f("ix_documents_added_by_id"), "documents", ["added_by_id"], unique=False)
    op.create_index(op.f("ix_documents_case_id"), "documents", ["case_id"], unique=False)
    op.create_index(op.f("ix_documents_sha256"), "documents", ["sha256"], unique=False)
    op.create_table(
        "due_dates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("anchor_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("fire_at", INSTANT, nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=True),
        sa.Column("extended", sa.SmallInteger(), nullable=False),
        sa.Column("warned", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint(
            "(status = 'suspended') = (remaining IS NOT NULL)", name=op.f("ck_due_dates_remaining_if_suspended")
        ),
        sa.CheckConstraint(
            "status = 'suspended' OR due_on IS NOT NULL", name=op.f("ck_due_dates_due_unless_suspended")
        ),
        sa.CheckConstraint(
            "status IN ('running', 'suspended', 'settled', 'fired')", name=op.f("ck_due_dates_status_known")
        ),
        sa.CheckConstraint("extended >= 0 AND warned >= 0", name=op.f("ck_due_dates_counts_positive")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_due_dates_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_dates")),
    )
    op.create_index(op.f("ix_due_dates_case_id"), "due_dates", ["case_id"], unique=False)
    op.create_index("ix_due_dates_status_due_on", "due_dates", ["status", "due_on"], unique=False)
    op.create_index("ix_due_dates_status_fire_at", "due_dates", ["status", "fire_at"], unique=False)
    op.create_index(
        "uq_due_dates_active",
        "due_dates",
        ["case_id", "name"],
        unique=True,
        sqlite_where=sa.text("status IN ('running', 'suspended')"),
        postgresql_where=sa.text("status IN ('running', 'suspended')"),
    )
    op.create_table(
        "follows",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_follows_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_follows_person_id")),
        sa.PrimaryKeyConstraint("person_id", "case_id", name=op.f("pk_follows")),
    )
    op.create_index(op.f("ix_follows_case_id"), "follows", ["case_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), server_default="member", nullable=False),
        sa.Column("voting_right", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("on_behalf_of_id", sa.Integer(), nullable=True),
        sa.Column("deputy_of_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("deputy_of_id IS NULL OR deputy_of_id <> id", name=op.f("ck_memberships_not_own_deputy")),
        sa.CheckConstraint(
            "end_date IS NULL OR start_date IS NULL OR end_date >= start_date",
            name=op.f("ck_memberships_ends_after_start"),
        ),
        sa.ForeignKeyConstraint(["deputy_of_id"], ["memberships.id"], name=op.f("fk_memberships_deputy_of_id")),
        sa.ForeignKeyConstraint(["on_behalf_of_id"], ["organizations.id"], name=op.f("fk_memberships_on_behalf_of_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_memberships_organization_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_deputy_of_id"), "memberships", ["deputy_of_id"], unique=False)
    op.create_index(op.f("ix_memberships_on_behalf_of_id"), "memberships", ["on_behalf_of_id"], unique=False)
    op.create_index("ix_memberships_organization_id_role", "memberships", ["organization_id", "role"], unique=False)
    op.create_index(op.f("ix_memberships_person_id"), "memberships", ["person_id"], unique=False)
    op.create_table(
        "open_steps",
        sa.Column("principal", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("hands", sa.SmallInteger(), nullable=False),
        sa.Column("hands_needed", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_open_steps_case_id")),
        sa.PrimaryKeyConstraint("principal", "case_id", "step", name=op.f("pk_open_steps")),
    )
    op.create_index("ix_open_steps_case_id", "open_steps", ["case_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("dedupe_key", sa.String(length=160), nullable=False),
        sa.Column("run_at", INSTANT, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("max_attempts", sa.SmallInteger(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'dispatched', 'running', 'done', 'dead')", name=op.f("ck_outbox_state_known")
        ),
        sa.CheckConstraint("attempt >= 0 AND attempt <= max_attempts", name=op.f("ck_outbox_attempt_within_max")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    op.create_index("ix_outbox_case_id", "outbox", ["case_id"], unique=False)
    op.create_index("ix_outbox_state_run_at", "outbox", ["state", "run_at"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(length=60), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notifications_case_id")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_notifications_outbox_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_notifications_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("outbox_id", "person_id", name=op.f("uq_notifications_outbox_id_person_id")),
    )
    op.create_index(op.f("ix_notifications_case_id"), "notifications", ["case_id"], unique=False)
    op.create_index("ix_notifications_person_id_id", "notifications", ["person_id", "id"], unique=False)
