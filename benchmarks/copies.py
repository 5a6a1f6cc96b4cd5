"""Many cases quickly: the demonstration, copied until there are enough.

Taking a hundred thousand cases through all their steps would take an hour, so the rows that `act`
has written for the demonstration are copied, each copy with ids, people, organizations and titles
of its own and with payloads, digests and hashes worked out anew: `cases verify` finds no fault in
them, and the benchmark asks it. The copies belong to some more towns' worth of groups and people,
but all of them to the same office: so there is somebody who sees a handful beyond what is public,
and somebody who sees nearly everything.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from workflow_app.cases.history import GENESIS, Event, canonical, digest
from workflow_app.models import Base
from workflow_app.models.search import PER_CASE
from workflow_app.searching.dialects import stems
from workflow_app.searching.entries import NUMBER, TITLE

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]
TOWNS = 5  # fewer than there are copies in the smallest size: the same units with few cases and with many
STEP = 1000  # between the ids of one town's people and groups and those of the next
CASE_TABLES = (
    "cases", "case_events", "case_event_payloads", "case_parties", "case_links", "case_readers", "open_steps",
    "due_dates", "documents", "document_versions", "outbox", "notifications", "search_texts",
)  # fmt: skip
MAIL = "notice_mail"
"""Copies of towns have no outgoing mail of their own."""
TOWN_TABLES = ("organizations", "people", "memberships")
ORDER = tuple(dict.fromkeys((*TOWN_TABLES, *CASE_TABLES, *Base.metadata.tables)))


@dataclass(frozen=True)
class Pattern:
    """The rows of the demonstration, as SQLite keeps them, and the organizations all copies share."""

    rows: Rows
    shared: frozenset[int]

    @cached_property
    def size(self) -> int:
        """How many cases one copy has."""
        return len(self.rows["cases"])

    @cached_property
    def last(self) -> dict[str, int]:
        """The highest id of every table that counts its rows."""
        return {name: max((row["id"] for row in self.rows[name] if "id" in row), default=0) for name in ORDER}

    @cached_property
    def staff(self) -> frozenset[int]:
        """The people of the shared organizations."""
        members = self.rows["memberships"]
        return frozenset(row["person_id"] for row in members if row["organization_id"] in self.shared)


def read_pattern(path: Path, staff: str) -> Pattern:
    """The pattern from a database with the demonstration; what the person with the address `staff`
    belongs to is shared by all copies."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        rows = {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in ORDER}
    (person,) = (row["id"] for row in rows["people"] if row["email"] == staff)
    shared = (row["organization_id"] for row in rows["memberships"] if row["person_id"] == person)
    return Pattern(rows, frozenset(shared))


def town(pattern: Pattern, n: int) -> Rows:
    """The groups and people of one more town."""
    copy = Copy(pattern, n, n)
    found: dict[str, list[Row]] = defaultdict(list)
    for row in pattern.rows["organizations"]:
        if row["id"] not in pattern.shared:
            own = {"id": copy.organization(row["id"]), "parent_id": copy.organization(row["parent_id"])}
            found["organizations"].append({**row, **own, "key": row["key"] and f"{row['key']}+{n}"})
    for row in pattern.rows["people"]:
        if row["id"] not in pattern.staff:
            found["people"].append({**row, "id": copy.person(row["id"]), "email": f"{n}+{row['email']}"})
    for row in pattern.rows["memberships"]:
        if row["person_id"] not in pattern.staff:
            own = {"id": row["id"] + n * STEP, "person_id": copy.person(row["person_id"])}
            own |= {name: copy.organization(row[name]) for name in ("organization_id", "on_behalf_of_id")}
            own |= {"deputy_of_id": row["deputy_of_id"] and row["deputy_of_id"] + n * STEP}
            found["memberships"].append({**row, **own})
    return found


@dataclass
class Copy:
    """The n-th copy of all cases, in a town; it knows what everything is called in it."""

    pattern: Pattern
    n: int
    town: int
    heads: dict[int, str] = field(default_factory=dict)

    def id(self, table: str, old: int) -> int:
        return old + self.n * self.pattern.last[table]

    def case(self, old: int | None) -> int | None:
        return None if old is None else self.id("cases", old)

    def organization(self, old: int | None) -> int | None:
        return old if old is None or old in self.pattern.shared else old + self.town * STEP

    def person(self, old: int | None) -> int | None:
        return old if old is None or old in self.pattern.staff else old + self.town * STEP

    def principal(self, old: str) -> str:
        """The same seat in this town."""
        role, at, organization = old.partition("@")
        if at:
            return f"{role}@{self.organization(int(organization))}"
        kind, colon, person = old.partition(":")
        return f"{kind}:{self.person(int(person))}" if colon else old

    def number(self, old: str | None) -> str | None:
        if not old:
            return old
        series, _dash, n = old.rpartition("-")
        return f"{series}-{int(n) + self.n * STEP:04d}"

    def title(self, old: str) -> str:
        return f"{old} (Ort{self.n})"

    def key(self, old: str | None) -> str | None:
        return old and f"{old}+{self.n}"

    def payload(self, old: str) -> str:
        """What was written with an event, with the names it has in this copy."""
        return canonical(self._payload(json.loads(old)))

    def _payload(self, old: Row) -> Row:
        new = dict(old)
        if "title" in old:
            new["title"] = self.title(old["title"])
        if "number" in old:
            new["number"] = self.number(old["number"])
        if "parts" in old:
            new["parts"] = {
                part: [[self.person(person), self.organization(group)] for person, group in holders]
                for part, holders in old["parts"].items()
            }
        if "links" in old:
            new["links"] = [[kind, self.case(other)] for kind, other in old["links"]]
        for name in {"documents", "withdrawn", "audiences"} & old.keys():
            new[name] = [{**one, "document": self.id("documents", one["document"])} for one in old[name]]
        if "checkpoint" in old:
            new["checkpoint"] = self._payload(old["checkpoint"])
        return new

    def dedupe_key(self, old: str) -> str:
        """Of a notice: case, sequence, name; of a deadline: its row, and what happened with it."""
        first, _colon, rest = old.partition(":")
        if first != "due":
            return f"{self.case(int(first))}:{rest}"
        row, _colon, rest = rest.partition(":")
        return f"due:{self.id('due_dates', int(row))}:{rest}"

    # --------------------------------------------------------------------------- the rows

    def rows(self) -> Rows:
        """All rows of this copy, table by table."""
        found: dict[str, list[Row]] = {}
        found["case_event_payloads"] = [
            {**row, "case_id": self.case(row["case_id"]), "body": self.payload(row["body"])}
            for row in self.pattern.rows["case_event_payloads"]
        ]
        found["case_events"] = list(self._events(found["case_event_payloads"]))
        found["cases"] = [self._case(row) for row in self.pattern.rows["cases"]]
        for table in CASE_TABLES[3:]:
            rows = [row for row in self.pattern.rows[table] if row.get("case_id", 1) and row.get("kind") != MAIL]
            found[table] = [self._hanging(table, row) for row in rows]
        found["search_texts"] = [self._search_row(row) for row in self.pattern.rows["search_texts"]]
        found["notifications"] = [row for row in found["notifications"] if row["person_id"] in self.pattern.staff]
        return found

    def _events(self, payloads: Iterable[Row]) -> Iterator[Row]:
        written = {(row["case_id"], row["seq"]): row for row in payloads}
        for row in sorted(self.pattern.rows["case_events"], key=lambda row: (row["case_id"], row["seq"])):
            new = {**row, "case_id": self.case(row["case_id"])}
            new |= {name: self.person(row[name]) for name in ("actor_id", "represents_id")}
            new["key"] = self.key(row["key"])
            if found := written.get((new["case_id"], new["seq"])):
                new["digest"] = digest(found["salt"], found["body"])
            new["previous_hash"] = self.heads.get(new["case_id"], GENESIS)
            new["hash"] = self.heads[new["case_id"]] = _event(new).hash()
            yield new

    def _case(self, row: Row) -> Row:
        id_ = self.id("cases", row["id"])
        hands = {step: [self.person(p) for p in people] for step, people in json.loads(row["hands"]).items()}
        return {
            **row, "id": id_, "parent_id": self.case(row["parent_id"]), "number": self.number(row["number"]),
            "title": self.title(row["title"]), "hands": canonical(hands), "hash": self.heads[id_],
            "key": self.key(row["key"]),
        }  # fmt: skip

    def _search_row(self, row: Row) -> Row:
        """What is found of a case: its title and number are those of the copy."""
        case_id, slot = self.id("cases", row["case_id"]), row["id"] % PER_CASE
        own = {TITLE: self.title, NUMBER: self.number}
        texts = [(place, str(own.get(place, str)(text))) for place, text in json.loads(row["texts"])]
        return {
            "id": case_id * PER_CASE + slot, "case_id": case_id,
            "audience": " ".join(sorted(map(self.principal, row["audience"].split()))),
            "texts": json.dumps(texts, ensure_ascii=False, separators=(",", ":")),
            "title": " ".join(stems([texts[0][1]])) if row["title"] else "",
            "words": " ".join(stems(text for _place, text in texts)),
        }  # fmt: skip

    def _hanging(self, table: str, row: Row) -> Row:
        """A row that belongs to a case, with every id and name in it moved on."""
        new = {
            name: self.case(value) if name in ("case_id", "from_id", "to_id") else value for name, value in row.items()
        }
        if "id" in row:
            new["id"] = self.id(table, row["id"])
        if "principal" in row:
            new["principal"] = self.principal(row["principal"])
        if "organization_id" in row:
            new["organization_id"] = self.organization(row["organization_id"])
        for name in {"person_id", "added_by_id", "withdrawn_by_id", "represents_id"} & row.keys():
            new[name] = self.person(row[name])
        if "document_id" in row:
            new["document_id"] = self.id("documents", row["document_id"])
        if "outbox_id" in row:
            new["outbox_id"] = self.id("outbox", row["outbox_id"])
        if "dedupe_key" in row:
            told = json.loads(row["payload"])
            told |= {"document": self.id("documents", told["document"])} if "document" in told else {}
            told |= {name: [self.principal(p) for p in told[name]] for name in {"to", "knew"} & told.keys()}
            new["payload"] = canonical(told)
            new["dedupe_key"] = self.dedupe_key(row["dedupe_key"])
        return new


def _event(row: Row) -> Event:
    at = datetime.fromisoformat(row["at"]).replace(tzinfo=UTC)
    names = Event.__dataclass_fields__
    return Event(**{**{name: row[name] for name in names}, "at": at})
