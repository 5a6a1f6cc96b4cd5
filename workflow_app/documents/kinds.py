"""The kinds of files that are taken, and why these.

Papers and minutes come as PDF or from an office program, lists as spreadsheets or CSV, plans and
photographs as images, letters as plain text. All of them can be told by their content and carry
nothing that runs by itself. Not taken: SVG and HTML (they carry scripts), archives (nobody sees
what is in them), sound and film (too large for a case file, and nobody reads them in a meeting),
the old office formats of before 2007 (macros cannot be told from text in them).
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow_app.engine.definition import message as _

_OASIS = "application/vnd.oasis.opendocument."
_OPEN_XML = "application/vnd.openxmlformats-officedocument."


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its media type, what people call it, how names end, and `shown`: whether a
    browser may show it in its own window."""

    mime_type: str
    label: str
    endings: tuple[str, ...]
    shown: bool = False


PDF = Kind("application/pdf", _("PDF"), ("pdf",), shown=True)
ODT = Kind(f"{_OASIS}text", _("text document (ODT)"), ("odt",))
ODS = Kind(f"{_OASIS}spreadsheet", _("spreadsheet (ODS)"), ("ods",))
ODP = Kind(f"{_OASIS}presentation", _("presentation (ODP)"), ("odp",))
DOCX = Kind(f"{_OPEN_XML}wordprocessingml.document", _("text document (DOCX)"), ("docx",))
XLSX = Kind(f"{_OPEN_XML}spreadsheetml.sheet", _("spreadsheet (XLSX)"), ("xlsx",))
PPTX = Kind(f"{_OPEN_XML}presentationml.presentation", _("presentation (PPTX)"), ("pptx",))
PNG = Kind("image/png", _("image (PNG)"), ("png",), shown=True)
JPEG = Kind("image/jpeg", _("image (JPEG)"), ("jpg", "jpeg"), shown=True)
WEBP = Kind("image/webp", _("image (WebP)"), ("webp",), shown=True)
GIF = Kind("image/gif", _("image (GIF)"), ("gif",), shown=True)
TEXT = Kind("text/plain", _("plain text"), ("txt", "md"))
CSV = Kind("text/csv", _("table (CSV)"), ("csv",))

SIGNED = (PDF, PNG, JPEG, WEBP, GIF)
"""Kinds that can be told by their first bytes."""
OFFICE = (ODT, ODS, ODP, DOCX, XLSX, PPTX)
WRITTEN = (TEXT, CSV)
KINDS = (*SIGNED, *OFFICE, *WRITTEN)
BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
BY_TYPE = {kind.mime_type: kind for kind in KINDS}
ENDINGS = ", ".join(BY_ENDING)
"""All endings as a list in a sentence."""
ACCEPT = ",".join(f".{ending}" for ending in BY_ENDING)
"""All endings as a file field of a form takes them."""
