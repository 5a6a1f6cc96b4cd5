"""How accounts and organizations are spoken of: roles, kinds, times, devices, and the records in sentences.
Template globals."""

from __future__ import annotations

from datetime import date

from flask import Flask
from flask_babel import gettext as _

from workflow_app.models import Organization
from workflow_app.people import organizations
from workflow_app.people.record import KINDS
from workflow_app.people.roles import ROLES
from workflow_app.queries.accounts import Recorded
from workflow_app.queries.organizations import Happened, OrganizationRow

from .words import day, label


def role_label(role: str) -> str:
    """A role in words; one that is not known any more keeps its inner name."""
    return label(ROLES.get(role, role))


def time_words(start: date | None, end: date | None) -> str:
    """From when to when; empty for always."""
    if start and end:
        return _("from %(start)s until %(end)s", start=day(start), end=day(end))
    if start:
        return _("from %(start)s on", start=day(start))
    return _("until %(end)s", end=day(end)) if end else ""


def device_words(device: str) -> str:
    """A device as it described itself."""
    return device or _("Unknown device")


def account_state(state: str) -> str:
    """Whether an account is in use."""
    return {"invited": _("invited"), "active": _("in use"), "locked": _("locked")}[state]


def mail_state(state: str) -> str:
    """What became of a mail."""
    return {
        "kept": _("kept here"), "sent": _("sent"), "refused": _("refused by the mail server"),
        "failed": _("could not be sent"), "bounced": _("came back"),
    }[state]  # fmt: skip


def mail_reason(reason: str) -> str:
    """Why a mail did not arrive."""
    return {
        "unknown": _("there is no such address"), "disabled": _("the mailbox is closed"),
        "full": _("the mailbox is full"),
        "policy": _("the server does not want it"), "content": _("the server does not like what is in it"),
        "address": _("no server takes such an address"), "sender": _("the server does not take our own address"),
    }.get(reason, _("without a reason that we know"))  # fmt: skip


def recorded(event: Recorded) -> str:
    """One thing in the record as a sentence."""
    names = {
        "actor": event.actor or _("The operators"),
        "person": event.person,
        "role": role_label(event.role or ""),
        "organization": event.organization or "",
        "represented": event.represented or "",
    }
    return label(KINDS.get(event.kind, event.kind)) % names


def organization_kind(one: Organization | OrganizationRow) -> str:
    """What an organization is."""
    return label(organizations.KINDS[organizations.kind_of(one.organization_type, one.classification)].label)


def organization_recorded(event: Happened) -> str:
    """One thing in the record of an organization as a sentence."""
    names = {"actor": event.actor or _("The operators"), "name": event.name, "former": event.former_name or ""}
    if event.former_name:
        return _("%(actor)s changed the name from “%(former)s” to “%(name)s”.", **names)
    return {
        "founded": _("%(actor)s entered it as “%(name)s”.", **names),
        "changed": _("%(actor)s changed what it is or belongs to.", **names),
        "ended": _("%(actor)s noted that it has ended.", **names),
        "resumed": _("%(actor)s noted that it goes on.", **names),
    }[event.kind]


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    for word in (
        role_label, time_words, device_words, account_state, mail_state, mail_reason, recorded, organization_kind,
        organization_recorded,
    ):  # fmt: skip
        app.jinja_env.globals[word.__name__] = word
