"""The organizations of the town: who there is, what they are, and which one belongs to which.

Only administrators found, change and end them. One that has ended keeps its place in every case and in
its history, and its members keep what waits for them; it is only offered for nothing new.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from workflow_app.access import ADMINISTRATION, ADMINISTRATOR, Viewer
from workflow_app.engine.errors import NotFound, NotPossible
from workflow_app.engine.who import message as _
from workflow_app.models import Membership, Organization, OrganizationEvent

from .memberships import refuse
from .roles import administrators_only
from .store import Store, Transaction


@dataclass(frozen=True, slots=True)
class Kind:
    """What an organization can be: its label, and how OParl writes it (organizationType, classification).
    Processes choose by these who can be the council, a working group, a department."""

    label: str
    organization_type: str
    classification: str | None = None


KINDS = {
    "administration": Kind(_("Part of the administration (department, office)"), ADMINISTRATION),
    "council": Kind(_("Council"), "Gremium", "Parlament"),
    "committee": Kind(_("Committee of the council"), "Gremium", "Ausschuss"),
    "council_group": Kind(_("Council group"), "Fraktion"),
    "round_table": Kind(_("Round table, advisory council"), "Gremium", "Beirat"),
    "board": Kind(_("Board of a round table"), "Gremium", "Vorstand"),
    "steering_group": Kind(_("Steering group"), "Gremium", "Steuerungsgruppe"),
    "working_group": Kind(_("Working group"), "Gremium", "AG"),
    "focus_group": Kind(_("Focus group"), "Gremium", "Fokusgruppe"),
    "project_board": Kind(_("Project advisory board"), "Gremium", "Projektbeirat"),
    "commission": Kind(_("Commission"), "Gremium", "Kommission"),
    "external_body": Kind(_("Body outside of the municipality"), "externes Gremium"),
    "institution": Kind(_("Association, institution, consultants"), "Institution"),
    "other": Kind(_("Other"), "Sonstiges"),
}


def kind_of(organization_type: str, classification: str | None) -> str:
    """The key in `KINDS` of what an organization is; what data from elsewhere say besides is passed over."""
    known = {(one.organization_type, one.classification): key for key, one in KINDS.items()}
    exact = known.get((organization_type, classification))
    return exact or known.get((organization_type, None), "other")


def add(store: Store, by: Viewer, name: str, kind: str, parent: int | None = None) -> int:
    """A new organization; gives its id. Raises NotAllowed, and Invalid beside the field."""
    administrators_only(by)
    with store.writing() as tx:
        tx.hold_roles()
        _must_be_free(tx, name, None)
        chosen = _kind(kind)
        made = Organization(
            name=name, organization_type=chosen.organization_type, classification=chosen.classification, facts={},
            parent_id=_parent(tx, parent, None),
        )  # fmt: skip
        tx.session.add(made)
        tx.session.flush()
        write(tx, "founded", made, by)
        return made.id


def change(store: Store, by: Viewer, organization_id: int, name: str, kind: str, parent: int | None = None) -> None:
    """Another name, another kind, or another one above it. Where the name has changed, cases are found by
    the new one soon after. Raises NotAllowed, NotFound, NotPossible, and Invalid beside the field."""
    administrators_only(by)
    with store.writing() as tx:
        tx.hold_roles()
        organization = _organization(tx, organization_id)
        before = organization.name, organization.organization_type, organization.classification, organization.parent_id
        _must_be_free(tx, name, organization_id)
        if kind_of(organization.organization_type, organization.classification) != kind:
            _become(tx, organization, _kind(kind))
        organization.parent_id = _parent(tx, parent, organization)
        organization.name = name
        after = name, organization.organization_type, organization.classification, organization.parent_id
        if after == before:
            return
        event = write(tx, "changed", organization, by, former_name=before[0] if before[0] != name else None)
        if event.former_name:
            tx.send("renamed", event=event.id, after=0)


def end(store: Store, by: Viewer, organization_id: int) -> None:
    """From today on it is offered for nothing new. Raises NotAllowed, NotFound, NotPossible."""
    administrators_only(by)
    with store.writing() as tx:
        tx.hold_roles()
        organization = _organization(tx, organization_id)
        if organization.end_date is not None:
            raise NotPossible(_("This organization has ended already."))
        organization.end_date = tx.today
        write(tx, "ended", organization, by)


def resume(store: Store, by: Viewer, organization_id: int) -> None:
    """It goes on after all. Raises NotAllowed, NotFound, NotPossible, and Invalid where another one has
    its name by now."""
    administrators_only(by)
    with store.writing() as tx:
        tx.hold_roles()
        organization = _organization(tx, organization_id)
        if organization.end_date is None:
            raise NotPossible(_("This organization has not ended."))
        _must_be_free(tx, organization.name, organization_id)
        organization.end_date = None
        write(tx, "resumed", organization, by)


def write(
    tx: Transaction, kind: str, organization: Organization, by: Viewer, *, former_name: str | None = None
) -> OrganizationEvent:  # fmt: skip
    """Write down what happened to an organization."""
    event = OrganizationEvent(
        at=tx.now, actor_id=by.person, organization_id=organization.id, kind=kind, name=organization.name,
        former_name=former_name,
    )  # fmt: skip
    tx.session.add(event)
    tx.session.flush()
    return event


def _organization(tx: Transaction, organization_id: int) -> Organization:
    found = tx.session.get(Organization, organization_id)
    if found is None:
        raise NotFound(_("There is no such organization."))
    return found


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        refuse("kind", _("There is no such kind."))
    return KINDS[kind]


def _become(tx: Transaction, organization: Organization, kind: Kind) -> None:
    """Another kind; administrators must belong to the administration."""
    here = exists().where(Membership.organization_id == organization.id, Membership.role == ADMINISTRATOR)
    not_over = or_(Membership.end_date.is_(None), Membership.end_date >= tx.today)
    if kind.organization_type != ADMINISTRATION and tx.session.scalar(select(here.where(not_over))):
        refuse("kind", _("Administrators belong to a part of the administration."))
    organization.organization_type, organization.classification = kind.organization_type, kind.classification


def _must_be_free(tx: Transaction, name: str, but: int | None) -> None:
    """Raise Invalid where another organization that has not ended is called the same."""
    if not name:
        refuse("name", _("Please fill in this field."))
    same = select(Organization.name).where(Organization.end_date.is_(None), Organization.id != (but or 0))
    if name.casefold() in {other.casefold() for other in tx.session.scalars(same)}:
        refuse("name", _("There is an organization with this name already."))


def _parent(tx: Transaction, parent: int | None, of: Organization | None) -> int | None:
    """The organization above; one that is below this one, or is itself, cannot be."""
    if parent is None or (of is not None and of.parent_id == parent):
        return parent
    above = tx.session.get(Organization, parent)
    if above is None or above.end_date is not None:
        refuse("parent", _("There is no such organization."))
    step: Organization | None = above
    while step is not None:
        if of is not None and step.id == of.id:
            refuse("parent", _("This one belongs to it itself."))
        step = tx.session.get(Organization, step.parent_id) if step.parent_id else None
    return parent
