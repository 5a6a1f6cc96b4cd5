"""How the head of a mail is written down, so that every program reads in it what was meant.

The library that we write mails with damages what does not fit into one line: it loses spaces between words
that it encodes, and the quotation marks without which a comma in a name begins another address.
"""

from __future__ import annotations

import re
import unicodedata
from email.header import Header
from email.headerregistry import Address, AddressHeader
from email.policy import EmailPolicy
from email.utils import quote

WIDTH = 76
"""Characters of a line, with which every server and program can deal."""
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what comes after them, also of what is not theirs."""


def one_line(text: str, most: int = 200) -> str:
    """A text as it may stand in the head of a mail: no line breaks, nothing that turns what is written
    around it or would be read as something encoded, and not endless."""
    kept = ("" if TURNING.match(c) else " " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    line = " ".join("".join(kept).split()).replace("=?", "= ?")
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


class OneLine(EmailPolicy):
    """Texts and names are encoded as a whole, and addresses are never cut: the library would write a long one
    in a code that no mail program reads there. Bodies are plain ASCII on the way, which every server takes."""

    ADDRESSES = frozenset({"list-unsubscribe", "message-id", "in-reply-to", "references"})
    cte_type = "7bit"

    def fold(self, name: str, value: str) -> str:
        if name.lower() in self.ADDRESSES:
            return f"{name}: {value}{self.linesep}"
        if isinstance(value, AddressHeader):
            return self._people(name, value.addresses)
        if name.lower() == "subject":
            return f"{name}: {self._text(name, str(value), str(value))}{self.linesep}"
        return super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii")

    def _people(self, name: str, people: tuple[Address, ...]) -> str:
        between = f",{self.linesep} "
        return f"{name}: {between.join(self._person(name, one) for one in people)}{self.linesep}"

    def _person(self, name: str, one: Address) -> str:
        if not one.display_name:
            return one.addr_spec
        written = self._text(name, f'"{quote(one.display_name)}"', one.display_name)
        fits = self.linesep not in written and len(f"{name}: {written} <{one.addr_spec}>") <= WIDTH
        return f"{written}{'' if fits else self.linesep} <{one.addr_spec}>"

    def _text(self, name: str, plain: str, meant: str) -> str:
        """What is meant, as it stands if that can be read everywhere and fits into its line, else encoded."""
        if plain.isascii() and len(f"{name}: {plain}") <= WIDTH:
            return plain
        return Header(meant, "utf-8", WIDTH, name).encode(linesep=self.linesep)
