"""A person at the site, without a browser: signs in, reads, fills in forms, keeps their token."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

PASSWORD = "teilhabe-demo"


class Visitor:
    """A client that sends the form token of the page it has just read."""

    def __init__(self, app: Flask, who: str | None = None) -> None:
        self.client = app.test_client()
        if who:
            answer = self.post("/sign-in", email=f"{who}@flensburg.example", password=PASSWORD)
            assert answer.status_code == 302, answer.text

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, buffered=True)

    def post(self, path: str, page: str | None = None, **data: Any) -> TestResponse:
        """Send a form as it stands on `page` (by default the same address), with these entries."""
        shown = self.client.get(page or path).text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown))
        hidden["csrf_token"] = _token(shown)
        return self.client.post(path, data={**hidden, **data})

    def token(self, path: str) -> str:
        """The form token of a page."""
        return _token(self.client.get(path).text)


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    return found.group(1) if found else ""


def words(answer: TestResponse) -> str:
    """What a person reads on a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
