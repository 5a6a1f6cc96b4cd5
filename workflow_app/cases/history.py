"""The chain of events: canonical text, salted digests, hashes. Pure.

A payload can be erased without breaking the chain, because the chain holds only its salted
digest; without the salt nobody can guess what was erased.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from workflow_app.engine.definition import Changes, Holder

GENESIS = "0" * 64
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8."""
    return _encode(value)


def new_salt() -> str:
    """128 random bits in hex."""
    return secrets.token_hex(16)


def digest(salt: str, body: str) -> str:
    """SHA-256(salt ‖ canonical payload) in hex."""
    return sha256((salt + body).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is hashed and stored; no free text in it. `represents_id` is the absent member for
    whom a deputy acted."""

    case_id: int
    seq: int
    kind: str
    step: str
    from_state: str | None
    to_state: str
    version: int
    hands: int
    hands_needed: int
    actor_id: int | None
    at: datetime
    key: str | None
    digest: str
    previous_hash: str
    represents_id: int | None = None

    def hash(self) -> str:
        """The event's own hash over every field, the instant to the microsecond in UTC. Who is represented
        comes last, and only where somebody is: all other events are hashed as before deputies were named."""
        text = (
            f"{self.previous_hash}|{self.case_id}|{self.seq}|{self.kind}|{self.step}|{self.from_state}|{self.to_state}|"
            f"{self.version}|{self.hands}|{self.hands_needed}|{self.actor_id}|{self.at.isoformat(timespec='microseconds')}|"
            f"{self.key}|{self.digest}"
        )
        if self.represents_id is not None:
            text += f"|{self.represents_id}"
        return sha256(text.encode()).hexdigest()


def payload(
    changes: Changes, parts: Mapping[str, tuple[Holder, ...]] | None = None, number: str | None = None, **more: Any
) -> dict[str, Any]:
    """What is kept with an event so that the case can be replayed: only what there is to keep."""
    found: dict[str, Any] = {
        "set": dict(changes.set),
        "add": dict(changes.add),
        "title": changes.title,
        "parts": parts_out(parts) if parts is not None else None,
        "number": number,
        **more,
    }
    return {name: value for name, value in found.items() if value}


def parts_out(parts: Mapping[str, tuple[Holder, ...]]) -> dict[str, list[list[int | None]]]:
    """Parts as JSON: part -> [[person, organization], …]."""
    return {part: [[h.person, h.organization] for h in holders] for part, holders in parts.items()}


def parts_in(stored: Mapping[str, Any]) -> dict[str, tuple[Holder, ...]]:
    """Parts from JSON."""
    return {part: tuple(Holder(*pair) for pair in pairs) for part, pairs in stored.items()}
