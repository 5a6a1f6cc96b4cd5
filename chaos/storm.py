"""Everything at once: workers and their jobs are killed at random and the queue forgets, under load."""

from __future__ import annotations

import time
from random import Random

from sqlalchemy import Engine, insert

from workflow_app.engine import clock
from workflow_app.models import OutboxMessage

from . import kinds
from .installation import Installation, installation
from .letterbox import Letterbox, letterbox
from .looking import number, rows
from .outcome import Outcome, counted
from .programs import Program
from .scale import Scale
from .town import FIRST_MEMBER
from .waiting import until
from .workers import strike_fork, told

UNDONE = "SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'dead')"


def storm(scale: Scale) -> Outcome:
    """Effects in the database happen exactly once, and no mail is lost. A mail may come twice where its
    process died between the server's answer and our commit: these are counted, and look the same."""
    effects, mails = scale.of((400, 20), (10_000, 500))
    with installation(append_only=False) as place, letterbox() as box:
        ids = kinds.write(place.engine, [kinds.GOOD] * effects)
        letters = send_mails(place.engine, mails)
        made, took = _weather(place, box, scale)
        found = dict(rows(place.engine, "SELECT outbox_id, message_id FROM mails"))
        arrived = [("mail", id_) for id_ in letters if box.came[found.get(id_, "")]]
        twice = sum(n - 1 for n in box.came.values())
        dead = number(place.engine, "SELECT count(*) FROM outbox WHERE state = 'dead'")
        notes = (
            f"{effects} effects and {mails} mails; " + ", ".join(f"{n} × {what}" for what, n in sorted(made.items())),
            f"{twice} mails came twice, with the same Message-ID",
        )
        broken = [f"{dead} messages were given up"] if dead else []
        if strangers := box.came.keys() - set(found.values()):
            broken.append(f"{len(strangers)} mails came that nobody knows of")
        expected = [*(("effect", id_) for id_ in ids), *(("mail", id_) for id_ in letters)]
        seen = [*(("effect", id_) for id_ in kinds.seen(place.engine)), *arrived]
        return counted("storm", expected, seen, took, notes=notes, broken=broken)


def send_mails(engine: Engine, n: int) -> list[int]:
    """So many mails to a member of the unit are to be sent; the ids of their messages."""
    rows_ = [
        {"kind": "account_notice", "payload": {"person": FIRST_MEMBER, "notice": "password_changed"},
         "dedupe_key": f"chaos:mail:{i}", "run_at": clock.now()}
        for i in range(n)
    ]  # fmt: skip
    with engine.begin() as connection:
        return sorted(connection.scalars(insert(OutboxMessage).returning(OutboxMessage.id), rows_))


def _weather(place: Installation, box: Letterbox, scale: Scale) -> tuple[dict[str, int], float]:
    """Strike again and again until half of everything is done, then let it calm down: how often what was
    done, and how long it took from the last strike until all was well."""
    chance, made = Random(7), dict.fromkeys(("fork killed", "worker killed", "queue flushed", "queue restarted"), 0)
    more = told(scale, TEILHABE_SMTP=box.url)
    begins = [place.worker, place.worker, place.mailer]
    workers = [begin(**more) for begin in begins]
    place.scheduler(**more)
    whole = number(place.engine, UNDONE)
    until("work has begun", lambda: number(place.engine, UNDONE) < whole)
    while (left := number(place.engine, UNDONE)) > whole // 10:
        step = chance.randint(1, max(2, whole // scale.of(20, 120)))
        _goes_on(place, left - step)
        what = chance.choices(list(made), weights=(5, 3, 2, 1))[0]
        n = chance.randrange(len(workers))
        if what == "worker killed":  # half of them alone: their fork has to follow by itself
            (workers[n].strike if chance.random() < 0.5 else workers[n].kill)()
            workers[n] = begins[n](**more)
            made[what] += 1
        elif _strike(place, workers[n], what):
            made[what] += 1
    begin = time.monotonic()
    until("all messages are done", lambda: not number(place.engine, UNDONE), patience=180)
    return made, time.monotonic() - begin


def _goes_on(place: Installation, most: int) -> None:
    until("something was done", lambda: number(place.engine, UNDONE) <= most, patience=120)


def _strike(place: Installation, worker: Program, what: str) -> bool:
    """Do one of these; whether there was anything to hit."""
    if what == "fork killed":
        return strike_fork(worker)
    place.queue.flush()
    if what == "queue restarted":
        place.queue.kill()
        place.queue.start()
    return True
