"""People, organizations and who belongs where (OParl: Person, Organization, Membership)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, false, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .base import Base


class Person(Base):
    """An account. Without a password it was invited and has not come yet. `absent_*` are local dates,
    both days included. `email_refused_at`: since then the mail server of the address says that there is
    no such receiver; notices are not mailed until the address is confirmed again."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index("ix_people_name_id", "name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10), default="de", server_default="de")
    locked: Mapped[bool] = mapped_column(default=False, server_default=false())
    example: Mapped[bool] = mapped_column(default=False, server_default=false())
    absent_from: Mapped[date | None]
    absent_until: Mapped[date | None]
    email_refused_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    memberships: Mapped[list[Membership]] = relationship(back_populates="person", foreign_keys="Membership.person_id")


class Organization(Base):
    """A body, group, department or partner (OParl Organization). `key` is its id in imported data.
    `end_date` is its last day as a local date; one that has ended is offered for nothing new."""

    __tablename__ = "organizations"
    __table_args__ = (
        CheckConstraint("voting_member_count > 0", name="voting_members_positive"),
        Index("ix_organizations_name_id", "name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str | None] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(300))
    short_name: Mapped[str | None] = mapped_column(String(100))
    organization_type: Mapped[str] = mapped_column(String(60))
    classification: Mapped[str | None] = mapped_column(String(60), index=True)
    voting_member_count: Mapped[int | None]
    start_date: Mapped[str | None] = mapped_column(String(40))
    end_date: Mapped[date | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="organization", foreign_keys="Membership.organization_id"
    )


class Membership(Base):
    """Who belongs to an organization, as what, and from when to when (both days included).

    A deputy's row names the membership it stands in for; it counts only while that member is
    absent.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        CheckConstraint("end_date IS NULL OR start_date IS NULL OR end_date >= start_date", name="ends_after_start"),
        CheckConstraint("deputy_of_id IS NULL OR deputy_of_id <> id", name="not_own_deputy"),
        Index("ix_memberships_organization_id_role", "organization_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    role: Mapped[str] = mapped_column(String(30), default="member", server_default="member")
    voting_right: Mapped[bool] = mapped_column(default=True, server_default=true())
    start_date: Mapped[date | None]
    end_date: Mapped[date | None]
    on_behalf_of_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    deputy_of_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"), index=True)

    person: Mapped[Person] = relationship(back_populates="memberships", foreign_keys=[person_id])
    organization: Mapped[Organization] = relationship(back_populates="memberships", foreign_keys=[organization_id])


class OrganizationEvent(Base):
    """Who founded, changed or ended which organization, forever: no update, no delete (the database
    refuses). `name` is how it was called from then on, `former_name` before, where that has changed.
    `actor_id` is None for the operator."""

    __tablename__ = "organization_events"
    __table_args__ = (
        CheckConstraint("kind IN ('founded', 'changed', 'ended', 'resumed')", name="kind_known"),
        CheckConstraint("former_name IS NULL OR kind = 'changed'", name="former_name_if_changed"),
        Index("ix_organization_events_organization_id_id", "organization_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(300))
    former_name: Mapped[str | None] = mapped_column(String(300))
