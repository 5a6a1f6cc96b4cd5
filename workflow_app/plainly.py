"""What may go wrong in operation, as one clear sentence on the terminal."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from sqlalchemy.exc import OperationalError

from workflow_app import database
from workflow_app.engine.errors import Refused


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
