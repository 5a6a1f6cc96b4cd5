"""How cases of the small town come to where a test needs them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .town import BOARD, COUNCIL, COUNCIL_OFFICE, HOUSING, LEAD, LIBRARY, MAIN, OFFICE, SCHOOLS, STEERING, Town

OFFICES = {"office": OFFICE, "lead_department": LEAD, "council_office": COUNCIL_OFFICE}
FIELDS = [
    {"no": 1, "name": "Housing", "guiding_principle": "Everybody lives well.", "group": HOUSING},
    {"no": 2, "name": "Schools", "guiding_principle": "Everybody learns.", "group": SCHOOLS},
]
WORDS: dict[str, Any] = {
    "field_of_action": "Housing",
    "guiding_principle": "Everybody lives well.",
    "goal": "More flats",
    "description": "A certificate for landlords",
    "participants": "Housing associations, library",
}
PATH = [{"organization": BOARD, "role": "hearing"}, {"organization": COUNCIL, "role": "decision"}]


def in_groups(town: Town, title: str = "Concept", fields: list[dict[str, Any]] = FIELDS) -> int:
    """A concept whose groups are at work until the end of March."""
    case = town.open("concept", title, "office", OFFICES)
    ordered = town.today.isoformat()
    town.do(case, "commission", "clerk", commissioned_by=MAIN, commissioned_on=ordered, cost="none", council=COUNCIL)
    town.do(
        case, "kick_off", "office", kicked_off_on=ordered, invitation_published_on=ordered,
        groups_close_on=(town.today + timedelta(days=85)).isoformat(), steering_group=STEERING, fields=fields,
        working_groups=list(dict.fromkeys(f["group"] for f in fields)),
    )  # fmt: skip
    town.do(case, "start_groups", "housing")
    return case


def propose(town: Town, case: int, title: str, who: str = "housing", owner: int | None = LIBRARY, **words: Any) -> int:
    """A proposal of a working group."""
    group = {"housing": HOUSING, "schools": SCHOOLS}[who]
    done = town.do(case, "propose_measure", who, title=title, working_group=group, owner=owner, **WORDS | words)
    return done.opened[0]


def assembling(town: Town, title: str = "Concept", fields: list[dict[str, Any]] = FIELDS) -> int:
    """A concept whose draft is being assembled; nobody has proposed anything yet."""
    case = in_groups(town, title, fields)
    town.do(case, "close_groups", "office")
    town.do(case, "assemble", "chair", missing_note="Nobody handed in anything.")
    return case


def approve(town: Town, case: int) -> None:
    """The steering group's vote in a meeting."""
    town.do(case, "record_approval", "chair", on=town.today.isoformat(), yes=5, no=1, abstained=0)


def to_council(town: Town, case: int, path: list[dict[str, Any]] = PATH, **more: Any) -> None:
    """On its way; the advisory bodies have spoken."""
    town.do(case, "to_council", "lead", paper="RV-17", consultations=path, **more)
    for at, body in enumerate(path):
        if body["role"] != "decision":
            outcome(town, case, at, "preliminaryDone")


def outcome(town: Town, case: int, at: int, word: str, **more: Any) -> None:
    """What a body made of it today."""
    town.do(case, "record_outcome", "clerk", consultation=at, outcome=word, on=town.today.isoformat(), **more)


def in_council(town: Town, titles: tuple[str, ...] = (), name: str = "Concept", **more: Any) -> int:
    """A concept with these measures in its draft, waiting for the council."""
    case = assembling(town, name)
    for title in titles:
        town.do(propose(town, case, title), "take_into_draft", "chair")
    approve(town, case)
    to_council(town, case, no_round_note="It is short.", **more)
    return case


def in_force(
    town: Town, titles: tuple[str, ...] = ("Certificate", "Reading hour"), name: str = "Concept",
    decision: dict[str, Any] | None = None, **publish: Any,
) -> int:  # fmt: skip
    """A concept in force with its measures adopted; it ends after six years."""
    case = in_council(town, titles, name)
    outcome(town, case, 1, "adopted", yes=40, no=3, abstained=0, **decision or {})
    today = town.today
    until = (today.replace(year=today.year + 6) - timedelta(days=1)).isoformat()
    period = {"period_from": today.isoformat(), "period_to": until, "afterwards": "ends"}
    town.do(case, "publish", "office", published_on=today.isoformat(), **period | publish)
    town.wait_until(today + timedelta(days=1))
    assert town.state(case) == "in_force"
    return case


def measures(town: Town, case: int) -> dict[str, int]:
    """The measures of a concept by their title."""
    return {str(town.row(child, "title")[0]): child for child in town.children(case, "measure")}


def start(town: Town, measure: int, ends_on: str | None = None) -> None:
    """It begins."""
    town.do(measure, "start", "office", starts_on=town.today.isoformat(), ends_on=ends_on)


def a_report(town: Town, case: int) -> int:
    """The yearly report as the clock opens it, and everyone is asked."""
    day = town.due(case, "yearly_report")
    assert day is not None
    town.wait_until(day + timedelta(days=1))
    report = town.child(case, "implementation_report")
    town.do(report, "ask", "office", cut_off=(town.today - timedelta(days=1)).isoformat())
    return report


def requests(town: Town, report: int) -> dict[str, int]:
    """The questions of a report by the measure they are about."""
    return {str(town.row(child, "title")[0]): child for child in town.children(report, "status_request")}


ANSWER = {"status": "running", "light": "green", "text": "It goes well."}


def answer(town: Town, request: int, who: str = "library", **more: Any) -> None:
    """An answer."""
    town.do(request, "answer", who, **ANSWER | more)


def drafted(town: Town, report: int) -> None:
    """The answers' time is over, and the report is drafted."""
    until = date.fromisoformat(town.data(report)["answers_until"])
    if town.today <= until:
        town.wait_until(until + timedelta(days=1))
    town.do(report, "draft", "office", summary="The year in short.")


def published(town: Town, report: int) -> None:
    """From the draft to the public."""
    town.do(report, "check", "office", check_note="Sums are right.")
    town.do(report, "table", "lead", body=MAIN, paper="HA-3")
    town.do(report, "take_note", "clerk", noted_on=town.today.isoformat())
    town.do(report, "publish", "office", published_on=town.today.isoformat())
