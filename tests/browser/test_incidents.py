"""Incidents in a real browser: on a desk and on a phone, by keyboard and without scripts."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, NARROWEST, PHONE, Desk, Site
from tests.browser.test_for_everybody import problems

pytestmark = pytest.mark.browser
PAGES = ("/incidents", "/incidents?kind=clock", "/incidents/settled", "/incidents/settled?kind=job")
AT = "'2026-11-24 10:00:00'"
INCIDENTS = f"""
INSERT INTO outbox (id, kind, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts)
VALUES (9001, 'digest', '{{"person": 6}}', 'k9001', {AT}, 'dead', 5, 5, 5);
INSERT INTO incidents (kind, subject, error, times, first_at, last_at, state, outbox_id, person_id, case_id) VALUES
('message', 'message:9001', 'TimeoutError', 3, {AT}, {AT}, 'open', 9001, NULL, NULL),
('clock', 'clock', 'jumped', 1, {AT}, {AT}, 'open', NULL, NULL, 1),
('setting', 'address:6', 'unknown', 1, {AT}, {AT}, 'retrying', NULL, 6, NULL);
INSERT INTO incidents (kind, subject, error, times, first_at, last_at, state, settled_at, settled_by_id, reason) VALUES
('job', 'job:figures', 'OSError', 1, {AT}, {AT}, 'discarded', {AT}, 1, 'Wartung'),
('job', 'job:relay', 'OSError', 1, {AT}, {AT}, 'solved', {AT}, NULL, NULL);
"""


@pytest.fixture(autouse=True)
def something_went_wrong(site: Site) -> None:
    with closing(sqlite3.connect(site.database)) as connection:
        connection.executescript(INCIDENTS)


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


def test_a_clerk_decides_by_keyboard_and_without_scripts(desk: Desk, site: Site) -> None:
    page = desk.sit_down("stelle", scripts=False)
    page.get_by_role("link", name="Störungen 2 offen").click()
    page.get_by_role("checkbox", name="Eine gesammelte E-Mail hat").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Verwerfen").press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("warum nichts zu tun ist")
    expect(page.get_by_role("checkbox", name="Eine gesammelte E-Mail hat")).to_be_checked()
    page.get_by_role("button", name="Noch einmal versuchen").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 Störung: Ein neuer Versuch läuft.")
    assert site.ask("SELECT state FROM outbox WHERE id = 9001") == "pending"
    page.get_by_label("alle, die warten").check()
    page.get_by_label("Grund für das Verwerfen").fill("Die Uhren gehen wieder richtig.")
    page.get_by_role("button", name="Verwerfen").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 Störung wurde verworfen.")
    page.get_by_role("link", name="Was erledigt ist").click()
    expect(page.get_by_role("main")).to_contain_text("Die Uhren gehen wieder richtig.")
