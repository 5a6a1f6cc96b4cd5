"""`flask backup`, `backup-check`, `restore` and `move`, as an operator types them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from config import Settings
from tests.moving.conftest import Empty, content, empty, other
from tests.test_search_commands import site
from workflow_app import create_app, people
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.models import CalendarFeed, Person

__all__ = ["empty", "other", "site"]
Say = Callable[..., Result]


@pytest.fixture
def say(site: Flask) -> Say:
    return lambda *words: site.test_cli_runner().invoke(args=list(words))


@pytest.fixture
def elsewhere(empty: Empty, tmp_path: Path, other: str) -> Flask:
    """An installation of its own, with nothing in it, on the other kind of database."""
    url = empty(other).url.render_as_string(hide_password=False)
    return create_app(
        Settings(instance=tmp_path / "elsewhere", database_url=url, secret_key="x", password_cost=1, testing=True)
    )


def test_from_the_backup_to_an_installation_elsewhere(site, say, elsewhere, tmp_path):
    file = str(tmp_path / "today.tar")
    told = say("backup", file)
    assert told.exit_code == 0, told.output
    assert told.output.startswith(f"{file}: 3 cases, ")
    told = say("backup-check", file)
    assert told.exit_code == 0, told.output
    assert "The backup is sound: 3 cases" in told.output

    with clock.at(clock.now() + timedelta(days=2, hours=3, minutes=5)):
        told = elsewhere.test_cli_runner().invoke(args=["restore", file])
    assert told.exit_code == 0, told.output
    assert "Ended: 0 sign-ins, 0 links in mails" in told.output
    assert "The backup is 2 days and 3 hours old." in told.output
    assert "Addresses of calendars work" not in told.output
    assert "3 cases, 0 with faults, 0 erased payloads." in told.output
    assert "messages that were waiting then go out" in told.output
    for command in (("cases", "verify"), ("search", "check")):
        assert elsewhere.test_cli_runner().invoke(args=command).exit_code == 0
    assert content_of(elsewhere) == content_of(site)
    again = elsewhere.test_cli_runner().invoke(args=["restore", file])
    assert again.exit_code == 1
    assert "holds data already" in again.output
    dispose(elsewhere)


def test_addresses_of_calendars_are_kept_for_who_wants_it_so(site, say, elsewhere, tmp_path):
    with site.app_context(), people.current().writing() as tx:
        ada = Person(name="Ada", email="ada@town.example", created_at=tx.now)
        tx.session.add(ada)
        tx.session.flush()
        tx.session.add(CalendarFeed(person_id=ada.id, secret_hash="0" * 64, created_at=tx.now))
    file = str(tmp_path / "today.tar")
    assert say("backup", file).exit_code == 0
    told = elsewhere.test_cli_runner().invoke(args=["restore", file, "--keep-calendars"])
    assert told.exit_code == 0, told.output
    assert "0 addresses of calendars. Everybody" in told.output
    assert "Addresses of calendars work as at the time of the backup" in told.output
    assert content_of(elsewhere) == content_of(site)
    dispose(elsewhere)


def test_moving_says_what_it_did_and_what_is_to_be_done(site, say, elsewhere):
    with elsewhere.app_context():
        url = db.engine.url.render_as_string(hide_password=False)
    told = say("move", url, "--yes")
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert "The old one: 3 cases, 0 with faults, 0 erased payloads." in lines
    assert "The new one: 3 cases, 0 with faults, 0 erased payloads." in lines
    assert "the same on both sides" in told.output
    assert "set DATABASE_URL" in lines[-1]
    assert content_of(elsewhere) == content_of(site)
    assert elsewhere.test_cli_runner().invoke(args=["search", "check"]).exit_code == 0
    dispose(elsewhere)


def test_moving_asks_first(site, say, elsewhere):
    told = site.test_cli_runner().invoke(args=["move", "sqlite://"], input="n\n")
    assert told.exit_code == 1
    assert "Have web, worker and scheduler been stopped?" in told.output
    dispose(elsewhere)


def content_of(app: Flask) -> object:
    with app.app_context():
        return content(db.engine)


def dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("move", "nonsense", "--yes"), "This is no address of a database"),
        (("move", "oracle://host/name", "--yes"), "This is no address of a database"),
        (("move", "postgresql://nobody@127.0.0.1:1/x", "--yes"), "The database cannot be used"),
        (("move", "sqlite:////nowhere/at/all.sqlite3", "--yes"), "The database cannot be used"),
        (("restore", "nowhere.tar"), "nowhere.tar cannot be read: No such file or directory."),
        (("backup-check", __file__), "The file is damaged, or it is no backup of Teilhabe."),
        (("backup", "/nowhere/a.tar"), "/nowhere/a.tar cannot be written: No such file or directory."),
    ],
)
def test_what_goes_wrong_is_one_sentence(app, words, sentence):
    told = app.test_cli_runner().invoke(args=list(words))
    assert told.exit_code == 1
    assert f"Error: {sentence}" in told.output
    assert "Traceback" not in told.output


def test_missing_documents_are_listed_and_a_backup_with_gaps_is_only_made_on_request(demo_app, tmp_path):
    run = demo_app.test_cli_runner()
    missing = next((tmp_path / "documents").glob("??/??/*"))
    missing.unlink()
    told = run.invoke(args=["backup", str(tmp_path / "a.tar")])
    assert told.exit_code == 1
    assert "the file is not there" in told.output
    assert not (tmp_path / "a.tar").exists()
    told = run.invoke(args=["backup", "--with-gaps", str(tmp_path / "a.tar")])
    assert told.exit_code == 0, told.output
    assert "left out: document " in told.output
    assert "left out: document " in run.invoke(args=["backup-check", str(tmp_path / "a.tar")]).output
