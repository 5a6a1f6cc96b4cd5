"""Small files of every kind, made here byte by byte, and some that are not what they say."""

from __future__ import annotations

import io
import zipfile

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 40 + b"\xff\xd9"
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 40
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\x00" * 20 + b";"
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 200
OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

OPEN_XML = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}
OASIS = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}


def archive(*entries: tuple[str, bytes]) -> bytes:
    """An archive with these entries, packed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    return made.getvalue()


def open_xml(kind: str = "docx", *more: tuple[str, bytes]) -> bytes:
    """A file of an office program as its content types say."""
    types = f'<Types><Override PartName="/main.xml" ContentType="{OPEN_XML[kind]}"/></Types>'
    return archive(("[Content_Types].xml", types.encode()), ("main.xml", b"<x/>"), *more)


def oasis(kind: str = "odt", *more: tuple[str, bytes], manifest: bytes = b"<manifest/>") -> bytes:
    """A file of an office program as its first entry says."""
    return archive(
        ("mimetype", OASIS[kind].encode()), ("META-INF/manifest.xml", manifest), ("content.xml", b"<x/>"), *more
    )


def bomb() -> bytes:
    """A text document of some hundred kilobytes that would become a hundred megabytes."""
    return open_xml("docx", ("word/media/nothing", b"\x00" * 100_000_000))


GOOD = {
    "a.pdf": PDF, "b.png": PNG, "c.jpg": JPEG, "c.JPEG": JPEG, "d.webp": WEBP, "e.gif": GIF,
    "f.txt": "Grüße aus Flensburg\r\n".encode(), "g.txt": "Grüße".encode("latin-1"), "h.csv": b"Nr;Name\n1;Park\n",
    "i.md": b"# Protokoll\n", "MZ.txt": "MZ heißt Mehrzweck".encode(),
    **{f"office.{kind}": open_xml(kind) for kind in OPEN_XML}, **{f"office.{kind}": oasis(kind) for kind in OASIS},
}  # fmt: skip
