"""The dashboard in a real browser: on a desk and on a phone, by keyboard, with a screen reader, in high contrast."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, NARROWEST, PHONE, Desk
from tests.browser.test_for_everybody import problems

pytestmark = pytest.mark.browser
PAGES = (
    "/dashboard", "/dashboard?process=measure&organization=9", "/dashboard/deadlines?when=month", "/dashboard/cases",
    "/dashboard/cases?process=measure&state=running", "/dashboard/steps", "/dashboard/steps?organization=7",
)  # fmt: skip


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_no_barriers_that_a_machine_can_find(desk: Desk, width: int) -> None:
    page = desk.sit_down("stelle", width)
    assert [problem for path in PAGES for problem in problems(page, path)] == []


@pytest.mark.parametrize("width", [PHONE, NARROWEST])
def test_nothing_is_wider_than_a_phone(desk: Desk, width: int) -> None:
    page = desk.sit_down("stelle", width)
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        for label, amount in page.evaluate(
            "[...document.querySelectorAll('.chart a')].map(a => [...a.querySelectorAll('text')]"
            ".map(t => t.getBoundingClientRect()).map(r => [r.left, r.right]))"
        ):
            assert label[1] <= amount[0] or width == NARROWEST, (path, label, amount)


def test_the_clerk_goes_from_a_figure_to_a_case_and_back(desk: Desk) -> None:
    page = desk.sit_down("stelle")
    page.get_by_role("navigation").get_by_role("link", name="Übersicht").click()
    page.get_by_role("link", name="8 überfällig").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fristen: überfällig")
    expect(page.get_by_role("row")).to_have_count(9)
    page.get_by_label("Wartet auf die Einheit").select_option(label="Bürgerbüro")
    page.get_by_role("button", name="Anzeigen").click()
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("link", name="Haus der Begegnung").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Haus der Begegnung")


def test_a_bar_is_a_link_that_the_keyboard_reaches_and_says_its_number(desk: Desk) -> None:
    page = desk.sit_down("stelle")
    page.goto("/dashboard")
    bar = page.get_by_role("link", name="Bürgerbüro: überfällig 2, mit Frist 5, ohne Frist 1")
    bar.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Schritte, die warten")
    expect(page.get_by_role("row")).to_have_count(9)


def test_colours_that_are_forced_leave_bars_and_words(desk: Desk) -> None:
    page = desk.sit_down("stelle")
    page.emulate_media(forced_colors="active")
    page.goto("/dashboard")
    colours = page.evaluate(
        "(() => { const of = (q, what) => getComputedStyle(document.querySelector(q))[what];"
        " return [of('.piece-dated', 'color'), of('.chart text', 'fill'), of('.lines', 'fill'),"
        " getComputedStyle(document.body).backgroundColor]; })()"
    )
    assert colours[3] not in colours[:3]


def test_a_list_is_downloaded_as_a_file(desk: Desk, tmp_path: Path) -> None:
    page = desk.sit_down("stelle", scripts=False)
    page.goto("/dashboard/deadlines?when=overdue")
    with page.expect_download() as download:
        page.get_by_role("link", name="Als Datei für die Tabellenkalkulation").click()
    assert download.value.suggested_filename == "fristen-2026-11-24.csv"
    download.value.save_as(tmp_path / "file.csv")
    text = (tmp_path / "file.csv").read_text("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(text), delimiter=";"))) == 8
