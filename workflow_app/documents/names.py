"""Names of files as people give them, made safe to keep, to show and to send."""

from __future__ import annotations

import unicodedata

LONGEST = 200
NAMELESS = "datei"
# What turns the direction of text around: with it a program could look like a picture ("gpj.exe").
BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
FORBIDDEN = frozenset('<>:"/\\|?*') | BIDI


def cleaned(name: str) -> str:
    """The name of a file without its folders, without control characters and what no file system
    takes; composed Unicode (NFC), at most 200 characters, the ending kept."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if _is_harmless(c))
    plain = " ".join(plain.split()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST] or NAMELESS
    stem = stem[: LONGEST - len(ending) - 1].rstrip(". ")
    return f"{stem or NAMELESS}.{ending}"[:LONGEST]


def _is_harmless(character: str) -> bool:
    return character not in FORBIDDEN and (character.isspace() or unicodedata.category(character)[0] != "C")


def ending(name: str) -> str:
    """How a name ends, in small letters and without the dot; nothing where it has no ending."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def stem(name: str) -> str:
    """A name without its ending: what a document is called that nobody has named."""
    return name.rpartition(".")[0] or name
