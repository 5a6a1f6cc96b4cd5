"""The only writer of people, memberships, sign-ins and the record of accounts.

Each room does one thing: `invitations`, `forgotten`, `own`, `feeds`, `sign_in`, `memberships`, `deputies`,
`absences`, `locking`, `revoking`. Their functions take the store and who wants it, do it in one transaction,
write it into the record, and refuse in words. `Store` itself needs no Flask.
"""

from __future__ import annotations

from flask import Flask, current_app

from workflow_app.engine.calendar import Calendar
from workflow_app.extensions import db

from .store import Store

__all__ = ["Store", "current", "init_app"]


def init_app(app: Flask, calendar: Calendar, session_days: int) -> None:
    """Give an application its store of people; needs the database extension to be set up before."""
    with app.app_context():
        app.extensions["people"] = Store(db.engine, calendar, app.config["PASSWORD_COST"], session_days)


def current() -> Store:
    """The store of people of the current application."""
    found: Store = current_app.extensions["people"]
    return found
