"""Bringing in what happened before this system: marked as imported, nothing invented.

Only steps that the source names are recorded, in the source's own words, with the date as the
source gives it and the true time of loading. No notice is sent and no deadline begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow_app.engine.definition import Changes, Data, Facts, Holder, Opening, Process, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Invalid

from . import indexing, records
from .acting import Cases, Done, insert_case, known_as
from .facts import facts_for, must_be_titled, must_exist
from .history import GENESIS, Event, canonical, digest, new_salt, payload
from .transaction import Transaction


@dataclass(frozen=True)
class Past:
    """Something that happened, as the source tells it.

    `dated` holds the date as written with its precision, for example ``{"text": "2016-03",
    "precision": "month"}``; `source` the provenance (``{"src": "seed"}``, ``{"src": "derived",
    "formula": "…"}``).
    """

    step: str
    to_state: str
    wording: str
    dated: Mapping[str, Any]
    source: Mapping[str, Any]
    data: Data = field(default_factory=dict)


@dataclass(frozen=True)
class ImportedCase:
    """A case as a source tells it. `key` is its lasting name: loading it again changes nothing."""

    key: str
    process: str
    title: str
    past: Sequence[Past]
    data: Data = field(default_factory=dict)
    parts: Mapping[str, tuple[Holder, ...]] = field(default_factory=dict)
    links: tuple[tuple[str, int], ...] = ()
    parent: int | None = None


def import_case(cases: Cases, told: ImportedCase) -> Done:
    """Record a case of the past. Raises Invalid where it speaks of steps or states that the
    process does not have; what was loaded before under the same key is left as it is."""
    process = cases.registry.find(told.process)
    _check(process, told)
    must_be_titled(told.title)
    with cases.store.transaction() as tx:
        known = tx.rows("SELECT id, seq, state, number FROM cases WHERE key = ?", (told.key,))
        if known:
            return known_as(known[0])
        must_exist(tx, told.parts, (*told.links, *((("parent", told.parent),) if told.parent else ())))
        opening = Opening(told.title, told.data, told.parts, told.links)
        start = told.past[0].to_state
        blank = Snapshot(0, process.name, process.version, start, 0, 0, told.data, told.parts)
        facts = facts_for(tx, process, blank, (), {})
        case_id = insert_case(tx, process, start, opening, facts, told.parent, imported=True, key=told.key)
        last, data = _write_past(tx, process, case_id, told, facts)
        case = Snapshot(case_id, process.name, process.version, last.to_state, last.seq, last.seq, data, told.parts)
        parts = records.head(
            case, last, data=data, title=told.title, hands={}, number=None, entered=last.seq,
            closed=process.state_by_name[last.to_state].final,
        )  # fmt: skip
        parts += records.parties(case_id, {}, told.parts)
        parts += records.links(case_id, told.links)
        parts += records.consequences(process, case_id, None, records.Standing(last.to_state, told.parts), facts)
        tx.write(parts)
        indexing.keep(tx, case_id, indexing.Texts(process, told.title, None, data, told.parts))
        tx.commit()
    return Done(case_id, last.seq, last.to_state)


def _check(process: Process, told: ImportedCase) -> None:
    if not told.past:
        raise Invalid(_("A case of the past needs at least one thing that happened."))
    for past in told.past:
        if past.to_state not in process.state_by_name or past.step not in {*process.step_by_name, "open"}:
            raise Invalid(
                _("%(process)s has no step %(step)s that leads to %(state)s."),
                process=process.name,
                step=past.step,
                state=past.to_state,
            )


def _write_past(
    tx: Transaction, process: Process, case_id: int, told: ImportedCase, facts: Facts
) -> tuple[Event, dict[str, Any]]:
    """One event for everything the source names, and the data they add up to."""
    state: str | None = None
    chain, data = GENESIS, dict[str, Any]()
    for seq, past in enumerate(told.past, 1):
        first = seq == 1
        changes = Changes(set={**told.data, **past.data} if first else past.data, title=told.title if first else None)
        kept = _kept(past) | ({"links": told.links} if first else {})
        body, salt = canonical(payload(changes, told.parts if first else None, None, **kept)), new_salt()
        event = Event(
            case_id, seq, "import", past.step, state, past.to_state, process.version, 1, 1, None, facts.now, None,
            digest(salt, body), chain,
        )  # fmt: skip
        tx.write(records.event(event, salt, body))
        state, chain, data = past.to_state, event.hash(), changes.apply(data)
    return event, data


def _kept(past: Past) -> dict[str, Any]:
    """What the source says about it, as the source says it."""
    return {"wording": past.wording, "dated": dict(past.dated), "source": dict(past.source)}
