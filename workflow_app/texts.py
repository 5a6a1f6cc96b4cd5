"""The texts people read, collected from code and pages into the catalogues of translations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
CATALOGUES = HERE / "translations"
METHODS = [("**.py", "python"), ("templates/**", "jinja2")]
OURS = "Teilhabe"
KEYWORDS: dict[str, Any] = {**DEFAULT_KEYWORDS, "message": None, "lazy_gettext": None}


def said() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every message id with the file and line where it stands; singular and plural as a pair."""
    for file, line, id_, _comments, _context in extract_from_dir(HERE, METHODS, keywords=KEYWORDS):
        yield f"{Path(file).as_posix()}:{line}", id_


def catalogue(language: str) -> Catalog:
    """The catalogue of one language as it stands in its file."""
    with _file(language).open("rb") as file:
        return read_po(file, locale=language)


def update(language: str = "de") -> list[str]:
    """Add what is new, drop what nobody says any more, and give the ids that are not translated."""
    before = catalogue(language)
    after = Catalog(
        locale=language, header_comment=before.header_comment, project=before.project, version=before.version,
        creation_date=before.creation_date, revision_date=before.revision_date, fuzzy=False,
        msgid_bugs_address=OURS, last_translator=OURS, language_team=OURS,
    )  # fmt: skip
    for _where, id_ in said():
        known = before.get(id_ if isinstance(id_, str) else id_[0])
        after.add(id_, known.string if known and not known.fuzzy else "")
    with _file(language).open("wb") as file:
        write_po(file, after, sort_output=True, no_location=True, width=100)
    return [str(message.id) for message in after if message.id and not _is_translated(message.string)]


def _is_translated(text: Any) -> bool:
    return bool(text) and all(text if isinstance(text, (list, tuple)) else (text,))


def _file(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "messages.po"
