"""A list as a file for a spreadsheet: all rows, sent while they are read.

A German Excel separates columns by semicolons and takes a file for UTF-8 only with a byte order mark;
LibreOffice and others read that as well. Dates are written as 2026-11-24, which every spreadsheet
takes for a date in any language.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from flask import Response, stream_with_context

from workflow_app import queries

from . import tables
from .tables import Table

CHUNK = 500
BOM = "\ufeff"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def answer(table: Table, today: date, page: Callable[[str | None], queries.Page[Any]]) -> Response:
    """The file; `page` finds the rows after a key."""
    name = f"{table.file()}-{today.isoformat()}.csv"
    response = Response(stream_with_context(_lines(table, today, page)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _lines(table: Table, today: date, page: Callable[[str | None], queries.Page[Any]]) -> Iterator[str]:
    yield BOM + _text([tables.headings_in_file(table)])
    after: str | None = None
    while True:
        found = page(after)
        if found.rows:
            yield _text(tables.rows_in_file(table, found.rows, today))
        if not (after := found.after):
            return


def _text(rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=";").writerows([map(harmless, row) for row in rows])
    return file.getvalue()


def harmless(cell: str) -> str:
    """A text that no spreadsheet takes for a formula: people write titles, and titles are exported."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
