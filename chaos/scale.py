"""How much of a fault is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from .outcome import Outcome

T = TypeVar("T")


@dataclass(frozen=True)
class Scale:
    """The short form sees every fault once and belongs to the tests; the long form insists."""

    is_long: bool = False

    def of(self, short: T, long: T) -> T:
        """One of two amounts."""
        return long if self.is_long else short


SHORT, LONG = Scale(), Scale(is_long=True)
Fault = Callable[[Scale], Outcome]
