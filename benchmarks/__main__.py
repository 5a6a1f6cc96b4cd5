"""The command `python -m benchmarks`: measure, print tables for people, write lines for programs.

What is measured is imported only when it is asked for: client processes load this module again,
and their memory is measured too.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
Figures = list[dict[str, Any]]


@dataclass(frozen=True)
class Amounts:
    """How much is measured: kinds of database, pairs of turns and seconds each, sizes, repetitions."""

    databases: tuple[str, ...]
    clients: tuple[int, ...]
    pairs: int
    seconds: float
    cases: int
    walkers: int
    sizes: tuple[int, ...]
    rounds: int
    loads: int
    rest: float
    effects: int
    notices: int
    deadlines: int
    idle: float


def act(amounts: Amounts) -> Figures:
    """Steps taken, against the floor."""
    from . import act

    settings = [("postgresql", n) for n in amounts.clients] + [("sqlite", 1)]
    wanted = [pair for pair in settings if pair[0] in amounts.databases]
    return act.run(amounts.pairs, amounts.seconds, wanted, amounts.cases, amounts.walkers)


def pages(amounts: Amounts) -> Figures:
    """Pages and lists with few cases and with very many."""
    from . import demo, pages
    from .databases import address, database

    with tempfile.TemporaryDirectory(prefix="teilhabe-bench-") as folder, database("sqlite", "") as url:
        demo.prepare(url, Path(folder))
        return pages.run(Path(address(url)), amounts.databases, amounts.sizes, amounts.rounds)


def demo(amounts: Amounts) -> Figures:
    """Loading the demonstration."""
    from . import demo

    return demo.run(amounts.databases, amounts.loads)


def memory(amounts: Amounts) -> Figures:
    """The processes of an installation."""
    from . import memory

    return memory.run(amounts.rounds, amounts.rest)


def outbox(amounts: Amounts) -> Figures:
    """What happens after the commit, against bare RQ."""
    from . import outbox

    return outbox.run(amounts.databases, amounts.pairs, amounts.effects, amounts.effects // 20, amounts.notices)


def deadlines(amounts: Amounts) -> Figures:
    """Draining deadlines, against plain rows."""
    from . import deadlines

    return deadlines.run(amounts.databases, amounts.pairs, amounts.deadlines // (amounts.pairs + 1))


def idle(amounts: Amounts) -> Figures:
    """What the scheduler asks of the database while there is nothing to do."""
    from . import idle

    return idle.run(amounts.databases, amounts.idle)


MEASURES: dict[str, Callable[[Amounts], Figures]] = {
    "act": act, "deadlines": deadlines, "demo": demo, "idle": idle, "memory": memory,
    "outbox": outbox, "pages": pages,
}  # fmt: skip


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="dev.py bench", description="Measure; without names: everything.")
    parser.add_argument("measures", nargs="*", metavar="|".join(MEASURES), help="what to measure")
    parser.add_argument("--short", action="store_true", help="very little of everything, to see that it runs")
    parser.add_argument("--databases", type=_words, default=("postgresql", "sqlite"), help="one or two, with a comma")
    parser.add_argument("--clients", type=_numbers, default=(1, 4), help="act: clients on PostgreSQL")
    parser.add_argument("--pairs", type=int, help="act: turns of each side (9)")
    parser.add_argument("--seconds", type=float, help="act: length of a turn (2)")
    parser.add_argument("--sizes", type=_numbers, help="pages: numbers of cases (1000,100000)")
    parser.add_argument("--rounds", type=int, help="pages, memory: how often each page is asked for (21)")
    parser.add_argument("--deadlines", type=int, help="deadlines: how many are due on each side (20000)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="folder for the JSON lines")
    options = parser.parse_args(arguments)
    if unknown := set(options.measures) - set(MEASURES):
        parser.error(f"there is no such measure: {', '.join(sorted(unknown))}")
    if unknown := set(options.databases) - {"postgresql", "sqlite"}:
        parser.error(f"there is no such database: {', '.join(sorted(unknown))}")
    return options


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word) for word in text.split(","))


def amounts(options: argparse.Namespace) -> Amounts:
    """How much to measure: as told, else much, or very little of it."""
    short = options.short
    return Amounts(
        databases=options.databases,
        clients=options.clients,
        pairs=options.pairs or (1 if short else 9),
        seconds=options.seconds or (0.1 if short else 2),
        cases=8 if short else 500,
        walkers=2 if short else 40,
        sizes=options.sizes or ((90, 180) if short else (1_000, 100_000)),
        rounds=options.rounds or (2 if short else 21),
        loads=1 if short else 3,
        rest=0 if short else 5,
        effects=20 if short else 2_000,
        notices=20 if short else 10_000,
        deadlines=options.deadlines or (40 if short else 20_000),
        idle=300 if short else 3600,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure one after the other; each table is printed as soon as it is known."""
    from .report import table, write_lines

    options = parse(arguments)
    wanted = amounts(options)
    options.results.mkdir(parents=True, exist_ok=True)
    path = options.results / f"{datetime.now(UTC):%Y-%m-%d_%H%M%S}.jsonl"
    for name in options.measures or MEASURES:
        found = MEASURES[name](wanted)
        write_lines(path, found)
        print(f"\n{name}: {(MEASURES[name].__doc__ or '').lower()}\n{table(found)}", flush=True)
    print(f"\nThe same as JSON lines: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
