"""What a case must look like, told by its events alone; and whether it does.

Every case is replayed: the chain has no gap, every hash fits, states follow each other, and the
row, its parties, open steps and readers are what the history says. An erased payload is reported
as erased; the event of the erasure carries what was left, so the replay goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workflow_app.engine.definition import Changes, Holder, Process
from workflow_app.engine.machine import Registry, open_hands, readers

from .history import GENESIS, Event, digest, parts_in
from .transaction import Transaction, instant

EVENTS = (
    "SELECT e.case_id, e.seq, e.kind, e.step, e.from_state, e.to_state, e.version, e.hands, e.hands_needed, e.actor_id,"
    " e.at, e.key, e.digest, e.previous_hash, e.represents_id, e.hash, p.salt, p.body"
    " FROM case_events e LEFT JOIN case_event_payloads p ON p.case_id = e.case_id AND p.seq = e.seq"
    " WHERE e.case_id = ? ORDER BY e.seq"
)
STAYING = ("erase", "document")
"""Kinds of events by which a case stays where it is, and hands that were given stay given."""
ROW = "SELECT process, version, state, number, title, data, hands, seq, entered_seq, hash FROM cases WHERE id = ?"


@dataclass
class Replayed:
    """A case as its history tells it, with what was found wrong on the way."""

    state: str = ""
    version: int = 0
    title: str = ""
    number: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, tuple[Holder, ...]] = field(default_factory=dict)
    links: set[tuple[str, int]] = field(default_factory=set)
    hands: dict[str, tuple[int, ...]] = field(default_factory=dict)
    documents: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    seq: int = 0
    entered_seq: int = 0
    hash: str = GENESIS
    erased: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def take(self, event: Event, stored_hash: str, salt: str | None, body: str | None, process: Process | None) -> None:
        """Go one event on."""
        self._prove(event, stored_hash, process)
        if body is None:
            self.erased.append(event.seq)
        elif digest(salt or "", body) != event.digest:
            self.faults.append(f"event {event.seq}: the payload is not the one that was written")
        self.apply(json.loads(body) if body is not None else {})
        self._collect(event, process)
        self.state, self.version, self.seq, self.hash = event.to_state, event.version, event.seq, stored_hash

    def _prove(self, event: Event, stored_hash: str, process: Process | None) -> None:
        if event.seq != self.seq + 1:
            self.faults.append(f"event {event.seq}: follows event {self.seq}")
        if event.previous_hash != self.hash:
            self.faults.append(f"event {event.seq}: does not hang on the one before")
        if event.hash() != stored_hash:
            self.faults.append(f"event {event.seq}: its hash does not fit")
        if self.seq and event.from_state != self.state:
            self.faults.append(f"event {event.seq}: comes from {event.from_state}, the case was in {self.state}")
        if process is None:
            self.faults.append(f"event {event.seq}: version {event.version} of its process is not known")
        elif event.to_state not in process.state_by_name:
            self.faults.append(f"event {event.seq}: there is no state {event.to_state}")
        elif event.kind == "document" and event.to_state != event.from_state:
            self.faults.append(f"event {event.seq}: a document has changed the state")
        elif event.kind == "step" and not _is_way(process, event):
            self.faults.append(
                f"event {event.seq}: {event.step} does not lead from {event.from_state} to {event.to_state}"
            )

    def apply(self, payload: Mapping[str, Any]) -> None:
        """What was written with one event becomes part of the case."""
        if "checkpoint" in payload:
            kept = payload["checkpoint"]
            self.data, self.title, self.number = kept["data"], kept["title"], kept["number"]
            self.parts = parts_in(kept["parts"])
            self.links = {(kind, other) for kind, other in kept["links"]}
            self.documents = {key(one): one for one in kept.get("documents", ())}
            return
        self.data = Changes(payload.get("set", {}), payload.get("add", {})).apply(self.data)
        self.title = payload.get("title", self.title)
        self.number = payload.get("number", self.number)
        self.links |= {(kind, other) for kind, other in payload.get("links", ())}
        if "parts" in payload:
            self.parts = parts_in(payload["parts"])
        self.documents |= {key(one): {**one, "withdrawn": False} for one in payload.get("documents", ())}
        for one in payload.get("withdrawn", ()):
            for number in one["versions"]:
                self.documents.get((one["document"], number), {})["withdrawn"] = True
        for one in payload.get("audiences", ()):
            now = {"audience": one["audience"], "part": one["part"]}
            self.documents |= {k: {**v, **now} for k, v in self.documents.items() if k[0] == one["document"]}

    def _collect(self, event: Event, process: Process | None) -> None:
        step = process.step_by_name.get(event.step) if process else None
        if event.kind == "step" and step and event.hands < event.hands_needed:
            if event.actor_id is not None:
                self.hands[step.name] = (*self.hands.get(step.name, ()), event.actor_id)
        elif event.kind != "step" or (step and step.targets):
            if event.kind not in STAYING:
                self.hands, self.entered_seq = {}, event.seq
        elif step:
            self.hands.pop(step.name, None)


def replay(registry: Registry, tx: Transaction, case_id: int) -> Replayed:
    """Tell a case again from its first event."""
    case = Replayed()
    name = tx.rows(ROW, (case_id,))[0][0]
    for *fields, stored_hash, salt, body in tx.rows(EVENTS, (case_id,)):
        fields[10] = instant(fields[10])
        event = Event(*fields)
        case.take(event, stored_hash, salt, body, _version(registry, name, event.version))
    return case


@dataclass(frozen=True)
class Finding:
    """What the verification of one case found."""

    case_id: int
    erased: tuple[int, ...]
    faults: tuple[str, ...]


def verify_case(registry: Registry, tx: Transaction, case_id: int) -> Finding:
    """Replay a case and compare it with its row and everything derived from it."""
    told = replay(registry, tx, case_id)
    name, version, state, number, title, data, hands, seq, entered, hash_ = tx.rows(ROW, (case_id,))[0]
    row = {
        "state": state, "version": version, "number": number, "title": title, "data": _json(data),
        "hands": {k: tuple(v) for k, v in _json(hands).items()}, "seq": seq, "entered_seq": entered, "hash": hash_,
    }  # fmt: skip
    faults = told.faults + [
        f"{what} is not what the history says" for what, is_ in row.items() if getattr(told, what) != is_
    ]
    if {key(one): one for one in written_documents(tx, case_id)} != told.documents:
        faults.append("the documents are not those the history names")
    process = _version(registry, name, version)
    if process and state in process.state_by_name:
        faults += list(_derived(tx, case_id, process, state, told))
    return Finding(case_id, tuple(told.erased), tuple(faults))


def key(entry: Mapping[str, Any]) -> tuple[int, int]:
    """What tells one version of one document from all others."""
    return entry["document"], entry["version"]


DOCUMENTS = (
    "SELECT v.document_id, v.number, d.name, d.audience, d.part, v.note, v.file_name, v.mime_type, v.size, v.sha256,"
    " v.withdrawn_at IS NOT NULL FROM document_versions v JOIN documents d ON d.id = v.document_id"
    " WHERE v.case_id = ? ORDER BY v.document_id, v.number"
)
ENTRY = (
    "document", "version", "name", "audience", "part", "note", "file_name", "mime_type", "size", "sha256", "withdrawn",
)  # fmt: skip


def written_documents(tx: Transaction, case_id: int) -> list[dict[str, Any]]:
    """The documents of a case as its rows have them, each version an entry as the history keeps it."""
    found = [dict(zip(ENTRY, row, strict=True)) for row in tx.rows(DOCUMENTS, (case_id,))]
    return [{**one, "withdrawn": bool(one["withdrawn"])} for one in found]


def _derived(tx: Transaction, case_id: int, process: Process, state: str, told: Replayed) -> Iterator[str]:
    held = tx.rows("SELECT part, person_id, organization_id FROM case_parties WHERE case_id = ?", (case_id,))
    if {(part, *pair) for part, *pair in held} != {
        (p, h.person, h.organization) for p, hs in told.parts.items() for h in hs
    }:
        yield "the parties are not those the history names"
    if set(tx.rows("SELECT kind, to_id FROM case_links WHERE from_id = ?", (case_id,))) != told.links:
        yield "the links with other cases are not those the history names"
    nearest = tx.rows("SELECT min(due_on) FROM due_dates WHERE case_id = ? AND status = 'running'", (case_id,))[0][0]
    steps = set(tx.rows("SELECT step, principal, due_on FROM open_steps WHERE case_id = ?", (case_id,)))
    if steps != {(*key, nearest) for key in open_hands(process, state, told.parts, {}, {})}:
        yield "the open steps are not those of the state"
    seen = set(tx.rows("SELECT principal, process, state, closed FROM case_readers WHERE case_id = ?", (case_id,)))
    shown = (process.name, state, process.state_by_name[state].final)
    if seen != {(principal, *shown) for principal in readers(process, state, told.parts)}:
        yield "the readers are not those of the state"


def verify(registry: Registry, tx: Transaction, case_ids: Sequence[int]) -> Iterator[Finding]:
    """Verify cases one by one."""
    for case_id in case_ids:
        yield verify_case(registry, tx, case_id)


def _is_way(process: Process, event: Event) -> bool:
    step = process.step_by_name.get(event.step)
    if step is None or all(state.name != event.from_state for state in step.sources):
        return False
    stays = event.from_state == event.to_state
    return (stays and (event.hands < event.hands_needed or not step.targets)) or any(
        state.name == event.to_state for state in step.targets
    )


def _version(registry: Registry, name: str, version: int) -> Process | None:
    try:
        return registry.find(name, version)
    except KeyError:
        return None


def _json(value: Any) -> Any:
    return json.loads(value) if type(value) is str else value
