"""Steps of real processes: a concept, a motion and a recommendation on their way through the bodies.

Such a way leads on and not round, so every case is walked once, from a state in which it is brought in.
What the floor has to write is not worked out but seen: one case goes first, and its rows are compared
before and after each step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Engine, insert

from workflow_app.cases import Cases, Store
from workflow_app.cases.history import canonical
from workflow_app.cases.importing import ImportedCase, Past, import_case
from workflow_app.database import new_engine
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import Actor, Holder
from workflow_app.models import Organization, Person
from workflow_app.processes import REGISTRY

from .databases import address
from .floor import PER_CASE, Leg, open_floor
from .workers import Act, Block, Course, Side

Data = Mapping[str, Any]
PERSON, HOLDER, COMMITTEE, COUNCIL = 1, 1, 2, 3
ACTOR = Actor(PERSON, frozenset({"account", "person:1", *(f"{role}@{HOLDER}" for role in ("member", "chair", "head"))}))
WAY = [{"organization": COMMITTEE, "role": "preliminary"}, {"organization": COUNCIL, "role": "decision"}]
BEGAN = datetime.now(UTC)
TODAY = Calendar().local_date(BEGAN)  # of the town, where it is another day than in UTC for an hour or two each night
MEETING = (TODAY + timedelta(days=60)).isoformat()
VOTES = {"yes": 30, "no": 8, "abstained": 2}


def _said(at: int, outcome: str, **more: Any) -> tuple[str, Data]:
    return "record_outcome", {"consultation": at, "outcome": outcome, "on": TODAY.isoformat(), **VOTES, **more}


def _met(at: int) -> tuple[tuple[str, Data], ...]:
    return (
        ("schedule", {"consultation": at, "on": MEETING, "agenda_item": "7"}),
        ("call_item", {"consultation": at, "was_quorate": True, "present": 40, "speaker": "The chair"}),
    )


@dataclass(frozen=True)
class Line:
    """A way that cases of a process take: where they begin, with what, and step by step."""

    process: str
    begins: str
    data: Data
    steps: tuple[tuple[str, Data], ...]


LINES = (
    Line(
        "concept", "internal_draft", {"no_round_note": "It is short."},
        (
            ("to_council", {"paper": "RV-17", "consultations": WAY, "no_round_note": "It is short."}),
            _said(0, "preliminaryDone"),
            _said(1, "postponed", postponed_to=MEETING),
            ("resume", {"on": TODAY.isoformat(), "note": "It is time."}),
            _said(2, "adopted"),
        ),
    ),
    Line(
        "motion", "statement_ready", {"demand": "Open on Sundays.", "received_on": "2020-01-07"},
        (
            ("route", {"paper": "FA-1", "consultations": WAY, "proposed_resolution": "Open on Sundays."}),
            *_met(0),
            _said(0, "preliminaryDone"),
            *_met(1),
            ("open_vote", {}),
            _said(1, "adopted"),
        ),
    ),
    Line(
        "recommendation", "consolidated", {"description": "A certificate", "cost": "money", "cost_note": "5,000 euro"},
        (
            ("propose", {"paper": "FA-9", "consultations": WAY, "proposed_resolution": "It is held."}),
            _said(0, "preliminaryDone"),
            _said(1, "postponed", postponed_to=MEETING),
            ("resume", {"note": "It is time."}),
            _said(2, "adopted"),
            ("note_progress", {"status": "running", "text": "Two courses were held.", "next_step": "A third one"}),
        ),
    ),
)  # fmt: skip
_keys = count()


def brought_in(engine: Engine, line: Line, n: int) -> list[int]:
    """Somebody to act and `n` cases at the beginning of the line."""
    with engine.begin() as connection:
        if not connection.exec_driver_sql("SELECT count(*) FROM people").scalar():
            person = {"id": PERSON, "name": "A", "email": "a@example.org", "created_at": datetime.now(UTC)}
            connection.execute(insert(Person), [person])
            named = [
                {"id": i, "name": f"O{i}", "organization_type": "group", "facts": {}} for i in (1, COMMITTEE, COUNCIL)
            ]
            connection.execute(insert(Organization), named)
    cases = Cases(Store(engine, Calendar()), REGISTRY)
    parts = {part: (Holder(organization=HOLDER),) for part in sorted(REGISTRY.find(line.process).parts - {"submitter"})}
    kept = {part: held for part, held in parts.items() if part != "kept_among"}
    past = [Past("open", line.begins, "x", {"text": "2026"}, {"src": "seed"})]
    return [
        import_case(cases, ImportedCase(f"line-{next(_keys)}", line.process, "Ramp", past, line.data, kept)).case_id
        for _ in range(n)
    ]


@contextmanager
def open_line(url: str, line: Line) -> Iterator[Act]:
    """The function that takes a step of a line through `Cases.act`."""
    engine = new_engine(url)
    cases = Cases(Store(engine, Calendar()), REGISTRY)

    def act(case_id: int, leg: int, key: str) -> None:
        step, data = line.steps[leg]
        cases.act(case_id, step, ACTOR, data, key=key)

    yield act
    engine.dispose()


# ------------------------------------------------------------------- what is to be written

TABLES = {
    "cases": ("id", "state, title, data, entered_seq"),
    "case_event_payloads": ("case_id", "seq, body"),
    "due_dates": (
        "case_id",
        "id, name, anchor_on, due_on, fire_at, status, remaining, extended, warned, remaining_unit",
    ),
    "open_steps": ("case_id", "principal, step, hands, hands_needed, due_on"),
    "case_readers": ("case_id", "principal"),
    "outbox": ("case_id", "dedupe_key, payload"),
    "search_texts": ("case_id", "id, audience, texts, title, words"),
}
Rows = dict[str, list[tuple[Any, ...]]]


def legs(url: str, line: Line) -> list[Leg]:
    """One case walks the line; each step becomes what it has written."""
    engine = new_engine(url)
    (case,) = brought_in(engine, line, 1)
    found, before = [], rows_of(engine, case)
    with open_line(url, line) as act:
        for at, (step, _data) in enumerate(line.steps):
            act(case, at, f"first-{case}-{at}")
            after = rows_of(engine, case)
            found.append(leg_of(line.process, step, at + 2, before, after))
            before = after
    engine.dispose()
    return found


def rows_of(engine: Engine, case: int) -> Rows:
    """The rows of a case, as far as a step may change them."""
    connection = engine.raw_connection()
    try:
        return {
            table: list(connection.cursor().execute(f"SELECT {columns} FROM {table} WHERE {own} = {case}").fetchall())
            for table, (own, columns) in TABLES.items()
        }
    finally:
        connection.close()


def leg_of(process: str, step: str, seq: int, before: Rows, after: Rows) -> Leg:
    """The difference that a step has made; `seq` is its place in the history."""
    (was,), (now,) = before["cases"], after["cases"]
    awaited = {row[:2]: row[2:] for row in before["open_steps"]}
    awaits = {row[:2]: row[2:] for row in after["open_steps"]}
    ran = {row[0]: row for row in before["due_dates"]}
    saw, sees = ({row[0] for row in rows["case_readers"]} for rows in (before, after))
    told = [row for row in after["outbox"] if row not in before["outbox"]]
    return Leg(
        process, step, was[0], now[0], PERSON, now[1],
        data=_text(now[2]),
        body=next(_text(body) for number, body in after["case_event_payloads"] if number == seq),
        settled=tuple(row[1] for row in after["due_dates"] if row[5] == "settled" and ran[row[0]][5] != "settled"),
        dues=tuple(row[1:] for row in after["due_dates"] if row[0] not in ran),
        done=tuple(key for key in awaited if key not in awaits),
        opened=tuple((*key, *value) for key, value in awaits.items() if key not in awaited),
        blind=tuple(saw - sees),
        stay=tuple(saw & sees) if was[0] != now[0] else (),
        readers=tuple(sees - saw),
        **_found(before, after),
        notices=tuple(_notice(key, _text(payload), seq) for key, payload in told),
        changed=tuple((*value, *key) for key, value in awaits.items() if key in awaited and awaited[key] != value),
        entered=None if now[3] == seq else now[3],
    )  # fmt: skip


def _found(before: Rows, after: Rows) -> dict[str, tuple[Any, ...]]:
    """What has changed in the search index, each row with its place among those of the case."""
    was, now = ({id_ % PER_CASE: tuple(row) for id_, *row in rows["search_texts"]} for rows in (before, after))
    return {
        "found": tuple((*row, place) for place, row in now.items() if was.get(place, row) != row),
        "found_first": tuple((*row, place) for place, row in now.items() if place not in was),
        "found_last": tuple(place for place in was if place not in now),
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value)


def _notice(key: str, payload: str, seq: int) -> tuple[str, str]:
    return key.rpartition(":")[2], payload.replace(f'"seq":{seq}', '"seq":%d')


# ----------------------------------------------------------------------------- measured


def walk(
    url: str, line: Line, clients: int, pairs: int, walkers: int
) -> Sequence[tuple[Sequence[Block], Sequence[Block]]]:
    """Both sides in turns, each with cases of its own: in every turn `walkers` cases of each client
    walk the line. The first turn of each side is not counted."""
    engine = new_engine(url)
    needed = walkers * clients * (pairs + 1)
    mine, theirs = brought_in(engine, line, needed), brought_in(engine, line, needed)
    engine.dispose()
    course, steps = Course(len(line.steps), once=True), walkers * len(line.steps)
    act = Side(open_line, url, line, mine, clients, course)
    floor = Side(open_floor, address(url), legs(url, line), theirs, clients, course)
    try:
        turns = [(act.take_turn(steps), floor.take_turn(steps)) for _ in range(pairs + 1)]
    finally:
        act.stop()
        floor.stop()
    return turns[1:]
