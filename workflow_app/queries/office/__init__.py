"""The reads of staff: figures over all open cases, and the lists behind them.

The figures come from a tally that is counted in the background; the lists go along indexes and show
what is there now. Both know the same three things about a case: who may see it, whom it waits for,
and when its deadlines end. What somebody sees only as a private person is neither counted nor listed.
"""

from .counting import count
from .dues import DueRow, deadlines
from .fitting import ROWS
from .kept import Counted, newest
from .lists import StepRow, WaitingCase, open_cases, waiting_steps
from .spans import LOADS, WHENS, ends, span
from .staff import Colleague, colleagues, in_office, names_of
from .sums import Deadlines, Load, Loads, StateFigure, Sums, sums
from .tally import Group, Tally

__all__ = [
    "LOADS",
    "ROWS",
    "WHENS",
    "Colleague",
    "Counted",
    "Deadlines",
    "DueRow",
    "Group",
    "Load",
    "Loads",
    "StateFigure",
    "StepRow",
    "Sums",
    "Tally",
    "WaitingCase",
    "colleagues",
    "count",
    "deadlines",
    "ends",
    "in_office",
    "names_of",
    "newest",
    "open_cases",
    "span",
    "sums",
    "waiting_steps",
]
