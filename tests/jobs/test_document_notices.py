"""Who is told of a new document or a new version, what they read, and what they are not told."""

from __future__ import annotations

from datetime import time

import pytest

from tests.cases.conftest import MONDAY
from tests.cases.world import ADA, PARTS
from tests.documents import made
from tests.jobs import town as people
from tests.jobs.test_notices import crowd, show_everybody, stands_in
from tests.jobs.town import SITE, Town, later, words
from tests.jobs.town_papers import TOLD, add, quiet_case, sent, staffed, told, viewer
from tests.jobs.town_papers import town as town
from tests.jobs.working import tickets
from tests.queries.test_growth import told as counted
from workflow_app import queries
from workflow_app.access import ADMINISTRATION
from workflow_app.cases import Added, papers
from workflow_app.engine.definition import Opening
from workflow_app.extensions import db
from workflow_app.jobs import digests, outbox
from workflow_app.jobs.carrying import carry_out

# --------------------------------------------------------------------------- who is told


def test_who_takes_part_is_told_at_once_and_who_added_it_has_read_it_already(town):
    add(town, quiet_case(town))
    town.work()
    assert town.rows(TOLD) == [
        (1, "news", "site"), (2, "news", "mail"), (3, "news", "mail"), (4, "news", "mail")]  # fmt: skip
    assert town.rows("SELECT person_id FROM notifications WHERE notice = 'add_document' AND read_at IS NOT NULL") == [
        (1,)]  # fmt: skip
    assert sorted(town.box.receivers) == ["ben@example.org", "cem@example.org", "dora@example.org"]


def test_a_new_version_is_told_like_a_new_document(town):
    document = add(town, quiet_case(town))
    town.work()
    papers.add_version(town.cases, document, viewer(people.BEN), sent(town, made.PNG, "Plan.png"))
    town.work()
    assert town.rows("SELECT person_id FROM notifications WHERE notice = 'add_version' AND read_at IS NULL") == [
        (1,), (3,), (4,)]  # fmt: skip
    (mail,) = town.mails_to(1)
    assert mail["Subject"] == "New version of a document: A path"
    assert "Ben added a new version of a document.\nDocument: Lageplan\n" in words(mail)


@pytest.mark.parametrize(
    ("audience", "part", "reached"),
    [("case", None, "Ada Ben Cem Dora"), ("participants", None, "Ada Ben Cem Dora"), ("part", "board", "Ada Ben Cem"),
     ("part", "office", "Ada Dora"), ("administration", None, "Ada Dora")],
)  # fmt: skip
def test_only_those_are_told_for_whom_it_is(town, audience, part, reached):
    staffed(town)
    case_id = quiet_case(town)
    town.follows(people.EVE, case_id)
    add(town, case_id, audience=audience, part=part)
    town.work()
    assert sorted(told(town)) == reached.split()


def test_staff_who_take_no_part_are_not_told(town):
    staffed(town)
    case_id = town.cases.open_case("request", Opening("A path", {}, {"board": PARTS["board"]}), ADA).case_id
    show_everybody(town)
    add(town, case_id, audience="administration")
    town.work()
    assert list(told(town)) == ["Ada"]


def test_who_takes_part_in_a_case_that_is_not_there_for_them_is_not_told(town):
    case_id = quiet_case(town)
    town.set("DELETE FROM case_readers WHERE principal = 'member@2'")
    add(town, case_id)
    town.work()
    assert sorted(told(town)) == ["Ada", "Ben", "Cem"]


def test_who_follows_is_told_of_what_is_for_all_who_see_the_case(town):
    case_id = quiet_case(town)
    town.follows(people.EVE, case_id)
    town.follows(people.BEN, case_id)
    add(town, case_id)
    town.work()
    assert "Eve" not in told(town)  # she may not see the case
    show_everybody(town)
    add(town, case_id, audience="participants")
    town.work()
    assert "Eve" not in told(town)
    add(town, case_id)
    town.work()
    assert (told(town)["Eve"], told(town)["Ben"]) == ("followed", "news")


def test_a_deputy_gets_it_and_the_absent_member_finds_it_on_the_site(town):
    case_id = quiet_case(town)
    stands_in(town, people.EVE, people.BEN)
    add(town, case_id, audience="part", part="board")
    town.work()
    assert [row for row in town.rows(TOLD) if row[0] in (people.BEN, people.EVE)] == [
        (people.BEN, "news", "site"), (people.EVE, "news", "mail")]  # fmt: skip
    (mail,) = town.mails_to(people.EVE)
    assert "because you stand in for Ben" in words(mail)


def test_a_member_who_belongs_to_the_administration_only_as_a_deputy_is_told_as_one(town):
    staffed(town)
    case_id = quiet_case(town)
    stands_in(town, people.CEM, people.DORA)
    add(town, case_id, audience="administration")
    town.work()
    assert town.rows("SELECT represents_id FROM notifications WHERE notice = 'add_document' AND person_id = 3") == [
        (people.DORA,)]  # fmt: skip
    assert "Ben" not in told(town)


def test_who_added_it_hears_of_a_new_version_though_it_is_for_others(town):
    staffed(town)
    document = add(town, quiet_case(town), audience="administration")
    papers.add_version(town.cases, document, viewer(people.DORA), sent(town, made.PNG, "Plan.png"))
    town.work()
    assert town.rows("SELECT person_id FROM notifications WHERE notice = 'add_version' ORDER BY person_id") == [
        (1,), (people.DORA,)]  # fmt: skip


# --------------------------------------------------------------------------- what they read


def test_the_mail_says_it_in_the_sentence_of_the_history_and_leads_to_the_document(town):
    town.set("UPDATE people SET language = 'de' WHERE id = 3")
    document = add(town, quiet_case(town))
    town.work()
    (mail,), (german,) = town.mails_to(people.BEN), town.mails_to(people.CEM)
    assert mail["Subject"] == "New document: A path"
    assert "Ada added a document.\nDocument: Lageplan\n" in words(mail)
    assert f"Open the document:\n{SITE}/documents/{document}\n" in words(mail)
    assert german["Subject"] == "Neue Unterlage: A path"
    assert "Ada hat eine Unterlage hinzugefügt.\nUnterlage: Lageplan\n" in words(german)
    assert "Plan.pdf" not in mail.as_string()
    assert f"{SITE}/documents/{document}" in words(mail, "html")


def test_a_collected_mail_says_it_too_and_who_follows_reads_no_names(town):
    case_id = quiet_case(town)
    show_everybody(town)
    town.follows(people.EVE, case_id)
    document = add(town, case_id)
    town.work()
    with later(days=1):
        digests.open_due()
        town.work()
    (mail,) = town.mails_to(people.EVE)
    assert "Somebody added a document. Document: Lageplan" in words(mail)
    assert f"{SITE}/documents/{document}\n" in words(mail)
    assert "Ada" not in words(mail)


def test_the_centre_tells_nothing_of_a_document_that_is_not_for_its_reader_any_more(town):
    add(town, quiet_case(town))
    town.work()
    ben = viewer(people.BEN)
    newest = queries.notifications(db.session, ben).rows[0]
    assert newest.paper is not None
    assert (newest.paper.name, newest.case is None) == ("Lageplan", False)
    assert len(queries.news(db.session, ben).rows) == 2
    db.session.rollback()
    town.set("UPDATE documents SET audience = 'administration'")
    newest = queries.notifications(db.session, ben).rows[0]
    assert (newest.paper, newest.case) == (None, None)
    assert len(queries.news(db.session, ben).rows) == 1
    db.session.rollback()


# ------------------------------------------------------------------- what is not told, or not twice

CHANGES = (
    "UPDATE documents SET audience = 'administration'",
    "UPDATE documents SET audience = 'part', part = 'office'",
    "UPDATE document_versions SET withdrawn_seq = seq, withdrawn_at = added_at",
    "DELETE FROM case_readers WHERE principal = 'member@1'",
    "DELETE FROM case_parties WHERE part = 'board'",
)


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_not_for_somebody_any_more_when_it_is_told_is_not_told(town, change):
    add(town, quiet_case(town))
    town.set(change)
    town.work()
    assert "Ben" not in told(town)
    assert town.mails_to(people.BEN) == []


@pytest.mark.parametrize("change", CHANGES[:4])
def test_what_is_not_for_somebody_any_more_when_the_quiet_hours_end_is_not_mailed(town, change):
    case_id = quiet_case(town)
    town.wants(people.BEN, quiet_from=time(9), quiet_until=time(12))
    add(town, case_id)
    town.work()
    assert "Ben" in told(town)
    town.set(change)
    with later(hours=3):
        town.work()
    assert town.mails_to(people.BEN) == []


def test_a_document_that_became_one_for_all_before_it_was_told_is_told_to_those_for_whom_it_came(town):
    case_id = quiet_case(town)
    show_everybody(town)
    town.follows(people.EVE, case_id)
    add(town, case_id, audience="administration")
    town.set("UPDATE documents SET audience = 'case'")
    town.work()
    assert list(told(town)) == ["Ada"]  # nobody else was staff


def test_a_muted_case_is_silent_about_documents(town):
    case_id = quiet_case(town)
    town.set("INSERT INTO mutes (person_id, case_id, since) SELECT id, :c, created_at FROM people WHERE id = 2",
             c=case_id)  # fmt: skip
    add(town, case_id)
    town.work()
    assert sorted(told(town)) == ["Ada", "Cem", "Dora"]


def test_documents_that_come_with_a_step_come_with_its_notices_and_no_other(town):
    case_id = town.cases.open_case("request", Opening("A path", {}, PARTS), ADA, documents=[Added(sent(town))]).case_id
    more = [Added(sent(town)), Added(sent(town, made.PNG, "Bild.png"), "administration")]
    town.cases.act(case_id, "file", ADA, documents=more)
    assert town.rows("SELECT dedupe_key FROM outbox WHERE kind = 'notice' ORDER BY id") == [
        (f"{case_id}:2:filed",), (f"{case_id}:2:yours",)]  # fmt: skip
    town.work()
    assert len(town.box.mails) == 3


def test_nobody_is_told_that_a_document_was_withdrawn(town):
    document = add(town, quiet_case(town))
    town.work()
    before = town.rows("SELECT count(*) FROM outbox WHERE kind = 'notice'")
    papers.withdraw(town.cases, document, viewer(1), "wrong")
    assert town.rows("SELECT count(*) FROM outbox WHERE kind = 'notice'") == before


def statements(town: Town, reach: int) -> int:
    """Carry the notice of a new document out, which reaches so many people; how many statements that took."""
    batches = outbox.claim(db.engine)
    with counted(db.engine) as found:
        assert carry_out(db.engine, tickets(batches), MONDAY.date()) == 1
    assert len(town.rows(TOLD)) == reach
    return sum(not statement.startswith(("BEGIN", "UPDATE outbox")) for statement, _values in found)


def test_a_notice_of_a_document_takes_few_statements_however_many_people_it_reaches(town):
    staffed(town)
    add(town, quiet_case(town), audience="administration")
    # Document, case, parts, staff, who, how, their notifications, the messages for mails.
    assert statements(town, reach=2) == 8
    town.work()
    crowd(60)
    town.set("DELETE FROM notifications")
    town.set(f"UPDATE organizations SET organization_type = '{ADMINISTRATION}'")
    add(town, quiet_case(town), audience="administration")
    assert statements(town, reach=64) == 8
