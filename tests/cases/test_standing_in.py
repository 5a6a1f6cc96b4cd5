"""Who acts for an absent member: the history says for whom, proves it, and says it for good."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.cases.conftest import rows
from tests.cases.test_acting import clean, opened
from tests.cases.test_papers import kept, only_document
from tests.cases.world import ADA, BEN, CEM, DORA, PARTS
from tests.documents import made
from workflow_app import access, queries
from workflow_app.cases import Added, Cases, papers, rights
from workflow_app.cases.erasing import erase
from workflow_app.cases.history import Event
from workflow_app.cases.replay import verify_case
from workflow_app.documents import receive
from workflow_app.engine.definition import Actor, Opening
from workflow_app.engine.errors import NotAllowed, NotPossible
from workflow_app.models import Membership, Person
from workflow_app.queries.history import history as history_page

__all__ = ["kept"]
TODAY = date(2026, 3, 2)


def name_deputy(cases: Cases, deputy: Actor, member: Actor) -> None:
    """Somebody stands in for a member of the board, who is away from today on."""
    assert member.person is not None
    with Session(cases.store.engine) as session:
        seat = session.query(Membership).filter_by(person_id=member.person, organization_id=1, deputy_of_id=None).one()
        session.execute(
            insert(Membership).values(
                person_id=deputy.person, organization_id=1, voting_right=False, deputy_of_id=seat.id
            )
        )
        session.get_one(Person, member.person).absent_from = TODAY
        session.commit()


def viewer(cases: Cases, person: Actor) -> access.Viewer:
    """Somebody with what they are entitled to today."""
    with Session(cases.store.engine) as session:
        return access.viewer(session, session.get(Person, person.person), TODAY)


def end_of_all_deputies(cases: Cases) -> None:
    with cases.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM memberships WHERE deputy_of_id IS NOT NULL"))
        connection.execute(text("UPDATE people SET absent_from = NULL"))


def history(cases: Cases, case_id: int) -> list[tuple[str, str | None, str | None]]:
    """What happened, by whom, and for whom; the oldest first."""
    with Session(cases.store.engine) as session:
        return [(e.step, e.actor, e.represents) for e in history_page(session, case_id).rows[::-1]]


def test_what_a_deputy_did_is_told_with_the_absent_member_also_when_nobody_is_a_deputy_any_more(cases):
    case_id = opened(cases)
    with pytest.raises(NotAllowed):
        cases.act(case_id, "file", viewer(cases, DORA).actor)
    name_deputy(cases, DORA, ADA)
    cases.act(case_id, "file", viewer(cases, DORA).actor)
    told = [("open", "Ada", None), ("file", "Dora", "Ada")]
    assert history(cases, case_id) == told
    end_of_all_deputies(cases)
    assert history(cases, case_id) == told
    assert viewer(cases, DORA).lent == ()
    clean(cases)


def test_what_a_deputy_opens_is_opened_for_the_member_and_so_is_what_opens_with_it(cases):
    name_deputy(cases, DORA, ADA)
    dora = viewer(cases, DORA).actor
    case_id = cases.open_case("request", Opening("A path", {}, PARTS), dora).case_id
    done = cases.act(case_id, "file", dora, {"tasks": ["dig"]})
    assert history(cases, case_id) == [("open", "Dora", "Ada"), ("file", "Dora", "Ada")]
    assert history(cases, done.opened[0]) == [("open", "Dora", "Ada")]
    clean(cases)


def test_who_may_do_it_in_their_own_right_acts_for_nobody_else(cases):
    case_id = opened(cases)
    name_deputy(cases, BEN, ADA)
    name_deputy(cases, DORA, ADA)
    cases.act(case_id, "file", viewer(cases, BEN).actor)  # a member of the board, too
    cases.act(case_id, "note", viewer(cases, DORA).actor, {"text": "x"})  # board or office: hers is the office
    cases.act(case_id, "back", viewer(cases, DORA).actor)
    assert [who for _step, *who in history(cases, case_id)[1:]] == [["Ben", None], ["Dora", None], ["Dora", None]]
    clean(cases)


def test_of_several_absent_members_the_first_is_named(cases):
    case_id = opened(cases)
    name_deputy(cases, DORA, CEM)
    name_deputy(cases, DORA, ADA)
    assert viewer(cases, DORA).lent == (("member@1", 3), ("member@1", 1))
    cases.act(case_id, "file", viewer(cases, DORA).actor)
    assert history(cases, case_id)[-1] == ("file", "Dora", "Cem")


def test_a_hand_of_a_deputy_is_that_of_the_seat_and_counts_as_before(cases):
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    name_deputy(cases, DORA, ADA)
    dora = viewer(cases, DORA).actor
    cases.act(case_id, "agree", dora)
    with pytest.raises(NotPossible, match="for this seat"):
        cases.act(case_id, "agree", ADA)
    assert rows(cases, "SELECT hands, hands_needed FROM case_events WHERE step = 'agree'") == [(1, 2)]
    assert cases.act(case_id, "agree", BEN).state == "agreed"
    assert history(cases, case_id)[2:] == [("agree", "Dora", "Ada"), ("agree", "Ben", None)]
    clean(cases)


def test_where_seats_are_counted_the_member_whose_seat_it_was_is_named(cases):
    case_id = opened(cases)
    cases.act(case_id, "file", BEN)
    name_deputy(cases, DORA, CEM)
    name_deputy(cases, DORA, ADA)
    cases.act(case_id, "agree", viewer(cases, DORA).actor)
    members = {"Ada": ADA, "Cem": CEM}
    named = members.pop(str(history(cases, case_id)[-1][2]))
    with pytest.raises(NotPossible, match="for this seat"):
        cases.act(case_id, "agree", named)
    (other,) = members.values()
    assert cases.act(case_id, "agree", other).state == "agreed"


def test_who_is_a_member_too_gives_the_own_hand_and_leaves_the_other_seat_free(cases):
    case_id = opened(cases)
    cases.act(case_id, "file", ADA)
    name_deputy(cases, BEN, ADA)
    cases.act(case_id, "agree", viewer(cases, BEN).actor)
    assert history(cases, case_id)[-1] == ("agree", "Ben", None)
    assert cases.act(case_id, "agree", ADA).state == "agreed"  # she was away, and sends word herself
    assert rows(cases, "SELECT hands, hands_needed FROM case_events WHERE step = 'agree'") == [(1, 2), (2, 2)]
    clean(cases)


def test_documents_are_added_and_withdrawn_for_the_member(kept):
    case_id = opened(kept)
    office = viewer(kept, DORA)
    name_deputy(kept, DORA, ADA)
    with kept.store.engine.begin() as connection:
        connection.execute(text("DELETE FROM memberships WHERE person_id = 4 AND deputy_of_id IS NULL"))
    dora = viewer(kept, DORA)
    assert (office.lent, dora.lent) == ((), (("member@1", 1),))
    file = receive(kept.files, io.BytesIO(made.PDF), "Plan.pdf", 10**7)
    papers.add(kept, case_id, dora, Added(file))
    papers.add_version(kept, only_document(kept), dora, file)
    papers.withdraw(kept, only_document(kept), dora, "wrong", 1)
    assert [who for _step, *who in history(kept, case_id)[1:]] == [["Dora", "Ada"]] * 3
    with Session(kept.store.engine) as session:
        newest, first = queries.documents_of(session, dora, case_id).rows[0].versions
    assert (newest.by, newest.represents, newest.withdrawn_for) == ("Dora", "Ada", None)
    assert (first.represents, first.withdrawn_by, first.withdrawn_for) == ("Ada", "Dora", "Ada")
    clean(kept)


def test_staff_add_documents_in_their_own_right_and_a_deputy_of_staff_does_not(cases):
    with cases.store.engine.begin() as connection:
        connection.execute(text(f"UPDATE organizations SET organization_type = '{access.ADMINISTRATION}' WHERE id = 1"))
    name_deputy(cases, DORA, ADA)
    ben, dora, public = viewer(cases, BEN), viewer(cases, DORA), {"public"}
    assert rights.added_for(dora, {}, public, closed=True) == 1
    assert rights.added_for(ben, {}, public, closed=True) is None
    assert rights.added_for(dora, PARTS, public, closed=False) is None  # hers is the office, which takes part
    assert rights.added_for(dora, PARTS, {"member@1"}, closed=False) == 1  # but only the board sees this one
    assert rights.withdrawn_for(dora, PARTS, public, None, closed=False) == 1
    assert rights.withdrawn_for(dora, PARTS, public, DORA.person, closed=False) is None
    with Session(cases.store.engine) as session:
        lent = {one.name: one.lent for one in access.staff(session, TODAY)}
    assert lent == {"Ada": (), "Ben": (), "Cem": (), "Dora": (("member@1", 1), ("staff", 1))}


# ------------------------------------------------------------------------------ the proof

OLD = (7, 2, "step", "file", "draft", "filed", 1, 1, 1, 3, datetime(2026, 3, 2, 9, tzinfo=UTC), "k", "d" * 64, "0" * 64)


def test_an_event_of_the_time_before_has_the_hash_that_it_had():
    assert Event(*OLD).hash() == "0d57dfbd30cd7b7318804cc15be52dc56ecf9538efe4ed2ed8cb8b466210719c"
    assert len({Event(*OLD, member).hash() for member in (None, 1, 2, 11)}) == 4


@pytest.mark.parametrize("forged", ["NULL", "2"])
def test_nobody_changes_afterwards_for_whom_it_was(cases, forged):
    case_id = opened(cases)
    name_deputy(cases, DORA, ADA)
    cases.act(case_id, "file", viewer(cases, DORA).actor)
    sql = f"UPDATE case_events SET represents_id = {forged} WHERE seq = 2"
    with pytest.raises(DBAPIError, match="can only be added to"), cases.store.engine.begin() as connection:
        connection.execute(text(sql))
    unprotected(cases, sql)
    with cases.store.transaction() as tx:
        assert verify_case(cases.registry, tx, case_id).faults == ("event 2: its hash does not fit",)


def unprotected(cases: Cases, sql: str) -> None:
    """Somebody with full access to the database tampers with it."""
    off = {
        "sqlite": "DROP TRIGGER case_events_no_UPDATE",
        "postgresql": "ALTER TABLE case_events DISABLE TRIGGER case_events_no_change",
    }
    with cases.store.engine.begin() as connection:
        connection.execute(text(off[cases.store.engine.dialect.name]))
        connection.execute(text(sql))


@pytest.mark.parametrize("who", [{"actor_id": None, "represents_id": 1}, {"actor_id": 1, "represents_id": 1}])
def test_nobody_stands_in_for_themselves_and_the_clock_for_nobody(cases, who: dict[str, Any]):
    opened(cases)
    columns = "case_id, kind, step, to_state, version, hands, hands_needed, at, digest, previous_hash, hash"
    with pytest.raises(DBAPIError, match="represents_another"), cases.store.engine.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO case_events ({columns}, seq, actor_id, represents_id)"
                f" SELECT {columns}, 2, :actor_id, :represents_id FROM case_events"
            ),
            who,
        )


def test_an_erasure_takes_what_was_written_and_leaves_who_acted_and_for_whom(cases):
    case_id = opened(cases)
    name_deputy(cases, DORA, ADA)
    cases.act(case_id, "file", viewer(cases, DORA).actor, {"demand": "private"})
    erase(cases, case_id, BEN)
    assert "private" not in str(rows(cases, "SELECT body FROM case_event_payloads"))
    assert history(cases, case_id) == [("open", "Ada", None), ("file", "Dora", "Ada"), ("erase", "Ben", None)]
    clean(cases)
