"""What comes in is told by its content; what is not what its name says is refused in words, and nothing is kept."""

from __future__ import annotations

import io

import pytest

from tests.documents import made
from workflow_app.documents import FolderStore, receive
from workflow_app.documents.kinds import BY_ENDING
from workflow_app.engine.errors import Invalid

MB = 1024 * 1024


@pytest.fixture
def store(tmp_path) -> FolderStore:
    return FolderStore(tmp_path / "documents")


@pytest.mark.parametrize("name", made.GOOD)
def test_what_is_what_its_name_says_is_kept_with_its_kind(store, name):
    got = receive(store, io.BytesIO(made.GOOD[name]), name, MB)
    assert (got.file_name, got.size) == (name, len(made.GOOD[name]))
    assert got.mime_type == BY_ENDING[name.rpartition(".")[2].lower()].mime_type
    with store.open(got.sha256) as file:
        assert file.read() == made.GOOD[name]


def with_a_password() -> bytes:
    """An archive that says that its entries are encrypted."""
    plain = bytearray(made.open_xml("docx"))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = plain.find(mark)
        while at >= 0:
            plain[at + offset] |= 1
            at = plain.find(mark, at + 4)
    return bytes(plain)


REFUSED = {
    "a program": ("bericht.pdf", made.EXE, "not a file of the kind PDF"),
    "a program as text": ("bericht.txt", made.EXE, "not a file of the kind TXT"),
    "an image with the wrong name": ("bild.pdf", made.PNG, "not a file of the kind PDF but PNG"),
    "a plain archive": ("brief.docx", made.archive(("a.txt", b"x")), "not a file of the kind DOCX"),
    "a table as a text document": ("brief.docx", made.open_xml("xlsx"), "not a file of the kind DOCX but XLSX"),
    "a broken archive": ("brief.docx", made.open_xml()[:60], "not a file of the kind DOCX"),
    "a bomb": ("brief.docx", made.bomb(), "far too large"),
    "macros": ("brief.docx", made.open_xml("docx", ("word/vbaProject.bin", b"x")), "macros"),
    "macros in a free format": ("brief.odt", made.oasis("odt", ("Basic/Standard/Module1.xml", b"x")), "macros"),
    "a password": ("brief.docx", with_a_password(), "password"),
    "a password in a free format": ("a.odt", made.oasis(manifest=b"<manifest:encryption-data/>"), "password"),
    "a password as office programs do it": ("brief.docx", made.OLD_OFFICE, "password"),
    "an old format": ("brief.doc", made.OLD_OFFICE, "not taken"),
    "markup": ("seite.html", made.HTML, "not taken"),
    "markup as text": ("seite.txt", b"\xef\xbb\xbf \n" + made.HTML, "not a file of the kind TXT"),
    "a drawing with a script": ("bild.svg", made.SVG, "not taken"),
    "a drawing as an image": ("bild.png", made.SVG, "not a file of the kind PNG"),
    "text with zeros": ("a.csv", b"a;b\x00\n", "not a file of the kind CSV"),
    "zeros far into a text": ("a.txt", b"a" * 3 * MB + b"\x00", "not a file of the kind TXT"),
    "nothing": ("leer.pdf", b"", "is empty"),
    "no ending": ("bericht", made.PDF, "not taken"),
    "two endings": ("bericht.pdf.exe", made.EXE, "not taken"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_what_it_says_is_refused_in_words_and_not_kept(store, what):
    name, content, why = REFUSED[what]
    with pytest.raises(Invalid) as no:
        receive(store, io.BytesIO(content), name, 10 * MB)
    assert why in str(no.value)
    assert name in str(no.value)
    assert not store.root.exists()


def test_the_largest_file_is_taken_and_one_byte_more_is_not(store):
    assert receive(store, io.BytesIO(b"a" * MB), "a.txt", MB).size == MB
    with pytest.raises(Invalid, match="larger than 1 MB"):
        receive(store, io.BytesIO(b"a" * (MB + 1)), "a.txt", MB)
    assert len(list(store.walk())) == 1


def test_an_archive_that_lies_about_its_sizes_is_refused(store):
    """Only the beginning of small entries is read, whatever the list of contents says."""
    types = made.OPEN_XML["docx"].encode() + b" " * 20_000_000
    true = made.archive(("[Content_Types].xml", types))
    lying = true.replace(len(types).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert receive(store, io.BytesIO(true), "a.docx", 10 * MB).size == len(true)
    with pytest.raises(Invalid, match="not a file of the kind DOCX"):
        receive(store, io.BytesIO(lying), "a.docx", 10 * MB)
