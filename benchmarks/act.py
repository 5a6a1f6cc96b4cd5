"""Durable steps per second of `Cases.act` with all it writes, against the floor."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert

from workflow_app.cases import Cases, Store
from workflow_app.cases.history import canonical, payload
from workflow_app.cases.records import DUE, dues, nearest
from workflow_app.database import new_engine
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.deadlines import entering
from workflow_app.engine.definition import Changes, Due, Facts, Step
from workflow_app.engine.machine import open_hands, readers
from workflow_app.models import Organization, Person
from workflow_app.searching import dialects
from workflow_app.searching.entries import Told, entries, rows

from .cycle import ACTOR, AUTHOR, OFFICE, OPENING, PERSON, REGISTRY, cycle, submitted
from .databases import address, database, servers
from .floor import Leg, open_floor
from .lines import LINES, walk
from .report import Figures, ratios, side_figures
from .workers import Act, Block, Side

STEPS = cycle.steps
CASES, WALKERS = 500, 40
GOALS = {"postgresql": 0.6, "sqlite": 0.25}
"""The share of the floor that must be reached."""


def people_at_work(engine: Engine) -> None:
    """Somebody to act, and the organizations of the circle."""
    with engine.begin() as connection:
        if not connection.exec_driver_sql("SELECT count(*) FROM people").scalar():
            connection.execute(
                insert(Person), [{"id": PERSON, "name": "A", "email": "a@example.org", "created_at": clock.now()}]
            )
            connection.execute(
                insert(Organization),
                [{"id": i, "name": f"O{i}", "organization_type": "group", "facts": {}} for i in (AUTHOR, OFFICE)],
            )


def people_and_cases(engine: Engine, n: int) -> list[int]:
    """The same and `n` cases at the start of the circle."""
    people_at_work(engine)
    cases = Cases(Store(engine, Calendar()), REGISTRY)
    return [cases.open_case("cycle", OPENING, ACTOR).case_id for _ in range(n)]


@contextmanager
def open_act(url: str, _legs: Any) -> Iterator[Act]:
    """The function that takes a step of the circle through `Cases.act`."""
    engine = new_engine(url)
    cases = Cases(Store(engine, Calendar()), REGISTRY)

    def act(case_id: int, leg: int, key: str) -> None:
        step = STEPS[leg].name
        cases.act(case_id, step, ACTOR, submitted(step), key=key)

    yield act
    engine.dispose()


# ------------------------------------------------------------- what the floor knows beforehand


def legs(kind: str) -> list[Leg]:
    """The circle worked out once by the engine, for the floor to repeat."""
    now = clock.now()
    calendar = Calendar()
    facts = Facts(now=now, today=calendar.local_date(now), calendar=calendar)
    return [_leg(step, facts, kind) for step in STEPS]


def _leg(step: Step, facts: Facts, kind: str) -> Leg:
    source, target = step.sources[0].name, step.targets[0].name
    parts = OPENING.parts
    data = submitted(step.name)
    hands = [open_hands(cycle, state, parts, {}, {}) for state in (source, target)]
    seen = [readers(cycle, state, parts) for state in (source, target)]
    begun = entering(cycle, target, {}, facts)
    due_on = _plain(nearest(begun)) if kind == "sqlite" else nearest(begun)
    return Leg(
        cycle.name, step.name, source, target, PERSON, OPENING.title,
        data=canonical({**OPENING.data, **data}),
        body=canonical(payload(Changes(set=data))),
        settled=tuple(due.name for due in entering(cycle, source, {}, facts)),
        dues=tuple(_due(due, facts, kind) for due in begun),
        done=tuple((h.principal, h.step) for h in hands[0].values()),
        opened=tuple((h.principal, h.step, h.hands, h.hands_needed, due_on) for h in hands[1].values()),
        blind=tuple(seen[0] - seen[1]),
        stay=tuple(seen[0] & seen[1]),
        readers=tuple(seen[1] - seen[0]),
        notices=tuple(
            (notice.name, canonical({"notice": notice.name, "seq": "%d", "to": list(notice.to.principals(parts))})
             .replace('"%d"', "%d"))
            for notice in step.tell
        ),
        found=((*_found({**OPENING.data, **data}, kind), 0),),
    )  # fmt: skip


def _found(data: Any, kind: str) -> tuple[str, ...]:
    """The row of the search index when this has been written."""
    names = {AUTHOR: f"O{AUTHOR}", OFFICE: f"O{OFFICE}"}
    (row,) = rows(entries(Told(cycle, OPENING.title, None, data, OPENING.parts, names)))
    texts = json.dumps(row.texts, ensure_ascii=False, separators=(",", ":"))
    title, words = dialects.stems([OPENING.title]), dialects.stems(text for _place, text in row.texts)
    return ("", texts, dialects.stored(title, kind), dialects.stored(words, kind))


def _due(due: Due, facts: Facts, kind: str) -> tuple[Any, ...]:
    """The row as the driver of that database takes it, without the case's id."""
    values = dues(cycle, 0, (), (due,), facts)[0][1][1 : len(DUE)]
    return tuple(_plain(value) for value in values) if kind == "sqlite" else tuple(values)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.isoformat() if hasattr(value, "isoformat") else value


# ----------------------------------------------------------------------------- measured


@contextmanager
def sides(url: str, kind: str, clients: int, n: int) -> Iterator[tuple[Side, Side]]:
    """Both sides at work on one database, each with cases of its own."""
    engine = new_engine(url)
    mine, theirs = people_and_cases(engine, n), people_and_cases(engine, n)
    engine.dispose()
    act = Side(open_act, url, None, mine, clients)
    floor = Side(open_floor, address(url), legs(kind), theirs, clients)
    try:
        yield act, floor
    finally:
        act.stop()
        floor.stop()


def compare(url: str, kind: str, clients: int, pairs: int, seconds: float, n: int = CASES) -> list[Figures]:
    """Both sides in turns: a line for each side, and one with the ratio of each pair of turns."""
    with sides(url, kind, clients, n) as (act, floor):
        for side in (act, floor):
            side.take_turn(seconds / 2)
        turns = [(act.take_turn(seconds), floor.take_turn(seconds)) for _ in range(pairs)]
    return told("cycle", kind, clients, turns)


def told(what: str, kind: str, clients: int, turns: Sequence[tuple[Sequence[Block], Sequence[Block]]]) -> list[Figures]:
    """Three lines: each side, and how they compare turn by turn."""
    about = {"bench": "act", "what": what, "database": kind, "clients": clients}
    return [
        {**about, "side": "act", **side_figures([pair[0] for pair in turns])},
        {**about, "side": "floor", **side_figures([pair[1] for pair in turns])},
        {**about, "side": "ratio", **ratios(turns), "goal": GOALS[kind]},
    ]


def run(
    pairs: int, seconds: float, settings: Sequence[tuple[str, int]], n: int = CASES, walkers: int = WALKERS
) -> list[Figures]:
    """The whole comparison, with a server of its own: the circle with `n` cases, and each line with so many
    `walkers` a turn and client. `settings` are kinds of database and numbers of clients."""
    found: list[Figures] = []
    with servers(tuple(kind for kind, _clients in settings)) as server:
        for kind, clients in settings:
            with database(kind, server) as url:
                found += compare(url, kind, clients, pairs, seconds, n)
            for line in LINES:
                with database(kind, server) as url:
                    walked = walk(url, line, clients, pairs, walkers)
                    found += told(line.process, kind, clients, walked)
    return found
