"""What is too long for one page leads on: the inbox."""

from __future__ import annotations

import html
import re

from tests.views.browsing import Visitor

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
