"""Documents on the pages: versions, withdrawing, who sees what, and what a file comes with."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.documents import made
from tests.documents.conftest import s3
from tests.views.browsing import Visitor, words
from tests.views.papers import add, document, pdf, public_draft, sending
from tests.views.test_cases import case, one
from workflow_app.extensions import db

__all__ = ["s3"]


@pytest.fixture
def draft(demo_app) -> int:
    return public_draft(demo_app)


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


# --------------------------------------------------------------------- who may see it, changed


def test_who_may_see_a_document_is_changed_and_nothing_of_it_is_left_for_others(demo_app, draft):
    office, stranger = Visitor(demo_app, "stelle"), Visitor(demo_app)
    id_ = document(demo_app, "Kurzfassung des Entwurfs")
    assert f"/documents/{id_}/audience" in office.get(f"/documents/{id_}").text
    assert "/audience" not in stranger.get(f"/documents/{id_}").text
    form = office.get(f"/documents/{id_}/audience")
    assert "Ändern, wer sie sehen darf" in words(form)
    assert re.search(r'checked[^>]*value="case"', form.text)
    done = office.post(f"/documents/{id_}/audience", audience="participants")
    assert (done.status_code, done.location) == (302, f"/documents/{id_}")
    told = "Lena Vorlage hat geändert, wer eine Unterlage sehen darf. Unterlage: Kurzfassung des Entwurfs Wer sie"
    assert f"{told} sehen darf: Nur Beteiligte des Vorgangs" in words(office.get(f"/cases/{draft}"))
    page = words(stranger.get(f"/cases/{draft}"))
    assert "Kurzfassung" not in page
    assert "wer eine Unterlage sehen darf" not in page
    assert stranger.get(f"/documents/{id_}").status_code == 404
    assert stranger.get(f"/documents/{id_}/2").status_code == 404
    found = [who.get("/search?text=Kurzfassung").text for who in (office, stranger)]
    assert [f"/cases/{draft}" in page for page in found] == [True, False]
    assert office.post(f"/documents/{id_}/audience", audience="case").status_code == 302
    page = words(stranger.get(f"/cases/{draft}"))
    assert page.count("Jemand hat geändert, wer eine Unterlage sehen darf.") == 2
    assert "Lena Vorlage" not in page
    assert demo_app.test_cli_runner().invoke(args=["cases", "verify"]).exit_code == 0


def test_only_who_may_withdraw_a_document_finds_the_page(demo_app, draft):
    id_ = document(demo_app, "Kurzfassung des Entwurfs")
    assert Visitor(demo_app, "einwohnerin").get(f"/documents/{id_}/audience").status_code == 403
    hidden = document(demo_app, "Kostenschätzung")
    assert Visitor(demo_app, "vorstand").get(f"/documents/{hidden}/audience").status_code == 404
    office = Visitor(demo_app, "stelle")
    assert office.post(f"/documents/{id_}/audience", audience="").status_code == 422
    assert office.post(f"/documents/{id_}/audience", audience="part:nobody").status_code == 422
    again = office.post(f"/documents/{id_}/audience", audience="case")
    assert again.status_code == 409
    assert "Für diese ist die Unterlage schon bestimmt." in words(again)
    assert one(demo_app, f"SELECT count(*) FROM case_events WHERE case_id = {draft} AND step = 'change_audience'") == 0


def test_a_form_with_a_key_that_is_sent_twice_changes_it_once(demo_app, draft):
    office, id_ = Visitor(demo_app, "stelle"), document(demo_app, "Kurzfassung des Entwurfs")
    for _time in range(2):
        assert office.post(f"/documents/{id_}/audience", audience="participants", key="k" * 32).status_code == 302
    assert one(demo_app, f"SELECT count(*) FROM case_events WHERE case_id = {draft} AND step = 'change_audience'") == 1


def test_who_shuts_themselves_out_is_led_to_the_case_and_who_added_it_never_is(demo_app):
    motion = case(demo_app, "Formulare in Leichter Sprache", "motion")
    staff = Visitor(demo_app, "fachbereich")
    minutes, costs = document(demo_app, "Protokoll des Runden Tisches"), document(demo_app, "Kostenschätzung")
    form = staff.get(f"/documents/{minutes}/audience").text
    (others,) = re.findall(r'value="(part:movers)"', form) or re.findall(r'value="(part:\w+)"', form)[:1]
    assert staff.post(f"/documents/{minutes}/audience", audience=others).location == f"/cases/{motion}"
    assert staff.get(f"/documents/{minutes}").status_code == 404
    assert staff.post(f"/documents/{costs}/audience", audience=others).location == f"/documents/{costs}"
    assert staff.get(f"/documents/{costs}").status_code == 200


def test_the_name_of_a_withdrawn_document_can_still_be_taken_from_the_public(demo_app, draft):
    office, stranger = Visitor(demo_app, "stelle"), Visitor(demo_app)
    id_ = document(demo_app, "Kurzfassung des Entwurfs")
    office.post(f"/documents/{id_}/withdraw", version="all", reason="Nennt eine Person")
    assert "Kurzfassung" in words(stranger.get(f"/cases/{draft}"))
    page = office.get(f"/documents/{id_}").text
    assert ("/audience" in page, "/withdraw" in page) == (True, False)
    assert office.post(f"/documents/{id_}/audience", audience="participants").status_code == 302
    assert "Kurzfassung" not in words(stranger.get(f"/cases/{draft}"))
    assert "Nennt eine Person" not in words(stranger.get(f"/cases/{draft}"))


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
