"""The tables, one module per thing a clerk would name."""

from .base import Base, Instant
from .case import (
    Case,
    CaseEvent,
    CaseEventPayload,
    CaseLink,
    CaseParty,
    CaseReader,
    DueDate,
    NumberSeries,
    OpenStep,
    RuleSetting,
)
from .following import Document, Follow, Notification, OutboxMessage
from .people import Membership, Organization, Person

__all__ = [
    "Base",
    "Case",
    "CaseEvent",
    "CaseEventPayload",
    "CaseLink",
    "CaseParty",
    "CaseReader",
    "Document",
    "DueDate",
    "Follow",
    "Instant",
    "Membership",
    "Notification",
    "NumberSeries",
    "OpenStep",
    "Organization",
    "OutboxMessage",
    "Person",
    "RuleSetting",
]
