"""Documents of the living examples: invented, small, and each for those whom it would be for."""

from __future__ import annotations

import io
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflow_app.cases import Added, papers
from workflow_app.documents import Received, receive
from workflow_app.engine import clock
from workflow_app.models import Case

from . import examples
from .story import Story

LONGEST = 1024 * 1024
MINUTES = """Protokoll des Runden Tisches (erfundenes Beispiel)

Anwesend: 43 Stimmberechtigte
TOP 4: Antrag „Formulare in Leichter Sprache“
Beschluss: 31 dafür, 2 dagegen, 4 Enthaltungen
"""
COSTS = """Posten;Euro
Übersetzung von zehn Formularen;6000
Prüfung durch Menschen mit Leseschwierigkeiten;1500
Druck;400
"""
SHORT = (
    "Kurzfassung des Entwurfs (erfundenes Beispiel)", "", "Gesund bleiben ist einfach, wenn die Stadt hilft.", "",
    "1. Fünf Trinkwasserbrunnen in der Innenstadt", "2. Ein Gesprächskreis für pflegende Angehörige",
)  # fmt: skip


def tell(story: Story, session: Session) -> None:
    """A draft with a short version in two versions; a motion with minutes for those who take part in it
    and an estimate for the administration."""
    session.rollback()  # or it would see what stood there when it was opened
    draft, motion = (
        session.scalars(select(Case.id).where(Case.title == title, Case.process == process, Case.example)).one()
        for process, title in (("concept", examples.HEALTH.title), ("motion", "Formulare in Leichter Sprache"))
    )
    session.rollback()
    short = add(story, 17, draft, "stelle", "Kurzfassung des Entwurfs", "Kurzfassung.pdf", page(SHORT))
    with clock.at(story.at(12)):
        file = received(story, "Kurzfassung, neu.pdf", page((*SHORT, "3. Bänke im Schatten")))
        papers.add_version(story.cases, short, story.viewers["stelle"], file, "Mit den Bänken aus der Beratung")
    add(
        story, 10, motion, "vorstand", "Protokoll des Runden Tisches", "Protokoll.txt", MINUTES.encode(), "participants"
    )
    add(story, 9, motion, "fachbereich", "Kostenschätzung", "Kosten.csv", COSTS.encode(), "administration")


def add(
    story: Story, days_ago: int, case: int, who: str, name: str, file_name: str, content: bytes, audience: str = "case"
) -> int:
    """A document, as if somebody had sent its form; gives its id."""
    with clock.at(story.at(days_ago)):
        added = Added(received(story, file_name, content), audience, name=name)
        seq = papers.add(story.cases, case, story.viewers[who], added)
    with story.cases.store.reading() as tx:
        return int(
            tx.rows("SELECT document_id FROM document_versions WHERE case_id = ? AND seq = ?", (case, seq))[0][0]
        )


def received(story: Story, name: str, content: bytes) -> Received:
    """A file that has been sent."""
    assert story.cases.files is not None
    return receive(story.cases.files, io.BytesIO(content), name, LONGEST)


def page(lines: Sequence[str]) -> bytes:
    """A PDF of one page with these lines."""
    written = b"\n".join(b"(" + _escaped(line) + b") Tj T*" for line in lines)
    text = b"BT /F1 14 Tf 22 TL 60 770 Td\n" + written + b"\nET"
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R /Lang (de-DE) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(text) + text + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + part + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return bytes(made) + end % len(made)


def _escaped(line: str) -> bytes:
    text = line.encode("cp1252", "replace")
    return text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
