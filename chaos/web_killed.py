"""The web process is killed between the commit of a step and the poke of the relay."""

from __future__ import annotations

import time
from typing import Any

from .browser import Broken, Browser
from .installation import Installation, installation
from .looking import events, faults, notifications, rows, unsettled
from .outcome import Outcome, counted
from .scale import Scale
from .town import CLERK, FIRST_MEMBER, HEAD
from .waiting import until

STEP, NOTICE = "finish", "task_done"


def killed_after_commit(scale: Scale) -> Outcome:
    """Every second step kills its web process when it is committed and nobody knows of it yet. People see a
    broken connection and send the same form again: one step each, and the office is told once of each."""
    n = scale.of(4, 60)
    with installation() as place:
        tasks = place.town.tasks(n)
        place.worker()
        place.scheduler()
        place.web(CHAOS_AT="poke:2:SIGKILL")
        browser = place.browser(FIRST_MEMBER)
        again = [_insist(browser, case) for case in tasks]
        begin = time.monotonic()
        until("all notices are told", lambda: _told(place) >= n * 2 and not unsettled(place.engine))
        recovery = max(*again, time.monotonic() - begin)
        killed = sum(seconds > 0 for seconds in again)
        expected = [("step", case) for case in tasks] + [("told", case, who) for case in tasks for who in (CLERK, HEAD)]
        return counted(
            "web_killed_after_commit", expected, _effects(place), recovery,
            notes=(f"the web process was killed {killed} times in {n} steps",),
            broken=(*faults(place.engine), *([] if killed else ["nothing was killed"])),
        )  # fmt: skip


def _insist(browser: Browser, case: int) -> float:
    """Send the form of a step until there is an answer, always with the same key; how long that took
    where it did not work at once, else 0."""
    form = browser.form(case, STEP)
    begin, broke = time.monotonic(), False

    def answered() -> bool:
        nonlocal broke
        try:
            return browser.send(case, STEP, form, note="Done.").is_done
        except Broken:
            broke = True
            return False

    until(f"the step of case {case} is answered", answered)
    return time.monotonic() - begin if broke else 0.0


def _told(place: Installation) -> int:
    return sum(notifications(place.engine, (NOTICE,)).values())


def _effects(place: Installation) -> list[tuple[Any, ...]]:
    steps = [("step", case) for case in events(place.engine, STEP).elements()]
    told = rows(place.engine, "SELECT case_id, person_id FROM notifications WHERE notice = :notice", notice=NOTICE)
    return steps + [("told", case, person) for case, person in told]
