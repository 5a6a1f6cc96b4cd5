"""What is too long for one page says so and leads on: the inbox, and a search that has not looked at everything."""

from __future__ import annotations

import html
import re

from tests.views.browsing import Visitor, words
from workflow_app.queries import listing

STEP = re.compile(r'href="(/cases/\d+/steps/\w+)"')
NEXT = re.compile(r'href="([^"]+)" rel="next"')


def following(page: str) -> str | None:
    """Where the page leads on to."""
    found = NEXT.search(page)
    return html.unescape(found[1]) if found else None


def test_a_long_inbox_leads_on_and_shows_every_task_once(demo_app):
    office = Visitor(demo_app, "stelle")
    place: str | None = "/desk"
    found: list[str] = []
    pages = 0
    while place:
        page = office.get(place).text
        inbox = page[page.index('id="inbox-title"') : page.index("</section>", page.index('id="inbox-title"'))]
        found += STEP.findall(inbox)
        place, pages = following(inbox), pages + 1
    assert pages > 1
    assert len(found) == len(set(found)) > 20


def test_a_search_that_has_not_looked_at_everything_says_so_and_goes_on(demo_app, monkeypatch):
    monkeypatch.setattr(listing, "LOOKED_AT", 30)
    visitor = Visitor(demo_app)
    place: str | None = "/cases?text=integration"
    told, titles = [], set()
    while place:
        page = visitor.get(place)
        told.append("Die neuesten 30 Vorgänge sind durchsucht" in words(page))
        titles |= set(re.findall(r'href="(/cases/\d+)"', page.text))
        place = following(page.text)
    assert len(told) > 1
    assert told == [True] * (len(told) - 1) + [False]
    everything = Visitor(demo_app)
    monkeypatch.undo()
    assert titles
    assert titles == set(re.findall(r'href="(/cases/\d+)"', everything.get("/cases?text=integration").text))
