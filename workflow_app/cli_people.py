"""The operator's commands for accounts: the first administrator comes from here."""

from __future__ import annotations

import shlex
import sys

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

import config
from workflow_app import people
from workflow_app.extensions import db
from workflow_app.jobs.mail import address_of
from workflow_app.models import Membership, Organization, Person
from workflow_app.people import first, locking
from workflow_app.people.roles import OPERATOR
from workflow_app.plainly import person_called, plainly
from workflow_app.queries.people import state_of

people_group = AppGroup("people", help="Accounts: the first administrator, locking, a list.")
AT_ONCE = 500


def how_to_begin() -> None:
    """Say how an installation without accounts gets its first administrator. With a database of its own the
    command needs all settings of the site, and passwords among them are not for the screen."""
    if db.engine.dialect.name == "postgresql":
        click.echo("There is no account yet. Create the first administrator, with the same settings:")
        click.echo("  people create ADDRESS NAME --administrator")
        return
    here = {"TEILHABE_ADDRESS": current_app.config["ADDRESS"], "TEILHABE_INSTANCE": current_app.instance_path}
    usual = config.Settings()
    given = {"TEILHABE_ADDRESS": usual.address, "TEILHABE_INSTANCE": str(usual.instance)}
    said = "".join(f"{name}={shlex.quote(value)} " for name, value in here.items() if value != given[name])
    click.echo("There is no account yet. Create the first administrator, in another window in this folder:")
    click.echo(f"  {said}{sys.executable} -m flask --app workflow_app people create ADDRESS NAME --administrator")


@people_group.command("create")
@click.argument("email")
@click.argument("name")
@click.option("--administrator", is_flag=True, help="Give the right to look after the accounts of all.")
@click.option(
    "--organization",
    default="verwaltung",
    show_default=True,
    metavar="KEY",
    help="Where an administrator belongs; a part of the administration that does not exist yet is made.",
)
@click.option("--password", "asks", is_flag=True, help="Ask for a password here instead of printing a link.")
@plainly
def create(email: str, name: str, administrator: bool, organization: str, asks: bool) -> None:
    """Create an account and print the link with which its owner chooses a password."""
    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if asks else None
    made = first.create(
        people.current(), email, name, password=password, administrator_of=organization if administrator else None
    )
    if made.secret is None:
        click.echo(f"{email} can sign in now.")
    else:
        click.echo("With this link a password is chosen, within seven days; give it to nobody else:")
        click.echo(address_of("links.show", secret=made.secret))


@people_group.command("lock")
@click.argument("email")
@plainly
def lock(email: str) -> None:
    """Lock an account; all its sign-ins end at once."""
    locking.lock(people.current(), OPERATOR, person_called(email))
    click.echo("Locked.")


@people_group.command("unlock")
@click.argument("email")
@plainly
def unlock(email: str) -> None:
    """Unlock an account."""
    locking.unlock(people.current(), OPERATOR, person_called(email))
    click.echo("Unlocked.")


@people_group.command("list")
@plainly
def list_people() -> None:
    """Print all accounts: address, name, state, roles."""
    last = 0
    while found := db.session.scalars(select(Person).where(Person.id > last).order_by(Person.id).limit(AT_ONCE)).all():
        last = found[-1].id
        roles = _roles([person.id for person in found])
        for person in found:
            click.echo("\t".join((person.email, person.name, state_of(person), ", ".join(roles.get(person.id, ())))))
        db.session.expunge_all()


def _roles(ids: list[int]) -> dict[int, list[str]]:
    """The roles of some people, deputies marked as such; whatever their dates."""
    found: dict[int, list[str]] = {}
    query = (
        select(Membership, Organization.key, Organization.name)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(Membership.person_id.in_(ids))
        .order_by(Membership.id)
    )
    for membership, key, name in db.session.execute(query):
        role = f"deputy for {membership.role}" if membership.deputy_of_id else membership.role
        found.setdefault(membership.person_id, []).append(f"{role}@{key or name}")
    return found
