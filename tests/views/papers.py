"""What the tests of documents share: files as they are sent with forms, and what was made of them."""

from __future__ import annotations

import io
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.documents import made
from tests.views.browsing import Visitor
from tests.views.test_cases import case, one

Sent = tuple[io.BytesIO, str]


def pdf(name: str = "Plan.pdf", content: bytes = made.PDF) -> Sent:
    """A file as a form carries it."""
    return io.BytesIO(content), name


def sending(*sent: Sent, audience: str = "", kept: str = "") -> dict[str, Any]:
    """The fields that come with files."""
    fields = {"papers-files": list(sent), "papers-audience": audience, "papers-kept": kept}
    return {name: value for name, value in fields.items() if value}


def add(visitor: Visitor, case_id: int, *sent: Sent, audience: str = "case", **data: Any) -> TestResponse:
    """Send the form of a new document."""
    return visitor.post(f"/cases/{case_id}/documents/new", audience=audience, **data, **sending(*sent))


def document(app: Flask, name: str) -> int:
    """The newest document of this name."""
    found = one(app, f"SELECT max(id) FROM documents WHERE name = '{name}'")
    assert found, name
    return int(found)


def public_draft(app: Flask) -> int:
    """A draft that everybody may see."""
    return case(app, "Gesund leben", state="public_draft")
