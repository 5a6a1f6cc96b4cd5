"""A property test looks at the same examples, whatever was imported before it in its process."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

CONSTANTS = "".join(f"W{n}, N{n} = 'a word of our own, {n}', {n * 7919}\n" for n in range(40))


def examples() -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []

    @given(st.integers(), st.text())
    def look(number: int, word: str) -> None:
        found.append((number, word))

    look()
    return found


def test_another_module_of_ours_changes_no_examples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    before = examples()
    (tmp_path / "another_module_of_ours.py").write_text(CONSTANTS)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("another_module_of_ours")
    after = examples()
    del sys.modules["another_module_of_ours"]
    assert after == before
