"""The search in a real browser: on a phone, by keyboard, without scripts, without barriers."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, NARROWEST, PHONE, Desk
from tests.browser.test_for_everybody import problems

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_resident_types_a_word_on_any_page_and_reads_the_case(desk: Desk, width: int) -> None:
    page = desk.sit_down(width=width, scripts=False)
    page.goto("/")
    box = page.get_by_role("banner").get_by_role("searchbox", name="Wörter oder Nummer")
    box.fill("Dolmetscher")
    box.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("gefunden")
    expect(page.get_by_role("main").get_by_role("searchbox")).to_have_value("Dolmetscher")
    hit = page.get_by_role("main").get_by_role("listitem").first
    expect(hit.locator("mark").first).to_contain_text("Dolmetscher")
    hit.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dolmetscher")


def test_the_search_has_no_barriers_that_a_machine_can_find(desk: Desk) -> None:
    page = desk.sit_down(width=PHONE)
    paths = ("/search", "/search?text=Integration", "/search?text=Quastenflosser", "/search?text=-Haus", "/cases")
    assert [problem for path in paths for problem in problems(page, path)] == []


@pytest.mark.parametrize("width", [NARROWEST, PHONE])
def test_nothing_stands_out_over_the_edge_of_a_phone(desk: Desk, width: int) -> None:
    page = desk.sit_down(width=width)
    for path in ("/", "/search?text=Integration", "/search?text=Quastenflosser&process=concept"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
