"""The public holidays of the German Länder, and what a calendar says when it has no right answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from holidays.countries.germany import Germany

FIRST_YEAR: int = Germany.start_year
LAST_YEAR: int = Germany.end_year
LANDS: tuple[str, ...] = tuple(Germany.subdivisions)


class CalendarError(ValueError):
    """The calendar cannot give a right answer, and so gives none."""


class UnknownLand(CalendarError):
    """There is no such German Land."""


class UnknownZone(CalendarError):
    """There is no such time zone, or the machine has no time zone data."""


class UnknownYear(CalendarError):
    """The holidays of that year are not known; guessing that there were none would be wrong."""


@lru_cache(maxsize=512)
def public_holidays(land: str, year: int) -> Mapping[date, str]:
    """The holidays of one year with their German names; raises UnknownYear outside the known years."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnknownYear(f"holidays are known from {FIRST_YEAR} to {LAST_YEAR}, not for {year}")
    found = Germany(subdiv=land, years=year, expand=False, language="de")
    return MappingProxyType(dict(sorted(found.items())))
