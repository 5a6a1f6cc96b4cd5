"""Living examples, plainly marked: invented concepts in every phase, brought there by ordinary steps.

Every date is counted from the day of loading, so that there is always something overdue,
something near and something far. What is in force, and what has ended, is told in `in_force`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workflow_app.cases import Cases

from . import check_ups, examples, in_force, motions, papers
from .examples import Example
from .story import Ids, Story

OFFICES = {"office": "ko-int", "lead_department": "fb-ews", "council_office": "gremienbuero"}
SILENT = ("Mobilität", "Alle kommen sicher dorthin, wohin sie wollen.", "ag-still")
# How many days a concept of the demonstration takes from one place on its way to the next.
GROUPS_CLOSE, DRAFT, COMMENTS, CONSIDERED, COUNCIL, COMMITTEE, DECISION = 30, 33, 45, 80, 85, 95, 110


def load(cases: Cases, session: Session, ids: Ids, now: datetime) -> None:
    """A concept in each phase, and what belongs to it."""
    story = Story(cases, session, ids, now)
    before_the_draft(story)
    before_the_council(story)
    before_the_end(story)
    check_up = in_force.tell(story)
    motions.tell(story)
    papers.tell(story, session)
    check_ups.tell(story, check_up)
    story.let_time_pass()
    story.tell_everybody(session)


def before_the_draft(story: Story) -> None:
    """From the idea to the proposals of the groups."""
    begun(story, 3, examples.AGEING, until="idea")
    lending = begun(story, 60, examples.LENDING, until="idea")
    story.do(50, lending, "give_up", "fachbereich", note="Das gibt es schon: die Leihbibliothek der Dinge.")
    begun(story, 12, examples.SHORT_WAYS, until="commission")
    begun(story, 20, examples.SPORT, until="kick_off", closing=-60)
    begun(story, 40, examples.QUARTER, closing=-5)
    digital = begun(story, 45, examples.DIGITAL, closing=8)
    story.do(10, digital, "hand_over", "ag", working_group=story.ids["ag-beispiel"])


def before_the_council(story: Story) -> None:
    """From the steering group's table to the weighing of comments."""
    drafted(story, 90, examples.WELCOME, until="assemble")
    drafted(story, 100, examples.CULTURE, until="one hand")
    drafted(story, 105, examples.LEARNING, until="approve")
    drafted(story, 110, examples.HEALTH, until="public")
    play = drafted(story, 98, examples.PLAY, until="comments")
    (comment,) = story.children(play, "submission", "received")
    story.do(8, comment, "note_advice", "steuerung", note="Passt gut zu Kapitel 2.")


def before_the_end(story: Story) -> None:
    """Before the committees and the council, and what they made of it."""
    drafted(story, 130, examples.LANGUAGE, until="council")
    decided(story, 160, examples.WOMEN, "postponed", postponed_to=story.day(-21))
    decided(story, 170, examples.YOUNG, "rejected", yes=12, no=28, abstained=0)
    markets = drafted(story, 150, examples.MARKETS, until="council")
    story.do(40, markets, "withdraw", "fachbereich", note="Das neue Baugesetz ändert die Grundlage.")
    cut = "In Kapitel 3 wird Satz 2 gestrichen."
    decided(story, 190, examples.HOUSING, "adoptedWithChanges", yes=30, no=8, abstained=2, changed_text=cut)
    decided(story, 200, examples.WORK, "adopted", yes=38, no=0, abstained=2)
    volunteers = decided(story, 210, examples.VOLUNTEERS, "adopted", yes=29, no=9, abstained=2)
    story.do(
        20, volunteers, "publish", "stelle", published_on=story.day(20), in_force_on=story.day(-40),
        period_from=story.day(-40), period_to=story.day(-1500), afterwards="until_replaced", edition="Fassung 1",
    )  # fmt: skip


# ------------------------------------------------------------------------------ the way


def begun(
    story: Story, days: int, example: Example, until: str = "proposals", closing: int = -30,
    links: tuple[tuple[str, int], ...] = (),
) -> int:  # fmt: skip
    """A concept up to its groups' proposals; it began `days` ago, its groups close `closing` days ago."""
    case = story.open(days, "concept", "stelle", example.title, OFFICES, links=links, reason="Ein Beispiel.")
    if until == "idea":
        return case
    story.do(
        days - 1, case, "commission", "stelle", commissioned_by=story.ids["ha"], commissioned_on=story.day(days - 1),
        resolution="Die Verwaltung wird beauftragt, ein Konzept zu erarbeiten.", cost="none", council=story.ids["rv"],
    )  # fmt: skip
    if until == "commission":
        return case
    told = ((example.field, example.principle, "ag-beispiel"), SILENT)
    fields = [
        {"no": no, "name": name, "guiding_principle": words, "group": story.ids[group]}
        for no, (name, words, group) in enumerate(told, start=1)
    ]
    story.do(
        days - 6, case, "kick_off", "stelle", kicked_off_on=story.day(days - 6), attendance=110, fields=fields,
        invitation_published_on=story.day(days - 3), groups_close_on=story.day(closing),
        steering_group=story.ids["steuer"], working_groups=[f["group"] for f in fields],
    )  # fmt: skip
    if until == "kick_off":
        return case
    story.do(days - 8, case, "start_groups", "ag")
    propose(story, days - 15, case, example)
    return case


def propose(story: Story, days: int, case: int, example: Example) -> None:
    """What the group wants done, a proposal a day."""
    for later, proposal in enumerate(example.proposals):
        story.do(
            days - later, case, "propose_measure", "ag", title=proposal.title, field_of_action=example.field,
            guiding_principle=example.principle, goal=proposal.goal, description=proposal.description,
            participants=proposal.participants, working_group=story.ids["ag-beispiel"],
            owner=story.ids[proposal.owner],
        )  # fmt: skip


def drafted(story: Story, days: int, example: Example, until: str, links: tuple[tuple[str, int], ...] = ()) -> int:
    """A concept from the steering group's work to the council's table."""
    case = begun(story, days, example, closing=days - GROUPS_CLOSE, links=links)
    story.do(days - 25, case, "hand_over", "ag", working_group=story.ids["ag-beispiel"])
    story.do(days - GROUPS_CLOSE - 1, case, "close_groups", "stelle")
    story.do(days - DRAFT, case, "assemble", "steuerung", missing_note="Das Feld bearbeitet die Steuerungsgruppe.")
    if until == "assemble":
        return case
    for measure in story.children(case, "measure", "proposed"):
        story.do(days - 36, measure, "take_into_draft", "steuerung")
    story.do(days - 40, case, "approve_draft", "steuerung")
    if until == "one hand":
        return case
    story.do(days - 41, case, "approve_draft", "vorstand")
    if until == "approve":
        return case
    if until == "public":
        publish_draft(story, 20, case, example)
        return case
    publish_draft(story, days - COMMENTS, case, example)
    story.sweep(days - CONSIDERED)
    if until == "comments":
        return case
    to_council(story, days, case)
    return case


def publish_draft(story: Story, days: int, case: int, example: Example) -> None:
    """The draft is open for comment, and somebody comments."""
    story.do(
        days, case, "publish_draft", "stelle", draft_published_on=story.day(days), edition="Entwurf 1",
        easy_language=False, translations="Arabisch, Ukrainisch", access_note="Leichte Sprache folgt.",
    )  # fmt: skip
    subject, words = example.comment
    story.do(days - 2, case, "comment", "einwohnerin", title=subject, text=words, public=True)


def to_council(story: Story, days: int, case: int) -> None:
    """Comments are answered, the steering group votes in a meeting, the paper goes its way."""
    for comment in story.children(case, "submission", "received"):
        story.do(days - 81, comment, "answer", "stelle", weighing="takenOver", reason="Das nehmen wir gern auf.")
    story.do(days - 82, case, "note_consideration", "stelle", considered="Die Hinweise sind in Kapitel 2 aufgenommen.")
    story.do(days - 83, case, "record_approval", "steuerung", on=story.day(days - 83), yes=7, no=0, abstained=1)
    bodies = [
        {"organization": story.ids["ha"], "role": "preliminary"},
        {"organization": story.ids["rv"], "role": "decision"},
    ]
    year = story.day(days - COUNCIL)[:4]
    story.do(
        days - COUNCIL, case, "to_council", "fachbereich", paper=f"RV-{100 + case}/{year}", consultations=bodies
    )  # fmt: skip


def decided(
    story: Story, days: int, example: Example, outcome: str, links: tuple[tuple[str, int], ...] = (), **more: Any
) -> int:
    """A concept the council has dealt with."""
    case = drafted(story, days, example, "council", links)
    story.do(
        days - COMMITTEE, case, "record_outcome", "gremien", consultation=0, outcome="preliminaryDone",
        on=story.day(days - COMMITTEE), yes=9, no=0, abstained=2, source_label="unanimous",
    )  # fmt: skip
    story.do(
        days - DECISION, case, "record_outcome", "gremien", consultation=1, outcome=outcome,
        on=story.day(days - DECISION), **more,
    )  # fmt: skip
    return case
