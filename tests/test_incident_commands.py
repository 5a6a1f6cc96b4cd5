"""`flask incidents …`: what operators do when nobody can reach the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import insert, text

from config import Settings
from workflow_app import create_app
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.incidents import Trouble, report
from workflow_app.models import OutboxMessage, Person

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
BY = ("--by", "Ada@example.org")


@pytest.fixture
def site(db_url: str, settings_for: Callable[[str], Settings]) -> Iterator[Flask]:
    """An application with three mails that were given up and a clock that jumped, on either database."""
    app = create_app(settings_for(db_url))
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(insert(Person).values(name="Ada", email="ada@example.org", created_at=MONDAY))
        usual = {"kind": "digest", "payload": {}, "run_at": MONDAY, "state": "dead", "attempt": 5}
        rows = [{"id": n, "dedupe_key": f"k{n}", **usual} for n in (1, 2, 3)]
        connection.execute(insert(OutboxMessage), rows)
        with clock.at(MONDAY):
            report(connection, [Trouble("message", f"message:{n}", "OSError", outbox_id=n) for n in (1, 2, 3)])
            report(connection, [Trouble("clock", "clock", "jumped")])
    yield app
    with app.app_context():
        db.engine.dispose()


def ran(site: Flask, *args: str) -> Result:
    return site.test_cli_runner().invoke(args=["incidents", *args])


def states(site: Flask) -> list[str]:
    with site.app_context(), db.engine.connect() as connection:
        return list(connection.execute(text("SELECT state FROM incidents ORDER BY id")).scalars())


def test_they_are_listed_one_a_line(site):
    lines = ran(site, "list").output.splitlines()
    assert lines[0].split("\t") == [
        "1", "message", "open", "2026-03-02 09:00", "1x", "message:1", "-", "OSError",
    ]  # fmt: skip
    assert len(lines) == 4


def test_some_are_tried_again_and_the_rest_of_a_kind_is_discarded(site):
    assert ran(site, "retry", "1", *BY).output == "1 done.\n"
    assert states(site) == ["retrying", "open", "open", "open"]
    found = ran(site, "discard", "--all", "message", "--reason", "too old", *BY)
    assert (found.exit_code, found.output) == (0, "2 done.\n")
    assert states(site) == ["retrying", "discarded", "discarded", "open"]
    assert len(ran(site, "list").output.splitlines()) == 2


def test_what_was_left_is_said_and_the_command_fails(site):
    found = ran(site, "retry", "--all", "any", *BY)
    assert (found.exit_code, found.output) == (1, "3 done.\n1 left: goes on by itself.\n")
    again = ran(site, "retry", "1", "99", *BY)
    assert (again.exit_code, again.output) == (1, "0 done.\n1 left: not there.\n1 left: being tried again already.\n")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("retry", *BY), "Say which"), (("retry", "1", "--all", "any", *BY), "Say which"),
        (("retry", "1", "--by", "nobody@example.org"), "no account"), (("discard", "1", *BY), "--reason"),
        (("discard", "1", "--reason", " ", *BY), "Please say in one or two sentences"),
        (("retry", "--all", "gossip", *BY), "gossip"), (("retry", "1"), "--by"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_in_a_sentence_and_nothing_is_done(site, args, said):
    found = ran(site, *args)
    assert found.exit_code != 0
    assert said in found.output
    assert states(site) == ["open"] * 4
