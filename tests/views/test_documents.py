"""Documents on the pages: adding, versions, withdrawing, who sees what, and what a file comes with."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.documents import made
from tests.documents.conftest import s3
from tests.views.browsing import Visitor, words
from tests.views.test_cases import case, one
from workflow_app.engine.errors import Invalid
from workflow_app.extensions import db

__all__ = ["s3"]
Sent = tuple[io.BytesIO, str]


def pdf(name: str = "Plan.pdf", content: bytes = made.PDF) -> Sent:
    return io.BytesIO(content), name


def sending(*sent: Sent, audience: str = "", kept: str = "") -> dict[str, Any]:
    """The fields that come with files."""
    fields = {"papers-files": list(sent), "papers-audience": audience, "papers-kept": kept}
    return {name: value for name, value in fields.items() if value}


def document(app, name: str) -> int:
    found = one(app, f"SELECT max(id) FROM documents WHERE name = '{name}'")
    assert found, name
    return int(found)


def add(visitor: Visitor, case_id: int, *sent: Sent, audience: str = "case", **data: Any) -> TestResponse:
    return visitor.post(f"/cases/{case_id}/documents/new", audience=audience, **data, **sending(*sent))


@pytest.fixture
def draft(demo_app) -> int:
    """A public draft that everybody may see."""
    return case(demo_app, "Gesund leben", state="public_draft")


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
    assert sent.status_code == 413
    assert "zusammen" not in words(sent)


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


# ----------------------------------------------------------------- versions, withdrawal


def test_a_new_version_is_shown_and_the_older_ones_stay(demo_app, draft):
    office = Visitor(demo_app, "stelle")
    id_ = document(demo_app, "Kurzfassung des Entwurfs")
    sent = office.post(f"/documents/{id_}/versions/new", note="Mit Karte", **sending(pdf("Neu.pdf")))
    assert sent.status_code == 302
    page = words(Visitor(demo_app).get(f"/documents/{id_}"))
    assert [int(n) for n in re.findall(r"Fassung (\d)", page)] == [3, 2, 1]
    assert "Mit Karte" in page
    assert "Fassung 3" in words(Visitor(demo_app).get(f"/cases/{draft}"))
    assert Visitor(demo_app).get(f"/documents/{id_}/3").data == made.PDF
    assert Visitor(demo_app).get(f"/documents/{id_}/1").status_code == 200
    assert Visitor(demo_app).get(f"/documents/{id_}/4").status_code == 404


def test_a_withdrawn_version_says_so_and_its_file_is_over(demo_app, draft):
    office, stranger = Visitor(demo_app, "stelle"), Visitor(demo_app)
    id_ = document(demo_app, "Kurzfassung des Entwurfs")
    assert "/withdraw" not in stranger.get(f"/documents/{id_}").text
    assert office.post(f"/documents/{id_}/withdraw", version="1", reason="").status_code == 422
    assert office.post(f"/documents/{id_}/withdraw", version="1", reason="Nennt eine Person").status_code == 302
    assert "Zurückgezogen am 24. November 2026: Nennt eine Person" in words(stranger.get(f"/documents/{id_}"))
    assert stranger.get(f"/documents/{id_}/1").status_code == 410
    assert stranger.get(f"/documents/{id_}/2").status_code == 200
    assert "Jemand hat eine Unterlage zurückgezogen." in words(stranger.get(f"/cases/{draft}"))
    assert office.post(f"/documents/{id_}/withdraw", version="all", reason="Ganz").status_code == 302
    assert "zurückgezogen" in words(stranger.get(f"/cases/{draft}/documents"))
    assert "/withdraw" not in office.get(f"/documents/{id_}").text


# ------------------------------------------------------------------------ who sees what


def test_what_is_not_meant_for_somebody_is_not_there_for_them(demo_app):
    motion = case(demo_app, "Formulare in Leichter Sprache", "motion")
    costs, minutes = document(demo_app, "Kostenschätzung"), document(demo_app, "Protokoll des Runden Tisches")
    seen = {
        "fachbereich": (True, True), "stelle": (True, True), "vorstand": (False, True), "buergerbuero": (True, True),
        "einwohnerin": (False, False), None: (False, False),
    }  # fmt: skip
    for who, expected in seen.items():
        visitor = Visitor(demo_app, who)
        page = visitor.get(f"/cases/{motion}")
        theirs = expected if page.status_code == 200 else (False, False)
        for (id_, name), there in zip(
            ((costs, "Kostenschätzung"), (minutes, "Protokoll des Runden Tisches")), theirs, strict=True
        ):
            for path in (f"/documents/{id_}", f"/documents/{id_}/1", f"/documents/{id_}/1?show=1"):
                assert visitor.get(path).status_code == (200 if there else 404), (who, path)
            if visitor.client.get_cookie("teilhabe") and who:
                assert visitor.get(f"/documents/{id_}/withdraw").status_code in ((200, 403) if there else (404,))
            assert (f"/documents/{id_}" in page.text) is there, (who, name)
            assert (name in words(visitor.get(f"/cases/{motion}/documents"))) is there, (who, name)
        told = words(page).count("hat eine Unterlage hinzugefügt")
        assert told == sum(theirs), who


def test_a_document_that_there_is_not_reads_like_one_that_is_not_for_everybody(demo_app):
    stranger = Visitor(demo_app)
    hidden = stranger.get(f"/documents/{document(demo_app, 'Kostenschätzung')}")
    absent = stranger.get("/documents/999999")
    assert (hidden.status_code, words(hidden)) == (absent.status_code, words(absent))


def test_a_long_list_goes_on_page_by_page(demo_app, draft):
    office = Visitor(demo_app, "stelle")
    for n in range(12):
        add(office, draft, pdf(f"Blatt {n:02}.pdf"))
    first = Visitor(demo_app).get(f"/cases/{draft}/documents")
    assert len(re.findall(r"Blatt \d\d", words(first))) >= 10
    older = re.search(r'<a href="([^"]+)" rel="next"', first.text)
    assert older
    second = words(Visitor(demo_app).get(older.group(1)))
    assert "Blatt 00" in second
    assert "Blatt 11" not in second
    assert "Zurück zum Neuesten" in second


# ------------------------------------------------------------------- what a file comes with


def test_a_file_is_kept_and_never_run(demo_app, draft):
    add(Visitor(demo_app, "stelle"), draft, pdf("Größe & „Form“ 100%.pdf"), name="Form")
    path = f"/documents/{document(demo_app, 'Form')}/1"
    answer = Visitor(demo_app).get(path)
    assert answer.headers["Content-Type"] == "application/pdf"
    told = answer.headers["Content-Disposition"]
    assert told.startswith("attachment; filename=")
    assert unquote(told.rpartition("UTF-8''")[2]) == "Größe & „Form“ 100%.pdf"
    assert told.isascii()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Content-Length"] == str(len(made.PDF))


@pytest.mark.parametrize(
    ("name", "content", "shown"),
    [
        ("a.pdf", made.PDF, True),
        ("a.png", made.PNG, True),
        ("a.txt", b"text", False),
        ("a.docx", made.open_xml(), False),
    ],
)
def test_only_what_is_harmless_is_shown_and_only_when_asked(demo_app, draft, name, content, shown):
    add(Visitor(demo_app, "stelle"), draft, pdf(name, content), name="Probe")
    path = f"/documents/{document(demo_app, 'Probe')}/1"
    asked = Visitor(demo_app).get(f"{path}?show=1").headers
    assert asked["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert "default-src 'none'" in asked["Content-Security-Policy"]
    assert "script-src" not in asked["Content-Security-Policy"]
    assert Visitor(demo_app).get(path).headers["Content-Disposition"].startswith("attachment")


def test_a_browser_asks_again_and_may_ask_for_a_part(demo_app):
    path = f"/documents/{document(demo_app, 'Kurzfassung des Entwurfs')}/1"

    def ask(**headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Visitor(demo_app).client.get(path, headers=named, buffered=True)

    whole = ask()
    again = ask(If_None_Match=whole.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    part = ask(Range="bytes=5-9")
    assert (part.status_code, part.data) == (206, whole.data[5:10])
    assert part.headers["Content-Range"] == f"bytes 5-9/{len(whole.data)}"
    assert ask(Range="bytes=-4").data == whole.data[-4:]
    assert ask(Range="bytes=999999-").status_code == 416
    assert Visitor(demo_app).client.head(path, buffered=True).headers["Content-Length"] == str(len(whole.data))


def test_files_in_a_bucket_are_sent_and_read_in_the_same_way(demo_app, draft, s3):
    store = s3.store()
    demo_app.extensions["documents"] = store
    demo_app.extensions["cases"] = replace(demo_app.extensions["cases"], files=store)
    add(Visitor(demo_app, "stelle"), draft, pdf("Im Eimer.pdf"), name="Im Eimer")
    path = f"/documents/{document(demo_app, 'Im Eimer')}/1"
    assert Visitor(demo_app).get(path).data == made.PDF
    part = Visitor(demo_app).client.get(path, headers={"Range": "bytes=0-4"}, buffered=True)
    assert (part.status_code, part.data) == (206, b"%PDF-")
    assert [one.size for one in store.walk()] == [len(made.PDF)]


def test_a_file_that_is_missing_is_our_fault_and_is_said_so(demo_app):
    id_ = document(demo_app, "Kurzfassung des Entwurfs")
    with demo_app.app_context():
        sha256 = db.session.scalar(
            text(f"SELECT sha256 FROM document_versions WHERE document_id = {id_} AND number = 1")
        )
        demo_app.extensions["documents"].delete(sha256)
    answer = Visitor(demo_app).get(f"/documents/{id_}/1")
    assert answer.status_code == 503
    assert "antwortet nicht" in words(answer)


# ------------------------------------------------------------------------------ commands


def test_the_operator_proves_the_files_and_cleans_up(demo_app):
    runner = demo_app.test_cli_runner()
    fine = runner.invoke(args=["cases", "verify"])
    assert fine.exit_code == 0, fine.output
    id_ = document(demo_app, "Kurzfassung des Entwurfs")
    with demo_app.app_context():
        sha256 = db.session.scalar(
            text(f"SELECT sha256 FROM document_versions WHERE document_id = {id_} AND number = 2")
        )
        demo_app.extensions["documents"].delete(sha256)
    broken = runner.invoke(args=["cases", "verify"])
    assert broken.exit_code == 1
    assert f"document {id_}, version 2: the file is not there" in broken.output
    tidied = runner.invoke(args=["documents", "tidy"])
    assert (tidied.exit_code, tidied.output) == (0, "0 files that no document needs and 0 broken uploads removed.\n")


def test_what_was_erased_is_told_to_who_takes_part_and_to_nobody_else(demo_app, draft):
    seq = one(demo_app, f"SELECT max(seq) FROM case_events WHERE case_id = {draft} AND kind = 'document'")
    id_ = document(demo_app, "Kurzfassung des Entwurfs")
    args = ["cases", "erase", str(draft), "--event", str(seq), "--by", "stelle@flensburg.example", "--yes"]
    assert demo_app.test_cli_runner().invoke(args=args).exit_code == 0
    office, stranger = (words(Visitor(demo_app, who).get(f"/cases/{draft}")) for who in ("stelle", None))
    assert "hat eine neue Fassung einer Unterlage hinzugefügt. Was dazu geschrieben wurde, ist gelöscht." in office
    assert "neue Fassung" not in stranger
    assert [Visitor(demo_app).get(f"/documents/{id_}/{n}").status_code for n in (1, 2)] == [200, 404]
    assert demo_app.test_cli_runner().invoke(args=["cases", "verify"]).exit_code == 0


def test_the_words_of_a_refusal_name_the_file():
    with pytest.raises(Invalid) as no:
        raise Invalid("%(name)s is empty.", name="100%.pdf")
    assert str(no.value) == "100%.pdf is empty."
