"""Ids that no form offers, as an import or an API may hand them in: a refusal in words, and nothing changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from sqlalchemy import Engine
from wtforms import FieldList, IntegerField, RadioField, SelectField
from wtforms.fields import DateField
from wtforms.fields.core import Field

from tests.databases import fresh_sqlite
from tests.processes.town import Town
from workflow_app.cases import Cases
from workflow_app.cases.importing import ImportedCase, Past, import_case
from workflow_app.engine import clock
from workflow_app.engine.definition import Actor, Holder, Opening, Process, State, Step
from workflow_app.engine.errors import Invalid, Refused
from workflow_app.forms.base import Form
from workflow_app.forms.fields import IdField, IdsField
from workflow_app.processes import PROCESSES

RUBBISH: tuple[Any, ...] = (
    999_999,
    -1,
    10**30,
    "x",
    "1",
    1.5,
    True,
    {},
    {"a": 1},
    [999_999],
    ["x"],
    [None],
    [[1]],
    [{"id": 1}],
)
NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
WORDS = (
    "no such organization or person",
    "Please choose",
    "Choose at least two proposals",
    "This body is not on the list",
    "does not leave this part",
    "has no red light",
)
DATA = {
    "consultations": [{"organization": 1, "role": "decision", "outcome": None}],
    "living_parts": [{"name": "Appendix", "text": None, "since": None}],
    "reds": [{"measure": 1, "title": "x"}],
    "draft_published_on": "2026-01-05",
}  # fmt: skip


class Everything:
    """A town, and somebody who may do everything in cases where organization 1 holds every part."""

    def __init__(self, engine: Engine) -> None:
        self.cases: Cases = Town(engine).cases
        roles = ("member", "chair", "head")
        held = {f"{role}@1" for role in roles} | {"account", "public", "person:1"}
        self.actor = Actor(1, frozenset(held))

    def case_in(self, process: Process, state: State) -> int:
        parts = {part: (Holder(organization=1),) for part in process.parts - {"submitter"}}
        past = [Past("open", state.name, "x", {"text": "2016", "precision": "year"}, {"src": "seed"})]
        told = ImportedCase(f"{process.name}:{state.name}", process.name, "x", past, DATA, parts)
        return import_case(self.cases, told).case_id


@pytest.fixture(scope="module")
def everything() -> Iterator[Everything]:
    engine = fresh_sqlite()
    yield Everything(engine)
    engine.dispose()


@pytest.fixture(scope="module", autouse=True)
def request_context() -> Iterator[None]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="only here", WTF_CSRF_ENABLED=False)
    Babel(app)
    with app.test_request_context():
        yield


def asked(form: Form) -> dict[str, Any]:
    """A form filled in with something that fits each of its fields."""
    data: dict[str, Any] = form.submitted()
    return {name: _fitting(form._fields[name]) if name in form._fields else value for name, value in data.items()}


def _fitting(entered: Field) -> Any:
    if isinstance(entered, FieldList):
        return []
    if isinstance(entered, IdField | IdsField):
        return None if isinstance(entered, IdField) else []
    if isinstance(entered, RadioField | SelectField):
        return next(choice.value for choice in entered.choices if choice.value)  # type: ignore[union-attr]
    if isinstance(entered, DateField):
        return "2026-02-02"
    return 1 if isinstance(entered, IntegerField) else "x"


def places(step: Step) -> Iterator[tuple[str, Any]]:
    """Every field of a step's form that names something by its id, with a way to put a value there."""
    if step.form is None:
        return
    form = step.form()
    keys = form.submitted().keys()
    for name, entered in form._fields.items():
        if isinstance(entered, IdField | IdsField) and name in keys:
            yield name, lambda value: value
        elif isinstance(entered, FieldList) and entered.entries and name in keys:
            for inner, field in entered.entries[0].form._fields.items():
                if isinstance(field, IdField | IdsField):
                    yield name, lambda value, inner=inner: [{"role": "decision", inner: value}]
    for name in {assign.field for assign in step.assigns} - form._fields.keys():
        yield name, lambda value: value


STEPS = [(process, step) for process in PROCESSES for step in process.steps if step.form]


@pytest.mark.parametrize(("process", "step"), STEPS, ids=[f"{p.name}-{s.name}" for p, s in STEPS])
def test_ids_that_are_not_on_offer_are_refused_in_words(everything: Everything, process: Process, step: Step) -> None:
    for name, put in places(step):
        assert step.form is not None
        case = everything.case_in(process, step.sources[0])
        before = _row(everything, case)
        for rubbish in RUBBISH:
            data = asked(step.form()) | {name: put(rubbish)}
            with clock.at(NOON), pytest.raises(Refused) as no:
                everything.cases.act(case, step.name, everything.actor, data)
            assert any(words in str(no.value.reason) for words in WORDS), (name, rubbish, str(no.value.reason))
        assert _row(everything, case) == before


ODD: tuple[Any, ...] = (None, 17, "x", [], {}, [1], [{"a": 1}])


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_whatever_is_handed_in_a_step_is_taken_or_refused_in_words(everything: Everything, process: Process) -> None:
    for step in process.all_steps:
        if step.form is None:
            continue
        case, full = everything.case_in(process, step.sources[0]), asked(step.form())
        for data in ({}, *(full | {name: odd} for name in full for odd in ODD)):
            with clock.at(NOON), everything.cases.store.transaction() as tx, suppress(Refused):
                everything.cases.act_in(tx, case, step.name, everything.actor, data)  # and taken back


def _row(everything: Everything, case: int) -> Any:
    with everything.cases.store.reading() as tx:
        return tx.rows("SELECT * FROM cases WHERE id = ?", (case,))


def test_a_case_is_not_opened_for_somebody_who_does_not_exist(everything: Everything) -> None:
    office = (Holder(organization=1),)
    wrong = [
        Opening("x", {}, {"office": office, "lead_department": (Holder(organization=999_999),)}),
        Opening("x", {}, {"office": office, "submitter": (Holder(person=999_999),)}),
        Opening("x", {}, {"office": office}, (("predecessor", 999_999),)),
    ]
    for opening in wrong:
        with clock.at(NOON), pytest.raises(Invalid):
            everything.cases.open_case("concept", opening, everything.actor)


def test_an_import_that_names_nobody_is_refused(everything: Everything) -> None:
    past = [Past("open", "idea", "x", {"text": "2016"}, {"src": "seed"})]
    gone = {"office": (Holder(organization=999_999),)}
    for told in (
        ImportedCase("a", "concept", "x", past, {}, gone),
        ImportedCase("b", "concept", "x", past, {}, {}, (("predecessor", 999_999),)),
        ImportedCase("c", "concept", "x", past, {}, {}, (), 999_999),
    ):
        with clock.at(NOON), pytest.raises(Invalid):
            import_case(everything.cases, told)
    with everything.cases.store.reading() as tx:
        assert tx.rows("SELECT count(*) FROM cases WHERE key IN ('a', 'b', 'c')") == [(0,)]
