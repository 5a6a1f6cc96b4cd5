"""The two verbs of daily life: open a case, take a step. One transaction, one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workflow_app.documents import Store as Files
from workflow_app.engine.definition import (
    CLOCK,
    Actor,
    Changes,
    Child,
    Data,
    Due,
    Facts,
    Holder,
    Opening,
    Process,
    Snapshot,
    Step,
)
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Conflict, NotAllowed, NotFound
from workflow_app.engine.machine import Move, Registry, fire, start_of
from workflow_app.engine.steps import OPENED
from workflow_app.engine.submitted import number

from . import indexing, papers, records
from .facts import facts_for, may_open, must_be_titled, must_exist, related_as
from .history import GENESIS, Event, canonical, digest, new_salt, payload
from .indexing import Texts
from .kin import ids_of_kin, targets
from .records import Standing, nearest
from .transaction import Head, Store, Transaction

SUBMITTER = "submitter"


@dataclass(slots=True)
class Done:
    """What became of it. `repeated`: this very request had been carried out before."""

    case_id: int
    seq: int
    state: str
    number: str | None = None
    opened: list[int] = field(default_factory=list)
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Ringing:
    """Why the clock takes a step: the case as it was taken, and the deadline that is over."""

    head: Head
    due: Due

    def told(self) -> dict[str, str]:
        """The deadline as the history keeps it, with its last day."""
        return {"name": self.due.name, "on": str(self.due.due_on)}


def known_as(row: Sequence[Any]) -> Done:
    """What had been done before: case, sequence, state, number."""
    case_id, seq, state, number = row
    return Done(case_id, seq, state, number, repeated=True)


@dataclass(frozen=True)
class Cases:
    """The only writer of cases: a store, the processes it knows, and where files are kept (None: nowhere)."""

    store: Store
    registry: Registry
    files: Files | None = None

    def act(
        self, case_id: int, step: str, actor: Actor, data: Data | None = None,
        *, key: str | None = None, expected: int | None = None, documents: Sequence[papers.Added] = (),
    ) -> Done:  # fmt: skip
        """Take a step, with documents or without. `expected` is the sequence the actor has seen, `key`
        makes a repetition harmless. Raises Refused and changes nothing."""
        with self.store.transaction() as tx:
            self.lock_kin(tx, case_id, step, data or {})
            done = self.act_in(tx, case_id, step, actor, data or {}, key=key, expected=expected, documents=documents)
            tx.commit()
        return done

    def open_case(
        self, process: str, opening: Opening, actor: Actor,
        *, parent: int | None = None, key: str | None = None, example: bool = False,
        documents: Sequence[papers.Added] = (),
    ) -> Done:  # fmt: skip
        """Open a case at the start of its process. Raises Refused and changes nothing."""
        definition = self.registry.find(process)
        if not may_open(definition, opening.parts, actor):
            raise NotAllowed(_("Only these may do this: %(who)s."), who=definition.opened_by.seats)
        with self.store.transaction() as tx:
            if key and (known := tx.done(key)):
                return known_as(known)
            if parent is not None:
                tx.take(parent)
            done = self.open_in(
                tx, definition, opening, actor, parent=parent, key=key, example=example, documents=documents,
                represents=actor.stands_in_for(definition.opened_by.principals(opening.parts)),
            )  # fmt: skip
            tx.commit()
        return done

    # ------------------------------------------------------------- inside a transaction

    def act_in(
        self, tx: Transaction, case_id: int, step_name: str, actor: Actor, data: Data,
        *, key: str | None = None, expected: int | None = None, documents: Sequence[papers.Added] = (),
        ringing: Ringing | None = None,
    ) -> Done:  # fmt: skip
        """The fast path: take the row, ask the engine, write what it says. The clock says why it is
        `ringing`, and has taken the row already."""
        head = ringing.head if ringing else tx.take(case_id, key)
        if head.done:
            return known_as(head.done)
        case = head.snapshot
        process = self.registry.find(case.process, case.version)
        step = process.step_by_name.get(step_name)
        if step is None:
            raise NotFound(_("There is no such step."))
        _same_version(case, step, expected)
        facts = facts_for(tx, process, case, (step,), head.settings, data)
        facts = replace(facts, due_on=ringing.due.due_on) if ringing else facts
        move = fire(process, case, step, actor, data, facts)
        if move.changes.title is not None:
            must_be_titled(move.changes.title)
        number = tx.next_number(process.number_prefix, facts.today.year) if move.number else None
        theirs = documents if _only_opens(move) else ()
        entries = papers.begin(tx, self.files, case, () if theirs else documents, actor.person)
        event = self._write(tx, process, head, move, actor, facts, number, key, entries, ringing)
        done = Done(case.id, event.seq, move.to_state, number or case.number)
        for child, opening in move.openings:
            below, definition = _place(tx, head, child), self.registry.find(child.process)
            opened = self.open_in(
                tx, definition, opening, actor, parent=below, documents=theirs, represents=move.represents
            )
            done.opened.append(opened.case_id)
        if move.complete and step.fires:
            if any(wanted.relation == OPENED for wanted in step.fires):
                facts = replace(facts, relatives=(*facts.relatives, *related_as(tx, OPENED, done.opened)))
            self._fire_at_kin(tx, case, step, data, facts, done.opened)
        return done

    def _write(
        self, tx: Transaction, process: Process, head: Head, move: Move, actor: Actor, facts: Facts,
        number: str | None, key: str | None, entries: Sequence[papers.Entry], ringing: Ringing | None,
    ) -> Event:  # fmt: skip
        case = head.snapshot
        moved = move.parts if move.parts != case.parts else None
        due = ringing.told() if ringing else None
        body = canonical(payload(move.changes, moved, number, links=move.links, documents=entries, due=due))
        salt = new_salt()
        event = Event(
            case.id, case.seq + 1, "step", move.step.name, move.from_state, move.to_state, process.version,
            move.hands, move.hands_needed, actor.person, facts.now, key, digest(salt, body), head.hash,
            move.represents,
        )  # fmt: skip
        entered = event.seq if move.complete and move.step.targets else case.entered_seq
        before = Texts(process, case.title or "", case.number, case.data, case.parts)
        title, data = move.changes.title or before.title, move.changes.apply(case.data)
        after = Texts(process, title, number or case.number, data, move.parts)
        parts = records.event(event, salt, body)
        parts += records.head(
            case, event, data=after.data, title=after.title, hands=move.collected, number=after.number,
            entered=entered, closed=move.final,
        )  # fmt: skip
        parts += papers.versions(entries, event)
        parts += records.parties(case.id, case.parts, move.parts)
        parts += records.links(case.id, move.links)
        parts += records.dues(process, case.id, move.settled, move.running, facts, move.step.name)
        left = records.running_then(case.dues, move.settled, move.running)
        was = Standing(case.state, case.parts, case.hands, nearest(case.dues))
        now = Standing(move.to_state, move.parts, move.collected, nearest(left))
        if was != now:
            parts += records.consequences(process, case.id, was, now, facts)
        parts += records.outbox(case.id, event.seq, move.notices, facts.now)
        tx.write(parts)
        indexing.keep(tx, case.id, after, None if entries else before)
        return event

    def open_in(
        self, tx: Transaction, process: Process, opening: Opening, actor: Actor,
        *, parent: int | None = None, key: str | None = None, example: bool = False,
        documents: Sequence[papers.Added] = (), represents: int | None = None,
    ) -> Done:  # fmt: skip
        """A new case in its first state, with its first event; who opens it may do so for an absent member
        whom they represent. A part of an example is an example."""
        opening = _with_submitter(process, opening, actor)
        must_be_titled(opening.title)
        must_exist(tx, opening.parts, opening.links)
        empty = Snapshot(0, process.name, process.version, process.start.name, 0, 0, opening.data, opening.parts)
        facts = facts_for(tx, process, empty, (), tx.settings())
        if parent is not None and not example:
            example = bool(tx.rows("SELECT example FROM cases WHERE id = ?", (parent,))[0][0])
        state, dues = start_of(process, opening, facts)
        number = tx.next_number(process.number_prefix, facts.today.year) if "open" in process.numbering else None
        case_id = insert_case(tx, process, state.name, opening, facts, parent, example=example)
        case = Snapshot(case_id, process.name, process.version, state.name, 1, 1, opening.data, opening.parts)
        entries = papers.begin(tx, self.files, case, documents, actor.person)
        written, salt = Changes(set=opening.data, title=opening.title), new_salt()
        body = canonical(payload(written, opening.parts, number, links=opening.links, documents=entries))
        event = Event(
            case_id, 1, "open", "open", None, state.name, process.version, 1, 1, actor.person, facts.now, key,
            digest(salt, body), GENESIS, represents,
        )  # fmt: skip
        parts = records.event(event, salt, body)
        parts += records.head(
            case, event, data=opening.data, title=opening.title, hands={}, number=number, entered=1, closed=state.final
        )
        parts += papers.versions(entries, event)
        parts += records.parties(case_id, {}, opening.parts)
        parts += records.links(case_id, opening.links)
        parts += records.dues(process, case_id, (), dues, facts)
        standing = Standing(state.name, opening.parts, {}, nearest(dues))
        parts += records.consequences(process, case_id, None, standing, facts)
        told = [(notice, notice.to.principals(opening.parts)) for notice in process.tell_at_opening]
        parts += records.outbox(case_id, 1, told, facts.now)
        tx.write(parts)
        indexing.keep(tx, case_id, Texts(process, opening.title, number, opening.data, opening.parts))
        return Done(case_id, 1, state.name, number)

    def _fire_at_kin(
        self, tx: Transaction, case: Snapshot, step: Step, data: Data, facts: Facts, opened: Sequence[int]
    ) -> None:
        for kin, wanted in targets(case, step, data, facts):
            if wanted.opened and not opened:
                continue
            # Read again: an earlier one of these steps may have moved it on.
            now = tx.take(kin.id).snapshot
            there = self.registry.find(now.process, now.version).step_by_name.get(wanted.step)
            if there and any(state.name == now.state for state in there.sources):
                told = dict(wanted.data(case, data, kin)) if wanted.data else {}
                told |= {wanted.opened: opened[0]} if wanted.opened else {}
                self.act_in(tx, kin.id, wanted.step, CLOCK, told)

    def lock_kin(self, tx: Transaction, case_id: int, step: str, data: Data) -> None:
        """Where a step of this name moves other cases too, or links with one: lock them all in the
        order of their ids."""
        found = self.registry.moving.get(step)
        if not found:
            return
        ids = {case_id, *(ids_of_kin(tx, case_id) if any(one.fires for one in found) else ())}
        named = (number(data.get(link.field)) for one in found for link in one.links)
        tx.lock(sorted(ids.union(i for i in named if i is not None)))


def _only_opens(move: Move) -> bool:
    """Whether a step does nothing with its case but open another one: what was sent with it, such as
    the papers of a comment, belongs there."""
    return len(move.openings) == 1 and not move.step.targets


def insert_case(
    tx: Transaction, process: Process, state: str, opening: Opening, facts: Facts, parent: int | None,
    *, example: bool = False, imported: bool = False, key: str | None = None,
) -> int:  # fmt: skip
    """The bare row of a new case, so that it has an id; its head is written with its first event."""
    sql, params = records.insert(
        "cases",
        ("process", "version", "state", "title", "parent_id", "data", "hands", "seq", "entered_seq", "hash",
         "opened_at", "changed_at", "closed", "imported", "example", "key"),
        [(process.name, process.version, state, opening.title, parent, "{}", "{}", 1, 1, GENESIS,
          facts.now, facts.now, False, imported, example, key)],
    )[0]  # fmt: skip
    return int(tx.rows(sql + " RETURNING id", params)[0][0])


def _place(tx: Transaction, head: Head, child: Child) -> int | None:
    """The case below which a child is opened; None where it stands alone."""
    if not child.beside_parent:
        return head.parent if child.beside else head.snapshot.id
    sql = "SELECT g.id FROM cases p JOIN cases g ON g.id = p.parent_id WHERE p.id = ? AND NOT g.closed"
    return next((row[0] for row in tx.rows(sql, (head.parent,))), None)


def _same_version(case: Snapshot, step: Step, expected: int | None) -> None:
    """Somebody who has seen an older case must look again. Hands of one collective step do not
    stand in each other's way: there it is enough that the case is still in the same visit."""
    if expected is None or expected == case.seq:
        return
    if step.hands.collective and case.entered_seq <= expected < case.seq:
        return
    raise Conflict(_("Somebody was quicker: the case has changed since you opened this page."))


def _with_submitter(process: Process, opening: Opening, actor: Actor) -> Opening:
    """Where the process speaks of a submitter and nobody is named, it is the person who opens the case."""
    if SUBMITTER not in process.parts or SUBMITTER in opening.parts or not actor.person:
        return opening
    return replace(opening, parts={**opening.parts, SUBMITTER: (Holder(person=actor.person),)})
