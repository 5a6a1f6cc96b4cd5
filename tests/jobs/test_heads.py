"""What stands in the head of a mail is read as it was meant, however long and whatever its letters."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage, Message
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_app.jobs.heads import OneLine, one_line

ADDRESS = "anna.muster@town.example"
ANYTHING = st.text(st.characters(codec="utf-8"), min_size=1, max_size=200)
SPOKEN = st.text(st.sampled_from("abc äöüß,.;:()<>@\"\\[]'–„“😀=?"), min_size=1, max_size=200)


def sent(text: str) -> bytes:
    """A mail with this subject, to somebody of this name, as it goes over the line."""
    mail = EmailMessage(OneLine())
    mail["Subject"] = text
    mail["From"] = Address("Teilhabe Flensburg", addr_spec="post@town.example")
    mail["To"] = Address(text, addr_spec=ADDRESS)
    mail.set_content("Guten Tag, Nell Förster,\nes gibt Neues.\n")
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))


def unfolded(mail: Message, name: str) -> str:
    return "".join(str(mail[name]).split("\r\n"))


def read(text: str) -> str:
    return str(make_header(decode_header(text)))


@given(ANYTHING | SPOKEN)
def test_a_subject_and_a_name_are_read_as_they_were_written(text):
    meant = one_line(text, 150)
    if not meant:
        return
    raw = sent(meant)
    mail = message_from_bytes(raw)
    assert read(unfolded(mail, "Subject")) == meant
    ((name, address),) = getaddresses([unfolded(mail, "To")])
    assert (read(name), address) == (meant, ADDRESS)
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 78


@pytest.mark.parametrize(
    "name",
    [
        "Koordinierungsstelle Teilhabe, Fachbereich Soziales und Gesundheit, Stadt Flensburg, Frau Muster",
        "boss@rathaus.example, Anna Muster, die hier nur einen sehr langen Namen hat, und sonst nichts",
    ],
)
def test_a_long_name_stays_the_name_of_one_person(name):
    mail = message_from_bytes(sent(name))
    assert [address for _name, address in getaddresses([unfolded(mail, "To")])] == [ADDRESS]


def test_a_name_that_looks_encoded_is_not_decoded():
    mail = message_from_bytes(sent(one_line("=?utf-8?q?Die_B=C3=BCrgermeisterin?=")))
    for name in ("Subject", "To"):
        assert "Bürgermeisterin" not in read(unfolded(mail, name))


def test_what_is_short_stands_there_as_it_is():
    raw = sent("Anna Muster").decode()
    assert "Subject: Anna Muster\r\n" in raw
    assert f'To: "Anna Muster" <{ADDRESS}>\r\n' in raw
