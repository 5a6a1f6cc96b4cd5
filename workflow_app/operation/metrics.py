"""Figures for Prometheus, read from the database at every scrape: there are many processes, and what
counts is the same for all of them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from . import jobs
from .waiting import Messages, dead_by_kind, events_last_hour, incidents_by_kind, waiting

NOBODY_KNOWS: Mapping[str, int] = {}
TYPE = "text/plain; version=0.0.4; charset=utf-8"


def may_read(header: str, token: str) -> bool:
    """Whether this Authorization header carries the token; nobody may where none is set."""
    given = header.removeprefix("Bearer ") if header.startswith("Bearer ") else ""
    return hmac.compare_digest(given.encode(), token.encode()) and bool(token)


def text(session: Session, now: datetime, workers: Mapping[str, int] = NOBODY_KNOWS) -> bytes:
    """All figures in the text format of Prometheus; `workers` listen to each queue."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(session, now, workers))
    return generate_latest(registry)


@dataclass(frozen=True, eq=False)
class Figures(Collector):
    """The figures of one moment."""

    session: Session
    now: datetime
    workers: Mapping[str, int]

    def collect(self) -> Iterable[Metric]:
        """All of them; ages are in seconds, 0 where nothing waits."""
        found = waiting(self.session, self.now)
        yield from self._queues(found.due)
        yield _by_label(
            "teilhabe_outbox_messages", "Messages that are not done", "state",
            ((state, messages.count) for state, messages in found.messages.items()),
        )  # fmt: skip
        yield _by_label(
            "teilhabe_outbox_oldest_seconds", "Age of the oldest message that is not done", "state",
            ((state, self._age(messages)) for state, messages in found.messages.items()),
        )  # fmt: skip
        yield _by_label(
            "teilhabe_outbox_dead_messages", "Messages given up after all attempts, without those let be", "kind",
            dead_by_kind(self.session).items(),
        )  # fmt: skip
        yield _by_label(
            "teilhabe_incidents", "Incidents that wait for somebody to decide", "kind",
            incidents_by_kind(self.session).items(),
        )  # fmt: skip
        yield _one("teilhabe_deadlines_unfired", "Deadlines the clock should have dealt with", found.deadlines.count)
        yield _one("teilhabe_deadlines_lag_seconds", "Since when the oldest of them waits", self._age(found.deadlines))
        yield from self._jobs()
        yield from self._events()

    def _queues(self, due: Mapping[str, Messages]) -> Iterator[Metric]:
        yield _by_label(
            "teilhabe_queue_lag_seconds", "Since when the oldest due message waits for a worker", "queue",
            ((queue, self._age(messages)) for queue, messages in due.items()),
        )  # fmt: skip
        yield _by_label(
            "teilhabe_queue_due_messages", "Messages that should have gone out", "queue",
            ((queue, messages.count) for queue, messages in due.items()),
        )  # fmt: skip
        yield _by_label(
            "teilhabe_workers", "Workers that listen to a queue; none are told while Redis is away", "queue",
            self.workers.items(),
        )  # fmt: skip

    def _jobs(self) -> Iterator[Metric]:
        found = jobs.known(self.session, self.now)
        yield _by_label(
            "teilhabe_job_last_success_timestamp_seconds", "When a periodic job last went well", "job",
            ((one.name, one.ended_at.timestamp()) for one in found if one.ended_at),
        )  # fmt: skip
        yield _by_label(
            "teilhabe_job_failures", "How often a periodic job has failed since it last went well", "job",
            ((one.name, one.failures) for one in found),
        )  # fmt: skip
        yield _one("teilhabe_jobs_late", "Periodic jobs that should have run", sum(one.is_late for one in found))

    def _events(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "teilhabe_case_events_last_hour", "What happened in cases within the last hour", labels=["process", "kind"]
        )
        for labels, count in sorted(events_last_hour(self.session, self.now).items()):
            family.add_metric(labels, count)
        yield family

    def _age(self, messages: Messages) -> float:
        return max(0.0, (self.now - messages.oldest).total_seconds()) if messages.oldest else 0.0


def _one(name: str, about: str, value: float) -> Metric:
    return GaugeMetricFamily(name, about, value=value)


def _by_label(name: str, about: str, label: str, values: Iterable[tuple[str, float]]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=[label])
    for key, value in values:
        family.add_metric([key], value)
    return family
