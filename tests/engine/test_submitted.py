"""What was submitted is read without trusting it."""

from __future__ import annotations

from datetime import date

import pytest

from workflow_app.engine import submitted


@pytest.mark.parametrize("rubbish", [None, "1", 1.0, True, -1, 2**31, [], {}, [1]])
def test_only_a_whole_number_that_a_database_can_hold_is_one(rubbish):
    assert submitted.number(rubbish) is None
    assert submitted.number(7) == 7


def test_ids_come_alone_or_in_a_list_each_once():
    assert submitted.numbers([3, "x", 3, None, 4]) == (3, 4)
    assert submitted.numbers(3) == (3,)
    assert submitted.numbers(None) == ()
    assert submitted.are_numbers(None)
    assert submitted.are_numbers([1, 2])
    assert not submitted.are_numbers([1, "2"])
    assert not submitted.are_numbers("2")


def test_dates_texts_and_rows_are_what_they_should_be_or_nothing():
    assert submitted.day("2026-03-31") == date(2026, 3, 31)
    odd: tuple[object, ...] = ("2026-03", "x", None, 3, [], {})
    assert [submitted.day(written) for written in odd] == [None] * 6
    assert (submitted.text({"a": "b"}, "a"), submitted.text({"a": 1}, "a"), submitted.text({}, "a")) == ("b", "", "")
    assert submitted.entries([{"a": 1}, 3, "x"]) == ({"a": 1},)
    assert submitted.entries("x") == submitted.entries(None) == ()
