"""The command `python -m chaos`: make faults on purpose, count what was lost and doubled, print a table."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from .faults import FAULTS
from .outcome import Outcome, table, told
from .scale import LONG, SHORT, Scale
from .waiting import TooLate


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="dev.py chaos", description="Make faults; without names: all of them.")
    parser.add_argument("--short", action="store_true", help="every fault once, as the tests make them")
    parser.add_argument(
        "--fault",
        action="append",
        choices=FAULTS,
        metavar="NAME",
        help=f"only this one (repeatable): {', '.join(FAULTS)}",
    )
    return parser.parse_args(arguments)


def made(name: str, scale: Scale) -> Outcome:
    """The outcome of one fault; what did not happen in time is a promise that was not kept."""
    try:
        return FAULTS[name](scale)
    except TooLate as late:
        return Outcome(name, 1, broken=(str(late),))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one fault after the other; 1 where anything was lost, doubled or not kept."""
    options = parse(arguments)
    outcomes = []
    for name in options.fault or FAULTS:
        begin = time.monotonic()
        outcomes.append(made(name, SHORT if options.short else LONG))
        print(f"{told(outcomes[-1:])}\n({time.monotonic() - begin:.0f} s)\n", flush=True)
    if len(outcomes) > 1:
        print(table(outcomes))
    return 0 if all(one.is_kept for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
