"""A case that everyone sees until it is kept among some, and what is wrong with a process that says so badly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workflow_app.engine.checks import check
from workflow_app.engine.definition import Assign, Holder, Process, State, Step, everyone_unless, party, possible
from workflow_app.engine.errors import DefinitionError
from workflow_app.engine.machine import readers

office, few = party("office", "Office"), party("few", "Those among whom it is kept")
open_to_all = everyone_unless("few", "Everyone, unless it is not public")
begun = State("begun", "Begun", seen_by=open_to_all | office | few)
done = State("done", "Done", seen_by=office, final=True)
keep = Step(
    "keep", "Keep", begun, None, office, "%(actor)s kept it.", kind=possible, assigns=(Assign("few", "few"),)
)  # fmt: skip
end = Step("end", "End", begun, done, office, "%(actor)s ended it.")
sound = Process("sound", "Sound", "Sounds", 1, "", begun, (begun, done), (keep, end))
OFFICE = {"office": (Holder(organization=1),)}


def test_everyone_sees_it_until_somebody_holds_the_part_and_again_when_nobody_does() -> None:
    assert readers(sound, "begun", OFFICE) == {"public", "member@1"}
    assert readers(sound, "begun", {**OFFICE, "few": (Holder(organization=2),)}) == {"member@1", "member@2"}
    assert readers(sound, "begun", {**OFFICE, "few": ()}) == {"public", "member@1"}


def test_the_part_belongs_to_the_process() -> None:
    assert sound.parts == {"office", "few"}


def test_what_is_kept_is_kept_by_a_step_and_not_from_those_who_hold_it() -> None:
    assert check(sound) is sound
    with pytest.raises(DefinitionError, match="unless 'few' is held, but no step assigns it"):
        check(replace(sound, steps=(replace(keep, assigns=()), end)))
    hidden = replace(begun, seen_by=open_to_all | office)
    steps = (replace(keep, source=hidden), replace(end, source=hidden))
    with pytest.raises(DefinitionError, match="those who hold 'few' would not see the case"):
        check(replace(sound, start=hidden, states=(hidden, done), steps=steps))


def test_a_child_may_have_the_part_from_its_parent() -> None:
    child = replace(sound, steps=(replace(keep, assigns=()), end), child_of=("parent",))
    assert check(child) is child
