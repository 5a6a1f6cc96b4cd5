"""The log helps and tells nothing about people."""

from __future__ import annotations

import io
import json
import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, abort
from gunicorn.config import AccessLogFormat  # type: ignore[import-untyped]
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from tests.views.browsing import Visitor
from workflow_app import create_app
from workflow_app.database import new_engine
from workflow_app.extensions import db
from workflow_app.operation import logs
from workflow_app.people import unsubscribe
from workflow_app.views.guards import public

FIELDS = {"time", "level", "logger", "message", "request_id", "method", "route", "status", "ms"}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log says from now on, in JSON."""
    stream = io.StringIO()
    logs.set_up("json", stream)
    yield stream
    logs.set_up("text")


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def requests(written: io.StringIO) -> list[dict[str, Any]]:
    return [line for line in lines(written) if line["message"] == "request"]


def test_one_line_per_request_and_what_is_in_it(demo_app, written):
    visitor = Visitor(demo_app)
    for path in ("/", "/cases/35?before=7", "/cases/999999", "/nowhere/at/all", "/metrics"):
        visitor.get(path)
    visitor.client.open("/cases", method="DELETE")
    found = requests(written)
    assert [(one["route"], one["status"], one.get("case")) for one in found] == [
        ("pages.start", 200, None), ("cases.show", 200, 35), ("cases.show", 404, 999999), ("unknown", 404, None),
        ("operation.figures", 404, None), ("unknown", 405, None),
    ]  # fmt: skip
    assert all(set(one) - {"case"} == FIELDS for one in found)
    assert all(one["ms"] > 0 for one in found)
    assert len({one["request_id"] for one in found}) == 6
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", one["time"]) for one in found)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0123456789abcdef0123456789abcdef", True), ("f47ac10b-58cc-4372-a567-0e02b2c3d479", True),
        ("short", False), ("amal@flensburg.example", False), ("x" * 65, False), ("a b c d e f g h", False),
        ('0123456789"}', False), ("", False),
    ],
)  # fmt: skip
def test_the_id_of_a_request_is_taken_over_only_if_it_is_one(demo_app, written, given, kept):
    answer = demo_app.test_client().get("/health/live", headers={"X-Request-ID": given})
    (line,) = requests(written)
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["request_id"] == given) is kept
    assert len(line["request_id"]) >= 8


def everything_people_write(app: Flask) -> list[str]:
    """Go through the pages with names, addresses, passwords and secrets; gives all of them."""
    visitor = Visitor(app, "ag")
    secret = re.search(r"/calendar/([\w-]+)\.ics", visitor.post("/account/calendar").text)
    assert secret
    stranger, stops = Visitor(app), unsubscribe.token(app.config["SECRET_KEY"], 3, "topic:news")
    for path in (
        f"/calendar/{secret.group(1)}.ics", f"/calendar/{'Q' * 43}.ics", f"/account/link/{'R' * 43}",
        f"/unsubscribe/{stops}",
        "/cases?text=Geheimnis+Krause", "/sign-in?next=/Geheimnis", "/Geheimnis/Krause", "/health/live?Geheimnis",
    ):  # fmt: skip
        stranger.get(path)
    for _time in range(12):
        stranger.post("/sign-in", email="krause@geheim.example", password="Kennwort-Kennwort-1")
    stranger.post("/account/forgotten", email="krause@geheim.example")
    visitor.post("/account/details", name="Krause Geheimnis", language="de")
    visitor.post("/account/password", present="Kennwort-Kennwort-2", password="x", again="y")
    administrator = Visitor(app, "stelle")
    administrator.post("/people/new", name="Krause", email="krause@geheim.example", language="de")
    administrator.get("/people?text=krause%40geheim.example")
    return [
        secret.group(1), "Q" * 43, "R" * 43, stops, "Geheimnis", "Krause", "krause", "geheim.example", "Kennwort",
        "teilhabe-demo", "Amal", "flensburg.example",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["json", "text"])
def test_nothing_about_people_and_no_secret_is_in_the_log(demo_app, written, kind):
    logs.set_up(kind, written)
    private = everything_people_write(demo_app)
    said = written.getvalue()
    assert said.count("request") > 30
    assert [word for word in private if word in said] == []


def test_an_error_says_where_and_not_what(demo_app, written):
    @public
    def broken() -> str:
        raise ValueError("Krause wrote krause@geheim.example")

    demo_app.add_url_rule("/broken", "broken", broken)
    assert Visitor(demo_app).get("/broken").status_code == 500
    error, line = lines(written)
    assert (error["level"], error["exception"]) == ("error", "ValueError")
    assert any("broken" in where for where in error["where"])
    assert error["request_id"] == line["request_id"]
    assert "rause" not in written.getvalue()


def test_an_error_of_the_database_does_not_quote_what_was_to_be_written(sqlite_url, demo_app):
    made = new_engine(sqlite_url)
    with demo_app.app_context():
        for engine in (made, db.engine):
            with pytest.raises(SQLAlchemyError) as caught, engine.begin() as connection:
                connection.execute(text("INSERT INTO people (name) VALUES (:n)"), {"n": "Krause"})
            assert "Krause" not in str(caught.value)
    made.dispose()


SECRETS = {
    f"/calendar/{'S' * 43}.ics": "/calendar/….ics", f"/account/link/{'S' * 43}": "/account/link/…",
    **{
        f"{before}/unsubscribe/{unsubscribe.token('key', 12, what)}": f"{before}/unsubscribe/…"
        for what in (unsubscribe.ALL, "topic:news", "case:123456") for before in ("", "/teilhabe")
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", ["json", "text"])
@pytest.mark.parametrize("address", SECRETS)
def test_what_a_server_says_about_an_address_is_cleaned(written, kind, address):
    logs.set_up(kind, written)
    server, shown = logging.getLogger("some.server"), SECRETS[address]
    server.error("Error handling request %s", address)
    server.error("Error handling request %s (no URI read)\n%s", f"{address}?x=1", f"'{address}'")
    asked = {"h": "::1", "l": "-", "u": "-", "t": "[now]", "s": 500, "b": 0, "a": "curl"}
    asked |= {"r": f"GET {address} HTTP/1.1", "f": f"https://town.example{address}"}
    server.warning("%s", AccessLogFormat.default % asked)
    said = written.getvalue()
    assert address.rpartition("/")[2].removesuffix(".ics") not in said
    assert f"Error handling request {shown}" in said
    assert f"{shown}?x=1 (no URI read)" in said
    assert f"GET {shown} HTTP/1.1" in said


def test_an_address_without_a_secret_stays_readable(written):
    logging.getLogger("some.server").error("Error handling request /calendar?x=/calendar.ics /cases/35/unsubscribed")
    assert lines(written)[0]["message"].endswith(" /calendar?x=/calendar.ics /cases/35/unsubscribed")


def test_an_error_that_a_library_writes_into_its_message_stays_out_of_json(written):
    try:
        raise KeyError("Krause")
    except KeyError:
        logging.getLogger("rq.worker").error("job %s failed\n%s", "ob-7-1", traceback.format_exc())
    assert lines(written)[0]["message"] == "job ob-7-1 failed"
    assert "Krause" not in written.getvalue()


def test_text_for_people_shows_the_whole_error(written):
    logs.set_up("text", written)
    try:
        abort(404)
    except Exception:
        logging.getLogger("workflow_app").exception("oh")
    assert re.match(r"\d{4}-.* ERROR oh\nTraceback", written.getvalue())


@pytest.mark.parametrize(("error", "level", "outcome"), [(None, "info", "done"), (KeyError, "error", "failed")])
def test_one_line_per_job(written, error, level, outcome):
    try:
        with logs.job("deliver", 7):
            if error:
                raise error("Krause")
    except KeyError:
        pass
    (line,) = lines(written)
    assert (line["message"], line["level"], line["outcome"]) == ("job", level, outcome)
    assert (line["job"], line["row"]) == ("deliver", 7)
    assert "Krause" not in written.getvalue()


def test_the_format_is_a_setting_and_an_unknown_one_is_refused(settings_for, sqlite_url):
    for kind, formatter in logs.FORMATS.items():
        create_app(replace(settings_for(sqlite_url), log=kind))
        ours = [handler for handler in logging.getLogger().handlers if handler.get_name() == "teilhabe"]
        assert [type(handler.formatter) for handler in ours] == [formatter]
    with pytest.raises(ValueError, match=r"TEILHABE_LOG is 'xml'; it can be json or text\."):
        create_app(replace(settings_for(sqlite_url), log="xml"))
