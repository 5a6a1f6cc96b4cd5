"""What must be true of a consultation list and of an outcome before it is recorded."""

from __future__ import annotations

from typing import Any

from workflow_app.engine.definition import Data, Facts, Setting, Snapshot, rule
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import entries, number
from workflow_app.forms.consultations import OUTCOMES, ROLES

from .consultations import EFFECTS, WITH_CHANGES, Effect, counts_of, decision_waits, listed, waits_for
from .known import NOBODY_THERE, dated, known_organizations

ADVICE = frozenset({"preliminaryDone", "preliminaryDoneWithChanges"})
NOTED = frozenset({"takenNote", "statementTakenNote"})
SETTLED = frozenset({"settled", "settledByStatement"})
INFORMED = NOTED | {"noVote", "seeDocument", "none"}

taken_note_settles = Setting("taken_note_settles", True, _("A matter is settled when the deciding body takes note"))


def item_of(case: Snapshot, data: Data) -> dict[str, Any]:
    """The entry of the consultation list that is spoken of; empty where there is none."""
    items, at = listed(case.data), number(data.get("consultation"))
    return items[at] if at is not None and at < len(items) else {}


@rule(_("The body exists and has a role"), asks_data=True, reads=("organizations",))
def body_is_known(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Otherwise nobody could ever record its outcome."""
    known = number(data.get("organization")) in facts.organizations and str(data.get("role")) in ROLES
    return None if known else Reason(NOBODY_THERE)


@rule(_("All bodies of the list exist and have a role"), asks_data=True, reads=("organizations",))
def list_is_known(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """One by one."""
    submitted = data.get("consultations") or ()
    rows = entries(submitted)
    if not isinstance(submitted, list | tuple) or len(rows) < len(submitted):
        return Reason(NOBODY_THERE)
    return next(filter(None, (body_is_known.check(case, row, facts) for row in rows)), None)


@rule(_("At least one body decides"), asks_data=True)
def somebody_decides(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Without a decision the paper would never come to an end."""
    if any(row.get("role") == "decision" for row in entries(data.get("consultations"))):
        return None
    return Reason(_("Name the body that decides."))


@rule(_("The body has not yet spoken"), asks_data=True)
def is_waiting(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """The body stands on the list and nothing has been recorded for it yet."""
    items, at = listed(case.data), number(data.get("consultation"))
    if at is not None and at < len(items) and not items[at]["outcome"]:
        return None
    return Reason(_("This body is not on the list, or its outcome has been recorded already."))


@rule(_("The decision waits for every required body"), asks_data=True, reads=("organizations",))
def all_have_spoken(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Advice comes before the decision, unless the time of a body has run out or the town says otherwise."""
    items, at = listed(case.data), number(data.get("consultation"))
    if at is None or at >= len(items) or not items[at]["authoritative"]:
        return None
    if not _settles(str(data.get("outcome"))) or not facts.value(decision_waits):
        return None
    missing = waits_for(items, facts.today)
    names = ", ".join(facts.organizations.get(i, str(i)) for i in missing)
    return Reason(_("These bodies must speak first: %(bodies)s."), {"bodies": names}) if missing else None


def _settles(outcome: str) -> bool:
    return EFFECTS.get(outcome) in (Effect.ADOPTED, Effect.CHANGED, Effect.REJECTED)


@rule(_("A change is recorded in words"), asks_data=True)
def change_is_worded(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Changed words must be merged into the text later, so they are written down now."""
    if data.get("outcome") not in WITH_CHANGES or data.get("changed_text"):
        return None
    return Reason(_("Say what was changed, so that it can be merged into the text."))


@rule(_("A referral names a body"), asks_data=True)
def referral_has_aim(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Somebody must be asked next."""
    if data.get("outcome") not in ("referred", "sentToWorkingBody") or data.get("refer_to"):
        return None
    return Reason(_("Name the body to which it was referred."))


@rule(_("The outcome fits the votes"), asks_data=True)
def fits_votes(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """A tie rejects; more noes than ayes do not adopt."""
    counts, outcome = counts_of(data), str(data.get("outcome"))
    if outcome not in OUTCOMES:
        return Reason(_("There is no such outcome."))
    if counts is None:
        return None
    lead = counts["yes"] - counts["no"]
    effect = EFFECTS.get(outcome)
    wrong = (
        (effect in (Effect.ADOPTED, Effect.CHANGED) and lead <= 0)
        or (outcome == "rejectedTie" and lead != 0)
        or (outcome == "rejected" and lead > 0)
    )
    return Reason(_("This outcome does not fit the votes that were counted.")) if wrong else None


def settling(facts: Facts) -> frozenset[str]:
    """The outcomes with which a deciding body ends a matter although it adopts and rejects nothing."""
    return SETTLED | (NOTED if facts.value(taken_note_settles) else frozenset())


@rule(_("The outcome is one that this role allows"), asks_data=True)
def outcome_fits_role(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
    """Advisory bodies cannot decide: they recommend, advise against (rejected), refer or postpone. Who
    is informed takes note. A deciding body does not recommend to itself."""
    item, outcome = item_of(case, data), str(data.get("outcome"))
    effect, role = EFFECTS.get(outcome, Effect.DONE), item.get("role")
    if role == "decision":
        allowed = outcome not in ADVICE
    elif role == "information":
        allowed = outcome in INFORMED or effect is Effect.POSTPONED
    else:
        allowed = effect not in (Effect.ADOPTED, Effect.CHANGED) and outcome not in SETTLED
    return None if allowed else Reason(_("The role of this body does not allow this outcome."))


outcome_rules = (
    is_waiting,
    dated("on"),
    known_organizations("refer_to", "together_with"),
    all_have_spoken,
    change_is_worded,
    referral_has_aim,
    fits_votes,
)
