"""The tables, one module per thing a clerk would name."""

from .accounts import AccountEvent, AccountLink, CalendarFeed, DeputyRequest, Mail, SignIn
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
from .documents import Document, DocumentVersion
from .figures import Figures
from .following import Follow, OutboxMessage
from .incidents import Incident
from .notifications import Mute, Notification, Preferences
from .people import Membership, Organization, OrganizationEvent, Person
from .periodic import PeriodicJob
from .search import SearchText

__all__ = [
    "AccountEvent",
    "AccountLink",
    "Base",
    "CalendarFeed",
    "Case",
    "CaseEvent",
    "CaseEventPayload",
    "CaseLink",
    "CaseParty",
    "CaseReader",
    "DeputyRequest",
    "Document",
    "DocumentVersion",
    "DueDate",
    "Figures",
    "Follow",
    "Incident",
    "Instant",
    "Mail",
    "Membership",
    "Mute",
    "Notification",
    "NumberSeries",
    "OpenStep",
    "Organization",
    "OrganizationEvent",
    "OutboxMessage",
    "PeriodicJob",
    "Person",
    "Preferences",
    "RuleSetting",
    "SearchText",
    "SignIn",
]
