"""Workers are killed, jobs come again and again, the queue forgets everything, and some jobs are poison."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from random import Random
from unittest.mock import patch

from workflow_app.jobs import outbox, tasks
from workflow_app.jobs.kinds import KINDS
from workflow_app.models.following import SITE

from . import kinds
from .installation import Installation, installation
from .looking import number, rows, unsettled
from .outcome import Outcome, counted
from .programs import Program
from .scale import Scale
from .waiting import until

SETTLED_WITHIN = 60
"""Seconds after which what a dead worker was at must be done."""


def told(scale: Scale, **more: str) -> dict[str, str]:
    """The environment of processes that know our kinds of messages."""
    return {"CHAOS_KINDS": scale.of("haste", "real"), **more}


def killed(scale: Scale) -> Outcome:
    """kill -9 of the process that carries a job, before its commit and after it, and of the whole worker."""
    before = _killed_at(scale, "settle:3:SIGKILL", "killed before the commit")
    after = _killed_at(scale, "one:3:SIGKILL", "killed after the commit")
    return before + after + _whole_worker_killed(scale)


def _killed_at(scale: Scale, at: str, words: str) -> Outcome:
    """Every job is killed when it comes to this place for the third time."""
    with installation(append_only=False) as place:
        ids = kinds.write(place.engine, [kinds.GOOD] * scale.of(7, 60))
        begin = time.monotonic()
        worker = place.worker(**told(scale, CHAOS_AT=at))
        place.scheduler(**told(scale))
        until("all messages are done", lambda: not unsettled(place.engine), patience=120)
        died = place.log_of(worker).count("died: signal 9")
        return counted(
            "worker_killed", ids, kinds.seen(place.engine), time.monotonic() - begin,
            notes=(f"{words}: {died} times",), broken=() if died else ("nothing was killed",),
        )  # fmt: skip


def _whole_worker_killed(scale: Scale) -> Outcome:
    """A worker and its job are gone at once, so nobody is left to say so: the lease brings the rows back."""
    with installation(append_only=False) as place:
        ids = kinds.write(place.engine, [kinds.SLOW] * scale.of(30, 200))
        worker = place.worker(**told(scale))
        place.scheduler(**told(scale))
        until("the job is under way", lambda: len(kinds.seen(place.engine)) > len(ids) // 4)
        worker.kill()
        begin = time.monotonic()
        place.worker(**told(scale))
        until("all messages are done", lambda: not unsettled(place.engine), patience=120)
        took = time.monotonic() - begin
        late = () if took < SETTLED_WITHIN else (f"settled only after {took:.0f} s",)
        return counted("worker_killed", ids, kinds.seen(place.engine), took, broken=late)


def repeated(scale: Scale) -> Outcome:
    """Every job comes ten times and in any order, to three workers at once."""
    with installation(append_only=False) as place:
        ids = kinds.write(place.engine, [kinds.GOOD] * scale.of(300, 3000))
        with patch.dict(KINDS, kinds.MADE):
            batches = outbox.claim(place.engine, len(ids))
        copies = [(batch, n) for batch in batches for n in range(10)]
        Random(1).shuffle(copies)
        with place.queue.client() as client:
            queue = tasks.queue(SITE, client)
            for batch, n in copies:
                queue.enqueue(tasks.deliver, batch.name, list(map(tuple, batch.tickets)), job_id=f"{batch.name}-{n}")
            begin = time.monotonic()
            for _worker in range(3):
                place.worker(**told(scale))
            until(
                "every copy was taken", lambda: not queue.count and not queue.started_job_registry.count, patience=120
            )
        until("all messages are done", lambda: not unsettled(place.engine))
        again = number(place.engine, "SELECT count(*) FROM outbox WHERE attempt <> 1")
        return counted(
            "delivered_ten_times", ids, kinds.seen(place.engine), time.monotonic() - begin,
            notes=(f"{len(copies)} jobs for {len(batches)} batches",),
            broken=(f"{again} messages took another number of attempts than one",) if again else (),
        )  # fmt: skip


def poisoned(scale: Scale) -> Outcome:
    """Jobs that raise, crash, loop, hang in C and eat memory, each among good ones."""
    attempts, good = scale.of(2, 3), scale.of(10, 100)  # after more attempts pauses take hours
    mixture = [kind for poison in kinds.POISON for kind in (*[kinds.GOOD] * good, poison)]
    with installation(append_only=False) as place:
        ids = kinds.write(place.engine, mixture, attempts=attempts)
        begin = time.monotonic()
        place.worker(**told(scale))
        place.worker(**told(scale))
        place.scheduler(**told(scale))
        waiting = "SELECT count(*) FROM outbox WHERE state NOT IN ('done', 'dead')"
        fine = [id_ for id_, kind in zip(ids, mixture, strict=True) if kind == kinds.GOOD]
        until("the neighbours are done", lambda: len(kinds.seen(place.engine)) >= len(fine))
        neighbours = time.monotonic() - begin
        until("poison is given up", lambda: not number(place.engine, waiting), patience=scale.of(90, 600))
        given_up = rows(
            place.engine, "SELECT o.kind, o.attempt, i.error FROM outbox o JOIN incidents i ON i.outbox_id = o.id"
            " WHERE o.state = 'dead' AND i.state = 'open' ORDER BY o.id",
        )  # fmt: skip
        broken = [f"{kind} was tried {n} times" for kind, n, _error in given_up if n != attempts]
        broken += [f"{kind} is no incident" for kind in kinds.POISON if kind not in {row[0] for row in given_up}]
        notes = tuple(f"{kind}: given up after {n} attempts, {error}" for kind, n, error in given_up)
        return counted("poison", fine, kinds.seen(place.engine), neighbours, notes=notes, broken=broken)


def flushed(scale: Scale) -> Outcome:
    """The queue forgets everything, again and again, and is killed and started, while there is much to do."""
    n, times = scale.of(400, 4000), scale.of(3, 20)
    with installation(append_only=False) as place:
        ids = kinds.write(place.engine, [kinds.GOOD] * n)
        place.worker(**told(scale))
        place.worker(**told(scale))
        place.scheduler(**told(scale))
        for turn in range(times):
            _progress(place, (turn + 1) * n // (2 * times))
            place.queue.flush()
            if turn % 2:
                place.queue.kill()
                place.queue.start()
        begin = time.monotonic()
        until("all messages are done", lambda: not unsettled(place.engine), patience=180)
        notes = (f"FLUSHALL {times} times, {times // 2} times with kill -9 and restart",)
        return counted("queue_flushed", ids, kinds.seen(place.engine), time.monotonic() - begin, notes=notes)


def _progress(place: Installation, least: int) -> None:
    until(f"{least} effects are there", lambda: len(kinds.seen(place.engine)) >= least, patience=120)


def stopped(scale: Scale) -> Outcome:
    """A worker that is asked to stop ends the row it is at, gives the others back at once, and is gone."""
    with installation(append_only=False) as place:
        ids = kinds.write(place.engine, [kinds.SLOW] * scale.of(300, 400))
        worker = place.worker(**told(scale))
        place.scheduler(**told(scale))
        until("the job is under way", lambda: len(kinds.seen(place.engine)) > 10)
        assert worker.process is not None
        begin = time.monotonic()
        worker.process.terminate()
        until("the worker is gone", lambda: not worker.is_running, patience=30)
        took, left = time.monotonic() - begin, unsettled(place.engine)
        at_it = number(place.engine, "SELECT count(*) FROM outbox WHERE state = 'running' OR attempt > 1")
        place.worker(**told(scale))
        until("all messages are done", lambda: not unsettled(place.engine), patience=120)
        broken = [f"exit code {worker.process.returncode}"] if worker.process.returncode else []
        broken += [f"{at_it} messages were interrupted"] if at_it else []
        broken += [] if left else ["it was through before it was asked to stop"]
        return counted("worker_stopped", ids, kinds.seen(place.engine), took, broken=broken)


def forks_of(worker: Program) -> list[int]:
    """The processes in which a worker carries a job out."""
    return [pid for pid in worker.family() if pid != worker.pid]


def strike_fork(worker: Program) -> bool:
    """kill -9 of what a worker is at; whether there was anything."""
    for pid in forks_of(worker):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return True
    return False
