"""Mails that may not leave yet wait as what they are: none is lost, and none becomes a second one."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from tests.jobs.town import BEN, DORA, Town, later
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import again, digests, outbox, tasks
from workflow_app.jobs.post import stable_id

NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
"""Twelve o'clock in Flensburg, on the day on which everything begins at ten."""
BEHIND = timedelta(seconds=5)
MAILS = "SELECT dedupe_key, state, attempt FROM outbox WHERE kind = :kind AND dedupe_key LIKE :key"


def noon_by_two_clocks(town: Town) -> None:
    """The clock of the worker is behind that of the scheduler, which looks every two seconds."""
    for seconds in range(0, 10, 2):
        moment = NOON + timedelta(seconds=seconds)
        with clock.at(moment):
            batches = outbox.claim(db.engine)
        with clock.at(moment - BEHIND):
            for batch in batches:
                tasks.deliver(batch.name, batch.tickets)


def test_a_mail_comes_at_the_end_of_quiet_hours_also_where_the_worker_thinks_they_last(town):
    town.wants(BEN, quiet_from=time(9), quiet_until=time(12))
    town.filed()
    town.work()
    assert town.mails_to(BEN) == []
    noon_by_two_clocks(town)
    assert len(town.mails_to(BEN)) == 1
    assert [row[1:] for row in town.rows(MAILS, kind="notice_mail", key="notice_mail:%:2")] == [("done", 1)]


def test_so_does_a_collected_mail_and_it_is_still_the_same_mail(town):
    town.wants(BEN, way="daily", hour=11, quiet_from=time(9), quiet_until=time(12))
    town.filed()
    town.work()
    with clock.at(NOON - timedelta(minutes=30)):
        assert digests.open_due() == 1
        town.work()
    noon_by_two_clocks(town)
    (mail,) = town.mails_to(BEN)
    assert town.rows(MAILS, kind="digest", key="%") == [("digest:2:2026-03-02", "done", 1)]
    assert mail["Message-ID"] == stable_id("digest:2:2026-03-02")


def waits_since_the_night(town: Town) -> None:
    """The server did not take a mail to Ben until his quiet hours began."""
    town.set("UPDATE people SET email = 'full@example.org' WHERE id = 2")
    town.filed()
    town.work()
    town.set("UPDATE people SET email = 'ben@example.org' WHERE id = 2")
    town.wants(BEN, quiet_from=time(9), quiet_until=time(12))
    with later(minutes=30):
        town.work()


def test_to_be_put_off_is_no_failure_and_gives_no_attempts_back(town):
    waits_since_the_night(town)
    assert [row[1:] for row in town.rows(MAILS, kind="notice_mail", key="notice_mail:%:2")] == [("pending", 1)]
    with clock.at(NOON):
        town.work()
    assert len(town.mails_to(BEN)) == 1


@pytest.mark.parametrize("attempt", [8, 9])
def test_what_is_put_off_at_its_last_attempt_has_it_later(town, attempt):
    waits_since_the_night(town)
    town.set("UPDATE outbox SET attempt = :n WHERE state = 'pending'", n=attempt)
    town.set("UPDATE outbox SET run_at = '2026-03-02 09:30:00.000000' WHERE state = 'pending'")
    for moment in (NOON - timedelta(minutes=20), NOON):
        with clock.at(moment):
            town.work()
    assert len(town.mails_to(BEN)) == 1


def test_an_incident_is_solved_when_the_mail_is_sent_and_not_when_it_is_put_off(town):
    waits_since_the_night(town)
    town.set("UPDATE outbox SET state = 'dead' WHERE state = 'pending'")
    town.set(
        "INSERT INTO incidents (kind, subject, error, times, first_at, last_at, state, outbox_id)"
        " SELECT 'message', 'message:' || id, 'OSError', 1, run_at, run_at, 'open', id FROM outbox WHERE state = 'dead'"
    )
    again.retry(DORA, [1])
    town.work()
    assert town.rows("SELECT state FROM incidents") == [("retrying",)]
    with clock.at(NOON):
        town.work()
    assert town.rows("SELECT state FROM incidents") == [("solved",)]
    assert len(town.mails_to(BEN)) == 1


def test_a_collected_mail_that_an_older_version_put_off_is_still_the_same_mail(town):
    town.wants(BEN, way="daily")
    town.filed()
    town.work()
    with clock.at(NOON + timedelta(days=1)):
        digests.open_due()
        town.set("UPDATE outbox SET dedupe_key = dedupe_key || ':at:2026-03-03T11:00:00+00:00' WHERE kind = 'digest'")
        town.work()
    assert town.mails_to(BEN)[0]["Message-ID"] == stable_id("digest:2:2026-03-03")
