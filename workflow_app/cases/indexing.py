"""What can be found of a case, written in the same transaction as the case itself.

Whoever has just written something finds it, and what was erased is found by nobody. Only rows whose
texts have changed are written; a step that changes no text reads and writes nothing here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from workflow_app.access import principals_meant
from workflow_app.engine.definition import Holder, Process, Snapshot
from workflow_app.engine.machine import Registry
from workflow_app.models.search import PER_CASE
from workflow_app.searching import dialects
from workflow_app.searching.entries import Row, Told, entries, holders, organizations, own, rows

from .records import insert
from .transaction import Part, Transaction

COLUMNS = ("id", "case_id", "audience", "texts", "title", "words")
ABOUT = (
    "SELECT 'stored', id, texts, audience FROM search_texts WHERE case_id = ?"
    " UNION ALL SELECT 'wording', p.seq, p.body, '' FROM case_event_payloads p"
    " JOIN case_events e ON e.case_id = p.case_id AND e.seq = p.seq WHERE p.case_id = ? AND e.kind = 'import'"
    " UNION ALL SELECT 'document', id, name, audience || ' ' || coalesce(CAST(added_by_id AS TEXT), '') || ' '"
    " || coalesce(part, '') FROM documents WHERE case_id = ?"
)
NAMES = " UNION ALL SELECT 'name', id, name, '' FROM organizations WHERE id IN (%s)"


@dataclass(frozen=True, slots=True)
class Texts:
    """A case as it now is: what its own texts follow from."""

    process: Process | None
    title: str
    number: str | None
    data: Mapping[str, Any]
    parts: Mapping[str, tuple[Holder, ...]]

    @property
    def told(self) -> Told:
        """The same without what other tables say."""
        return Told(self.process, self.title, self.number, self.data, self.parts)


def texts_of(registry: Registry, case: Snapshot) -> Texts:
    """What a case says now; without its fields where only an older version of the code knew its process."""
    try:
        process = registry.find(case.process, case.version)
    except KeyError:
        process = None
    return Texts(process, case.title or "", case.number, case.data, case.parts)


def keep(tx: Transaction, case_id: int, now: Texts, was: Texts | None = None) -> None:
    """Bring the index of a case up to date. With `was`, the case before, nothing is done where none of
    its texts has changed; without it everything is compared with what is there."""
    if was is None or _differ(was, now):
        tx.write(changes(tx, case_id, now))


def _differ(was: Texts, now: Texts) -> bool:
    if (was.title, was.number) != (now.title, now.number) or was.parts != now.parts:
        return True
    return was.data != now.data and own(was.told) != own(now.told)


def changes(tx: Transaction, case_id: int, now: Texts, *, anew: bool = False) -> list[Part]:
    """What must be written so that the index of a case is right; nothing where it is, unless all is
    to be written `anew`."""
    told, stored = _everything(tx, case_id, now)
    wanted = {case_id * PER_CASE + n: row for n, row in enumerate(rows(entries(told)))}
    found: list[Part] = [("DELETE FROM search_texts WHERE id = ?", (id_,)) for id_ in stored.keys() - wanted.keys()]
    fresh = []
    for id_, row in wanted.items():
        values = _values(row)
        if stored.get(id_) == values and not anew:
            continue
        indexed = (*values, *_indexed(tx, row))
        if id_ in stored:
            sql = "UPDATE search_texts SET audience = ?, texts = ?, title = ?, words = ? WHERE id = ?"
            found.append((sql, (*indexed, id_)))
        else:
            fresh.append((id_, case_id, *indexed))
    return found + insert("search_texts", COLUMNS, fresh)


def _values(row: Row) -> tuple[str, str]:
    """Audience and texts as they stand in the table."""
    return " ".join(sorted(row.audience or ())), json.dumps(row.texts, ensure_ascii=False, separators=(",", ":"))


def _indexed(tx: Transaction, row: Row) -> tuple[str, str]:
    """The stems of the title, in the row for everybody, and of all texts."""
    title = [] if row.audience else dialects.stems([row.texts[0][1]])
    found = dialects.stems(text for _place, text in row.texts)
    return dialects.stored(title, tx.DIALECT), dialects.stored(found, tx.DIALECT)


def _everything(tx: Transaction, case_id: int, now: Texts) -> tuple[Told, dict[int, tuple[str, str]]]:
    """The case with what other tables say of it, and the rows of the index: one query."""
    named = sorted({*holders(now.told), *_named(now)})
    stored: dict[int, tuple[str, str]] = {}
    names: dict[int, str] = {}
    wording: dict[int, str] = {}
    documents = []
    for kind, id_, text, audience in tx.rows(_about(len(named)), (case_id,) * 3 + tuple(named)):
        if kind == "stored":
            stored[id_] = (audience, text)
        elif kind == "wording":
            wording[id_] = str(json.loads(text).get("wording", ""))
        elif kind == "name":
            names[id_] = text
        else:
            documents.append((id_, text, _meant_for(audience, now)))
    spoken = [wording[seq] for seq in sorted(wording)]
    return Told(now.process, now.title, now.number, now.data, now.parts, names, spoken, sorted(documents)), stored


def _meant_for(narrowed: str, now: Texts) -> frozenset[str] | None:
    """The principals for whom a document is: its audience, who added it, and the part, in one text. None for
    all who may see the case."""
    audience, added_by, part = narrowed.split(" ")
    return principals_meant(audience, part, int(added_by) if added_by else None, now.parts)


@lru_cache(maxsize=64)
def _about(names: int) -> str:
    return ABOUT + (NAMES % ", ".join("?" * names) if names else "")


def _named(now: Texts) -> Sequence[int]:
    """The organizations that the data name."""
    fields = [f for f in (now.process.all_fields if now.process else ()) if f.kind == "organizations"]
    return [id_ for field in fields for id_ in organizations(now.data.get(field.name))]
