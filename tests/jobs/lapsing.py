"""Requests whose deadline ends with a step of the clock that can be made to fail, or be refused by a rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.cases.world import request, task
from tests.jobs.town import Town
from workflow_app.cases import Cases
from workflow_app.engine import clock
from workflow_app.engine.definition import Changes, rule
from workflow_app.engine.errors import Reason
from workflow_app.engine.machine import Registry
from workflow_app.jobs import deadlines

OVER = datetime(2026, 3, 16, 23, tzinfo=UTC)
"""Monday, 16 March, is over in Flensburg: what was filed on 2 March lapses."""
BROKEN: set[str] = set()
"""The titles of cases for which the step of the clock does not work."""


def breaks(case: Any, data: Any, facts: Any) -> Changes:
    if case.title in BROKEN:
        raise KeyError(case.title)
    return Changes()


@rule("It is not broken")
def is_not_broken(case: Any, data: Any, facts: Any) -> Reason | None:
    return Reason("It is broken.") if case.title in BROKEN else None


def with_lapse(town: Town, **changes: Any) -> Cases:
    """The same town; the step of the clock has been changed."""
    steps = tuple(replace(step, **changes) if step.name == "lapse" else step for step in request.steps)
    changed = Cases(town.cases.store, Registry((replace(request, steps=steps), task)))
    town.app.extensions["cases"] = town.cases = changed
    return changed


def state(town: Town, case: int) -> str:
    return str(town.rows("SELECT state FROM cases WHERE id = :c", c=case)[0][0])


def incidents(town: Town) -> list[tuple[object, ...]]:
    return town.rows("SELECT subject, error, state, times FROM incidents ORDER BY id")


def overdue(town: Town) -> int:
    return len(town.rows("SELECT 1 FROM outbox WHERE payload ->> 'notice' = 'overdue:decision'"))


def swept_at(moment: datetime) -> None:
    with clock.at(moment):
        while deadlines.sweep():
            pass
