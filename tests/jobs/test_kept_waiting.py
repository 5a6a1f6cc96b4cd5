"""What waits for a person for weeks is not lost to those who clean up, and what was let be goes; on both
databases."""

from __future__ import annotations

from datetime import time

import pytest
from sqlalchemy.orm import Session

from tests.jobs.test_housework import count
from tests.jobs.test_housework import turn as turn
from tests.jobs.town import BEN, DORA, Town, later
from workflow_app.extensions import db
from workflow_app.jobs import again, cleaning, retention
from workflow_app.operation.waiting import dead_by_kind

MESSAGES = "SELECT kind, state FROM outbox ORDER BY id"
INCIDENTS = "SELECT state, error FROM incidents"


def given_up(town: Town) -> list[int]:
    """A mail to Ben was tried as often as possible while his mailbox was full; its incident."""
    town.set("UPDATE people SET email = 'full@example.org' WHERE id = 2")
    town.filed()
    for hours in range(0, 30, 3):
        with later(hours=hours):
            town.work()
    town.set("UPDATE people SET email = 'ben@example.org' WHERE id = 2")
    return [id_ for (id_,) in town.rows("SELECT id FROM incidents WHERE state = 'open'")]


def test_a_mail_that_was_given_up_can_still_be_sent_after_the_clean_up(town, turn):
    ids = given_up(town)
    with later(days=31):
        cleaning.clean(turn)
        assert again.retry(DORA, ids).done == ids
        town.work()
    assert len(town.mails_to(BEN)) == 1
    assert town.rows(INCIDENTS) == [("solved", "SMTPRecipientsRefused")]
    with later(days=62):
        town.filed("Another")
        cleaning.clean(turn)
        assert town.rows("SELECT DISTINCT state FROM outbox") == [("pending",)]  # now its notice goes, too


@pytest.mark.parametrize("state", ["pending", "dispatched", "running"])
def test_a_mail_that_waits_after_a_long_standstill_finds_what_it_is_to_tell(town, turn, state):
    town.wants(BEN, quiet_from=time(9), quiet_until=time(12))
    town.filed()
    with later(days=40):
        town.work()
        town.set("UPDATE outbox SET state = :state WHERE state = 'pending'", state=state)
        cleaning.clean(turn)
        assert cleaning.clean(turn) == 0
        town.set("UPDATE outbox SET state = 'pending' WHERE state = :state", state=state)
    with later(days=40, hours=2):
        town.work()
    assert len(town.mails_to(BEN)) == 1


def test_a_mail_about_nothing_we_know_keeps_no_notice(town, turn):
    given_up(town)
    town.set("UPDATE outbox SET payload = '{}' WHERE state = 'dead'")  # it is about nothing we know
    with later(days=31):
        cleaning.clean(turn)
    assert town.rows("SELECT count(*) FROM outbox WHERE kind = 'notice'") == [(0,)]


def test_a_mail_of_which_nobody_knows_what_it_was_to_tell_does_not_count_as_sent(town):
    ids = given_up(town)
    town.set("UPDATE notifications SET outbox_id = NULL")  # an older version has cleaned up
    with later(days=31):
        again.retry(DORA, ids)
        for hours in range(0, 30, 3):
            with later(hours=hours):
                town.work()
    assert town.rows(INCIDENTS) == [("open", "NotificationGone")]
    assert count(town, "mails") == 2  # to the two others


def dead() -> dict[str, int]:
    """What the doctor and the figures say of messages that were given up."""
    with Session(db.engine) as session:
        return dead_by_kind(session)


def let_be(town: Town) -> None:
    """Two days later somebody decides that the mail need not be sent; another message comes after it."""
    ids = given_up(town)
    with later(days=2):
        assert again.discard(DORA, ids, "Not needed.").done == ids
        town.filed("Another")
        town.work()
    assert dead() == {}


def test_a_message_that_was_let_be_goes_with_those_that_were_carried_out_and_never_counts_again(town, turn):
    let_be(town)
    there = "SELECT count(*) FROM outbox WHERE state = 'dead'"
    for days, left in ((31, 1), (33, 0)):
        with later(days=days):
            cleaning.clean(turn)
        assert town.rows(there) == [(left,)]
    with later(days=365):
        assert retention.clean(turn) > 0
        assert town.rows("SELECT state, outbox_id FROM incidents") == [("discarded", None)]
    with later(days=368):
        retention.clean(turn)
    assert (count(town, "incidents"), dead()) == (0, {})


def test_what_says_that_a_message_was_let_be_stays_as_long_as_the_message(town, turn):
    let_be(town)
    town.app.config["OUTBOX_DAYS"] = 500
    with later(days=400):
        retention.clean(turn)
        cleaning.clean(turn)
        assert dead() == {}
    with later(days=600):
        cleaning.clean(turn)
        retention.clean(turn)
    assert (count(town, "incidents"), dead()) == (0, {})
    assert town.rows("SELECT DISTINCT state FROM outbox") == [("done",)]


def test_a_message_about_which_nobody_has_decided_again_stays(town, turn):
    let_be(town)
    town.set(
        "INSERT INTO incidents (kind, subject, error, times, first_at, last_at, state, outbox_id)"
        " SELECT kind, subject, error, 1, first_at, last_at, 'open', outbox_id FROM incidents"
    )
    with later(days=100):
        cleaning.clean(turn)
    assert town.rows("SELECT count(*) FROM outbox WHERE state = 'dead'") == [(1,)]
