"""Several collected mails of one person: whatever happens, each notice is told in one of them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.jobs.town import BEN, DORA, Town, words
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import again, digests, outbox, tasks
from workflow_app.jobs.post import Letter, Posted, post, stable_id

TUESDAY = datetime(2026, 3, 3, 7, tzinfo=UTC)  # 8 o'clock in Flensburg
A_DAY = timedelta(days=1)
DIGESTS = "SELECT dedupe_key, state, attempt FROM outbox WHERE kind = 'digest' ORDER BY id"
FIRST, SECOND = "digest:2:2026-03-03", "digest:2:2026-03-04"


@pytest.fixture
def daily(town: Town) -> Town:
    """Ben wants one mail a day, and a case was filed on Monday."""
    town.wants(BEN, way="daily")
    town.filed("One")
    town.work()
    return town


def away(town: Town, begin: datetime, hours: int = 24) -> None:
    """The mail server is away from then on, and the clock ticks."""
    there, town.app.config["SMTP"] = town.app.config["SMTP"], "smtp://127.0.0.1:1"
    for hour in range(hours):
        with clock.at(begin + timedelta(hours=hour)):
            digests.open_due()
            town.work()
    town.app.config["SMTP"] = there


def test_while_one_waits_for_the_mail_server_what_is_new_comes_with_it(daily):
    away(daily, TUESDAY, hours=2)
    with clock.at(TUESDAY + timedelta(hours=2)):
        daily.filed("Two")
    away(daily, TUESDAY + timedelta(hours=2), hours=1)
    with clock.at(TUESDAY + A_DAY):
        assert digests.open_due() == 0
        daily.work()
        assert digests.open_due() == 0
    (mail,) = daily.mails_to(BEN)
    assert mail["Subject"] == "2 notices from Teilhabe Flensburg"
    assert mail["Message-ID"] == stable_id(FIRST)


def test_one_that_was_given_up_is_tried_again_when_the_next_would_be_due(daily):
    away(daily, TUESDAY, hours=23)
    assert daily.rows(DIGESTS) == [(FIRST, "dead", 10)]
    with clock.at(TUESDAY + A_DAY):
        assert (digests.open_due(), digests.open_due()) == (1, 0)
        assert daily.rows(DIGESTS) == [(FIRST, "pending", 0)]
        assert daily.rows("SELECT state FROM incidents") == [("open",)]
        daily.work()
    assert daily.rows("SELECT state FROM incidents") == [("solved",)]
    assert [mail["Message-ID"] for mail in daily.mails_to(BEN)] == [stable_id(FIRST)]


def test_it_fails_once_for_every_day_on_which_the_mail_server_is_away(daily):
    away(daily, TUESDAY, hours=71)
    assert daily.rows(DIGESTS) == [(FIRST, "dead", 10)]
    assert daily.rows("SELECT state, times FROM incidents") == [("open", 3)]


def test_when_one_is_let_be_the_next_comes_as_ever(daily):
    away(daily, TUESDAY, hours=23)
    with clock.at(TUESDAY + timedelta(hours=23)):
        again.discard(DORA, [1], "Not needed.")
    with clock.at(TUESDAY + A_DAY):
        assert digests.open_due() == 1
        daily.work()
    assert daily.rows(DIGESTS) == [(FIRST, "dead", 10), (SECOND, "done", 1)]
    assert [mail["Message-ID"] for mail in daily.mails_to(BEN)] == [stable_id(SECOND)]


def test_somebody_and_the_clock_who_try_again_at_once_send_one_mail(daily):
    away(daily, TUESDAY, hours=23)
    with clock.at(TUESDAY + A_DAY):
        assert again.retry(DORA, [1]).done == [1]
        assert digests.open_due() == 0
        daily.work()
    assert len(daily.mails_to(BEN)) == 1
    assert daily.rows("SELECT state FROM incidents") == [("solved",)]


# ------------------------------------------------------------------------- two at once, all the same


def two(town: Town) -> list[outbox.Batch]:
    """As an older version did: two were opened, and each is on its way in a job of its own."""
    with clock.at(TUESDAY):
        digests.open_due()
    town.set(
        "INSERT INTO outbox (kind, queue, payload, dedupe_key, run_at, state, ticket, attempt, max_attempts)"
        " SELECT kind, queue, payload, :key, run_at, state, ticket, 0, 10 FROM outbox WHERE kind = 'digest'",
        key=SECOND,
    )
    town.set("UPDATE outbox SET attempt = 1 WHERE kind = 'digest'")  # so each travels alone
    return outbox.claim(db.engine)


def while_one_is_posted(meanwhile: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens once, between the writing of a mail and the moment when the server has it."""
    left = [meanwhile]

    def slow(letter: Letter) -> Posted:
        if left:
            left.pop()()
        return post(letter)

    monkeypatch.setattr(digests, "post", slow)


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_workers_at_once_one_tells_everything_and_the_other_waits(daily, monkeypatch, first):
    with clock.at(TUESDAY):
        batches = two(daily)
        assert len(batches) == 2
        one, other = batches[first], batches[1 - first]
        while_one_is_posted(lambda: tasks.deliver(other.name, other.tickets), monkeypatch)
        tasks.deliver(one.name, one.tickets)
        assert len(daily.mails_to(BEN)) == 1
        assert sorted(row[1:] for row in daily.rows(DIGESTS)) == [("done", 2), ("pending", 1)]
    with clock.at(TUESDAY + timedelta(minutes=1)):
        daily.work()
    assert len(daily.mails_to(BEN)) == 1
    assert [row[1] for row in daily.rows(DIGESTS)] == ["done", "done"]
    assert "Yours: One" in words(daily.mails_to(BEN)[0])


def test_one_that_failed_in_the_middle_keeps_nobody_waiting(daily, monkeypatch):
    def breaks() -> None:
        raise ConnectionError

    with clock.at(TUESDAY):
        one, other = two(daily)
        while_one_is_posted(breaks, monkeypatch)
        tasks.deliver(one.name, one.tickets)
        assert daily.mails_to(BEN) == []
        tasks.deliver(other.name, other.tickets)
    assert len(daily.mails_to(BEN)) == 1
    assert [row[1] for row in daily.rows(DIGESTS)] == ["pending", "done"]


@pytest.mark.parametrize("db_url", [pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True)
def test_who_begins_at_the_same_moment_waits_until_it_is_known_who_was_first(daily):
    """SQLite has one lock for all who write; PostgreSQL the one that this is about."""
    with clock.at(TUESDAY):
        one, other = two(daily)
        with db.engine.begin() as first:
            first.execute(text("SELECT 1 FROM people WHERE id = 2 FOR NO KEY UPDATE"))
            first.execute(
                text("UPDATE outbox SET state = 'running', payload = '{\"person\": 2, \"begun\": 1}' WHERE id = :id"),
                {"id": one.tickets[0].id},
            )

            def second() -> None:
                with daily.app.app_context(), clock.at(TUESDAY):
                    tasks.deliver(other.name, other.tickets)

            thread = threading.Thread(target=second)
            thread.start()
            while thread.is_alive() and not daily.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):
                pass
        thread.join(30)
    assert daily.mails_to(BEN) == []
    assert [row[1] for row in daily.rows(DIGESTS)] == ["running", "pending"]
