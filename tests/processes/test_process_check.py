"""`flask processes check`: what the engine cannot know of a process and its forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from flask import Flask

from workflow_app import process_check
from workflow_app.engine.definition import (
    Assign,
    Deadline,
    Extension,
    Link,
    Notice,
    Process,
    State,
    Step,
    clock_party,
    party,
)
from workflow_app.forms.base import Form, NoteForm, Row, rows
from workflow_app.forms.fields import IdField, LineField, OneOfField, TextField

office = party("office", "Coordination office")
draft = State("draft", "Drafted", seen_by=office)
done = State("done", "Done", seen_by=office, final=True)
go = Step("go", "Publish", draft, done, who=office, past="%(actor)s published the concept.")
sound = Process("sound", "Concept", "Concepts", 1, "", draft, (draft, done), (go,))


def faults(app: Flask, form: type[Form], **more: Any) -> list[str]:
    with app.app_context():
        step = replace(go, form=form, **more)
        return process_check.faults(app, (replace(sound, steps=(step,)),))


def test_the_processes_of_this_application_are_complete(app: Flask) -> None:
    with app.app_context():
        assert process_check.faults(app) == []


def test_a_sound_form_has_no_faults(app: Flask) -> None:
    assert faults(app, NoteForm) == []


class Words(Form):
    """Texts that nobody has translated."""

    name = LineField("Never translated label", description="Never translated hint")
    kind = OneOfField("Kind", {"a": "Never translated choice"})
    several = rows(type("OneRow", (Row,), {"inner": TextField("Never translated row")}), "Several", 2)


def test_every_text_of_a_form_is_translated(app: Flask) -> None:
    told = "\n".join(faults(app, Words))
    for text in ("label", "hint", "choice", "row"):
        assert f"process 'sound': no de translation of 'Never translated {text}'" in told


class Wants(Form):
    """Choices from the database."""

    wants: ClassVar = {"one": "organizations:AG"}

    one = IdField("Kind")


def wanting(**wants: str) -> type[Form]:
    return type("Wants", (Wants,), {"wants": wants})


def test_what_a_form_offers_can_be_found_by_a_page(app: Flask) -> None:
    assert faults(app, Wants) == []
    for kind in ("people", "measures", "concepts", "red", "holders:office", "organizations", "kin:measure"):
        assert faults(app, wanting(one=kind)) == []
    for kind in ("towns", "people:old", "", "red:1"):
        assert f"'one' wants {kind!r}, which no page can offer" in "\n".join(faults(app, wanting(one=kind)))
    (told,) = faults(app, wanting(one="holders:mayor"))
    assert told.endswith("'one' wants the holders of 'mayor', which is no part of this process")
    (told,) = faults(app, wanting(one="kin:journey"))
    assert told.endswith("'one' wants cases of 'journey', which is no process")


def test_a_choice_must_have_something_to_choose_and_a_want_a_field(app: Flask) -> None:
    told = "\n".join(faults(app, wanting(other="people")))
    assert "step 'go': Wants: wants names 'other', which is no field to choose from" in told
    assert "'one' offers nothing to choose: say in wants what it offers" in told


def test_a_step_reads_what_its_form_asks_for(app: Flask) -> None:
    (told,) = faults(app, Wants, assigns=(Assign("office", "two"),))
    assert told == "process 'sound': step 'go': reads 'two', which its form does not ask for"
    assert faults(app, Wants, assigns=(Assign("office", "one"),)) == []
    (told,) = faults(app, Wants, links=(Link("about", "two"),))
    assert "reads 'two'" in told
    by_clock = replace(go, who=clock_party, links=(Link("about", "two"),))
    with app.app_context():
        assert process_check.faults(app, (replace(sound, steps=(by_clock,)),)) == []


def test_an_opening_part_is_asked_for_when_a_case_is_opened(app: Flask) -> None:
    with app.app_context():
        process = replace(sound, opening_form=Wants, opening_parts=("one", "two"))
        (told,) = process_check.faults(app, (process,))
    assert told == "process 'sound': opening_parts names 'two', which its opening_form does not ask for"


def test_a_second_extension_is_for_somebody(app: Flask) -> None:
    extension = Extension(office, NoteForm)
    deadline = Deadline("note", "Note it", sound.states[:1], field="day", extension=extension)
    with app.app_context():
        told = process_check.faults(app, (replace(sound, deadlines=(deadline,)),))
        assert "process 'sound': deadline 'note': again= is missing from its extension" in told
        same = replace(deadline, extension=replace(extension, again=office))
        told = process_check.faults(app, (replace(sound, deadlines=(same,)),))
        assert "process 'sound': deadline 'note': 'office' extends it once and again" in told
        mended = replace(deadline, extension=replace(extension, again=party("office_head", "Head")))
        told = process_check.faults(app, (replace(sound, deadlines=(mended,)),))
        assert not any("again" in fault for fault in told)


def test_a_notice_has_its_template(app: Flask) -> None:
    notice = Notice("gone", office, "Published: %(title)s", template="nowhere")
    (told,) = faults(app, NoteForm, tell=(notice,))
    assert told.endswith("notice 'gone' has no template mail/nowhere.txt")
