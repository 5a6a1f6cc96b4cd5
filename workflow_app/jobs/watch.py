"""Whether the clock on the wall can be trusted; if not, nothing happens that could not be taken back.

A clock that jumps forwards while the scheduler runs would let time run out for people who still have
some. So the scheduler compares it with the time that has really passed, and with the clock of a database
on another machine. Where it has jumped by more than `HOLD`, deadlines and clean-ups wait, and an incident
says so, until the jump is taken back or a person has said that the time is right. A standstill is no jump:
who was not running has measured nothing.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select, text

from workflow_app.engine import clock
from workflow_app.incidents import Trouble, report, solved
from workflow_app.models import Incident

log = logging.getLogger(__name__)
TOLD = timedelta(minutes=5)
"""A smaller jump is of no interest."""
HOLD = timedelta(hours=1)
"""After a larger jump forwards nothing is done because of the time."""
FORWARDS, A_LITTLE, BACKWARDS = "jumped forwards", "jumped a little", "jumped backwards"
APART = "is ahead of the database"
HELD = (FORWARDS, APART)
"""Of these, what depends on the time waits."""
SUBJECTS = {FORWARDS: "clock", APART: "clock:apart", A_LITTLE: "clock:small", BACKWARDS: "clock:small"}
"""The incident of each: why everything waits is not overwritten by what another machine's clock has done."""
CONFIRMED = ("retrying", "discarded")
"""States of the incident by which a person says that the time is right."""


@dataclass
class Watch:
    """Looks at the clock before everything that depends on it. `wall` and `elapsed` are the two clocks;
    `held_because` is what was found, empty while all is well."""

    engine: Engine
    wall: Callable[[], datetime] = clock.now
    elapsed: Callable[[], float] = clock.elapsed
    held_because: str = ""
    _has_begun: bool = False
    _held_at: datetime | None = None  # by the clock that has jumped
    _incident: int | None = None
    _before: tuple[datetime, float] | None = None  # both clocks, before anything happened
    _is_other: bool = False  # somebody has said that the database's clock is the wrong one
    _lock: Any = field(default_factory=threading.RLock)

    def _begin(self) -> None:
        """What was found before this process began, and has not been settled, still holds."""
        mine = Incident.subject == SUBJECTS[FORWARDS], Incident.settled_at.is_(None)
        with self.engine.connect() as connection:
            found = connection.execute(select(Incident.id, Incident.last_at).where(*mine)).first()
        if found:
            self.held_because, self._incident, self._held_at = FORWARDS, found.id, found.last_at
        self.compare()
        self._has_begun = True

    def is_right(self) -> bool:
        """Whether what depends on the time may be done now."""
        with self._lock:
            if not self._has_begun:
                self._begin()
            if self.held_because:
                self._look_whether_it_is_over()
            elif abs(jumped := self._jumped()) > TOLD:
                self._met(jumped)
            elif self._before is None or self.elapsed() - self._before[1] > HOLD.total_seconds():
                self._before = self.wall(), self.elapsed()
            return not self.held_because

    def compare(self) -> None:
        """Compare with the clock of the database, where it may be another one; a file has none."""
        if self.engine.dialect.name != "postgresql":
            return
        with self.engine.connect() as connection:
            theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        with self._lock:
            ahead = self.wall() - theirs
            if ahead <= TOLD:
                self._is_other = False
                if self.held_because == APART:
                    self._release()
            elif ahead > HOLD and not self.held_because and not self._is_other:
                self._hold(APART)

    def _jumped(self) -> timedelta:
        """By how much more the clock on the wall has gone on than the time."""
        if self._before is None:
            return timedelta(0)
        wall, elapsed = self._before
        return self.wall() - wall - timedelta(seconds=self.elapsed() - elapsed)

    def _met(self, jumped: timedelta) -> None:
        if jumped > HOLD:
            self._hold(FORWARDS)
        else:
            self._tell(A_LITTLE if jumped > TOLD else BACKWARDS)
            self._before = self.wall(), self.elapsed()

    def _hold(self, because: str) -> None:
        self.held_because, self._held_at = because, self.wall()
        log.error("the clock %s: deadlines and clean-ups wait until it is right, or somebody says it is", because)
        self._tell(because)

    def _tell(self, error: str) -> None:
        with self.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            report(connection, [Trouble("clock", SUBJECTS[error], error)])
            mine = Incident.subject == SUBJECTS[error], Incident.settled_at.is_(None)
            self._incident = connection.execute(select(Incident.id).where(*mine)).scalar_one()

    def _look_whether_it_is_over(self) -> None:
        """The jump is taken back, or somebody has said that the time is right."""
        if self.held_because == FORWARDS and self._is_back():
            return self._release()
        if self._incident is None:
            return self._tell(self.held_because)  # the database was away
        with self.engine.connect() as connection:
            state = connection.execute(select(Incident.state).where(Incident.id == self._incident)).scalar()
        if state in CONFIRMED:
            self._is_other = self.held_because == APART
            self._release()
        elif state != "open":
            self._tell(self.held_because)  # settled by a scheduler whose clock is right; ours is not
        return None

    def _is_back(self) -> bool:
        if self._before:
            return self._jumped() <= HOLD
        return self._held_at is not None and self.wall() < self._held_at - HOLD

    def _release(self) -> None:
        with self.engine.connect().execution_options(immediate=True) as connection, connection.begin():
            solved(connection, [SUBJECTS[self.held_because]])
        log.warning("the clock can be trusted again")
        self.held_because, self._incident = "", None
        self._before = self.wall(), self.elapsed()
