"""Forms without a database: choices handed in, blank rows, plain data and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from workflow_app.forms import concept as forms
from workflow_app.forms.base import Context, ExtensionForm, Form
from workflow_app.forms.consultations import ConsultationsForm, OutcomeForm
from workflow_app.forms.documents import VersionForm
from workflow_app.forms.submission import EnteredSubmissionForm

OFFERED = {"organizations": [(1, "Beirat"), (2, "Rat")]}


def offered(kind: str) -> list[tuple[int, str]]:
    return OFFERED["organizations"]


@pytest.fixture(autouse=True)
def request_context() -> Iterator[None]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="only here", WTF_CSRF_ENABLED=False)
    Babel(app)
    with app.test_request_context():
        yield


def filled(form: type[Form], entered: dict[str, Any], data: dict[str, Any] | None = None) -> Form:
    made = form(formdata=MultiDict(entered))
    made.choices(Context(offered, data or {}))
    return made


def test_rows_left_blank_are_no_rows() -> None:
    entered = {"consultations-0-organization": "1", "consultations-0-role": "hearing"}
    entered |= {"consultations-2-organization": "2", "consultations-2-role": "decision"}
    form = filled(ConsultationsForm, entered | {"consultations-5-closed": "y"})
    assert form.validate(), form.errors
    data = form.submitted()
    assert [(r["organization"], r["role"]) for r in data["consultations"]] == [(1, "hearing"), (2, "decision")]
    assert json.loads(json.dumps(data)) == data


def test_a_row_that_was_begun_must_be_complete() -> None:
    form = filled(ConsultationsForm, {"consultations-0-organization": "1"})
    assert not form.validate()
    assert form.errors["consultations"][0]["role"] == ["Please fill in this field."]


def test_nine_rows_and_none_of_them_insists_in_the_browser() -> None:
    form = filled(ConsultationsForm, {})
    html = "".join(str(field()) for row in form.consultations for field in row.form)
    assert len(form.consultations) == 9
    assert "required" not in html


def test_dates_travel_as_iso_text_both_ways() -> None:
    for written in ("2026-03-31", "31.03.2026"):
        form = filled(ExtensionForm, {"until": written, "note": " ill \x00"})
        assert form.validate()
        assert form.submitted() == {"until": "2026-03-31", "note": "ill"}
    shown = ExtensionForm()
    shown.fill({"until": "2026-03-31", "note": "ill", "unknown": 1})
    assert 'value="2026-03-31"' in shown.until()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("A path\r\n\r\nYour town", "A path Your town"), ("A path\u2028\u2029Your\x85town", "A path Your town"),
        (" A\t \x0b path\n", "A path"), ("5\u00a0€", "5 €"), ("A\x00 \u202epath", "A path"), ("\r\n\u2028", None),
    ],
)  # fmt: skip
def test_what_is_asked_for_in_one_line_stays_in_one_line_whatever_was_sent(sent: str, kept: str | None) -> None:
    assert filled(VersionForm, {"note": sent}).submitted() == {"note": kept}
    assert filled(forms.ConceptForm, {"title": sent}).submitted()["title"] == kept


def test_a_text_keeps_its_paragraphs() -> None:
    assert filled(ExtensionForm, {"note": "One\r\n\r\nTwo\n"}).submitted()["note"] == "One\n\nTwo"


def test_a_blank_that_does_not_break_joins_no_words() -> None:
    assert filled(ExtensionForm, {"note": "5\u00a0€ für\u202funs"}).submitted()["note"] == "5 € für uns"


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ({"until": "", "note": "x"}, "Please fill in this field."),
        ({"until": "tomorrow", "note": "x"}, "Please enter a date such as 2026-03-31."),
        ({"until": "0001-01-01", "note": "x"}, "Please enter a date between 1991 and 2100."),
        ({"until": "2026-03-31", "note": "   "}, "Please fill in this field."),
        ({"until": "2026-03-31", "note": "x" * 2001}, "Please use at most 2000 characters."),
    ],
)
def test_bad_input_is_answered_in_words(entered: dict[str, str], message: str) -> None:
    form = filled(ExtensionForm, entered)
    assert not form.validate()
    assert [str(m) for messages in form.errors.values() for m in messages] == [message]


@pytest.mark.parametrize("chosen", ["7", "abc", "-1", "9" * 40])
def test_what_is_not_on_offer_is_refused(chosen: str) -> None:
    form = filled(forms.CommissionForm, {"commissioned_by": chosen})
    assert not form.validate()
    assert "Please choose one of the options." in [str(m) for m in form.errors["commissioned_by"]]


def test_the_outcome_offers_the_bodies_that_have_not_spoken() -> None:
    listed = [{"organization": 1, "outcome": "takenNote"}, {"organization": 2, "outcome": None}]
    entered = {"consultation": "1", "outcome": "adopted", "on": "2026-06-11", "yes": "40", "no": "0"}
    form = filled(OutcomeForm, entered, {"consultations": listed})
    assert [(c.value, c.label) for c in form.consultation.choices] == [("", "–"), (1, "2. Rat")]
    assert form.validate(), form.errors
    assert form.submitted()["consultation"] == 1
    assert form.submitted()["together_with"] == []
    assert form.submitted()["abstained"] is None


def test_the_first_body_on_the_list_can_be_chosen() -> None:
    entered = {"consultation": "0", "outcome": "adopted", "on": "2026-06-11"}
    form = filled(forms.ResolutionForm, entered, {"consultations": [{"organization": 1, "outcome": None}]})
    assert form.validate(), form.errors
    assert form.submitted()["consultation"] == 0


def test_kick_off_numbers_its_fields_and_names_each_group_once() -> None:
    entered = {"kicked_off_on": "2026-01-20", "invitation_published_on": "2026-01-06"}
    entered |= {"groups_close_on": "2026-03-31", "steering_group": "2"}
    for at, name in enumerate(("Wohnen", "Schule")):
        entered |= {f"groups-{at}-organization": "1", f"groups-{at}-name": name}
    form = filled(forms.KickOffForm, entered)
    assert form.validate(), form.errors
    data = form.submitted()
    assert data["working_groups"] == [1]
    assert [(f["no"], f["name"], f["group"]) for f in data["fields"]] == [(1, "Wohnen", 1), (2, "Schule", 1)]


def test_numbers_are_whole_and_not_negative() -> None:
    for written in ("-1", "1.5", "many", "1000001"):
        form = filled(forms.VoteForm, {"on": "2026-01-20", "yes": written, "no": "0", "abstained": "0"})
        assert not form.validate()
        assert list(form.errors) == ["yes"]


def test_every_form_can_be_made_shown_and_read() -> None:
    made = [f for f in vars(forms).values() if isinstance(f, type) and issubclass(f, Form) and f is not Form]
    for one in [*made, EnteredSubmissionForm]:
        form = filled(one, {})
        form.validate()
        assert all(str(field()) for field in form)
        json.dumps(form.submitted())
