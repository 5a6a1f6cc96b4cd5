"""Whom a notice reaches, why it matters to them, and how it goes on from the site."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy import func, insert, select

from tests.cases.conftest import MONDAY
from tests.jobs.town import BEN, CEM, DORA, EVE, Town, later
from tests.jobs.working import tickets
from tests.queries.test_growth import told
from workflow_app import people, queries
from workflow_app.access import Viewer
from workflow_app.cases.clockwork import ring_all
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import outbox
from workflow_app.jobs.carrying import carry_out
from workflow_app.models import Membership, Notification, Person
from workflow_app.people import preferences


def stands_in(town: Town, deputy: int, member: int, *, away: bool = True) -> None:
    """A deputy for the seat of a member, who is away today or not."""
    town.set(
        "INSERT INTO memberships (person_id, organization_id, role, voting_right, deputy_of_id)"
        " SELECT :d, organization_id, role, voting_right, id FROM memberships WHERE person_id = :m",
        d=deputy, m=member,
    )  # fmt: skip
    if away:
        town.set("UPDATE people SET absent_from = '2026-03-01' WHERE id = :m", m=member)


def test_who_must_act_is_told_so_and_who_did_it_has_read_it_already(town):
    town.filed()
    town.work()
    assert town.ways() == {
        "Ada": ("waiting", "site"), "Ben": ("waiting", "mail"), "Cem": ("waiting", "mail"), "Dora": ("waiting", "mail"),
    }  # fmt: skip
    assert town.rows("SELECT person_id FROM notifications WHERE read_at IS NOT NULL") == [(1,)]
    assert sorted(town.box.receivers) == ["ben@example.org", "cem@example.org", "dora@example.org"]


def test_a_deputy_gets_what_an_absent_member_would_get_and_the_member_finds_it_on_the_site(town):
    stands_in(town, EVE, BEN)
    town.filed()
    town.work()
    assert (town.ways()["Eve"], town.ways()["Ben"]) == (("waiting", "mail"), ("waiting", "site"))
    assert town.rows("SELECT represents_id FROM notifications WHERE person_id = 5") == [(BEN,)]
    (mail,) = town.mails_to(EVE)
    assert "because you stand in for Ben" in str(mail.get_body().get_content())
    assert town.mails_to(BEN) == []


def test_a_deputy_of_somebody_who_is_there_hears_nothing(town):
    stands_in(town, EVE, BEN, away=False)
    town.filed()
    town.work()
    assert "Eve" not in town.ways()
    assert town.ways()["Ben"] == ("waiting", "mail")


def test_who_is_away_without_a_deputy_is_told_as_always(town):
    town.set("UPDATE people SET absent_from = '2026-03-01' WHERE id = 2")
    town.filed()
    town.work()
    assert town.ways()["Ben"] == ("waiting", "mail")


def test_guests_are_no_members(town):
    town.set("UPDATE memberships SET role = 'guest' WHERE person_id = 2")
    town.filed()
    town.work()
    assert "Ben" not in town.ways()


def show_everybody(town: Town) -> None:
    """Of the newest case."""
    newest = "SELECT 'public', case_id, process, state, closed FROM case_readers ORDER BY case_id DESC LIMIT 1"
    town.set(f"INSERT INTO case_readers {newest}")


def test_who_follows_is_told_once_per_event_and_not_beside_a_notice_that_means_them(town):
    case_id = town.filed()
    for person in (EVE, BEN, DORA):
        town.follows(person, case_id)
    show_everybody(town)
    town.work()
    assert town.rows("SELECT person_id, topic, way FROM notifications WHERE topic = 'followed'") == [
        (EVE, "followed", "digest")
    ]
    assert town.rows("SELECT count(*) FROM notifications WHERE person_id IN (2, 4, 5)") == [(3,)]


def test_who_follows_and_may_not_see_the_case_any_more_hears_nothing(town):
    case_id = town.filed()  # now it is for the board and the office
    town.follows(EVE, case_id)
    town.work()
    assert "Eve" not in town.ways()


def test_a_muted_case_says_nothing_but_what_waits_for_somebody(town):
    case_id = town.filed("The muted one")
    for person in (BEN, DORA):
        preferences.mute(people.current(), person, case_id)
    town.set("DELETE FROM open_steps WHERE principal = 'member@2'")  # nothing waits for the office
    town.work()
    assert town.ways()["Ben"] == ("waiting", "mail")
    assert "Dora" not in town.ways()


def test_a_warning_names_its_day_and_an_end_is_overdue(town):
    town.filed()
    town.work()
    with clock.at(datetime(2026, 3, 10, tzinfo=UTC)):
        list(ring_all(town.cases))
        town.work()
        assert town.ways()["Ben"] == ("deadline", "mail")
        assert town.rows("SELECT DISTINCT due_on FROM notifications WHERE topic = 'deadline'") in (
            [("2026-03-16",)], [(date(2026, 3, 16),)],
        )  # fmt: skip
    with clock.at(datetime(2026, 3, 17, tzinfo=UTC)):
        list(ring_all(town.cases))
        town.work()
        assert town.ways()["Dora"] == ("overdue", "mail")


def test_in_quiet_hours_a_mail_waits_until_they_are_over(town):
    town.wants(BEN, quiet_from=time(9), quiet_until=time(12))
    town.filed()
    town.work()
    assert (len(town.mails_to(BEN)), len(town.mails_to(CEM))) == (0, 1)
    with later(hours=1, minutes=59):
        town.work()
        assert town.mails_to(BEN) == []
    with later(hours=2):
        town.work()
        assert len(town.mails_to(BEN)) == 1


def test_who_has_never_been_here_or_whose_address_refuses_mails_finds_it_on_the_site(town):
    town.set("UPDATE people SET password_hash = NULL WHERE id = 2")
    town.set("UPDATE people SET email_refused_at = created_at WHERE id = 3")
    town.set("UPDATE people SET locked = :yes WHERE id = 4", yes=True)
    town.filed()
    town.work()
    assert (town.ways()["Ben"], town.ways()["Cem"]) == (("waiting", "site"), ("waiting", "site"))
    assert "Dora" not in town.ways()
    assert town.box.mails == []


def test_without_a_word_members_get_mails_at_once_and_residents_collected_ones(town):
    with db.engine.connect() as connection:
        found = queries.wishes_of(connection, [BEN, EVE], date(2026, 3, 2))
    assert {person: wishes.way for person, wishes in found.items()} == {BEN: "now", EVE: "daily"}


def test_the_centre_tells_it_all_and_of_what_cannot_be_seen_nothing(town):
    town.filed("A secret path")
    town.work()
    member = Viewer(BEN, frozenset({"public", "account", "person:2", "member@1"}))
    (told,) = queries.notifications(db.session, member).rows
    assert told.case is not None
    assert (told.case.title, told.read) == ("A secret path", False)
    (bare,) = queries.notifications(db.session, Viewer(BEN, frozenset({"public", "account", "person:2"}))).rows
    assert bare.case is None
    db.session.rollback()


def crowd(n: int) -> None:
    """So many more members of the board."""
    one = {"created_at": MONDAY, "password_hash": "x", "language": "en"}
    newcomers = insert(Person).returning(Person.id)
    with db.engine.begin() as connection:
        found = connection.execute(
            newcomers, [{"name": f"P{i}", "email": f"p{i}@example.org", **one} for i in range(n)]
        ).scalars()  # fmt: skip
        connection.execute(insert(Membership), [{"person_id": id_, "organization_id": 1} for id_ in found])


def statements(reach: int) -> int:
    """Carry the two notices of a case out, which reach so many people, and nothing that comes of them; how many
    statements that took beside those of the outbox, which takes each row and settles it."""
    batches = outbox.claim(db.engine)
    with told(db.engine) as found:
        assert carry_out(db.engine, tickets(batches), date(2026, 3, 2)) == 2
    with db.engine.connect() as connection:
        newest = select(func.max(Notification.case_id)).scalar_subquery()
        assert connection.scalar(select(func.count()).where(Notification.case_id == newest)) == reach
    return sum(not statement.startswith(("BEGIN", "UPDATE outbox")) for statement, _values in found)


def test_a_notice_takes_few_statements_however_many_people_it_reaches(town):
    town.filed("For the board and the office")
    assert statements(reach=4) == 2 * 5  # about the case, who, how, their notifications, the messages for mails
    town.work()
    crowd(60)
    town.follows(EVE, town.filed("For many, and one follows"))
    show_everybody(town)
    assert statements(reach=65) == 2 * 6  # and the other notices of the event


def test_a_message_that_somebody_put_back_tells_only_who_was_not_told(town):
    town.wants(BEN, way="daily")
    town.set("UPDATE memberships SET role = 'guest' WHERE person_id = 3")
    town.filed()
    town.work()
    before = town.rows("SELECT id, outbox_id, person_id, way FROM notifications ORDER BY id")
    town.set("UPDATE memberships SET role = 'member' WHERE person_id = 3")
    town.wants(BEN)  # what he was told already is told in tomorrow's mail all the same
    town.set("UPDATE outbox SET state = 'pending', attempt = 0 WHERE kind = 'notice'")
    town.work()
    found = town.rows("SELECT id, outbox_id, person_id, way FROM notifications ORDER BY id")
    assert [one for one in found if one[2] != CEM] == before
    assert [len(town.mails_to(one)) for one in (BEN, CEM, DORA)] == [0, 1, 1]
