"""The only writer of cases: every change of one goes through a function of this package.

The functions here use the case store of the current application; `Cases` itself needs no Flask.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, current_app

from workflow_app import documents as files
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import Actor, Data, Opening
from workflow_app.extensions import db
from workflow_app.processes import REGISTRY

from .acting import Cases, Done
from .papers import Added
from .transaction import Store

__all__ = ["Added", "Cases", "Done", "Store", "act", "current", "init_app", "open_case"]


def init_app(app: Flask, calendar: Calendar) -> None:
    """Give an application its case store; needs the database and the place of files to be set up before."""
    with app.app_context():
        app.extensions["cases"] = Cases(Store(db.engine, calendar), REGISTRY, files.current())


def current() -> Cases:
    """The case store of the current application."""
    found: Cases = current_app.extensions["cases"]
    return found


def act(
    case_id: int,
    step: str,
    actor: Actor,
    data: Data | None = None,
    *,
    key: str | None = None,
    expected: int | None = None,
    documents: Sequence[Added] = (),
) -> Done:
    """Take a step; see `Cases.act`."""
    return current().act(case_id, step, actor, data, key=key, expected=expected, documents=documents)


def open_case(
    process: str, opening: Opening, actor: Actor, *, parent: int | None = None, key: str | None = None,
    documents: Sequence[Added] = (),
) -> Done:  # fmt: skip
    """Open a case; see `Cases.open_case`."""
    return current().open_case(process, opening, actor, parent=parent, key=key, documents=documents)
