"""Who may add and withdraw documents, and for which absent member a deputy does. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from workflow_app.access import STAFF, Viewer
from workflow_app.engine.definition import Holder


def holds_part(who: Viewer, parts: Mapping[str, tuple[Holder, ...]]) -> bool:
    """Whether somebody takes part in a case: in person, or as a member of an organization that does."""
    return not who.principals.isdisjoint(_members(parts))


def _members(parts: Mapping[str, tuple[Holder, ...]]) -> frozenset[str]:
    return frozenset(holder.principal("member") for holders in parts.values() for holder in holders)


def may_add(who: Viewer, parts: Mapping[str, tuple[Holder, ...]], *, closed: bool) -> bool:
    """Whether somebody who may see a case may add documents to it: who takes part, and staff; in a case
    that has ended only staff."""
    return who.person is not None and (who.is_staff or (not closed and holds_part(who, parts)))


def may_withdraw(
    who: Viewer, parts: Mapping[str, tuple[Holder, ...]], added_by: int | None, *, closed: bool
) -> bool:  # fmt: skip
    """Whether somebody who may see a document may withdraw it: who added it, and staff who take part."""
    mine = added_by is not None and added_by == who.person
    return may_add(who, parts, closed=closed) and (mine or (who.is_staff and holds_part(who, parts)))


def added_for(
    who: Viewer, parts: Mapping[str, tuple[Holder, ...]], seeing: Collection[str], *, closed: bool
) -> int | None:  # fmt: skip
    """The absent member for whom a deputy adds a document, or withdraws an own one: who needs a member's
    place for it, or (`seeing`: by which principals) to see the case at all."""
    adding = {STAFF} if closed else _members(parts) | {STAFF}
    return _first(who.stands_in_for(adding), who.stands_in_for(seeing))


def withdrawn_for(
    who: Viewer, parts: Mapping[str, tuple[Holder, ...]], seeing: Collection[str], added_by: int | None,
    *, closed: bool,
) -> int | None:  # fmt: skip
    """The absent member for whom a deputy withdraws a document. That of somebody else takes both, a part in
    the case and a place in the administration."""
    if added_by is not None and added_by == who.person:
        return added_for(who, parts, seeing, closed=closed)
    needed = (_members(parts), {STAFF}, seeing)
    return _first(*(who.stands_in_for(one) for one in needed))


def _first(*members: int | None) -> int | None:
    return next((member for member in members if member is not None), None)
