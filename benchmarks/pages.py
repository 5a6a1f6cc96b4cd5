"""What pages and lists cost with few cases and with very many: they must not grow.

The real application answers real requests, for somebody who sees a handful of cases beyond the
public ones, for staff who see nearly all of them, and for the public. All sizes are measured in
turns, so that whatever else the machine does falls on each of them alike.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from config import Settings
from workflow_app import access, cases, create_app, queries
from workflow_app.access import Viewer
from workflow_app.cases import transaction
from workflow_app.cases.replay import verify
from workflow_app.demo import PASSWORD
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.models import Case, Person
from workflow_app.processes import REGISTRY

from . import office
from .copies import Pattern, read_pattern
from .databases import address, database, servers
from .filling import fill
from .report import Figures, percentile

MEMBER, STAFF, PUBLIC = "ag@flensburg.example", "stelle@flensburg.example", ""
VIEWERS = {"member": MEMBER, "staff": STAFF, "public": PUBLIC}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
WARM_UP = 2
SAMPLE = 200
LISTS: dict[str, dict[str, Any]] = {
    "list": {},
    "list open": {"open_only": True},
    "list process": {"process": "measure"},
    "list state": {"process": "measure", "state": "running"},
    "list rare": {"process": "concept", "state": "idea", "open_only": True},
    "list search": {"process": "measure", "text": "Integration"},
}
ADDRESSES = {
    "list": "/cases",
    "list open": "/cases?open=1",
    "list process": "/cases?process=measure",
    "list state": "/cases?process=measure&state=running",
    "list rare": "/cases?process=concept&state=idea&open=1",
    "list search": "/cases?process=measure&text=Integration",
    "calendar for everyone": "/calendar.ics",
}
SEARCHES = {
    "search common": "Integration",
    "search beginning": "Integra",
    "search rare": '"Ort3"',
    "search two words": 'Integration "Ort3"',
    "search phrase": '"interkulturelle Öffnung"',
    "search without": 'Integration -"Ort3"',
    "search number": "MA-2026-0001",
    "search nothing": "Quastenflosser",
}
"""What is typed: words that nearly every copy has, that one copy has (in every size), and none."""


@dataclass
class Place:
    """One database of one size with the application on it, and the time everything took there (ms)."""

    size: int
    app: Flask
    times: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)
    counts: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def measure(self, key: tuple[str, str, str], job: Callable[[], object], counter: Counter) -> None:
        """Do one thing once."""
        counter.n = 0
        begin = time.perf_counter()
        job()
        self.times.setdefault(key, []).append(1000 * (time.perf_counter() - begin))
        self.counts[key] = counter.n


class Counter:
    """Statements sent to any database."""

    n = 0

    def add(self, *_about: object) -> None:
        self.n += 1


@contextmanager
def counting(engines: Sequence[Engine]) -> Iterator[Counter]:
    """Count what goes through SQLAlchemy, and what the case store says to its driver directly."""
    counter = Counter()
    kinds = (transaction.Sqlite, transaction.Postgres)
    plain = [kind.rows for kind in kinds]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", counter.add)
    for kind, rows in zip(kinds, plain, strict=True):
        setattr(kind, "rows", _counted(rows, counter))  # noqa: B010  (a method is replaced for a while)
    try:
        yield counter
    finally:
        for kind, rows in zip(kinds, plain, strict=True):
            setattr(kind, "rows", rows)  # noqa: B010


def _counted(rows: Callable[..., Any], counter: Counter) -> Callable[..., Any]:
    def counted(*args: Any) -> Any:
        counter.add()
        return rows(*args)

    return counted


# ------------------------------------------------------------------------------ what is asked


def viewer_of(session: Session, email: str) -> Viewer:
    """Who looks, with what they are entitled to today."""
    person = session.scalar(select(Person).where(Person.email == email)) if email else None
    return access.viewer(session, person, cases.current().store.calendar.local_date(clock.now()))


def client_of(app: Flask, email: str) -> FlaskClient:
    """A browser in which this person has signed in. Raises RuntimeError where that was refused."""
    client = app.test_client()
    if email:
        token = TOKEN.search(client.get("/sign-in").text)
        form = {"email": email, "password": PASSWORD, "csrf_token": token[1] if token else ""}
        if client.post("/sign-in", data=form).status_code != 302:
            raise RuntimeError(f"{email} could not sign in")
    return client


def jobs(place: Place) -> dict[tuple[str, str, str], Callable[[], object]]:
    """Viewer, what, and ``page`` or ``query`` -> how to do it once."""
    found: dict[tuple[str, str, str], Callable[[], object]] = office.jobs(place.app, client_of, _page)
    for who, email in VIEWERS.items():
        with place.app.app_context():
            viewer = viewer_of(db.session, email)
            first = queries.case_list(db.session, viewer)
            waiting = queries.inbox(db.session, viewer, limit=1).rows
        case_id = waiting[0].case.id if waiting else first.rows[0].id
        client = client_of(place.app, email)
        addresses = {"start": "/", "case": f"/cases/{case_id}", **ADDRESSES, "next page": f"/cases?after={first.after}"}
        addresses |= {what: f"/search?{urlencode({'text': text})}" for what, text in SEARCHES.items()}
        if viewer.person is not None:
            addresses["desk"] = "/desk"
        for what, where in addresses.items():
            found[who, what, "page"] = _page(client, where)
        with place.app.app_context():
            asked = reads(viewer, case_id, first.after)
        for what, ask in asked.items():
            found[who, what, "query"] = _query(place.app, ask)
    return found


def reads(viewer: Viewer, case_id: int, after: int) -> dict[str, Callable[[Session], object]]:
    """The same without the pages around it."""
    found: dict[str, Callable[[Session], object]] = {
        what: partial(queries.case_list, viewer=viewer, **wanted)
        for what, wanted in {**LISTS, "next page": {"after": after}}.items()
    }
    found |= {what: partial(queries.search, viewer=viewer, text=text) for what, text in SEARCHES.items()}
    found["case"] = lambda session: queries.case_page(session, viewer, case_id)
    if viewer.person is not None:
        found["inbox"] = lambda session: queries.inbox(session, viewer)
        found["due"] = lambda session: queries.due_soon(session, viewer)
        found["news"] = lambda session: queries.news(session, viewer)
        today = cases.current().store.calendar.local_date(clock.now())
        found["own calendar"] = lambda session: queries.personal_dates(session, viewer, REGISTRY, today)
    return found


def _page(client: FlaskClient, where: str) -> Callable[[], object]:
    def get() -> None:
        answer = client.get(where)
        if answer.status_code != 200:
            raise RuntimeError(f"{where} answered {answer.status}")

    return get


def _query(app: Flask, ask: Callable[[Session], object]) -> Callable[[], object]:
    with app.app_context():
        engine = db.engine

    def run() -> None:
        with Session(engine) as session:
            ask(session)

    return run


# ----------------------------------------------------------------------------------- measured


@contextmanager
def places(kind: str, server: str, pattern: Pattern, sizes: Sequence[int]) -> Iterator[list[Place]]:
    """Databases of all sizes with an application on each."""
    with ExitStack() as stack:
        found = []
        for n, size in enumerate(sizes):
            url = stack.enter_context(database(kind, server, f"pages{n}"))
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="teilhabe-bench-"))
            full = fill(address(url), pattern, size)
            app = create_app(Settings(instance=Path(folder), database_url=url, secret_key="only to measure"))
            with app.app_context():
                prove()
                stack.callback(db.engine.dispose)
            found.append(Place(full, app))
        yield found


def prove(sample: int = SAMPLE) -> None:
    """Some copied cases are what their histories say; raises ValueError where one is not."""
    store = cases.current()
    ids = list(db.session.scalars(select(Case.id).order_by(Case.id.desc()).limit(sample)))
    db.session.rollback()
    with store.store.reading() as tx:
        faults = [finding for finding in verify(store.registry, tx, ids) if finding.faults]
    if faults:
        raise ValueError(f"copied cases are not what their history says: {faults[:3]}")


def measure(found: Sequence[Place], rounds: int) -> None:
    """Everything in turns, in all places one after the other."""
    here = [(place, jobs(place)) for place in found]
    todo = [(place, key, asked[key]) for key in here[0][1] for place, asked in here]
    engines = []
    for place in found:
        with place.app.app_context():
            engines.append(db.engine)
    with counting(engines) as counter:
        for _place, _key, job in todo * WARM_UP:
            job()
        for _round in range(rounds):
            for place, key, job in todo:
                place.measure(key, job, counter)


def run(demonstration: Path, kinds: Sequence[str], sizes: Sequence[int], rounds: int) -> list[Figures]:
    """One line for each kind of database, viewer and thing asked for, with the figures of all sizes."""
    pattern = read_pattern(demonstration, STAFF)
    figures: list[Figures] = []
    with servers(tuple(kinds)) as server:
        for kind in kinds:
            with places(kind, server, pattern, sizes) as found:
                measure(found, rounds)
                figures += [line(kind, key, found) for key in found[0].times]
    return figures


def line(kind: str, key: tuple[str, str, str], found: Sequence[Place]) -> Figures:
    """One thing in all sizes, and how much longer it takes in the largest than in the smallest."""
    who, what, how = key
    about: Figures = {"bench": "pages", "database": kind, "viewer": who, "what": what, "how": how}
    for place in found:
        about[f"p50_ms_{place.size}"] = round(percentile(place.times[key], 0.5), 2)
        about[f"p95_ms_{place.size}"] = round(percentile(place.times[key], 0.95), 2)
    small, large = found[0], found[-1]
    about["queries"] = large.counts[key]
    about["more_queries"] = large.counts[key] - small.counts[key]
    about["growth"] = round(median(b / a for a, b in zip(small.times[key], large.times[key], strict=True)), 2)
    return about
