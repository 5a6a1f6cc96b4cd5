"""A mail about a case at a real mail server: what it says, to whom, how often, and what may go wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from html import unescape

import pytest
from sqlalchemy.orm import Session

from tests.cases.conftest import MONDAY
from tests.cases.world import ADA, PARTS
from tests.jobs.test_notices import stands_in
from tests.jobs.town import BEN, CEM, DORA, EVE, SITE, later, told, words
from workflow_app import access
from workflow_app.cases.clockwork import ring_all
from workflow_app.engine import clock
from workflow_app.engine.definition import Opening
from workflow_app.extensions import db
from workflow_app.jobs import digests
from workflow_app.models import Person

MAILS = "SELECT state, reason FROM mails WHERE person_id = :p"


def test_it_says_what_happened_and_what_to_do_until_when(town):
    case_id = told(town)
    (mail,) = town.mails_to(BEN)
    text = words(mail)
    assert mail["Subject"] == "Yours: A path"
    assert text.startswith("Hello Ben,\n\nA path\nRequest RQ-2026-0001\n\nAda filed it.\n\n")
    assert "This waits for you until March 16, 2026: Agree" in text
    assert f"{SITE}/cases/{case_id}\n" in text
    assert "You get this because you take part in this case." in text


def test_the_page_and_the_text_have_the_same_words(town):
    told(town, "A <b>path</b> & more")
    (mail,) = town.mails_to(BEN)
    html = words(mail, "html")
    assert "A &lt;b&gt;path&lt;/b&gt; &amp; more" in html
    bare = re.sub(r"<title>.*?</title>|<[^>]+>", " ", re.sub("</?bdi>", "", html))
    shown = re.sub(r"https?://\S+|-- |:\n", " ", words(mail))
    assert sorted(unescape(bare).split()) == sorted(shown.split())


def test_in_the_language_of_whoever_gets_it(town):
    town.set("UPDATE people SET language = 'de' WHERE id = 2")
    town.set("UPDATE people SET language = 'tlh' WHERE id = 3")
    told(town)
    (german,), (unknown,), (english,) = (town.mails_to(person) for person in (BEN, CEM, DORA))
    assert "Bitte bis zum 16. März 2026: Zustimmen" in words(german)
    assert "Bitte bis zum 16. März 2026" in words(unknown)
    assert "This waits for you" in words(english)
    assert [german["Content-Language"], english["Content-Language"]] == ["de", "en"]


def test_a_deputy_is_named_with_the_absent_member(town):
    stands_in(town, EVE, BEN)
    case_id = town.cases.open_case("request", Opening("A path", {}, PARTS), ADA).case_id
    with Session(db.engine) as session:
        eve = access.viewer(session, session.get(Person, EVE), MONDAY.date())
    town.cases.act(case_id, "file", eve.actor)
    town.work()
    (mail,) = town.mails_to(CEM)
    assert "Eve (standing in for Ben) filed it." in words(mail)
    assert "Eve (standing in for Ben) filed it." in words(mail, "html")


def test_who_takes_no_part_reads_no_names(town):
    case_id = town.filed()
    town.follows(EVE, case_id)
    town.wants(EVE)
    town.set("INSERT INTO case_readers SELECT 'public', case_id, process, state, closed FROM case_readers LIMIT 1")
    town.work()
    (mail,) = town.mails_to(EVE)
    assert mail["Subject"] == "News in a case you follow: A path"
    assert "Ada" not in mail.as_string()
    assert "Somebody (Board) filed it." in words(mail)
    assert "because you follow this case" in words(mail)


def test_mails_of_one_case_are_one_thread(town):
    first = told(town, "One")
    told(town, "Two")
    with clock.at(datetime(2026, 3, 10, tzinfo=UTC)):
        list(ring_all(town.cases))
        town.work()
    threads = [(mail["Subject"], mail["References"]) for mail in town.mails_to(BEN)]
    assert [mail["In-Reply-To"] for mail in town.mails_to(BEN)] == [thread for _subject, thread in threads]
    one = {thread for subject, thread in threads if "One" in subject}
    two = {thread for subject, thread in threads if "Two" in subject}
    assert (len(threads), len(one), len(two), one & two) == (4, 1, 1, set())
    assert str(first) not in one.pop()
    assert len({mail["Message-ID"] for mail in town.box.mails}) == len(town.box.mails)


def test_warnings_have_words_of_their_own_with_the_day(town):
    told(town)
    with clock.at(datetime(2026, 3, 10, tzinfo=UTC)):
        list(ring_all(town.cases))
        town.work()
        near = town.mails_to(BEN)[-1]
        assert near["Subject"] == "Due on March 16, 2026: Decision – A path"
        assert "“Decision” must have happened by March 16, 2026." in words(near)
    with clock.at(datetime(2026, 3, 17, tzinfo=UTC)):
        list(ring_all(town.cases))
        town.work()
        over = town.mails_to(DORA)[-1]
        assert over["Subject"] == "Was due on March 16, 2026: Decision – A path"
        assert "“Decision” should have happened by March 16, 2026." in words(over)


def test_a_deadline_that_was_met_in_the_meantime_is_not_mailed(town):
    case_id = told(town)
    town.wants(BEN, quiet_from=time(0), quiet_until=time(7))
    with clock.at(datetime(2026, 3, 9, 0, tzinfo=UTC)):
        list(ring_all(town.cases))
        town.work()
    with clock.at(datetime(2026, 3, 9, 8, tzinfo=UTC)):
        town.set("UPDATE due_dates SET status = 'settled' WHERE case_id = :c", c=case_id)
        town.work()
    assert len(town.mails_to(BEN)) == 1
    assert town.ways()["Ben"] == ("deadline", "site")


def test_what_may_not_be_seen_any_more_is_not_mailed(town):
    town.wants(BEN, quiet_from=time(9), quiet_until=time(12))
    told(town, "A secret path")
    town.set("UPDATE memberships SET end_date = '2026-03-01' WHERE person_id = 2")
    with later(hours=3):
        town.work()
    assert town.mails_to(BEN) == []
    assert town.rows(MAILS, p=BEN) == []
    assert town.rows("SELECT way, read_at FROM notifications WHERE person_id = 2") == [("site", None)]


@pytest.mark.parametrize(
    "change",
    ["UPDATE notifications SET read_at = created_at", "UPDATE preferences SET way = 'site'",
     "UPDATE people SET email_refused_at = created_at"],
)  # fmt: skip
def test_what_is_not_wanted_any_more_when_the_quiet_hours_end_is_not_mailed(town, change):
    town.wants(BEN, quiet_from=time(9), quiet_until=time(12))
    told(town)
    town.set(change)
    with later(hours=3):
        town.work()
    assert town.mails_to(BEN) == []


def test_a_mail_that_had_to_wait_until_late_waits_for_the_end_of_the_quiet_hours(town):
    town.set("UPDATE people SET email = 'grey@example.org' WHERE id = 2")
    town.wants(BEN, quiet_from=time(10, 1), quiet_until=time(12))
    told(town)
    with later(minutes=30):
        town.work()
        assert "grey@example.org" not in town.box.receivers
    with later(hours=2):
        town.work()
        assert town.box.receivers.count("grey@example.org") == 1


@pytest.mark.parametrize("title", ["A path\r\nBcc: everybody@example.org", "A path\x0b\x00\u2028and\u0085more"])
def test_a_title_cannot_write_into_the_head_of_a_mail(town, title):
    if "\x00" in title and db.engine.dialect.name == "postgresql":
        title = title.replace("\x00", "")  # which this database does not take in any case
    told(town, title)
    (mail,) = town.mails_to(BEN)
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Yours: A path ")
    assert not re.search(r"[\r\n\x00\x0b\u2028\u0085]", mail["Subject"])


@pytest.mark.parametrize("way", ["now", "daily"])
def test_what_people_call_things_writes_no_paragraphs_and_no_signature_into_a_mail(town, way):
    forged = "{}\r\n\r\nYour account will be closed, sign in:\u2028https://evil.example/\n\n-- \r\nYour town"
    town.wants(BEN, way=way)
    town.set("UPDATE people SET name = :n WHERE id = 2", n=forged.format("Ben"))
    told(town, forged.format("A path"))
    with clock.at(MONDAY + timedelta(days=1)):
        digests.open_due()
        town.work()
    (mail,) = town.mails_to(BEN)
    lines = words(mail).splitlines()
    assert lines.count("-- ") == 1
    assert any("A path Your account will be closed" in line for line in lines)
    assert [line for line in lines if line.startswith(("Your account", "https://evil", "Your town"))] == []


def test_a_very_long_title_is_cut_in_the_subject_only(town):
    title = "Straßenbaumschutzverordnung" * 11
    told(town, title)
    (mail,) = town.mails_to(BEN)
    assert len(mail["Subject"]) == 150
    assert mail["Subject"].endswith("…")
    assert title in words(mail).replace("\n", "")
    assert title in words(mail, "html").replace("\n", "")


def test_names_from_right_to_left_arrive_as_they_are_and_turn_nothing_around(town):
    town.set("UPDATE people SET name = :n WHERE id = 2", n="ليلى حداد")
    told(town, "مسار \u202ein the park")
    (mail,) = town.mails_to(BEN)
    assert mail["To"].addresses[0].display_name == "ليلى حداد"
    assert "\u202e" not in mail["Subject"]
    assert "<bdi>ليلى حداد</bdi>" in words(mail, "html")
    assert '<h1 style="font-size: 20px; margin-bottom: 0;" dir="auto">' in words(mail, "html")


def test_the_head_offers_to_stop_it_in_one_piece(town):
    town.filed()
    town.set("DELETE FROM open_steps WHERE principal = 'member@2'")
    town.work()
    head = town.box.raw[town.box.receivers.index("dora@example.org")].decode()
    links = re.findall(rf"^List-Unsubscribe:\s+<({re.escape(SITE)}/unsubscribe/[\w.-]+)>\r?$", head, re.M)
    assert len(links) == 1, head
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
    assert links[0] in words(town.mails_to(DORA)[0])


def test_invented_people_get_no_mail_out_of_the_house(town):
    town.set("UPDATE people SET example = :yes WHERE id = 2", yes=True)
    told(town)
    assert town.mails_to(BEN) == []
    ((state, body, html),) = town.rows("SELECT state, body, html FROM mails WHERE person_id = 2")
    assert (state, "Ada filed it." in body, "Ada filed it." in html) == ("kept", True, True)


def test_a_step_that_does_not_wait_for_somebody_needs_nothing_of_them(town):
    town.filed()
    town.set("DELETE FROM open_steps WHERE principal = 'member@2'")
    town.work()
    assert "You need not do anything." in words(town.mails_to(DORA)[0])
    assert "You need not do anything" not in words(town.mails_to(BEN)[0])
