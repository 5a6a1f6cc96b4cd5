"""The disk of the database is full, for SQLite and for PostgreSQL."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from .browser import Answer, Browser
from .disks import Disk, disk
from .installation import Installation, installation
from .looking import faults
from .outcome import Outcome, counted
from .programs import children_of
from .scale import Scale
from .town import FIRST_MEMBER
from .waiting import until

FAULT, STEP = "disk_full", "note_progress"
SIZE = {"postgresql": 200, "sqlite": 30}
"""Megabytes; enough for the database and its log before it is filled."""
MOST = 600
"""So many notes never fit where there is no space."""
PAGES = ("/cases/{case}", "/cases", "/desk", "/search?text=ramp")
REFUSED = (503, 507)


def disk_full(scale: Scale) -> Outcome:
    """Writing is refused in words with what was written kept in the page, reading works, everything goes on
    by itself when there is space, and what was acknowledged is there."""
    found = Outcome(FAULT)
    for kind in ("sqlite", "postgresql"):
        found += _on_a_small_disk(kind, scale.of(1, 8))
    return found


def _on_a_small_disk(kind: str, times: int) -> Outcome:
    places: list[Installation] = []
    with (
        tempfile.TemporaryDirectory(prefix="teilhabe-chaos-disk-") as name,
        disk(Path(name), SIZE[kind], lambda: _writers(places)) as where,
        installation(kind, settings=("autovacuum=off",), place=lambda _home: where.folder) as place,
    ):
        places.append(place)
        return _lived_through(place, where, times)


def _writers(places: Iterable[Installation]) -> list[int]:
    """All processes that write the database's files."""
    found = []
    for place in places:
        if place.postgres:
            found += [place.postgres.pid, *children_of(place.postgres.pid)]
        else:
            found += [pid for program in place.programs for pid in program.family()]
    return found


def _lived_through(place: Installation, where: Disk, times: int) -> Outcome:
    place.web()
    place.worker()
    place.scheduler()
    browser, broken, kept, recovery = place.browser(FIRST_MEMBER), [], [], 0.0
    cases = place.town.tasks(times + 1)
    for case in cases[:times]:
        kept += [_noted(browser, case) for _n in range(3)]
        _room_for_the_log(place)
        where.fill()
        refused = _until_refused(browser, case, kept)
        broken += _said_badly(refused, place) + _read_badly(browser, case)
        where.free()
        began = time.monotonic()
        until("what was kept in the page is taken", partial(_sent_again, browser, case, refused))
        kept.append((case, refused.fields["text"]))
        recovery = max(recovery, time.monotonic() - began)
    kept.append(_noted(browser, cases[-1]))
    place.settled(hurry=True)
    broken += [f"the {one.name} died: {one.last_words(3)}" for one in place.programs if not one.is_running]
    return counted(
        FAULT, kept, _notes(place), recovery, notes=[f"{place.kind}: {where.how}; {len(kept)} notes"],
        broken=[*broken, *faults(place.engine)],
    )  # fmt: skip


def _room_for_the_log(place: Installation) -> None:
    """PostgreSQL begins a new file of its log while there is space: where it needs one and there is none, it
    stops and starts again (that it lives through that is another fault)."""
    if place.postgres:
        with place.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SELECT pg_switch_wal()")
            connection.exec_driver_sql("CHECKPOINT")


def _noted(browser: Browser, case: int) -> tuple[int, str]:
    """A note that must be taken."""
    text, answer = _note(browser, case)
    if not answer.is_done:
        raise RuntimeError(f"a note was not taken: {answer.status}")
    return case, text


def _note(browser: Browser, case: int) -> tuple[str, Answer]:
    """Write as much as fits into the form, different each time so that it cannot be packed."""
    text = secrets.token_hex(990)
    return text, browser.send(case, STEP, browser.form(case, STEP), text=text, percent="50")


def _until_refused(browser: Browser, case: int, kept: list[tuple[int, str]]) -> Answer:
    """Write until there is no space any more; what was acknowledged on the way is added to `kept`."""
    for _n in range(MOST):
        text, answer = _note(browser, case)
        if not answer.is_done:
            return answer
        kept.append((case, text))
    raise RuntimeError("the disk does not get full")


def _said_badly(answer: Answer, place: Installation) -> list[str]:
    """What is wrong with the page on which writing was refused."""
    found = []
    if answer.status not in REFUSED or not answer.in_words:
        found.append(f"{place.kind}: writing was answered {answer.status}: {answer.text[:200]}")
    if len(answer.fields.get("text", "")) != 1980:
        found.append(f"{place.kind}: what was written is not in the page any more")
    return found


def _read_badly(browser: Browser, case: int) -> list[str]:
    """Pages that cannot be read though nothing has to be written for them."""
    answers = {page: browser.get(page.format(case=case)).status for page in PAGES}
    return [f"reading {page} was answered {status}" for page, status in answers.items() if status != 200]


def _sent_again(browser: Browser, case: int, refused: Answer) -> bool:
    """One click on the page on which it was refused."""
    return browser.post(f"/cases/{case}/steps/{STEP}", **refused.fields).is_done


def _notes(place: Installation) -> list[tuple[int, str]]:
    """Every note that the cases hold."""
    with place.town.cases.store.reading() as tx:
        ids = [row[0] for row in tx.rows("SELECT id FROM cases ORDER BY id")]
        return [(case, note["text"]) for case in ids for note in tx.take(case).snapshot.data.get("progress", ())]
