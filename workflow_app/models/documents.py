"""Documents of cases. Rows here are written by `workflow_app.cases` and nobody else; the bytes lie
outside of the database under their hash (`workflow_app.documents`)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base

ADDED, NEW_VERSION, CHANGED = TOLD_OF_DOCUMENTS = ("add_document", "add_version", "change_audience")
"""Events of documents of which people are told; the notice is called as the event."""


class Document(Base):
    """A paper that belongs to a case, in one version or several (OParl: File).

    `audience` says who may see it among those who may see the case: case (all of them),
    participants (who holds a part in it), administration (staff), part (who holds `part`).
    Whoever added it always may.
    """

    __tablename__ = "documents"
    __table_args__ = (
        CheckConstraint("audience IN ('case', 'participants', 'administration', 'part')", name="audience_known"),
        CheckConstraint("(audience = 'part') = (part IS NOT NULL)", name="part_if_for_it"),
        Index("ix_documents_case_id_id", "case_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    name: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str] = mapped_column(String(20))
    part: Mapped[str | None] = mapped_column(String(40))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)


class DocumentVersion(Base):
    """One file of a document, numbered from 1. `seq` is the event of the case with which it came;
    `size` is in bytes.

    What is withdrawn keeps its row as a record that something was there; its file is gone unless
    another version holds the same bytes.
    """

    __tablename__ = "document_versions"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "seq"], ["case_events.case_id", "case_events.seq"], name="event"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
        CheckConstraint("(withdrawn_seq IS NULL) = (withdrawn_at IS NULL)", name="withdrawn_with_its_event"),
        Index("ix_document_versions_case_id_seq", "case_id", "seq"),
    )

    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    case_id: Mapped[int]
    seq: Mapped[int]
    file_name: Mapped[str] = mapped_column(String(200))
    mime_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    note: Mapped[str | None] = mapped_column(String(500))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    added_at: Mapped[datetime]
    withdrawn_seq: Mapped[int | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None] = mapped_column(String(500))
