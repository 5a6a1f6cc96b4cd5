"""Living examples, plainly marked: invented cases, opened by ordinary steps at moments of the past.

Every date is counted from the day of loading, so that there is always something overdue,
something near and something far.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from wtforms import FieldList
from wtforms.fields.core import UnboundField

from workflow_app import access
from workflow_app.cases import Cases, Done
from workflow_app.cases.clockwork import due_rows, ring
from workflow_app.engine import clock
from workflow_app.engine.definition import Actor, Holder, Opening
from workflow_app.models import Person

Ids = Mapping[str, int]
DOMAIN = "@flensburg.example"


class Story:
    """Somebody telling what happened, day by day."""

    def __init__(self, cases: Cases, session: Session, ids: Ids, now: datetime) -> None:
        self.cases = cases
        self.ids = ids
        self.now = now
        self.today = cases.store.calendar.local_date(now)
        self.people = {
            person.email.removesuffix(DOMAIN): access.viewer(session, person, self.today).actor
            for person in session.scalars(select(Person).where(Person.example))
        }

    def who(self, name: str) -> Actor:
        return self.people[name]

    def at(self, days_ago: int) -> datetime:
        """Ten o'clock UTC on a day before today (negative: after it)."""
        return self.now.replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=days_ago)

    def day(self, days_ago: int) -> str:
        return (self.today - timedelta(days=days_ago)).isoformat()

    def open(self, days_ago: int, process: str, who: str, title: str, parts: dict[str, str], **data: Any) -> int:
        held = {part: (Holder(organization=self.ids[key]),) for part, key in parts.items()}
        with clock.at(self.at(days_ago)):
            return self.cases.open_case(process, Opening(title, data, held), self.who(who), example=True).case_id

    def do(self, days_ago: int, case_id: int, step: str, who: str, **data: Any) -> Done:
        """A step as if its form had been filled in: what is not named was left empty."""
        return self.by(days_ago, case_id, step, self.who(who), **data)

    def by(self, days_ago: int, case_id: int, step: str, actor: Actor, **data: Any) -> Done:
        with self.cases.store.transaction() as tx:
            case = tx.take(case_id).snapshot
        form = self.cases.registry.find(case.process, case.version).step_by_name[step].form
        unbound = {name: getattr(form, name) for name in dir(form)} if form else {}
        blank = {
            name: None
            for name, entered in unbound.items()
            if isinstance(entered, UnboundField) and entered.field_class is not FieldList
        }
        with clock.at(self.at(days_ago)):
            return self.cases.act(case_id, step, actor, {**blank, **data})

    def sweep(self, days_ago: int) -> None:
        """Whatever the clock had to do until that day."""
        with clock.at(self.at(days_ago)):
            while rows := due_rows(self.cases):
                for row in rows:
                    ring(self.cases, row)

    def let_time_pass(self) -> None:
        """Day by day until today."""
        for days_ago in range(40, -1, -1):
            self.sweep(days_ago)


OFFICES = {"office": "ko-int", "lead_department": "fb-ews", "council_office": "gremienbuero"}
FIELDS = (
    ("ag-beispiel", "Nachbarschaft", "Wir lernen einander kennen und helfen uns."),
    ("ag-still", "Mobilität", "Alle kommen sicher dorthin, wohin sie wollen."),
)


def load(cases: Cases, session: Session, ids: Ids, now: datetime) -> None:
    """A concept in each phase, and what belongs to it."""
    story = Story(cases, session, ids, now)
    begun(story, 3, "Konzept „Altwerden in der Stadt“", until="idea")
    begun(story, 12, "Konzept „Stadt der kurzen Wege“", until="commission")
    begun(story, 20, "Konzept „Sport für alle“", until="kick_off", closing=-60)
    begun(story, 40, "Konzept „Miteinander im Quartier“", until="proposals", closing=-5)
    drafted(story, 90, "Konzept „Willkommen an der Förde“", until="assemble")
    drafted(story, 100, "Konzept „Kultur öffnet Türen“", until="approve")
    drafted(story, 110, "Konzept „Gesund leben in Flensburg“", until="public")
    drafted(story, 130, "Konzept „Sprache verbindet“", until="council")
    decided(story, 160, "Konzept „Frauen stärken“", "postponed")
    decided(story, 170, "Konzept „Junge Stadt“", "rejected")
    decided(story, 190, "Konzept „Barrierefrei wohnen“", "adoptedWithChanges")
    decided(story, 200, "Konzept „Gute Arbeit für alle“", "adopted")
    in_force(story)
    story.let_time_pass()


def begun(story: Story, days: int, title: str, until: str, closing: int = -30) -> int:
    """A concept up to its groups' proposals; `closing` is the groups' closing date in days ago."""
    case = story.open(days, "concept", "stelle", title, OFFICES, reason="Ein Beispiel.")
    if until == "idea":
        return case
    story.do(
        days - 1,
        case,
        "commission",
        "stelle",
        commissioned_by=story.ids["ha"],
        commissioned_on=story.day(days - 1),
        resolution="Die Verwaltung wird beauftragt, ein Konzept zu erarbeiten.",
        cost="none",
        council=story.ids["rv"],
    )
    if until == "commission":
        return case
    fields = [
        {"no": no, "name": name, "guiding_principle": words, "group": story.ids[key]}
        for no, (key, name, words) in enumerate(FIELDS, start=1)
    ]
    story.do(
        days - 6,
        case,
        "kick_off",
        "stelle",
        kicked_off_on=story.day(days - 6),
        attendance=110,
        fields=fields,
        invitation_published_on=story.day(days - 3),
        groups_close_on=story.day(closing),
        steering_group=story.ids["steuer"],
        working_groups=[f["group"] for f in fields],
    )
    if until == "kick_off":
        return case
    story.do(days - 8, case, "start_groups", "ag")
    propose(
        story, days - 15, case, "Nachbarschaftsfest mit vielen Sprachen", "Menschen lernen sich kennen.", "buergerbuero"
    )
    propose(
        story, days - 16, case, "Bücherschrank auf dem Südermarkt", "Alle können lesen, was sie mögen.", "bibliothek"
    )
    return case  # fmt: skip


def propose(story: Story, days: int, case: int, title: str, goal: str, owner: str) -> int:
    """A proposal of the working group."""
    done = story.do(
        days, case, "propose_measure", "ag", title=title, field_of_action="Nachbarschaft",
        guiding_principle="Wir lernen einander kennen und helfen uns.", goal=goal,
        description="Ein Beispiel für einen Vorschlag.", participants="Vereine, Schulen, Koordinierungsstelle",
        working_group=story.ids["ag-beispiel"], owner=story.ids[owner],
    )  # fmt: skip
    return done.opened[0]


def drafted(story: Story, days: int, title: str, until: str) -> int:
    """A concept from the steering group's work to the council's table."""
    case = begun(story, days, title, "proposals", closing=days - 30)
    story.do(days - 25, case, "hand_over", "ag", working_group=story.ids["ag-beispiel"])
    story.do(days - 31, case, "close_groups", "stelle")
    story.do(days - 33, case, "assemble", "steuerung", missing_note="Das Feld wird ohne die stille Gruppe bearbeitet.")
    if until == "assemble":
        return case
    for measure in children(story, case, "measure", "proposed"):
        story.do(days - 36, measure, "take_into_draft", "steuerung")
    story.do(days - 40, case, "approve_draft", "steuerung")
    if until == "approve":
        return case
    story.do(days - 41, case, "approve_draft", "vorstand")
    if until == "public":
        publish(story, 20, case)
        return case
    publish(story, days - 45, case)
    story.sweep(days - 80)
    for comment in children(story, case, "submission", "received"):
        story.do(days - 81, comment, "answer", "stelle", weighing="takenOver", reason="Das nehmen wir gern auf.")
    story.do(days - 82, case, "note_consideration", "stelle", considered="Ein Abschnitt zum Ehrenamt kam hinzu.")
    story.do(days - 83, case, "record_approval", "steuerung", on=story.day(days - 83), yes=7, no=0, abstained=1)
    rows_ = [
        {"organization": story.ids["ha"], "role": "preliminary"},
        {"organization": story.ids["rv"], "role": "decision"},
    ]
    story.do(days - 85, case, "to_council", "fachbereich", paper=f"RV-{case}/2026", consultations=rows_)
    return case


def publish(story: Story, days: int, case: int) -> None:
    """The draft is open for comment, and somebody comments."""
    story.do(
        days,
        case,
        "publish_draft",
        "stelle",
        draft_published_on=story.day(days),
        edition="Entwurf 1",
        easy_language=False,
        translations="Arabisch, Ukrainisch",
        access_note="Leichte Sprache folgt.",
    )
    story.do(days - 2, case, "comment", "einwohnerin", title="Ehrenamt stärken",
             text="Bitte schreiben Sie auf, wer Ehrenamtliche berät.", public=True)  # fmt: skip


def children(story: Story, case: int, process: str, state: str) -> list[int]:
    """The children of a case in a state, in the order of their opening."""
    with story.cases.store.transaction() as tx:
        sql = "SELECT id FROM cases WHERE parent_id = ? AND process = ? AND state = ? ORDER BY id"
        return [row[0] for row in tx.rows(sql, (case, process, state))]


def decided(story: Story, days: int, title: str, outcome: str) -> int:
    """A concept the council has dealt with."""
    case = drafted(story, days, title, "council")
    story.do(
        days - 95, case, "record_outcome", "gremien", consultation=0, outcome="preliminaryDone", on=story.day(days - 95)
    )
    more: dict[str, Any] = {"yes": 30, "no": 8, "abstained": 2}
    if outcome == "rejected":
        more = {"yes": 12, "no": 28, "abstained": 0}
    if outcome == "postponed":
        more = {"postponed_to": story.day(-21)}
    if outcome == "adoptedWithChanges":
        more["changed_text"] = "Satz 2 in Kapitel 3 wird gestrichen."
    story.do(
        days - 110, case, "record_outcome", "gremien", consultation=1, outcome=outcome, on=story.day(days - 110), **more
    )
    return case


def in_force(story: Story) -> None:
    """A concept in force for a year: its report is running with one owner late, and a revision begins."""
    case = decided(story, 540, "Konzept „Zusammenhalt gestalten“", "adopted")
    publish_adopted(story, case)
    for measure in children(story, case, "measure", "adopted"):
        story.do(400, measure, "start", "stelle", starts_on=story.day(400), ends_on=story.day(-75))
    story.sweep(40)
    (report,) = children(story, case, "implementation_report", "opened")
    story.do(39, report, "ask", "stelle", cut_off=story.day(45), answers_until=story.day(9))
    _late, prompt = children(story, report, "status_request", "asked")
    story.do(
        20,
        prompt,
        "answer",
        "bibliothek",
        status="running",
        light="green",
        text="Der Bücherschrank wird gut angenommen.",
        indicators=[{"name": "Bücher im Monat", "value": 140}],
    )
    story.do(15, case, "open_revision", "stelle", reason="Zwei Handlungsfelder sollen hinzukommen.")
    (revision,) = children(story, case, "revision", "opened")
    story.do(10, revision, "open_round", "stelle", reach="extends", draft_published_on=story.day(10))


def publish_adopted(story: Story, case: int) -> None:
    """From the council's decision to the day it comes into force."""
    begins, ends = story.day(410), story.day(-1800)
    story.do(
        415,
        case,
        "publish",
        "stelle",
        published_on=story.day(415),
        in_force_on=begins,
        period_from=begins,
        period_to=ends,
        afterwards="ends",
        edition="Fassung 1",
    )
    story.sweep(408)  # fmt: skip
