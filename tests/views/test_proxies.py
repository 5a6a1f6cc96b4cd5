"""Who is behind a proxy: as many of them are believed as the settings say."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask, request

from config import Settings
from tests.databases import fresh_sqlite_url
from tests.views.browsing import Visitor
from workflow_app import create_app
from workflow_app.extensions import db
from workflow_app.views.guards import public


@contextmanager
def behind(settings: Settings, proxies: int) -> Iterator[Flask]:
    made = create_app(dataclasses.replace(settings, proxies=proxies))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def settings(settings_for: Callable[[str], Settings]) -> Settings:
    return settings_for(fresh_sqlite_url())


def guesses(app: Flask, forwarded: list[str]) -> list[int]:
    """Somebody tries passwords of many accounts; the header that arrives here with each of them."""
    visitor = Visitor(app)
    token = visitor.token("/sign-in")
    return [
        visitor.client.post(
            "/sign-in",
            data={"csrf_token": token, "email": f"{number}@town.example", "password": "guessed"},
            headers={"X-Forwarded-For": chain},
        ).status_code
        for number, chain in enumerate(forwarded)
    ]


MANY = [f"203.0.113.{number}" for number in range(31)]  # the limiter allows thirty


def test_behind_a_proxy_visitors_are_told_apart(settings):
    with behind(settings, 1) as app:
        assert 429 not in guesses(app, MANY)
        assert guesses(app, ["203.0.113.99"] * 31)[-1] == 429  # one of them guesses on
        assert 429 not in guesses(app, ["203.0.113.98"])  # and the others are not kept out


def test_without_a_proxy_nobody_can_pretend_to_be_many(settings):
    with behind(settings, 0) as app:
        assert guesses(app, MANY)[-1] == 429


def test_what_a_visitor_writes_in_front_of_the_entry_of_the_proxy_counts_for_nothing(settings):
    with behind(settings, 1) as app:
        assert guesses(app, [f"{made_up}, 203.0.113.7" for made_up in MANY])[-1] == 429


def test_two_proxies_in_a_row(settings):
    with behind(settings, 2) as app:
        assert 429 not in guesses(app, [f"{visitor}, 198.51.100.1" for visitor in MANY])


def test_the_proxy_says_that_it_was_https_and_not_what_the_site_is_called(settings):
    with behind(settings, 1) as app:
        app.add_url_rule("/seen", "seen", public(lambda: f"{request.url} {request.remote_addr}"))
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-For": "203.0.113.7"}
        assert app.test_client().get("/seen", headers=headers).text == "https://localhost/seen 203.0.113.7"
