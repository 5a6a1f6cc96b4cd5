"""A process as a drawing: DOT text, top to bottom, narrow enough for a phone, one state marked. Pure."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Callable, Collection

from .definition import Process, State, Step
from .steps import Kind

Translate = Callable[[str], str]
WIDTH = 22
EDGE_WIDTH = 26


def dot(
    process: Process,
    translate: Translate,
    *,
    marked: str | None = None,
    only: Collection[str] | None = None,
    trail: Collection[tuple[str, str]] = (),
) -> str:
    """The DOT text of a process. `marked` is the present state, `only` draws these states alone,
    `trail` are pairs of states one after the other in a told history: where no step joins them, a
    grey line says that what lay between is not known.

    Steps that stay in a state are left out (the page lists them); several steps between the same
    two states share one arrow. Awaited steps are solid, possible ones dashed, those that only the
    clock takes dotted.
    """
    states = [s for s in process.states if only is None or s.name in only]
    lines = [
        "digraph process {",
        "rankdir=TB; nodesep=0.25; ranksep=0.35; bgcolor=transparent;",
        'node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#5b6b7b", fontname="Helvetica", '
        'fontsize=12, margin="0.12,0.06"];',
        'edge [color="#5b6b7b", fontname="Helvetica", fontsize=10, arrowsize=0.7];',
    ]
    lines += [_node(state, translate, state.name == marked, state is process.start) for state in states]
    arrows = _arrows(process, {s.name for s in states})
    lines += [_edge(source, target, steps, translate) for (source, target), steps in arrows.items()]
    gaps = [pair for pair in dict.fromkeys(trail) if pair not in arrows and pair[0] != pair[1]]
    lines += [f'"{source}" -> "{target}" [style=dotted, color="#a5adb8"];' for source, target in gaps]
    return "\n".join([*lines, "}"])


def path(process: Process, visited: Collection[str], present: str) -> set[str]:
    """The states of a shorter drawing: those the case has been in, and those awaited steps lead to next."""
    following = {
        target.name for step in process.steps_from(present) if step.kind is Kind.AWAITED for target in step.targets
    }
    return {present, *visited} & set(process.state_by_name) | following


def _node(state: State, translate: Translate, marked: bool, first: bool) -> str:
    look = []
    if marked:
        look.append('fillcolor="#171a2b", fontcolor="#ffffff", penwidth=2')
    elif state.final:
        look.append('fillcolor="#e8eaed"')
    if first:
        look.append("penwidth=2")
    extra = ", " + ", ".join(look) if look else ""
    return f'"{state.name}" [label="{_label(translate(state.label), WIDTH)}"{extra}];'


def _arrows(process: Process, drawn: Collection[str]) -> dict[tuple[str, str], list[Step]]:
    found: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for step in process.all_steps:
        for source in step.sources:
            for target in step.targets:
                if source.name != target.name and source.name in drawn and target.name in drawn:
                    found[source.name, target.name].append(step)
    return found


def _edge(source: str, target: str, steps: list[Step], translate: Translate) -> str:
    label = "\\n".join(_label(translate(step.label), EDGE_WIDTH) for step in steps[:2])
    if len(steps) > 2:
        label += f"\\n+{len(steps) - 2}"
    style = ""
    if all(seat.name == "clock" for step in steps for seat in step.who.seats):
        style = ", style=dotted"
    elif all(step.kind is Kind.POSSIBLE for step in steps):
        style = ", style=dashed"
    return f'"{source}" -> "{target}" [label="{label}"{style}];'


def _label(text: str, width: int) -> str:
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    return "\\n".join(textwrap.wrap(safe, width)) or safe
