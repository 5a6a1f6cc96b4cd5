"""Which cases hold what somebody looks for: bounded work, however many cases and hits there are.

Two walks, both from the newest on. The first goes along the full-text index: it is complete for every
word that few cases hold, and quick for what nearly everybody sees. Where it stops at many hits of which
the viewer sees next to none, the second goes along the cases that the viewer sees: it is complete for
those who see few. What neither reaches can be asked for next, and the page says so.

Visibility is never copied into the index: each hit is held against `case_readers`, and against the
audience of its row where that is narrower.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, TextClause, bindparam, cast, select, text, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from workflow_app.access import Viewer
from workflow_app.models import SearchText
from workflow_app.models.search import PER_CASE
from workflow_app.searching.dialects import asked
from workflow_app.searching.typed import Typed

from .rows import LAST_ID
from .walks import Filters, cases_seen

MOST_HITS = 400
"""Hits that are held against what the viewer may see."""
MOST_SEEN = 150
"""Cases of the viewer that are held against what is looked for."""
MANY = 1200
"""Hits that PostgreSQL sorts; where there are more, it goes along the newest rows instead."""
NEWEST = 1200
"""So many rows."""
ENOUGH = 42
"""Rows after which a walk ends."""
SEEN = f"EXISTS (SELECT 1 FROM case_readers r WHERE r.case_id = h.id / {PER_CASE} AND r.principal IN :principals"
AUDIENCE = "(SELECT t.audience FROM search_texts t WHERE t.id = h.id)"
# What the viewer sees of the newest hits, and the last hit there is to look at, whoever sees it. The rows
# come in the order of the walk, which ends as soon as there are enough of them.
WALK = f"""
SELECT h.id, h.n, CASE WHEN {{seen}} THEN {AUDIENCE} END AS audience
FROM ({{hits}}) AS h WHERE {{seen}} OR h.n = :most"""
SQLITE = WALK.replace(
    "{hits}",
    """SELECT rowid AS id, row_number() OVER (ORDER BY rowid DESC) AS n FROM search_{column}
WHERE search_{column} MATCH :asked AND rowid < :below ORDER BY rowid DESC LIMIT :most""",
)
ORDERED = f"(SELECT * FROM ({WALK} ORDER BY h.id DESC LIMIT :enough) AS walk)"
SORTED = ORDERED.replace(
    "{hits}", "SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM hits WHERE (SELECT count(*) FROM hits) < :many"
)
BACKWARDS = ORDERED.replace(
    "{hits}",
    """SELECT id, row_number() OVER (ORDER BY id DESC) AS n FROM
(SELECT id, {column} FROM search_texts WHERE id < :below ORDER BY id DESC LIMIT :newest) AS newest
WHERE {column} @@ CAST(:asked AS tsquery)""",
)
HITS = {
    "sqlite": f"{SQLITE} LIMIT :enough",
    # An index of PostgreSQL knows no order, so all hits are sorted; a row without an id says that there
    # are too many of them.
    "postgresql": f"""WITH hits AS MATERIALIZED
(SELECT id FROM search_texts WHERE {{column}} @@ CAST(:asked AS tsquery) AND id < :below LIMIT :many)
{SORTED} UNION ALL SELECT NULL, 0, NULL WHERE (SELECT count(*) FROM hits) >= :many""",
    # The last row says where those that were looked at end.
    "newest": f"""{BACKWARDS} UNION ALL SELECT
(SELECT id FROM search_texts WHERE id < :below ORDER BY id DESC LIMIT 1 OFFSET :newest - 1), 0, NULL""",
}
COLUMNS = {"title": SearchText.title, "words": SearchText.words}
INDEXED = {"sqlite": {"title": "titles", "words": "words"}}
FILTERS = {"process": " AND r.process = :process", "state": " AND r.state = :state", "open": " AND NOT r.closed"}
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, in the `title` or in all `words`, by whom and with which filters; `values`
    are those of the walks."""

    typed: Typed
    column: str
    viewer: Viewer
    filters: Filters
    values: Values


@dataclass(frozen=True, slots=True)
class Found:
    """Cases, the newest first. `down_to`: older ones than this have not been looked at; None: all have."""

    ids: Sequence[int]
    down_to: int | None = None


def find(session: Session, wanted: Wanted, below: int | None, enough: int) -> Found:
    """The newest cases below this id that hold it: as many as can be found, and more than `enough` only
    by the way."""
    hits = _hits(session, wanted, below)
    if hits.down_to is None or len(hits.ids) >= enough:
        return hits
    seen = _among_seen(session, wanted, below)
    together = sorted({*hits.ids, *seen.ids}, reverse=True)
    return Found(together, seen.down_to and min(seen.down_to, hits.down_to))


# ------------------------------------------------------------------- along the full-text index


def _hits(session: Session, wanted: Wanted, below: int | None) -> Found:
    dialect = session.get_bind().dialect.name
    values = {
        **wanted.values, "asked": asked(wanted.typed, dialect), "most": MOST_HITS, "many": MANY, "newest": NEWEST,
        "enough": ENOUGH, "below": (below or LAST_ID) * PER_CASE,
    }  # fmt: skip
    found = session.execute(_statement(dialect, wanted.column, wanted.filters), values).all()
    if not found or found[0].id is not None:
        return _found(found, wanted.viewer, None)
    if wanted.filters:
        return Found((), below or LAST_ID)  # the other walk knows them; the newest rows of all may hold none
    *found, end = session.execute(_statement("newest", wanted.column, wanted.filters), values).all()
    return _found(found, wanted.viewer, end.id)


def _stopped(found: Sequence[Any]) -> bool:
    """Whether a walk ended before its hits did."""
    return len(found) >= ENOUGH or bool(found and found[-1].n >= MOST_HITS)


def _found(found: Sequence[Any], viewer: Viewer, edge: int | None) -> Found:
    """What a walk found; complete where it did not stop, and where there is no edge, a row beyond
    which it did not look. The case at the edge is left out: not all of its rows have been looked at."""
    edge = found[-1].id if _stopped(found) else edge
    readable = _readable(found, viewer)
    if edge is None:
        return Found(readable)
    down_to = edge // PER_CASE + 1
    return Found([id_ for id_ in readable if id_ >= down_to], down_to)


def _readable(found: Iterable[Any], viewer: Viewer) -> list[int]:
    """The cases of those hits that the viewer may read, each once, the newest first."""
    ids = {row.id // PER_CASE for row in found if row.audience is not None and may_read(row.audience, viewer)}
    return sorted(ids, reverse=True)


def may_read(audience: str, viewer: Viewer) -> bool:
    """Whether somebody who may see a case may read what is kept for this audience in it."""
    return not audience or not viewer.audiences.isdisjoint(audience.split())


@lru_cache(maxsize=64)
def _statement(kind: str, column: str, filters: Filters) -> TextClause:
    """A walk along the index of this column, with these filters of cases."""
    seen = SEEN + "".join(sql for name, sql in FILTERS.items() if name in filters) + ")"
    sql = HITS[kind].format(column=INDEXED.get(kind, {}).get(column, column), seen=seen)
    return text(sql).bindparams(bindparam("principals", expanding=True))


# --------------------------------------------------------------- along the cases that they see


def _among_seen(session: Session, wanted: Wanted, below: int | None) -> Found:
    dialect = session.get_bind().dialect.name
    filters = wanted.filters | ({"after"} if below else set())
    query = _seen(len(wanted.viewer.principals), wanted.column, filters, dialect, MOST_SEEN)
    values = {**wanted.values, "after": below, "asked": asked(wanted.typed, dialect)}
    rows = session.execute(query, values).all()
    fits = [row for row in rows if row.id is not None and _fits(row.words, wanted.typed)]
    looked_at = {row.case_id for row in rows}
    return Found(_readable(fits, wanted.viewer), min(looked_at) if len(looked_at) == MOST_SEEN else None)


def _fits(words: str | bool, typed: Typed) -> bool:
    """Whether a row holds it: PostgreSQL has compared, SQLite gives its stems."""
    return words if isinstance(words, bool) else typed.may_fit(words) and typed.fits(words.split())


@lru_cache(maxsize=64)
def _seen(principals: int, column: str, filters: Filters, dialect: str, most: int) -> Select[Any]:
    """The newest cases of a viewer with the rows of the index: what SQLite cannot compare comes as text."""
    near = cases_seen(principals, most, filters)
    indexed = COLUMNS[column]
    fits = indexed.op("@@")(cast(bindparam("asked"), TSQUERY)) if dialect == "postgresql" else true()
    shown = true() if dialect == "postgresql" else indexed
    return select(near.c.case_id, SearchText.id, SearchText.audience, shown.label("words")).select_from(
        near.outerjoin(SearchText, (SearchText.case_id == near.c.case_id) & fits)
    )
