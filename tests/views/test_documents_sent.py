"""Documents on their way in: on a page of their own and with a step; what is refused costs nothing else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.documents import made
from tests.views.browsing import Visitor, words
from tests.views.papers import add, document, pdf, public_draft, sending
from tests.views.test_cases import case, one


@pytest.fixture
def draft(demo_app) -> int:
    return public_draft(demo_app)


# ------------------------------------------------------------------------------ adding


def test_the_office_adds_a_document_and_everybody_reads_it(demo_app, draft):
    office, stranger = Visitor(demo_app, "stelle"), Visitor(demo_app)
    assert f"/cases/{draft}/documents/new" in office.get(f"/cases/{draft}").text
    done = add(office, draft, pdf("Lageplan Süd.pdf"), name="Lageplan", note="Stand März")
    assert done.status_code == 302
    page = words(stranger.get(f"/cases/{draft}"))
    assert re.search(r"Lageplan PDF, \d+ Bytes · 24\. November 2026 ", page)
    assert "Lena Vorlage hat eine Unterlage hinzugefügt. Unterlage: Lageplan" in words(office.get(f"/cases/{draft}"))
    assert "Jemand hat eine Unterlage hinzugefügt." in page
    assert "Lena Vorlage" not in page
    path = f"/documents/{document(demo_app, 'Lageplan')}"
    assert "Stand März" in words(stranger.get(path))
    assert "Lena Vorlage" not in words(stranger.get(path))
    assert stranger.get(f"{path}/1").data == made.PDF


def test_a_file_that_is_not_what_its_name_says_changes_nothing_and_the_form_stays(demo_app, draft):
    office = Visitor(demo_app, "stelle")
    before = one(demo_app, f"SELECT seq FROM cases WHERE id = {draft}")
    refused = add(
        office, draft, pdf("Bericht.pdf", made.EXE), name="Der Bericht", note="wichtig", audience="participants"
    )
    assert refused.status_code == 422
    assert "Bericht.pdf ist keine Datei der Art PDF" in words(refused)
    assert 'value="Der Bericht"' in refused.text
    assert 'value="wichtig"' in refused.text
    assert re.search(r'checked[^>]*value="participants"', refused.text)
    assert one(demo_app, f"SELECT seq FROM cases WHERE id = {draft}") == before
    assert one(demo_app, "SELECT count(*) FROM documents WHERE name = 'Der Bericht'") == 0


def test_a_file_and_an_audience_are_asked_for(demo_app, draft):
    office = Visitor(demo_app, "stelle")
    assert "Bitte wählen Sie eine Datei aus." in words(add(office, draft))
    nobody = add(office, draft, pdf(), audience="")
    assert nobody.status_code == 422
    assert "Bitte füllen Sie dieses Feld aus." in words(nobody)


def test_a_file_that_was_fine_need_not_be_chosen_again(demo_app, draft):
    office = Visitor(demo_app, "stelle")
    first = add(office, draft, pdf("Plan B.pdf"), audience="")
    assert f"Plan B.pdf ({len(made.PDF)} Bytes) liegt schon vor" in words(first)
    sealed = re.search(r'name="papers-kept" value="([^"]+)"', first.text)
    assert sealed
    other = Visitor(demo_app, "fachbereich")
    refused = other.post(f"/cases/{draft}/documents/new", audience="case", **sending(kept=sealed.group(1)))
    assert refused.status_code == 422  # it is of use to nobody else
    done = office.post(f"/cases/{draft}/documents/new", audience="case", **sending(kept=sealed.group(1)))
    assert done.status_code == 302
    assert document(demo_app, "Plan B")


def large(visitor: Visitor, path: str, megabytes: int) -> TestResponse:
    """A form with one large file, as a browser sends it."""
    fields = {"csrf_token": visitor.token(path), "name": "Bleibt", "audience": "case"}
    parts = [f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    file = made.PDF + b"x" * megabytes * 1024 * 1024
    parts.append(b'Content-Disposition: form-data; name="papers-files"; filename="Film.pdf"\r\n\r\n' + file)
    body = b"".join(b"--edge\r\n" + part + b"\r\n" for part in parts) + b"--edge--\r\n"
    return visitor.client.post(path, data=body, content_type="multipart/form-data; boundary=edge")


def test_too_large_a_file_and_too_large_a_request_are_refused_in_words(demo_app, draft):
    demo_app.config["LONGEST_UPLOAD"] = 1024 * 1024
    office, path = Visitor(demo_app, "stelle"), f"/cases/{draft}/documents/new"
    refused = large(office, path, 1)
    assert refused.status_code == 422
    assert "Film.pdf ist größer als 1 MB." in words(refused)
    assert 'value="Bleibt"' in refused.text
    more = large(office, path, 8)
    assert more.status_code == 413
    assert "zusammen größer als 7 MB" in words(more)
    assert "Bitte gehen Sie zurück" in words(more)


def test_somebody_who_is_not_signed_in_may_not_send_much(demo_app, draft):
    sent = large(Visitor(demo_app), f"/cases/{draft}/documents/new", 3)
    assert sent.status_code == 403
    assert "Bitte melden Sie sich erst an." in words(sent)


def test_nobody_fills_the_disk_alone(demo_app, draft):
    resident, path = Visitor(demo_app, "einwohnerin"), f"/cases/{draft}/steps/comment"
    token = resident.token(path)

    def send(**data: Any) -> int:
        return resident.client.post(path, data={"csrf_token": token, **data}).status_code

    assert {send(**sending(pdf())) for _time in range(120)} == {422}
    assert send(**sending(pdf())) == 429
    assert send(title="Ohne Datei") == 422
    assert Visitor(demo_app, "stelle").post(path, title="x", **sending(pdf())).status_code == 422


@pytest.mark.parametrize("who", ["einwohnerin", "bibliothek"])
def test_only_who_may_add_is_offered_to(demo_app, draft, who):
    """Everybody may see the draft; staff may add to it, a resident takes no part in it."""
    visitor = Visitor(demo_app, who)
    allowed = who == "bibliothek"
    assert (f"/cases/{draft}/documents/new" in visitor.get(f"/cases/{draft}").text) is allowed
    assert visitor.get(f"/cases/{draft}/documents/new").status_code == (200 if allowed else 403)


def test_a_resident_adds_to_the_own_comment_and_the_office_reads_it(demo_app, draft):
    resident = Visitor(demo_app, "einwohnerin")
    mine = case(demo_app, "Brunnen auch in Fruerlund", "submission")
    assert add(resident, mine, pdf("Foto.jpg", made.JPEG), audience="part:office").status_code == 302
    path = f"/documents/{document(demo_app, 'Foto')}"
    assert "Nur: Koordinierungsstelle" in words(resident.get(path))
    assert resident.get(path).status_code == 200  # who added it always may
    assert Visitor(demo_app, "stelle").get(f"{path}/1").data == made.JPEG
    for who in ("steuerung", "ag", None):
        assert Visitor(demo_app, who).get(path).status_code == 404


# -------------------------------------------------------------------------- with a step


def test_papers_of_a_comment_belong_to_the_comment_and_not_to_the_draft(demo_app, draft):
    resident = Visitor(demo_app, "einwohnerin")
    sent = resident.post(
        f"/cases/{draft}/steps/comment", title="Mehr Bänke", text="Siehe Foto.",
        **sending(pdf("Bank.png", made.PNG), pdf("Karte.pdf"), audience="case"),
    )  # fmt: skip
    assert sent.status_code == 302
    comment = case(demo_app, "Mehr Bänke", "submission")
    assert one(demo_app, f"SELECT count(*) FROM documents WHERE case_id = {comment}") == 2
    assert "Bank" in words(resident.get(f"/cases/{comment}"))
    path = f"/documents/{document(demo_app, 'Bank')}/1"
    assert Visitor(demo_app).get(path).status_code == 404
    assert "Karte" not in words(Visitor(demo_app).get(f"/cases/{draft}"))


def test_a_refused_file_costs_nothing_of_the_form_of_a_step(demo_app, draft):
    resident = Visitor(demo_app, "einwohnerin")
    before = one(demo_app, "SELECT count(*) FROM case_events")
    refused = resident.post(
        f"/cases/{draft}/steps/comment", title="Mehr Licht", text="Ein langer Text.",
        **sending(pdf("gut.pdf"), pdf("schlecht.docx", made.archive(("a", b"b")))),
    )  # fmt: skip
    assert refused.status_code == 422
    page = words(refused)
    assert "schlecht.docx ist keine Datei der Art DOCX" in page
    assert f"gut.pdf ({len(made.PDF)} Bytes) liegt schon vor" in page
    assert "Bitte sagen Sie, wer die Unterlagen sehen darf." in page
    assert "Ein langer Text." in page
    assert 'value="Mehr Licht"' in refused.text
    assert '<details class="attach" open>' in refused.text
    assert one(demo_app, "SELECT count(*) FROM case_events") == before


def test_a_step_that_is_refused_leaves_no_document(demo_app):
    concept = case(demo_app, "Sprache verbindet", state="in_consultation")
    early = Visitor(demo_app, "gremien").post(
        f"/cases/{concept}/steps/record_outcome", consultation=1, outcome="adopted", on="2026-11-20", yes=30, no=0,
        abstained=0, **sending(pdf("Niederschrift.pdf"), audience="case"),
    )  # fmt: skip
    assert early.status_code == 409
    assert f"Niederschrift.pdf ({len(made.PDF)} Bytes) liegt schon vor" in words(early)
    assert one(demo_app, "SELECT count(*) FROM documents WHERE name = 'Niederschrift'") == 0


def test_no_more_files_than_a_form_may_carry(demo_app, draft):
    many = Visitor(demo_app, "einwohnerin").post(
        f"/cases/{draft}/steps/comment", title="x", text="y",
        **sending(*(pdf(f"{n}.pdf") for n in range(6)), audience="case"),
    )  # fmt: skip
    assert many.status_code == 422
    assert "höchstens 5 Dateien" in words(many)


def test_a_version_is_one_file(demo_app):
    document = one(demo_app, "SELECT id FROM documents WHERE audience = 'case' ORDER BY id LIMIT 1")
    files = (pdf("eins.pdf"), pdf("zwei.pdf"))
    several = Visitor(demo_app, "stelle").post(f"/documents/{document}/versions/new", note="", **sending(*files))
    assert several.status_code == 422
    assert "nur eine Datei" in words(several)
