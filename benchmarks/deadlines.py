"""Deadlines per second: the sweep draining what is due, against plain rows with one commit per deadline.

The cases of both sides are the same and lie in databases of their own, because a sweep takes whatever is
due. With each deadline the clock takes the declared step: an event with its payload, the case, the
deadline, the inbox, the readers, a notice that the time is over and two of the step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from workflow_app.cases import Cases, Store
from workflow_app.cases.clockwork import ring_all
from workflow_app.database import new_engine
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar, weeks
from workflow_app.engine.definition import Deadline, Notice, Process, Setting, State, Step, clock_party, everyone
from workflow_app.engine.machine import Registry

from .act import people_at_work
from .cycle import ACTOR, OPENING, author, office
from .databases import address, database, servers
from .floor import OUTBOX, Leg, raw, write
from .lines import leg_of, rows_of
from .report import Figures, ratios, side_figures
from .workers import Act, Course, Side

GOALS = {"postgresql": 0.5, "sqlite": 0.25}
"""The share of the raw rows that must be reached."""
BATCH = 100
waiting = State("waiting", "Waiting", seen_by=author | office)
lapsed = State("lapsed", "Lapsed", seen_by=author | office | everyone)
lapse = Step(
    "lapse", "Lapse", waiting, lapsed, who=clock_party, past="",
    tell=(Notice("lapsed_author", author, "%(title)s"), Notice("lapsed_office", office, "%(title)s")),
)  # fmt: skip
answer = Step("answer", "Answer", waiting, lapsed, who=office, past="")
timed = Process(
    "timed", "Timed", "Timed", 1, "", waiting, (waiting, lapsed), (lapse, answer),
    deadlines=(Deadline("term", "Term", (waiting,), Setting("term", weeks(2)), escalate=office, then="lapse"),),
    opened_by=author,
)  # fmt: skip
REGISTRY = Registry((timed,))
DUE = f"SELECT id, case_id FROM due_dates WHERE status = 'running' AND fire_at <= ? ORDER BY fire_at, id LIMIT {BATCH}"
FIRED = "UPDATE due_dates SET status = 'fired', fire_at = NULL, warned = 1 WHERE id = ?"


@dataclass(frozen=True)
class Fired:
    """What a deadline writes beside the rows of its step: the notice that it is over."""

    leg: Leg
    key: str
    payload: str


def fill(url: str, n: int) -> list[int]:
    """So many cases whose time has been up for two weeks."""
    engine = new_engine(url)
    people_at_work(engine)
    cases = Cases(Store(engine, Calendar()), REGISTRY)
    with clock.at(clock.now() - timedelta(weeks=4)):
        found = [cases.open_case("timed", OPENING, ACTOR).case_id for _ in range(n)]
    engine.dispose()
    return found


@contextmanager
def open_sweep(url: str, _given: Any) -> Iterator[Act]:
    """The function that does the next thing of a sweep, whatever its case is."""
    engine = new_engine(url)
    cases = Cases(Store(engine, Calendar()), REGISTRY)

    def swept() -> Iterator[str]:
        while True:
            yield from (rung.step for _row, rung in ring_all(cases, BATCH))

    sweep = swept()

    def act(_case: int, _leg: int, _key: str) -> None:
        if next(sweep) != "lapse":
            raise RuntimeError("this deadline did not take its step")

    yield act
    engine.dispose()


@contextmanager
def open_raw(where: str, fired: Fired) -> Iterator[Act]:
    """The same with nothing but the rows: what is due is read in batches, each deadline is one commit."""
    with raw(where) as db:

        def rows() -> Iterator[tuple[int, int]]:
            while True:
                yield from db.run(DUE, (db.now(),)).fetchall()

        due = rows()

        def act(_case: int, _leg: int, _key: str) -> None:
            row, case = next(due)
            db.begin()
            before, now = db.run(db.take, (case,)).fetchone(), db.now()
            db.run(FIRED, (row,))
            told = (case, "notice", fired.payload % before[1], f"due:{row}:{fired.key}", now, "pending", 0, 0, 5)
            db.run(OUTBOX, told)
            write(db.run, fired.leg, case, before, f"due:{row}", now)
            db.commit()

        yield act


def fired(url: str) -> Fired:
    """One deadline fires; what it has written is what the raw side writes."""
    (case,) = fill(url, 1)
    engine = new_engine(url)
    before = rows_of(engine, case)
    with open_sweep(url, None) as act:
        act(case, 0, "")
    after = rows_of(engine, case)
    engine.dispose()
    leg = leg_of("timed", "lapse", 2, before, after)
    (name, payload), *others = leg.notices
    key = next(key for key, _payload in after["outbox"] if key.startswith("due:")).split(":", 2)[2]
    assert name == "end"  # the last part of the key of what is told about a deadline
    return Fired(replace(leg, actor=None, notices=tuple(others)), key, payload.replace('"seq":1', '"seq":%d'))


def compare(kind: str, server: str, pairs: int, each: int) -> list[Figures]:
    """Both sides in turns of so many deadlines each; the first turn is not counted."""
    with ExitStack() as stack:
        mine, theirs, other = (stack.enter_context(database(kind, server, name)) for name in ("mine", "raw", "one"))
        n = each * (pairs + 1)
        sweep = Side(open_sweep, mine, None, fill(mine, n), 1, Course(1, once=True))
        floor = Side(open_raw, address(theirs), fired(other), fill(theirs, n), 1, Course(1, once=True))
        try:
            turns = [(sweep.take_turn(each), floor.take_turn(each)) for _ in range(pairs + 1)][1:]
        finally:
            sweep.stop()
            floor.stop()
    about = {"bench": "deadlines", "what": "drain", "database": kind, "due": n}
    return [
        {**about, "side": "sweep", **side_figures([pair[0] for pair in turns])},
        {**about, "side": "raw", **side_figures([pair[1] for pair in turns])},
        {**about, "side": "ratio", **ratios(turns), "goal": GOALS[kind]},
    ]


def run(databases: tuple[str, ...], pairs: int, each: int) -> list[Figures]:
    """The whole comparison on these kinds of database, with a server of its own."""
    with servers(databases) as server:
        return [line for kind in databases for line in compare(kind, server, pairs, each)]
