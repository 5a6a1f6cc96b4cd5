"""Who is told that they may see a document, because it is for more people than before."""

from __future__ import annotations

from datetime import time

from tests.cases.world import ADA, PARTS
from tests.jobs import town as people
from tests.jobs.test_notices import show_everybody
from tests.jobs.town import Town, later, words
from tests.jobs.town_papers import add, quiet_case, sent, told, viewer
from tests.jobs.town_papers import town as town
from workflow_app.cases import Added, papers
from workflow_app.engine.definition import Opening


def change(town: Town, document: int, audience: str, part: str | None = None) -> None:
    """Ada changes for whom her document is."""
    papers.change_audience(town.cases, document, viewer(1), audience, part)


def newly(town: Town) -> list[str]:
    """Whom notices of changes have reached."""
    found = town.rows("SELECT person_id FROM notifications WHERE notice = 'change_audience' ORDER BY id")
    return [people.NAMES[person] for (person,) in found]


def test_whom_a_wider_audience_reaches_for_the_first_time_is_told_as_of_a_new_document(town):
    case_id = quiet_case(town)
    document = add(town, case_id, audience="part", part="board")
    town.work()
    town.box.mails.clear()
    town.box.receivers.clear()
    change(town, document, "participants")
    town.work()
    assert newly(town) == ["Dora"]
    assert town.box.receivers == ["dora@example.org"]
    (mail,) = town.mails_to(people.DORA)
    assert mail["Subject"] == "New document: A path"
    assert "Ada changed who may see a document.\nDocument: Lageplan\n" in words(mail)


def test_who_follows_is_told_when_it_is_for_all_and_who_was_told_before_is_not(town):
    case_id = quiet_case(town)
    show_everybody(town)
    for person in (people.EVE, people.DORA):
        town.follows(person, case_id)
    document = add(town, case_id)  # all are told
    town.work()
    change(town, document, "part", "board")
    change(town, document, "participants")
    change(town, document, "case")
    town.work()
    assert newly(town) == []
    assert told(town)["Eve"] == "followed"
    other = add(town, case_id, audience="participants")
    town.work()
    change(town, other, "case")
    town.work()
    assert newly(town) == ["Eve"]
    change(town, other, "administration")
    change(town, other, "case")
    town.work()
    assert newly(town) == ["Eve"]


def test_who_could_see_what_came_with_a_step_is_not_told_when_others_can(town):
    case_id = town.cases.open_case("request", Opening("A path", {}, PARTS), ADA).case_id
    town.cases.act(case_id, "file", ADA, documents=[Added(sent(town), "part", "board")])
    town.work()
    change(town, town.rows("SELECT max(id) FROM documents")[0][0], "participants")
    change(town, town.rows("SELECT max(id) FROM documents")[0][0], "case")
    town.work()
    assert newly(town) == ["Dora"]


def test_who_was_told_of_another_document_is_told_of_this_one(town):
    case_id = quiet_case(town)
    first = add(town, case_id, audience="part", part="board")
    second = add(town, case_id, audience="part", part="board")
    change(town, first, "participants")
    town.work()
    change(town, second, "participants")
    town.work()
    assert newly(town) == ["Dora", "Dora"]


def test_what_was_narrowed_again_or_withdrawn_before_it_was_told_is_not_told(town):
    case_id = quiet_case(town)
    narrowed, withdrawn = (add(town, case_id, audience="part", part="board") for _time in range(2))
    town.work()
    for document in (narrowed, withdrawn):
        change(town, document, "case")
    change(town, narrowed, "part", "board")
    papers.withdraw(town.cases, withdrawn, viewer(1), "wrong")
    town.work()
    assert newly(town) == []


def test_what_was_changed_and_withdrawn_before_the_quiet_hours_end_is_not_mailed(town):
    document = add(town, quiet_case(town), audience="part", part="board")
    town.wants(people.DORA, quiet_from=time(9), quiet_until=time(12))
    change(town, document, "case")
    town.work()
    assert newly(town) == ["Dora"]
    papers.withdraw(town.cases, document, viewer(1), "wrong")
    with later(hours=3):
        town.work()
    assert town.mails_to(people.DORA) == []


def test_who_follows_is_not_told_of_what_came_for_fewer_and_is_for_all_when_it_is_told(town):
    case_id = quiet_case(town)
    show_everybody(town)
    town.follows(people.EVE, case_id)
    document = add(town, case_id, audience="participants")
    change(town, document, "case")
    town.work()
    assert "Eve" not in told(town)
    assert newly(town) == ["Eve"]
