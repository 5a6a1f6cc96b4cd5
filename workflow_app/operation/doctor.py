"""What is wrong with an installation, and what to do about it, in words for whoever looks after it."""

from __future__ import annotations

import smtplib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from workflow_app import database
from workflow_app.engine import clock
from workflow_app.engine.calendar import LAST_YEAR, Calendar, CalendarError

from . import health, jobs, mail_server, queues
from .waiting import incidents_by_kind, waiting

PATIENCE = 10
"""Seconds to wait for the mail server."""
MOST_APART = timedelta(seconds=5)
LATE = timedelta(minutes=5)
YEARS_AHEAD = 6
SHORTEST_SECRET = 32


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: how it is, and what to do if it is not well."""

    name: str
    words: str
    mend: str = ""

    @property
    def is_well(self) -> bool:
        return not self.mend


@dataclass(frozen=True)
class Installation:
    """What the doctor looks at."""

    engine: Engine
    redis_url: str
    smtp: str
    folder: Path
    calendar: Calendar
    address: str = ""
    proxies: int = 0
    secret: str = ""


def examine(here: Installation) -> Iterator[Finding]:
    """Look at everything, one after the other; never raises."""
    looks: tuple[Callable[[Installation], Finding], ...] = (
        _database, _migrations, _queue, _workers, _mail, _key, _proxies, _clock, _zone, _folder, _waiting, _jobs,
    )  # fmt: skip
    for look in looks:
        try:
            yield look(here)
        except SQLAlchemyError:
            name = look.__name__.removeprefix("_")
            yield Finding(name, "could not be looked at without the database", "Mend the database first.")


def _database(here: Installation) -> Finding:
    kind = here.engine.dialect.name
    try:
        with here.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return Finding(
            "database", f"{kind} does not answer ({type(error).__name__})",
            "Start it, and check DATABASE_URL: address, user, password.",
        )  # fmt: skip
    return Finding("database", f"{kind} answers")


def _migrations(here: Installation) -> Finding:
    found, newest = database.current(here.engine), health.newest()
    if found == newest:
        return Finding("migrations", f"at {newest}, the newest")
    return Finding(
        "migrations", f"the database is at {found or 'nothing'}, this version needs {newest}",
        "Run: flask --app workflow_app database prepare --empty",
    )  # fmt: skip


def _queue(here: Installation) -> Finding:
    state = health.queue_state(here.redis_url)
    if state == "ok":
        return Finding("redis", "answers")
    if state == "none":
        own = here.folder / "queue" / "socket"
        return Finding(
            "redis", "REDIS_URL is not set, and without Redis no mail and no notice goes out",
            f"Set it. Where dev.py runs the site, it is unix://{own} for commands beside it.",
        )  # fmt: skip
    return Finding("redis", "does not answer", "Start it, and check REDIS_URL. Nothing is lost meanwhile.")


def _workers(here: Installation) -> Finding:
    found = queues.workers(here.redis_url)
    if found is None:
        return Finding("workers", "could not be looked at without Redis", "Mend Redis first.")
    if missing := queues.unattended(found):
        start = ", and ".join(f"flask --app workflow_app {queues.COMMANDS[queue]}" for queue in missing)
        return Finding("workers", queues.nobody_carries(missing), f"Start: {start}. Nothing is lost meanwhile.")
    return Finding("workers", ", ".join(f"{n} for {queues.CARRIED[queue]}" for queue, n in found.items()))


def _mail(here: Installation) -> Finding:
    if not here.smtp:
        return Finding("mail server", "none is set, mails are kept in the database to be read there")
    try:
        with mail_server.connected(here.smtp, PATIENCE) as smtp:  # and sign in, where there is a password
            protected = "encrypted" if mail_server.is_encrypted(smtp) else "not encrypted"
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return Finding(
            "mail server", f"does not answer ({type(error).__name__})",
            "Check TEILHABE_SMTP, and that this machine may connect to it.",
        )  # fmt: skip
    return Finding("mail server", f"answers, {protected}")


def _key(here: Installation) -> Finding:
    if len(here.secret) >= SHORTEST_SECRET:
        return Finding("signing key", "is long enough")
    return Finding(
        "signing key", f"SECRET_KEY is shorter than {SHORTEST_SECRET} characters, and so could be guessed",
        "Set another one (openssl rand -hex 32); everybody has to sign in again.",
    )  # fmt: skip


def _proxies(here: Installation) -> Finding:
    if here.proxies or not here.address.startswith("https:"):
        return Finding("proxies", f"{here.proxies} in front of us are believed")
    return Finding(
        "proxies", "the site is reached by https, and no proxy is believed: all visitors count as one who guesses",
        "Set TEILHABE_PROXIES to the number of proxies in front, usually 1.",
    )  # fmt: skip


def _clock(here: Installation) -> Finding:
    theirs, ours = _moment_of(here.engine), clock.now()
    apart = abs(theirs - ours)
    if apart <= MOST_APART:
        return Finding("clock", f"goes with that of the database ({apart.total_seconds():.1f} s apart)")
    return Finding(
        "clock", f"is {apart.total_seconds():.0f} s apart from that of the database",
        "Let both machines keep their time by NTP; deadlines end by this clock.",
    )  # fmt: skip


def _moment_of(engine: Engine) -> datetime:
    """What time it is for the database."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            return found
        seconds = connection.execute(text("SELECT (julianday('now') - 2440587.5) * 86400.0")).scalar_one()
        return datetime.fromtimestamp(seconds, UTC)


def _zone(here: Installation) -> Finding:
    calendar, today = here.calendar, here.calendar.local_date(clock.now())
    try:
        known = [len(calendar.holidays(today.year + n)) for n in range(YEARS_AHEAD)]
    except CalendarError:
        return Finding(
            "calendar", f"holidays are known until {LAST_YEAR} only", "Install a newer version of Teilhabe."
        )  # fmt: skip
    following = next(day for day in _days(calendar, today) if day >= today)
    return Finding(
        "calendar",
        f"{calendar.zone}, Land {calendar.land}, {known[0]} holidays this year, the next on {following.isoformat()}",
    )


def _days(calendar: Calendar, today: date) -> Iterator[date]:
    yield from calendar.holidays(today.year)
    yield from calendar.holidays(today.year + 1)


def _folder(here: Installation) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=here.folder):
            return Finding("folder", f"{here.folder} can be written to")
    except OSError as error:
        return Finding(
            "folder", f"{here.folder} cannot be written to ({error.strerror})",
            "Make it, or give it to the user that runs Teilhabe; TEILHABE_INSTANCE names another one.",
        )  # fmt: skip


def _waiting(here: Installation) -> Finding:
    now = clock.now()
    with Session(here.engine) as session:
        found, open_ = waiting(session, now), incidents_by_kind(session)
    waits = {**{queues.CARRIED[queue]: one for queue, one in found.due.items()}, "deadlines": found.deadlines}
    late = {what: one.oldest for what, one in waits.items() if one.oldest and one.oldest < now - LATE}
    if late:
        since = min(late.values()).isoformat(timespec="minutes")
        return Finding(
            "work", f"something should have been done at {since} ({', '.join(late)})",
            "See whether the mail server answers, and whether workers and scheduler run: "
            "flask --app workflow_app worker, worker --mails, and scheduler.",
        )  # fmt: skip
    if count := sum(open_.values()):
        told = ", ".join(f"{kind} {n}" for kind, n in open_.items() if n)
        return Finding(
            "work", f"{count} incidents wait for somebody ({told})",
            'Decide about them: the page "Störungen", or: flask --app workflow_app incidents list',
        )  # fmt: skip
    if dead := found.messages["dead"].count:
        return Finding("work", f"{dead} messages were given up", "Look into the log of the worker, and mend the cause.")
    return Finding("work", "nothing is late")


def _jobs(here: Installation) -> Finding:
    with Session(here.engine) as session:
        found = jobs.known(session, clock.now())
    if late := [one for one in found if one.is_late]:
        return Finding(
            "jobs", f"{late[0].name} should have run at {late[0].next_at.isoformat(timespec='minutes')}",
            "See whether the scheduler runs: flask --app workflow_app scheduler.",
        )  # fmt: skip
    if failing := [one for one in found if one.failures]:
        return Finding(
            "jobs", f"{failing[0].name} failed {failing[0].failures} times ({failing[0].last_error})",
            "Look into the log of the scheduler, and mend the cause; it is tried again by itself.",
        )  # fmt: skip
    return Finding("jobs", f"{len(found)} periodic jobs, none late" if found else "no scheduler has run yet")
