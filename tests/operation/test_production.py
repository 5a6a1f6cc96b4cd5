"""The units run: everything together against a real PostgreSQL and a real Redis, until systemd says stop."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis import Redis
from rq import worker_registration
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session

from tests.jobs.mail_server import Letterbox, mail_server
from tests.operation.production import PATIENCE, RedisServer, Server, example, server, until
from tests.operation.proxied import Visitor
from workflow_app.database import new_engine
from workflow_app.demo import PASSWORD, people
from workflow_app.models import Organization, Person

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(sys.platform != "linux", reason="systemd is the init of Linux"),
]
WEB, SCHEDULER = "teilhabe-web.service", "teilhabe-scheduler@.service"
WORKER, MAILER = "teilhabe-worker@.service", "teilhabe-mailer@.service"
EVERYTHING = ((WEB, 1), (WORKER, 1), (MAILER, 1), (SCHEDULER, 1), (SCHEDULER, 2))
OFFICE = "stelle@flensburg.example"


@dataclass
class Town:
    """The running installation, and what is around it."""

    server: Server
    redis: RedisServer
    box: Letterbox
    engine: Engine
    admin: Engine
    parts: dict[str, str]

    def visitor(self, email: str) -> Visitor:
        found = Visitor(self.server.web.getsockname()[1])
        assert found.post("/sign-in", email=email, password=PASSWORD) == 302
        return found

    def open_concept(self, who: Visitor, title: str) -> None:
        assert who.post("/cases/new/concept", **self.concept(title)) == 302

    def concept(self, title: str) -> dict[str, str]:
        return {"title": title, **self.parts}

    def count(self, query: str, **values: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(text(query), values).scalar_one())

    def told(self, title: str) -> int:
        """How many people have the notice of a new concept."""
        here = "SELECT count(*) FROM notifications n JOIN cases c ON c.id = n.case_id WHERE c.title = :title"
        return self.count(here, title=title)

    def end_leases(self) -> None:
        """As if the minute was over after which what got lost on the way is handed out again."""
        with self.engine.begin() as connection:
            connection.execute(text("UPDATE outbox SET lease_until = run_at WHERE state = 'dispatched'"))

    def is_at_rest(self) -> bool:
        """Whether nothing is on its way; what is broken off now would come back after a minute only."""
        return not self.count("SELECT count(*) FROM outbox WHERE state IN ('dispatched', 'running')")

    def refuse_connections(self, refused: bool) -> None:
        """The database goes away, and comes back."""
        name = self.engine.url.database
        with self.admin.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {str(not refused).lower()}"))
            if refused:
                end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
                connection.execute(text(end), {"name": name})


@pytest.fixture
def town(postgres, tmp_path: Path) -> Iterator[Town]:
    with postgres.fresh_url() as url, mail_server() as box:
        engine = new_engine(url)
        redis = RedisServer(tmp_path)
        redis.start()
        told = {
            **example(), "DATABASE_URL": url.replace("+psycopg", ""), "REDIS_URL": redis.url, "SECRET_KEY": "s" * 64,
            "TEILHABE_INSTANCE": str(tmp_path), "TEILHABE_SMTP": f"smtp://127.0.0.1:{box.port}",
        }  # fmt: skip
        try:
            with server(tmp_path, told) as machine:
                yield Town(machine, redis, box, engine, postgres.admin, _people(engine))
        finally:
            redis.kill()
            engine.dispose()


def _people(engine: Engine) -> dict[str, str]:
    """The people of the demonstration, without its cases; who takes part in a new concept."""
    with Session(engine) as session:
        people.load(session, 1)
        # Mails to invented people are not sent; so one of them, who is told nothing here, counts as a real one.
        session.execute(update(Person).where(Person.email == OFFICE).values(example=False))
        session.commit()
        keys = {row.key: row.id for row in session.execute(select(Organization.key, Organization.id))}
    return {"office": str(keys["ko-int"]), "lead_department": str(keys["fb-ews"])}


def test_from_the_first_visitor_to_the_last(town: Town) -> None:
    machine = town.server
    waiting = _early_visitor(machine)
    for name, instance in EVERYTHING:
        machine.start(name, instance)
    assert waiting() == 200, machine.said()  # came before the service, and was not turned away
    assert machine.hear().startswith("READY=1")
    lena = town.visitor(OFFICE)
    town.open_concept(lena, "Am ersten Tag")
    until(lambda: town.told("Am ersten Tag"), "the notice of a concept")
    _workers_are_heard_of(town)
    _redis_goes_away(town, lena)
    _database_goes_away(town, lena)
    _everything_stops(town, lena)


def _early_visitor(machine: Server) -> Callable[[], int]:
    """Somebody who comes while nothing runs yet; gives what they were answered."""
    found: list[int] = []
    port = machine.web.getsockname()[1]
    thread = threading.Thread(target=lambda: found.append(Visitor(port).get("/health/ready")[0]))
    thread.start()

    def answered() -> int:
        thread.join(PATIENCE)
        return found[0]

    return answered


def _workers_are_heard_of(town: Town) -> None:
    """One that is killed, and so can say nothing more, counts for two minutes at most."""
    with Redis.from_url(town.redis.url) as connection:
        workers = worker_registration.REDIS_WORKER_KEYS
        until(lambda: connection.scard(workers) == 2, "both workers are heard of")
        counts_for = [connection.ttl(key) for key in connection.smembers(workers)]
    assert 0 < min(counts_for) <= max(counts_for) <= 120


def _redis_goes_away(town: Town, lena: Visitor) -> None:
    until(town.is_at_rest, "everything is carried out")
    town.redis.kill()
    town.open_concept(lena, "Ohne Redis")
    workers = [town.server.running[f"{name}1"] for name in (WORKER, MAILER)]
    until(lambda: all("Redis" in one.said() for one in workers), "the workers miss Redis")
    assert lena.get("/health/ready")[0] == 200  # a proxy goes on sending visitors
    town.redis.start()
    town.open_concept(lena, "Danach")
    town.end_leases()
    until(lambda: town.told("Danach") and town.told("Ohne Redis"), "notices after Redis came back")
    until(town.is_at_rest, "everything is carried out")
    assert town.server.all_run(), town.server.said()


def _database_goes_away(town: Town, lena: Visitor) -> None:
    schedulers = [town.server.running[f"{SCHEDULER}{instance}"] for instance in (1, 2)]
    town.refuse_connections(True)
    until(lambda: all("OperationalError" in one.said() for one in schedulers), "the schedulers miss the database")
    assert lena.get("/health/ready")[0] == 503
    assert lena.get("/health/live")[0] == 200
    town.refuse_connections(False)
    town.open_concept(lena, "Wieder da")
    until(lambda: town.told("Wieder da"), "the notice after the database came back")
    assert town.server.all_run(), town.server.said()


def _everything_stops(town: Town, lena: Visitor) -> None:
    """A mail is on its way to its server, which keeps its worker and nobody else waiting, and half of a form
    has come in."""
    arrived, go_on = threading.Event(), threading.Event()

    def slowly() -> None:
        arrived.set()
        go_on.wait(PATIENCE)

    town.box.meanwhile = slowly
    assert lena.post("/account/forgotten", email=OFFICE) == 302
    assert arrived.wait(PATIENCE), town.server.said()
    town.open_concept(lena, "Während die Post wartet")
    until(lambda: town.told("Während die Post wartet"), "the notice while a mail waits")
    path = "/cases/new/concept"
    body = lena.filled_in(path, **town.concept("Im letzten Augenblick"))
    with lena.half_sent(path, body) as line:
        for program in town.server.running.values():
            program.process.send_signal(signal.SIGTERM)
        worker, mailer = (town.server.running[f"{name}1"] for name in (WORKER, MAILER))
        until(lambda: worker.code == 0, "the worker without a job ends at once")
        assert mailer.code is None, "it was at a mail"
        until(lambda: "Handling signal: term" in town.server.running[f"{WEB}1"].said(), "gunicorn stops")
        assert town.server.running[f"{WEB}1"].code is None
        line.sendall(body[len(body) // 2 :])
        answer = _all_of(line)
    go_on.set()
    assert " 302 " in answer.splitlines()[0], answer
    assert [program.wait() for program in town.server.running.values()] == [0] * 5, town.server.said()
    _nothing_is_left(town)


def _all_of(line: socket.socket) -> str:
    return b"".join(iter(lambda: line.recv(10_000), b"")).decode()


def _nothing_is_left(town: Town) -> None:
    assert [program.left() for program in town.server.running.values()] == [[]] * 5
    assert town.count("SELECT count(*) FROM cases WHERE title = 'Im letzten Augenblick'") == 1
    assert town.count("SELECT count(*) FROM outbox WHERE state = 'running'") == 0
    assert town.count("SELECT count(*) FROM mails WHERE state = 'sent'") == len(town.box.mails) == 1
