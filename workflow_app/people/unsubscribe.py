"""The link with which a mail can be stopped, without signing in: for one person and one kind of mail.

It says nothing else and ends never, because an old mail must be as easy to stop as a new one. What it
may stop: the news of one case (``case:7``), the mails of one topic (``topic:news``), or all (``all``).
"""

from __future__ import annotations

from contextlib import suppress

from itsdangerous import BadData, URLSafeSerializer

from workflow_app.engine import reaching
from workflow_app.engine.errors import NotFound
from workflow_app.engine.who import message as _

from . import preferences
from .store import Store

ALL = "all"
SALT = "unsubscribe"


def token(secret: str, person: int, what: str) -> str:
    """The signed text for an address."""
    signed = URLSafeSerializer(secret, salt=SALT).dumps([person, what])
    return str(signed)


def read(secret: str, given: str) -> tuple[int, str]:
    """Who wants to stop what. Raises NotFound for a token that is not ours."""
    try:
        person, what = URLSafeSerializer(secret, salt=SALT).loads(given)
    except (BadData, ValueError, TypeError):
        raise NotFound(_("This link is not complete. Please copy all of it from the mail.")) from None
    return int(person), str(what)


def stop(store: Store, person: int, what: str) -> None:
    """Do what the link is for; once more changes nothing. Of somebody who is not here any more there
    is nothing to stop."""
    kind, _colon, value = what.partition(":")
    with suppress(NotFound):
        if kind == "case":
            preferences.mute(store, person, int(value))
        elif kind == "topic" and value in reaching.OPTIONAL:
            preferences.keep_from_mail(store, person, value)
        else:
            preferences.only_on_the_site(store, person)
