"""How people come in and what is known about it: links in mails, sign-ins, the record, outgoing mail.

Written by `workflow_app.people` and nobody else; mails are written by the job that sends them. What has
had its time is removed by `workflow_app.jobs.retention`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class AccountLink(Base):
    """A link in a mail with which a person may do one thing once, until `ends_at`.

    purpose: invite (choose the first password), reset (choose another one), mail (confirm
    `new_email`). The secret itself is nowhere: its SHA-256 is written when the mail is sent, and
    once more when it is sent again, so that of two mails only the later one works.
    """

    __tablename__ = "account_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('invite', 'reset', 'mail')", name="purpose_known"),
        CheckConstraint("(purpose = 'mail') = (new_email IS NOT NULL)", name="new_email_if_mail"),
        CheckConstraint("new_email = lower(new_email)", name="new_email_lower"),
        CheckConstraint("length(secret_hash) = 64", name="secret_hash_length"),
        CheckConstraint("ends_at >= created_at", name="ends_after_creation"),
        Index("ix_account_links_person_id_purpose", "person_id", "purpose"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    new_email: Mapped[str | None] = mapped_column(String(254))
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)


class SignIn(Base):
    """A person is signed in on one device. The cookie holds the secret, this row its SHA-256.

    `device` is a short description such as "Firefox, Linux"; `seen_at` is written at most every
    ten minutes.
    """

    __tablename__ = "sign_ins"
    __table_args__ = (
        CheckConstraint("length(secret_hash) = 64", name="secret_hash_length"),
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", name="ends_after_beginning"),
        Index("ix_sign_ins_person_id_ended_at", "person_id", "ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    secret_hash: Mapped[str] = mapped_column(String(64))
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(60))
    ended_at: Mapped[datetime | None]


class CalendarFeed(Base):
    """The address of a person's own calendar, while there is one. The address holds the secret, this
    row its SHA-256; who renews the address makes the one before worthless."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (CheckConstraint("length(secret_hash) = 64", name="secret_hash_length"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]


class DeputyRequest(Base):
    """Somebody from outside an organization is wanted as a deputy; its head has not answered yet."""

    __tablename__ = "deputy_requests"
    __table_args__ = (
        UniqueConstraint("membership_id", "person_id"),
        CheckConstraint("end_date IS NULL OR start_date IS NULL OR end_date >= start_date", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    asked_at: Mapped[datetime]


class AccountEvent(Base):
    """Who did what to whose account and roles, forever: no update, no delete (the database refuses).

    `actor_id` is None for the operator and for somebody who is not signed in. `represents_id` is
    the member a deputy stands in for. No free text, no address and no secret stands here.
    """

    __tablename__ = "account_events"
    __table_args__ = (
        CheckConstraint("end_date IS NULL OR start_date IS NULL OR end_date >= start_date", name="ends_after_start"),
        CheckConstraint("(role IS NULL) = (organization_id IS NULL)", name="role_in_organization"),
        Index("ix_account_events_person_id_id", "person_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(20))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    role: Mapped[str | None] = mapped_column(String(30))
    represents_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]


class Mail(Base):
    """A mail that has been written, once per message of the outbox: the delivery.

    state: kept (there is no mail server for it, so `body` and `html` stay here for people to read),
    sent, refused (the mail server will not take it for this address), failed (it cannot be sent to
    anybody as it is), bounced (sent, and came back). `reason` is the class of the last three, never
    the words of a server, because these name addresses. Where a server takes the mail no text is kept.
    The message goes earlier than the mail.
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("state IN ('kept', 'sent', 'refused', 'failed', 'bounced')", name="state_known"),
        CheckConstraint("(state = 'kept') = (body IS NOT NULL)", name="body_if_kept"),
        CheckConstraint("html IS NULL OR state = 'kept'", name="html_if_kept"),
        CheckConstraint("(state IN ('sent', 'bounced')) = (sent_at IS NOT NULL)", name="sent_at_if_sent"),
        CheckConstraint("(state IN ('kept', 'sent')) = (reason IS NULL)", name="reason_if_not_sent"),
        Index("ix_mails_message_id", "message_id"),
        Index("ix_mails_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str | None] = mapped_column(Text)
    html: Mapped[str | None] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(320))
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(10))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
