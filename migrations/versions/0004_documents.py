"""Documents with versions, and the kind of event by which they belong to the history of a case.

SQLite can change a check only by making the table anew. What refers to the events steps aside for
that moment, and the triggers that protect them are made again. The first table of documents was
never written by anything; it is made anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS_BEFORE = "kind IN ('open', 'step', 'import', 'migrate', 'erase')"
KINDS = "kind IN ('open', 'step', 'import', 'migrate', 'erase', 'document')"
AUDIENCES = "audience IN ('case', 'participants', 'administration', 'part')"
SQLITE_TRIGGER = """
CREATE TRIGGER case_events_no_{verb} BEFORE {verb} ON case_events
BEGIN SELECT RAISE(ABORT, 'case_events: history can only be added to'); END
"""


def upgrade() -> None:
    op.drop_table("documents")
    kinds_of_events(KINDS)
    create_documents()
    create_versions()


def kinds_of_events(kinds: str) -> None:
    aside = op.get_bind().dialect.name == "sqlite"
    if aside:
        op.execute("CREATE TABLE payloads_aside AS SELECT * FROM case_event_payloads")
        op.execute("DELETE FROM case_event_payloads")
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER case_events_no_{verb}")
    with op.batch_alter_table("case_events") as table:
        table.drop_constraint(op.f("ck_case_events_kind_known"), type_="check")
        table.create_check_constraint(op.f("ck_case_events_kind_known"), kinds)
    if aside:
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE_TRIGGER.format(verb=verb))
        op.execute("INSERT INTO case_event_payloads SELECT * FROM payloads_aside")
        op.execute("DROP TABLE payloads_aside")


def create_documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(AUDIENCES, name=op.f("ck_documents_audience_known")),
        sa.CheckConstraint("(audience = 'part') = (part IS NOT NULL)", name=op.f("ck_documents_part_if_for_it")),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_documents_added_by_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_documents_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
    )
    op.create_index("ix_documents_case_id_id", "documents", ["case_id", "id"], unique=False)
    op.create_index(op.f("ix_documents_added_by_id"), "documents", ["added_by_id"], unique=False)


def create_versions() -> None:
    op.create_table(
        "document_versions",
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("mime_type", sa.String(length=100), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("withdrawn_seq", sa.Integer(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=500), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_document_versions_number_positive")),
        sa.CheckConstraint("size > 0", name=op.f("ck_document_versions_size_positive")),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_document_versions_sha256_length")),
        sa.CheckConstraint(
            "(withdrawn_seq IS NULL) = (withdrawn_at IS NULL)",
            name=op.f("ck_document_versions_withdrawn_with_its_event"),
        ),
        sa.ForeignKeyConstraint(["added_by_id"], ["people.id"], name=op.f("fk_document_versions_added_by_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["people.id"], name=op.f("fk_document_versions_withdrawn_by_id")),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], name=op.f("fk_document_versions_document_id")),
        sa.ForeignKeyConstraint(["case_id", "seq"], ["case_events.case_id", "case_events.seq"], name="event"),
        sa.PrimaryKeyConstraint("document_id", "number", name=op.f("pk_document_versions")),
    )
    op.create_index("ix_document_versions_case_id_seq", "document_versions", ["case_id", "seq"], unique=False)
    for column in ("sha256", "added_by_id", "withdrawn_by_id"):
        op.create_index(op.f(f"ix_document_versions_{column}"), "document_versions", [column], unique=False)


def downgrade() -> None:
    there = op.get_bind().scalar(sa.text("SELECT count(*) FROM document_versions"))
    told = op.get_bind().scalar(sa.text("SELECT count(*) FROM case_events WHERE kind = 'document'"))
    if there or told:
        raise RuntimeError("there are documents: the version before knows nothing of them, and the past stays")
    op.drop_table("document_versions")
    op.drop_table("documents")
    kinds_of_events(KINDS_BEFORE)
    create_the_first_table()


def create_the_first_table() -> None:
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
    for column in ("added_by_id", "case_id", "sha256"):
        op.create_index(op.f(f"ix_documents_{column}"), "documents", [column], unique=False)
