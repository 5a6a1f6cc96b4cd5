"""The town with a place for files, and what its tests do with documents."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.cases.conftest import MONDAY
from tests.documents import made
from tests.jobs import town as people
from tests.jobs.town import Town
from workflow_app import access
from workflow_app.access import ADMINISTRATION, Viewer
from workflow_app.cases import Added, papers
from workflow_app.documents import FolderStore, Received, receive
from workflow_app.extensions import db
from workflow_app.models import Person

TOLD = (
    "SELECT person_id, topic, way FROM notifications WHERE notice IN ('add_document', 'add_version')"
    " ORDER BY outbox_id, person_id"
)


@pytest.fixture
def town(town: Town, tmp_path: Path) -> Town:
    """The town with a place for files."""
    kept = replace(town.cases, files=FolderStore(tmp_path / "documents"))
    town.app.extensions["cases"] = kept
    return replace(town, cases=kept)


def sent(town: Town, content: bytes = made.PDF, name: str = "Plan.pdf") -> Received:
    assert town.cases.files is not None
    return receive(town.cases.files, io.BytesIO(content), name, 10**7)


def viewer(person: int) -> Viewer:
    """Somebody with what they are entitled to today."""
    with Session(db.engine) as session:
        return access.viewer(session, session.get(Person, person), MONDAY.date())


def quiet_case(town: Town) -> int:
    """A case that the board and the office see, and of which everybody has heard."""
    case_id = town.filed()
    town.work()
    town.box.mails.clear()
    town.box.receivers.clear()
    return case_id


def add(town: Town, case_id: int, who: int = 1, audience: str = "case", part: str | None = None) -> int:
    """Somebody adds a document; gives its id."""
    papers.add(town.cases, case_id, viewer(who), Added(sent(town), audience, part, name="Lageplan"))
    return int(town.rows("SELECT max(id) FROM documents")[0][0])


def told(town: Town) -> dict[str, str]:
    """Whom the notices of documents have reached, and why it matters to them."""
    return {people.NAMES[person]: topic for person, topic, _way in town.rows(TOLD)}


def staffed(town: Town) -> None:
    """The office is a part of the administration."""
    town.set(f"UPDATE organizations SET organization_type = '{ADMINISTRATION}' WHERE id = 2")
