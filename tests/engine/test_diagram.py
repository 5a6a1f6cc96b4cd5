"""The drawing of a process: valid DOT, each state once, narrow enough for a phone, safe with any words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from html import unescape
from pathlib import Path
from unicodedata import category

import pytest
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

import workflow_app
from workflow_app.engine.definition import Branch, Process, State, Step, clock_party, party, possible
from workflow_app.engine.diagram import EDGE_WIDTH, LEGEND_WIDTH, WIDTH, dot, path
from workflow_app.processes import PROCESSES

PROGRAM = Path(sys.executable).parent / "graphviz-pure"
PHONE = 390  # CSS pixels; a drawing no wider than the screen is scrolled down, and sideways by its margins at most
board = party("board", "Board")


def drawn(text: str, form: str = "svg") -> str:
    """What the program makes of it; a mistake in the DOT text is an error here."""
    done = subprocess.run([PROGRAM, f"-T{form}"], input=text, capture_output=True, text=True, timeout=20, check=True)
    assert not [line for line in done.stderr.splitlines() if line and "value for width" not in line]
    return done.stdout


def boxes(text: str) -> dict[str, dict[str, str]]:
    """Every node by its name, as the program has understood it."""
    return {node["name"]: node for node in json.loads(drawn(text, "json")).get("objects", ()) if "shape" in node}


def states_drawn(text: str) -> list[str]:
    return [name for name, node in boxes(text).items() if node["shape"] == "box"]


def size(svg: str) -> tuple[int, int]:
    """Width and height in CSS pixels, of which four are three points."""
    found = re.search(r'<svg width="(\d+)pt" height="(\d+)pt"', svg)
    assert found
    return int(found[1]) * 4 // 3, int(found[2]) * 4 // 3


def words(svg: str) -> list[str]:
    return [" ".join(unescape(line).split()) for line in re.findall(r"<text[^>]*>(.*?)</text>", svg)]


@cache
def german() -> dict[str, str]:
    file = Path(workflow_app.__file__).parent / "translations" / "de" / "LC_MESSAGES" / "messages.po"
    with file.open("rb") as opened:
        return {str(m.id): str(m.string) for m in read_po(opened, locale="de") if m.id and m.string}


def in_german(text: str) -> str:
    return german().get(text, text)


def as_it_is(text: str) -> str:
    return text


# ------------------------------------------------------------------------- all processes


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: f"{process.name}-{process.version}")
@pytest.mark.parametrize("translate", [as_it_is, in_german], ids=["en", "de"])
def test_every_process_is_drawn_narrow_enough_for_a_phone(process, translate):
    svg = drawn(dot(process, translate))
    width, height = size(svg)
    assert width <= PHONE
    assert " style=" not in svg  # the pages allow no inline style
    assert height <= 100 * len(process.states)
    assert not [text for text in words(svg) if len(text) > max(WIDTH, EDGE_WIDTH, LEGEND_WIDTH)]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: f"{process.name}-{process.version}")
def test_every_state_is_one_box_and_they_stand_in_one_column(process):
    found = boxes(dot(process, as_it_is))
    column = {name: node["pos"].split(",") for name, node in found.items() if node["shape"] == "box"}
    assert sorted(column) == sorted(state.name for state in process.states)
    heights = [float(column[state.name][1]) for state in process.states]
    assert heights == sorted(set(heights), reverse=True)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: f"{process.name}-{process.version}")
def test_every_step_that_leads_on_is_told_in_words(process):
    told = visible("".join(words(drawn(dot(process, as_it_is)))))
    for step in process.all_steps:
        if any(target.name != source.name for source in step.sources for target in step.targets):
            assert visible(step.label) in told


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: f"{process.name}-{process.version}")
def test_every_way_through_a_process_is_an_arrow_between_boxes_or_a_short_one(process):
    arrows = {pair for pair, look in edges(dot(process, as_it_is)) if "invis" not in look}
    for step in process.all_steps:
        for source in step.sources:
            for target in step.targets:
                if source.name != target.name:
                    assert {(source.name, target.name), (f"to {target.name}", target.name)} & arrows


def edges(text: str) -> list[tuple[tuple[str, str], str]]:
    return [((a, b), look) for a, b, look in re.findall(r'^"([^"]+)" -> "([^"]+)" \[(.*)\];$', text, re.M)]


# ---------------------------------------------------------------------------- one process

draft = State("draft", "Draft", seen_by=board)
filed = State("filed", "Filed at the responsible department", seen_by=board)
heard = State("heard", "Heard", seen_by=board)
agreed = State("agreed", "Agreed", seen_by=board, final=True)
gone = State("gone", "Withdrawn", seen_by=board, final=True)


def step(name: str, source, target, **more) -> Step:
    return Step(name, name.replace("_", " ").capitalize(), source, target, **{"who": board, "past": "x", **more})


def process(*steps: Step, states: tuple[State, ...] = (draft, filed, heard, agreed, gone)) -> Process:
    return Process("motion", "Motion", "Motions", 1, "", states[0], states, steps)


WAY = (step("file", draft, filed), step("hear", filed, heard), step("agree", heard, agreed))
WITHDRAW = step("withdraw", (draft, filed, heard), gone, kind=possible)


def test_the_present_state_is_marked_the_first_outlined_and_the_last_ones_grey():
    found = boxes(dot(process(*WAY, WITHDRAW), as_it_is, marked="heard"))
    dark = [name for name, node in found.items() if node.get("fillcolor") == "#171a2b"]
    assert dark == ["heard"]
    assert found["heard"]["fontcolor"] == "#ffffff"
    assert found["draft"]["penwidth"] == "2"
    assert {name for name, node in found.items() if node.get("fillcolor") == "#e8eaed"} == {"agreed", "gone"}


def test_a_drawing_runs_from_top_to_bottom():
    graph = json.loads(drawn(dot(process(*WAY), as_it_is), "json"))
    assert graph["rankdir"] == "TB"


def test_a_step_to_the_next_box_is_written_out_and_another_one_has_a_number():
    svg = drawn(dot(process(*WAY, step("agree_at_once", draft, agreed)), as_it_is))
    assert {"File", "Hear", "Agree", "1", "1 Agree at once"} <= set(words(svg))


def test_a_possible_step_from_many_states_is_one_short_arrow():
    text = dot(process(*WAY[:2], WITHDRAW), as_it_is)
    to_gone = [pair for pair, look in edges(text) if pair[1] == "gone" and "invis" not in look]
    assert to_gone == [("to gone", "gone")]
    assert "1 Withdraw (from 3 states)" in words(drawn(text))
    assert sorted(states_drawn(text)) == ["agreed", "draft", "filed", "gone", "heard"]


def test_an_awaited_step_from_many_states_keeps_its_arrows():
    awaited = step("settle", (draft, filed, heard), gone)
    pairs = [pair for pair, look in edges(dot(process(*WAY, awaited), as_it_is)) if "invis" not in look]
    assert {("draft", "gone"), ("filed", "gone"), ("heard", "gone")} <= set(pairs)


def test_where_a_case_has_gone_its_very_arrow_is_drawn():
    text = dot(process(*WAY, WITHDRAW), as_it_is, trail=[("draft", "filed"), ("filed", "gone")])
    pairs = [pair for pair, look in edges(text) if "invis" not in look]
    assert ("filed", "gone") in pairs
    assert ("draft", "gone") not in pairs


def test_several_steps_between_two_states_share_one_arrow():
    more = (step("file_late", draft, filed), step("file_again", draft, filed), step("fetch", filed, draft))
    text = dot(process(*WAY, *more), as_it_is)
    assert [pair for pair, _look in edges(text)].count(("draft", "filed")) == 1
    assert {"File", "File late", "1", "1 File again", "2", "2 Fetch"} <= set(words(drawn(text)))


def test_who_takes_a_step_shows_in_its_line():
    by_clock = step("lapse", heard, gone, who=clock_party)
    maybe = step("give_up", filed, agreed, kind=possible)
    looks = dict(edges(dot(process(*WAY, by_clock, maybe), as_it_is)))
    assert "dotted" in looks["heard", "gone"]
    assert "dashed" in looks["filed", "agreed"]
    assert "style" not in looks["draft", "filed"]


def test_a_step_that_stays_is_no_arrow():
    note = step("note", (draft, filed), None, kind=possible)
    again = step("again", filed, filed)
    assert {a != b for (a, b), _look in edges(dot(process(*WAY, note, again), as_it_is))} == {True}


def test_a_told_history_without_a_step_is_a_grey_line_and_unknown_states_are_left_out():
    trail = [("draft", "heard"), ("heard", "heard"), ("heard", "idea_of_1998"), ("idea_of_1998", "gone")]
    text = dot(process(*WAY), as_it_is, trail=trail)
    looks = dict(edges(text))
    assert "dotted" in looks["draft", "heard"]
    assert "label" not in looks["draft", "heard"]
    assert "idea_of_1998" not in text


def test_the_drawing_of_a_case_has_where_it_was_and_what_comes_next():
    whole = process(*WAY, WITHDRAW, step("decide", filed, Branch((agreed, gone), lambda case, data, facts: agreed)))
    only = path(whole, {"draft", "unknown"}, "filed")
    assert only == {"draft", "filed", "heard", "agreed", "gone"}
    assert path(whole, {"draft"}, "heard") == {"draft", "heard", "agreed"}
    text = dot(whole, as_it_is, marked="heard", only=path(whole, {"draft"}, "heard"), trail=[("draft", "heard")])
    assert states_drawn(text) == ["draft", "heard", "agreed"]


def test_long_labels_are_wrapped():
    found = boxes(dot(process(*WAY), as_it_is))
    assert found["filed"]["label"] == "Filed at the\\nresponsible\\ndepartment"


# ------------------------------------------------------------------------------ any words

HOSTILE = st.text(
    st.one_of(st.sampled_from('"\\<>&;{}[]|\n\r\t\0\x1b\u2028\ud800#l'), st.characters()), max_size=90
)  # fmt: skip


@given(HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=60)
def test_no_words_break_the_drawing_or_draw_anything_of_their_own(state_label, near, far):
    states = (State("one", state_label, seen_by=board), heard, agreed)
    steps = (
        Step("near", near, states[0], heard, board, "x"),
        Step("far", far, states[0], agreed, board, "x"),
        Step("on", "On", heard, agreed, board, "x"),
    )
    svg = drawn(dot(process(*steps, states=states), as_it_is, marked="one"))
    assert svg.count('class="node"') == 3
    assert svg.count('class="edge"') == 3
    said = visible("".join(words(svg)))
    assert all(visible(label) in said for label in (state_label, near, far))


def visible(text: str) -> str:
    """What of a text can be seen: no blanks, control characters, halves of characters or what is no character."""
    return "".join(c for c in text if category(c) not in ("Cc", "Cs", "Cn", "Zs", "Zl", "Zp"))


@pytest.mark.parametrize(
    "label", ['say "no"', "back\\slash", 'ends with \\"', "R&D &lt;b&gt;", "<b>bold</b>", "\\N \\G \\l", "x\\", ""]
)
def test_quotes_backslashes_and_entities_are_shown_as_they_are(label):
    states = (State("one", label, seen_by=board), agreed)
    svg = drawn(dot(process(Step("go", label, states[0], agreed, board, "x"), states=states), as_it_is))
    assert sorted(text for text in words(svg) if text) == sorted(["Agreed", label, label] if label else ["Agreed"])
