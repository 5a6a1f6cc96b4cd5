"""Reports of mail servers about mails that came back, piped into the operator's command."""

from __future__ import annotations

import contextlib
from base64 import encodebytes
from collections.abc import Callable
from email.message import EmailMessage, Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from quopri import encodestring

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from tests.jobs.town import BEN, Town
from workflow_app.jobs import bounces

ID = "<0123456789abcdef@mitmachen.example>"
RUBBISH = (
    b"<", b"<a@[>", b"<a@\n>", b"<a\x00@b>",  # the command is tried with these
    b"", b"<>", b"<a", b"<@>", b"<a@(", b"(", b'"', b"a", b"=?utf-8?q?", b"\xff\xfe", b"<\xe4@b>", b"\n", b"<<>>",
)  # fmt: skip


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


@pytest.mark.parametrize("rubbish", RUBBISH[:4])
def test_a_message_id_that_is_none_names_no_mail_of_ours(town, sent, rubbish):
    raw = report(ID).replace(ID.encode(), rubbish)
    assert piped(town, raw) == (0, "Nothing to write down: only late, or no mail of ours.\n")
    assert town.rows("SELECT DISTINCT state FROM mails") == [("sent",)]


@pytest.mark.parametrize("rubbish", RUBBISH)
@pytest.mark.parametrize("whole", [True, False])
def test_a_message_id_that_is_none_harms_no_reader(rubbish, whole):
    status, message_id = bounces.read(report(ID, whole=whole).replace(ID.encode(), rubbish))
    assert (status, message_id) == ("5.1.1", message_id if message_id in ("<@>", "<a@[>") else "")


@pytest.mark.parametrize("written", ["{}", "\n {}", "{} (ours)", "  {}\nMessage-ID: <other@else.example>"])
def test_a_message_id_is_found_however_the_line_is_folded(written):
    raw = report(ID).replace(ID.encode(), written.format(ID).encode())
    assert bounces.read(raw) == ("5.1.1", ID)


def beyond_ascii(encoding: str, head: str) -> bytes:
    """A report about a mail to an address beyond ASCII, as RFC 6533 wants it."""
    about = "Final-Recipient: utf-8; bén@exämple.org\nAction: failed\nStatus: 5.1.1\n"
    status = f"Reporting-MTA: dns; mx.town.example\n\n{about}"
    original = f"Message-ID: {ID}\nTo: bén@exämple.org\n\n"
    made = b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
    for kind, content in (("message/global-delivery-status", status), (head, original)):
        told = f"--B\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
        made += told + ENCODED[encoding](content.encode()) + b"\n"
    return made + b"--B--\n"


ENCODED: dict[str, Callable[[bytes], bytes]] = {"8bit": bytes, "base64": encodebytes, "quoted-printable": encodestring}


@pytest.mark.parametrize("encoding", ENCODED)
@pytest.mark.parametrize("head", ["message/global", "message/global-headers"])
def test_a_report_about_an_address_beyond_ascii_is_understood(encoding, head):
    assert bounces.read(beyond_ascii(encoding, head)) == ("5.1.1", ID)


@given(st.binary(max_size=40), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.sampled_from(RUBBISH))))
def test_no_report_however_damaged_makes_the_command_fail(before, damages):
    for whole in (report(ID), report(ID, whole=False), beyond_ascii("base64", "message/global")):
        damaged = whole
        for place, length, rubbish in damages:
            at = int(place * len(damaged))
            damaged = damaged[:at] + rubbish + damaged[at + length :]
        for raw in (damaged, before + damaged, before):
            with contextlib.suppress(bounces.NoReport):
                status, message_id = bounces.read(raw)
                assert status == "" or status.startswith("5")
                assert message_id.isascii()
                assert "\x00" not in message_id  # which not every database takes


def test_mails_within_mails_without_an_end_are_no_report():
    within = b"Content-Type: message/rfc822\n\n" * 10_000
    with pytest.raises(bounces.NoReport):
        bounces.read(within)
    status, before, rest = report(ID).partition(b"Content-Type: message/rfc822")
    assert bounces.read(status + b"Content-Type: message/rfc822\n\n" * 100 + before + rest)[0] == "5.1.1"


def test_a_report_comes_also_when_its_message_is_long_cleaned_away(town, sent):
    town.set("UPDATE mails SET outbox_id = NULL")
    assert piped(town, report(sent)) == (0, "Came back: unknown.\n")
    assert town.rows("SELECT state FROM mails WHERE person_id = 2") == [("bounced",)]


def test_a_report_that_is_here_before_its_mail_has_left_is_kept_by_the_mail_server(town):
    """A server that says at once what it thinks of a mail may be faster than our commit."""
    said = []

    def comes_back() -> None:
        with town.app.app_context():
            try:
                said.append(bounces.bounced(report(ID)))
            except bounces.TooEarly:
                said.append("too early")

    town.box.meanwhile = comes_back
    town.filed()
    town.work()
    assert set(said) == {"too early"}
    assert piped(town, report(ID))[0] == 0  # it was about no mail of ours
    town.set("UPDATE outbox SET state = 'running' WHERE queue = 'mails'")
    assert piped(town, report(ID))[0] == 75


def test_a_report_about_an_address_of_the_past_does_not_stop_the_present_one(town, sent):
    town.set("UPDATE people SET email = 'ben@new.example' WHERE id = 2")
    bounces.bounced(report(sent))
    assert town.rows("SELECT email_refused_at FROM people WHERE id = 2") == [(None,)]


def test_when_the_database_is_away_the_mail_server_keeps_the_report(town, sent, monkeypatch):
    def away(_raw):
        raise OperationalError("SELECT 1", {}, Exception("no connection"))

    monkeypatch.setattr(bounces, "bounced", away)
    assert piped(town, report(sent)) == (75, "The database cannot be used: no connection\n")
