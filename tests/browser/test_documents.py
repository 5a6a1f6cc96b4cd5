"""A document is sent and read with the keyboard alone, on a desktop and on a phone, without barriers."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESKTOP, NARROWEST, PHONE, Desk, Site
from tests.browser.test_for_everybody import problems
from tests.documents import made

pytestmark = pytest.mark.browser


def tab_to(page: Page, wanted: Locator) -> None:
    """Press the tabulator key until this has the focus, as somebody without a mouse does."""
    for _time in range(120):
        if wanted.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("it cannot be reached with the keyboard")


def concept(site: Site) -> int:
    return int(site.ask("SELECT id FROM cases WHERE title LIKE '%Gesund leben%' AND state = 'public_draft'"))


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_document_is_sent_and_read_with_the_keyboard_alone(
    desk: Desk, site: Site, tmp_path: Path, width: int
) -> None:  # fmt: skip
    (tmp_path / "Lageplan.pdf").write_bytes(made.PDF)
    page = desk.sit_down("stelle", width)
    page.goto(f"/cases/{concept(site)}")
    tab_to(page, page.get_by_role("link", name="Unterlage hinzufügen"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Datei", exact=True))
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(tmp_path / "Lageplan.pdf")
    tab_to(page, page.get_by_label("Bezeichnung"))
    page.keyboard.type("Plan der Brunnen")
    tab_to(page, page.get_by_label("Wie der Vorgang"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Unterlage hinzufügen"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Die Unterlage ist gespeichert.")

    tab_to(page, page.get_by_role("link", name="Plan der Brunnen", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan der Brunnen")
    tab_to(page, page.get_by_role("link", name="Plan der Brunnen herunterladen"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "Lageplan.pdf"
    assert Path(download.value.path()).read_bytes() == made.PDF


def test_papers_come_with_a_comment_and_a_refused_one_is_named_beside_its_field(
    desk: Desk, site: Site, tmp_path: Path
) -> None:  # fmt: skip
    (tmp_path / "Bank.png").write_bytes(made.PNG)
    (tmp_path / "Brief.pdf").write_bytes(made.EXE)
    page = desk.sit_down("einwohnerin", PHONE, scripts=False)
    page.goto(f"/cases/{concept(site)}/steps/comment")
    page.get_by_label("Betreff").fill("Mehr Bänke")
    page.get_by_label("Stellungnahme", exact=True).fill("Wie auf dem Foto.")
    page.get_by_text("Unterlagen beifügen").click()
    page.get_by_label("Dateien").set_input_files([tmp_path / "Bank.png", tmp_path / "Brief.pdf"])
    page.get_by_label("Nur die Verwaltung").check()
    page.get_by_role("button", name="Zum Entwurf Stellung nehmen").click()
    expect(page.get_by_label("Dateien")).to_have_accessible_description(
        "Bis zu 5 Dateien mit je höchstens 16 MB. PDF, Office-Dokumente, Bilder, Text und CSV. "
        "Brief.pdf ist keine Datei der Art PDF, auch wenn ihr Name das sagt."
    )
    expect(page.get_by_label("Stellungnahme", exact=True)).to_have_value("Wie auf dem Foto.")
    expect(page.get_by_label("Bank.png")).to_be_checked()
    page.get_by_role("button", name="Zum Entwurf Stellung nehmen").click()
    expect(page.get_by_role("status")).to_contain_text("Erledigt")
    assert site.ask("SELECT file_name FROM document_versions ORDER BY document_id DESC") == "Bank.png"


def test_who_may_see_a_document_is_changed_by_phone_without_any_script(desk: Desk, site: Site) -> None:
    page = desk.sit_down("stelle", PHONE, scripts=False)
    page.goto("/documents/1")
    page.get_by_role("link", name="Ändern, wer sie sehen darf").click()
    expect(page.get_by_label("Wie der Vorgang")).to_be_checked()
    page.get_by_label("Nur Beteiligte des Vorgangs").check()
    page.get_by_role("button", name="Ändern, wer sie sehen darf").click()
    expect(page.get_by_role("status")).to_contain_text("Gespeichert")
    expect(page.get_by_role("main")).to_contain_text("Nur Beteiligte des Vorgangs")
    page.goto(f"/cases/{concept(site)}")
    expect(page.get_by_text("hat geändert, wer eine Unterlage sehen darf.")).to_be_visible()


def test_pages_of_documents_have_no_barriers_and_fit_the_narrowest_phone(desk: Desk, site: Site) -> None:
    page = desk.sit_down("stelle", NARROWEST)
    case = concept(site)
    for path in (
        f"/cases/{case}/documents", f"/cases/{case}/documents/new", "/documents/1", "/documents/1/versions/new",
        "/documents/1/withdraw", "/documents/1/audience",
    ):  # fmt: skip
        assert problems(page, path) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST, path


def test_a_pdf_is_shown_by_the_browser_itself(desk: Desk) -> None:
    page = desk.sit_down()
    page.goto("/documents/1")
    page.get_by_role("link", name="ansehen").first.click()
    page.wait_for_url("**/documents/1/2?show=1")
    assert page.evaluate("document.contentType") == "application/pdf"
