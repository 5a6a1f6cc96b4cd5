"""PostgreSQL is stopped in the middle of everything, and again while it recovers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from workflow_app.models.following import SITE
from workflow_app.operation import queues

from .installation import Installation, installation
from .looking import faults, number
from .outcome import Outcome, counted
from .people import STEPS, Person, answers, effects, expected, rude, shared, taken, work
from .programs import Program
from .scale import Scale
from .waiting import until


def stopped_at_once(scale: Scale) -> Outcome:
    """The database crashes while people take steps; what was acknowledged is there, once, and everything
    goes on by itself."""
    people, tasks, crashes = scale.of((3, 6, 2), (6, 150, 12))
    with installation(crowd=people) as place:
        cases = place.town.tasks(tasks)
        programs = [place.worker(), place.scheduler(), place.web()]
        # Who finds no database at its very beginning ends, to be started again, and here nobody does that.
        until("worker and scheduler are at work", partial(_are_at_work, place))
        lives = [_lives(program) for program in programs]
        workers = shared(cases, [place.browser(person) for person in place.town.members])
        recovered, hit = _crash_again_and_again(place, workers, tasks * STEPS, crashes)
        work(workers)
        settled = place.settled(hurry=not scale.is_long)
        return counted(
            "database_crashes", expected(cases), effects(place), max(recovered, settled),
            notes=(f"{crashes} crashes in {tasks * STEPS} steps, {hit} more while it recovered; answers by status: "
                   f"{answers(workers)}",),
            broken=(*faults(place.engine), *rude(workers, (503,)), *_deaths(programs, lives)),
        )  # fmt: skip


def _are_at_work(place: Installation) -> bool:
    workers = queues.workers(place.queue.url) or {}
    return workers.get(SITE, 0) > 0 and number(place.engine, "SELECT count(*) FROM periodic_jobs") > 0


def _crash_again_and_again(
    place: Installation, people: Sequence[Person], steps: int, crashes: int
) -> tuple[float, int]:
    """Crash the database each time another share of the steps is taken, every second time twice in a row;
    the longest time until a step was taken again, and how often the recovery was hit."""
    assert place.postgres is not None
    longest, hit = 0.0, 0
    for crash in range(crashes):
        mark = steps * (crash + 1) // (crashes + 2)
        until(f"{mark} steps are taken", partial(_has_taken, people, mark), pause=0.001)
        place.postgres.crash()
        if crash % 2:
            hit += place.postgres.crash_in_recovery()
        place.postgres.start()
        up, before = time.monotonic(), taken(people)
        until("steps are taken again", partial(_has_taken, people, before + 1))
        longest = max(longest, time.monotonic() - up)
    return longest, hit


def _has_taken(people: Sequence[Person], steps: int) -> bool:
    return taken(people) >= steps


def _lives(program: Program) -> set[int]:
    return set(program.family()) if program.name == "web" else {program.pid}


def _deaths(programs: Sequence[Program], lives: Sequence[set[int]]) -> list[str]:
    """Processes that did not live through it."""
    return [
        f"the {program.name} died: {program.last_words(3)}"
        for program, alive in zip(programs, lives, strict=True)
        if not program.is_running or not alive <= set(program.family())
    ]
