"""Towns with cases and documents, and empty databases to bring them to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.cases.conftest import at_work, cases
from tests.cases.test_acting import opened
from tests.cases.test_papers import Ada, kept, sent
from tests.cases.world import ADA
from tests.documents import made
from workflow_app.cases import Added, Cases, Store, papers
from workflow_app.database import new_engine
from workflow_app.documents import FolderStore
from workflow_app.engine.calendar import Calendar
from workflow_app.models import Base
from workflow_app.processes import REGISTRY

__all__ = ["at_work", "cases", "kept"]
DERIVED = {"figures", "search_texts"}
Empty = Callable[[str], Engine]


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Empty]:
    """Makes databases without a single table, of a kind."""
    with ExitStack() as stack:

        def make(kind: str) -> Engine:
            if kind == "sqlite":
                url = f"sqlite:///{tmp_path / f'new{len(list(tmp_path.iterdir()))}.sqlite3'}"
            else:
                url = stack.enter_context(request.getfixturevalue("postgres").fresh_url("template0"))
            engine = new_engine(url)
            stack.callback(engine.dispose)
            return engine

        yield make


@pytest.fixture
def other(db_url: str) -> str:
    """The kind that the database of a test is not; nearly all that can go wrong lies between the two."""
    return "postgresql" if db_url.startswith("sqlite") else "sqlite"


@pytest.fixture
def town(kept: Cases) -> Cases:
    """The cases of `world`, some of them on their way, and two documents with three versions."""
    first, second = opened(kept), opened(kept, "Pfad am Deich: „Äpfel“ 🍎")
    papers.add(kept, first, Ada, Added(sent(kept)))
    papers.add(kept, second, Ada, Added(sent(kept, made.PNG, "a.png"), name="Bild"))
    papers.add(kept, second, Ada, Added(sent(kept)))
    kept.act(second, "file", ADA, {"tasks": ["dig", "plant"], "why": "Weil\nes 'fehlt'"})
    return kept


@pytest.fixture
def flensburg(demo_database: Path, tmp_path: Path) -> Iterator[Cases]:
    """A copy of the demonstration, with its documents."""
    home = tmp_path / "flensburg"
    shutil.copytree(demo_database.with_name("documents"), home / "documents")
    shutil.copyfile(demo_database, home / "town.sqlite3")
    engine = new_engine(f"sqlite:///{home / 'town.sqlite3'}")
    yield Cases(Store(engine, Calendar()), REGISTRY, FolderStore(home / "documents"))
    engine.dispose()


def content(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the tables that are no mere derivation, as the application reads it."""
    found = {}
    with closing(engine.connect()) as connection:
        for table in Base.metadata.sorted_tables:
            if table.name not in DERIVED:
                keys = list(table.primary_key.columns)
                rows = [tuple(row) for row in connection.execute(select(table))]
                places = [list(table.columns).index(key) for key in keys]
                found[table.name] = sorted(rows, key=lambda row, at=places: [row[n] for n in at])  # type: ignore[misc]
    return found


def searched(engine: Engine) -> list[tuple[Any, ...]]:
    """The texts of the search, without the words that each database keeps in its own way; of each case in
    any order, because PostgreSQL has an order of its own for the keys in JSON."""
    table = Base.metadata.tables["search_texts"]
    with closing(engine.connect()) as connection:
        rows = connection.execute(select(table.c.id, table.c.audience, table.c.texts).order_by("id"))
        return [(id_, audience, sorted(json.loads(texts))) for id_, audience, texts in rows]
