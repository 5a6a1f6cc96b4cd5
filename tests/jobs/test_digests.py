"""Collected mails: one per person and period, everything in it, and nothing twice or lost."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from tests.jobs.town import BEN, CEM, EVE, SITE, Town, words
from workflow_app import people
from workflow_app.engine import clock
from workflow_app.jobs import digests
from workflow_app.jobs.post import stable_id
from workflow_app.people import preferences, unsubscribe

TUESDAY = datetime(2026, 3, 3, 7, tzinfo=UTC)  # 8 o'clock in Flensburg
SENT = "SELECT count(*) FROM mails WHERE person_id = :p AND state = 'sent'"


@pytest.fixture
def collected(town: Town) -> Town:
    """Ben wants one mail a day, Cem one a week; two cases were filed on Monday."""
    town.wants(BEN, way="daily")
    town.wants(CEM, way="weekly", weekday=4)
    town.filed("One")
    town.filed("Two")
    town.work()
    return town


def tick(town: Town) -> int:
    """What the scheduler and a worker do; gives how many collected mails were opened."""
    found = digests.open_due()
    town.work()
    return found


def test_a_mail_a_day_tells_what_is_new(collected):
    assert tick(collected) == 0  # nothing before its time
    with clock.at(TUESDAY):
        assert (tick(collected), tick(collected)) == (1, 0)
    (mail,) = collected.mails_to(BEN)
    text = words(mail)
    assert mail["Subject"] == "2 notices from Teilhabe Flensburg"
    assert "This waits for you or is overdue:\n\n* Yours: One\n  Ada filed it.\n  " in text
    assert f"{SITE}/cases/2\n" in text
    assert f"{SITE}/notifications\n" in text
    assert collected.mails_to(CEM) == []
    with clock.at(TUESDAY + timedelta(days=1)):
        assert tick(collected) == 0  # nothing new


def test_one_notice_is_told_in_the_singular_and_in_german(town):
    town.wants(BEN, way="daily", language="de")
    town.filed("Ein Weg")
    town.work()
    with clock.at(TUESDAY):
        tick(town)
    (mail,) = town.mails_to(BEN)
    assert mail["Subject"] == "1 Mitteilung von Teilhabe Flensburg"
    assert "Das wartet auf Sie oder ist überfällig:" in words(mail)


def test_after_three_days_of_standstill_there_is_one_mail_with_everything(collected):
    with clock.at(TUESDAY + timedelta(days=3, hours=5)):  # Friday afternoon
        assert (tick(collected), tick(collected)) == (2, 0)
    assert [mail["Subject"] for mail in (*collected.mails_to(BEN), *collected.mails_to(CEM))] == [
        "2 notices from Teilhabe Flensburg"
    ] * 2
    with clock.at(TUESDAY + timedelta(days=4)):
        assert tick(collected) == 0


def test_two_schedulers_open_it_once(collected):
    with clock.at(TUESDAY):
        assert (digests.open_due(), digests.open_due()) == (1, 0)
        assert collected.rows("SELECT dedupe_key FROM outbox WHERE kind = 'digest'") == [(f"digest:{BEN}:2026-03-03",)]
        collected.set("UPDATE notifications SET mailed_at = NULL")
        collected.work()
    assert collected.rows(SENT, p=BEN) == [(1,)]


def test_another_hour_on_the_same_day_brings_no_second_mail(collected):
    with clock.at(TUESDAY):
        tick(collected)
        collected.wants(BEN, way="daily", hour=9)
        collected.filed("Three")
        collected.work()
    with clock.at(TUESDAY + timedelta(hours=2)):
        tick(collected)
        assert collected.rows(SENT, p=BEN) == [(1,)]
    with clock.at(TUESDAY + timedelta(days=1, hours=2)):
        tick(collected)
        assert collected.mails_to(BEN)[-1]["Subject"] == "1 notice from Teilhabe Flensburg"


def test_what_was_read_on_the_site_or_may_not_be_seen_any_more_is_not_told(collected):
    (read, _other) = collected.rows("SELECT id FROM notifications WHERE person_id = 2 ORDER BY id")
    assert preferences.has_read(people.current(), BEN, read[0]) == 1
    collected.set("DELETE FROM case_readers WHERE case_id = 2")
    with clock.at(TUESDAY):
        tick(collected)
    assert collected.mails_to(BEN) == []
    with clock.at(TUESDAY + timedelta(days=1)):
        assert tick(collected) == 0  # it does not wait for ever


def test_news_of_a_case_that_was_muted_in_the_meantime_are_not_told(collected):
    first, second = (case_id for (case_id,) in collected.rows("SELECT id FROM cases ORDER BY id"))
    collected.set("UPDATE notifications SET topic = 'news' WHERE person_id = :p", p=BEN)
    preferences.mute(people.current(), BEN, first)
    with clock.at(TUESDAY):
        tick(collected)
    (mail,) = collected.mails_to(BEN)
    assert (f"{SITE}/cases/{first}\n" in words(mail), f"{SITE}/cases/{second}\n" in words(mail)) == (False, True)
    assert collected.rows("SELECT way FROM notifications WHERE person_id = :p ORDER BY id", p=BEN) == [
        ("site",), ("digest",),
    ]  # fmt: skip


def test_a_collected_mail_waits_for_the_end_of_the_quiet_hours(collected):
    collected.wants(BEN, way="daily", quiet_from=time(22), quiet_until=time(9))
    with clock.at(TUESDAY):
        tick(collected)
        assert collected.mails_to(BEN) == []
    with clock.at(TUESDAY + timedelta(hours=1)):
        tick(collected)
        assert len(collected.mails_to(BEN)) == 1


def test_who_wants_no_mails_any_more_gets_no_collected_one_either(collected):
    preferences.only_on_the_site(people.current(), BEN)
    with clock.at(TUESDAY):
        assert tick(collected) == 0
    assert collected.ways()["Ben"] == ("waiting", "site")


def test_while_the_address_refuses_mails_they_wait_and_come_when_it_is_confirmed(collected):
    collected.set("UPDATE people SET email_refused_at = created_at WHERE id = 2")
    with clock.at(TUESDAY):
        assert tick(collected) == 0
    collected.set("UPDATE people SET email_refused_at = NULL WHERE id = 2")
    with clock.at(TUESDAY + timedelta(days=1)):
        assert tick(collected) == 1
    assert len(collected.mails_to(BEN)) == 1


def test_a_receiver_refused_for_good_is_a_state_of_the_delivery(collected):
    collected.set("UPDATE people SET email = 'nobody@example.org' WHERE id = 2")
    with clock.at(TUESDAY):
        tick(collected)
    assert collected.rows("SELECT state, reason FROM mails WHERE person_id = 2") == [("refused", "unknown")]
    assert collected.rows("SELECT DISTINCT way FROM notifications WHERE person_id = 2") == [("site",)]


def test_the_mail_server_is_away_and_the_same_mail_comes_later(collected):
    there = collected.app.config["SMTP"]
    collected.app.config["SMTP"] = "smtp://127.0.0.1:1"
    with clock.at(TUESDAY):
        tick(collected)
    collected.app.config["SMTP"] = there
    with clock.at(TUESDAY + timedelta(minutes=30)):
        tick(collected)
    assert len(collected.mails_to(BEN)) == 1


def test_one_that_had_to_wait_for_the_mail_server_until_late_waits_for_the_morning(collected):
    collected.wants(BEN, way="daily", hour=17, quiet_from=time(18), quiet_until=time(7))
    there, afternoon = collected.app.config["SMTP"], TUESDAY + timedelta(hours=9)
    collected.app.config["SMTP"] = "smtp://127.0.0.1:1"
    with clock.at(afternoon):
        tick(collected)
    collected.app.config["SMTP"] = there
    for evening in (timedelta(hours=1), timedelta(hours=4)):
        with clock.at(afternoon + evening):
            tick(collected)
            assert collected.mails_to(BEN) == []
            collected.filed("Late")
            collected.work()
    with clock.at(TUESDAY + timedelta(days=1, hours=-1)):  # 7 o'clock
        tick(collected)
        (mail,) = collected.mails_to(BEN)
    assert mail["Subject"] == "4 notices from Teilhabe Flensburg"
    assert collected.rows(SENT, p=BEN) == [(1,)]
    assert mail["Message-ID"] == stable_id(f"digest:{BEN}:2026-03-03")  # the same as in the afternoon


def test_many_notices_are_counted_and_the_most_urgent_are_shown(town):
    town.wants(EVE, way="daily")
    for n in range(33):
        case_id = town.filed(f"Case {n}")
        town.follows(EVE, case_id)
    town.set(
        "INSERT INTO case_readers (principal, case_id, process, state, closed)"
        " SELECT DISTINCT 'public', case_id, process, state, closed FROM case_readers"
    )
    town.work()
    town.set("UPDATE notifications SET topic = 'waiting' WHERE person_id = 5 AND case_id = 33")
    with clock.at(TUESDAY):
        tick(town)
    (mail,) = town.mails_to(EVE)
    text = words(mail)
    assert mail["Subject"] == "33 notices from Teilhabe Flensburg"
    assert text.count(f"{SITE}/cases/") == digests.SHOWN
    assert text.index("Case 32") < text.index("Case 0")
    assert "3 more notices stand on the site." in text
    assert "Ada" not in text


def test_it_can_be_stopped_with_one_click(collected):
    with clock.at(TUESDAY):
        tick(collected)
    (mail,) = collected.mails_to(BEN)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = unsubscribe.token(collected.app.config["SECRET_KEY"], BEN, "all")
    assert mail["List-Unsubscribe"] == f"<{SITE}/unsubscribe/{token}>"
