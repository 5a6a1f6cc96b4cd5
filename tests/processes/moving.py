"""How motions of the small town come to where a test needs them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from .paths import outcome
from .town import COUNCIL, COUNCIL_OFFICE, LEAD, LIBRARY, ROUND_TABLE, SOCIAL, TABLE_BOARD, Town

PARTS = {
    "round_table": ROUND_TABLE,
    "round_table_board": TABLE_BOARD,
    "lead_department": LEAD,
    "council_office": COUNCIL_OFFICE,
}
WORDING: dict[str, Any] = {
    "demand": "The library opens on Sundays.",
    "reasons": "Families have time on Sundays.",
    "finance": "cost",
    "finance_note": "One post, from the culture budget.",
    "signed_by": "The chair",
}
WAY = [{"organization": SOCIAL, "role": "preliminary"}, {"organization": COUNCIL, "role": "decision"}]


def draft(town: Town, title: str = "Library on Sundays", **words: Any) -> int:
    """A draft by a member of the round table."""
    return town.open("motion", title, "mover", PARTS, **{**WORDING, **words})


def resolve(town: Town, case: int, **more: Any) -> None:
    """The round table votes for it."""
    vote = {"was_public": True, "was_quorate": True, "present": 30, "yes": 25, "no": 2, "abstained": 3}
    town.do(case, "resolve", "board", on=town.today.isoformat(), minutes="Minutes 1/2026", **{**vote, **more})


def filed(town: Town, title: str = "Library on Sundays", words: dict[str, Any] | None = None, **more: Any) -> int:
    """A motion at the department."""
    case = draft(town, title, **words or {})
    resolve(town, case)
    town.do(case, "file", "board", **{"joint_movers": [], **more})
    return case


def admitted(town: Town, title: str = "Library on Sundays", **more: Any) -> int:
    """A complete motion."""
    case = filed(town, title, **more)
    town.do(case, "admit", "lead")
    return case


def asked(town: Town, *units: int, **more: Any) -> int:
    """Units are asked for a statement."""
    case = admitted(town, **more)
    town.do(case, "request_statements", "lead", asked=list(units or (LIBRARY,)), question="Is there staff?")
    return case


def ready(town: Town, **more: Any) -> int:
    """The library has given its statement."""
    case = asked(town, **more)
    town.do(town.child(case, "statement"), "give", "library", recommendation="adopt", text="We would like to.")
    town.do(case, "statements_complete", "lead")
    return case


def routed(town: Town, way: list[dict[str, Any]] = WAY, **more: Any) -> int:
    """On its way; the meetings are far enough for every deadline."""
    case = ready(town, **more)
    town.do(case, "route", "clerk", paper="FA-1", consultations=way)
    return case


def schedule(town: Town, case: int, at: int, in_days: int = 28) -> date:
    """The body has it on the agenda of a meeting."""
    on = town.today + timedelta(days=in_days)
    town.do(case, "schedule", "clerk", consultation=at, on=on.isoformat(), agenda_item="7")
    return on


def call(town: Town, case: int, at: int) -> None:
    """The item is called in that meeting."""
    town.do(case, "call_item", "clerk", consultation=at, was_quorate=True, present=20, speaker="The chair")


def meet(town: Town, case: int, at: int, word: str, in_days: int = 28, **more: Any) -> None:
    """A body has it on its agenda, meets, and says a word."""
    town.wait_until(schedule(town, case, at, in_days))
    call(town, case, at)
    outcome(town, case, at, word, **more)


def decided(town: Town, word: str = "adopted", case: int | None = None, **more: Any) -> int:
    """The council has dealt with it."""
    case = routed(town) if case is None else case
    meet(town, case, 0, "preliminaryDone")
    meet(town, case, 1, word, **more)
    return case


def communicated(town: Town) -> int:
    """Adopted, and the movers know."""
    case = decided(town)
    town.do(case, "communicate", "clerk", answer="The council has adopted your motion.")
    return case


def implementing(town: Town, *tasks: str) -> int:
    """Tasks are planned."""
    case = communicated(town)
    due = (town.today + timedelta(days=90)).isoformat()
    rows = [{"title": title, "owner": LIBRARY, "due_on": due} for title in tasks]
    town.do(case, "plan", "lead", tasks=rows, plan_note="Until summer.")
    return case


def before_the_council(town: Town) -> int:
    """The council deals with it, and nobody else did before."""
    case = routed(town, way=[{"organization": COUNCIL, "role": "decision"}])
    town.wait_until(schedule(town, case, 0))
    call(town, case, 0)
    return case
