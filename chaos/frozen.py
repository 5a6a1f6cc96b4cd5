"""A scheduler stands still in the middle of its work while a second one runs, and goes on later."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import Engine

from workflow_app.engine import clock

from .installation import Installation, installation
from .looking import faults, messages, notifications, number, rows
from .outcome import Outcome, counted
from .programs import Program
from .scale import Scale
from .waiting import until

FAULT = "scheduler_frozen"
PLACES = ("commit:3", "enqueue:1")
"""In the middle of a deadline, with its case locked; and with messages claimed that no worker knows of yet."""
AGO, LATEST = timedelta(days=40), timedelta(days=8)
"""When the questions were asked, and how long ago the last day for an answer was: all of it is due."""
STANDS = 90.0
"""Seconds for which it stands still in the long form."""
DUE = ("warning:answer", "overdue:reminder", "status_reminder", "overdue:answer")
"""What the clock has to tell of every question."""


def scheduler_frozen(scale: Scale) -> Outcome:
    """Every warning, every end of a deadline and every step of the clock happens once, and is told once."""
    found = Outcome(FAULT)
    for at in PLACES:
        with installation() as place:
            found += _frozen_at(place, at, scale)
    return found


def _frozen_at(place: Installation, at: str, scale: Scale) -> Outcome:
    now = clock.now()
    with clock.at(now - AGO):
        cases = place.town.questions(scale.of(4, 60), until=str((now - LATEST).date()))
    place.worker()
    first = place.scheduler(CHAOS_AT=f"{at}:SIGSTOP")
    until(f"the first scheduler stands still at {at}", first.is_frozen)
    began = time.monotonic()
    second = place.scheduler()
    until("the second has done what it can", partial(_can_do_no_more, place, second, len(cases)))
    if at.startswith("enqueue"):
        # What the first has claimed comes back when its lease is over; but all of its threads stand still, also one
        # that may hold a case just now, and then a job waits for that.
        place.settled(hurry=not scale.is_long, unless=partial(_somebody_waits, place.engine))
    until("it has stood still for long", lambda: time.monotonic() - began >= scale.of(0.0, STANDS), patience=2 * STANDS)
    stood, did = time.monotonic() - began, _told_of(place)
    first.thaw()
    thawed = time.monotonic()
    until("all is told", lambda: _told_of(place) >= len(cases) * len(DUE))
    place.settled(hurry=not scale.is_long)
    recovery = time.monotonic() - thawed
    note = f"stood still at {at} for {stood:.0f} s; meanwhile {did} of {len(cases) * len(DUE)} notices were written"
    return counted(
        FAULT, _expected(cases), _effects(place.engine), recovery, notes=[note], broken=[
            *(["the second waited for the first"] if scale.is_long and did < (len(cases) - 1) * len(DUE) else []),
            *faults(place.engine), *_told_twice(place.engine),
            *(f"the {one.name} died" for one in place.programs if not one.is_running),
        ],
    )  # fmt: skip


def _can_do_no_more(place: Installation, second: Program, n: int) -> bool:
    """Everything is told, or somebody waits for what the first one holds."""
    return _told_of(place) >= n * len(DUE) or (second.is_running and _somebody_waits(place.engine))


def _somebody_waits(engine: Engine) -> bool:
    """Whether a connection waits for a lock."""
    return number(engine, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") > 0


def _told_of(place: Installation) -> int:
    return sum(notice in DUE for _case, notice in messages(place.engine))


def _expected(cases: list[int]) -> list[tuple[Any, ...]]:
    return [(case, notice) for case in cases for notice in DUE] + [(case, "step remind") for case in cases]


def _effects(engine: Engine) -> list[tuple[Any, ...]]:
    told = [(case, notice) for case, notice in messages(engine) if notice in DUE]
    steps = rows(engine, "SELECT case_id, step FROM case_events WHERE step <> 'open'")
    return told + [(case, f"step {step}") for case, step in steps]


def _told_twice(engine: Engine) -> list[str]:
    """Somebody who was told the same thing more than once, and messages that reached nobody."""
    told = notifications(engine, DUE)
    twice = [f"{one} was told {times} times" for one, times in told.items() if times > 1]
    missed = {(case, notice) for case, notice in messages(engine) if notice in DUE}
    missed -= {(case, notice) for case, _at, notice, _person in told}
    return twice[:3] + [f"nobody was told of {one}" for one in sorted(missed)[:3]]
