"""Somebody with a browser: pages, cookies, the hidden fields of forms."""

from __future__ import annotations

import http.client
import re
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from .town import PASSWORD, address_of

PATIENCE = 60.0
"""Seconds a person waits for a page."""
HIDDEN = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'(name|value)="([^"]*)"')


class Broken(Exception):
    """No answer came: the connection was refused or broke. Nobody knows what was done."""


@dataclass(frozen=True)
class Answer:
    """A page as it came."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        """The values of all fields that have a name; those of forms further down win."""
        found = {}
        for tag in HIDDEN.findall(self.text):
            said = dict(ATTRIBUTE.findall(tag))
            if "name" in said:
                found[said["name"]] = unescape(said.get("value", ""))
        return found

    @property
    def is_done(self) -> bool:
        """Whether a form was taken: the answer leads to another page."""
        return self.status in (302, 303)

    @property
    def in_words(self) -> bool:
        """Whether this is a page of ours for people: with a heading, and without anything of a program."""
        return "<h1>" in self.text and "Traceback" not in self.text


class Browser:
    """A browser with its cookies; each request has a connection of its own."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """A page. Raises Broken."""
        return self._ask("GET", path)

    def post(self, path: str, **form: str) -> Answer:
        """Send a form. Raises Broken."""
        return self._ask("POST", path, urlencode(form))

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            raise Broken(type(error).__name__) from error
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return Answer(answer.status, text, dict(answer.headers))

    def sign_in(self, person: int) -> None:
        """Sign in as somebody of the town. Raises Broken, or RuntimeError where it is refused."""
        form = self.get("/sign-in").fields
        form = {"csrf_token": form["csrf_token"], "email": address_of(person), "password": PASSWORD}
        answer = self.post("/sign-in", **form)
        if not answer.is_done:
            raise RuntimeError(f"person {person} could not sign in: {answer.status}")

    def form(self, case: int, step: str) -> dict[str, str]:
        """What the form of a step holds without having been filled in: token, key and version. Raises Broken,
        or RuntimeError where there is no such form."""
        answer = self.get(f"/cases/{case}/steps/{step}")
        if "key" not in answer.fields:
            raise RuntimeError(f"no form of {step} in case {case}: {answer.status}")
        return {name: answer.fields[name] for name in ("csrf_token", "key", "seq")}

    def send(self, case: int, step: str, form: dict[str, str], **data: str) -> Answer:
        """Send the form of a step. Raises Broken."""
        return self.post(f"/cases/{case}/steps/{step}", **form, **data)
