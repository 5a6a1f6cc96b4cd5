"""A person and the clock take the same step of the same case at the same moment."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from workflow_app.cases.clockwork import due_rows, ring
from workflow_app.engine import clock
from workflow_app.engine.errors import Refused

from .installation import Installation, installation
from .looking import faults, messages, rows
from .outcome import Outcome, counted
from .scale import Scale
from .town import CLERK
from .waiting import until

FAULT, STEP = "person_races_clock", "remind"
DUE = timedelta(weeks=3)
"""So long after its question a reminder is due, whatever day it is: two weeks, and then until people work again,
which after Good Friday and before a Christmas on a weekend takes four days."""
A_LITTLE = 0.0005
"""Seconds by which the winner of a race has to wait longer in the next one; twice as long each time that the
same one wins again, so that each of them is first sometimes also where others keep the machine busy."""
MOST = 1.0
BOTH = {"person", "clock"}


def person_races_clock(scale: Scale) -> Outcome:
    """A question may be reminded of by the clerk and must be by the clock: one of them does it, and the
    other leaves nothing behind. In threads of one process for many rounds; and with a scheduler that stands
    still in the middle of its first deadline while a clerk with a browser does the others from the end."""
    found = Outcome(FAULT)
    for kind in ("postgresql", "sqlite"):
        with installation(kind) as place:
            found += _in_threads(place, scale.of(40, 1000))
        with installation(kind) as place:
            found += _with_a_scheduler(place, scale.of(8, 60))
    return found


def _in_threads(place: Installation, rounds: int) -> Outcome:
    """Both begin at once, each time anew. Who was first has to wait a little the next time, so that both come
    first in about as many rounds, however long each of them takes on this machine."""
    cases = _asked_long_ago(place, rounds)
    due = sorted(due_rows(place.town.cases, rounds))
    barrier, person_waits = threading.Barrier(2), 0.0
    step, won_before = A_LITTLE, False

    def person(case: int) -> bool:
        barrier.wait()
        time.sleep(max(0.0, person_waits))
        try:
            place.town.cases.act(case, STEP, place.town.clerk(), {}, expected=1)
        except Refused:
            return False
        return True

    def by_clock(row: int) -> None:
        barrier.wait()
        time.sleep(max(0.0, -person_waits))
        ring(place.town.cases, row)

    with ThreadPoolExecutor(2) as pool:
        for case, row in zip(cases, due, strict=True):
            first, second = pool.submit(person, case), pool.submit(by_clock, row)
            second.result()
            person_won = first.result()
            step = min(2 * step, MOST) if person_won is won_before else A_LITTLE
            person_waits += step if person_won else -step
            won_before = person_won
    return _judged(place, cases, f"{rounds} races in threads on {place.kind}", both=True)


def _with_a_scheduler(place: Installation, n: int) -> Outcome:
    cases = _asked_long_ago(place, n)
    place.web()
    browser = place.browser(CLERK)
    forms = [(case, browser.form(case, STEP)) for case in cases]
    scheduler = place.scheduler(CHAOS_AT="commit:1:SIGSTOP")
    until("the scheduler stands still in its first deadline", scheduler.is_frozen)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(browser.send, cases[0], STEP, forms[0][1])  # has to wait for the clock
        others = [(case, form) for case, form in reversed(forms[1:])]
        if place.kind == "postgresql":
            half = others[: n // 2]
            said = [browser.send(case, STEP, form).status for case, form in half]
            others = others[n // 2 :]
        else:
            said = []  # who writes to SQLite holds all others up, so they meet only when it goes on
        scheduler.thaw()
        said += [browser.send(case, STEP, form).status for case, form in others]
        said.append(first.result().status)
    until("every question is reminded of", partial(_is_reminded, place, n))
    wrong = [f"the clerk was answered {status}" for status in sorted(set(said) - {302, 409})]
    both = place.kind == "postgresql"  # on SQLite the scheduler may well be through before anybody is let in
    found = _judged(place, cases, f"{n} races of a browser with a scheduler on {place.kind}", both=both)
    return found + Outcome(FAULT, broken=tuple(wrong))


def _asked_long_ago(place: Installation, n: int) -> list[int]:
    with clock.at(clock.now() - DUE):
        return place.town.questions(n)


def _is_reminded(place: Installation, n: int) -> bool:
    return len(rows(place.engine, "SELECT 1 FROM case_events WHERE step = :step", step=STEP)) >= n


def _judged(place: Installation, cases: list[int], what: str, *, both: bool) -> Outcome:
    """One reminder for each question, with the notices and the settled deadline of whoever was first;
    `both` says that each of the two must have been first sometimes."""
    winners = dict(rows(place.engine, "SELECT case_id, coalesce(actor_id, 0) FROM case_events WHERE step = :s", s=STEP))
    by = Counter("person" if winner else "clock" for winner in winners.values())
    seen = [("reminded", c) for (c,) in rows(place.engine, "SELECT case_id FROM case_events WHERE step = :s", s=STEP)]
    expected = [("reminded", case) for case in cases]
    seen += [(notice, case) for case, notice in messages(place.engine) if notice != "status_asked"]
    for case in cases:
        expected.append(("status_reminder", case))
        if not winners.get(case):
            expected.append(("overdue:reminder", case))
    left = rows(place.engine, "SELECT case_id FROM due_dates WHERE status = 'running' AND name = 'reminder'")
    broken = [*faults(place.engine), *(f"the reminder of case {case} still runs" for (case,) in left)]
    if both and set(by) != BOTH:
        broken.append(f"{what}: only one order was seen: {dict(by)}")
    return counted(FAULT, expected, seen, notes=[f"{what}; first was {dict(by)}"], broken=broken)
