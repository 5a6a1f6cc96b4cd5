"""Who enters, renames and ends the organizations of a town, and what cannot be meant."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from tests.people.conftest import GROUP, HANS, LIBRARY, LOU, MIA, OFFICE, RITA, TODAY, House
from workflow_app.engine import clock
from workflow_app.engine.errors import Invalid, NotAllowed, NotFound, NotPossible
from workflow_app.people import first, memberships, organizations
from workflow_app.people.roles import OPERATOR


def add(house: House, by: int, name: str, kind: str = "committee", parent: int | None = None) -> int:
    return organizations.add(house.store, house.who(by), name, kind, parent)


def change(house: House, by: int, organization: int, name: str, kind: str, parent: int | None = None) -> None:
    organizations.change(house.store, house.who(by), organization, name, kind, parent)


def test_a_new_town_gets_its_council_and_a_committee(house):
    council = add(house, RITA, "Ratsversammlung", "council")
    committee = add(house, RITA, "Hauptausschuss", "committee", council)
    columns = "name, organization_type, classification, parent_id"
    assert house.rows(f"SELECT {columns} FROM organizations WHERE id >= {council} ORDER BY id") == [
        ("Ratsversammlung", "Gremium", "Parlament", None),
        ("Hauptausschuss", "Gremium", "Ausschuss", council),
    ]
    memberships.assign(house.store, house.who(RITA), LOU, committee, "chair", None, None)
    assert f"chair@{committee}" in house.who(LOU).principals


def test_every_kind_is_recognized_again():
    kinds = organizations.KINDS
    assert {key: organizations.kind_of(k.organization_type, k.classification) for key, k in kinds.items()} == {
        key: key for key in kinds
    }
    assert organizations.kind_of("externes Gremium", "AG") == "external_body"
    assert organizations.kind_of("Gremium", "Verwaltungsrat") == "other"


def test_nobody_but_administrators_may(house):
    for by in (HANS, MIA):
        who, store = house.who(by), house.store
        refused = "Only administrators"
        house.refuses(NotAllowed, refused, organizations.add, store, who, "Beirat", "round_table")
        house.refuses(NotAllowed, refused, organizations.change, store, who, GROUP, "Mine", "working_group")
        house.refuses(NotAllowed, refused, organizations.end, store, who, GROUP)
        house.refuses(NotAllowed, refused, organizations.resume, store, who, GROUP)


def test_two_that_go_on_never_have_the_same_name(house):
    council = add(house, RITA, "Größter Rat", "council")
    house.refuses(Invalid, "with this name already", add, house, RITA, "GRÖSSTER RAT")
    house.refuses(Invalid, "with this name already", change, house, RITA, GROUP, "größter rat", "other")
    change(house, RITA, council, "Größter  Rat", "council")
    organizations.end(house.store, house.who(RITA), council)
    add(house, RITA, "Größter  Rat", "council")
    house.refuses(Invalid, "with this name already", organizations.resume, house.store, house.who(RITA), council)


def test_what_cannot_be_meant_is_refused(house):
    above = add(house, RITA, "Above")
    below = add(house, RITA, "Below", parent=above)
    house.refuses(Invalid, "belongs to it itself", change, house, RITA, above, "Above", "committee", below)
    house.refuses(Invalid, "belongs to it itself", change, house, RITA, above, "Above", "committee", above)
    house.refuses(Invalid, "no such organization", add, house, RITA, "New", "committee", 10**6)
    house.refuses(Invalid, "no such kind", add, house, RITA, "New", "parliament")
    house.refuses(Invalid, "fill in", add, house, RITA, "")
    house.refuses(NotFound, "no such organization", change, house, RITA, 10**6, "New", "committee")
    house.refuses(Invalid, "belong to a part of the administration", change, house, RITA, OFFICE, "Office", "committee")
    assert house.value(f"SELECT organization_type FROM organizations WHERE id = {OFFICE}") == "Verwaltungsbereich"


def test_what_ended_is_offered_no_more_and_goes_on_when_somebody_says_so(house):
    organizations.end(house.store, house.who(RITA), LIBRARY)
    assert str(house.value(f"SELECT end_date FROM organizations WHERE id = {LIBRARY}")) == TODAY.isoformat()
    refused = "no such organization"
    house.refuses(
        NotFound, refused, memberships.assign, house.store, house.who(RITA), MIA, LIBRARY, "member", None, None
    )
    house.refuses(Invalid, refused, add, house, RITA, "Branch", "institution", LIBRARY)
    house.refuses(NotPossible, "ended already", organizations.end, house.store, house.who(RITA), LIBRARY)
    with clock.at(clock.now() + timedelta(days=300)):
        assert f"member@{LIBRARY}" in house.who(LOU).principals  # what waits for its members still does
    organizations.resume(house.store, house.who(RITA), LIBRARY)
    memberships.assign(house.store, house.who(RITA), MIA, LIBRARY, "member", None, None)
    house.refuses(NotPossible, "has not ended", organizations.resume, house.store, house.who(RITA), LIBRARY)


def test_one_that_belongs_to_an_ended_one_can_still_be_renamed(house):
    above = add(house, RITA, "Above")
    below = add(house, RITA, "Below", parent=above)
    organizations.end(house.store, house.who(RITA), above)
    change(house, RITA, below, "Still below", "committee", above)
    assert house.rows(f"SELECT name, parent_id FROM organizations WHERE id = {below}") == [("Still below", above)]


def test_the_record_keeps_every_name_and_who_gave_it(house):
    made = add(house, RITA, "AG Wohnen", "working_group")
    change(house, RITA, made, "AG Wohnen und Leben", "working_group")
    change(house, RITA, made, "AG Wohnen und Leben", "working_group")
    change(house, RITA, made, "AG Wohnen und Leben", "focus_group", GROUP)
    organizations.end(house.store, house.who(RITA), made)
    organizations.resume(house.store, house.who(RITA), made)
    first.create(house.store, "op@example.org", "Op", administrator_of="rathaus")
    assert house.rows("SELECT kind, actor_id, name, former_name FROM organization_events ORDER BY id") == [
        ("founded", RITA, "AG Wohnen", None),
        ("changed", RITA, "AG Wohnen und Leben", "AG Wohnen"),
        ("changed", RITA, "AG Wohnen und Leben", None),
        ("ended", RITA, "AG Wohnen und Leben", None),
        ("resumed", RITA, "AG Wohnen und Leben", None),
        ("founded", OPERATOR.person, "rathaus", None),
    ]
    renamed = house.rows("SELECT kind FROM outbox WHERE kind = 'renamed'")
    assert len(renamed) == 1
    for statement in ("UPDATE organization_events SET name = 'x'", "DELETE FROM organization_events"):
        with pytest.raises(DBAPIError, match="only be added to"):
            house.rows(statement)


def test_data_from_elsewhere_keep_their_words_unless_the_kind_changes(house):
    made = add(house, RITA, "Fachaustausch", "external_body")
    with house.store.writing() as tx:
        tx.session.connection().exec_driver_sql(f"UPDATE organizations SET classification = 'AG' WHERE id = {made}")
    change(house, RITA, made, "Landesweiter Fachaustausch", "external_body")
    kept = house.rows(f"SELECT organization_type, classification FROM organizations WHERE id = {made}")
    change(house, RITA, made, "Landesweiter Fachaustausch", "institution")
    after = house.rows(f"SELECT organization_type, classification FROM organizations WHERE id = {made}")
    assert (kept, after) == ([("externes Gremium", "AG")], [("Institution", None)])
