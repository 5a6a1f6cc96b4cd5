"""What a file is, told by its content; its name must say the same."""

from __future__ import annotations

import codecs
from typing import BinaryIO

import filetype

from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Invalid

from . import office
from .kinds import BY_ENDING, BY_TYPE, ENDINGS, OFFICE, SIGNED, WRITTEN, Kind
from .names import ending
from .store import CHUNK

HEAD = 8192
ZIP, COMPOUND = b"PK", bytes.fromhex("d0cf11e0a1b11ae1")
MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<head", b"<body", b"<iframe")
BLANK = b" \t\r\n\x0c"
NOT_IN_TEXT = bytes(set(range(32)) - set(b"\t\n\r\x0c")) + b"\x7f"


def examine(stream: BinaryIO, name: str) -> Kind:
    """The kind of a file. Raises Invalid, with the name in the sentence, for a kind that is not taken
    and for content that is not what the name says."""
    said = BY_ENDING.get(ending(name))
    if said is None:
        raise Invalid(_("%(name)s: files of this kind are not taken. These are: %(endings)s."), name=name,
                      endings=ENDINGS)  # fmt: skip
    stream.seek(0)
    head = stream.read(HEAD)
    if not head:
        raise Invalid(_("%(name)s is empty."), name=name)
    if said in OFFICE and head.startswith(COMPOUND):
        raise Invalid(_("%(name)s is protected by a password or in an old format. Please save it without a password"
                        " as ODT, DOCX or PDF."), name=name)  # fmt: skip
    found = _found(stream, name, head, said)
    if found is None:
        raise Invalid(
            _("%(name)s is not a file of the kind %(said)s, whatever its name says."),
            name=name, said=said.endings[0].upper(),
        )  # fmt: skip
    if found is not said:
        raise Invalid(
            _("%(name)s is not a file of the kind %(said)s but %(found)s. Please name it correctly."),
            name=name, said=said.endings[0].upper(), found=found.endings[0].upper(),
        )  # fmt: skip
    return found


def _found(stream: BinaryIO, name: str, head: bytes, said: Kind) -> Kind | None:
    """The kind that the content proves. Text has no mark of its own: it is text if nothing in it
    speaks against it, and whether it is a table only its name can say."""
    if said in WRITTEN:
        return said if _is_text(stream, head) else _by_signature(head)
    if head.startswith(ZIP):
        return office.kind_of(stream, name)
    return _by_signature(head)


def _by_signature(head: bytes) -> Kind | None:
    found = BY_TYPE.get(filetype.guess_mime(head) or "")
    return found if found in SIGNED else None


def _is_text(stream: BinaryIO, head: bytes) -> bool:
    """Whether all of it can be read as UTF-8 or Latin-1 without control characters, and is no markup
    that a browser would carry out."""
    if head.removeprefix(codecs.BOM_UTF8).lstrip(BLANK).lower().startswith(MARKUP):
        return False
    stream.seek(0)
    while chunk := stream.read(CHUNK):
        if chunk.translate(None, NOT_IN_TEXT) != chunk:
            return False
    return True
