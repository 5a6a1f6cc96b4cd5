"""Every address says who may open it, and keeps to it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.views.browsing import Visitor
from workflow_app.views.guards import GUARDS, guard_of, staff

PUBLIC = {
    "static", "pages.start", "pages.health", "pages.accessibility", "pages.imprint", "pages.kern", "account.sign_in",
    "account.sign_out", "account.language", "links.forgotten", "links.show", "cases.index", "cases.show",
    "processes.index", "processes.show", "documents.index", "documents.show", "documents.file", "search.index",
    "calendars.index", "calendars.for_everyone", "calendars.personal", "notifications.stop",
    "operation.live", "operation.ready", "operation.figures",
}  # fmt: skip
VALUES: dict[str, Any] = {
    "case_id": 1, "name": "concept", "filename": "teilhabe.css", "secret": "x", "person_id": 1, "membership_id": 1,
    "organization_id": 1, "request_id": 1, "document_id": 1, "number": 1, "what": "deadlines",
    "notification_id": 1, "token": "x",
}  # fmt: skip


def addresses(app: Flask) -> list[tuple[str, str, str]]:
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            path = app.url_for(rule.endpoint, **{a: VALUES[a] for a in rule.arguments})
            found += [(rule.endpoint, method, path) for method in (rule.methods or set()) & {"GET", "POST"}]
    return found


def test_every_page_names_its_guard(demo_app):
    assert {e: guard_of(demo_app, e) for e in demo_app.view_functions if guard_of(demo_app, e) not in GUARDS} == {}


def test_only_these_pages_are_public(demo_app):
    assert {e for e in demo_app.view_functions if guard_of(demo_app, e) == "public"} == PUBLIC


def test_nobody_gets_past_a_guard(demo_app):
    stranger = Visitor(demo_app)
    for endpoint, method, path in addresses(demo_app):
        answer = stranger.client.open(path, method=method, buffered=True)
        if endpoint not in PUBLIC:
            assert answer.status_code in (302, 400, 403), (endpoint, method, answer.status_code)
            if answer.status_code == 302:
                assert "/sign-in?next=" in answer.location


def test_pages_of_administrators_are_for_administrators(demo_app):
    resident, administrator = Visitor(demo_app, "einwohnerin"), Visitor(demo_app, "stelle")
    pages = [(m, path) for e, m, path in addresses(demo_app) if guard_of(demo_app, e) == "administrator"]
    assert len(pages) > 10
    for method, path in pages:
        token = resident.token("/account")
        assert resident.client.open(path, method=method, data={"csrf_token": token}).status_code == 403, path
        if method == "GET":
            assert administrator.get(path).status_code == 200, path


def test_pages_of_staff_are_for_staff(demo_app):
    demo_app.add_url_rule("/office", "office", staff(lambda: "for staff"))
    found = {who: Visitor(demo_app, who).get("/office").status_code for who in ("stelle", "gremien", "vorstand", None)}
    assert found == {"stelle": 200, "gremien": 200, "vorstand": 403, None: 302}


def test_a_page_without_a_guard_is_open_to_nobody(demo_app):
    demo_app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert Visitor(demo_app).get("/forgotten").status_code == 403


@pytest.mark.parametrize("path", ["/", "/cases", "/nowhere", "/sign-in"])
def test_every_answer_carries_the_headers(demo_app, path):
    headers = Visitor(demo_app).get(path).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"


def test_every_public_page_can_be_read_without_script_or_inline_style(demo_app):
    visitor = Visitor(demo_app)
    for path in (
        "/",
        "/cases",
        "/cases/1",
        "/processes",
        "/processes/concept",
        "/sign-in",
        "/account/forgotten",
        "/accessibility",
        "/imprint",
    ):
        page = visitor.get(path)
        assert page.status_code == 200, path
        assert "<script" not in page.text
        assert " style=" not in page.text
        assert "<style" not in page.text
