"""What waits for a person for weeks is not lost to those who clean up, on both databases."""

from __future__ import annotations

from datetime import time

import pytest

from tests.jobs.test_housework import count
from tests.jobs.test_housework import turn as turn
from tests.jobs.town import BEN, DORA, Town, later
from workflow_app.jobs import again, cleaning

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
