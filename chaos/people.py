"""People who work at the same time, and who send a form again until it is taken, as people do."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from .browser import Answer, Broken, Browser
from .installation import Installation
from .looking import notifications, rows
from .town import CLERK, HEAD
from .waiting import PATIENCE, until

NOTES = 2
"""How often somebody notes progress on a task before it is done."""
STEPS = NOTES + 1
"""How many steps a task takes."""
BROKEN = 0
"""The status we write down where no answer came at all."""


class Person(threading.Thread):
    """Works through tasks: notes progress on each and finishes it. Every answer is written down."""

    def __init__(self, browser: Browser, tasks: Sequence[int]) -> None:
        super().__init__(daemon=True)
        self.browser, self.tasks = browser, tasks
        self.taken: list[tuple[str, int, str]] = []
        """What was acknowledged: step, case, text."""
        self.taken_at: list[float] = []
        self.answers: Counter[int] = Counter()
        self.rude: list[str] = []
        """Pages that were no words for people."""
        self.trouble: Exception | None = None

    def run(self) -> None:
        """The whole work; what goes wrong for good is kept for `work`."""
        try:
            for case in self.tasks:
                for n in range(NOTES):
                    self._take("note_progress", case, f"note {n} on {case}", percent=str(n))
                self._take("finish", case, f"end of {case}")
        except Exception as error:
            self.trouble = error

    def _take(self, step: str, case: int, text: str, **more: str) -> None:
        data = {"note" if step == "finish" else "text": text, **more}
        form: dict[str, str] = {}

        def filled_in() -> bool:
            answer = self._look(lambda: self.browser.get(f"/cases/{case}/steps/{step}"))
            if answer.status == 200:
                form.update({name: answer.fields[name] for name in ("csrf_token", "key", "seq")})
            return answer.status == 200

        until(f"there is a form of {step} for {case}", filled_in)
        until(f"{step} of {case} is taken", lambda: self._send(case, step, form, data))
        self.taken.append((step, case, text))
        self.taken_at.append(time.monotonic())

    def _send(self, case: int, step: str, form: dict[str, str], data: dict[str, str]) -> bool:
        return self._look(lambda: self.browser.send(case, step, form, **data)).is_done

    def _look(self, ask: Callable[[], Answer]) -> Answer:
        """An answer, written down; a status of 0 where none came."""
        try:
            answer = ask()
        except Broken:
            answer = Answer(BROKEN, "")
        self.answers[answer.status] += 1
        if answer.status >= 400 and not answer.in_words:
            self.rude.append(f"{answer.status}: {answer.text[:200]}")
        return answer


def shared(tasks: Sequence[int], browsers: Sequence[Browser]) -> list[Person]:
    """Tasks dealt out among people, who begin at once."""
    people = [Person(browser, tasks[n :: len(browsers)]) for n, browser in enumerate(browsers)]
    for person in people:
        person.start()
    return people


def taken(people: Sequence[Person]) -> int:
    """How many steps were acknowledged so far."""
    return sum(len(person.taken) for person in people)


def work(people: Sequence[Person], patience: float = 2 * PATIENCE) -> None:
    """Wait until all have done their work. Raises what went wrong for one of them."""
    for person in people:
        person.join(patience)
        if person.trouble:
            raise person.trouble
        if person.is_alive():
            raise TimeoutError("somebody is still at work")


def rude(people: Sequence[Person], allowed: Sequence[int] = (503,)) -> list[str]:
    """Answers that people should not have got, as broken promises."""
    found = [f"a page for programs, not for people: {page}" for person in people for page in person.rude[:2]]
    answers = sum((person.answers for person in people), Counter())
    return found + [
        f"{times} answers with status {status}"
        for status, times in sorted(answers.items())
        if status not in (200, 302, *allowed)
    ]


def expected(cases: Sequence[int]) -> list[tuple[Any, ...]]:
    """What must have come of the work on these tasks: every note, every end, and the office told of each end."""
    notes = [("note_progress", case, f"note {n} on {case}") for case in cases for n in range(NOTES)]
    ends = [("finish", case, f"end of {case}") for case in cases]
    return notes + ends + [("told", case, person) for case in cases for person in (CLERK, HEAD)]


def effects(place: Installation) -> list[tuple[Any, ...]]:
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


def answers(people: Sequence[Person]) -> dict[str, int]:
    """How often each status came."""
    found: dict[str, int] = {}
    for person in people:
        for status, times in person.answers.items():
            name = str(status) if status else "none"
            found[name] = found.get(name, 0) + times
    return dict(sorted(found.items()))
