"""What a list of consultations (Beratungsfolge) means: pure helpers for every paper on its way.

The list lies in the case's data under ``consultations``. What a body has said is never taken out
of it: one that postpones, or gets the matter again, stands in it a second time (domain.md 2.4, 3.2).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import Enum
from typing import Any

from workflow_app.engine.definition import Changes, Data, Facts, Setting, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.submitted import number

Entry = dict[str, Any]
Entries = Sequence[Mapping[str, Any]]

decision_waits = Setting("decision_waits_for_all_bodies", True, _("The decision waits for all required bodies"))
abstention_spoils = Setting("abstention_spoils_unanimity", False, _("An abstention spoils a unanimous vote"))


class Effect(Enum):
    """What an outcome does to the way of the paper."""

    ADOPTED = "adopted"
    CHANGED = "changed"
    REJECTED = "rejected"
    DONE = "done"
    """This body has finished; it has not decided."""
    MOVED = "moved"
    """Another body has it now."""
    POSTPONED = "postponed"
    WITHDRAWN = "withdrawn"


EFFECTS: Mapping[str, Effect] = {
    "adopted": Effect.ADOPTED,
    "approved": Effect.ADOPTED,
    "elected": Effect.ADOPTED,
    "adoptedWithChanges": Effect.CHANGED,
    "partlyAdopted": Effect.CHANGED,
    "rejected": Effect.REJECTED,
    "rejectedTie": Effect.REJECTED,
    "referred": Effect.MOVED,
    "referredBack": Effect.MOVED,
    "sentToWorkingBody": Effect.MOVED,
    "postponed": Effect.POSTPONED,
    "deferred": Effect.POSTPONED,
    "removedFromAgenda": Effect.POSTPONED,
    "withdrawn": Effect.WITHDRAWN,
    "absorbedIntoMainPaper": Effect.WITHDRAWN,
}
_SAID = ("outcome", "on", "source_label", "changed_text", "note", "refer_to")
WITH_CHANGES = ("adoptedWithChanges", "partlyAdopted", "preliminaryDoneWithChanges")


class Standing(Enum):
    """Where the paper stands after an outcome."""

    OPEN = "open"
    ADOPTED = "adopted"
    ADOPTED_WITH_CHANGES = "adopted_with_changes"
    REJECTED = "rejected"
    SETTLED = "settled"
    """The deciding body has ended the matter without adopting or rejecting it."""
    POSTPONED = "postponed"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


def is_adoption(standing: Standing) -> bool:
    """Adopted, with or without changes."""
    return standing in (Standing.ADOPTED, Standing.ADOPTED_WITH_CHANGES)


# ---------------------------------------------------------------------------- the list


def entry(
    organization: int,
    role: str,
    *,
    required: bool = True,
    public: bool = True,
    until: str | None = None,
    planned_on: str | None = None,
    together_with: Sequence[int] = (),
) -> Entry:
    """A body that has not spoken yet. Only the role of decision is authoritative (OParl)."""
    return {
        "organization": organization,
        "role": role,
        "authoritative": role == "decision",
        "required": required,
        "public": public,
        "until": until,
        "planned_on": planned_on,
        "together_with": list(together_with),
        "outcome": None,
        "on": None,
        "counts": None,
        "source_label": None,
        "changed_text": None,
        "note": None,
        "refer_to": None,
    }


def from_rows(submitted: Entries) -> list[Entry]:
    """The list from the rows of `ConsultationsForm`."""
    return [from_row(row) for row in submitted]


def from_row(row: Mapping[str, Any]) -> Entry:
    """One entry from one row of a form."""
    return entry(
        row["organization"],
        row["role"],
        required=not row.get("optional"),
        public=not row.get("closed"),
        until=row.get("until"),
    )


def listed(data: Data) -> list[Entry]:
    """The list of a case; a copy that may be changed. What a source does not say of a body (an
    imported one) is as in an entry of our own."""
    return [entry(item["organization"], item["role"]) | dict(item) for item in data.get("consultations") or ()]


def again(item: Mapping[str, Any], *, planned_on: str | None = None, together_with: Sequence[int] = ()) -> Entry:
    """The same body once more."""
    return entry(
        item["organization"],
        item["role"],
        required=item["required"],
        public=item["public"],
        planned_on=planned_on,
        together_with=together_with or item.get("together_with") or (),
    )


def next_open(items: Entries) -> int | None:
    """The place of the first body that has not spoken yet."""
    return next((at for at, item in enumerate(items) if not item["outcome"]), None)


def add_before_decision(items: Entries, new: Entry) -> list[Entry]:
    """The list with one more body: before the open decision, a decision itself at the end."""
    copied = [dict(item) for item in items]
    if new["authoritative"]:
        return [*copied, new]
    place = next((at for at, i in enumerate(copied) if i["authoritative"] and not i["outcome"]), len(copied))
    return [*copied[:place], new, *copied[place:]]


def added(case: Snapshot, data: Data, facts: Facts) -> Changes:
    """The list of a paper on its way with one more body."""
    return Changes(set={"consultations": add_before_decision(listed(case.data), from_row(data))})


def anew(items: Entries) -> list[Entry]:
    """The list for a paper that is brought in again: what was said stays, each body comes once more."""
    spoken = [dict(item) for item in items if item["outcome"]]
    bodies = {(item["organization"], item["role"]): item for item in items}
    return spoken + [again(item) for item in bodies.values()]


def waits_for(items: Entries, today: date) -> list[int]:
    """The required advisory bodies whose word is missing and whose time has not run out."""
    return [item["organization"] for item in items if _is_awaited(item, today)]


def _is_awaited(item: Mapping[str, Any], today: date) -> bool:
    if item["outcome"] or item["authoritative"] or not item["required"] or item["role"] == "information":
        return False
    return not item.get("until") or date.fromisoformat(item["until"]) >= today


# ------------------------------------------------------------------------- an outcome


def brought_in(case: Snapshot, submitted: Entries) -> list[Entry]:
    """A new list behind what earlier bodies have said."""
    return [item for item in listed(case.data) if item["outcome"]] + from_rows(submitted)


def record(items: Entries, at: int, result: Data, settles: Collection[str] = ()) -> list[Entry]:
    """The list after a body has spoken, with whatever has to come next put in behind it. `settles`
    are the outcomes with which a deciding body ends the matter although it decides nothing."""
    copied = [dict(item) for item in items]
    if copied[at]["outcome"]:
        return copied
    copied[at] |= {name: result.get(name) for name in _SAID}
    copied[at]["counts"] = counts_of(result)
    return [*copied[: at + 1], *_what_follows(copied[at], result, settles), *copied[at + 1 :]]


def _what_follows(item: Entry, result: Data, settles: Collection[str]) -> list[Entry]:
    effect = EFFECTS.get(item["outcome"], Effect.DONE)
    if effect is Effect.POSTPONED:
        together = result.get("together_with") or ()
        return [again(item, planned_on=result.get("postponed_to"), together_with=together)]
    if effect is Effect.MOVED:
        return _elsewhere(item, result.get("refer_to"))
    # The deciding body took note, held no vote …: the decision is still to come.
    comes_again = effect is Effect.DONE and item["authoritative"] and item["outcome"] not in settles
    return [again(item)] if comes_again else []


def _elsewhere(item: Entry, to: int | None) -> list[Entry]:
    """The body it goes to, and this one again where it decides or wants it back."""
    comes_back = item["authoritative"] or item["outcome"] == "referredBack"
    there = [entry(to, "preliminary", public=item["public"])] if to else []
    return there + ([again(item)] if comes_back else [])


def standing(items: Entries, at: int, settles: Collection[str] = ()) -> Standing:
    """Where the paper stands now that the body at this place has spoken."""
    item = items[at]
    effect = EFFECTS.get(item["outcome"], Effect.DONE)
    if effect is Effect.WITHDRAWN:
        return Standing.WITHDRAWN
    if item["outcome"] == "referredBack" and not item["refer_to"]:
        # Without a body it goes back to those who wrote it.
        return Standing.SENT_BACK
    if not item["authoritative"]:
        return Standing.OPEN
    if effect in (Effect.REJECTED, Effect.POSTPONED):
        return Standing.REJECTED if effect is Effect.REJECTED else Standing.POSTPONED
    if item["outcome"] in settles and not _decision_missing(items):
        return Standing.SETTLED
    if effect not in (Effect.ADOPTED, Effect.CHANGED) or _decision_missing(items):
        return Standing.OPEN
    return Standing.ADOPTED_WITH_CHANGES if _changed_by_decision(items) else Standing.ADOPTED


def _decision_missing(items: Entries) -> bool:
    return any(item["authoritative"] and not item["outcome"] for item in items)


def _changed_by_decision(items: Entries) -> bool:
    return any(i["authoritative"] and EFFECTS.get(i["outcome"]) is Effect.CHANGED for i in items)


def standing_after(case: Snapshot, data: Data, facts: Facts | None = None) -> Standing:
    """Where the paper stands when what is submitted has been recorded; for a `Branch`."""
    at = int(data["consultation"])
    return standing(record(listed(case.data), at, data), at)


# ------------------------------------------------------------------------------- votes


def counts_of(result: Data) -> dict[str, int] | None:
    """The counted votes; None where nobody counted."""
    if result.get("yes") is None:
        return None
    return {name: number(result.get(name)) or 0 for name in ("yes", "no", "abstained")}


def vote_label(counts: Mapping[str, int] | None, spoils: bool) -> str | None:
    """``unanimous`` or ``majority``, derived from the counts (a setting says what an abstention does)."""
    if not counts or not counts["yes"]:
        return None
    against = counts["no"] + (counts["abstained"] if spoils else 0)
    return "majority" if against else "unanimous"


def labels_differ(item: Mapping[str, Any], spoils: bool) -> bool:
    """Whether the minutes call the vote otherwise than the counts do: show both."""
    derived = vote_label(item["counts"], spoils)
    return bool(item["source_label"] and derived and item["source_label"] != derived)
