"""Accounts in a real browser: no barriers, no script needed, nothing over the edge of a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROWEST, Desk, Site
from tests.browser.test_for_everybody import problems

pytestmark = pytest.mark.browser
OWN = ("/account", "/account/details", "/account/address", "/account/password", "/account/absence", "/account/calendar")


def administration(site: Site) -> list[str]:
    """The pages of administrators, about somebody with a deputy."""
    person = site.ask("SELECT id FROM people WHERE email = 'steuerung@flensburg.example'")
    seat = site.ask(f"SELECT id FROM memberships WHERE person_id = {person}")
    group = site.ask("SELECT id FROM organizations WHERE key = 'steuer'")
    return [
        "/people", "/people/new", f"/people/{person}", f"/people/{person}/role", f"/people/{person}/absence", "/mail",
        f"/organizations/{group}/members", f"/organizations/{group}/members/new", f"/memberships/{seat}/deputy",
        f"/memberships/{seat}/end",
    ]  # fmt: skip


def test_pages_of_accounts_have_no_barriers_that_a_machine_can_find(desk: Desk, site: Site) -> None:
    page = desk.sit_down("stelle")
    assert [p for path in (*OWN, *administration(site)) for p in problems(page, path)] == []
    stranger = desk.sit_down()
    assert problems(stranger, "/account/forgotten") == []


def test_nothing_of_it_runs_over_the_edge_of_the_narrowest_phone(desk: Desk, site: Site) -> None:
    page = desk.sit_down("stelle", NARROWEST)
    wide = []
    for path in (*OWN, *administration(site), "/account/forgotten"):
        page.goto(path)
        if page.evaluate("document.documentElement.scrollWidth") > NARROWEST:
            wide.append(path)
    assert wide == []


def test_the_address_of_the_own_calendar_is_made_and_ended_on_a_phone(desk: Desk) -> None:
    page = desk.sit_down("ag", NARROWEST, scripts=False)
    page.get_by_role("link", name="Mein Konto").click()
    page.get_by_role("link", name="Adresse dafür anlegen").click()
    page.get_by_role("button", name="Adresse anlegen").click()
    address = page.get_by_label("Adresse Ihres Kalenders")
    expect(address).not_to_be_editable()
    secret = address.input_value().removesuffix(".ics").rpartition("/")[2]
    webcal = page.get_by_role("link", name="Im Kalenderprogramm dieses Geräts öffnen").get_attribute("href")
    assert webcal
    assert webcal.endswith(f"/calendar/{secret}.ics")
    there = page.request.get(f"/calendar/{secret}.ics")
    assert there.ok
    assert there.text().startswith("BEGIN:VCALENDAR")
    page.get_by_role("button", name="Diese Adresse ungültig machen").click()
    expect(page.get_by_role("main")).to_contain_text("Es gibt noch keine Adresse.")
    assert page.request.get(f"/calendar/{secret}.ics").status == 404


def test_somebody_is_invited_and_given_a_role_without_any_script(desk: Desk) -> None:
    page = desk.sit_down("stelle", scripts=False)
    page.get_by_role("navigation").get_by_role("link", name="Menschen").click()
    page.get_by_role("link", name="Jemanden einladen").click()
    page.get_by_label("E-Mail-Adresse").fill("nino@flensburg.example")
    page.get_by_label("Name", exact=True).fill("Nino Neu")
    page.get_by_role("button", name="Einladen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nino Neu")
    page.get_by_role("link", name="Rolle geben").click()
    give(page, begin="2026-12-01", end="2026-11-01")
    expect(page.get_by_label("Bis")).to_have_attribute("aria-invalid", "true")
    give(page, begin="2026-12-01", end="2027-11-30")
    expect(page.get_by_role("row", name="Stadtbibliothek")).to_contain_text(
        "vom 1. Dezember 2026 bis 30. November 2027"
    )


def give(page: Page, begin: str, end: str) -> None:
    page.get_by_label("Organisation").select_option(label="Stadtbibliothek")
    page.get_by_label("Rolle").select_option(label="Mitglied")
    page.get_by_label("Von").fill(begin)
    page.get_by_label("Bis").fill(end)
    page.get_by_role("button", name="Speichern").click()


def test_a_colleague_becomes_a_deputy_for_the_days_of_absence(desk: Desk) -> None:
    page = desk.sit_down("ag")
    page.get_by_role("link", name="Amal Beispiel (Mein Konto)").click()
    page.get_by_role("link", name="Vertretung bestimmen: Vorsitz, AG Alltag und Nachbarschaft").click()
    page.get_by_label("Jemand aus derselben Organisation").select_option(label="Noor Beispiel")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("main")).to_contain_text("Wer Sie vertritt")
    page.get_by_role("link", name="Abwesenheit eintragen").click()
    page.get_by_label("Erster Tag").fill("2026-11-24")
    page.get_by_role("button", name="Speichern").click()
    expect(page.get_by_role("main")).to_contain_text("abwesend ab 24. November 2026")
    page.get_by_role("button", name="Wieder da").click()
    expect(page.get_by_role("status").first).to_contain_text("Willkommen zurück")
