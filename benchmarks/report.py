"""Figures as a table for people and as JSON lines for programs."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from .workers import Block

Figures = dict[str, Any]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of all values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def rate(blocks: Iterable[Block]) -> float:
    """Steps per second of all clients together."""
    return sum(len(block.times) / block.seconds for block in blocks)


def side_figures(turns: Sequence[Sequence[Block]]) -> Figures:
    """What one side reached in all its turns."""
    blocks = [block for clients in turns for block in clients]
    times = [t / 1000 for block in blocks for t in block.times]
    return {
        "per_second": round(median(rate(clients) for clients in turns), 1),
        "p50_us": round(percentile(times, 0.5)),
        "p99_us": round(percentile(times, 0.99)),
        "cpu_us": round(1e6 * sum(block.cpu for block in blocks) / len(times)),
        "memory_mb": round(max(block.memory_kb for block in blocks) / 1024, 1),
        "steps": len(times),
    }


def ratios(pairs: Sequence[tuple[Sequence[Block], Sequence[Block]]]) -> Figures:
    """The first side measured against the second, turn by turn."""
    found = [rate(first) / rate(second) for first, second in pairs]
    return {
        "ratio": round(median(found), 3),
        "ratio_worst": round(min(found), 3),
        "ratio_best": round(max(found), 3),
        "pairs": len(found),
    }


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Everything the rows have but the name of the measure: columns lined up, numbers to the right."""
    columns = [name for name in dict.fromkeys(name for row in rows for name in row) if name != "bench"]
    cells = [list(columns), *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(line[n]) for line in cells) for n in range(len(columns))]
    left = [any(isinstance(row.get(column), str) for row in rows) for column in columns]
    return "\n".join(
        "  ".join(
            text.ljust(w) if to_left else text.rjust(w) for text, w, to_left in zip(line, widths, left, strict=True)
        )
        for line in cells
    )


def _number(value: Any) -> bool:
    return isinstance(value, (int, float))


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if _number(value) else str(value)


def write_lines(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Add the figures to a file, one JSON object a line."""
    about = {"python": platform.python_version(), "machine": platform.machine()}
    with path.open("a", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps({**row, **about}, sort_keys=True) + "\n")
