"""Which of the texts in a case's data its page shows, and so a search may find.

Codes, dates, figures and ids are shown in other words, in the reader's language; a search finds what
somebody has written. `views.cells` and `views.tables` are the other half: a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workflow_app.engine.definition import Field
from workflow_app.forms import (
    consultations,
    implementation_report,
    measure,
    motion,
    motion_council,
    recommendation,
    revision,
    statement,
    submission,
)

UNSEARCHED = frozenset({"date", "number", "yes_no", "choice", "light", "case", "cases", "names", "organizations"})
"""Kinds of fields without a text of their own. ``names``: people are not searched for."""
TABLES: Mapping[str, tuple[str, ...]] = {
    "consultations": ("changed_text", "note"),
    "indicators": ("name", "period", "formula", "check", "persons", "staff_total"),
    "fields": ("no", "name", "guiding_principle"),
    "figures": (),
    "statuses": (),
    "series": ("text", "obstacles", "next_step", "break_note"),
    "gaps": ("gap", "source"),
    "options": ("option", "note"),
    "standings": (),
    "recommendations": ("title", "field_of_action", "text"),
}
"""What the table of a kind of field shows of a row's own texts."""
HIDDEN = frozenset({"on", "measure", "measures", "revision", "deadline", "mover"})
"""What a row of another list does not show as it is, and who moved something: that is a name."""
CODES = frozenset[str]().union(
    statement.RECOMMENDATIONS, consultations.OUTCOMES, consultations.ROLES, consultations.VOTES,
    measure.STATUSES, measure.LIGHTS, measure.VERDICTS, implementation_report.VERDICTS, revision.DECISIONS,
    submission.WEIGHINGS, motion.VERDICTS, motion_council.CARRIED, recommendation.AGREEMENTS,
    ("prove", "finish", "merge", "withdraw", "take_up", "adopt", "insert"),
)  # fmt: skip
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def texts(field: Field, raw: Any) -> Iterator[str]:
    """The texts in a value of this field, row by row."""
    if field.kind in UNSEARCHED:
        return
    for item in raw if isinstance(raw, list) else [raw]:
        if isinstance(item, Mapping):
            yield from _row(field.kind, item) if isinstance(raw, list) else ()
        elif isinstance(item, str) and item not in field.choices and _is_text(item):
            yield item


def _row(kind: str, item: Mapping[str, Any]) -> Iterator[str]:
    if kind not in TABLES:
        open_ = {name: value for name, value in item.items() if name not in HIDDEN and not name.startswith("_")}
        yield from _inner(open_)
        return
    yield from filter(_is_text, (item.get(name) for name in TABLES[kind]))
    if kind == "series":
        yield from filter(_is_text, (one.get("name") for one in item.get("indicators") or ()))


def _inner(value: Any) -> Iterator[str]:
    """All texts in a part of a row, in the order in which the database keeps it, whoever has just made it."""
    if isinstance(value, Mapping):
        value = [value[name] for name in sorted(value)]
    if isinstance(value, list):
        for one in value:
            yield from _inner(one)
    elif _is_text(value) and value not in CODES:
        yield value


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and not _DATE.fullmatch(value)
