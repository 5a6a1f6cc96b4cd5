"""PostgreSQL is stopped in the middle of everything, and again while it recovers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from .installation import Installation, Program, installation
from .looking import faults, notifications, rows, unsettled
from .outcome import Outcome, counted
from .people import NOTES, Person, rude, shared, taken, work
from .scale import Scale
from .town import CLERK, HEAD
from .waiting import until

STEPS = NOTES + 1  # of one task


def stopped_at_once(scale: Scale) -> Outcome:
    """The database crashes while people take steps; what was acknowledged is there, once, and everything
    goes on by itself."""
    people, tasks, crashes = scale.of((3, 6, 2), (6, 150, 12))
    with installation(crowd=people) as place:
        cases = place.town.tasks(tasks)
        clock = place.folder / "clock"
        clock.write_text("0")
        programs = [place.worker(CHAOS_CLOCK=str(clock)), place.scheduler(CHAOS_CLOCK=str(clock)), place.web()]
        lives = [_lives(program) for program in programs]
        workers = shared(cases, [place.browser(person) for person in place.town.members])
        recovered, hit = _crash_again_and_again(place, workers, tasks * STEPS, crashes)
        work(workers)
        clock.write_text(scale.of("180", "0"))  # the short form does not wait for leases to end
        begin = time.monotonic()
        until("all notices are told", lambda: not unsettled(place.engine), patience=180)
        expected = _expected(cases)
        return counted(
            "database_crashes", expected, _effects(place), max(recovered, time.monotonic() - begin),
            notes=(f"{crashes} crashes in {tasks * STEPS} steps, {hit} more while it recovered; answers by status: "
                   f"{_answers(workers)}",),
            broken=(*faults(place.engine), *rude(workers, (503,)), *_deaths(programs, lives)),
        )  # fmt: skip


def _crash_again_and_again(
    place: Installation, people: Sequence[Person], steps: int, crashes: int
) -> tuple[float, int]:
    """Crash the database each time another share of the steps is taken, every second time twice in a row;
    the longest time until a step was taken again, and how often the recovery was hit."""
    assert place.postgres is not None
    longest, hit = 0.0, 0
    for crash in range(crashes):
        mark = steps * (crash + 1) // (crashes + 2)
        until(f"{mark} steps are taken", lambda mark=mark: taken(people) >= mark, pause=0.001)
        place.postgres.crash()
        if crash % 2:
            hit += place.postgres.crash_in_recovery()
        place.postgres.start()
        up, before = time.monotonic(), taken(people)
        until("steps are taken again", lambda before=before: taken(people) > before)
        longest = max(longest, time.monotonic() - up)
    return longest, hit


def _expected(cases: Sequence[int]) -> list[tuple[Any, ...]]:
    notes = [("note_progress", case, f"note {n} on {case}") for case in cases for n in range(NOTES)]
    ends = [("finish", case, f"end of {case}") for case in cases]
    return notes + ends + [("told", case, person) for case in cases for person in (CLERK, HEAD)]


def _effects(place: Installation) -> list[tuple[Any, ...]]:
    """What the cases hold, and who was told."""
    found: list[tuple[Any, ...]] = []
    with place.town.cases.store.reading() as tx:
        for (case,) in tx.rows("SELECT id FROM cases ORDER BY id"):
            data = tx.take(case).snapshot.data
            found += [("note_progress", case, note["text"]) for note in data.get("progress", ())]
    ends = "SELECT case_id FROM case_events WHERE step = 'finish'"
    found += [("finish", case, f"end of {case}") for (case,) in rows(place.engine, ends)]
    told = notifications(place.engine, ("task_done",))
    return found + [("told", case, person) for case, _seq, _notice, person in told.elements()]


def _lives(program: Program) -> set[int]:
    return set(program.family()) if program.name == "web" else {program.pid}


def _deaths(programs: Sequence[Program], lives: Sequence[set[int]]) -> list[str]:
    """Processes that did not live through it."""
    return [
        f"the {program.name} died: {program.last_words(3)}"
        for program, alive in zip(programs, lives, strict=True)
        if not program.is_running or not alive <= set(program.family())
    ]


def _answers(people: Sequence[Person]) -> dict[str, int]:
    """How often each status came."""
    found: dict[str, int] = {}
    for person in people:
        for status, times in person.answers.items():
            name = str(status) if status else "none"
            found[name] = found.get(name, 0) + times
    return dict(sorted(found.items()))
