"""The settings of this process, looked at before anything is built on them.

What cannot work is said once, all of it, in sentences that name the variable to mend; passwords in
addresses are not repeated.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from email.errors import MessageError
from email.headerregistry import Address
from urllib.parse import urlsplit

import click
from redis.connection import parse_url
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

import config

from .database import POSTGRESQL
from .engine.calendar import Calendar, CalendarError, UnknownZone
from .operation.logs import FORMATS

UNREADABLE = (
    "DATABASE_URL cannot be read. It looks like postgresql://user:password@host:5432/name; signs such as @ : / % in "
    "the password are written in percent-encoding."
)


class WrongSettings(click.ClickException):
    """Settings with which nothing can start. The exit code says so, too: starting again does not help."""

    exit_code = os.EX_CONFIG


def of_this_process(env: Mapping[str, str] = os.environ) -> config.Settings:
    """What the environment says. Raises WrongSettings with a sentence for each thing to mend."""
    try:
        settings = config.from_environment(env)
    except ValueError as wrong:
        raise WrongSettings(str(wrong)) from None
    if found := list(faults(settings)):
        raise WrongSettings("\n       ".join(found))
    return settings


def faults(settings: config.Settings) -> Iterator[str]:
    """What cannot work, a sentence each."""
    for look in (_database, _redis, _address, _mail, _reply_to, _calendar, _log):
        if said := look(settings):
            yield said


def _database(settings: config.Settings) -> str:
    try:
        url = make_url(settings.database)
    except (ArgumentError, ValueError):
        return UNREADABLE
    if "@" in (url.host or ""):
        return UNREADABLE
    kind = url.get_backend_name()
    if kind not in (*POSTGRESQL, "sqlite"):
        return f"DATABASE_URL begins with {kind!r}; it can be postgresql://… or sqlite:///…."
    if kind in POSTGRESQL and not url.database:
        return "DATABASE_URL does not say which database: postgresql://user:password@host:5432/name."
    return ""


def _redis(settings: config.Settings) -> str:
    try:
        if settings.redis_url:
            parse_url(settings.redis_url)  # type: ignore[no-untyped-call]
    except ValueError:
        return "REDIS_URL cannot be read. It looks like redis://host:6379/0, rediss://… or unix:///path/of/the/socket."
    return ""


def _address(settings: config.Settings) -> str:
    if _is_address(settings.address, "http", "https"):
        return ""
    return f"TEILHABE_ADDRESS is {settings.address!r}; it looks like https://teilhabe.town.example."


def _mail(settings: config.Settings) -> str:
    if not _is_mailbox(settings.sender):
        return f"TEILHABE_SENDER is {settings.sender!r}; it looks like teilhabe@town.example, without a name."
    if not settings.smtp or _is_address(settings.smtp, "smtp", "smtps"):
        return ""
    return "TEILHABE_SMTP cannot be read. It looks like smtp://user:password@host:587 or smtps://user:password@host."


def _reply_to(settings: config.Settings) -> str:
    if not settings.reply_to or _is_mailbox(settings.reply_to):
        return ""
    said = f"TEILHABE_REPLY_TO is {settings.reply_to!r}"
    return f"{said}; it has to be one mail address and nothing else, as stelle@town.example."


def _is_mailbox(text: str) -> bool:
    """Whether this is one mail address and nothing else, in letters that every server knows."""
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):  # what the mail library says to what is no address
        return False
    return text.isascii() and found.addr_spec == text and bool(found.username) and bool(found.domain)


def _is_address(text: str, *schemes: str) -> bool:
    try:
        found = urlsplit(text)
        return found.scheme in schemes and bool(found.hostname) and (found.port is None or found.port > 0)
    except ValueError:
        return False


def _calendar(settings: config.Settings) -> str:
    try:
        Calendar(settings.land, settings.zone)
    except UnknownZone:
        return f"TEILHABE_ZONE: there is no time zone {settings.zone!r}; use a name such as Europe/Berlin."
    except CalendarError as wrong:
        return f"TEILHABE_LAND: {wrong}."
    return ""


def _log(settings: config.Settings) -> str:
    if settings.log in FORMATS:
        return ""
    return f"TEILHABE_LOG is {settings.log!r}; it can be {' or '.join(FORMATS)}."
