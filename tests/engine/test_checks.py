"""A process that contradicts itself does not start, and is told where to mend it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from workflow_app.engine.calendar import days, weeks
from workflow_app.engine.checks import check, check_all
from workflow_app.engine.definition import (
    NOBODY,
    Child,
    Deadline,
    Fire,
    Link,
    Notice,
    Process,
    Setting,
    State,
    Step,
    clock_party,
    everyone,
    majority,
    party,
    possible,
)
from workflow_app.engine.errors import DefinitionError

board = party("board", "Board")
draft = State("draft", "Draft", seen_by=board)
done = State("done", "Done", seen_by=board, final=True)
go = Step("go", "Go", draft, done, who=board, past="%(actor)s went.")
good = Process("good", "Good", "Goods", 1, "", draft, (draft, done), (go,))


def test_a_sound_process_passes():
    assert check(good) is good


def test_a_warning_that_names_whom_it_is_for_is_sound_where_the_case_waits_for_nobody():
    warns = Deadline("d", "D", (draft,), Setting("s", weeks(1)), warn=(days(1),), warns=board)
    process = replace(good, steps=(replace(go, kind=possible),), deadlines=(warns,))
    assert check(process) is process


lost = State("lost", "Lost", seen_by=board)
blind = State("blind", "Blind", final=True)
IN_TWO_PLACES = Child("good", lambda c, d, f: (), "Another", beside=True, beside_parent=True)
FAULTS = [
    (replace(good, states=(draft, done, lost)), "state 'lost' cannot be reached"),
    (replace(good, states=(draft, done, lost), steps=(go, replace(go, name="x", target=lost))), "'lost' is a dead end"),
    (replace(good, states=(draft, blind), steps=(replace(go, target=blind),)), "state 'blind': seen_by is missing"),
    (replace(good, states=(draft,)), "state 'done' is used by a step but missing"),
    (replace(good, steps=(replace(go, who=NOBODY),)), "step 'go': who is missing"),
    (replace(good, steps=(replace(go, past=""),)), "step 'go': past is missing"),
    (replace(good, steps=(go, go)), "step 'go' is there 2 times"),
    (replace(good, steps=(replace(go, name="Go!"),)), "step 'Go!': use small letters"),
    (
        replace(good, steps=(go, replace(go, name="on", source=done, target=draft))),
        "state 'done' is final, but step 'on'",
    ),
    (replace(good, number_at="nowhere", number_prefix="X"), "number_at='nowhere'"),
    (replace(good, number_at=("go", "nowhere"), number_prefix="X"), "number_at='nowhere'"),
    (replace(good, number_at="go"), "gives numbers but has no number_prefix"),
    (replace(good, number_at=("open",)), "gives numbers but has no number_prefix"),
    (replace(good, steps=(replace(go, links=(Link("cousin", "into"),)),)), "links as 'cousin', which is not one of"),
    (
        replace(good, steps=(replace(go, links=(Link("merged_into", "into"),), hands=majority),)),
        "each hand could name another case",
    ),
    (replace(good, steps=(replace(go, fires=(Fire("cousin", "good", "go", "Go"),)),)), "fires at 'cousin'"),
    (
        replace(good, steps=(replace(go, fires=(Fire("child", "good", "go", "Go", opened="into"),)),)),
        "which case it has opened, but it opens none",
    ),
    (
        replace(good, steps=(replace(go, fires=(Fire("opened", "good", "go", "Go"),)),)),
        "fires 'go' at what it opens, but it opens no 'good'",
    ),
    (
        replace(good, steps=(replace(go, opens=(IN_TWO_PLACES,)),)),
        "opens 'good' in two places",
    ),
    (
        replace(good, steps=(replace(go, kind=possible),),
                deadlines=(Deadline("d", "D", (draft,), Setting("s", weeks(1)), warn=(days(1),)),)),
        "warns in 'draft', where the case waits for nobody",
    ),
    (replace(good, steps=(replace(go, who=everyone, hands=majority),)), "has no body to count"),
    (replace(good, steps=(replace(go, tell=(Notice("n", NOBODY, "x"),)),)), "notice 'n' has nobody to tell"),
    (replace(good, deadlines=(Deadline("d", "D", (draft,), Setting("s", weeks(1)), then="x"),)), "then='x'"),
    (
        replace(good, deadlines=(Deadline("d", "D", (draft,), Setting("s", weeks(1)), then="go"),)),
        "must include the clock",
    ),
    (replace(good, deadlines=(Deadline("d", "D", (), Setting("s", weeks(1))),)), "during is missing"),
    (replace(good, deadlines=(Deadline("d", "D", (draft,)),)), "give a length, every or a field"),
    (replace(good, deadlines=(Deadline("d", "D", (draft,), Setting("s", 4)),)), "must be a period"),
    (
        replace(good, steps=(replace(go, who=board | clock_party),),
                deadlines=(Deadline("d", "D", (draft, done), Setting("s", days(1)), then="go"),)),
        "may end in 'done', where 'go' is not possible",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("process", "told"), FAULTS, ids=[told for _p, told in FAULTS])
def test_every_fault_names_the_process_and_the_line(process, told):
    with pytest.raises(DefinitionError) as fault:
        check(process)
    assert "process 'good'" in str(fault.value)
    assert told in str(fault.value)


def test_processes_may_only_speak_of_each_other_as_they_are():
    opens = replace(good, steps=(replace(go, opens=(Child("gone", lambda c, d, f: (), "Gone"),)),))
    fires = replace(good, steps=(replace(go, fires=(Fire("child", "good", "fly", "Fly"),)),))
    by_board = replace(good, steps=(replace(go, fires=(Fire("child", "good", "go", "Go"),)),))
    child = Child("good", lambda c, d, f: (), "Another")
    deaf = Fire("child", "good", "go", "Go", opened="into")
    tells = replace(good, steps=(replace(go, who=board | clock_party, opens=(child,), fires=(deaf,)),))
    for process, told in (
        (opens, "opens 'gone'"),
        (fires, "fires 'fly'"),
        (by_board, "must include the clock"),
        (tells, "a case in 'into', which links with nothing there"),
    ):
        with pytest.raises(DefinitionError, match=told):
            check_all((process,))
