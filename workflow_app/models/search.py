"""What is searched: derived from cases, written by `workflow_app.cases` in the same transaction."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base

PER_CASE = 64
"""Ids that each case has for its rows: the newest cases have the highest, as in every list."""
WORDS = Text().with_variant(TSVECTOR(), "postgresql")


class SearchText(Base):
    """The texts of a case that one audience may read: all of them, so that words are found together.

    `audience` names its principals, with blanks between; empty: everybody who may see the case.
    `texts` is JSON: pairs of place and text. `title` and `words` are the stems; only the row for
    everybody has a `title`. Their indexes are called `search_titles` and `search_words`: GIN on
    PostgreSQL, tables of FTS5 kept by triggers on SQLite.
    """

    __tablename__ = "search_texts"
    __table_args__ = (CheckConstraint(f"id / {PER_CASE} = case_id", name="id_of_case"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    audience: Mapped[str] = mapped_column(Text)
    texts: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(WORDS)
    words: Mapped[str] = mapped_column(WORDS)
