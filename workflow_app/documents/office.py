"""Looking into files of office programs: they are archives, and only some archives are what they say.

Nothing is unpacked: the list of contents and the few small entries that say what it is are enough.
"""

from __future__ import annotations

import zipfile
import zlib
from typing import BinaryIO

from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Invalid

from .kinds import DOCX, ODP, ODS, ODT, PPTX, XLSX, Kind

SMALL = 1024 * 1024
MOST_ENTRIES = 5_000
MOST_UNPACKED = 512 * 1024 * 1024
RATIO, ALWAYS_FINE = 100, 50 * 1024 * 1024
"""An archive may unpack to a hundred times its size; up to 50 MB nobody minds."""
TYPES = "[Content_Types].xml"
MAIN = {
    b"wordprocessingml.document.main+xml": DOCX,
    b"spreadsheetml.sheet.main+xml": XLSX,
    b"presentationml.presentation.main+xml": PPTX,
}
MACROS = _("%(name)s holds macros. Please save it without macros.")
LOCKED = _("%(name)s is protected by a password. Please save it without one.")


def kind_of(stream: BinaryIO, name: str) -> Kind | None:
    """What an archive is: one of the office kinds, or None for any other archive or a broken one.
    Raises Invalid for what nobody should open: macros, a password, a bomb."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            _must_be_harmless(archive, stream, name)
            return _open_document(archive, name) or _open_xml(archive, name)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, RuntimeError, ValueError, KeyError):
        return None


def _must_be_harmless(archive: zipfile.ZipFile, stream: BinaryIO, name: str) -> None:
    entries = archive.infolist()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Invalid(LOCKED, name=name)
    unpacked, packed = sum(entry.file_size for entry in entries), stream.seek(0, 2)
    bomb = unpacked > MOST_UNPACKED or unpacked > max(ALWAYS_FINE, RATIO * packed)
    if bomb or len(entries) > MOST_ENTRIES:
        raise Invalid(_("%(name)s would become far too large when it is opened."), name=name)


def _open_document(archive: zipfile.ZipFile, name: str) -> Kind | None:
    """ODT, ODS, ODP: the first entry says so; passwords stand in the manifest, macros in folders."""
    if "mimetype" not in archive.namelist():
        return None
    said = _read(archive, "mimetype").decode("ascii", "replace").strip()
    found = {kind.mime_type: kind for kind in (ODT, ODS, ODP)}.get(said)
    if found and b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
        raise Invalid(LOCKED, name=name)
    if found and any(entry.startswith(("Basic/", "Scripts/")) for entry in archive.namelist()):
        raise Invalid(MACROS, name=name)
    return found


def _open_xml(archive: zipfile.ZipFile, name: str) -> Kind | None:
    """DOCX, XLSX, PPTX: the list of content types names the main part."""
    if TYPES not in archive.namelist():
        return None
    types = _read(archive, TYPES)
    programs = any(entry.lower().endswith("vbaproject.bin") for entry in archive.namelist())
    if programs or b"macroenabled" in types.lower():
        raise Invalid(MACROS, name=name)
    return next((kind for said, kind in MAIN.items() if said in types), None)


def _read(archive: zipfile.ZipFile, entry: str) -> bytes:
    """The beginning of an entry; what claims to be small but is not is cut off."""
    with archive.open(entry) as file:
        return file.read(SMALL)
