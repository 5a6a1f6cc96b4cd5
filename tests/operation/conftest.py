"""What the tests of operation share."""

from __future__ import annotations

from tests.cases.conftest import at_work, cases

__all__ = ["at_work", "cases"]
