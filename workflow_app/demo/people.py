"""The organizations of the source, and invented people to try everything with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app.accounts import hash_password
from workflow_app.engine import clock
from workflow_app.models import Membership, Organization, Person

from .source import facts

PASSWORD = "teilhabe-demo"  # noqa: S105  (printed for everybody who tries the demonstration)


@dataclass(frozen=True)
class Account:
    """An invented person: what they are, and their seats as (organization, role)."""

    email: str
    name: str
    what: str
    seats: tuple[tuple[str, str], ...]
    shown: bool = True


# Some organizations that the demonstration needs and the source does not name are marked as examples.
EXAMPLES = (
    {"id": "gremienbuero", "name": "Gremienbüro (Beispiel)", "organizationType": "Verwaltungsbereich"},
    {
        "id": "ag-beispiel",
        "name": "AG Alltag und Nachbarschaft (Beispiel)",
        "organizationType": "Gremium",
        "classification": "AG",
    },
    {"id": "ag-still", "name": "AG Wege und Orte (Beispiel)", "organizationType": "Gremium", "classification": "AG"},
)

ACCOUNTS = (
    Account("ag@flensburg.example", "Amal Beispiel", "Mitglied einer Arbeitsgruppe",
            (("ag-beispiel", "chair"), ("fg-wohnen", "member"))),
    Account("steuerung@flensburg.example", "Jens Muster", "Steuerungsgruppe", (("steuer", "chair"),)),
    Account("vorstand@flensburg.example", "Fatima Probe", "Vorstand des Runden Tisches",
            (("rt-vorstand", "chair"), ("rt", "member"), ("steuer", "member"))),
    Account("gremien@flensburg.example", "Petra Exempel", "Gremienbüro", (("gremienbuero", "member"),)),
    Account("stelle@flensburg.example", "Lena Vorlage", "Koordinierungsstelle für Integration",
            (("ko-int", "head"), ("fb-ews", "member"))),
    Account("einwohnerin@flensburg.example", "Olena Modell", "Einwohnerin", ()),
    Account("fachbereich@flensburg.example", "Karsten Muster", "Leitung des Fachbereichs",
            (("fb-ews", "head"),), shown=False),
    Account("bibliothek@flensburg.example", "Meike Beispiel", "Stadtbibliothek",
            (("bibliothek", "member"),), shown=False),
    Account("buergerbuero@flensburg.example", "Tarek Probe", "Bürgerbüro", (("buergerbuero", "member"),), shown=False),
    Account("steuerung2@flensburg.example", "Ida Muster", "Steuerungsgruppe", (("steuer", "member"),), shown=False),
    Account("ag2@flensburg.example", "Noor Beispiel", "Mitglied einer Arbeitsgruppe",
            (("ag-beispiel", "member"),), shown=False),
    Account("ag-mobil@flensburg.example", "Uwe Modell", "Sprecher einer Arbeitsgruppe",
            (("ag-still", "chair"),), shown=False),
)  # fmt: skip


def load(session: Session) -> dict[str, int]:
    """Organizations and people, each once; gives the ids of the organizations by their key."""
    for told in (*facts()["organizations"], *EXAMPLES):
        if session.scalar(select(Organization.id).where(Organization.key == told["id"])) is None:
            session.add(_organization(told))
    session.flush()
    ids: dict[str, int] = {
        row.key: row.id for row in session.execute(select(Organization.key, Organization.id)) if row.key
    }
    for told in facts()["organizations"]:
        if parent := told.get("subOrganizationOf"):
            session.get_one(Organization, ids[told["id"]]).parent_id = ids[parent]
    secret = hash_password(PASSWORD)
    for account in ACCOUNTS:
        if session.scalar(select(Person.id).where(Person.email == account.email)) is None:
            person = Person(
                name=account.name, email=account.email, password_hash=secret, example=True, created_at=clock.now()
            )
            session.add(person)
            session.flush()
            session.add_all(
                Membership(person_id=person.id, organization_id=ids[key], role=role) for key, role in account.seats
            )
    session.flush()
    return ids


def _organization(told: dict[str, Any]) -> Organization:
    count = told.get("votingMemberCount")
    start = told.get("startDate")
    written = told.get("startDate_precision") or (start["value"] if isinstance(start, dict) else start)
    known = ("id", "name", "shortName", "organizationType", "classification", "votingMemberCount", "startDate")
    return Organization(
        key=told["id"],
        name=told["name"],
        short_name=told.get("shortName"),
        organization_type=told.get("organizationType", "Gremium"),
        classification=told.get("classification"),
        voting_member_count=count["value"] if isinstance(count, dict) else count,
        start_date=str(written) if written else None,
        facts={name: value for name, value in told.items() if name not in known},
    )  # fmt: skip
