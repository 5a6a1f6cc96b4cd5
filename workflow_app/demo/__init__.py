"""The demonstration: Flensburg's real history, and living examples around it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app import cases
from workflow_app import people as accounts
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.models import Case

from . import history, history_check_up, living, people
from .people import ACCOUNTS, PASSWORD

__all__ = ["ACCOUNTS", "PASSWORD", "load", "tell_accounts"]


def load(echo: Callable[[str], object] = print) -> None:
    """Load everything once; what was loaded before stays as it is."""
    store = cases.current()
    with Session(db.engine) as session:
        session.connection(execution_options={"immediate": True})
        registered = accounts.current()
        ids = people.load(session, registered.password_cost)
        session.commit()
        people.give_offices(registered, session, ids)
        told = history.load(store, ids)
        history_check_up.load(store, ids, told["k2"])
        if session.scalar(select(Case.id).where(Case.example).limit(1)) is None:
            session.rollback()
            living.load(store, session, ids, clock.now())
            echo("The demonstration of Flensburg is loaded.")


def tell_accounts(echo: Callable[[str], object] = print) -> None:
    """One line per account."""
    echo(f"Demonstration accounts, password of all: {PASSWORD}")
    for account in ACCOUNTS:
        if account.shown:
            echo(f"  {account.email:<34}{account.what}")
