"""What opens a door without a password: a restored town has ended it, a town that moves takes it along."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.cases.conftest import rows
from tests.moving.conftest import content
from tests.moving.test_round import at, quiet
from workflow_app import moving
from workflow_app.cases import Cases
from workflow_app.people import Store, feeds, links, sign_in


def people_of(town: Cases) -> Store:
    return Store(town.store.engine, town.store.calendar, 1, 7)


@dataclass(frozen=True)
class Secrets:
    """What somebody has kept: the cookie of a sign-in, a link from a mail, the address of a calendar."""

    cookie: str
    link: str
    calendar: str

    def work_in(self, town: Cases) -> tuple[bool, bool, bool]:
        """Which of them open a door."""
        store = people_of(town)
        with Session(store.engine) as session:
            try:
                is_open = bool(links.find(session, self.link))
            except links.Gone:
                is_open = False
            in_ = sign_in.account(store, session, self.cookie)
            return in_ is not None, is_open, feeds.owner(session, self.calendar) is not None


@pytest.fixture
def kept_by_somebody(town: Cases) -> Secrets:
    store = people_of(town)
    with store.writing() as tx:
        account = sign_in.begin(tx, tx.person(1), "Firefox/1 Linux")
        link = links.give_secret(tx, links.make(tx, account.person, links.RESET, None).id)
    secrets = Secrets(account.token, str(link), feeds.renew(store, account))
    assert secrets.work_in(town) == (True, True, True)
    return secrets


def test_what_may_have_been_ended_since_the_backup_is_ended(town, kept_by_somebody, empty, tmp_path, other):
    there, written = at(town, empty(other), tmp_path / "there"), moving.back_up(town, tmp_path / "a.tar")
    done = moving.restore(written.path, there, quiet)
    assert done.is_whole
    assert (done.ended.sign_ins, done.ended.links, done.ended.calendars) == (1, 1, 1)
    assert kept_by_somebody.work_in(there) == (False, False, False)
    assert rows(there, "SELECT person_id, actor_id FROM account_events WHERE kind = 'calendar_revoked'") == [(1, None)]
    assert kept_by_somebody.work_in(town) == (True, True, True)


def test_calendars_can_be_kept_and_nothing_else(town, kept_by_somebody, empty, tmp_path):
    there, written = at(town, empty("sqlite"), tmp_path / "there"), moving.back_up(town, tmp_path / "a.tar")
    done = moving.restore(written.path, there, quiet, keep_calendars=True)
    assert (done.ended.sign_ins, done.ended.links, done.ended.calendars) == (1, 1, 0)
    assert kept_by_somebody.work_in(there) == (False, False, True)


def test_doors_are_closed_even_where_the_proof_breaks_off(town, kept_by_somebody, empty, tmp_path, monkeypatch):
    def breaks_off(*_about: object) -> None:
        raise KeyboardInterrupt

    there, written = at(town, empty("sqlite"), tmp_path / "there"), moving.back_up(town, tmp_path / "a.tar")
    monkeypatch.setattr("workflow_app.moving.proof.index", breaks_off)
    with pytest.raises(KeyboardInterrupt):
        moving.restore(written.path, there, quiet)
    assert kept_by_somebody.work_in(there) == (False, False, False)


def test_what_was_used_or_has_ended_stays_as_it_was(town, kept_by_somebody, empty, tmp_path):
    """A mail that is found later still says that its link was used."""
    with town.store.engine.begin() as connection:
        connection.execute(text("UPDATE account_links SET used_at = created_at"))
        connection.execute(text("UPDATE sign_ins SET ended_at = began_at"))
    there, written = at(town, empty("sqlite"), tmp_path / "there"), moving.back_up(town, tmp_path / "a.tar")
    done = moving.restore(written.path, there, quiet, keep_calendars=True)
    assert (done.ended.sign_ins, done.ended.links) == (0, 0)
    assert content(there.store.engine) == content(town.store.engine)


def test_who_moves_to_another_database_stays_signed_in(town, kept_by_somebody, empty, tmp_path, other):
    there = empty(other)
    assert moving.move(town, there, quiet).is_whole
    assert kept_by_somebody.work_in(at(town, there, tmp_path)) == (True, True, True)
