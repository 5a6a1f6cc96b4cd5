"""How people want to be told, what they want to hear nothing of, and what they have read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from zoneinfo import available_timezones

from sqlalchemy import delete, update

from workflow_app.engine import reaching
from workflow_app.engine.errors import Invalid, Reason
from workflow_app.engine.who import message as _
from workflow_app.incidents import solved
from workflow_app.models import Case, Mute, Notification, Preferences

from . import record
from .addresses import spoken
from .store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody has chosen on the page. `zone` is empty for the town's own."""

    way: str
    weekday: int
    hour: int
    quiet_from: time | None
    quiet_until: time | None
    zone: str
    not_mailed: frozenset[str]
    language: str


def save(store: Store, person_id: int, wanted: Wanted) -> None:
    """Keep what somebody has chosen. Raises Invalid for quiet hours without an end or all day long, and
    for a time zone that there is not."""
    _must_be_right(wanted)
    language = spoken(wanted.language)
    with store.writing() as tx:
        kept = _of(tx, person_id)
        kept.way, kept.weekday, kept.hour = wanted.way, wanted.weekday, wanted.hour
        kept.quiet_from, kept.quiet_until = wanted.quiet_from, wanted.quiet_until
        kept.zone, kept.not_mailed = wanted.zone or None, sorted(wanted.not_mailed)
        solved(tx.session.connection(), [zone_subject(person_id)])
        person = tx.person(person_id)
        if person.language != language:
            person.language = language
            record.write(tx, "details_changed", person, person)
        if wanted.way == reaching.SITE:
            _collect_nothing(tx, person_id)


def zone_subject(person_id: int) -> str:
    """What an incident is called that is about the time zone of a person; saving their wishes ends it."""
    return f"zone:{person_id}"


def _must_be_right(wanted: Wanted) -> None:
    if (wanted.quiet_from is None) != (wanted.quiet_until is None):
        missing = "quiet_until" if wanted.quiet_until is None else "quiet_from"
        _refuse(missing, _("Quiet hours need a beginning and an end."))
    if wanted.quiet_from is not None and wanted.quiet_from == wanted.quiet_until:
        _refuse("quiet_until", _("These quiet hours would never end. Please choose another end."))
    if wanted.zone and wanted.zone not in available_timezones():
        _refuse("zone", _("There is no such time zone. Please choose one from the list."))
    if wanted.way not in reaching.WAYS:
        _refuse("way", _("Please choose one of the options."))


def _refuse(name: str, text: str) -> None:
    reason = Reason(text)
    raise Invalid(reason, {name: reason})


def keep_from_mail(store: Store, person_id: int, topic: str) -> None:
    """Notices of a topic stay on the site from now on."""
    with store.writing() as tx:
        kept = _of(tx, person_id)
        kept.not_mailed = sorted({*kept.not_mailed, topic})


def only_on_the_site(store: Store, person_id: int) -> None:
    """No mails about cases any more; everything stands on the site."""
    with store.writing() as tx:
        _of(tx, person_id).way = reaching.SITE
        _collect_nothing(tx, person_id)


def mute(store: Store, person_id: int, case_id: int) -> None:
    """Somebody wants no news of a case any more; what waits for them there is told all the same."""
    with store.writing() as tx:
        tx.person(person_id)
        here = tx.session.get(Case, case_id) is not None
        if here and tx.session.get(Mute, (person_id, case_id)) is None:
            tx.session.add(Mute(person_id=person_id, case_id=case_id, since=tx.now))


def unmute(store: Store, person_id: int, case_id: int) -> None:
    """Somebody wants news of a case again."""
    with store.writing() as tx:
        tx.session.execute(delete(Mute).where(Mute.person_id == person_id, Mute.case_id == case_id))


def has_read(store: Store, person_id: int, notification_id: int) -> int | None:
    """Somebody looks at a notice; gives the case it is about, None where it is not theirs."""
    with store.writing() as tx:
        found = tx.session.get(Notification, notification_id)
        if found is None or found.person_id != person_id:
            return None
        found.read_at = found.read_at or tx.now
        return found.case_id


def has_read_all(store: Store, person_id: int, until: int) -> None:
    """Somebody has seen everything up to this notice; what came after it stays unread."""
    unread = Notification.person_id == person_id, Notification.read_at.is_(None)
    with store.writing() as tx:
        tx.change(update(Notification).where(*unread, Notification.id <= until).values(read_at=tx.now))


def _of(tx: Transaction, person_id: int) -> Preferences:
    """What somebody has chosen; the person is held, so that nobody else begins it at the same time."""
    tx.person(person_id)
    found = tx.session.get(Preferences, person_id)
    if found is None:
        found = Preferences(person_id=person_id, weekday=0, hour=8, not_mailed=[])
        tx.session.add(found)
    return found


def _collect_nothing(tx: Transaction, person_id: int) -> None:
    waiting = Notification.person_id == person_id, Notification.way == "digest", Notification.mailed_at.is_(None)
    tx.change(update(Notification).where(*waiting, Notification.read_at.is_(None)).values(way="site"))
