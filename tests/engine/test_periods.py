"""What comes again every so often, counted from its anchor so that it never drifts (BGB 188, 189)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow_app.engine.calendar import FIRST_YEAR, LAST_YEAR, Period, Unit, next_occurrence

DAY = timedelta(days=1)

dates = st.dates(date(FIRST_YEAR + 7, 1, 1), date(LAST_YEAR - 20, 12, 31))
periods = st.one_of(
    st.builds(Period, st.integers(1, 400), st.just(Unit.DAY)),
    st.builds(Period, st.integers(1, 60), st.sampled_from([Unit.WEEK, Unit.MONTH])),
    st.builds(Period, st.integers(1, 6), st.just(Unit.YEAR)),
)


def kth(anchor: date, period: Period, k: int) -> date:
    """The k-th time, from the anchor itself: a short month does not shorten those that follow."""
    if period.unit in (Unit.DAY, Unit.WEEK):
        return anchor + DAY * period.n * k * (7 if period.unit is Unit.WEEK else 1)
    step = period.n * k * (12 if period.unit is Unit.YEAR else 1)
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + step, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return next(day for day in (following - DAY * i for i in count(1)) if day.day <= anchor.day)


@given(dates, periods, st.integers(-800, 30_000))
def test_what_comes_again_is_the_first_on_the_grid_of_its_anchor(anchor, period, later):
    after = min(anchor + DAY * later, date(LAST_YEAR, 12, 31))
    found = next_occurrence(anchor, period, after)
    length = {Unit.DAY: 1, Unit.WEEK: 7, Unit.MONTH: 30.44, Unit.YEAR: 365.25}[period.unit] * period.n
    k = max(1, round((found - anchor).days / length))
    assert found == kth(anchor, period, k)
    assert found > after
    assert k == 1 or kth(anchor, period, k - 1) <= after


def test_what_comes_again_after_days_does_so_for_any_number_of_years():
    every_day, ended = Period(1, Unit.DAY), date(2026, 1, 1)
    assert next_occurrence(date(1991, 1, 1), every_day, ended) == date(2026, 1, 2)
    assert next_occurrence(date(1991, 1, 1), Period(30, Unit.DAY), ended) == date(2026, 1, 27)


def test_what_comes_again_every_two_years_comes_in_the_month_of_its_anchor():
    march = [date(2016, 3, 1)]
    while len(march) < 4:
        march.append(next_occurrence(march[0], Period(2, Unit.YEAR), march[-1]))
    assert [day.year for day in march] == [2016, 2018, 2020, 2022]
    assert next_occurrence(date(2016, 2, 29), Period(1, Unit.YEAR), date(2019, 3, 1)) == date(2020, 2, 29)
    assert next_occurrence(date(2026, 1, 31), Period(1, Unit.MONTH), date(2026, 2, 28)) == date(2026, 3, 31)


@pytest.mark.parametrize("period", [Period(0, Unit.DAY), Period(3, Unit.WORKING_DAY)])
def test_some_periods_can_never_come_again(period):
    with pytest.raises(ValueError, match="nothing can come again"):
        next_occurrence(date(2026, 1, 1), period, date(2026, 1, 1))
