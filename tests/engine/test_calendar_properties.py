"""The calendar against slow, plain counting day by day, for any date, period and town."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from itertools import count, islice

from hypothesis import given
from hypothesis import strategies as st

from workflow_app.engine.calendar import FIRST_YEAR, LAST_YEAR, Calendar, Mode, Period, Unit

SH = Calendar()
DAY = timedelta(days=1)
WORKING_OR_NOT = st.sampled_from([Unit.DAY, Unit.WORKING_DAY])

dates = st.dates(date(FIRST_YEAR + 7, 1, 1), date(LAST_YEAR - 20, 12, 31))
periods = st.one_of(
    st.builds(Period, st.integers(0, 400), st.just(Unit.DAY)),
    st.builds(Period, st.integers(0, 60), st.sampled_from([Unit.WEEK, Unit.MONTH, Unit.WORKING_DAY])),
    st.builds(Period, st.integers(0, 6), st.just(Unit.YEAR)),
)
bare_periods = periods.filter(lambda period: period.unit is not Unit.WORKING_DAY)

# ------------------------------------------------------------- what it is compared with


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian algorithm."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def repentance(year: int) -> date:
    """The Wednesday before 23 November."""
    return next(d for d in (date(year, 11, 22) - DAY * i for i in range(7)) if d.weekday() == 2)


def holidays_of_schleswig_holstein(year: int) -> set[date]:
    """As its law on Sundays and holidays names them, over the years."""
    found = {date(year, m, d) for m, d in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))}
    found |= {easter(year) + timedelta(days=offset) for offset in (-2, 1, 39, 50)}
    found |= {date(year, 10, 31)} if year == 2017 or year >= 2018 else set()
    return found | ({repentance(year)} if year < 1995 else set())


def works(day: date) -> bool:
    return day.weekday() < 5 and day not in holidays_of_schleswig_holstein(day.year)


def walk(start: date, step: timedelta = DAY) -> Iterator[date]:
    """The days after a day, or before it."""
    return (start + step * i for i in count(1))


def nth(start: date, n: int, step: timedelta = DAY) -> date:
    """The n-th working day from a day on, which does not count itself."""
    return start if n == 0 else next(islice(filter(works, walk(start, step)), n - 1, None))


def plainly_after(start: date, period: Period) -> date:
    """The end by walking: months are counted by their first days, and the number of the day is
    looked for backwards from the end of the month."""
    if period.unit is Unit.WORKING_DAY:
        return nth(start, period.n)
    if period.unit in (Unit.DAY, Unit.WEEK):
        return start + DAY * period.n * (7 if period.unit is Unit.WEEK else 1)
    firsts, day = period.n * (12 if period.unit is Unit.YEAR else 1), start
    while firsts or (day + DAY).day != 1:
        day += DAY
        firsts -= day.day == 1
    while day.day > start.day:
        day -= DAY
    return day


# ------------------------------------------------------------------------- holidays


def test_the_holidays_of_every_known_year_are_those_of_the_law():
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        assert set(SH.holidays(year)) == holidays_of_schleswig_holstein(year), year


@given(dates)
def test_the_next_working_day_is_the_first_one_that_works(day):
    found = SH.next_working_day(day)
    assert found == next(d for d in (day, *islice(walk(day), 12)) if works(d))
    assert SH.previous_working_day(day) == next(d for d in (day, *islice(walk(day, -DAY), 12)) if works(d))


@given(dates, st.integers(0, 400), st.integers(0, 400))
def test_working_days_between_add_up_and_are_those_that_work(start, first, second):
    middle, end = start + DAY * first, start + DAY * (first + second)
    assert SH.working_days_between(start, middle) == sum(map(works, islice(walk(start), first)))
    whole = SH.working_days_between(start, middle) + SH.working_days_between(middle, end)
    assert SH.working_days_between(start, end) == whole


@given(dates, st.integers(1, 60))
def test_counted_the_other_way_working_days_are_negative_and_mirrored(end, span):
    start = end + DAY * span
    assert SH.working_days_between(start, end) == -sum(map(works, (end + DAY * i for i in range(span))))


# ------------------------------------------------------------------------- forwards


@given(dates, periods)
def test_after_is_what_walking_day_by_day_finds(start, period):
    assert SH.after(start, period, roll=False) == plainly_after(start, period)


@given(dates, periods)
def test_an_end_never_moves_backwards_never_stands_on_a_free_day_and_never_moves_too_far(start, period):
    bare, rolled = SH.after(start, period, roll=False), SH.after(start, period)
    assert works(rolled)
    assert rolled >= bare
    assert not any(works(bare + DAY * i) for i in range((rolled - bare).days))


@given(dates, st.integers(0, 60), periods, st.integers(0, 12), st.booleans())
def test_who_begins_later_or_has_longer_never_ends_earlier(start, later, period, more, roll):
    end = SH.after(start, period, roll=roll)
    assert SH.after(start + DAY * later, period, roll=roll) >= end
    assert SH.after(start, Period(period.n + more, period.unit), roll=roll) >= end


@given(dates, bare_periods.filter(lambda period: period.n > 0))
def test_a_period_whose_first_day_counts_is_followed_by_the_day_of_the_same_number(first, period):
    last = SH.from_day(first, period, roll=False)
    following = plainly_after(first, period)
    if following.day == first.day or period.unit in (Unit.DAY, Unit.WEEK):
        assert last == following - DAY
    else:  # the month has no such day: it ends with the month (188(3))
        assert last == following
        assert (last + DAY).day == 1


@given(dates, periods, st.booleans())
def test_an_extension_begins_on_the_day_after_the_old_end(due, period, roll):
    assert SH.extend(due, period, roll=roll) == SH.from_day(due + DAY, period, roll=roll)
    assert SH.extend(due, period, roll=roll) >= due


@given(dates, st.integers(0, 200), st.integers(0, 200))
def test_days_of_an_extension_are_added_to_those_of_the_period(start, n, more):
    due = SH.after(start, Period(n, Unit.DAY), roll=False)
    extended = SH.extend(due, Period(more, Unit.DAY), roll=False)
    assert extended == SH.after(start, Period(n + more, Unit.DAY), roll=False)


# ------------------------------------------------------------------------ backwards


@given(dates, st.integers(1, 90), WORKING_OR_NOT)
def test_full_days_and_days_between_are_one_count_of_free_days_in_the_middle(meeting, n, unit):
    last = SH.before(meeting, n, Mode.FULL_DAYS, unit)
    assert last == SH.before(meeting, n, Mode.DAYS_BETWEEN, unit)
    between = [last + DAY * i for i in range(1, (meeting - last).days)]
    assert sum(works(day) or unit is Unit.DAY for day in between) == n
    assert works(between[0]) or unit is Unit.DAY


@given(dates, st.integers(1, 90), WORKING_OR_NOT)
def test_the_modes_differ_by_the_days_they_count_themselves(meeting, n, unit):
    clear, before = (SH.before(meeting, n, mode, unit) for mode in (Mode.FULL_DAYS, Mode.DAYS_BEFORE))
    both = SH.before(meeting, n, Mode.DAYS_BETWEEN_WITH_ENDS, unit)
    assert clear == before - DAY
    assert both == SH.before(meeting + DAY, n, Mode.DAYS_BEFORE, unit)
    assert clear < before <= both <= meeting
    counted = [both + DAY * i for i in range((meeting - both).days + 1)]
    assert sum(works(day) or unit is Unit.DAY for day in counted) == n


@given(dates, periods, st.sampled_from([Mode.DAYS_BEFORE, Mode.FULL_DAYS, Mode.DAYS_BETWEEN]))
def test_before_a_meeting_nothing_moves_towards_it(meeting, period, mode):
    stays, moved = SH.before(meeting, period, mode), SH.before(meeting, period, mode, earlier=True)
    assert works(moved)
    assert moved <= stays <= meeting
    assert not any(works(moved + DAY * i) for i in range(1, (stays - moved).days + 1))


@given(dates, st.integers(0, 40), st.integers(0, 90))
def test_a_later_meeting_or_a_shorter_period_never_wants_things_earlier(meeting, later, n):
    last = SH.before(meeting, n, unit=Unit.WORKING_DAY)
    assert SH.before(meeting + DAY * later, n, unit=Unit.WORKING_DAY) >= last
    assert SH.before(meeting, n + 1, unit=Unit.WORKING_DAY) <= last


@given(dates, st.integers(0, 300), st.sampled_from([Unit.DAY, Unit.WEEK, Unit.WORKING_DAY]))
def test_there_and_back_again(start, n, unit):
    start = SH.next_working_day(start)
    assert SH.back(SH.after(start, Period(n, unit), roll=False), Period(n, unit)) == start


@given(dates, st.integers(0, 60), st.times())
def test_with_a_cut_off_the_answer_is_the_instant_on_the_last_day(meeting, n, cut_off):
    local = SH.before(meeting, n, cut_off=cut_off.replace(tzinfo=None))
    assert local.tzinfo is UTC
    assert SH.local_date(local) == SH.before(meeting, n)


# ---------------------------------------------------------------------- standing still


@given(dates, st.integers(-400, 400), WORKING_OR_NOT)
def test_to_stop_and_go_on_on_one_day_changes_nothing(now, span, unit):
    due = SH.next_working_day(now + DAY * span) if span >= 0 else SH.previous_working_day(now + DAY * span)
    assert SH.resume(now, SH.remaining(now, due, unit), unit) == (due if due != now else SH.next_working_day(now))


@given(dates, st.integers(0, 200), st.integers(0, 400), WORKING_OR_NOT)
def test_a_stopped_clock_has_as_much_left_when_it_goes_on(now, left, later, unit):
    again = now + DAY * later
    assert SH.remaining(again, SH.resume(again, left, unit, roll=False), unit) == left


@given(dates, st.integers(1, 200), st.integers(0, 400))
def test_who_was_late_is_late_by_the_same_number_of_days(now, late, later):
    left = SH.remaining(now, now - DAY * late)
    assert SH.resume(now + DAY * later, left) == now + DAY * (later - late)
