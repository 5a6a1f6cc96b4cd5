"""The organizations of the source, and invented people to try everything with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app.access import ADMINISTRATOR
from workflow_app.engine import clock
from workflow_app.models import Membership, Organization, Person
from workflow_app.people import Store, absences, deputies, memberships, passwords
from workflow_app.people.roles import OPERATOR

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
    {"id": "beraterteam", "name": "Ehrenamtliches Beraterteam (Beispiel)", "organizationType": "Institution"},
)

ACCOUNTS = (
    Account("ag@flensburg.example", "Amal Beispiel", "Mitglied einer Arbeitsgruppe",
            (("ag-beispiel", "chair"), ("fg-wohnen", "chair"))),
    Account("steuerung@flensburg.example", "Jens Muster", "Steuerungsgruppe", (("steuer", "chair"),)),
    Account("vorstand@flensburg.example", "Fatima Probe", "Vorstand des Runden Tisches",
            (("rt-vorstand", "chair"), ("rt", "member"), ("steuer", "member"), ("fg-teilhabe", "chair"))),
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
            (("ag-beispiel", "member"), ("fg-wohnen", "member")), shown=False),
    Account("ag-mobil@flensburg.example", "Uwe Modell", "Sprecher einer Arbeitsgruppe",
            (("ag-still", "chair"), ("fg-sprache", "chair")), shown=False),
    Account("beratung@flensburg.example", "Hanne Modell", "Ehrenamtliches Beraterteam",
            (("beraterteam", "member"),), shown=False),
)  # fmt: skip


# Who stands in for whom where, and who is away just now.
DEPUTIES = (
    ("steuerung2@flensburg.example", "steuerung@flensburg.example", "steuer"),
    ("buergerbuero@flensburg.example", "bibliothek@flensburg.example", "bibliothek"),
)
AWAY = "bibliothek@flensburg.example"
OFFICE, ADMINISTERS = "ko-int", "stelle@flensburg.example"


def load(session: Session, password_cost: int) -> dict[str, int]:
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
    secret = passwords.hashed(PASSWORD, password_cost)
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


def give_offices(store: Store, session: Session, ids: dict[str, int]) -> None:
    """An administrator, two deputies and an absence, once: given and recorded as an operator gives them."""
    people = {person.email: person.id for person in session.scalars(select(Person).where(Person.example))}
    if session.scalar(select(Membership.id).where(Membership.role == ADMINISTRATOR).limit(1)) is not None:
        return
    session.rollback()
    memberships.assign(store, OPERATOR, people[ADMINISTERS], ids[OFFICE], ADMINISTRATOR, None, None)
    for deputy, member, organization in DEPUTIES:
        seat = session.scalars(
            select(Membership.id).where(
                Membership.person_id == people[member], Membership.organization_id == ids[organization]
            )
        ).one()
        session.rollback()
        deputies.name(store, OPERATOR, seat, deputy)
    today = store.calendar.local_date(clock.now())
    absences.set_absence(store, OPERATOR, people[AWAY], today - timedelta(days=1), today + timedelta(days=13))


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
