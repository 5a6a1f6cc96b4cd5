"""What a mail is about, as its reader may see it now: looked up again at the moment of writing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app import access, cases, people, queries
from workflow_app.access import Viewer
from workflow_app.engine import clock, reaching
from workflow_app.engine.definition import Notice, Process
from workflow_app.engine.reaching import Wishes
from workflow_app.languages import LANGUAGES
from workflow_app.models import DueDate, Notification, OpenStep, Person
from workflow_app.models.documents import CHANGED, TOLD_OF_DOCUMENTS
from workflow_app.queries import CaseRow, DocumentRow
from workflow_app.wording import telling
from workflow_app.wording.naming import due_label

Task = tuple[str, date | None]


@dataclass(frozen=True, slots=True)
class Subject:
    """One notification with everything a mail says about it. `matters` is False where nothing is to be
    mailed: the reader may not see the case or the document (then nothing of it stands here), has read it on the
    site, wants to hear nothing of it, the deadline has been met or moved, or the document been withdrawn."""

    one: Notification
    person: Person
    wishes: Wishes
    matters: bool
    case: CaseRow
    happened: str = ""
    deadline: str = ""
    tasks: Sequence[Task] = ()
    represents: str = ""
    template: str = "notice"
    document: DocumentRow | None = None

    @property
    def paper(self) -> str:
        """Which document it is about; empty for anything else."""
        return telling.which_document(self.document.name) if self.document else ""

    @property
    def is_for_mail(self) -> bool:
        """Whether the reader wants it by mail, one way or the other."""
        return self.matters and self.wishes.way_of(self.one.topic) != reaching.SITE


def subject_of(session: Session, outbox: int, person_id: int) -> Subject | None:
    """What there is to say to a person about a message; None where they were not told of it."""
    mine = Notification.outbox_id == outbox, Notification.person_id == person_id
    one = session.scalar(select(Notification).where(*mine))
    return next(iter(subjects(session, session.get_one(Person, person_id), [one])), None) if one else None


def subjects(session: Session, person: Person, told: Sequence[Notification]) -> list[Subject]:
    """The same for several notifications of one person, in their order and in the person's language."""
    today = people.current().calendar.local_date(clock.now())
    viewer = access.viewer(session, person, today)
    wishes = queries.wishes_of(session, [person.id], today)[person.id]
    seen = {row.id: row for row in queries.visible_rows(session, viewer, {one.case_id for one in told})}
    muted = queries.muted_among(session, person.id, {one.case_id for one in told if one.topic in reaching.OPTIONAL})
    told_of = [
        None if one.topic in reaching.OPTIONAL and one.case_id in muted else seen.get(one.case_id) for one in told
    ]
    with force_locale(language_of(person)):
        return [_subject(session, viewer, person, wishes, *pair) for pair in zip(told, told_of, strict=True)]


def language_of(person: Person) -> str:
    """The receiver's language; German where the site does not speak it (any more)."""
    return person.language if person.language in LANGUAGES else "de"


NOTHING = CaseRow(0, "", 0, "", None, "", imported=False, example=False)
"""What is said of a case that the reader may not see, or wants no news of."""


def _subject(
    session: Session, viewer: Viewer, person: Person, wishes: Wishes, one: Notification, case: CaseRow | None
) -> Subject:  # fmt: skip
    document = _document(session, viewer, one)
    is_gone = one.notice in TOLD_OF_DOCUMENTS and document is None
    if case is None or is_gone or not _matters(session, person, one):
        return Subject(one, person, wishes, matters=False, case=NOTHING)
    process = cases.current().registry.find(case.process, case.version)
    absent = session.get(Person, one.represents_id) if one.represents_id else None
    return Subject(
        one, person, wishes, True, case, _happened(session, viewer, process, one),
        due_label(case, one.notice.partition(":")[2]), _tasks(session, viewer, case.id),
        absent.name if absent else "", _template(process, one.notice), document,
    )  # fmt: skip


def _matters(session: Session, person: Person, one: Notification) -> bool:
    """Whether a notification still is something to write a mail about."""
    if person.locked or person.email_refused_at or one.read_at:
        return False
    if one.due_on is None:
        return True
    running = DueDate.status.in_(("running", "fired") if one.topic == reaching.OVERDUE else ("running",))
    here = DueDate.case_id == one.case_id, DueDate.name == one.notice.partition(":")[2], DueDate.due_on == one.due_on
    return session.scalar(select(DueDate.id).where(*here, running).limit(1)) is not None


def _document(session: Session, viewer: Viewer, one: Notification) -> DocumentRow | None:
    """The document that a notification is about, if the reader may see it and what came with the event is there."""
    told = queries.papers_told(session, viewer, {key} if (key := queries.paper_key(one)) else ())
    if not told:
        return None
    paper = told[one.case_id, one.seq or 0]
    document = queries.document(session, viewer, paper.document)
    there = [version.seq for version in document.versions if version.withdrawn_at is None]
    return document if one.seq in there or (there and one.notice == CHANGED) else None


def _happened(session: Session, viewer: Viewer, process: Process, one: Notification) -> str:
    """The event in the sentence in which the page of the case tells it to this reader."""
    if one.seq is None or (event := queries.happened(session, one.case_id, one.seq)) is None:
        return ""
    names = access.takes_part(process, queries.parts_of(session, one.case_id), viewer)
    return telling.told(process, event, names=names)


def _tasks(session: Session, viewer: Viewer, case_id: int) -> list[Task]:
    """The steps that wait for the reader now, the most urgent first."""
    mine = OpenStep.case_id == case_id, OpenStep.principal.in_(viewer.principals - {"public", "account"})
    rows = session.execute(select(OpenStep.step, OpenStep.due_on).where(*mine).distinct())
    return sorted(((step, due_on) for step, due_on in rows), key=lambda task: (task[1] or date.max, task[0]))


def _template(process: Process, notice: str) -> str:
    """The template that a notice names for its mail."""
    told: list[Notice] = [n for step in process.all_steps for n in step.tell] + list(process.tell_at_opening)
    return next((n.template for n in told if n.name == notice), "notice")
