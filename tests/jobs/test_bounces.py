"""Reports of mail servers about mails that came back, piped into the operator's command."""

from __future__ import annotations

from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText

import pytest
from sqlalchemy.exc import OperationalError

from tests.jobs.town import BEN, Town
from workflow_app.jobs import bounces


def report(message_id: str, *, status: str = "5.1.1", action: str = "failed", whole: bool = True) -> bytes:
    """A report as Postfix writes it (RFC 3464), with the whole mail or its head only."""
    made = MIMEMultipart("report")
    made.set_param("report-type", "delivery-status")
    made["From"], made["To"], made["Subject"] = "MAILER-DAEMON@town.example", "post@town.example", "Undelivered"
    made.attach(MIMEText("I'm sorry to have to inform you that your message could not be delivered."))
    told, about = Message(), Message()
    told["Reporting-MTA"] = "dns; mx.town.example"
    about["Final-Recipient"], about["Action"], about["Status"] = "rfc822; ben@example.org", action, status
    statuses = MIMENonMultipart("message", "delivery-status")
    statuses.set_payload([told, about])
    made.attach(statuses)
    original = EmailMessage()
    original["Message-ID"], original["Subject"] = message_id, "Yours: A path"
    original.set_content("Hello Ben")
    if whole:
        made.attach(MIMEMessage(original))
    else:
        made.attach(MIMEText(f"Message-ID: {message_id}\nSubject: Yours\n", "rfc822-headers"))
    return made.as_bytes()


@pytest.fixture
def sent(town: Town) -> str:
    """Ben has been sent a mail; its Message-ID."""
    town.filed()
    town.work()
    return str(town.mails_to(BEN)[0]["Message-ID"])


def piped(town: Town, raw: bytes) -> tuple[int, str]:
    """What the mail server does with a report."""
    answer = town.app.test_cli_runner().invoke(args=["mail", "bounced"], input=raw)
    return answer.exit_code, answer.output


@pytest.mark.parametrize("whole", [True, False])
def test_a_mail_that_came_back_is_no_longer_a_sent_one_and_the_address_gets_no_more(town, sent, whole):
    assert piped(town, report(sent, whole=whole)) == (0, "Came back: unknown.\n")
    assert town.rows("SELECT state, reason FROM mails WHERE person_id = 2") == [("bounced", "unknown")]
    town.filed("Another")
    town.work()
    assert len(town.mails_to(BEN)) == 1
    assert piped(town, report(sent))[1].startswith("Nothing to write down")  # the same report again


def test_a_full_box_does_not_stop_the_next_mail(town, sent):
    assert bounces.bounced(report(sent, status="5.2.2")) == "full"
    town.filed("Another")
    town.work()
    assert len(town.mails_to(BEN)) == 2


@pytest.mark.parametrize(
    "raw",
    [
        lambda sent: report(sent, action="delayed", status="4.4.1"),
        lambda sent: report(sent, action="delivered", status="2.0.0"),
        lambda sent: report("<somebody@else.example>"),
        lambda sent: report(sent.replace("<", "<0")),
    ],
)
def test_what_is_only_late_or_not_ours_changes_nothing(town, sent, raw):
    assert piped(town, raw(sent))[0] == 0
    assert town.rows("SELECT DISTINCT state FROM mails") == [("sent",)]
    assert town.rows("SELECT email_refused_at FROM people WHERE id = 2") == [(None,)]


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe\x00", b"Subject: I am on holiday\n\nBack on Monday.\n", b"\n" * 5000])
def test_what_is_no_report_is_said_to_be_none_and_the_mail_server_hears_no_complaint(town, sent, raw):
    code, said = piped(town, raw)
    assert (code, said) == (0, "This is no report of a mail server: there is no delivery-status in it.\n")


def test_a_report_about_an_address_of_the_past_does_not_stop_the_present_one(town, sent):
    town.set("UPDATE people SET email = 'ben@new.example' WHERE id = 2")
    bounces.bounced(report(sent))
    assert town.rows("SELECT email_refused_at FROM people WHERE id = 2") == [(None,)]


def test_when_the_database_is_away_the_mail_server_keeps_the_report(town, sent, monkeypatch):
    def away(_raw):
        raise OperationalError("SELECT 1", {}, Exception("no connection"))

    monkeypatch.setattr(bounces, "bounced", away)
    assert piped(town, report(sent)) == (75, "The database cannot be used: no connection\n")
