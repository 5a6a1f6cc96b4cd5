"""What becomes of a mail at its server: taken, put off, refused, or not even sent."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import select

from tests.jobs.town import BEN, CEM, later, told
from tests.jobs.working import one_round
from workflow_app.extensions import db
from workflow_app.jobs import notice_mail
from workflow_app.models import OutboxMessage

MAILS = "SELECT state, reason FROM mails WHERE person_id = :p"
MESSAGE = "SELECT state, attempt, last_error FROM outbox WHERE kind = 'notice_mail' AND dedupe_key LIKE :key"


def test_a_mail_sent_twice_has_the_same_id(town):
    town.filed()
    one_round()
    with db.engine.connect() as connection:
        key = OutboxMessage.dedupe_key.like("notice_mail:%:2")
        row = connection.execute(select(OutboxMessage).where(key)).one()
    notice_mail.send(row)  # a worker sends the mail and dies before it can say so
    with later(minutes=10):
        town.work()
    first, second = town.mails_to(BEN)
    assert first["Message-ID"] == second["Message-ID"]
    with later(minutes=20):
        town.work()
    assert len(town.mails_to(BEN)) == 2


@pytest.mark.parametrize(
    ("local", "state", "reason", "stops"),
    [
        ("nobody", "refused", "unknown", True), ("closed", "refused", "disabled", True),
        ("unknown", "refused", "other", False), ("filled", "refused", "full", False),
        ("fenced", "refused", "policy", False),
    ],
)  # fmt: skip
def test_a_refused_receiver_is_a_state_of_the_delivery_and_nobody_is_written_to_in_vain(
    town, local, state, reason, stops
):
    town.set("UPDATE people SET email = :e WHERE id = 2", e=f"{local}@example.org")
    told(town)
    assert town.rows(MAILS, p=BEN) == [(state, reason)]
    assert town.rows(MESSAGE, key="%:2") == [("done", 1, None)]
    assert town.rows("SELECT way, mailed_at FROM notifications WHERE person_id = 2") == [("site", None)]
    assert bool(town.rows("SELECT 1 FROM people WHERE id = 2 AND email_refused_at IS NOT NULL")) is stops
    told(town, "Another")
    assert len(town.rows(MAILS, p=BEN)) == (1 if stops else 2)
    assert (len(town.mails_to(CEM)), "@" in str(town.rows("SELECT reason FROM mails"))) == (2, False)


def test_who_is_put_off_gets_it_later(town):
    town.set("UPDATE people SET email = 'greylisted@example.org' WHERE id = 2")
    told(town)
    assert town.rows(MESSAGE, key="%:2") == [("pending", 1, "SMTPRecipientsRefused")]
    assert town.rows(MAILS, p=BEN) == []
    with later(minutes=30):
        town.work()
    assert town.rows(MAILS, p=BEN) == [("sent", None)]
    assert town.box.receivers.count("greylisted@example.org") == 1


def test_when_the_mail_server_is_away_every_mail_waits_for_it(town):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        here = town.app.config["SMTP"]
        town.app.config["SMTP"] = f"smtp://127.0.0.1:{nobody.getsockname()[1]}"
        told(town)
    assert town.rows("SELECT DISTINCT state, last_error FROM outbox WHERE kind = 'notice_mail'") == [
        ("pending", "ConnectionRefusedError")
    ]
    town.app.config["SMTP"] = here
    with later(minutes=30):
        town.work()
    assert len(town.box.mails) == 3


def test_what_the_server_does_not_like_is_not_sent_again_and_again(town):
    told(town, "Some unwanted words")
    assert town.rows(MAILS, p=BEN) == [("failed", "content")]
    assert town.rows("SELECT email_refused_at FROM people WHERE id = 2") == [(None,)]


@pytest.mark.parametrize("address", ["ben", "b@@example.org", "bän@example.org", "a b@example.org", "@example.org", ""])
def test_an_address_that_no_server_takes_loses_nothing(town, address):
    town.set("UPDATE people SET email = :e WHERE id = 2", e=address)
    told(town)
    ((state, reason),) = town.rows(MAILS, p=BEN)
    assert (state, reason) in {("failed", "address"), ("refused", "other"), ("refused", "unknown")}
    assert town.rows(MESSAGE, key="%:2") == [("done", 1, None)]
    assert len(town.mails_to(CEM)) == 1


def test_a_template_that_fails_is_tried_again_with_its_name_and_nothing_else_is_lost(town, monkeypatch):
    def broken(_about):
        raise KeyError("titel")

    monkeypatch.setitem(notice_mail.WRITTEN, "waiting", broken)
    told(town)
    assert town.rows("SELECT DISTINCT state, last_error FROM outbox WHERE kind = 'notice_mail'") == [
        ("pending", "KeyError")
    ]
    assert town.rows("SELECT count(*) FROM notifications") == [(4,)]
    for minutes in range(10, 3000, 200):
        with later(minutes=minutes):
            town.work()
    assert town.rows("SELECT DISTINCT state FROM outbox WHERE kind = 'notice_mail'") == [("dead",)]
    assert town.box.mails == []
