"""Reading what was submitted without trusting it: a form has checked it, an import or an API may not have."""

from __future__ import annotations

from datetime import date
from typing import Any

from .facts import Data

MOST = 2**31 - 1


def number(value: Any) -> int | None:
    """A whole number, nought or more, as ids and places in lists are; None for anything else."""
    return value if type(value) is int and 0 <= value <= MOST else None


def numbers(value: Any) -> tuple[int, ...]:
    """The whole numbers of a list, or the one that stands alone; whatever else stands there is left out."""
    listed = value if isinstance(value, list | tuple) else (value,)
    return tuple(dict.fromkeys(n for n in map(number, listed) if n is not None))


def are_numbers(value: Any) -> bool:
    """Whether this is a whole number, a list of such, or nothing at all."""
    listed = value if isinstance(value, list | tuple) else () if value is None else (value,)
    return all(number(one) is not None for one in listed)


def day(value: Any) -> date | None:
    """A date written as 2026-03-31; None for anything else."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def text(data: Data, name: str) -> str:
    """What was written in a field; nothing where there is none."""
    value = data.get(name)
    return value if isinstance(value, str) else ""


def entries(value: Any) -> tuple[Data, ...]:
    """The rows of a list of rows; whatever is no row is left out."""
    return tuple(row for row in value if isinstance(row, dict)) if isinstance(value, list | tuple) else ()
