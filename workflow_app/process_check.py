"""What the engine cannot know of a process: templates of its notices exist, its forms have what its
steps read and only offer what a page can find, every text of both is translated, and who extends a
deadline for the second time is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from babel.messages.catalog import Catalog
from flask import Flask
from flask_babel import force_locale
from jinja2 import TemplateNotFound
from wtforms import FieldList, SelectField, SelectMultipleField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.fields.core import Field

from workflow_app.engine.definition import Process, Step
from workflow_app.forms.base import OFFERED, Form, Row
from workflow_app.forms.fields import IdField, IdsField
from workflow_app.processes import PROCESSES
from workflow_app.texts import catalogue

LANGUAGES = ("de",)
SOURCE = "en"
"""The language of the message ids: a text in it is its own id."""


def faults(app: Flask, processes: Sequence[Process] = PROCESSES) -> list[str]:
    """Everything to mend, each with the process and the text, form or file it is about."""
    catalogs = {language: catalogue(language) for language in LANGUAGES}
    found: list[str] = []
    with app.test_request_context(), force_locale(SOURCE):
        for process in processes:
            found += _templates(app, process)
            found += _extensions(process)
            found += dict.fromkeys(_forms(process))
            for text in sorted({*texts(process), *form_texts(process)}):
                found += _untranslated(process, text, catalogs)
    return found


def _untranslated(process: Process, text: str, catalogs: dict[str, Catalog]) -> Iterator[str]:
    for language, catalog in catalogs.items():
        message = catalog.get(text)
        if message is None or not message.string or message.fuzzy:
            yield f"process {process.name!r}: no {language} translation of {text!r}"


def texts(process: Process) -> Iterator[str]:
    """Every message id a person may read of a process."""
    yield from (process.label, process.plural)
    yield from filter(None, (process.purpose, process.opened))
    for state in process.states:
        yield from filter(None, (state.label, state.explains))
        yield from (seat.label for seat in state.seen_by.seats)
    for step in process.all_steps:
        yield from filter(None, (step.label, step.past, step.explains))
        yield from (seat.label for seat in step.who.seats)
        yield from (rule.label for rule in step.when)
        yield from (notice.subject for notice in step.tell)
        yield from (child.label for child in step.opens)
        yield from (fire.label for fire in step.fires)
    yield from (deadline.label for deadline in process.deadlines)
    yield from (setting.label for setting in process.settings if setting.label)
    for field in process.all_fields:
        yield from (field.label, *(label for label in field.choices.values() if label))


def _templates(app: Flask, process: Process) -> Iterator[str]:
    for step in process.all_steps:
        for notice in step.tell:
            try:
                app.jinja_env.get_template(f"mail/{notice.template}.txt")
            except TemplateNotFound:
                yield f"process {process.name!r}: notice {notice.name!r} has no template mail/{notice.template}.txt"


def _extensions(process: Process) -> Iterator[str]:
    """Once is for whoever works on it; a second time needs a higher level (domain.md section 4)."""
    for deadline in process.deadlines:
        if (extension := deadline.extension) is None:
            continue
        if not extension.again:
            yield f"process {process.name!r}: deadline {deadline.name!r}: again= is missing from its extension"
        for name in sorted({seat.name for seat in extension.who.seats} & {seat.name for seat in extension.again.seats}):
            yield f"process {process.name!r}: deadline {deadline.name!r}: {name!r} extends it once and again"


# ------------------------------------------------------------------------------- forms


def form_texts(process: Process) -> Iterator[str]:
    """Every message id a person may read in the forms of a process; needs a request in English."""
    for _at, form in _all_forms(process):
        for entered in _all_fields(form):
            yield from filter(None, (str(entered.label.text), str(entered.description or "")))
            for validator in entered.validators:
                yield from filter(None, (str(getattr(validator, "message", None) or ""),))
            if isinstance(entered, SelectField | SelectMultipleField):
                options = (one for one in entered.choices or () if isinstance(one, SelectChoice))
                yield from (str(option.label) for option in options if option.value)


def _all_forms(process: Process) -> Iterator[tuple[str, Form]]:
    """The forms of a process, each with the place where it is named."""
    if process.opening_form:
        yield "opening_form", process.opening_form(meta={"csrf": False})
    for step in process.all_steps:
        if step.form:
            yield f"step {step.name!r}", step.form(meta={"csrf": False})


def _all_fields(form: Form | Row) -> Iterator[Field]:
    """The fields of a form, and those of one of its rows."""
    for entered in form:
        yield entered
        if isinstance(entered, FieldList) and entered.entries:
            yield from _all_fields(entered.entries[0].form)


def _forms(process: Process) -> Iterator[str]:
    for at, form in _all_forms(process):
        rows = [f.entries[0].form for f in form if isinstance(f, FieldList) and f.entries]
        for one in (form, *rows):
            for fault in _offers(process, one):
                yield f"process {process.name!r}: {at}: {type(one).__name__}: {fault}"
    for step in process.all_steps:
        for fault in _reads(step):
            yield f"process {process.name!r}: step {step.name!r}: {fault}"
    if process.opening_form:
        unknown = set(process.opening_parts) - process.opening_form(meta={"csrf": False}).submitted().keys()
        for part in sorted(unknown):
            yield f"process {process.name!r}: opening_parts names {part!r}, which its opening_form does not ask for"


def _offers(process: Process, form: Form | Row) -> Iterator[str]:
    """Whether everything that is to be chosen from the database can be found there."""
    chosen = {entered.name.rpartition("-")[2]: entered for entered in form if isinstance(entered, IdField | IdsField)}
    for name, kind in form.wants.items():
        head, _colon, detail = kind.partition(":")
        if name not in chosen:
            yield f"wants names {name!r}, which is no field to choose from"
        if head not in OFFERED or (detail and head not in ("organizations", "holders", "kin")):
            yield f"{name!r} wants {kind!r}, which no page can offer: one of {', '.join(OFFERED)}"
        elif head == "holders" and detail not in process.parts:
            yield f"{name!r} wants the holders of {detail!r}, which is no part of this process"
        elif head == "kin" and detail not in {one.name for one in PROCESSES}:
            yield f"{name!r} wants cases of {detail!r}, which is no process"
    fills_itself = any("choices" in vars(kind) for kind in type(form).__mro__ if kind not in (*Form.__mro__, Row))
    for name in sorted(chosen.keys() - form.wants.keys()):
        if not fills_itself:
            yield f"{name!r} offers nothing to choose: say in wants what it offers"


def _reads(step: Step) -> Iterator[str]:
    """Whether the form asks for what the step makes holders and links of."""
    wanted = {*(a.field for a in step.assigns), *(link.field for link in step.links)}
    asked = step.form(meta={"csrf": False}).submitted().keys() if step.form else set()
    if step.form or any(seat.name != "clock" for seat in step.who.seats):
        for name in sorted(wanted - asked):
            yield f"reads {name!r}, which its form does not ask for"
