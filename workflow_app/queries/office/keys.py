"""Places in lists as they stand in addresses. What is no place is the beginning: None, or 0."""

from __future__ import annotations

from datetime import date

from workflow_app.queries.rows import LAST_ID


def number(text: str | None) -> int:
    """An id."""
    return min(int(text), LAST_ID) if text and text.isascii() and text.isdecimal() and len(text) < 20 else 0


def day(text: str | None) -> tuple[date, int] | None:
    """A day and an id: ``2026-11-24~7``."""
    due_on, _tilde, rest = (text or "").partition("~")
    try:
        return date.fromisoformat(due_on), number(rest)
    except ValueError:
        return None


def step(text: str | None) -> tuple[date | None, int, str] | None:
    """A day or none, a case and a step: ``~7~answer``."""
    due_on, _tilde, rest = (text or "").partition("~")
    case_id, _tilde, name = rest.partition("~")
    try:
        return (date.fromisoformat(due_on) if due_on else None, number(case_id), name) if name.isidentifier() else None
    except ValueError:
        return None
