"""Notices in a real browser: what is new, how somebody wants to be told, and stopping mails; by phone, too."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, NARROWEST, PHONE, Desk, Site
from tests.browser.test_for_everybody import problems
from workflow_app.people import unsubscribe

pytestmark = pytest.mark.browser
PAGES = ("/notifications", "/notifications?unread=1", "/account/notifications")


def stop_link(site: Site) -> str:
    person = site.ask("SELECT id FROM people WHERE email = 'stelle@flensburg.example'")
    return f"/unsubscribe/{unsubscribe.token('only for tests', person, 'all')}"


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_pages_of_notices_have_no_barriers_that_a_machine_can_find(desk: Desk, site: Site, width: int) -> None:
    with closing(sqlite3.connect(site.database)) as connection, connection:
        connection.execute("UPDATE people SET email_refused_at = '2026-11-20 10:00:00'")
        connection.execute("INSERT INTO mutes SELECT p.id, c.id, '2026-11-20' FROM people p, cases c WHERE c.id < 4")
    page = desk.sit_down("stelle", width)
    assert [p for path in (*PAGES, stop_link(site), "/account", "/mail") for p in problems(page, path)] == []


def test_nothing_of_it_runs_over_the_edge_of_the_narrowest_phone(desk: Desk, site: Site) -> None:
    page = desk.sit_down("stelle", NARROWEST)
    wide = []
    for path in (*PAGES, stop_link(site), "/mail"):
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > NARROWEST:
            wide.append(path)
    assert wide == []


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_somebody_reads_what_is_new_without_any_script(desk: Desk, width: int) -> None:
    page = desk.sit_down("stelle", width, scripts=False)
    new = page.get_by_role("navigation", name="Hauptmenü").get_by_role("link", name="Mitteilungen")
    before = int(new.inner_text().split()[1])
    new.click()
    first = page.locator(".notices .unread a").first
    title = first.inner_text()
    first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.get_by_role("heading", level=1).inner_text() in title
    expect(new).to_contain_text(f"{before - 1} neu")
    new.click()
    page.get_by_role("button", name="Alle als gelesen markieren").click()
    expect(new).to_have_text("Mitteilungen")
    page.get_by_role("link", name="Nur ungelesene").click()
    expect(page.get_by_role("main")).to_contain_text("Sie haben alles gelesen.")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_somebody_chooses_one_mail_a_week_and_quiet_nights(desk: Desk, width: int) -> None:
    page = desk.sit_down("einwohnerin", width)
    page.goto("/account")
    page.get_by_role("link", name="Wie Sie benachrichtigt werden").click()
    expect(page.get_by_label("gesammelt, einmal am Tag")).to_be_checked()
    page.get_by_label("gesammelt, einmal in der Woche").check()
    page.get_by_label("Tag der wöchentlichen E-Mails").select_option("Freitag")
    page.get_by_label("Keine E-Mails von").fill("22:00")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#quiet_until")).to_have_attribute("aria-invalid", "true")
    page.locator("#quiet_until").fill("07:00")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("status").first).to_contain_text("Gespeichert")
    expect(page.get_by_label("Keine E-Mails von")).to_have_value("22:00")


def test_a_link_from_a_mail_stops_mails_with_one_button(desk: Desk, site: Site) -> None:
    page = desk.sit_down(scripts=False)
    page.goto(stop_link(site))
    page.get_by_role("button", name="Abbestellen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("E-Mails sind abbestellt")
    assert site.ask("SELECT way FROM preferences") == "site"
