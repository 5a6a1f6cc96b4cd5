"""Every demonstration account signs in with a real browser and does what it is there for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, Desk

pytestmark = pytest.mark.browser


def open_case(page: Page, title: str) -> None:
    """Find a case as a person does: by searching for it."""
    page.get_by_role("navigation").get_by_role("link", name="Vorgänge").click()
    page.get_by_role("main").get_by_label("Wörter oder Nummer").fill(title)
    page.get_by_role("main").get_by_role("button", name="Suchen").click()
    page.get_by_role("link", name=title, exact=True).first.click()


def done(page: Page, step: str) -> None:
    expect(page.get_by_role("status")).to_contain_text(f"Erledigt: {step}")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_member_of_a_working_group_proposes_a_measure(desk: Desk, width: int) -> None:
    page = desk.sit_down("ag", width)
    open_case(page, "Konzept „Miteinander im Quartier“")
    page.get_by_role("link", name="Maßnahme vorschlagen").click()
    page.get_by_label("Titel").fill("Tauschregal im Treppenhaus")
    page.get_by_label("Ziel").fill("Dinge werden länger benutzt.")
    page.get_by_role("button", name="Maßnahme vorschlagen").click()
    expect(page.get_by_role("alert").first).to_contain_text("ist nichts verloren")
    expect(page.get_by_label("Titel")).to_have_value("Tauschregal im Treppenhaus")
    page.get_by_label("Handlungsfeld", exact=True).fill("Nachbarschaft")
    page.get_by_label("Leitsatz des Feldes").fill("Wir helfen uns.")
    page.get_by_label("Beschreibung").fill("Ein Regal, in das jede und jeder etwas stellt.")
    page.get_by_label("Alle Beteiligten").fill("Hausgemeinschaften")
    page.get_by_label("Arbeitsgruppe").select_option(label="AG Alltag und Nachbarschaft (Beispiel)")
    page.get_by_role("button", name="Maßnahme vorschlagen").click()
    done(page, "Maßnahme vorschlagen")
    expect(page.get_by_role("link", name="Tauschregal im Treppenhaus")).to_be_visible()


def test_the_steering_group_takes_a_proposal_from_its_desk(desk: Desk) -> None:
    page = desk.sit_down("steuerung")
    row = page.get_by_role("listitem").filter(has_text="Willkommensmappe")
    row.get_by_role("link", name="In den Entwurf aufnehmen").click()
    page.get_by_role("button", name="In den Entwurf aufnehmen").click()
    done(page, "In den Entwurf aufnehmen")
    expect(page.get_by_text("Jens Muster hat den Vorschlag in den Entwurf aufgenommen.")).to_be_visible()


def test_the_board_of_the_round_table_gives_the_second_hand(desk: Desk) -> None:
    page = desk.sit_down("vorstand")
    open_case(page, "Konzept „Kultur öffnet Türen“")
    expect(page.get_by_text("1 von 2 haben zugestimmt").first).to_be_visible()
    page.get_by_role("link", name="Entwurf billigen").click()
    page.get_by_role("button", name="Entwurf billigen").click()
    done(page, "Entwurf billigen")
    expect(page.get_by_text("Interner Entwurf").first).to_be_visible()


def test_the_council_office_records_what_a_committee_said(desk: Desk) -> None:
    page = desk.sit_down("gremien")
    open_case(page, "Konzept „Sprache verbindet“")
    page.get_by_role("link", name="Ergebnis eines Gremiums eintragen").click()
    page.get_by_label("Gremium", exact=True).select_option(label="1. Hauptausschuss")
    page.get_by_label("Ergebnis", exact=True).select_option(label="Unverändert empfohlen")
    page.get_by_label("Datum der Sitzung").fill("2026-11-20")
    page.get_by_label("Ja-Stimmen").fill("9")
    page.get_by_label("Nein-Stimmen").fill("2")
    page.get_by_label("Enthaltungen").fill("0")
    page.get_by_role("button", name="Ergebnis eines Gremiums eintragen").click()
    done(page, "Ergebnis eines Gremiums eintragen")
    row = page.get_by_role("row").filter(has_text="1. Hauptausschuss")
    expect(row).to_contain_text("Unverändert empfohlen")
    expect(row).to_contain_text("9 dafür, 2 dagegen, enthalten: 0 – Mehrheitlich")


def test_the_office_answers_a_comment_from_its_desk(desk: Desk) -> None:
    page = desk.sit_down("stelle")
    page.get_by_role("link", name="Stellungnahme beantworten").first.click()
    page.get_by_label("Übernommen", exact=True).check()
    page.get_by_label("Begründung").fill("Das ist ein guter Hinweis, wir nehmen ihn auf.")
    page.get_by_role("button", name="Stellungnahme beantworten").click()
    done(page, "Stellungnahme beantworten")
    expect(page.get_by_text("Das ist ein guter Hinweis").first).to_be_visible()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_resident_takes_part_and_follows_the_matter(desk: Desk, width: int) -> None:
    page = desk.sit_down("einwohnerin", width)
    page.goto("/")
    page.get_by_role("link", name="Konzept „Gesund leben in Flensburg“").first.click()
    page.get_by_role("button", name="Diesem Vorgang folgen").click()
    page.get_by_role("link", name="Zum Entwurf Stellung nehmen").click()
    page.get_by_label("Betreff").fill("Schatten auf dem Südermarkt")
    page.get_by_label("Stellungnahme", exact=True).fill("Bitte pflanzen Sie Bäume.")
    page.get_by_role("button", name="Zum Entwurf Stellung nehmen").click()
    done(page, "Zum Entwurf Stellung nehmen")
    page.get_by_role("link", name="Mein Schreibtisch").click()
    followed = page.get_by_role("region", name="Dem Sie folgen")
    expect(followed.get_by_role("link", name="Konzept „Gesund leben in Flensburg“")).to_be_visible()


def test_everything_works_without_scripts(desk: Desk) -> None:
    page = desk.sit_down("stelle", scripts=False)
    open_case(page, "Konzept „Sport für alle“")
    page.get_by_role("link", name="Arbeitsgruppen beginnen lassen").click()
    page.get_by_role("button", name="Arbeitsgruppen beginnen lassen").click()
    done(page, "Arbeitsgruppen beginnen lassen")


def test_the_language_changes_and_stays(desk: Desk) -> None:
    page = desk.sit_down("stelle")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My desk")
    page.get_by_role("link", name="Cases").click()
    expect(page.get_by_role("main").get_by_label("Words or number")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Decide together, and see what becomes of it")
