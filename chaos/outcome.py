"""What came of a fault: how many effects were expected, seen, lost, doubled, and how long recovery took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks import report


@dataclass(frozen=True)
class Outcome:
    """Figures of one fault. `recovery` is the longest time in seconds from the end of the fault until
    everything was as promised; `notes` say what was made and seen; `broken` are promises that were not
    kept, each a sentence."""

    fault: str
    runs: int = 0
    expected: int = 0
    seen: int = 0
    lost: int = 0
    doubled: int = 0
    recovery: float = 0.0
    notes: tuple[str, ...] = ()
    broken: tuple[str, ...] = ()

    def __add__(self, other: Outcome) -> Outcome:
        """The same fault made more often: figures are added, of recoveries the longest counts, and what is
        said twice is said once."""
        return Outcome(
            self.fault, self.runs + other.runs, self.expected + other.expected, self.seen + other.seen,
            self.lost + other.lost, self.doubled + other.doubled, max(self.recovery, other.recovery),
            tuple(dict.fromkeys(self.notes + other.notes)), tuple(dict.fromkeys(self.broken + other.broken)),
        )  # fmt: skip

    @property
    def is_kept(self) -> bool:
        """Whether everything that was promised holds."""
        return not (self.lost or self.doubled or self.broken)


def counted(
    fault: str, expected: Iterable[Hashable], seen: Iterable[Hashable], recovery: float = 0.0, *,
    notes: Sequence[str] = (), broken: Sequence[str] = (),
) -> Outcome:  # fmt: skip
    """The outcome of one run whose effects can be told apart. What was expected is expected once; what was
    seen without having been expected is a broken promise."""
    wanted, found = set(expected), Counter(seen)
    unexpected = [f"seen and not expected: {one}" for one in sorted(map(str, found.keys() - wanted))]
    return Outcome(
        fault, 1, len(wanted), len(wanted & found.keys()), len(wanted - found.keys()),
        sum(times - 1 for times in found.values()), recovery, tuple(notes), (*broken, *unexpected[:5]),
    )  # fmt: skip


def table(outcomes: Sequence[Outcome]) -> str:
    """A line for each fault."""
    rows = [
        {
            "fault": one.fault, "runs": one.runs, "expected": one.expected, "seen": one.seen, "lost": one.lost,
            "doubled": one.doubled, "recovery_s": round(one.recovery, 1), "kept": "yes" if one.is_kept else "NO",
        }
        for one in outcomes
    ]  # fmt: skip
    return report.table(rows)


def told(outcomes: Sequence[Outcome]) -> str:
    """A table, and below it what there is to say."""
    notes = [f"{one.fault}: {note}" for one in outcomes for note in one.notes]
    broken = [f"BROKEN {one.fault}: {promise}" for one in outcomes for promise in one.broken]
    return "\n".join([table(outcomes), *notes, *broken])
