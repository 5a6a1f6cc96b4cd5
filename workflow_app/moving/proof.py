"""Proof that a database that has just been filled is whole, and the search index that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from workflow_app.cases import Cases, proving, reindexing

SHOWN = 100
"""Faults that are told one by one; the others are counted only."""


NOT_PROVED = (
    "This was broken off when all rows were written already: they are not proved, and the new database is not empty any"
    " more. Please begin anew, with another empty one."
)


@contextmanager
def under_way(say: Callable[[str], None]) -> Iterator[None]:
    """What is done when the rows are there for good; whatever breaks it off, that is said."""
    try:
        yield
    except BaseException:
        say(NOT_PROVED)
        raise


@dataclass(frozen=True, slots=True)
class Proof:
    """How many cases were proved, payloads were erased, and cases have faults; the first `SHOWN` faults in words."""

    cases: int
    erased: int
    faulty: int
    faults: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.cases} cases, {self.faulty} with faults, {self.erased} erased payloads"


def prove(town: Cases) -> Proof:
    """Replay all cases and read all files, as `cases verify` does. Raises Unavailable."""
    cases, erased, faulty, faults = 0, 0, 0, list[str]()
    for found in proving.prove(town):
        cases += 1
        erased += len(found.erased)
        faulty += bool(found.faults)
        faults += [f"case {found.case_id}: {fault}" for fault in found.faults if len(faults) < SHOWN]
    return Proof(cases, erased, faulty, tuple(faults[:SHOWN]))


def index(town: Cases) -> list[str]:
    """Make the search index of all cases and prove it; gives what is wrong with it."""
    for _cases in reindexing.rebuild(town, only_missing=True):
        pass
    wrong = [case_id for _cases, faulty in reindexing.check(town) for case_id in faulty]
    told = [f"case {case_id}: the search index is not what the case says" for case_id in wrong[:SHOWN]]
    return told if reindexing.full_text_is_sound(town) else [*told, "The full-text index does not fit its rows."]
