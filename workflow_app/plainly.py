"""What may go wrong in operation, as one clear sentence on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from workflow_app import database
from workflow_app.engine.errors import Refused
from workflow_app.extensions import db
from workflow_app.models import Person
from workflow_app.people.addresses import as_kept


def plainly(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what may go wrong in operation into a sentence instead of a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except Refused as no:
            raise click.ClickException(str(no.reason)) from None
        except database.WrongDatabase as wrong:
            raise click.ClickException(str(wrong)) from None
        except OperationalError as error:
            raise click.ClickException(f"The database cannot be used: {error.orig}") from None

    return wrapped


def person_called(email: str) -> int:
    """The id of an account. Raises ClickException where there is none."""
    found = db.session.scalar(select(Person.id).where(Person.email == as_kept(email)))
    if found is None:
        raise click.ClickException("There is no account with this e-mail address.")
    db.session.rollback()
    return found
