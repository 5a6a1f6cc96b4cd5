"""Search: the texts of cases by audience, with the full-text index of each database.

SQLite gets two tables of FTS5 over `search_texts`, kept by triggers; PostgreSQL two GIN indexes. The
cases that are there already are indexed by `flask database prepare` right after all migrations: what
their texts are is said by the processes, and those belong to the newest schema.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(TSVECTOR(), "postgresql")
INDEXES = {"search_titles": "title", "search_words": "words"}

# Stems are letters and digits; the tokenizer only has to part them at blanks. The beginnings of words are
# indexed, so that a search for longer words goes along them too, and need not put all of them together first.
SQLITE_INDEX = """
CREATE VIRTUAL TABLE {index} USING fts5(
  {column}, content = 'search_texts', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 0 tokenchars '_'",
  prefix = '3 4 5 6 7 8 9 10 11 12'
)
"""
SQLITE_ADD = "INSERT INTO {index} (rowid, {column}) VALUES (new.id, new.{column});"
SQLITE_DROP = "INSERT INTO {index} ({index}, rowid, {column}) VALUES ('delete', old.id, old.{column});"
SQLITE_TRIGGERS = {
    "insert": "AFTER INSERT ON search_texts BEGIN {add} END",
    "delete": "AFTER DELETE ON search_texts BEGIN {drop} END",
    "update": "AFTER UPDATE OF {column} ON search_texts WHEN new.{column} <> old.{column} BEGIN {drop} {add} END",
}


def upgrade() -> None:
    op.create_table(
        "search_texts",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("words", WORDS, nullable=False),
        sa.CheckConstraint("id / 64 = case_id", name=op.f("ck_search_texts_id_of_case")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_search_texts_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_texts")),
    )
    op.create_index(op.f("ix_search_texts_case_id"), "search_texts", ["case_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for index, column in INDEXES.items():
            op.create_index(index, "search_texts", [column], postgresql_using="gin")
    else:
        index_of_sqlite()


def index_of_sqlite() -> None:
    for index, column in INDEXES.items():
        named = {"index": index, "column": column}
        op.execute(SQLITE_INDEX.format(**named))
        parts = {"add": SQLITE_ADD.format(**named), "drop": SQLITE_DROP.format(**named), "column": column}
        for moment, trigger in SQLITE_TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {index}_{moment} {trigger.format(**parts)}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for index in INDEXES:
            op.execute(f"DROP TABLE {index}")
    op.drop_table("search_texts")
