"""Many at once: one winner, clear conflicts, no gap, no double."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from tests.cases.conftest import rows
from tests.cases.test_acting import clean, opened
from tests.cases.world import ADA, DORA
from workflow_app.engine import clock
from workflow_app.engine.errors import Refused

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at_once(jobs: Sequence[Callable[[], object]]) -> list[Any]:
    """Run all of them in threads of their own; a refusal is an answer."""

    def one(job: Callable[[], object]) -> object:
        with clock.at(NOW):
            try:
                return job()
            except Refused as no:
                return type(no).__name__

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(one, jobs))


def test_fifty_people_take_the_same_step_and_one_succeeds(cases):
    case_id = opened(cases)
    found = at_once([lambda: cases.act(case_id, "file", ADA, {}, expected=1) for _ in range(50)])
    answers = Counter(answer if isinstance(answer, str) else "done" for answer in found)
    assert answers == {"done": 1, "Conflict": 49}
    assert rows(cases, "SELECT count(*) FROM case_events") == [(2,)]
    clean(cases)


def test_numbers_have_no_gap_and_no_double(cases):
    ids = [opened(cases, f"Path {n}") for n in range(12)]
    at_once(
        [lambda i=i: cases.act(i, "file", ADA) for i in ids] + [lambda i=i: cases.act(i, "file", DORA) for i in ids]
    )
    numbers = sorted(str(n) for (n,) in rows(cases, "SELECT number FROM cases"))
    assert numbers == [f"RQ-2026-{n:04d}" for n in range(1, 13)]


def test_one_key_sent_ten_times_at_once_is_one_step(cases):
    case_id = opened(cases)
    found = at_once([lambda: cases.act(case_id, "note", ADA, {"text": "x"}, key="same") for _ in range(10)])
    assert sorted(done.repeated for done in found) == [False] + [True] * 9
    assert rows(cases, "SELECT seq FROM cases") == [(2,)]


def test_cases_that_move_each_other_never_wait_for_each_other(cases):
    old = opened(cases)
    for actor in (ADA,):
        cases.act(old, "file", actor, {"tasks": ["a", "b"]})
    notes = [lambda: cases.act(old, "note", ADA, {"text": "x"}) for _ in range(8)]
    agree = [lambda: cases.act(old, "agree", ADA)]
    found = at_once(
        notes + agree + [lambda: cases.act(old + 1, "begin", DORA), lambda: cases.act(old + 2, "begin", DORA)]
    )
    assert all(not isinstance(answer, Exception) for answer in found)
    clean(cases)
