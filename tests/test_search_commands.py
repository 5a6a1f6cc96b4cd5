"""`flask search …` and `flask database prepare`: the index is proved, made anew, and made for older cases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alembic.command import downgrade
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from config import Settings
from tests.test_migrations import migrate
from workflow_app import cases, create_app, queries
from workflow_app.access import Viewer
from workflow_app.engine.definition import Actor, Holder, Opening
from workflow_app.extensions import db
from workflow_app.models import Organization

CLERK = frozenset({"public", "account", "person:1", "member@1"})
PARTS = {part: (Holder(organization=1),) for part in ("office", "lead_department", "council_office")}


@pytest.fixture
def site(db_url: str, settings_for: Callable[[str], Settings]) -> Iterator[Flask]:
    """An application with three concepts on a database of either kind."""
    app = create_app(settings_for(db_url))
    with app.app_context():
        db.session.add(Organization(id=1, name="Rathaus", organization_type="Verwaltungsbereich"))
        db.session.commit()
        for n in range(3):
            opening = Opening(f"Konzept Nummer {n}", {"reason": "Wegen der Bäume"}, PARTS)
            cases.current().open_case("concept", opening, Actor(None, CLERK))
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def say(site: Flask) -> Callable[..., Result]:
    return lambda *words: site.test_cli_runner().invoke(args=list(words))


def found(site: Flask, words: str) -> int:
    with site.app_context():
        return len(queries.search(db.session, Viewer(1, CLERK), words).rows)


def change(site: Flask, sql: str) -> Any:
    with site.app_context(), db.engine.begin() as connection:
        return connection.execute(text(sql))


def test_what_is_wrong_is_told_and_made_anew(site, say):
    assert say("search", "check").exit_code == 0
    change(site, "UPDATE search_texts SET texts = '[]' WHERE case_id = 2")
    told = say("search", "check")
    assert told.exit_code == 1
    assert "case 2: the index is not what the case says" in told.output
    assert "search rebuild" in told.output
    assert say("search", "rebuild").exit_code == 0
    assert "The search index is right." in say("search", "check").output
    assert found(site, "Baum") == 3


def test_a_changed_name_of_an_organization_is_found_after_a_rebuild(site, say):
    change(site, "UPDATE organizations SET name = 'Stadthaus'")
    assert say("search", "check").exit_code == 1
    assert found(site, "Stadthaus") == 0
    say("search", "rebuild")
    assert found(site, "Stadthaus") == 3
    assert found(site, "Rathaus") == 0


def test_cases_from_before_the_search_can_be_searched_after_preparing(site, say):
    with site.app_context():
        engine = db.engine
        db.session.rollback()
        migrate(engine, downgrade, "0003")
    told = say("database", "prepare", "--empty")
    assert told.exit_code == 0, told.output
    assert "3 cases can be searched now." in told.output
    assert found(site, "Baum") == 3
    assert "can be searched" not in say("database", "prepare", "--empty").output
