"""What every answer carries and every request must pass, and the secret that signs sessions."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flask import Flask, Response, current_app
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
A_YEAR = 365 * 24 * 60 * 60


def init_app(app: Flask, proxies: int = 0) -> None:
    """Put the headers on every answer, and believe so many proxies in front of us who asks.

    Each of them adds whom it has heard to ``X-Forwarded-For``; what stands before their entries was written
    by whoever asks. Without proxies the header is not believed at all. The name of the site is never taken
    from a header of theirs: they pass ``Host`` on.
    """
    app.after_request(harden)
    app.session_interface = Sessions()
    if proxies:
        fixed = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)
        app.wsgi_app = fixed  # type: ignore[method-assign]


class Sessions(SecureCookieSessionInterface):
    """Sessions in signed cookies that last a while longer with every answer; but never with one that a cache
    may keep for everyone: the next reader would get somebody else's session along with it."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not response.cache_control.public:
            super().save_session(app, session, response)


def harden(response: Response) -> Response:
    """Headers against the usual attacks; pages of people who are signed in are not stored."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR}; includeSubDomains")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def stored_secret(instance: Path) -> str:
    """The secret of this installation, made at the first start and readable by its owner only.

    Raises OSError where the folder cannot be written."""
    path = instance / "secret_key"
    instance.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()
