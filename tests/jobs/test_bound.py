"""A worker that is killed takes its fork along, so that nobody is at a job twice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys

import pytest

from tests.jobs.test_outbox import redis_url as redis_url
from tests.test_supervisor import ROOT, is_alive, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells a fork of the death")
WORKER = """
import os, sys, time
from redis import Redis
from rq import Queue
from workflow_app.jobs.worker import ForkedWorker

class AtWork(ForkedWorker):
    def perform_job(self, *_about):
        print(os.getpid(), os.getpgid(0), flush=True)
        time.sleep(600)

connection = Redis.from_url(sys.argv[1])
queue = Queue(connection=connection)
queue.enqueue("time.sleep", 600)
AtWork([queue], connection=connection).work(logging_level="ERROR")
"""
LATE = "import os; from workflow_app.jobs import bound; bound.to_parent(os.getpid()); print('at work')"


def test_a_fork_dies_with_its_worker(redis_url):
    words = [sys.executable, "-c", WORKER, redis_url]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        fork, group = map(int, worker.stdout.readline().split())
        try:
            assert fork == group  # out of reach for who kills the worker's group
            worker.kill()
            until(lambda: not is_alive(fork))
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(fork, signal.SIGKILL)


def test_a_fork_that_comes_too_late_to_ask_does_nothing():
    ran = subprocess.run([sys.executable, "-c", LATE], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout) == (1, "")
