"""Whether a mail that is refused says something about its receiver or about us."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from tests.jobs.mail_server import mail_server
from tests.jobs.test_mail import invite, rows, smtp
from tests.jobs.test_mail import open_office as open_office
from tests.jobs.working import work
from workflow_app.engine import clock
from workflow_app.jobs import refusals
from workflow_app.operation import mail_server as line

UNSETTLED = "SELECT subject, error FROM incidents WHERE state = 'open' ORDER BY id"


def invite_many(n: int, begins: int = 0) -> None:
    for number in range(begins, begins + n):
        invite(f"person{number}@example.org", f"Person {number}")


def blocked() -> int:
    return int(rows("SELECT count(*) FROM people WHERE email_refused_at IS NOT NULL")[0][0])


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("550 5.1.1 no such person", "unknown"), ("550 5.1.10 null MX", "unknown"), ("550 5.2.1 closed", "disabled"),
    ],
)  # fmt: skip
def test_who_does_not_exist_gets_no_more_notices(open_office, said, reason):
    with mail_server() as box, open_office(smtp(box)):
        box.refuses = said
        invite()
        work()
        assert rows("SELECT state, reason FROM mails") == [("refused", reason)]
        assert blocked() == 1


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("550 relay not permitted", "other"), ("550 Your IP 5.1.1.4 is blacklisted", "other"),
        ("553 sorry, not here", "other"), ("550 5.1.0 Sender address rejected", "other"),
        ("554 listed at some.blocklist.example", "policy"), ("550 5.7.1 not from you", "policy"),
    ],
)  # fmt: skip
def test_who_is_not_to_blame_goes_on_getting_mails(open_office, said, reason):
    with mail_server() as box, open_office(smtp(box)):
        box.refuses = said
        invite()
        work()
        assert rows("SELECT state, reason FROM mails") == [("refused", reason)]
        assert blocked() == 0


@pytest.mark.parametrize("said", ["553 5.1.8 no such domain", "550 5.1.7 your address is wrong"])
def test_where_our_own_address_is_not_taken_mails_wait(open_office, said):
    with mail_server() as box, open_office(smtp(box)):
        box.refuses = said
        invite()
        work()
        assert rows("SELECT state, last_error FROM outbox") == [("pending", "SMTPRecipientsRefused")]
        assert (blocked(), rows("SELECT id FROM mails")) == (0, [])
        box.refuses = ""
        with clock.at(clock.now() + timedelta(minutes=5)):
            work()
        assert box.receivers == ["nell@example.org"]


def test_when_most_mails_are_refused_people_are_told_and_the_others_wait(open_office):
    with mail_server() as box, open_office(smtp(box)):
        box.refuses = "554 5.7.1 your address is on a list"
        invite_many(8)
        work()
        assert len(rows("SELECT id FROM mails")) == refusals.MANY
        assert (refusals.SUBJECT, "policy") in rows(UNSETTLED)
        assert rows("SELECT DISTINCT last_error FROM outbox WHERE state = 'pending'") == [("Unwanted",)]
        box.refuses = ""
        with clock.at(clock.now() + timedelta(minutes=5)):
            work()
            assert len(box.receivers) == 8 - refusals.MANY
            assert (refusals.SUBJECT, "policy") in rows(UNSETTLED)  # it may have been chance
            invite_many(5, begins=8)
            work()
        assert refusals.SUBJECT not in {subject for subject, _error in rows(UNSETTLED)}


def test_a_few_that_are_refused_are_nobody_s_fault(open_office):
    with mail_server() as box, open_office(smtp(box)):
        for n in range(12):
            box.refuses = "550 5.7.1 not from you" if n % 3 == 0 else ""
            invite_many(1, begins=n)
            work()
        assert len(rows("SELECT id FROM mails")) == 12
        assert refusals.SUBJECT not in {subject for subject, _error in rows(UNSETTLED)}


def test_a_server_may_take_its_time_to_look_at_a_mail(open_office, monkeypatch):
    """It is not given up, and so not sent twice."""
    monkeypatch.setattr(line.connected, "__defaults__", (0.5,))

    def look() -> None:
        threading.Event().wait(2)  # longer than it may take for any other answer

    with mail_server() as box, open_office(smtp(box)):
        box.meanwhile = look
        invite()
        work()
        assert rows("SELECT state, attempt FROM outbox") == [("done", 1)]
        assert len(box.mails) == 1
