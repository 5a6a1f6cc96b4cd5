"""The pages for everybody: on a narrow phone, by keyboard, with a screen reader."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, NARROWEST, Desk, Site
from workflow_app.processes import PROCESSES

pytestmark = pytest.mark.browser
PUBLIC = ("/", "/cases", "/processes", "/sign-in", "/accessibility", "/imprint", "/cases/1", "/cases/2", "/calendar")


def richest_cases(site: Site) -> list[str]:
    """One case of every process, the one with the longest history."""
    sql = "SELECT id FROM cases WHERE process = '{}' ORDER BY seq DESC LIMIT 1"
    return [f"/cases/{site.ask(sql.format(process.name))}" for process in PROCESSES]


def form_pages(site: Site) -> list[str]:
    """Forms of every kind: rows, choices, boxes to tick, dates."""
    wanted = (
        ("commissioned", "kick_off"), ("in_consultation", "record_outcome"), ("in_groups", "change_steering_group"),
        ("internal_draft", "publish_draft"), ("adopted", "publish"),
    )  # fmt: skip
    sql = "SELECT max(id) FROM cases WHERE process = 'concept' AND example AND state = '{}'"
    return [f"/cases/{site.ask(sql.format(state))}/steps/{step}" for state, step in wanted]


def problems(page: Page, path: str) -> list[str]:
    """What axe finds against WCAG 2.1 A and AA on a page."""
    page.goto(path)
    tags = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}}
    found = Axe().run(page, options=tags).response["violations"]
    return [f"{path}: {one['id']} {[node['target'] for node in one['nodes']][:3]}" for one in found]


def test_public_pages_have_no_barriers_that_a_machine_can_find(desk: Desk) -> None:
    page = desk.sit_down()
    assert [p for path in (*PUBLIC, "/processes/concept") for p in problems(page, path)] == []


def test_pages_of_staff_have_no_barriers_that_a_machine_can_find(desk: Desk, site: Site) -> None:
    page = desk.sit_down("stelle")
    paths = ["/desk", *richest_cases(site), *form_pages(site)[:3]]
    assert [p for path in paths for p in problems(page, path)] == []


def test_a_refused_form_says_what_to_do_to_a_screen_reader_too(desk: Desk, site: Site) -> None:
    page = desk.sit_down("stelle")
    path = form_pages(site)[0]
    page.goto(path)
    page.get_by_role("button", name="Auftakt eintragen").click()
    wrong = page.get_by_label("Datum des Auftakts")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    described = wrong.get_attribute("aria-describedby")
    assert described
    expect(page.locator(f"#{described.strip()}")).to_contain_text("Bitte füllen Sie dieses Feld aus.")
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found] == []


def test_nothing_runs_over_the_edge_of_the_narrowest_phone(desk: Desk, site: Site) -> None:
    page = desk.sit_down("stelle", NARROWEST)
    paths = [*PUBLIC[:3], "/desk", *richest_cases(site), *form_pages(site), "/processes/measure"]
    wide = []
    for path in paths:
        page.goto(path)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > NARROWEST:
            wide.append((path, width))
    assert wide == []


def test_the_keyboard_comes_first_to_the_content_and_then_everywhere(desk: Desk) -> None:
    page = desk.sit_down(width=DESKTOP)
    page.goto("/cases")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Zum Inhalt springen")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Verfahren")).to_be_focused()


def test_every_drawing_has_a_name_and_the_same_in_words(desk: Desk) -> None:
    page = desk.sit_down()
    for process in PROCESSES:
        page.goto(f"/processes/{process.name}")
        expect(page.get_by_role("img")).to_have_accessible_name(page.get_by_role("heading", level=1).inner_text())
        assert page.get_by_role("table").count() > 1
