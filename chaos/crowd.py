"""Many want the same thing at the same moment, and only one can have it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from workflow_app.engine.errors import Conflict

from .browser import Browser
from .installation import Installation, installation
from .looking import events, faults
from .outcome import Outcome, counted
from .scale import Scale

CROWD = 50
STEP = "begin"
SAID = "Somebody was quicker"
FAULT = "same_step_at_once"


def same_step_at_once(scale: Scale) -> Outcome:
    """Fifty people take the same step of the same version: through the web server with several processes,
    and by the store itself on both databases. One succeeds, 49 read that somebody was quicker."""
    rounds = scale.of(1, 20)
    found = Outcome(FAULT)
    for kind in ("postgresql", "sqlite"):
        with installation(kind, crowd=CROWD) as place:
            for case in place.town.tasks(rounds):
                everybody = [partial(_act, place, case, person) for person in place.town.members]
                found += _judged(place, kind, case, _at_once(everybody))
            if kind == "postgresql":
                place.web(workers=2, threads=8)
                with ThreadPoolExecutor(8) as pool:
                    browsers = list(pool.map(place.browser, place.town.members))
                for case in place.town.tasks(rounds):
                    found += _judged(place, "the web server", case, _sent_at_once(browsers, case))
            found += Outcome(FAULT, broken=tuple(faults(place.engine)))
    return found


def _act(place: Installation, case: int, person: int) -> str:
    try:
        place.town.cases.act(case, STEP, place.town.member(person), {}, expected=1, key=f"{case}-{person}")
    except Conflict as no:
        return "conflict" if SAID in str(no.reason) else str(no.reason)
    return "done"


def _sent_at_once(browsers: Sequence[Browser], case: int) -> list[str]:
    """Everybody opens the form, and then all send it."""
    with ThreadPoolExecutor(8) as pool:
        forms = list(pool.map(lambda browser: browser.form(case, STEP), browsers))
    return _at_once([partial(_send, browser, case, form) for browser, form in zip(browsers, forms, strict=True)])


def _send(browser: Browser, case: int, form: dict[str, str]) -> str:
    answer = browser.send(case, STEP, form)
    if answer.is_done:
        return "done"
    return "conflict" if answer.status == 409 and SAID in answer.text else f"status {answer.status}"


def _at_once(jobs: Sequence[Callable[[], str]]) -> list[str]:
    """Threads that wait for each other before they begin."""
    barrier = threading.Barrier(len(jobs))

    def one(job: Callable[[], str]) -> str:
        barrier.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


def _judged(place: Installation, through: str, case: int, answers: Sequence[str]) -> Outcome:
    """One event for the one who was told so, and a clear conflict for everybody else."""
    said = Counter(answers)
    broken = [] if said == {"done": 1, "conflict": CROWD - 1} else [f"answers through {through}: {dict(said)}"]
    begun = events(place.engine, STEP)[case]
    return counted(
        FAULT, [(case, through)], [(case, through)] * begun, notes=[f"{CROWD} at once through {through}"], broken=broken
    )
