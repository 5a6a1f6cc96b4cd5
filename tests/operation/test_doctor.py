"""The doctor finds what is wrong, says it in words, and never stumbles over it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import create_engine, text

from tests.cases import world
from tests.cases.conftest import MONDAY
from tests.jobs.mail_server import mail_server
from tests.jobs.redis_server import redis_url as redis_url
from tests.jobs.working import listening
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import Opening
from workflow_app.incidents import Trouble, report, solved
from workflow_app.models.following import MAILS, SITE
from workflow_app.operation import doctor
from workflow_app.operation.doctor import Finding, Installation, examine


@pytest.fixture
def here(cases, tmp_path) -> Installation:
    return Installation(cases.store.engine, "", "", tmp_path, Calendar(), secret="s" * 32)


def found(here: Installation) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(here)}


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address that is taken, and at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def test_what_is_well_is_said_to_be_well(here):
    well = found(here)
    ill = {name for name, finding in well.items() if not finding.is_well}
    assert ill == {"redis", "workers", "clock"}  # it is 2026 here
    assert "answers" in well["database"].words
    assert "kept in the database" in well["mail server"].words
    assert "Europe/Berlin, Land SH, 10 holidays this year, the next on 2026-04-03" in well["calendar"].words


def test_clocks_that_agree_and_clocks_that_do_not(here, monkeypatch):
    theirs = doctor._moment_of(here.engine)
    monkeypatch.setattr(doctor, "_moment_of", lambda _engine: theirs)  # however long it takes to look
    with clock.at(theirs + timedelta(seconds=2)):
        assert found(here)["clock"].is_well
    with clock.at(theirs - timedelta(minutes=3)):
        assert "180 s apart" in found(here)["clock"].words


def test_without_a_database_everything_else_is_looked_at_all_the_same(here, tmp_path):
    lost = replace(here, engine=create_engine(f"sqlite:///{tmp_path}/no/such/folder.sqlite3"))
    ill = found(lost)
    assert len(ill) == len(found(here))
    assert "DATABASE_URL" in ill["database"].mend
    assert ill["migrations"].mend == ill["waiting"].mend == "Mend the database first."
    assert ill["folder"].is_well


def test_a_proxy_that_is_not_believed_and_a_secret_that_can_be_guessed(here):
    behind = replace(here, address="https://teilhabe.town.example")
    assert "TEILHABE_PROXIES" in found(behind)["proxies"].mend
    assert found(replace(behind, proxies=1))["proxies"].is_well
    assert "openssl rand" in found(replace(here, secret="changeme"))["signing key"].mend


def test_a_database_that_was_not_migrated(here):
    with here.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    ill = found(here)["migrations"]
    assert "at 0001" in ill.words
    assert "database prepare" in ill.mend


def test_redis_and_mail_server_that_do_not_answer(here, nobody):
    ill = found(replace(here, redis_url=f"redis://{nobody}/0", smtp=f"smtp://user:secret@{nobody}"))
    assert ill["redis"].words == "does not answer"
    assert ill["mail server"].words == "does not answer (ConnectionRefusedError)"
    assert "secret" not in str(ill)
    assert not found(replace(here, smtp="http://localhost"))["mail server"].is_well


def test_a_queue_to_which_nobody_listens_is_named_and_how_to_start_a_worker(here, redis_url):
    here = replace(here, redis_url=redis_url)
    ill = found(here)["workers"]
    assert ill.words == "nobody carries notices and mails"
    assert "workflow_app worker, and flask --app workflow_app worker --mails" in ill.mend
    with Redis.from_url(redis_url) as connection:
        listening(SITE, connection)
        assert found(here)["workers"].words == "nobody carries mails"
        mails = listening(MAILS, connection)
        assert found(here)["workers"] == Finding("workers", "1 for notices, 1 for mails")
        connection.delete(mails.key)  # as it happens some minutes after it was killed
        assert found(here)["workers"].words == "nobody carries mails"


def test_a_mail_server_is_greeted_and_gets_no_mail(here):
    with mail_server() as box:
        assert found(replace(here, smtp=f"smtp://127.0.0.1:{box.port}"))["mail server"].is_well
        assert (box.mails, box.signed_in) == ([], [])


def test_a_folder_that_is_not_there(here, tmp_path):
    ill = found(replace(here, folder=Path(tmp_path / "nowhere")))["folder"]
    assert "cannot be written to (No such file or directory)" in ill.words


def test_a_year_without_known_holidays(here):
    with clock.at(MONDAY.replace(year=2098)):
        assert "newer version" in found(here)["calendar"].mend


def test_work_that_is_late_and_work_that_was_given_up(here, cases):
    case_id = cases.open_case("request", Opening("A path", {}, world.PARTS), world.ADA).case_id
    cases.act(case_id, "file", world.ADA)
    assert found(here)["work"].is_well
    with clock.at(MONDAY + timedelta(minutes=6)):
        late = found(here)["work"]
    assert late.words == "something should have been done at 2026-03-02T09:00+00:00 (notices)"
    assert "scheduler" in late.mend
    with here.engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET state = 'dead'"))
    assert found(here)["work"].words == "2 messages were given up"


def test_incidents_that_wait_are_bad_until_somebody_has_decided(here):
    with here.engine.begin() as connection:
        troubles = [Trouble("job", f"job:{name}", "OSError") for name in ("relay", "figures")]
        report(connection, [*troubles, Trouble("clock", "clock", "jumped")])
    ill = found(here)["work"]
    assert ill.words == "3 incidents wait for somebody (job 2, clock 1)"
    assert "incidents list" in ill.mend
    with here.engine.begin() as connection:
        solved(connection, ["job:relay", "job:figures", "clock"])
    assert found(here)["work"].is_well


def test_the_command_prints_a_line_for_each_and_fails_if_one_is_bad(app):
    ran = app.test_cli_runner().invoke(args=["doctor"])
    lines = ran.output.splitlines()
    assert ran.exit_code == 1
    assert "ok  database: sqlite answers" in lines
    assert "BAD redis: REDIS_URL is not set, and without Redis no mail and no notice goes out" in lines
    assert sum(line.startswith(("ok  ", "BAD ")) for line in lines) == 12
