"""Flensburg 2008-2017 as the town told it in 2017: imported, with the source of every figure.

Only what the source names is recorded; what it does not say stays empty and reads "nicht
angegeben"; what we calculated carries its formula; where the source contradicts itself, the
contradiction is shown at the case it concerns.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflow_app.cases import Cases
from workflow_app.cases.importing import ImportedCase, Past, import_case
from workflow_app.engine.definition import Holder

from .source import UNKNOWN, by_id, facts, issue, provenance

Ids = Mapping[str, int]


def load(cases: Cases, ids: Ids) -> dict[str, int]:
    """Both concepts and all measures; gives the ids of the cases by the ids of the source."""
    found: dict[str, int] = {}
    found["k1"] = import_case(cases, _concept_1(ids)).case_id
    found["k2"] = import_case(cases, _concept_2(ids, found["k1"])).case_id
    for told in facts()["measures"]:
        parent = found["k2"] if told.get("concept") == "k2" or told["id"].startswith("m") else None
        found[told["id"]] = import_case(cases, _measure(told, ids, parent)).case_id
    return found


def milestone(words: str) -> dict[str, Any]:
    """The milestone whose text begins with these words."""
    found: dict[str, Any] = next(m for m in facts()["milestones"] if m["event"].startswith(words))
    return found


def dated(told: Mapping[str, Any]) -> dict[str, Any]:
    """A date with its precision, as the source gives it."""
    if "date" in told:
        text = str(told["date"])
        named = str(told.get("precision", ""))
        return {"text": named if named.startswith("Mitte") else text, "precision": named or "day"}
    return {"text": f"{told['date_from']} bis {told['date_to']}", "precision": str(told.get("precision", "span"))}


def _past(step: str, state: str, words: str, **data: Any) -> Past:
    """Something that happened, from the milestone that tells it."""
    told = milestone(words)
    return Past(step, state, told["event"], dated(told), provenance(told), data)


def parts_of(ids: Ids, **named: str | list[str]) -> dict[str, tuple[Holder, ...]]:
    """Who holds which part, by the keys of the organizations."""
    return {
        part: tuple(Holder(organization=ids[key]) for key in ([keys] if isinstance(keys, str) else keys))
        for part, keys in named.items()
    }


def _concept_1(ids: Ids) -> ImportedCase:
    told = by_id("concepts", "k1")
    adoption = told["adoption"]
    groups = milestone("Arbeitsgruppen tagen")
    past = [
        _past("commission", "commissioned", "drei Sofortmaßnahmen", commissioned_by=ids["ha"]),
        _past("kick_off", "kicked_off", "Auftakt"),
        _past("start_groups", "in_groups", "Arbeitsgruppen tagen"),
        Past("close_groups", "proposals_due", groups["output"], {"text": groups["deadline"], "precision": "month end"},
             provenance(groups)),
        _past("assemble", "assembling", "Steuerungsgruppe fügt"),
        _past("record_outcome", "adopted", "1. Integrationskonzept", consultations=[_adopted(ids)]),
        _past("open_report", "in_force", "jährlicher Umsetzungsbericht"),
        _past("replace", "replaced", "2. Integrationskonzept"),
    ]  # fmt: skip
    data = {
        "period_from": str(told["period"]["from"]),
        "period_to": str(told["period"]["to"]),
        "groups_close_on": None,
        "working_groups": [ids[key] for key in told["working_groups"]],
        "steering_group": ids["steuer"],
        "adopted_on": None,
        "_sources": {
            "period_from": provenance(told["period"]),
            "period_to": {**provenance(told["period"]), "note": "für fünf Jahre verabschiedet"},
            "adopted_on": provenance(adoption["date"]),
            "groups_close_on": {"src": "seed", "note": groups["deadline"]},
            "working_groups": {"src": "seed", "note": issue("q1")},
        },
        "_issues": [issue("q1"), issue("q4")],
    }
    parts = parts_of(ids, office="ko-int", council="rv", steering_group="steuer", working_group=told["working_groups"])
    return ImportedCase("flensburg:k1", "concept", told["title"], past, data, parts)


def _concept_2(ids: Ids, predecessor: int) -> ImportedCase:
    told = by_id("concepts", "k2")
    delay = told["delay_note"]
    past = [
        Past("state_date", "in_consultation", delay["text"], {"text": "Herbst 2015", "precision": "season"},
             provenance(delay)),
        _past("record_outcome", "adopted", "2. Integrationskonzept", consultations=[_adopted(ids)]),
        Past("come_into_force", "in_force", f"{told['title']}; auf sechs Jahre angelegt",
             {"text": str(told["period"]["from"]), "precision": "year"}, provenance(told["period"])),
    ]  # fmt: skip
    due = told["revision"]["next_due"]
    data = {
        "period_from": str(told["period"]["from"]),
        "period_to": str(told["period"]["to"]),
        "adopted_on": told["adoption"]["date"],
        "fields": [
            {"no": f["no"], "name": f["name"], "guiding_principle": f["leitsatz"], "page": f["page"]}
            for f in told["fields"]
        ],
        "working_groups": None,
        "steering_group": ids["steuer"],
        "revise_by": ", ".join(due["value"]),
        "_sources": {
            "period_from": provenance(told["period"]),
            "period_to": provenance(told["period"]),
            "adopted_on": provenance(told["adoption"]),
            "fields": {"src": "seed", "note": told["leitsatz_examples"][0]},
            "revise_by": provenance(due),
        },
        "_issues": [issue(q) for q in ("q2", "q3", "q5", "q6", "q7")],
    }  # fmt: skip
    parts = parts_of(ids, office="ko-int", lead_department="fb-ews", council="rv", steering_group="steuer")
    return ImportedCase("flensburg:k2", "concept", told["title"], past, data, parts, (("predecessor", predecessor),))


def _adopted(ids: Ids) -> dict[str, Any]:
    """The council's decision as the source has it: unanimous, without counts."""
    return {"organization": ids["rv"], "role": "decision", "outcome": "adopted", "source_label": "unanimous"}


STATES = {
    "umgesetzt": ("finish", "finished"),
    "abgeschlossen": ("finish", "finished"),
    "laufend": ("start", "running"),
}
KINDS = {"Sofortmaßnahme": "immediate", "Einzelprojekt": "single_project"}


def _measure(told: dict[str, Any], ids: Ids, parent: int | None) -> ImportedCase:
    responsible = told.get("responsible")
    unknown = isinstance(responsible, dict) and responsible.get("value") == UNKNOWN
    owner = responsible if isinstance(responsible, str) else told.get("organised_by")
    data = {
        "kind": KINDS.get(told.get("kind", ""), "concept"),
        "no": told.get("no"),
        "field_of_action": told.get("field"),
        "guiding_principle": told.get("leitsatz"),
        "goal": told.get("goal"),
        "description": told.get("text") or ("; ".join(told["elements"]) if told.get("elements") else None),
        "participants": ", ".join(told["participants"]) if told.get("participants") else None,
        "owner": ids[owner] if owner else None,
        "duration": told.get("period") or told.get("cadence") or told.get("since"),
        "indicators": [_indicator(i) for i in told.get("indicators", ())],
        "_sources": _measure_sources(unknown),
    }
    parts = parts_of(ids, office="ko-int", **({"owner": owner} if owner else {}))
    return ImportedCase(
        f"flensburg:{told['id']}", "measure", told["title"], _measure_past(told, ids), data, parts, (), parent
    )


def _measure_sources(unknown: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"indicators": {"src": "seed"}}
    if unknown:
        found["owner"] = {"src": "unknown"}
    return found


def _measure_past(told: dict[str, Any], ids: Ids) -> list[Past]:
    """The adoption where the source names it, and how it stood when the source was written."""
    past = []
    if "decided_by" in told:
        decision = milestone("drei Sofortmaßnahmen")
        adopted = {"body": ids[told["decided_by"]]}
        past.append(Past("adopt_alone", "adopted", decision["event"], dated(decision), provenance(decision), adopted))
    step, state = STATES.get(told.get("status", ""), ("start", "running"))
    words = (
        f"Stand im Wettbewerbsbeitrag: {told['status']}" if "status" in told else "Im Wettbewerbsbeitrag beschrieben"
    )
    past.append(Past(step, state, words, {"text": "2017", "precision": "year"}, provenance(told)))
    return past


def _indicator(told: dict[str, Any]) -> dict[str, Any]:
    """A figure as the source gives it; what we checked or calculated says its formula."""
    found: dict[str, Any] = {
        name: told[name] for name in ("name", "comparator", "value", "pct", "period") if name in told
    }
    if told.get("cumulative") or "cumulative_since" in told:
        since = f" seit {told['cumulative_since']}" if "cumulative_since" in told else ""
        found["count"] = f"aufsummiert{since}"
    if told.get("src") == "derived":
        found["formula"] = told["formula"]
    for name in ("check", "persons", "staff_total"):
        if name in told:
            value = told[name].get("value")
            found[name] = f"{value} = {told[name]['formula']}" if value else told[name]["formula"]
    return found
