"""A real Chromium at the pages of the demonstration, served as they are by a real server."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from config import Settings
from dev import PROGRAMS
from tests.conftest import on_the_day_of_loading
from workflow_app import create_app
from workflow_app.extensions import db

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PASSWORD = "teilhabe-demo"
DESKTOP, PHONE, NARROWEST = 1280, 390, 320


@pytest.fixture(scope="module")
def chromium(demo_database: Path) -> Iterator[Browser]:
    """The browser of this machine. It is closed again after each module, and started only when the
    demonstration is loaded: as long as it is open no application context can be closed in this thread."""
    program = next(filter(None, map(shutil.which, PROGRAMS["chromium"])), None)
    assert program, "no Chromium: `dev.py test` installs it, --without-browser leaves these tests out"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@dataclass
class Site:
    """The demonstration being served. The application lives in threads of its own, because the browser's
    driver keeps an event loop in ours, in which no application context can be closed."""

    address: str
    database: Path

    def ask(self, sql: str) -> Any:
        """The first value a query finds."""
        with closing(sqlite3.connect(self.database)) as connection:
            found = connection.execute(sql).fetchone()
        return found[0] if found else None


@pytest.fixture
def site(demo_database: Path, settings_for: Callable[[str], Settings], tmp_path: Path) -> Iterator[Site]:
    """A copy of the demonstration, served by a real server on the day of its loading."""
    copy = tmp_path / "demo.sqlite3"
    shutil.copyfile(demo_database, copy)
    shutil.copytree(demo_database.with_name("documents"), tmp_path / "documents")
    with ThreadPoolExecutor(1) as aside:
        app = aside.submit(create_app, settings_for(f"sqlite:///{copy}")).result()
        answers = given_whole(on_the_day_of_loading(app.wsgi_app))
        server = make_server("127.0.0.1", 0, answers, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Site(f"http://127.0.0.1:{server.server_port}", copy)
        server.shutdown()
        thread.join(10)
        server.server_close()
        aside.submit(_dispose, app).result()


def given_whole(wsgi: WSGIApplication) -> WSGIApplication:
    """Answers that are closed before anybody reads them.

    Chromium resets connections whose answer it no longer needs, and Werkzeug's server then never closes what
    the answer came from: a style sheet stays open, and a later test is blamed for it. Gunicorn does close it.
    """

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        parts = wsgi(environ, start_response)
        try:
            return list(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()

    return answer


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@dataclass
class Desk:
    """Somebody in front of the browser. What the browser complains about is collected."""

    browser: Browser
    address: str
    complaints: list[str] = field(default_factory=list)

    def sit_down(self, who: str | None = None, width: int = DESKTOP, *, scripts: bool = True) -> Page:
        """A new window, signed in as a demonstration account or not at all."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900}, locale="de-DE", base_url=self.address, java_script_enabled=scripts
        )
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if who:
            page.goto("/sign-in")
            page.get_by_label("E-Mail-Adresse").fill(f"{who}@flensburg.example")
            page.get_by_label("Passwort").fill(PASSWORD)
            page.get_by_role("main").get_by_role("button", name="Anmelden").click()
        return page

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused form is meant to be answered with an error status; the browser reports that, too.
        if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text:
            self.complaints.append(message.text)


@pytest.fixture
def desk(chromium: Browser, site: Site) -> Iterator[Desk]:
    """The browser at the demonstration; the test fails if anything was blocked or broken on the way."""
    found = Desk(chromium, site.address)
    yield found
    for context in chromium.contexts:
        context.close()
    assert found.complaints == []
