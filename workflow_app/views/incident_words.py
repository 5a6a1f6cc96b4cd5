"""Incidents in plain words: what went wrong, what happens next, and what can be done. Template globals."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext

from workflow_app.engine.who import message
from workflow_app.jobs import refusals, watch
from workflow_app.queries import IncidentRow
from workflow_app.wording.naming import due_label
from workflow_app.wording.words import day, label

from .account_words import mail_reason

KINDS = {
    "message": message("Messages"), "deadline": message("Deadlines"), "job": message("Background work"),
    "clock": message("Clock"), "setting": message("Settings"),
}  # fmt: skip
JOBS = {
    "relay": message("handing out messages"), "deadlines": message("looking after deadlines"),
    "documents": message("tidying up files"), "figures": message("counting for the dashboard"),
    "digests": message("collecting mails"),
}  # fmt: skip
UNATTENDED = {
    "site": message("Nobody gets notices: the program that delivers them is not running."),
    "mails": message("No mail is sent: the program that sends mails is not running."),
}
ACCOUNT = ("account_link", "account_notice", "password_reset")


def incident_kind(kind: str) -> str:
    """A kind of incidents."""
    return label(KINDS[kind])


def incident_what(one: IncidentRow) -> str:
    """What went wrong."""
    if one.kind == "message":
        return _message(one)
    if one.kind == "deadline":
        return _deadline(one)
    if one.kind == "job":
        about, _colon, name = one.subject.partition(":")
        if about == "workers":
            return label(UNATTENDED[name])
        return _("A job that runs by itself fails: %(job)s.", job=label(JOBS.get(name, name)))
    if one.kind == "clock":
        return _("The clock of a machine has jumped.")
    return _setting(one)


def _message(one: IncidentRow) -> str:
    said = {"person": one.person[1] if one.person else _("somebody"), "to": ", ".join(one.told)}
    if one.message == "notice":
        return _notice(said)
    if one.message == "notice_mail":
        return _("A mail about a case did not reach %(person)s.", **said)
    if one.message == "digest":
        return _("A collected mail did not reach %(person)s.", **said)
    if one.message == "renamed":
        return _("An organization was renamed, but the search still finds cases by its former name.")
    if one.message in ACCOUNT and one.person:
        return _("A mail about the account of %(person)s could not be sent.", **said)
    if one.message in ACCOUNT:
        return _("A mail about an account could not be sent.")
    return _("A message could not be delivered.")


def _notice(said: dict[str, str]) -> str:
    if said["to"]:
        return _("A message could not be delivered: %(to)s.", **said)
    return _("A message to people who take part in a case could not be delivered.")


def _deadline(one: IncidentRow) -> str:
    if one.case and one.deadline and one.due_on:
        said = {"deadline": due_label(one.case, one.deadline), "day": day(one.due_on)}
        return _("The clock cannot deal with the deadline “%(deadline)s”, which ends on %(day)s.", **said)
    return _("The clock cannot deal with a deadline.")


def _setting(one: IncidentRow) -> str:
    if one.subject == refusals.SUBJECT:
        return _("The mail server refuses most mails that we send: %(reason)s.", reason=mail_reason(one.error))
    who = one.person[1] if one.person else ""
    if one.subject.startswith("address:"):
        said = {"person": who, "reason": mail_reason(one.error)}
        if who:
            return _("The mail with which %(person)s could sign in did not arrive: %(reason)s.", **said)
        return _("A mail with which somebody could sign in did not arrive: %(reason)s.", **said)
    if who:
        return _("The time zone of %(person)s is not known (any more).", person=who)
    return _("The time zone of an account is not known (any more).")


def incident_tries(one: IncidentRow) -> str:
    """How often a message was tried before it was given up; empty for what is no message."""
    if one.kind != "message" or one.state != "open" or not one.tries:
        return ""
    return ngettext("It was given up after %(num)s attempt.", "It was given up after %(num)s attempts.", one.tries)


def incident_next(one: IncidentRow) -> str:
    """What happens if nobody does anything."""
    if one.state == "retrying":
        return _("Another try is under way. If it fails, this comes back.")
    if one.kind == "deadline":
        return _("Until it is settled, nobody is warned, and the case does not move on by the clock.")
    if one.subject.startswith("workers:"):
        return _("Nothing is lost. What waits goes out as soon as the program is running; then this goes away.")
    if one.kind == "job":
        return _("It is tried again by itself. If it goes well, this goes away.")
    if one.kind == "clock":
        if one.error in watch.HELD:
            return _("Until it is settled, deadlines and collected mails wait.")
        return _("Deadlines go by the time that it is now.")
    if one.subject == refusals.SUBJECT:
        return _("Mails wait and are tried again for half a day. When they are taken, this goes away.")
    if one.subject.startswith("zone:"):
        return _("Mails keep to the time of the town.")
    return _("Nothing more happens by itself.")


def incident_help(one: IncidentRow) -> str:
    """What a person can do."""
    if one.kind == "message":
        return _("Try it again when the cause is mended. Discard it if nobody needs it any more.")
    if one.kind == "deadline":
        return _("Try it again. If you discard it, the clock leaves out this one warning or end and goes on.")
    if one.subject.startswith("workers:") or one.subject == refusals.SUBJECT:
        return _("Please tell those who run the site.")
    if one.kind == "job":
        return _("If it stays here for longer than an hour, please tell those who run the site.")
    if one.kind == "clock":
        if one.error in watch.HELD:
            return _(
                "Please ask those who run the site whether all clocks are right. If you then discard this, deadlines "
                "go on."
            )
        return _("Please ask those who run the site whether all clocks are right, then discard this.")
    if one.subject.startswith("address:"):
        return _(
            "Ask for the right address in another way. An administrator can send the mail once more, or lock the "
            "account and invite the right address."
        )
    return _("The person can choose another one on the page for notifications; then this goes away.")


def incident_state(one: IncidentRow) -> str:
    """How an incident stands."""
    return {
        "open": _("open"), "retrying": _("being tried again"), "solved": _("solved"), "discarded": _("discarded"),
    }[one.state]  # fmt: skip


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    for word in (
        incident_kind, incident_what, incident_tries, incident_next, incident_help, incident_state,
    ):  # fmt: skip
        app.jinja_env.globals[word.__name__] = word
