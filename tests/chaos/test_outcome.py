"""Counting: what is lost, doubled or broken is seen, and the command says so."""

from __future__ import annotations

import pytest

from chaos import __main__ as command
from chaos.outcome import Outcome, counted
from chaos.waiting import TooLate, until


def test_lost_and_doubled_effects_are_counted():
    outcome = counted("x", ["a", "b", "c"], ["a", "b", "b", "b"])
    assert (outcome.expected, outcome.seen, outcome.lost, outcome.doubled) == (3, 2, 1, 2)
    assert not outcome.is_kept


def test_what_nobody_expected_is_a_broken_promise():
    outcome = counted("x", ["a"], ["a", "z"])
    assert (outcome.lost, outcome.doubled, outcome.broken) == (0, 0, ("seen and not expected: z",))
    assert not outcome.is_kept


def test_runs_are_added_up_and_the_longest_recovery_counts():
    whole = counted("x", ["a"], ["a"], 2.5, notes=["slow"]) + counted("x", ["a"], ["a"], 1.5, notes=["slow"])
    assert whole == Outcome("x", 2, 2, 2, 0, 0, 2.5, ("slow",))
    assert whole.is_kept


def test_waiting_has_an_end():
    with pytest.raises(TooLate, match="rain"):
        until("rain", lambda: False, patience=0.01, pause=0.001)


@pytest.mark.parametrize(
    ("fault", "code", "word"),
    [
        (lambda scale: counted("x", ["a"], ["a"]), 0, "yes"),
        (lambda scale: counted("x", ["a"], []), 1, "NO"),
        (lambda scale: until("rain", lambda: False, patience=0), 1, "BROKEN x: not within 0 s: rain"),
    ],
)
def test_the_command_prints_a_table_and_fails_where_something_was_lost(monkeypatch, capsys, fault, code, word):
    monkeypatch.setattr(command, "FAULTS", {"x": fault})
    assert command.main(["--short"]) == code
    assert word in capsys.readouterr().out
