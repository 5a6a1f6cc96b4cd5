"""From the sums of a viewer to what the dashboard shows: tiles, charts and the tables beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from workflow_app.access import Viewer
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.processes import REGISTRY
from workflow_app.queries import office
from workflow_app.views.naming import state_name
from workflow_app.views.words import label

from . import filters
from .charts import Bar, Chart, Part, chart
from .filters import Filters
from .saying import days, load_words, whens

MOST = 15
"""So many bars can be taken in."""
A_MOMENT = timedelta(minutes=1)
"""Figures that are younger than this are as good as the lists."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One number with the words for it, and the address of its list."""

    number: int
    words: str
    href: str
    kind: str


@dataclass(frozen=True, slots=True)
class StateRow:
    """A state of a process: how many open cases, and how long they have been there, in words."""

    name: str
    cases: int
    average: str
    longest: str
    days: float
    href: str


@dataclass(frozen=True, slots=True)
class ProcessCard:
    """The open cases of one process, state by state."""

    name: str
    title: str
    cases: int
    href: str
    rows: Sequence[StateRow]
    chart: Chart


@dataclass(frozen=True, slots=True)
class LoadRow:
    """What waits for one unit or person; `numbers` are overdue, with a deadline, without, and all, each
    with the address of its list."""

    name: str
    load: office.Load
    numbers: Sequence[tuple[int, str]]
    too_much: bool


@dataclass(frozen=True, slots=True)
class LoadTable:
    """Whom something waits for, those with the most first, and the chart of it; `more` is how many there
    are beyond those that are shown."""

    rows: Sequence[LoadRow]
    chart: Chart
    usual: str
    more: int


@dataclass(frozen=True, slots=True)
class Known:
    """The figures of a viewer, when they were counted, and the names of the units in them."""

    counted: office.Counted
    sums: office.Sums
    names: Mapping[int, str]


def known(wanted: Filters, me: Viewer, today: date) -> Known | None:
    """What this viewer may know now; None where nobody has counted."""
    now = clock.now()
    counted = office.newest(db.session, now, today)
    if counted is None:
        return None
    found = office.sums(
        counted.tally, me.principals, wanted.colleagues, now, today,
        process=wanted.process_name, waits_for=wanted.waits_for,
    )  # fmt: skip
    return Known(counted, found, office.names_of(db.session, found.organizations.by_id))


def offered(wanted: Filters, me: Viewer, today: date) -> filters.Offered:
    """The units and people to choose from: those for whom something waits."""
    found = known(wanted, me, today)
    return filters.offer(wanted, found.names, found.sums.people.by_id) if found else filters.offer(wanted, {}, {})


def context(wanted: Filters, me: Viewer, today: date) -> dict[str, Any]:
    """Everything the template needs; without figures only what can be chosen."""
    about = known(wanted, me, today)
    if about is None:
        return {"wanted": wanted, "counted": None, "offered": filters.offer(wanted, {}, {})}
    counted, found, names = about.counted, about.sums, about.names
    people = {one.id: one.name for one in wanted.colleagues}
    cards = _cards(wanted, found.states)
    return {
        "wanted": wanted,
        "offered": filters.offer(wanted, names, found.people.by_id),
        "mine": _my_units(me, names),
        "counted": counted,
        "differ": clock.now() - counted.at >= A_MOMENT,
        "tiles": _tiles(wanted, found.deadlines, today),
        "cases": found.cases,
        "all_cases": wanted.address("cases", state=None),
        "cards": cards,
        "waiting": _waiting(cards),
        "units": _load_table("units", wanted, "organization", found.organizations, names),
        "people": _load_table("people", wanted, "person", found.people, people),
    }


def _my_units(me: Viewer, names: Mapping[int, str]) -> list[tuple[int, str]]:
    mine = me.organizations_as("member")
    return [(id_, name) for id_, name in names.items() if id_ in mine]


# --------------------------------------------------------------------- deadlines, states


def _tiles(wanted: Filters, found: office.Deadlines, today: date) -> list[Tile]:
    address = {when: wanted.address("deadlines", when=when) for when in office.WHENS}
    return [Tile(found[when], words, address[when], when) for when, words in whens(today).items()]


def _cards(wanted: Filters, states: Iterable[office.StateFigure]) -> list[ProcessCard]:
    """One card for each process, its states in the order of their process."""
    order = {process.name: n for n, process in enumerate(REGISTRY.newest())}
    known = [one for one in states if one.process in order]
    known.sort(key=lambda one: order[one.process])
    return [_card(wanted, name, list(found)) for name, found in groupby(known, key=lambda one: one.process)]


def _card(wanted: Filters, name: str, found: Sequence[office.StateFigure]) -> ProcessCard:
    process = REGISTRY.find(name)
    place = {state.name: n for n, state in enumerate(process.states)}
    rows = [
        StateRow(
            state_name(process, one.state), one.cases,
            days(one.average) if one.average is not None else "", days(one.longest) if one.longest is not None else "",
            one.average or 0,
            wanted.address("cases", process=name, state=one.state),
        )
        for one in sorted(found, key=lambda one: place.get(one.state, len(place)))
    ]  # fmt: skip
    title, cases = label(process.plural), sum(one.cases for one in found)
    bars = [
        Bar(
            row.name,
            [Part("cases", row.cases)],
            format_decimal(row.cases),
            row.href,
            f"{row.name}: {_cases(row.cases)}",
        )
        for row in rows
    ]
    drawn = chart(
        f"states-{name}", _("%(process)s: open cases by state", process=title),
        "; ".join(bar.spoken for bar in bars), bars,
    )  # fmt: skip
    href = wanted.address("cases", process=name, state=None)
    return ProcessCard(name, title, cases, href, rows, drawn)


def _cases(n: int) -> str:
    return ngettext("%(num)s case", "%(num)s cases", n)


def _waiting(cards: Iterable[ProcessCard]) -> Chart | None:
    """Where cases wait longest on average, whatever their process."""
    rows = [(card, row) for card in cards for row in card.rows if row.average]
    rows.sort(key=lambda pair: -pair[1].days)
    bars = [
        Bar(
            f"{card.title}: {row.name}",
            [Part("days", row.days)],
            row.average,
            row.href,
            f"{card.title}: {row.name}: {row.average}",
        )
        for card, row in rows[:MOST]
    ]
    if not bars:
        return None
    return chart("waiting", _("Where open cases wait longest"), "; ".join(bar.spoken for bar in bars), bars)


# ----------------------------------------------------------------------------- who has what


def _load_table(
    name: str, wanted: Filters, kind: str, found: office.Loads, names: Mapping[int, str]
) -> LoadTable | None:
    """The table of units, or of people; only the chosen one where one was chosen."""
    chosen = wanted.organization if kind == "organization" else wanted.person
    other = wanted.person if kind == "organization" else wanted.organization
    if (other and not chosen) or (chosen and chosen.id not in found.by_id):
        return None
    ids = [chosen.id] if chosen else [id_ for id_ in found.by_id if id_ in names]
    ids.sort(key=lambda id_: (-found.by_id[id_].total, names.get(id_, "").casefold()))
    shown = ids if wanted.all else ids[:MOST]
    rows = [_load_row(wanted, kind, id_, names[id_], found) for id_ in shown if id_ in names]
    if not rows:
        return None
    return LoadTable(rows, _load_chart(name, rows), format_decimal(found.usual), len(ids) - len(shown))


def _load_row(wanted: Filters, kind: str, id_: int, name: str, found: office.Loads) -> LoadRow:
    load = found.by_id[id_]
    own: dict[str, Any] = {"organization": None, "person": None, kind: id_}
    numbers = [(load.of(of), wanted.address("steps", **own, load=of)) for of in office.LOADS]
    numbers.append((load.total, wanted.address("steps", **own, load=None)))
    return LoadRow(name, load, numbers, found.too_much(id_))


def _load_chart(name: str, rows: Sequence[LoadRow]) -> Chart:
    words = load_words()
    bars = []
    for row in rows:
        parts = [Part(of, row.load.of(of)) for of in office.LOADS]
        said = ", ".join(f"{words[part.kind]} {format_decimal(part.value)}" for part in parts)
        said = ", ".join([said, *([_("much more than others")] if row.too_much else [])])
        bars.append(Bar(row.name, parts, format_decimal(row.load.total), row.numbers[-1][1], f"{row.name}: {said}"))
    title = _("What waits for units") if name == "units" else _("What waits for people of the administration")
    return chart(name, title, "; ".join(bar.spoken for bar in bars), bars, words)
