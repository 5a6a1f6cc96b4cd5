"""Who may act, who is told, who may see: one type for all three."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


class Message(str):
    """A text of ours, to be translated where it is read; what somebody has written is none."""

    __slots__ = ()


def message(text: str) -> str:
    """Mark a text for translation; imported as `_` where processes are written."""
    return Message(text)


@dataclass(frozen=True, slots=True)
class Seat:
    """One way to belong to a case.

    `part` is the role of a `CaseParty` row (``steering_group``); a row that names a person gives
    the principal ``person:7``, a row that names an organization gives ``<role>@12``. A seat
    without a part stands for itself: ``public``, ``account``, ``clock``; with `unless` only as long
    as nobody holds that part in the case.
    """

    name: str
    label: str
    part: str = ""
    role: str = "member"
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """Who may act, who is told, who may see: one or more seats, combined with `|`."""

    seats: tuple[Seat, ...] = ()

    def __or__(self, other: Party) -> Party:
        return Party(self.seats + tuple(seat for seat in other.seats if seat not in self.seats))

    def __bool__(self) -> bool:
        return bool(self.seats)

    def principals(self, parts: Mapping[str, tuple[Holder, ...]]) -> tuple[str, ...]:
        """The principals of this party in a case with these parts, in order, each once."""
        found: dict[str, None] = {}
        for seat in self.seats:
            if seat.unless and parts.get(seat.unless):
                continue
            if not seat.part:
                found[seat.name] = None
            else:
                for holder in parts.get(seat.part, ()):
                    found[holder.principal(seat.role)] = None
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a part in a case: a person or an organization, never both."""

    person: int | None = None
    organization: int | None = None

    def principal(self, role: str) -> str:
        return f"person:{self.person}" if self.person else f"{role}@{self.organization}"


def party(name: str, label: str, part: str = "", role: str = "member") -> Party:
    """A party of one seat; by default its part in the case is called as the party itself."""
    return Party((Seat(name, label, part or name, role),))


NOBODY = Party()
everyone = Party((Seat("public", message("Everyone")),))


def everyone_unless(part: str, label: str) -> Party:
    """Everyone, as long as nobody holds that part: who holds it are those among whom a case is kept."""
    return Party((Seat("public", label, unless=part),))


signed_in = Party((Seat("account", message("Everyone who is signed in")),))
clock_party = Party((Seat("clock", message("The clock")),))


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts now: a person with the principals held today, or the clock.

    `lent` are those principals that they hold only as the deputy of an absent member, each with that
    member (a person's id); several for one principal where they stand in for several. The first counts.
    """

    person: int | None
    principals: frozenset[str]
    lent: tuple[tuple[str, int], ...] = ()

    @property
    def is_clock(self) -> bool:
        return "clock" in self.principals

    def stands_in_for(self, needed: Iterable[str]) -> int | None:
        """The absent member for whom they do what takes one of these principals; None where they may do
        it in their own right."""
        needed = set(needed)
        own = self.principals.difference(principal for principal, _member in self.lent)
        if not own.isdisjoint(needed):
            return None
        return next((member for principal, member in self.lent if principal in needed), None)


CLOCK = Actor(None, frozenset({"clock"}))
