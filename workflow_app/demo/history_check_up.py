"""Flensburg's Check Up of 2016 and 2017 as its source tells it: seven fields and 22 recommendations.

Five recommendations have a name; of the other 17 the source says no more than that they exist. Each of
them is a case all the same, so that a count gives what the source counts, and says openly that nothing
is known of it.
"""

from __future__ import annotations

from typing import Any

from workflow_app.cases import Cases
from workflow_app.cases.importing import ImportedCase, Past, import_case

from .history import Ids, dated, milestone, parts_of
from .source import by_id, issue, provenance

UNKNOWN = {"src": "unknown"}
WRITTEN = {"text": "2017", "precision": "year"}
GROUPS = {
    "Arbeit": "fg-arbeit",
    "Sprache": "fg-sprache",
    "Wohnen": "fg-wohnen",
    "Teilhabe": "fg-teilhabe",
    "Engagement": "fg-engagement",
    "Akzeptanz": "fg-akzeptanz",
    "Koordination": "fg-koord",
}


def load(cases: Cases, ids: Ids, concept: int) -> dict[str, int]:
    """The Check Up below its concept, and its recommendations; gives their ids by those of the source."""
    told = by_id("concepts", "checkup")
    found = {"checkup": import_case(cases, _check_up(told, ids, concept)).case_id}
    for one in told["recommendations_named"]:
        found[one["id"]] = import_case(cases, _named(one, ids, found["checkup"])).case_id
    unnamed = told["recommendations_unnamed"]
    for n in range(1, unnamed["value"] + 1):
        key = f"checkup-unnamed-{n:02d}"
        found[key] = import_case(cases, _unnamed(key, n, unnamed, ids, found["checkup"])).case_id
    return found


def _check_up(told: dict[str, Any], ids: Ids, concept: int) -> ImportedCase:
    began, total = milestone("2. Flüchtlingsforum"), told["recommendations_total"]
    words = f"{total['value']} Maßnahmenvorschläge, im Wettbewerbsbeitrag als Ergebnis genannt"
    past = [
        Past("form_groups", "in_groups", began["event"], dated(began), provenance(began)),
        Past("close_groups", "consolidating", words, WRITTEN, provenance(total)),
    ]
    fields = [{"no": no, "name": name, "group": ids[GROUPS[name]]} for no, name in enumerate(told["fields"], 1)]
    data = {
        "of_concept": True,
        "guiding_question": told["guiding_question"],
        "reason": told["started_after"]["event"],
        "phases": told["phases"],
        "started_on": told["started_after"]["date"],
        "fields": fields,
        "partners": by_id("organizations", "partner")["members"],
        "recommendations_total": total["value"],
        "_sources": {
            "started_on": provenance(told["started_after"]),
            "fields": {"src": "seed"},
            "recommendations_total": provenance(total),
            "closes_on": UNKNOWN,
            "published_on": UNKNOWN,
        },
        "_issues": [issue("q6"), issue("q7")],
    }
    office, consultants = told["led_by"]
    parts = parts_of(ids, office=office, consultants=consultants, focus_group=list(GROUPS.values()))
    return ImportedCase("flensburg:checkup", "check_up", told["title"], past, data, parts, (), concept)


def _named(told: dict[str, Any], ids: Ids, check_up: int) -> ImportedCase:
    """A recommendation with its title; the field is concluded from the title, by us."""
    field = told["field"]["value"]
    data = {"field_of_action": field,
            "_sources": {"field_of_action": {**provenance(told["field"]), "formula": "aus dem Titel erschlossen"},
                         "description": UNKNOWN, "owner": UNKNOWN, "decided_on": UNKNOWN}}  # fmt: skip
    words = "Im Wettbewerbsbeitrag genannt; was daraus wurde, sagt er nicht"
    parts = parts_of(ids, office="ko-flu", focus_group=GROUPS[field])
    return _recommendation(told["id"], told["title"], words, provenance(told), data, parts, check_up)


def _unnamed(key: str, n: int, told: dict[str, Any], ids: Ids, check_up: int) -> ImportedCase:
    """One of those that the source only counts."""
    names = ("field_of_action", "description", "owner", "decided_on")
    data = {"_sources": dict.fromkeys(names, UNKNOWN)}
    title = f"Nicht benannte Empfehlung {n} von {told['value']}"
    parts = parts_of(ids, office="ko-flu")
    return _recommendation(key, title, told["display"], provenance(told), data, parts, check_up)


def _recommendation(
    key: str, title: str, words: str, source: dict[str, Any], data: dict[str, Any], parts: Any, check_up: int
) -> ImportedCase:
    # The consultants are named by the Check Up itself: nothing of that time waits for them any more.
    past = [Past("consolidate", "consolidated", words, WRITTEN, source)]
    return ImportedCase(f"flensburg:{key}", "recommendation", title, past, data, parts, (), check_up)
