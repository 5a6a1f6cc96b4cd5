"""Cases and what hangs on them. Rows here are written by `workflow_app.cases` and nobody else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base


class Case(Base):
    """One matter on its way through a process; the row is the head of its history.

    `seq` and `hash` are those of its last event, `entered_seq` that of the event by which it came
    into its present state. `data` is the sum of all payloads, `hands` the people who have taken a
    collective step that is not complete yet.
    """

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("seq > 0 AND entered_seq > 0 AND entered_seq <= seq", name="seq_positive"),
        CheckConstraint("version > 0", name="version_positive"),
        CheckConstraint("length(hash) = 64", name="hash_length"),
        CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),
        Index("ix_cases_process_id", "process", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(SmallInteger)
    state: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    hands: Mapped[dict[str, Any]] = mapped_column(default=dict)
    seq: Mapped[int]
    entered_seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    opened_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    closed: Mapped[bool] = mapped_column(default=False, server_default=false())
    imported: Mapped[bool] = mapped_column(default=False, server_default=false())
    example: Mapped[bool] = mapped_column(default=False, server_default=false())
    key: Mapped[str | None] = mapped_column(String(80), unique=True)


class CaseEvent(Base):
    """One thing that happened, forever: no free text, no update, no delete (the database refuses).

    `kind` is step, open, import, migrate, erase or document (one was added or withdrawn). A hand
    of a collective step that is not complete stays in its state with `hands` < `hands_needed`.
    `represents_id` is the absent member for whom a deputy acted; like who acted, it outlives an erasure.
    `digest` is SHA-256(salt ‖ canonical payload), `hash` chains the event to the one before.
    """

    __tablename__ = "case_events"
    __table_args__ = (
        CheckConstraint("seq > 0", name="seq_positive"),
        CheckConstraint("hands > 0 AND hands <= hands_needed", name="hands_within_needed"),
        CheckConstraint("hands = hands_needed OR from_state = to_state", name="incomplete_stays"),
        CheckConstraint("kind IN ('open', 'step', 'import', 'migrate', 'erase', 'document')", name="kind_known"),
        CheckConstraint(
            "represents_id IS NULL OR (actor_id IS NOT NULL AND represents_id <> actor_id)",
            name="represents_another",
        ),
        Index("ix_case_events_actor_id_at", "actor_id", "at"),
        Index("uq_case_events_key", "key", unique=True),
        Index("ix_case_events_at", "at"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    step: Mapped[str] = mapped_column(String(60))
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(SmallInteger)
    hands: Mapped[int] = mapped_column(SmallInteger, default=1)
    hands_needed: Mapped[int] = mapped_column(SmallInteger, default=1)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    key: Mapped[str | None] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    represents_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    hash: Mapped[str] = mapped_column(String(64))


class CaseEventPayload(Base):
    """What was written with an event; deletable (by `cases.erase` only) without breaking the chain.

    `body` is the canonical JSON text itself, so that its hash can be proved byte by byte.
    """

    __tablename__ = "case_event_payloads"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "seq"], ["case_events.case_id", "case_events.seq"], name="event"),
    )

    case_id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)


def _once(name: str, holder: str) -> Index:
    """Nobody holds the same part of a case twice."""
    there = text(f"{holder} IS NOT NULL")
    return Index(name, "case_id", "part", holder, unique=True, sqlite_where=there, postgresql_where=there)


class CaseParty(Base):
    """Who holds a part in a case: a person or an organization."""

    __tablename__ = "case_parties"
    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organization_id IS NULL)", name="person_or_organization"),
        # Two indexes, because in one over both columns the empty one would make every row different.
        _once("uq_case_parties_person", "person_id"),
        _once("uq_case_parties_organization", "organization_id"),
        # In the order of the cases, so that the newest cases of a holder are a short walk.
        Index("ix_case_parties_person_id_case_id", "person_id", "case_id"),
        Index("ix_case_parties_organization_id_case_id", "organization_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    part: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organizations.id"))


class CaseReader(Base):
    """A principal that may see a case in its present state; derived, for lists.

    Process, state and closed are those of the case: with them every filter of a list is one short
    walk along an index for each principal of the viewer, however many cases there are.
    """

    __tablename__ = "case_readers"
    __table_args__ = (
        Index("ix_case_readers_case_id", "case_id"),
        Index("ix_case_readers_closed", "principal", "closed", "case_id"),
        Index("ix_case_readers_process", "principal", "process", "closed", "case_id"),
        Index("ix_case_readers_state", "principal", "process", "state", "closed", "case_id"),
    )

    principal: Mapped[str] = mapped_column(String(60), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    process: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(40))
    closed: Mapped[bool]


class OpenStep(Base):
    """An awaited step, one row per principal that may take it: the inbox. Derived.

    `due_on` is the nearest day on which a running deadline of the case ends; it sorts the inbox.
    """

    __tablename__ = "open_steps"
    __table_args__ = (
        Index("ix_open_steps_case_id", "case_id"),
        Index("ix_open_steps_due", "principal", "due_on", "case_id", "step"),
    )

    principal: Mapped[str] = mapped_column(String(60), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(60), primary_key=True)
    hands: Mapped[int] = mapped_column(SmallInteger, default=0)
    hands_needed: Mapped[int] = mapped_column(SmallInteger, default=1)
    due_on: Mapped[date | None]


def _of_status(name: str, status: str, *columns: str) -> Index:
    """The deadlines of one status in an order; the lists of staff go along these."""
    only = text(f"status = '{status}'")
    return Index(name, *columns, sqlite_where=only, postgresql_where=only)


class DueDate(Base):
    """A deadline of a case. `due_on` is a local date that still belongs to the time allowed;
    `fire_at` (UTC) is when the clock looks next: at the moment of a warning, or at the end, which is
    the beginning of the day after; or later, after a failure. `warned` counts the warnings sent, and the end.

    status: running, suspended (`remaining` days are left, negative for who was late; `remaining_unit` says
    whether they are calendar days or working days; without it, in a row that is older than the column,
    they are what the period is counted in), settled, fired. A running row whose day has passed is
    overdue: it changes nothing and stays visible until the case moves on.
    """

    __tablename__ = "due_dates"
    __table_args__ = (
        CheckConstraint("status IN ('running', 'suspended', 'settled', 'fired')", name="status_known"),
        CheckConstraint("(status = 'suspended') = (remaining IS NOT NULL)", name="remaining_if_suspended"),
        CheckConstraint("remaining_unit IN ('day', 'working_day')", name="remaining_unit_known"),
        CheckConstraint("status = 'suspended' OR due_on IS NOT NULL", name="due_unless_suspended"),
        CheckConstraint("extended >= 0 AND warned >= 0", name="counts_positive"),
        Index(
            "uq_due_dates_active",
            "case_id",
            "name",
            unique=True,
            sqlite_where=text("status IN ('running', 'suspended')"),
            postgresql_where=text("status IN ('running', 'suspended')"),
        ),
        # Only the running ones: an index that begins with the status would tempt SQLite to read all
        # rows of one status where those of one case are wanted.
        Index(
            "ix_due_dates_fire_at",
            "fire_at",
            sqlite_where=text("status = 'running'"),
            postgresql_where=text("status = 'running'"),
        ),
        _of_status("ix_due_dates_due_on", "running", "due_on", "id"),
        _of_status("ix_due_dates_suspended", "suspended", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    anchor_on: Mapped[date]
    due_on: Mapped[date | None]
    fire_at: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(10), default="running")
    remaining: Mapped[int | None]
    remaining_unit: Mapped[str | None] = mapped_column(String(11))
    extended: Mapped[int] = mapped_column(SmallInteger, default=0)
    warned: Mapped[int] = mapped_column(SmallInteger, default=0)


class CaseLink(Base):
    """How two cases belong together beyond parent and child."""

    __tablename__ = "case_links"
    __table_args__ = (
        CheckConstraint("from_id <> to_id", name="not_itself"),
        CheckConstraint("kind IN ('predecessor', 'merged_into', 'came_from', 'about')", name="kind_known"),
    )

    from_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)


class NumberSeries(Base):
    """The last reference number given, per process prefix and year; raised in the same transaction."""

    __tablename__ = "number_series"

    prefix: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class RuleSetting(Base):
    """A town's value of a setting from a date on (rules of procedure, domain.md 2.2 and 7)."""

    __tablename__ = "rule_settings"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    value: Mapped[dict[str, Any]]
