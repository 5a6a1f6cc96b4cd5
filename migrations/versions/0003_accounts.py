"""Accounts: links in mails, sign-ins, requests for deputies, the record, and outgoing mail.

The record can only be added to, as the history of cases: the database refuses everything else.
A message of the outbox may now be about an account instead of a case. A sign-in is a row, so the
moment from which sessions were valid goes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NOTICE_HAS_CASE = "kind <> 'notice' OR case_id IS NOT NULL"
ENDS_AFTER_START = "end_date IS NULL OR start_date IS NULL OR end_date >= start_date"

SQLITE_TRIGGER = """
CREATE TRIGGER account_events_no_{verb} BEFORE {verb} ON account_events
BEGIN SELECT RAISE(ABORT, 'account_events: the record can only be added to'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_record_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'account_events: the record can only be added to'; END $$
"""
POSTGRESQL_ROWS = """
CREATE TRIGGER account_events_no_change BEFORE UPDATE OR DELETE ON account_events
FOR EACH ROW EXECUTE FUNCTION refuse_record_change()
"""
POSTGRESQL_ALL = """
CREATE TRIGGER account_events_no_truncate BEFORE TRUNCATE ON account_events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_record_change()
"""
TABLES = ("account_links", "sign_ins", "deputy_requests", "account_events", "mails")


def upgrade() -> None:
    messages_without_a_case()
    op.drop_column("people", "sessions_from")
    op.create_index("ix_people_name_id", "people", ["name", "id"], unique=False)
    create_links_and_sign_ins()
    create_requests_and_record()
    create_mails()
    protect_the_record()


def messages_without_a_case() -> None:
    """SQLite can change a table only by making it anew, and what refers to it stands in the way for
    that moment; so the notifications step aside."""
    aside = op.get_bind().dialect.name == "sqlite"
    if aside:
        op.execute("CREATE TABLE notifications_aside AS SELECT * FROM notifications")
        op.execute("DELETE FROM notifications")
    with op.batch_alter_table("outbox") as table:
        table.alter_column("case_id", existing_type=sa.Integer(), nullable=True)
        table.create_check_constraint(op.f("ck_outbox_notice_has_case"), NOTICE_HAS_CASE)
    if aside:
        op.execute("INSERT INTO notifications SELECT * FROM notifications_aside")
        op.execute("DROP TABLE notifications_aside")


def create_links_and_sign_ins() -> None:
    op.create_table(
        "account_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("new_email", sa.String(length=254), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("used_at", INSTANT, nullable=True),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("purpose IN ('invite', 'reset', 'mail')", name=op.f("ck_account_links_purpose_known")),
        sa.CheckConstraint(
            "(purpose = 'mail') = (new_email IS NOT NULL)", name=op.f("ck_account_links_new_email_if_mail")
        ),
        sa.CheckConstraint("new_email = lower(new_email)", name=op.f("ck_account_links_new_email_lower")),
        sa.CheckConstraint("length(secret_hash) = 64", name=op.f("ck_account_links_secret_hash_length")),
        sa.CheckConstraint("ends_at >= created_at", name=op.f("ck_account_links_ends_after_creation")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_account_links_person_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["people.id"], name=op.f("fk_account_links_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_account_links_secret_hash")),
    )
    op.create_index("ix_account_links_person_id_purpose", "account_links", ["person_id", "purpose"], unique=False)
    op.create_index(op.f("ix_account_links_created_by_id"), "account_links", ["created_by_id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("began_at", INSTANT, nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.CheckConstraint("length(secret_hash) = 64", name=op.f("ck_sign_ins_secret_hash_length")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name=op.f("ck_sign_ins_ends_after_beginning")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    op.create_index("ix_sign_ins_person_id_ended_at", "sign_ins", ["person_id", "ended_at"], unique=False)


def create_requests_and_record() -> None:
    op.create_table(
        "deputy_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.CheckConstraint(ENDS_AFTER_START, name=op.f("ck_deputy_requests_ends_after_start")),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_deputy_requests_membership_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_deputy_requests_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy_requests")),
        sa.UniqueConstraint("membership_id", "person_id", name=op.f("uq_deputy_requests_membership_id_person_id")),
    )
    op.create_index(op.f("ix_deputy_requests_person_id"), "deputy_requests", ["person_id"], unique=False)
    op.create_table(
        "account_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.String(length=30), nullable=True),
        sa.Column("represents_id", sa.Integer(), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.CheckConstraint(ENDS_AFTER_START, name=op.f("ck_account_events_ends_after_start")),
        sa.CheckConstraint(
            "(role IS NULL) = (organization_id IS NULL)", name=op.f("ck_account_events_role_in_organization")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["people.id"], name=op.f("fk_account_events_actor_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_account_events_person_id")),
        sa.ForeignKeyConstraint(["represents_id"], ["people.id"], name=op.f("fk_account_events_represents_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_account_events_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_events")),
    )
    op.create_index("ix_account_events_person_id_id", "account_events", ["person_id", "id"], unique=False)
    for column in ("actor_id", "organization_id", "represents_id"):
        op.create_index(op.f(f"ix_account_events_{column}"), "account_events", [column], unique=False)


def create_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outbox_id", BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("message_id", sa.String(length=320), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.CheckConstraint("state IN ('kept', 'sent', 'refused')", name=op.f("ck_mails_state_known")),
        sa.CheckConstraint("(state = 'kept') = (body IS NOT NULL)", name=op.f("ck_mails_body_if_kept")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_mails_sent_at_if_sent")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_mails_outbox_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mails_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("outbox_id", name=op.f("uq_mails_outbox_id")),
    )
    op.create_index(op.f("ix_mails_person_id"), "mails", ["person_id"], unique=False)


def protect_the_record() -> None:
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
        op.execute("DROP FUNCTION refuse_record_change()")
    op.drop_index("ix_people_name_id", "people")
    op.add_column("people", sa.Column("sessions_from", INSTANT, nullable=True))
    only_messages_of_cases()


def only_messages_of_cases() -> None:
    aside = op.get_bind().dialect.name == "sqlite"
    op.execute("DELETE FROM outbox WHERE case_id IS NULL")
    if aside:
        op.execute("CREATE TABLE notifications_aside AS SELECT * FROM notifications")
        op.execute("DELETE FROM notifications")
    with op.batch_alter_table("outbox") as table:
        table.drop_constraint(op.f("ck_outbox_notice_has_case"), type_="check")
        table.alter_column("case_id", existing_type=sa.Integer(), nullable=False)
    if aside:
        op.execute("INSERT INTO notifications SELECT * FROM notifications_aside")
        op.execute("DROP TABLE notifications_aside")
