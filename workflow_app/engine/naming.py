"""Whom and what a step names: the holders of parts from now on, and the cases it links with. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .definition import Actor, Assign, Data, Facts, Holder, Link, Snapshot, Step
from .definition import message as _
from .errors import Reason
from .submitted import are_numbers, number, numbers


def not_on_offer(case: Snapshot, step: Step, actor: Actor, data: Data, facts: Facts) -> Reason | None:
    """Why what is named cannot be taken: rubbish, nobody there, or no case to be linked with."""
    for assign in step.assigns:
        value = data.get(assign.field)
        if not are_numbers(value) or not facts.strangers.isdisjoint(named_holders(assign, data)):
            return Reason(_("There is no such organization or person."))
    return next(filter(None, (_not_linkable(case, link, actor, data, facts) for link in step.links)), None)


def _not_linkable(case: Snapshot, link: Link, actor: Actor, data: Data, facts: Facts) -> Reason | None:
    other = number(data.get(link.field))
    if other == case.id:
        return Reason(_("Please choose another case than this one."))
    there = facts.named.get((link.kind, other)) if other is not None else None
    if there is None or not (actor.is_clock or actor.principals & there.readers):
        return Reason(_("Please choose a case that exists."))
    if there.process != case.process:
        return Reason(_("Please choose a case of the same kind."))
    if case.id in there.leads_to:
        return Reason(_("That would lead round in a circle: the other case goes on in this one."))
    if there.final:
        return Reason(_("The case you chose has ended; please choose one that goes on."))
    apart = link.beside and not there.beside
    return Reason(_("Please choose one that belongs to the same case as this one.")) if apart else None


def links(step: Step, data: Data) -> tuple[tuple[str, int], ...]:
    """The links a step makes: kind and the other case."""
    return tuple((link.kind, data[link.field]) for link in step.links)


def named_holders(assign: Assign, data: Data) -> tuple[Holder, ...]:
    """The holders that a submitted field names."""
    ids = numbers(data.get(assign.field))
    return tuple(Holder(person=i) if assign.people else Holder(organization=i) for i in ids)


def assigned(case: Snapshot, step: Step, data: Data) -> Mapping[str, tuple[Holder, ...]]:
    """Who holds which part after a step; a field that was not there changes nothing."""
    if not step.assigns:
        return case.parts
    parts = dict(case.parts)
    for assign in step.assigns:
        if assign.field in data:
            kept = parts.get(assign.part, ()) if assign.adds else ()
            parts[assign.part] = kept + tuple(h for h in named_holders(assign, data) if h not in kept)
    return parts
