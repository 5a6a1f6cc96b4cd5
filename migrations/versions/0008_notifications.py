"""Notifications: how each goes on from the site, how people want to be told, deliveries that fail.

A notification names the event and the deadline it tells of, and why it matters to this person. Those
that were there before stay as they are: on the site, and not mailed. A mail may have been refused for
a reason, and may come back; the reason of those that were refused before is not known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
UNREAD = sa.text("read_at IS NULL")
TO_BE_DIGESTED = sa.text("way = 'digest' AND mailed_at IS NULL AND read_at IS NULL")


def upgrade() -> None:
    op.add_column("people", sa.Column("email_refused_at", INSTANT, nullable=True))
    extend_notifications()
    extend_mails()
    create_preferences()


def extend_notifications() -> None:
    with op.batch_alter_table("notifications") as table:
        table.add_column(sa.Column("seq", sa.Integer(), nullable=True))
        table.add_column(sa.Column("due_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("topic", sa.String(length=10), server_default="news", nullable=False))
        table.add_column(sa.Column("way", sa.String(length=10), server_default="site", nullable=False))
        table.add_column(sa.Column("represents_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("mailed_at", INSTANT, nullable=True))
        table.create_foreign_key(op.f("fk_notifications_represents_id"), "people", ["represents_id"], ["id"])
        table.create_check_constraint(
            op.f("ck_notifications_topic_known"), "topic IN ('waiting', 'overdue', 'deadline', 'news', 'followed')"
        )
        table.create_check_constraint(op.f("ck_notifications_way_known"), "way IN ('site', 'mail', 'digest')")
    op.create_index(op.f("ix_notifications_represents_id"), "notifications", ["represents_id"], unique=False)
    for name, column, where in (
        ("ix_notifications_unread", "id", UNREAD),
        ("ix_notifications_to_be_digested", "created_at", TO_BE_DIGESTED),
    ):
        columns = ["person_id", column]
        op.create_index(name, "notifications", columns, unique=False, sqlite_where=where, postgresql_where=where)


def extend_mails() -> None:
    op.add_column("mails", sa.Column("html", sa.Text(), nullable=True))
    op.add_column("mails", sa.Column("reason", sa.String(length=10), nullable=True))
    op.execute("UPDATE mails SET reason = 'other' WHERE state = 'refused'")
    with op.batch_alter_table("mails") as table:
        for name in ("state_known", "sent_at_if_sent"):
            table.drop_constraint(op.f(f"ck_mails_{name}"), type_="check")
        table.create_check_constraint(
            op.f("ck_mails_state_known"), "state IN ('kept', 'sent', 'refused', 'failed', 'bounced')"
        )
        table.create_check_constraint(op.f("ck_mails_html_if_kept"), "html IS NULL OR state = 'kept'")
        table.create_check_constraint(
            op.f("ck_mails_sent_at_if_sent"), "(state IN ('sent', 'bounced')) = (sent_at IS NOT NULL)"
        )
        table.create_check_constraint(
            op.f("ck_mails_reason_if_not_sent"), "(state IN ('kept', 'sent')) = (reason IS NULL)"
        )
    op.create_index("ix_mails_message_id", "mails", ["message_id"], unique=False)
    op.create_index("ix_mails_state_id", "mails", ["state", "id"], unique=False)


def create_preferences() -> None:
    op.create_table(
        "preferences",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("way", sa.String(length=10), nullable=True),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("quiet_from", sa.Time(), nullable=True),
        sa.Column("quiet_until", sa.Time(), nullable=True),
        sa.Column("zone", sa.String(length=60), nullable=True),
        sa.Column("not_mailed", DOCUMENT, nullable=False),
        sa.CheckConstraint("way IN ('now', 'daily', 'weekly', 'site')", name=op.f("ck_preferences_way_known")),
        sa.CheckConstraint(
            "weekday BETWEEN 0 AND 6 AND hour BETWEEN 0 AND 23", name=op.f("ck_preferences_digest_time")
        ),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_preferences_quiet_both_ends")),
        sa.CheckConstraint("quiet_from <> quiet_until", name=op.f("ck_preferences_quiet_not_all_day")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_preferences_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "mutes",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_mutes_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mutes_person_id")),
        sa.PrimaryKeyConstraint("person_id", "case_id", name=op.f("pk_mutes")),
    )
    op.create_index(op.f("ix_mutes_case_id"), "mutes", ["case_id"], unique=False)


def downgrade() -> None:
    """Deliveries of a kind that was not known before are those nearest to it: refused."""
    op.drop_table("mutes")
    op.drop_table("preferences")
    for name in ("ix_mails_state_id", "ix_mails_message_id"):
        op.drop_index(name, "mails")
    with op.batch_alter_table("mails") as table:
        for name in ("state_known", "html_if_kept", "sent_at_if_sent", "reason_if_not_sent"):
            table.drop_constraint(op.f(f"ck_mails_{name}"), type_="check")
    op.execute("UPDATE mails SET state = 'refused', sent_at = NULL WHERE state IN ('failed', 'bounced')")
    with op.batch_alter_table("mails") as table:
        table.drop_column("reason")
        table.drop_column("html")
        table.create_check_constraint(op.f("ck_mails_state_known"), "state IN ('kept', 'sent', 'refused')")
        table.create_check_constraint(op.f("ck_mails_sent_at_if_sent"), "(state = 'sent') = (sent_at IS NOT NULL)")
    for name in ("to_be_digested", "unread", "represents_id"):
        op.drop_index(f"ix_notifications_{name}", "notifications")
    with op.batch_alter_table("notifications") as table:
        for name in ("topic_known", "way_known"):
            table.drop_constraint(op.f(f"ck_notifications_{name}"), type_="check")
        table.drop_constraint(op.f("fk_notifications_represents_id"), type_="foreignkey")
        for column in ("mailed_at", "represents_id", "way", "topic", "due_on", "seq"):
            table.drop_column(column)
    op.drop_column("people", "email_refused_at")
