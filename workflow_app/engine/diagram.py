"""A process as a drawing: DOT text, narrow enough for a phone, one state marked. Pure.

All states stand in one column in the order in which the process tells them; that is what keeps
the drawing narrow, however many arrows there are. A step to the next box is written beside its
arrow; every other arrow carries a number, and the words stand under the drawing. A possible step
that starts from many states (to withdraw) is one short arrow into its target instead of many.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from .definition import Process, State, Step, message
from .steps import Kind

Translate = Callable[[str], str]
Way = tuple[str, str]
WIDTH = 20
EDGE_WIDTH = 22
LEGEND_WIDTH = 42
MANY = 3
WORDS = 2
GAP = 'style=dotted, color="#76818f"'
FROM_MANY = message("from %(n)s states")
HEAD = """digraph process {
rankdir=TB; nodesep=0.1; ranksep=0.18; bgcolor=transparent; fontname="Helvetica"; fontsize=10;
node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#5b6b7b", fontname="Helvetica", fontsize=12,
  margin="0.12,0.05", height=0.3];
edge [color="#5b6b7b", fontname="Helvetica", fontsize=10, arrowsize=0.7];"""


def dot(
    process: Process,
    translate: Translate,
    *,
    marked: str | None = None,
    only: Collection[str] | None = None,
    trail: Iterable[Way] = (),
) -> str:
    """The DOT text of a process. `marked` is the present state, `only` draws these states alone,
    `trail` are pairs of states one after the other in a told history: where no step joins them, a
    grey line says that what lay between is not known.

    Steps that stay in a state are left out (the page lists them); several steps between the same
    two states share one arrow. Awaited steps are solid, possible ones dashed, those that only the
    clock takes dotted.
    """
    states = tuple(s for s in process.states if only is None or s.name in only)
    drawn = {state.name for state in states}
    told = tuple(way for way in dict.fromkeys(trail) if drawn.issuperset(way) and way[0] != way[1])
    sketch = Sketch(process, translate, states, told)
    nodes = [_node(state, translate, state.name == marked, state is process.start) for state in states]
    return "\n".join([HEAD, *nodes, *sketch.column(), *sketch.aside(), *sketch.short(), sketch.legend(), "}"])


def path(process: Process, visited: Collection[str], present: str) -> set[str]:
    """The states of a shorter drawing: those the case has been in, and those awaited steps lead to next."""
    following = {
        target.name for step in process.steps_from(present) if step.kind is Kind.AWAITED for target in step.targets
    }
    return {present, *visited} & set(process.state_by_name) | following


@dataclass(frozen=True)
class Sketch:
    """What is drawn besides the boxes: arrows down the column, arrows aside, short arrows of steps
    from many states, and the words under it all."""

    process: Process
    translate: Translate
    states: tuple[State, ...]
    told: tuple[Way, ...]

    def column(self) -> list[str]:
        """From each box to the next one, so that they stand in one column; unseen where nothing leads there."""
        return [_edge(way, *self._look(way), "weight=9") for way in self._next]

    def aside(self) -> list[str]:
        """All other arrows; they pull no box out of the column."""
        ways = [way for way in dict.fromkeys((*self._drawn, *self.told)) if way not in self._next]
        return [_edge(way, *self._look(way), "constraint=false") for way in ways]

    def short(self) -> list[str]:
        """One short arrow into a state for the steps that lead there from many."""
        found = []
        for target, steps in self._short.items():
            stub = f"to {target}"
            look = 'shape=plaintext, style="", fontsize=10, margin="0.03,0", width=0'
            found.append(f'"{stub}" [label="{self._numbers_of(steps)}", {look}];')
            found.append(f'{{rank=same; "{stub}"; "{target}"}}')
            found.append(_edge((stub, target), *_style(steps)))
        return found

    def legend(self) -> str:
        """What the numbers mean, in the order in which the process tells its steps."""
        lines = [""] if self._numbers else []
        for step, number in self._numbers.items():
            text = self.translate(step.label)
            if step in self._from_many:
                sources = {source for (source, _target), steps in self._ways.items() if step in steps}
                text = f"{text} ({self.translate(FROM_MANY) % {'n': len(sources)}})"
            lines += textwrap.wrap(f"{number}  {_plain(text)}", LEGEND_WIDTH, subsequent_indent=" " * 5)
        return 'label="' + "".join(f"{_escaped(line)}\\l" for line in lines) + '"; labelloc=b; labeljust=l;'

    @cached_property
    def _next(self) -> tuple[Way, ...]:
        return tuple(pairwise(state.name for state in self.states))

    @cached_property
    def _ways(self) -> dict[Way, list[Step]]:
        """Every pair of drawn states with the steps that lead from the one to the other."""
        drawn = {state.name for state in self.states}
        found: dict[Way, list[Step]] = defaultdict(list)
        for step in self.process.all_steps:
            for source in step.sources:
                for target in step.targets:
                    if source.name != target.name and drawn.issuperset((source.name, target.name)):
                        found[source.name, target.name].append(step)
        return dict(found)

    @cached_property
    def _from_many(self) -> frozenset[Step]:
        """Possible steps with so many arrows that one short one says more."""
        arrows = [step for steps in self._ways.values() for step in steps]
        return frozenset(s for s in arrows if s.kind is Kind.POSSIBLE and arrows.count(s) >= MANY)

    def _in_full(self, step: Step, way: Way) -> bool:
        """From box to box: to the next one, where the case has really gone, and what is not from many."""
        return step not in self._from_many or way in self._next or way in self.told

    @cached_property
    def _drawn(self) -> dict[Way, list[Step]]:
        """The arrows from box to box."""
        found = {way: [s for s in steps if self._in_full(s, way)] for way, steps in self._ways.items()}
        return {way: steps for way, steps in found.items() if steps}

    @cached_property
    def _short(self) -> dict[str, list[Step]]:
        """The steps that one short arrow into each of their targets stands for."""
        found: dict[str, dict[Step, None]] = defaultdict(dict)
        for way, steps in self._ways.items():
            found[way[1]].update(dict.fromkeys(s for s in steps if not self._in_full(s, way)))
        return {target: list(steps) for target, steps in found.items() if steps}

    @cached_property
    def _numbers(self) -> Mapping[Step, int]:
        """The steps that are not written out beside each of their arrows."""
        found = {step for steps in self._short.values() for step in steps}
        for way, steps in self._drawn.items():
            found.update(steps[WORDS:] if way in self._next else steps)
        listed = [step for step in self.process.all_steps if step in found]
        return {step: number for number, step in enumerate(listed, 1)}

    def _numbers_of(self, steps: Iterable[Step]) -> str:
        return ", ".join(str(self._numbers[step]) for step in steps)

    def _look(self, way: Way) -> tuple[str, ...]:
        if way not in self._drawn:
            return (GAP if way in self.told else "style=invis",)
        steps = self._drawn[way]
        words = steps[:WORDS] if way in self._next else []
        lines = [line for step in words for line in _lines(self.translate(step.label), EDGE_WIDTH)]
        if rest := self._numbers_of(steps[len(words) :]):
            lines.append(rest)
        return f'label="{_beside(lines)}"', *_style(steps)


def _node(state: State, translate: Translate, marked: bool, first: bool) -> str:
    look = ""
    if marked:
        look = ', fillcolor="#171a2b", fontcolor="#ffffff"'
    elif state.final:
        look = ', fillcolor="#e8eaed"'
    if marked or first:
        look += ", penwidth=2"
    return f'"{state.name}" [label="{_label(translate(state.label), WIDTH)}"{look}];'


def _edge(way: Way, *look: str) -> str:
    return f'"{way[0]}" -> "{way[1]}" [{", ".join(look)}];'


def _style(steps: Iterable[Step]) -> tuple[str, ...]:
    if all(seat.name == "clock" for step in steps for seat in step.who.seats):
        return ("style=dotted",)
    return ("style=dashed",) if all(step.kind is Kind.POSSIBLE for step in steps) else ()


# --------------------------------------------------------------------------------- words


def _label(text: str, width: int) -> str:
    return "\\n".join(_lines(text, width))


def _beside(lines: Iterable[str]) -> str:
    """Words at the right of an arrow, a little away from it."""
    return "".join(f" {line}\\l" for line in lines)


def _lines(text: str, width: int) -> list[str]:
    return [_escaped(line) for line in textwrap.wrap(_plain(text), width)]


def _plain(text: str) -> str:
    """Without what cannot stand in a drawing: control characters and halves of characters."""
    return "".join(" " if unicodedata.category(c) in ("Cc", "Cs", "Cn") else c for c in text)


def _escaped(line: str) -> str:
    """One wrapped line as it stands between the quotes of a DOT string, where & begins an entity."""
    return line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;")
