"""Processes for the tests of the case store: a request that opens tasks and can be replaced."""

from __future__ import annotations

from workflow_app.engine.calendar import days, weeks
from workflow_app.engine.checks import check_all
from workflow_app.engine.definition import (
    Actor,
    Assign,
    Changes,
    Child,
    Deadline,
    Field,
    Fire,
    Holder,
    Notice,
    Opening,
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

board, office = party("board", "Board"), party("office", "Office")
ADA = Actor(1, frozenset({"person:1", "member@1", "account", "public"}))
BEN = Actor(2, frozenset({"person:2", "member@1", "account", "public"}))
CEM = Actor(3, frozenset({"person:3", "member@1", "account", "public"}))
DORA = Actor(4, frozenset({"person:4", "member@2", "account", "public"}))
PARTS = {"board": (Holder(organization=1),), "office": (Holder(organization=2),)}

draft = State("draft", "Draft", seen_by=board)
filed = State("filed", "Filed", seen_by=board | office)
agreed = State("agreed", "Agreed", seen_by=everyone)
done = State("done", "Done", seen_by=everyone, final=True)
gone = State("gone", "Gone", seen_by=everyone, final=True)


def tasks(case, data, facts):
    return tuple(Opening(title, {"n": n}, case.parts) for n, title in enumerate(data.get("tasks", ())))


def kept(case, data, facts):
    return Changes(set={k: v for k, v in data.items() if k != "tasks"}, title=data.get("title"))


request = Process(
    "request", "Request", "Requests", 1, "For tests.", draft, (draft, filed, agreed, done, gone),
    (
        Step("file", "File", draft, filed, who=board, past="%(actor)s filed it.", writes=kept,
             tell=(Notice("filed", to=office, subject="Filed: %(title)s"),
                   Notice("yours", to=board, subject="Yours: %(title)s")),
             opens=(Child("task", tasks, "Tasks"),), assigns=(Assign("office", "department"),)),
        Step("agree", "Agree", filed, agreed, who=board, past="%(actor)s agreed.", hands=majority,
             fires=(Fire("predecessor", "request", "replace", "Replaces"),
                    Fire("child", "task", "begin", "Begins", where=lambda case, data, kin: kin.data["n"] < 2))),
        Step("back", "Back", filed, draft, who=office, past="%(actor)s sent it back."),
        Step("note", "Note", (draft, filed, agreed), None, who=board | office, past="%(actor)s noted.", kind=possible,
             writes=lambda case, data, facts: Changes(add={"notes": data["text"]})),
        Step("finish", "Finish", agreed, done, who=office, past="%(actor)s finished."),
        Step("lapse", "Lapse", filed, gone, who=clock_party, past="It lapsed."),
        Step("replace", "Replace", agreed, gone, who=clock_party, past="It was replaced."),
    ),
    deadlines=(Deadline("decision", "Decision", (filed,), Setting("decision", weeks(2)), warn=(days(7), days(2)),
                        escalate=office, then="lapse"),
               Deadline("doing", "Doing", (agreed,), Setting("doing", weeks(1)), escalate=office)),
    fields=(Field("why", "Reason"), Field("office", "Office", kind="organizations"),
            Field("notes", "Notes", seen_by=board), Field("light", "Light", kind="light")),
    number_at="file", number_prefix="RQ", opened_by=board,
)  # fmt: skip

waiting = State("waiting", "Waiting", seen_by=board)
running = State("running", "Running", seen_by=everyone)
over = State("over", "Over", seen_by=everyone, final=True)
task = Process(
    "task", "Task", "Tasks", 1, "For tests.", waiting, (waiting, running, over),
    (
        Step("begin", "Begin", waiting, running, who=clock_party | office, past="It began."),
        Step("end", "End", running, over, who=office, past="%(actor)s ended it."),
    ),
    opened_by=office,
)  # fmt: skip

PROCESSES = check_all((request, task))
