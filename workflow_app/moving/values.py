"""Values in a form that both databases understand in the same way, and that fits into a line of JSON.

A *plain* value is None, a bool, an int, a float or a text: instants are ``2026-03-02 09:00:00.000000Z``, days
``2026-03-02``, times ``08:00:00.000000``, bytes Base64. JSON stays the text it was, so that not a sign of it changes
on the way; to compare it, `canonical` looks at what it means, because PostgreSQL keeps only that.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any

from sqlalchemy import Boolean, Date, DateTime, Float, Integer, LargeBinary, String, Time
from sqlalchemy.types import JSON, TypeEngine

from .errors import Trouble

Plain = None | bool | int | float | str
Row = list[Plain]
Convert = Callable[[Any], Any]

SQLITE_INSTANT = 26
"""Signs of an instant as SQLite keeps it: UTC, to the microsecond, without a zone."""
EXACT = 2**53
"""From here on a number is compared as precisely as a float is, and not more."""
INTEGER, TRUTH, TEXT, INSTANT, DATE, TIME, DOCUMENT, BYTES, FLOAT = (
    "integer", "truth", "text", "instant", "date", "time", "json", "bytes", "float",
)  # fmt: skip


def kind_of(type_: TypeEngine[Any], column: str) -> str:
    """The kind of a column by its type in the database. Raises Trouble for a type that nobody has thought of."""
    for kind, types in TYPES:
        if isinstance(type_, types):
            return kind
    raise Trouble(f"The column {column} has a type that cannot be carried: {type_}.")


TYPES: tuple[tuple[str, type[TypeEngine[Any]]], ...] = (
    (TRUTH, Boolean), (INTEGER, Integer), (DOCUMENT, JSON), (INSTANT, DateTime), (DATE, Date), (TIME, Time),
    (BYTES, LargeBinary), (FLOAT, Float), (TEXT, String),
)  # fmt: skip


def _instant(value: str | datetime) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    moment = moment.astimezone(UTC) if moment.tzinfo else moment
    return moment.replace(tzinfo=None).isoformat(" ", "microseconds") + "Z"


def _date(value: str | date) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _time(value: str | time) -> str:
    return (time.fromisoformat(value) if isinstance(value, str) else value).isoformat("microseconds")


def _document(value: Any) -> str:
    """JSON as text; SQLite makes a number of a text that is one."""
    return value if isinstance(value, str) else json.dumps(value)


READ: Mapping[str, Convert] = {
    TRUTH: bool, INSTANT: _instant, DATE: _date, TIME: _time, DOCUMENT: _document,
    FLOAT: lambda value: value + 0.0,  # SQLite knows no negative zero
    BYTES: lambda value: base64.b64encode(value).decode(),
}  # fmt: skip
"""From what a driver gives to the plain value; kinds that are not here are plain already."""
WRITE: Mapping[str, Mapping[str, Convert]] = {
    "sqlite": {INSTANT: lambda value: value[:SQLITE_INSTANT], BYTES: base64.b64decode},
    "postgresql": {BYTES: base64.b64decode},
}
"""And back, for each kind of database; PostgreSQL reads texts of all kinds."""


def converter(kinds: Sequence[str], how: Mapping[str, Convert]) -> Callable[[Iterable[Sequence[Any]]], list[list[Any]]]:
    """A function that converts rows with columns of these kinds."""
    special = [(n, how[kind]) for n, kind in enumerate(kinds) if kind in how]

    def convert(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
        converted = [list(row) for row in rows]
        for n, convert_one in special:
            for row in converted:
                if row[n] is not None:
                    row[n] = convert_one(row[n])
        return converted

    return convert


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def line(row: Row) -> bytes:
    """A row as a line of JSON, without the end of line."""
    return _encode(row).encode()


def row_of(text: bytes) -> Row:
    """The row that a line holds."""
    found: Row = json.loads(text)
    return found


def _whole(text: str) -> int | float:
    number = int(text) if len(text) < 20 else float(text)
    return number if abs(number) < EXACT else float(number)


def _fraction(text: str) -> int | float:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < EXACT else number


_decode = json.JSONDecoder(parse_int=_whole, parse_float=_fraction).decode
_sorted = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def canonical(row: Row, documents: Sequence[int]) -> bytes:
    """A row as both databases have it: of the JSON at these places only what it means."""
    told = list(row)
    for n in documents:
        if told[n] is not None:
            told[n] = _sorted(_decode(str(told[n])))
    return line(told)


@dataclass(slots=True)
class Tally:
    """Counts rows and adds up their SHA-256, so that tables can be compared in whatever order their
    rows come."""

    rows: int = 0
    total: int = 0

    def add(self, text: bytes) -> None:
        """Count one row in its canonical form."""
        self.rows += 1
        self.total += int.from_bytes(sha256(text).digest())

    @property
    def digest(self) -> str:
        """The sum, as 64 hex digits."""
        return f"{self.total % 2**256:064x}"
