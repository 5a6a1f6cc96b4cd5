"""The benchmarks run, their figures are complete, and what they compare is the same. No time is judged here."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from benchmarks import act, copies, deadlines, demo, filling, idle, lines, memory, outbox, pages, pragmas, report
from benchmarks.__main__ import main
from benchmarks.cycle import REGISTRY
from benchmarks.databases import address
from benchmarks.floor import open_floor
from workflow_app import database
from workflow_app.cases import Cases, Store
from workflow_app.cases.replay import verify
from workflow_app.database import new_engine
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.models import Base
from workflow_app.processes import REGISTRY as PROCESSES

# What cannot be the same for two cases: who they are, when it was, and what is worked out from that.
OWN = {"id", "case_id", "at", "key", "digest", "previous_hash", "hash", "salt", "opened_at", "changed_at", "run_at"}


def rows_of(engine: Engine, case_id: int) -> dict[str, list[dict[str, Any]]]:
    """All rows of a case, table by table, without what is its own."""
    found: dict[str, list[dict[str, Any]]] = {}
    with engine.connect() as connection:
        for name, table in Base.metadata.tables.items():
            mine = "id" if name == "cases" else "case_id"
            if mine in table.columns:
                rows = connection.execute(text(f"SELECT * FROM {name} WHERE {mine} = {case_id}")).mappings()
                found[name] = sorted(
                    ({c: _same(c, v, case_id) for c, v in row.items() if c not in OWN} for row in rows), key=str
                )
    return found


def _same(column: str, value: Any, case_id: int) -> Any:
    if column == "dedupe_key":
        return value.removeprefix(f"{case_id}:")
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


@pytest.fixture
def one_day() -> Iterator[None]:
    """It is the same day from the first step to the last, also at midnight: due days are worked out from it."""
    with clock.at(lines.BEGAN):
        yield


@pytest.mark.parametrize("rounds", [1, 2, 3, 7])
def test_the_floor_writes_exactly_the_rows_that_act_writes(db_url, engine, one_day, rounds):
    mine, theirs = act.people_and_cases(engine, 2)
    begun = rows_of(engine, mine)
    legs = act.legs(engine.dialect.name)
    with act.open_act(db_url, None) as take, open_floor(address(db_url), legs) as floor:
        for n in range(rounds):
            take(mine, n % 3, f"mine-{n}")
            floor(theirs, n % 3, f"theirs-{n}")
    written = rows_of(engine, mine)
    assert written == rows_of(engine, theirs)
    assert written != begun
    assert {name: len(rows) for name, rows in written.items() if name in ("case_events", "outbox")} == {
        "case_events": 1 + rounds, "outbox": 2 * rounds}  # fmt: skip


@pytest.mark.parametrize("line", lines.LINES, ids=lambda line: line.process)
def test_the_floor_writes_exactly_the_rows_of_a_real_way(db_url, engine, one_day, line):
    mine, theirs = lines.brought_in(engine, line, 2)
    legs = lines.legs(db_url, line)
    with lines.open_line(db_url, line) as take, open_floor(address(db_url), legs) as floor:
        for n in range(len(line.steps)):
            take(mine, n, f"mine-{n}")
            floor(theirs, n, f"theirs-{n}")
    written = rows_of(engine, mine)
    assert written == rows_of(engine, theirs)
    assert [row["step"] for row in sorted(written["case_events"], key=lambda row: row["seq"])][1:] == [
        step for step, _data in line.steps
    ]


def test_the_raw_side_writes_exactly_the_rows_of_a_deadline_that_fires(db_url, engine, one_day):
    (mine,) = deadlines.fill(db_url, 1)
    with deadlines.open_sweep(db_url, None) as sweep:
        sweep(mine, 0, "")
    swept = rows_of(engine, mine)
    fired = deadlines.fired(db_url)
    (other,) = deadlines.fill(db_url, 1)
    with deadlines.open_raw(address(db_url), fired) as raw:
        raw(other, 0, "")
    assert without_their_numbers(swept) == without_their_numbers(rows_of(engine, other))
    assert [row["step"] for row in swept["case_events"]].count("lapse") == 1
    assert {name: len(rows) for name, rows in swept.items() if name in ("outbox", "due_dates")} == {
        "outbox": 3, "due_dates": 1}  # fmt: skip


def without_their_numbers(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """What is told of a deadline is told under the number of its row."""
    keys = [{**row, "dedupe_key": row["dedupe_key"].split(":")[-1]} for row in rows["outbox"]]
    return {**rows, "outbox": keys}


def test_the_sweep_is_measured_beside_the_plain_rows():
    figures = {line["side"]: line for line in deadlines.run(("sqlite",), pairs=2, each=5)}
    assert (figures["sweep"]["steps"], figures["raw"]["steps"]) == (10, 10)
    assert figures["ratio"]["ratio"] > 0


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_an_idle_scheduler_asks_fewer_than_two_things_a_second(kind):
    (line,) = idle.run((kind,), seconds=300)
    assert 0 < line["statements"] < 2 * 300


@pytest.mark.postgresql
def test_both_sides_take_turns_and_are_measured(postgres):
    with postgres.fresh_url() as url:
        figures = act.compare(url, "postgresql", clients=2, pairs=2, seconds=0.05, n=4)
        engine = new_engine(url)
        cases = Cases(Store(engine, Calendar()), REGISTRY)
        with cases.store.reading() as tx:
            mine = [row[0] for row in tx.rows("SELECT id FROM cases ORDER BY id LIMIT 4")]
            assert [finding.faults for finding in verify(REGISTRY, tx, mine)] == [()] * 4
        engine.dispose()
    sides = {line["side"]: line for line in figures}
    for name in ("act", "floor"):
        assert sides[name]["steps"] > 0
        assert 0 < sides[name]["p50_us"] <= sides[name]["p99_us"]
        assert min(sides[name][value] for value in ("per_second", "cpu_us", "memory_mb")) > 0
    assert sides["act"]["memory_mb"] > sides["floor"]["memory_mb"]  # the floor has no application in it
    assert sides["ratio"]["pairs"] == 2
    assert sides["ratio"]["ratio_worst"] <= sides["ratio"]["ratio"] <= sides["ratio"]["ratio_best"]


def test_the_floor_is_as_durable_as_the_application():
    assert [pragma.replace("=", " = ") for pragma in pragmas.PRAGMAS] == list(database.PRAGMAS)


@pytest.fixture(scope="module")
def pattern(demo_database: Path) -> copies.Pattern:
    return copies.read_pattern(demo_database, pages.STAFF)


def test_copied_cases_are_what_their_histories_say(pattern, db_url, engine):
    count = filling.fill(address(db_url), pattern, pattern.size * 2 + 1)
    assert count == pattern.size * 3
    cases = Cases(Store(engine, Calendar()), PROCESSES)
    with cases.store.reading() as tx:
        ids = [row[0] for row in tx.rows("SELECT id FROM cases ORDER BY id")]
        assert len(ids) == count
        assert [finding for finding in verify(PROCESSES, tx, ids) if finding.faults] == []


def test_copies_have_their_own_people_and_one_office(pattern, sqlite_url):
    filling.fill(address(sqlite_url), pattern, pattern.size * 3)
    with closing(sqlite3.connect(address(sqlite_url))) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        count = dict(connection.execute("SELECT principal, count(*) FROM case_readers GROUP BY 1"))
    office = min(pattern.shared)
    original = [row["principal"] for row in pattern.rows["case_readers"]]
    assert count[f"member@{office}"] == 3 * original.count(f"member@{office}") > pattern.size
    assert count["member@36"] == original.count("member@36") > 0


def test_pages_are_measured_in_both_sizes(demo_database, pattern):
    figures = pages.run(demo_database, ("sqlite",), (pattern.size, pattern.size * 2), rounds=1)
    small, large = pattern.size, pattern.size * 2
    for line in figures:
        assert line["queries"] > 0
        assert min(line[f"{share}_ms_{size}"] for share in ("p50", "p95") for size in (small, large)) > 0
        assert line["growth"] > 0
    asked = {(line["viewer"], line["what"], line["how"]) for line in figures}
    for viewer in ("member", "staff"):
        for what in (
            "case",
            "list",
            "list open",
            "list process",
            "list state",
            "list search",
            "search common",
            "next page",
        ):
            assert {(viewer, what, "page"), (viewer, what, "query")} <= asked
        assert {(viewer, "desk", "page"), (viewer, "inbox", "query")} <= asked
    for viewer in ("staff", "clerk"):
        for what in ("dashboard", "dashboard process", "dashboard own unit", "overdue", "open cases", "own steps"):
            assert (viewer, what, "page") in asked
    assert ("scheduler", "count figures", "job") in asked
    assert {line["more_queries"] for line in figures if line["how"] != "job"} <= {0, 1}


def test_the_demonstration_is_loaded_and_counted():
    (line,) = demo.run(("sqlite",), times=1)
    assert line["seconds"] > 0
    assert line["cases"] > 50
    assert line["case_events"] > line["cases"]


def test_the_outbox_is_measured_beside_bare_rq():
    *sides, notices = outbox.run(("sqlite",), pairs=1, much=10, few=2, notices=5)
    assert [line["worker"] for line in sides] == ["forked", "inside"]
    for line in sides:
        assert line["ratio"] == pytest.approx(line["ours_per_s"] / line["bare_per_s"], rel=0.2)
        assert 0 < line["ours_p50_ms"] <= line["ours_p99_ms"]
        assert 0 < line["bare_p50_ms"] <= line["bare_p99_ms"]
    assert (notices["notices"], notices["notices_per_s"] > 0) == (5, True)


@pytest.mark.skipif(not memory.PROC.is_dir(), reason="this system has no /proc")
def test_the_memory_of_every_process_is_measured(demo_database):
    figures = {line["part"]: line for line in memory.run(rounds=1, rest=0, database=demo_database)}
    assert {"supervisor", "web", "worker", "mailer", "scheduler", "queue"} == set(figures)
    for line in figures.values():
        assert 0 < line["rss_mb"] <= line["highest_mb"]
        assert line["pss_mb"] > 0


@pytest.mark.skipif(not memory.PROC.is_dir(), reason="this system has no /proc")
def test_a_process_that_has_just_ended_is_no_part_of_an_installation():
    """A fork of a worker that is through with its job, for as long as the worker has not noticed it."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
        assert (memory.PROC / str(ended.pid)).exists()
        assert ended.pid not in memory.processes(os.getpid())
    assert memory.megabytes(ended.pid, "VmRSS") == 0


# ------------------------------------------------------------------------------- the command


def test_the_command_prints_a_table_and_writes_lines(tmp_path, capsys):
    assert main(["act", "--short", "--databases", "sqlite", "--results", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    (path,) = tmp_path.glob("*.jsonl")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(line["bench"], line["what"], line["database"], line["side"]) for line in lines] == [
        ("act", what, "sqlite", side)
        for what in ("cycle", "concept", "motion", "recommendation")
        for side in ("act", "floor", "ratio")
    ]
    assert all(word in printed for word in ("p99_us", "floor", "ratio", str(path)))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["dance"], "no such measure: dance"), (["--databases", "oracle"], "no such database: oracle"),
     (["--sizes", "many"], "invalid")],
)  # fmt: skip
def test_what_cannot_be_measured_is_said_in_words(capsys, arguments, told):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 5), (0.95, 10), (0.99, 10), (1.0, 10)])
def test_percentiles(share, value):
    assert report.percentile([3, 1, 2, 10, 9, 8, 4, 5, 6, 7], share) == value


def test_a_table_lines_up():
    rows: list[dict[str, Any]] = [{"bench": "x", "what": "inbox", "ms": 1.5}, {"bench": "x", "what": "a", "n": 12000}]
    assert report.table(rows).splitlines() == ["what    ms       n", "inbox  1.5       -", "a        -  12,000"]
