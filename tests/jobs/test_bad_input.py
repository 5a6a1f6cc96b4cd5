"""What is wrong with what people entered or with our own texts: a clear word to whom can mend it, nothing lost."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.jobs.test_bounces import report as report_of
from tests.jobs.town import BEN, CEM, DORA, Town, later
from tests.jobs.working import one_round
from workflow_app import people
from workflow_app.jobs import again, bounces, digests
from workflow_app.people import forgotten, invitations
from workflow_app.people.roles import OPERATOR


def incidents(town: Town) -> list[tuple[object, ...]]:
    return town.rows("SELECT subject, state, times, error FROM incidents ORDER BY id")


# ---------------------------------------------------------------------------------- time zones


def lost_zone(town: Town) -> None:
    """Ben lives where there is no time zone any more."""
    town.wants(BEN, zone="Europe/Berlin")
    town.set("UPDATE preferences SET zone = 'Europe/Atlantis'")


def test_a_time_zone_that_there_is_not_is_said_once_and_the_mail_goes_by_the_towns_time(town):
    lost_zone(town)
    for _time in range(3):
        town.filed()
        town.work()
    assert len(town.mails_to(BEN)) == 3
    assert incidents(town) == [(f"zone:{BEN}", "open", 1, "UnknownZone")]


def test_it_goes_away_when_its_owner_chooses_another_one(town):
    lost_zone(town)
    town.filed()
    town.work()
    town.wants(BEN, zone="Asia/Tokyo")
    assert incidents(town) == [(f"zone:{BEN}", "solved", 1, "UnknownZone")]


def test_what_somebody_has_discarded_is_not_brought_up_again(town):
    lost_zone(town)
    town.filed()
    town.work()
    again.discard(DORA, [1], "Ben has left.")
    town.filed()
    town.work()
    assert incidents(town) == [(f"zone:{BEN}", "discarded", 1, "UnknownZone")]


def test_a_collected_mail_by_a_lost_zone_is_said_too(town):
    town.wants(CEM, way="daily")
    town.filed()
    town.work()
    town.set("UPDATE preferences SET zone = 'Europe/Atlantis'")
    with later(days=1):
        assert digests.open_due() == 1
    assert incidents(town) == [(f"zone:{CEM}", "open", 1, "UnknownZone")]


# ------------------------------------------------------------------------------------ addresses


def invite(email: str) -> int:
    return invitations.invite(people.current(), OPERATOR, email, "Nell", "en")


@pytest.mark.parametrize(
    ("email", "state", "reason"),
    [
        ("nobody@example.org", "refused", "unknown"),  # 5.1.1
        ("fenced@example.org", "refused", "policy"),  # 5.7.1
        ("bän@example.org", "failed", "address"),  # a server that takes no such letters
    ],
)
def test_an_invitation_that_no_server_takes_is_seen_and_nothing_is_tried_for_ever(town, email, state, reason):
    person = invite("nell@example.org")
    town.set("UPDATE people SET email = :email WHERE id = :p", email=email, p=person)
    town.work()
    assert town.rows("SELECT state, reason FROM mails") == [(state, reason)]
    assert town.rows("SELECT state, attempt FROM outbox") == [("done", 1)]
    assert incidents(town) == [(f"address:{person}", "open", 1, reason)]


def test_an_invitation_that_is_taken_the_second_time_settles_it(town):
    person = invite("fenced@example.org")
    town.work()
    town.set("UPDATE people SET email = 'nell@example.org' WHERE id = :p", p=person)
    invitations.invite_again(people.current(), OPERATOR, person)
    town.work()
    assert len(town.box.mails) == 1
    assert incidents(town) == [(f"address:{person}", "solved", 1, "policy")]


def test_an_invitation_that_comes_back_is_seen_until_a_link_is_used(town):
    person = invite("nell@example.org")
    town.work()
    (mail,) = town.box.mails
    assert bounces.bounced(report_of(mail["Message-ID"])) == "unknown"
    assert incidents(town) == [(f"address:{person}", "open", 1, "unknown")]
    secret = re.search(r"/account/link/(\S+)", str(mail.get_content()))  # a second mailbox had taken it after all
    assert secret
    invitations.choose_password(people.current(), secret[1], "four plain words here")
    assert incidents(town) == [(f"address:{person}", "solved", 1, "unknown")]


def test_who_forgot_the_password_and_gets_no_mail_is_seen_too(town):
    town.set("UPDATE people SET email = 'nobody@example.org' WHERE id = :p", p=BEN)
    forgotten.ask_for_reset(people.current(), "nobody@example.org")
    town.work()
    assert incidents(town) == [(f"address:{BEN}", "open", 1, "unknown")]


def test_a_server_that_is_only_shy_is_asked_again_and_no_incident_comes_of_it(town):
    invite("grey@example.org")
    town.work()
    assert town.rows("SELECT state, last_error FROM outbox") == [("pending", "SMTPRecipientsRefused")]
    with later(minutes=20):
        town.work()
    assert town.box.receivers == ["grey@example.org"]
    assert incidents(town) == []


# ------------------------------------------------------------------------------------ templates


@pytest.fixture
def broken(town: Town, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Templates that cannot be rendered, until they are mended by taking them out of here."""
    bad = {"mail/notice.txt": "{{ name.no_such.thing }}"}
    loader = town.app.jinja_env.loader
    assert loader is not None
    usual = loader.get_source

    def get_source(environment: Any, template: str) -> Any:
        return (bad[template], None, lambda: template in bad) if template in bad else usual(environment, template)

    monkeypatch.setattr(loader, "get_source", get_source)
    monkeypatch.setattr(town.app.jinja_env, "auto_reload", True)
    return bad


def until_given_up(town: Town) -> None:
    """Everything that relay and worker do in ten days."""
    for hours in range(4, 240, 4):
        with later(hours=hours):
            one_round()


def test_a_template_that_fails_is_tried_so_often_and_delivers_when_it_is_mended(town, broken):
    case_id = town.filed()
    until_given_up(town)
    dead = town.rows("SELECT id, attempt, max_attempts, last_error FROM outbox WHERE state = 'dead' ORDER BY id")
    assert len(dead) == 3  # Ada did it herself
    assert {(attempt, error) for _id, attempt, _max, error in dead} == {(dead[0][2], "UndefinedError")}
    assert town.box.mails == []
    assert town.rows("SELECT count(*) FROM notifications") == [(4,)]  # on the site everybody was told
    kept = town.rows("SELECT outbox_id, case_id, error, state FROM incidents ORDER BY outbox_id")
    assert kept == [(n, case_id, "UndefinedError", "open") for n, *_more in dead]
    broken.clear()
    with later(days=11):
        ids = [n for (n,) in town.rows("SELECT id FROM incidents")]
        assert len(again.retry(DORA, ids).done) == 3
        town.work()
    assert sorted(town.box.receivers) == ["ben@example.org", "cem@example.org", "dora@example.org"]
