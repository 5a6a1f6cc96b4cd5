"""Forms of concept, measure and revision: what they offer, what they show, what they hand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from workflow_app.forms.base import Context, Form
from workflow_app.forms.concept import FieldForm, PredecessorForm, ResolutionForm
from workflow_app.forms.concept_standing import LivingPartForm
from workflow_app.forms.measure import MergeForm, MergeProposalsForm, PlanForm, ProposalForm
from workflow_app.forms.revision import NewMeasureForm

OFFERED = {
    "organizations": [(1, "Library"), (2, "Public works")],
    "organizations:AG,Fokusgruppe": [(5, "Group on housing")],
    "holders:working_group": [(5, "Group on housing")],
    "measures": [(11, "Certificate"), (12, "Reading hour")],
    "concepts": [(21, "Old plan")],
}
WORDS = {
    "title": "One hall",
    "field_of_action": "Housing",
    "guiding_principle": "Everybody lives well.",
    "goal": "More room",
    "description": "A hall",
    "participants": "Clubs",
}


@pytest.fixture(autouse=True)
def app() -> Iterator[Flask]:
    made = Flask(__name__)
    made.config.update(SECRET_KEY="only here", WTF_CSRF_ENABLED=False)
    Babel(made)
    with made.test_request_context():
        yield made


def filled(form: type[Form], entered: dict[str, Any], data: dict[str, Any] | None = None) -> Form:
    made = form(formdata=MultiDict(entered))
    made.choices(Context(lambda kind: OFFERED.get(kind, []), data or {}))
    return made


def test_proposals_to_be_merged_are_chosen_among_the_measures_of_the_case() -> None:
    form = filled(MergeProposalsForm, {**WORDS, "measures": ["11", "12"], "note": "The same."})
    assert form.validate(), form.errors
    assert form.submitted()["measures"] == [11, 12]
    other = filled(MergeProposalsForm, {**WORDS, "measures": ["11", "99"], "note": "The same."})
    assert not other.validate()
    none = filled(MergeProposalsForm, {**WORDS, "note": "The same."})
    assert not none.validate()


def test_a_merger_names_where_the_proposal_goes_on() -> None:
    assert not filled(MergeForm, {"note": "The same."}).validate()
    assert filled(MergeForm, {"into": "12", "note": "The same."}).validate()


def test_a_merged_proposal_begins_with_words_of_its_own() -> None:
    form = filled(MergeProposalsForm, {}, {"goal": "The concept's", "title": "Concept"})
    assert (form.submitted()["goal"], form.submitted()["title"]) == (None, None)


def test_words_that_are_there_are_shown_to_be_changed() -> None:
    form = filled(ProposalForm, {}, WORDS)
    assert form.submitted() == WORDS


def test_a_plan_shows_what_is_planned_and_takes_what_was_entered(app: Flask) -> None:
    planned = {"resources": "One post", "starts_on": "2026-05-01", "indicators": [{"name": "Flats", "target": 100}]}
    shown = filled(PlanForm, {}, planned)
    assert shown.submitted()["resources"] == "One post"
    assert 'value="2026-05-01"' in str(shown["starts_on"]())
    assert [(i["name"], i["target"], i["value"]) for i in shown.submitted()["indicators"]] == [("Flats", 100, None)]
    with app.test_request_context(method="POST", data={"resources": "Two posts"}):
        sent = PlanForm()
        sent.choices(Context(data=planned))
        assert (sent.submitted()["resources"], sent.submitted()["indicators"]) == ("Two posts", [])


def test_the_parts_that_may_be_kept_up_to_date_are_those_of_the_resolution() -> None:
    parts = {"living_parts": [{"name": "Contacts"}, {"name": "Appendix"}]}
    form = filled(LivingPartForm, {"part": "0", "text": "New", "note": "Moved."}, parts)
    assert [(c.value, c.label) for c in form["part"].choices] == [("", "–"), (0, "Contacts"), (1, "Appendix")]
    assert form.validate(), form.errors
    assert form.submitted()["part"] == 0
    assert not filled(LivingPartForm, {"part": "0", "text": "New", "note": "Moved."}).validate()


def test_a_resolution_may_leave_parts_to_the_administration() -> None:
    listed = {"consultations": [{"organization": 1, "outcome": None}]}
    entered = {"consultation": "0", "outcome": "adopted", "on": "2026-06-11"}
    entered |= {"living_parts-0-name": "", "living_parts-1-name": "Appendix"}
    form = filled(ResolutionForm, entered, listed)
    assert form.validate(), form.errors
    assert form.submitted()["living_parts"] == [{"name": "Appendix"}]


def test_a_field_is_changed_or_put_in_between() -> None:
    entered = {"no": "2", "name": "Work", "guiding_principle": "Everybody works."}
    assert not filled(FieldForm, entered).validate()
    assert filled(FieldForm, entered | {"how": "insert"}).submitted()["how"] == "insert"


def test_a_new_measure_of_a_revision_need_not_come_from_a_group() -> None:
    form = filled(NewMeasureForm, WORDS)
    assert form.validate(), form.errors
    assert (form.submitted()["working_group"], form.submitted()["owner"]) == (None, None)
    assert list(form.submitted())[3:6] == ["goal", "description", "participants"]  # in this order (R08)


def test_the_plan_before_is_chosen_among_the_concepts() -> None:
    assert filled(PredecessorForm, {"predecessor": "21"}).submitted()["predecessor"] == 21
