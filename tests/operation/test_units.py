"""The units, the example of the settings and the command of the administrator say what is true."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import click
import pytest
from rq import Queue

import config
from supervisor.__main__ import application
from supervisor.instance import Address
from tests.operation.production import PYTHON, ROOT, SYSTEMD, command, example, unit
from workflow_app import serving
from workflow_app.jobs import limits
from workflow_app.jobs.kinds import KINDS
from workflow_app.models.following import MAILS, QUEUES, SITE, queue_of
from workflow_app.operation import queues
from workflow_app.settings import of_this_process

SERVICES = (
    "teilhabe-web.service", "teilhabe-worker@.service", "teilhabe-mailer@.service", "teilhabe-scheduler@.service",
)  # fmt: skip
UNITS = (*SERVICES, "teilhabe-web.socket", "teilhabe.target", "teilhabe-backup.service", "teilhabe-backup.timer")
LISTED = re.compile(r"^#?([A-Z_]+)='", re.MULTILINE)
PRODUCTION, BACKUP = ROOT / "docs" / "production.md", ROOT / "docs" / "backup.md"
NOTIFICATIONS = ROOT / "docs" / "notifications.md"
STAND_IN = """#!/bin/sh
printf '%s\\n' "$SECRET_KEY" "$PWD" "$(umask)" "$@"
"""


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_understands_every_line(tmp_path):
    here = {PYTHON: sys.executable, "/opt/teilhabe": str(ROOT), "=teilhabe\n": "=root\n"}
    for name in UNITS:
        said = (SYSTEMD / name).read_text()
        for theirs, ours in here.items():
            said = said.replace(theirs, ours)
        (tmp_path / name).write_text(said)
    words = ["systemd-analyze", "verify", "--man=no", *(f"./{name.replace('@', '@1')}" for name in UNITS)]
    ran = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_no_more_rights_than_it_needs_and_time_to_end(name):
    said = {key: values[-1] for key, values in unit(name).items()}
    strict = ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictSUIDSGID")
    assert {said[key] for key in strict} == {"true"}
    assert (said["User"], said["ProtectSystem"], said["UMask"]) == ("teilhabe", "strict", "0077")
    assert (said["CapabilityBoundingSet"], said["ReadWritePaths"]) == ("", example()["TEILHABE_INSTANCE"])
    assert (said["KillSignal"], said["KillMode"], said["Restart"]) == ("SIGTERM", "mixed", "always")
    assert int(said["RestartPreventExitStatus"]) == os.EX_CONFIG
    assert said["PartOf"] == said["WantedBy"] == "teilhabe.target"


def test_systemd_is_more_patient_than_gunicorn_and_any_job():
    web, worker, mailer, _scheduler = (int(unit(name)["TimeoutStopSec"][0]) for name in SERVICES)
    assert web > serving.graceful_timeout
    assert min(worker, mailer) > Queue.DEFAULT_TIMEOUT
    longest = {queue: max(KINDS[name].longest for name in KINDS if queue_of(name) == queue) for queue in QUEUES}
    assert worker > longest[SITE] + limits.GRACE
    assert mailer > longest[MAILS] + limits.GRACE


def test_dev_py_runs_the_commands_of_the_units():
    commands = application(Address("127.0.0.1", 8000), False, [])
    web, *others = map(command, SERVICES)
    assert list(commands.web)[: len(web)] == web
    assert [list(words) for words in (commands.worker, commands.mailer, commands.scheduler)] == others


def test_the_target_starts_a_worker_for_every_queue():
    wanted = " ".join(unit("teilhabe.target")["Wants"]).split()
    started = [name for name in SERVICES if any(one.startswith(name.partition("@")[0]) for one in wanted)]
    carry = {" ".join(command(name)).partition("workflow_app ")[2] for name in started}
    assert set(queues.COMMANDS.values()) <= carry


def test_the_socket_of_systemd_is_where_gunicorn_would_listen_without_it():
    assert unit("teilhabe-web.socket")["ListenStream"] == [serving.bind]


class Asked(dict[str, str]):
    """An environment that remembers what was looked for in it."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def get(self, name: str, usual: str = "") -> str:  # type: ignore[override]
        self.names.add(name)
        return usual


def test_the_example_names_every_setting_and_no_other():
    asked = Asked()
    config.from_environment(asked)
    named = set(LISTED.findall((SYSTEMD / "teilhabe.env").read_text()))
    assert named == asked.names | {"WEB_CONCURRENCY"}


def test_the_example_is_a_site_behind_one_proxy():
    settings = of_this_process(example())
    assert (settings.secure, settings.proxies, settings.log) == (True, 1, "json")


linux_only = pytest.mark.skipif(sys.platform != "linux", reason="runuser is a program of Linux")


def typed(tmp_path: Path, *words: str) -> list[str]:
    """An administrator types the command `teilhabe` with these words in a folder; what is called how."""
    settings = tmp_path / "teilhabe.env"
    settings.write_text("SECRET_KEY='$HOME `id` \"#'\n")
    (tmp_path / "runuser").write_text(STAND_IN)
    (tmp_path / "runuser").chmod(0o755)
    script = (SYSTEMD / "teilhabe.sh").read_text()
    places = {"/etc/teilhabe/teilhabe.env": settings, PYTHON: sys.executable, "/opt/teilhabe": ROOT}
    for theirs, ours in {**places, "/usr/sbin": tmp_path}.items():
        script = script.replace(theirs, str(ours))
    path = "/usr/bin:/bin"  # that of cron
    ran = subprocess.run(
        ["sh", "-c", script, "teilhabe", *words], cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@linux_only
def test_the_command_of_the_administrator_has_the_settings_of_the_services(tmp_path):
    words = ["people", "create", "a@b.example", "Ada B."]
    *flask, _worker = command("teilhabe-worker@.service")
    assert typed(tmp_path, *words) == ['$HOME `id` "#', str(ROOT), "0077", "-u", "teilhabe", "--", *flask, *words]


@linux_only
@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("restore|my town.tar|--keep-calendars", "restore|{here}/my town.tar|--keep-calendars"),
        ("backup|--with-gaps|.", "backup|--with-gaps|{here}/."),
        ("backup-check|../restore", "backup-check|{here}/../restore"),
        ("restore|restore", "restore|{here}/restore"),
        ("backup|/var/backups/teilhabe", "backup|/var/backups/teilhabe"),
        ("backup", "backup"),
        ("search|restore|a", "search|restore|a"),
        ("", ""),
    ],
)
def test_a_file_is_meant_as_seen_from_where_the_administrator_is(tmp_path, words, meant):
    wanted = meant.format(here=tmp_path).split("|") if meant else []
    said = typed(tmp_path, *(words.split("|") if words else ()))
    assert said[said.index("workflow_app") + 1 :] == wanted


def piped(folder: Path, code: int) -> subprocess.CompletedProcess[str]:
    """A report is piped into the script of the mail server, with a Python that ends with this code."""
    python = folder / "python"
    python.write_text(f"{STAND_IN}cat\nexit {code}\n")
    python.chmod(0o755)
    script = (SYSTEMD / "teilhabe-bounced.sh").read_text()
    places = {"/etc/teilhabe/teilhabe.env": folder / "teilhabe.env", PYTHON: python, "/opt/teilhabe": ROOT}
    for theirs, ours in places.items():
        script = script.replace(theirs, str(ours))
    return subprocess.run(["sh", "-c", script], env={"PATH": "/usr/bin:/bin"}, input="a report", capture_output=True,
                          text=True)  # fmt: skip


def test_what_the_mail_server_pipes_in_reaches_the_command_with_the_settings(tmp_path):
    (tmp_path / "teilhabe.env").write_text("SECRET_KEY='$HOME `id` \"#'\n")
    ran = piped(tmp_path, 0)
    _python, *flask, _worker = command("teilhabe-worker@.service")
    assert ran.stdout.splitlines() == ['$HOME `id` "#', str(ROOT), "0077", *flask, "mail", "bounced", "a report"]
    assert ran.returncode == 0


@pytest.mark.parametrize(("settings", "code"), [("", 1), ("", os.EX_CONFIG), ("'", 0), (None, 0)])
def test_a_report_that_cannot_be_read_now_is_piped_in_again_later(tmp_path, settings, code):
    if settings is not None:
        (tmp_path / "teilhabe.env").write_text(settings)
    ran = piped(tmp_path, code)
    assert ran.returncode == os.EX_TEMPFAIL
    assert ("a report" in ran.stdout) == (settings == "")


def test_the_mail_server_runs_the_script_as_the_user_of_the_services():
    """Tried with Postfix 3.7 by hand: these very lines."""
    said = NOTIFICATIONS.read_text()
    (line,) = re.findall(r"^postconf -M -e '(.*)'$", said, re.MULTILINE)
    name, fields = line.split("=", 1)
    assert name == f"{fields.split()[0]}/{fields.split()[1]}"
    assert f"user={unit('teilhabe-web.service')['User'][0]} " in fields
    script = fields.split("argv=")[1]
    assert f"install -m 755 /opt/teilhabe/docs/systemd/teilhabe-bounced.sh {script}\n" in said
    assert script in (SYSTEMD / "teilhabe-bounced.sh").read_text()
    assert f"echo '{example()['TEILHABE_SENDER']} {fields.split()[0]}:' >>" in said


def test_the_backup_of_every_night_has_the_settings_and_the_rights_of_the_services():
    backup, web = unit("teilhabe-backup.service"), unit("teilhabe-web.service")
    for key in ("User", "WorkingDirectory", "EnvironmentFile", "UMask", "ProtectSystem", "CapabilityBoundingSet"):
        assert backup[key] == web[key]
    *flask, name, folder = command("teilhabe-backup.service")
    assert (flask, name) == (command("teilhabe-worker@.service")[:-1], "backup")
    assert f"install -d -o teilhabe -g teilhabe -m 700 {folder}\n" in BACKUP.read_text()
    assert folder in backup["ReadWritePaths"][0].split()


def test_the_backup_of_every_night_removes_old_ones_and_what_is_left_of_broken_ones(tmp_path):
    old = time.time() - timedelta(days=32).total_seconds()
    kept = ["teilhabe-2026-11-25-031500.tar", "teilhabe-2026-11-26-031500.tar.part", "other.tar"]
    for name in (*kept, "teilhabe-2026-09-01-031500.tar", "teilhabe-2026-09-02-031500.tar.part"):
        (tmp_path / name).touch()
        if name not in kept[:2]:
            os.utime(tmp_path / name, (old, old))
    (line,) = unit("teilhabe-backup.service")["ExecStartPost"]
    _find, _folder, *words = shlex.split(line)
    subprocess.run(["find", tmp_path, *words], check=True)
    assert {path.name for path in tmp_path.iterdir()} == set(kept)


def commands_told() -> Iterator[list[str]]:
    """The commands of the application that docs/production.md tells an administrator to type."""
    for line in PRODUCTION.read_text().splitlines():
        if line.startswith("teilhabe "):
            yield line.split("#")[0].split()[1:]


def test_what_the_manual_tells_to_type_exists(app):
    told = list(commands_told())
    assert len(told) > 3
    for words in told:
        found: click.Command = app.cli
        while words and isinstance(found, click.Group):
            assert words[0] in found.commands, words
            found = found.commands[words.pop(0)]
        known = {option for one in found.params for option in one.opts}
        assert {word for word in words if word.startswith("--")} <= known


def test_the_manual_names_every_file_and_its_links_lead_somewhere():
    said = PRODUCTION.read_text() + BACKUP.read_text()
    assert [file.name for file in SYSTEMD.iterdir() if file.name not in said] == []
    links = set(re.findall(r"\]\(([\w./@-]+)\)", said))
    assert [link for link in links if not (PRODUCTION.parent / link).exists()] == []
