"""Clocks that are wrong by an hour, both changes of summer time, a leap day, and three days of standstill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from workflow_app.engine import clock

from .installation import Installation, installation
from .looking import faults, messages, rows
from .outcome import Outcome, counted
from .scale import Scale
from .waiting import until

FAULT = "clocks"
ZONE = ZoneInfo("Europe/Berlin")
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
BEFORE = timedelta(minutes=4)
"""So long before a moment a scheduler looks for the last time in vain: it must have looked before the moment."""
Told = tuple[int, str]


@dataclass(frozen=True)
class Season:
    """Questions that are asked on a day, with the last days for their answers; then the clock is there at
    these moments, in this order, and each time somebody starts a scheduler."""

    name: str
    asked: date
    last_days: tuple[date, ...]
    looks: tuple[datetime, ...]


def midnight(day: date) -> datetime:
    """The beginning of a day in the town; worked out without the application's calendar."""
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def _around(day: date) -> tuple[datetime, datetime]:
    """Shortly before the end of a day and just after it."""
    return midnight(day + DAY) - BEFORE, midnight(day + DAY) + SECOND


def _an_hour_wrong(day: date) -> tuple[datetime, ...]:
    """An hour behind, an hour ahead, and back again: half an hour before the end of the day, and at last after it."""
    end = midnight(day + DAY)
    return end - HOUR / 2, end + HOUR / 2, end - HOUR / 2, end + SECOND


def seasons(scale: Scale) -> list[Season]:
    """What is lived through. The days are those around which the length of a day or a month surprises."""
    spring, autumn, leap = date(2026, 3, 29), date(2026, 10, 25), date(2024, 2, 29)
    short = [
        Season("summer time begins, clocks an hour wrong", spring - 13 * DAY, (spring,), _an_hour_wrong(spring)),
        Season("summer time ends", autumn - 13 * DAY, (autumn,), _around(autumn)),
        Season(
            "three days down around a leap day", leap - 20 * DAY, (leap + DAY, leap, leap - DAY),
            (midnight(leap - DAY) + HOUR, midnight(leap + 2 * DAY) + HOUR),
        ),
    ]  # fmt: skip
    return short + scale.of([], [_every_day(spring), _every_day(autumn), _every_day(leap)])


def _every_day(middle: date) -> Season:
    """Five days around a day, each end of a day from both sides and with clocks an hour wrong."""
    days = tuple(middle + n * DAY for n in range(-2, 3))
    looks = [look for day in days for look in (*_around(day)[:1], *_an_hour_wrong(day))]
    return Season(f"every day around {middle}", middle - 16 * DAY, days, tuple(looks))


def clocks(scale: Scale) -> Outcome:
    """Nothing comes early by the clock that fires it, nothing twice, and after a standstill everything in
    the order of its moments."""
    found = Outcome(FAULT)
    for season in seasons(scale):
        with installation() as place:
            found += _lived_through(place, season)
    return found


def _lived_through(place: Installation, season: Season) -> Outcome:
    with clock.at(midnight(season.asked) + 10 * HOUR):
        cases = [place.town.questions(1, until=str(day))[0] for day in season.last_days]
    moments = _moments(place, cases, season.last_days)
    latest, broken = season.looks[0], []
    for look in season.looks:
        latest = max(latest, look)
        _look(place, look)
        wanted = {told for told, moment in moments.items() if moment <= latest}
        early = {one for one in _told(place) if one not in wanted}
        broken += [f"{season.name}: {notice} of case {case} came early, at {look}" for case, notice in sorted(early)]
    expected = [told for told, moment in moments.items() if moment <= latest]
    broken += _out_of_order(season, [(moments[told], told) for told in _told(place) if told in moments])
    return counted(
        FAULT, expected, _told(place), notes=[f"{season.name}: {len(season.looks)} starts of a scheduler"],
        broken=[*broken, *faults(place.engine)],
    )  # fmt: skip


def _out_of_order(season: Season, done: Sequence[tuple[datetime, Told]]) -> list[str]:
    """What was done after something that came due later."""
    pairs = pairwise(done)
    return [
        f"{season.name}: {told} of {moment} came after {before} of {earlier}"
        for (earlier, before), (moment, told) in pairs
        if moment < earlier
    ]


def _moments(place: Installation, cases: Sequence[int], last_days: Sequence[date]) -> dict[Told, datetime]:
    """When everything must come, worked out here from the days alone; only the last day of the reminder, which
    moves with holidays, is taken from the case."""
    reminders = dict(rows(place.engine, "SELECT case_id, due_on FROM due_dates WHERE name = 'reminder'"))
    found: dict[Told, datetime] = {}
    for case, last_day in zip(cases, last_days, strict=True):
        found[case, "warning:answer"] = midnight(last_day - 7 * DAY)
        found[case, "overdue:reminder"] = found[case, "status_reminder"] = midnight(reminders[case] + DAY)
        found[case, "overdue:answer"] = midnight(last_day + DAY)
    return found


def _told(place: Installation) -> list[Told]:
    """What was written because of the time, in that order."""
    return [one for one in messages(place.engine) if one[1] != "status_asked"]


def _look(place: Installation, moment: datetime) -> None:
    """Start a scheduler at a moment, let it go through all deadlines once, and kill it."""
    place.clock.set((moment - clock.now()).total_seconds())
    mark = place.folder / "swept"
    mark.unlink(missing_ok=True)
    program = place.scheduler(CHAOS_SWEPT=str(mark))
    until("it has looked at all deadlines", mark.exists)
    program.kill()
