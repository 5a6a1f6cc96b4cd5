"""Steps that need several hands: who may give one, how many there are, how many are needed. Pure.

A majority and all are counted by seats of the body as it is today: who has left no longer counts,
on either side; a deputy holds the seat of an absent member. What a fixed number of people has
signed stays signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .definition import Actor, Facts, Quota, Snapshot, Step
from .definition import message as _
from .errors import NotAllowed, NotPossible, Refused

Voters = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Count:
    """How many hands are given and needed, and whose they are."""

    given: int
    needed: int
    collected: Mapping[str, tuple[int, ...]]


def tally(step: Step, people: Iterable[int], voters: Voters) -> tuple[int, int]:
    """Hands given by these people, and hands needed."""
    if step.hands.quota is Quota.FIXED:
        return len(set(people)), step.hands.n
    seats = set(voters.values())
    return len({voters[person] for person in people if person in voters}), step.hands.needed(len(seats))


def refusal(case: Snapshot, step: Step, actor: Actor, facts: Facts) -> Refused | None:
    """Why this actor cannot give a hand. Who has agreed may do so again only when nobody else is
    missing any more, because those who were have left."""
    if not step.hands.collective or actor.is_clock:
        return None
    people, voters = case.hands.get(step.name, ()), facts.voters.get(step.name, {})
    if step.hands.quota is not Quota.FIXED:
        if not voters:
            return NotPossible(_("Nobody in this body has the right to vote."))
        if actor.person not in voters:
            return NotAllowed(_("Only members with the right to vote can do this."))
    given, needed = tally(step, people, voters)
    if actor.person in people:
        return NotPossible(_("You have already agreed; others must still do so.")) if given < needed else None
    seat = voters.get(actor.person) if actor.person is not None else None
    if seat is not None and seat in {voters[p] for p in people if p in voters}:
        return NotPossible(_("Somebody has already agreed for this seat."))
    return None


def represented(case: Snapshot, step: Step, actor: Actor, facts: Facts) -> int | None:
    """The absent member for whom this actor gives a hand; None where it is their own. Whose seat is
    counted decides, where seats are."""
    seat = facts.voters.get(step.name, {}).get(actor.person) if actor.person is not None else None
    if seat is None or not step.hands.collective:
        return actor.stands_in_for(step.who.principals(case.parts))
    return seat if seat != actor.person else None


def count(case: Snapshot, step: Step, actor: Actor, facts: Facts) -> Count:
    """The hands with this one; the clock counts as all of them."""
    if not step.hands.collective:
        return Count(1, 1, case.hands)
    people = case.hands.get(step.name, ())
    if actor.person is not None and actor.person not in people:
        people = (*people, actor.person)
    given, needed = tally(step, people, facts.voters.get(step.name, {}))
    return Count(needed if actor.is_clock else min(given, needed), needed, {**case.hands, step.name: people})
