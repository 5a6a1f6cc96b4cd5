"""How Check Ups and recommendations of the small town come to where a test needs them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from .paths import outcome
from .town import CONSULTANTS, COUNCIL, COUNCIL_OFFICE, DWELLING, LEAD, LIBRARY, REFUGEES, SOCIAL, SPEECH, Town

PARTS = {
    "office": REFUGEES,
    "consultants": CONSULTANTS,
    "lead_department": LEAD,
    "council_office": COUNCIL_OFFICE,
}
FIELDS = [{"no": 1, "name": "Housing", "group": DWELLING}, {"no": 2, "name": "Language", "group": SPEECH}]
FACTS: dict[str, Any] = {
    "structures": "Three housing associations",
    "offers": "Advice on Tuesdays",
    "needs": "Small flats",
    "gaps": [{"gap": "Landlords do not know whom to ask", "source": "Survey"}, {"gap": "No interpreters on site"}],
    "responsible": "The housing office",
    "sources": "Talks with eleven landlords",
}
WORDS: dict[str, Any] = {
    "title": "Housing certificate",
    "description": "Courses for tenants, with a certificate that landlords know.",
    "goal": "More people find a flat.",
    "participants": "Housing associations, library",
}
VOTE: dict[str, Any] = {"how": "majority", "yes": 5, "no": 0, "abstained": 1}
WAY = [{"organization": SOCIAL, "role": "preliminary"}, {"organization": COUNCIL, "role": "decision"}]


def prepared(town: Town, title: str = "Check Up", concept: int | None = None) -> int:
    """A Check Up that stands alone, or one of a concept."""
    question: dict[str, Any] = {"guiding_question": "How does it succeed?"}
    if concept is None:
        return town.open("check_up", title, "refugees", PARTS, **question)
    done = town.do(
        concept, "open_check_up", "office", title=title, office=REFUGEES, consultants=CONSULTANTS, **question
    )  # fmt: skip
    return done.opened[0]


def begun(town: Town, concept: int | None = None, title: str = "Check Up") -> int:
    """Its groups work until sixty days from now."""
    case = prepared(town, title, concept)
    closing = (town.today + timedelta(days=60)).isoformat()
    town.do(
        case, "form_groups", "refugees", started_on=town.today.isoformat(), closes_on=closing, fields=FIELDS,
        focus_groups=[DWELLING, SPEECH],
    )  # fmt: skip
    return case


def field(town: Town, case: int, name: str = "Housing") -> int:
    """The status analysis of one field."""
    return next(i for i in town.children(case, "status_analysis") if town.row(i, "title") == (name,))


def described(town: Town, case: int) -> int:
    """The field of housing, written."""
    found = field(town, case)
    town.do(found, "describe", "dweller", **FACTS)
    return found


def recommending(town: Town, case: int) -> int:
    """The facts are agreed and options named."""
    found = described(town, case)
    town.do(found, "ask_experts", "dwelling", experts=[LIBRARY])
    town.do(found, "confirm_facts", "library", organization=LIBRARY)
    town.do(found, "agree_facts", "dwelling")
    town.do(found, "find_options", "dweller", options=[{"option": "Courses", "note": "cheap"}])
    return found


def recommended(town: Town, case: int, who: str = "dweller", name: str = "Housing", **words: Any) -> int:
    """A first idea, from a field's group."""
    title = words.pop("title", WORDS["title"])
    return town.do(field(town, case, name), "recommend", who, title=title, **words).opened[0]


def drafted(town: Town, case: int, who: str = "dweller", name: str = "Housing", **words: Any) -> int:
    """A recommendation written out."""
    found = recommended(town, case, who, name, title=words.get("title", WORDS["title"]))
    town.do(found, "draft", who, **WORDS | words)
    return found


def agreed(town: Town, case: int, who: str = "dwelling", name: str = "Housing", **words: Any) -> int:
    """One that its group agreed on in a meeting."""
    found = drafted(town, case, who, name, **words)
    town.do(found, "record_agreement", who, on=town.today.isoformat(), **VOTE)
    return found


def consolidated(town: Town, case: int, cost: str = "money", owner: tuple[int, ...] = (LIBRARY,), **words: Any) -> int:
    """One of which it is said who does it and what it costs."""
    found = agreed(town, case, **words)
    note = None if cost == "none" else "5,000 euro"
    town.do(found, "consolidate", "consultant", owner=list(owner), cost=cost, cost_note=note)
    return found


def proposed(town: Town, case: int, **more: Any) -> int:
    """One on its way; the committee has recommended it."""
    found = consolidated(town, case, **more)
    town.do(found, "propose", "lead", paper="FA-9", consultations=WAY)
    outcome(town, found, 0, "preliminaryDone")
    return found


def adopted(town: Town, case: int, word: str = "adopted", **more: Any) -> int:
    """One that the council has adopted."""
    found = proposed(town, case)
    outcome(town, found, 1, word, yes=30, no=4, abstained=2, **more)
    return found


def measure_of(town: Town, case: int, who: str = "refugees") -> int:
    """The measure that a recommendation becomes."""
    words = {name: WORDS[name] for name in ("title", "goal", "description", "participants")}
    return town.do(case, "become_measure", who, field_of_action="Housing", **words).opened[0]


def handed_over(town: Town, case: int) -> int:
    """The field of housing with one recommendation, handed over."""
    found = recommending(town, case)
    agreed(town, case)
    town.do(found, "hand_over", "dwelling")
    return found


def reported(town: Town, concept: int | None = None) -> int:
    """A Check Up with its final report; nothing came from the field of language."""
    case = begun(town, concept)
    handed_over(town, case)
    town.do(case, "close_groups", "consultant", missing_note="The office looks at it.")
    town.do(case, "publish_report", "refugees", summary="Much is there.", published_on=town.today.isoformat(),
            missing_note="One is still being agreed on.")  # fmt: skip
    return case
