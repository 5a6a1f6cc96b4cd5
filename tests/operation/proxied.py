"""A browser behind the TLS proxy of docs/production.md, as the application meets it: by plain HTTP, with headers."""

from __future__ import annotations

import http.client
import re
import socket
from contextlib import closing
from email.message import Message
from http.cookies import SimpleCookie
from urllib.parse import urlencode

HOST = "teilhabe.town.example"
FORM = "application/x-www-form-urlencoded"
PATIENCE = 30


class Visitor:
    """Somebody with cookies; the proxy adds who they are and that they came by https."""

    def __init__(self, port: int, address: str = "203.0.113.7") -> None:
        self.port, self.cookies, self.heard = port, SimpleCookie(), Message()
        self.headers = {
            "Host": HOST, "X-Forwarded-For": address, "X-Forwarded-Proto": "https", "Referer": f"https://{HOST}/",
        }  # fmt: skip

    def get(self, path: str) -> tuple[int, str]:
        """The status and the page."""
        return self.ask("GET", path)

    def post(self, path: str, **entries: str) -> int:
        """Fill in the form of a page and send it; gives the status."""
        body = self.filled_in(path, **entries)
        return self.ask("POST", path, body, {"Content-Type": FORM})[0]

    def filled_in(self, path: str, **entries: str) -> bytes:
        """The body that a browser sends for the form of a page."""
        return urlencode(self.fields(path, **entries)).encode()

    def fields(self, path: str, **entries: str) -> dict[str, str]:
        """What stands in the form of a page, and what is filled in."""
        _status, page = self.get(path)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token, page[:500]
        return {**hidden, "csrf_token": token.group(1), **entries}

    def half_sent(self, path: str, body: bytes) -> socket.socket:
        """A request that the application has begun to read, and whose second half is still to come."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        told = {**self._told(), "Content-Type": FORM, "Content-Length": str(len(body)), "Expect": "100-continue"}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        line.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body[: len(body) // 2])
        assert line.recv(100).startswith(b"HTTP/1.1 100 ")
        return line

    def line(self) -> http.client.HTTPConnection:
        """A way to the site."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def ask(
        self, method: str, path: str, body: bytes | None = None, more: dict[str, str] | None = None
    ) -> tuple[int, str]:
        """The status and the page; what else was said is in `heard`."""
        with closing(self.line()) as line:
            line.request(method, path, body, {**self._told(), **(more or {})})
            with line.getresponse() as answer:
                self.heard = answer.headers
                for value in answer.headers.get_all("Set-Cookie", []):
                    assert "Secure" in value
                    self.cookies.load(value)
                return answer.status, answer.read().decode()

    def _told(self) -> dict[str, str]:
        kept = "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items())
        return {**self.headers, **({"Cookie": kept} if kept else {})}
