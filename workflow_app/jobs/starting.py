"""What must be there before a worker or a scheduler begins; what goes away later is waited for.

Whoever starts us (systemd, the supervisor) tells by the exit code whether it makes sense to try again.
"""

from __future__ import annotations

import os

import click
from flask import current_app

from workflow_app.extensions import db
from workflow_app.operation import health
from workflow_app.settings import WrongSettings


class NotYet(click.ClickException):
    """Something that we need is not there yet; it makes sense to start again in a moment."""

    exit_code = os.EX_UNAVAILABLE


PREPARE = "Run: flask --app workflow_app database prepare --empty"
MISSING = {
    ("database", "unreachable"): "The database does not answer. Start it, and check DATABASE_URL.",
    ("migrations", "not at head"): f"The database is not at the version that this code needs. {PREPARE}",
    ("queue", "unreachable"): "Redis does not answer. Start it, and check REDIS_URL.",
}


def must_be_ready() -> None:
    """Raises WrongSettings where no Redis is set, and NotYet with a sentence for what is missing; also where
    that is Redis, without which pages can be answered but no worker can begin."""
    redis_url = current_app.config["REDIS_URL"]
    if not redis_url:
        raise WrongSettings("REDIS_URL is not set; messages reach workers through Redis: REDIS_URL=redis://host:6379/0")
    found = health.look(db.engine, redis_url)
    db.engine.dispose()  # a worker forks, and its parent needs no connection
    missing = [words for (part, state), words in MISSING.items() if getattr(found, part) == state]
    if missing:
        raise NotYet(" ".join(missing))
