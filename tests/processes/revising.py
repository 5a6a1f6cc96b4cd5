"""How revisions of the small town come to where a test needs them."""

from __future__ import annotations

from typing import Any

from tests.processes.paths import WORDS, approve, outcome, to_council
from tests.processes.town import HOUSING, WORKS, Town


def opened(town: Town, case: int) -> int:
    """A revision on demand."""
    return town.do(case, "open_revision", "office", reason="Two fields are missing.").opened[0]


def drafting(town: Town, case: int, reach: str = "extends") -> int:
    """A revision that goes without a comment round."""
    revision = opened(town, case)
    town.do(revision, "skip_round", "office", reach=reach, no_round_note="It is small.")
    return revision


def add(town: Town, revision: int, title: str, who: str = "housing", **more: Any) -> int:
    """A new measure for the next version."""
    given = {"working_group": HOUSING, "owner": WORKS} | more
    return town.do(revision, "add_measure", who, title=title, **WORDS | given).opened[0]


def decided(town: Town, revision: int, word: str = "adopted", **more: Any) -> None:
    """What the council made of it."""
    approve(town, revision)
    to_council(town, revision)
    outcome(town, revision, 1, word, **more)
