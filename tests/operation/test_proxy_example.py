"""nginx with the example of the guide, in front of the real application: what visitors get, and what nobody may see."""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from config import LONGEST_FORM, MEGABYTE, Settings
from tests.databases import fresh_sqlite_url
from tests.operation.nginx import Nginx, Outside, example, nginx, over_http2
from tests.operation.production import PATIENCE, Program, server, until
from tests.operation.production import example as settings
from tests.operation.proxied import FORM, HOST, Visitor
from workflow_app.database import new_engine
from workflow_app.demo import PASSWORD, people
from workflow_app.models import Organization
from workflow_app.views.uploads import MOST

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(sys.platform != "linux", reason="other systems have one address of their own only"),
]
TOKEN = "for the figures"
SECRET = "0123456789" * 5
OFFICE = "stelle@flensburg.example"
TOO_MUCH = str(200 * MEGABYTE)
FILES = "papers-files"
LATER = "Wir sind gleich wieder da"


@dataclass
class Site:
    """The application, the proxy in front, and the parts of a new concept."""

    port: int
    web: Program
    proxy: Nginx
    parts: dict[str, str]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, url = tmp_path_factory.mktemp("site"), fresh_sqlite_url()
    told = {
        **settings(), "DATABASE_URL": url, "REDIS_URL": "", "SECRET_KEY": "s" * 64, "TEILHABE_INSTANCE": str(folder),
        "TEILHABE_LARGEST_FILE": "1", "TEILHABE_METRICS_TOKEN": TOKEN, "WEB_CONCURRENCY": "1",
    }  # fmt: skip
    engine = new_engine(url)
    with Session(engine) as session:
        people.load(session, 1)
        session.commit()
        keys = {row.key: row.id for row in session.execute(select(Organization.key, Organization.id))}
    engine.dispose()
    parts = {"title": "Bäume", "office": str(keys["ko-int"]), "lead_department": str(keys["fb-ews"])}
    with server(folder, told) as machine:
        web, port = machine.start("teilhabe-web.service"), machine.web.getsockname()[1]
        with nginx(tmp_path_factory.mktemp("nginx"), port) as proxy:
            yield Site(port, web, proxy, parts)


@pytest.fixture
def lena(site: Site) -> Outside:
    """Somebody of the office who has signed in: with secure cookies, and a form that was not taken for a forged one."""
    found = site.proxy.visitor()
    assert found.post("/sign-in", email=OFFICE, password=PASSWORD) == 302
    assert found.heard["Location"] == "/desk"
    assert found.get("/desk")[0] == 200
    return found


def test_the_application_knows_that_it_was_https_and_takes_no_form_from_elsewhere(site: Site):
    visitor = site.proxy.visitor()
    body = visitor.filled_in("/sign-in", email=OFFICE, password=PASSWORD)
    visitor.headers["Referer"] = "https://elsewhere.example/"
    assert visitor.ask("POST", "/sign-in", body, {"Content-Type": FORM})[0] == 400


def sent(who: Outside, entries: dict[str, str], *files: bytes) -> tuple[int, str]:
    """Send the form of a new concept with files."""
    path = "/cases/new/concept"
    papers = [FileStorage(BytesIO(file), f"{number}.txt", FILES) for number, file in enumerate(files)]
    fields = {**who.fields(path, **entries), "papers-audience": "case"}
    boundary, body = encode_multipart({**fields, FILES: papers})
    return who.ask("POST", path, body, {"Content-Type": f"multipart/form-data; boundary={boundary}"})


def test_who_comes_by_http_is_led_to_https(site: Site):
    line = http.client.HTTPConnection("127.0.0.1", site.proxy.http, timeout=PATIENCE)
    with contextlib.closing(line):
        line.request("GET", "/cases?process=concept", headers={"Host": HOST})
        answer = line.getresponse()
        answer.read()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/cases?process=concept")
        asked = site.proxy.folder / ".well-known" / "acme-challenge" / "asked"
        asked.parent.mkdir(parents=True)
        asked.write_text("for the certificate")
        line.request("GET", "/.well-known/acme-challenge/asked", headers={"Host": HOST})
        assert line.getresponse().read() == b"for the certificate"
    visitor = site.proxy.visitor()
    assert visitor.get("/desk")[0] == 302
    assert visitor.heard["Location"] == "/sign-in?next=/desk"
    assert visitor.heard["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_five_files_of_the_largest_size_come_through_and_more_is_refused_in_words(site: Site, lena: Outside):
    largest = [bytes([65 + number]) * MEGABYTE for number in range(MOST)]
    status, page = sent(lena, site.parts, *largest)
    assert status == 302, page
    assert lena.get("/documents/1/1") == (200, largest[0].decode())
    assert lena.heard["Content-Length"] == str(MEGABYTE)
    status, page = sent(lena, site.parts, *largest, largest[0] * 3)
    assert (status, "zusammen größer als 7 MB" in page) == (413, True)


def test_the_proxy_lets_through_what_the_application_says_is_too_large(site: Site):
    (limit,) = re.findall(r"client_max_body_size (\d+)m;", example())
    assert int(limit) * MEGABYTE > MOST * Settings.longest_upload + LONGEST_FORM


def test_what_even_the_proxy_refuses_is_refused_in_words(site: Site):
    status, page = site.proxy.visitor().ask("POST", "/sign-in", more={"Content-Length": TOO_MUCH})
    assert (status, "Das ist zu groß" in page) == (413, True)
    asked = {":method": "POST", ":path": "/sign-in", "content-length": TOO_MUCH}
    assert "Das ist zu groß".encode() in over_http2(site.proxy.https, **asked)


def test_who_guesses_is_known_by_their_address_whatever_they_pretend(site: Site):
    path = f"/account/link/{SECRET}"
    guesses = [
        site.proxy.visitor("127.0.0.5").ask("GET", path, more={"X-Forwarded-For": f"203.0.113.{number}"})[0]
        for number in range(33)
    ]
    assert (guesses[0], guesses[-1]) == (404, 429)
    assert site.proxy.visitor("127.0.0.6").get(path)[0] == 404


def test_a_request_has_one_number_in_all_logs_and_no_address(site: Site):
    visitor = site.proxy.visitor()
    assert visitor.ask("GET", f"/calendar/{SECRET}.ics", more={"X-Request-ID": "their-own-number"})[0] == 404
    number = visitor.heard["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", number)
    lines = [json.loads(line) for line in site.web.said().splitlines()]
    assert [line["route"] for line in lines if line.get("request_id") == number] == ["calendars.personal"]
    until(lambda: number in site.proxy.said(), "the proxy writes the line, which it does when the answer is out")
    assert SECRET not in site.proxy.said() + site.web.said()


def test_figures_are_for_this_machine_only(site: Site):
    known = {"Authorization": f"Bearer {TOKEN}"}
    assert site.proxy.visitor().ask("GET", "/metrics", more=known)[0] == 403
    status, figures = Visitor(site.port).ask("GET", "/metrics", more=known)
    assert (status, "teilhabe_queue_lag_seconds" in figures) == (200, True)


def test_a_stopped_application_is_told_in_words_and_no_log_says_what_was_asked(tmp_path: Path):
    with socket.socket() as stopped, nginx(tmp_path, _taken_by(stopped)) as proxy:
        visitor = proxy.visitor()
        status, page = visitor.get(f"/calendar/{SECRET}.ics")
        assert (status, LATER in page) == (502, True)
        assert visitor.ask("POST", "/sign-in", b"email=somebody")[0] == 502
        assert visitor.get("/error-pages/closed.html")[0] == 404
        assert " GET 502 " in proxy.said()
        assert SECRET not in proxy.said()


def _taken_by(stopped: socket.socket) -> int:
    """A port that nobody else can get, and at which nobody listens."""
    stopped.bind(("127.0.0.1", 0))
    return int(stopped.getsockname()[1])


def test_half_a_download_is_not_taken_for_a_whole_one(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as breaks_off, nginx(tmp_path, breaks_off.getsockname()[1]) as proxy:
        thread = threading.Thread(target=_half_an_answer, args=(breaks_off,))
        thread.start()
        with pytest.raises(http.client.IncompleteRead):
            proxy.visitor().get("/dashboard/cases.csv")
        thread.join(PATIENCE)
        assert not thread.is_alive()


def _half_an_answer(listening: socket.socket) -> None:
    """An application that dies in the middle of a list whose length nobody knows before its end; it answers as
    gunicorn does: in pieces to those who know pieces."""
    line, _address = listening.accept()
    with line:
        asked = line.recv(10_000)
        piece = b"6\r\nhalf;\n\r\n" if b"HTTP/1.1" in asked else b"half;\n"
        told = b"Transfer-Encoding: chunked\r\n" if b"HTTP/1.1" in asked else b""
        line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n" + told + b"Connection: close\r\n\r\n" + piece)
