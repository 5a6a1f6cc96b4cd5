"""Logs that help and tell nothing about people: one line per request and per job.

A line says which page it was by its name, never its address: addresses hold secrets, and what
people search for. Behind a proxy the request id of the proxy is kept, so that lines can be followed
through all programs.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TextIO
from uuid import uuid4

from flask import Flask, Response, g, has_app_context, request

log = logging.getLogger(__name__)
HEADER = "X-Request-ID"
REQUEST_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{7,38}")
# A server may name an address. Our secrets are as long as this, or stand at the end of one of these paths: what
# stops mails is signed and has a dot in it.
SECRET = re.compile(r"[\w-]{40,}")
SECRET_IN_PATH = re.compile(r"""(/(?:unsubscribe|calendar|account/link)/)[^\s/?#"'<>\\]+?(?=\.ics\b|[\s/?#"'<>\\]|$)""")
UNKNOWN = "unknown"
TRACEBACK = "\nTraceback (most recent call last)"


class Line(logging.Formatter):
    """One line of JSON. Of an exception it says what kind it was and where, never its words: these
    may quote what somebody wrote."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage().partition(TRACEBACK)[0],  # RQ writes whole ones into its messages
            **about(record),
        }
        if record.exc_info and record.exc_info[0]:
            told["exception"] = record.exc_info[0].__name__
            told["where"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(record.exc_info[2])]
        return without_secrets(json.dumps(told, ensure_ascii=False, default=str))


class Plain(logging.Formatter):
    """A line for people, with the whole exception below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        told = " ".join(f"{name}={value}" for name, value in about(record).items())
        first, *below = super().format(record).split("\n")
        return without_secrets("\n".join((f"{first} {told}".rstrip(), *below)))


FORMATS: dict[str, type[logging.Formatter]] = {"json": Line, "text": Plain}


def without_secrets(text: str) -> str:
    """A text in which nothing is left that could be a secret."""
    return SECRET.sub("…", SECRET_IN_PATH.sub(r"\1…", text))


def about(record: logging.LogRecord) -> dict[str, Any]:
    """What is said about a line beside its message: the request it belongs to, and what was added."""
    found: dict[str, Any] = {"request_id": g.request_id} if has_app_context() and "request_id" in g else {}
    return {**found, **getattr(record, "told", {})}


def set_up(kind: str, stream: TextIO | None = None) -> logging.Handler:
    """Let everything that is logged go to one stream (by default standard error) in one format. Doing
    it again replaces what was there. Raises ValueError for a format that is not known."""
    if kind not in FORMATS:
        raise ValueError(f"TEILHABE_LOG is {kind!r}; it can be {' or '.join(FORMATS)}.")
    root, formatter = logging.getLogger(), FORMATS[kind]()
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    handler.set_name("teilhabe")
    for old in [one for one in root.handlers if one.get_name() == "teilhabe"]:
        root.removeHandler(old)
    root.addHandler(handler)
    for server in ("gunicorn.error", "gunicorn.access"):
        for its_own in logging.getLogger(server).handlers:
            its_own.setFormatter(formatter)
    logging.getLogger("workflow_app").setLevel(logging.INFO)
    return handler


def init_app(app: Flask, kind: str) -> None:
    """Log every request of an application; before all else that happens in one."""
    set_up(kind)
    app.url_value_preprocessor(_begin)  # these come before all that is done before a request, and may fail too
    app.after_request(_end)


def _begin(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    given = request.headers.get(HEADER, "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid4().hex
    g.request_began = time.perf_counter()


def _end(response: Response) -> Response:
    told: dict[str, Any] = {
        "method": request.method if request.url_rule else UNKNOWN,
        "route": request.endpoint or UNKNOWN,
        "status": response.status_code,
        "ms": _since(g.request_began),
    }
    case_id = (request.view_args or {}).get("case_id")
    log.info("request", extra={"told": {**told, **({"case": case_id} if case_id else {})}})
    response.headers[HEADER] = g.request_id
    return response


@contextmanager
def job(name: str, row: int) -> Iterator[None]:
    """Log one job: its name, the row it carries out, how long it took, and whether it failed."""
    began, outcome, level = time.perf_counter(), "failed", logging.ERROR
    try:
        yield
        outcome, level = "done", logging.INFO
    finally:
        log.log(level, "job", extra={"told": {"job": name, "row": row, "outcome": outcome, "ms": _since(began)}})


def _since(began: float) -> float:
    return round(1000 * (time.perf_counter() - began), 1)
