"""Concept: the cases it opens below itself, and when its relatives follow. Pure functions."""

from __future__ import annotations

from workflow_app.engine.definition import Data, Facts, Holder, Opening, Relative, Snapshot
from workflow_app.engine.submitted import numbers, text

from .concept_rules import MEASURE, revision_runs, year_reported
from .concept_states import expired, in_force
from .consultations import Standing, is_adoption, standing_after
from .measure_rules import stands_in_draft
from .report_rules import reportable_measures

Parts = dict[str, tuple[Holder, ...]]

KEPT_PARTS = ("office", "lead_department", "council_office", "council", "steering_group", "working_group")
OFFICES = ("office", "lead_department", "council_office", "steering_group")

# --------------------------------------------------------------------------- relatives


def adopts_instead(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether this outcome puts the concept in the place of the plan before it."""
    return is_adoption(standing_after(case, data)) and not data.get("predecessor_continues")


def adopts(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether this outcome adopts a measure: with the concept, if it stands in its draft."""
    return is_adoption(standing_after(case, data)) and stands_in_draft(kin.state, kin.data)


def lets_go(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether a measure must look for another way: the concept has come to nothing, or was adopted
    without it."""
    standing = standing_after(case, data)
    left_out = is_adoption(standing) and not stands_in_draft(kin.state, kin.data)
    return left_out or standing in (Standing.REJECTED, Standing.WITHDRAWN)


def with_resolution(case: Snapshot, data: Data, kin: Relative) -> Data:
    """What a measure is told on adoption: since when, and whether it needs a resolution of its own."""
    return {"adopted_on": data["on"], "needs_resolution": bool(data.get("measures_need_resolutions"))}


def is_back(case: Snapshot, data: Data, kin: Relative) -> bool:
    """Whether the concept had expired before this step put a new version in force."""
    return case.state == expired.name


# ---------------------------------------------------------------------------- children


def a_measure(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """The measure as its group proposes it."""
    parts = _parts(case, OFFICES)
    for part in ("working_group", "owner"):
        if named := numbers(data.get(part)):
            parts[part] = tuple(Holder(organization=one) for one in named)
    return (Opening(text(data, "title"), {name: data.get(name) for name in MEASURE}, parts),)


def a_report(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """The report for the year that was over when it fell due, unless there is one; on a concept that has
    ended only while there are measures to ask about."""
    year = data.get("year") or facts.occasion.year - 1
    measures = reportable_measures(facts, year)
    if year_reported(facts, year) or not (measures or case.state == in_force.name):
        return ()
    about = tuple(("about", measure.id) for measure in measures)
    return (Opening(f"{case.title} ({year})", {"year": year}, _parts(case, KEPT_PARTS), about),)


def a_revision(case: Snapshot, data: Data, facts: Facts) -> tuple[Opening, ...]:
    """A revision, unless one is running."""
    if revision_runs(facts):
        return ()
    opened = {name: case.data.get(name) for name in ("fields", "revise_by")} | {"reason": data.get("reason")}
    about = tuple(("about", measure.id) for measure in reportable_measures(facts))
    return (Opening(case.title, opened, _parts(case, KEPT_PARTS), about),)


def _parts(case: Snapshot, names: tuple[str, ...]) -> Parts:
    return {name: case.parts[name] for name in names if name in case.parts}
