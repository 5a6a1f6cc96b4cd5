"""`flask people …`: the first administrator comes from the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from config import Settings
from workflow_app import create_app
from workflow_app.extensions import db

PASSWORD = "four plain words here"
Say = Callable[..., Result]


@pytest.fixture
def site(db_url: str, settings_for: Callable[[str], Settings]) -> Iterator[Flask]:
    """An application on an empty database of either kind."""
    app = create_app(replace(settings_for(db_url), address="https://mitmachen.example"))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def say(site: Flask) -> Say:
    """Type a command."""
    runner = site.test_cli_runner()
    return lambda *words, answers="": runner.invoke(args=["people", *words], input=answers)


def rows(app: Flask, sql: str) -> list[tuple[Any, ...]]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(text(sql))]


def test_the_first_administrator_gets_a_link_and_can_then_do_everything_on_the_pages(site, say):
    said = say("create", "Ada@Example.org", "Ada Admin", "--administrator")
    assert said.exit_code == 0
    (path,) = re.findall(r"https://mitmachen\.example(/account/link/\S+)", said.output)
    client = site.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert token
    done = client.post(path, data={"csrf_token": token[1], "password": PASSWORD, "again": PASSWORD})
    assert done.location == "/sign-in"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert token
    client.post("/sign-in", data={"csrf_token": token[1], "email": "ada@example.org", "password": PASSWORD})
    assert "Ada Admin" in client.get("/people").text
    assert rows(site, "SELECT key, organization_type FROM organizations") == [("verwaltung", "Verwaltungsbereich")]
    kinds = "SELECT kind, actor_id FROM account_events ORDER BY id"
    assert rows(site, kinds) == [("invited", None), ("assigned", None), ("joined", 1)]


def test_a_password_can_be_asked_for_instead(site, say):
    said = say("create", "ada@example.org", "Ada", "--password", answers=f"{PASSWORD}\n{PASSWORD}\n")
    assert said.exit_code == 0, said.output
    assert PASSWORD not in said.output
    assert rows(site, "SELECT count(*) FROM account_links") == [(0,)]
    assert rows(site, "SELECT password_hash LIKE '$argon2id$%' FROM people") in ([(True,)], [(1,)])


def test_what_is_wrong_is_one_sentence_and_changes_nothing(site, say):
    say("create", "ada@example.org", "Ada", "--administrator")
    for words, answers, sentence in (
        (("create", "ada@example.org", "Ada"), "", "There is an account with this address already."),
        (("create", "nobody", "Ada"), "", "This is no mail address."),
        (("create", "bea@example.org", " "), "", "Please write a name"),
        (("create", "bea@example.org", "Bea", "--password"), "short\nshort\n", "Please use at least 12"),
        (("lock", "bea@example.org"), "", "There is no account with this e-mail address."),
        (("lock", "ada@example.org"), "", "This is the last administrator."),
    ):
        said = say(*words, answers=answers)
        assert (said.exit_code, sentence in said.output) == (1, True), said.output
    assert rows(site, "SELECT email, locked FROM people") in ([("ada@example.org", False)], [("ada@example.org", 0)])


def test_locking_unlocking_and_listing(site, say):
    say("create", "ada@example.org", "Ada", "--administrator", "--organization", "buero")
    say("create", "bea@example.org", "Bea")
    assert say("lock", "BEA@example.org").output == "Locked.\n"
    assert say("list").output.splitlines() == [
        "ada@example.org\tAda\tinvited\tadministrator@buero",
        "bea@example.org\tBea\tlocked\t",
    ]
    assert say("unlock", "bea@example.org").output == "Unlocked.\n"
    assert say("list").output.splitlines()[1] == "bea@example.org\tBea\tinvited\t"


def test_an_empty_installation_says_how_to_begin(site, say, db_url):
    prepare = ["database", "prepare", "--empty"]
    said = site.test_cli_runner().invoke(args=prepare).output
    assert "people create ADDRESS NAME --administrator" in said
    # With PostgreSQL the settings are those of a server: a line to copy would lack the most important ones.
    assert ("TEILHABE_ADDRESS=https://mitmachen.example " in said) is db_url.startswith("sqlite")
    say("create", "ada@example.org", "Ada", "--administrator")
    assert site.test_cli_runner().invoke(args=prepare).output == ""
