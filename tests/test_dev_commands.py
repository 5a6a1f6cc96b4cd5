"""The set-up and the daily commands, on machines that lack things and after accidents."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("app", "test", "static")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a checkout of which only dev.py is real; its locks are empty, so nothing is fetched."""
    folder = tmp_path / "a checkout"
    (folder / "requirements").mkdir(parents=True)
    for name in LOCKS:
        (folder / "requirements" / f"{name}.txt").write_text("# nothing\n")
    shutil.copy(ROOT / "dev.py", folder)
    monkeypatch.setattr(dev, "ROOT", folder)
    monkeypatch.setattr(dev, "VENV", folder / ".venv")
    monkeypatch.setattr(dev, "PYTHON", folder / ".venv/bin/python")
    monkeypatch.setattr(dev, "STAMP", folder / ".venv/teilhabe-stamp.json")
    monkeypatch.setattr(dev, "REQUIREMENTS", folder / "requirements")
    return folder


def start(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(checkout / "dev.py"), *arguments],
        cwd="/",
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )


def ready_made(checkout: Path, **changes: str) -> None:
    """Put an environment there that looks complete, without spending the time to make it."""
    (checkout / ".venv/bin").mkdir(parents=True)
    (checkout / ".venv/bin/python").symlink_to(sys.executable)
    dev.STAMP.write_text(json.dumps({**dev.interpreter(), **changes}))


def test_an_old_python_is_told_so_in_one_sentence() -> None:
    ast.parse((ROOT / "dev.py").read_text(), feature_version=(3, 8))
    pretend = (
        "import sys; sys.version_info = (3, 8, 10); sys.version = '3.8.10 (old)';"
        f"exec(compile(open({str(ROOT / 'dev.py')!r}).read(), 'dev.py', 'exec'))"
    )
    done = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"Teilhabe needs Python 3.11 or newer; {sys.executable} is 3.8.10.\n"


def test_a_half_made_environment_heals_and_the_second_start_does_nothing(checkout: Path) -> None:
    (checkout / ".venv/bin").mkdir(parents=True)  # as an interrupted first start leaves it
    first = start(checkout, "setup")
    assert first.returncode == 0, first.stderr
    assert "Installing packages (app)" in first.stdout
    made = (checkout / ".venv/pyvenv.cfg").stat().st_mtime_ns
    second = start(checkout, "setup")
    assert second.stdout == f"Ready: {checkout}/.venv/bin/python\n"
    assert (checkout / ".venv/pyvenv.cfg").stat().st_mtime_ns == made


def test_a_complete_environment_is_trusted(checkout: Path) -> None:
    ready_made(checkout, app="1")
    stamp = dev.read_stamp()
    assert stamp is not None
    assert stamp["app"] == "1"


@pytest.mark.parametrize(
    "change",
    [{"python": "3.12"}, {"folder": "/moved/away"}, {"unfinished": "app"}],
    ids=["another Python", "moved", "interrupted"],
)
def test_what_cannot_be_trusted_is_made_again(checkout: Path, change: dict[str, str]) -> None:
    ready_made(checkout, **change)
    assert dev.read_stamp() is None


def test_an_environment_whose_python_is_gone_is_made_again(checkout: Path) -> None:
    ready_made(checkout)
    dev.PYTHON.unlink()
    dev.PYTHON.symlink_to("/removed/by/an/upgrade")
    assert dev.read_stamp() is None


def test_a_torn_stamp_is_no_stamp(checkout: Path) -> None:
    ready_made(checkout)
    dev.STAMP.write_text('{"python": ')
    assert dev.read_stamp() is None


def test_packages_that_do_not_come_are_tried_again(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_made(checkout)

    def no_network(name: str) -> None:
        raise dev.Trouble("no network")

    monkeypatch.setattr(dev, "install", no_network)
    with pytest.raises(dev.Trouble, match="no network"):
        dev.set_up("app")
    stamp = dev.read_stamp()  # the environment itself is still good, only the packages are missing
    assert stamp is not None
    assert "app" not in stamp


def test_a_killed_installation_is_noticed(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ready_made(checkout)

    def killed(name: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "install", killed)
    with pytest.raises(KeyboardInterrupt):
        dev.set_up("app")
    assert dev.read_stamp() is None


def test_a_missing_ensurepip_is_named_to_who_may_not_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("sys.base_prefix", "/usr")
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    with pytest.raises(dev.Trouble, match=f"sudo apt-get install python{version}-venv"):
        dev.install_ensurepip()
    monkeypatch.setattr("sys.base_prefix", "/opt/python")
    with pytest.raises(dev.Trouble, match="lacks its module ensurepip"):
        dev.install_ensurepip()


def test_a_missing_browser_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(dev.Trouble, match=r"need chromium.*--without-browser"):
        dev.require_programs()
    monkeypatch.setattr("shutil.which", lambda name: name if name == "apt-get" else None)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(dev.Trouble, match="sudo apt-get install chromium"):
        dev.require_programs()


def test_what_the_machine_has_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr(dev, "apt_install", lambda package, purpose: installed.append(package))
    here = {"apt-get", "google-chrome"}
    monkeypatch.setattr("shutil.which", lambda name: name if name in here else None)
    dev.require_programs()
    assert installed == ["nginx"]
    here.add("/usr/sbin/nginx")  # which is not in everybody's path
    dev.require_programs()
    assert installed == ["nginx"]


def test_ci_leaves_nothing_out(checkout: Path) -> None:
    done = start(checkout, "test", "--without-browser", CI="true")
    assert done.returncode == 1
    assert done.stderr.startswith("CI=true runs every test")
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("arguments", [["run", "--prot", "8000"], ["run", "--port", "many"], ["fly"], []])
def test_a_typing_error_costs_no_set_up(checkout: Path, arguments: list[str]) -> None:
    done = start(checkout, *arguments)
    assert done.returncode == 2
    assert "usage: dev.py" in done.stderr
    assert not (checkout / ".venv").exists()


def test_what_dev_does_not_know_goes_to_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["dev.py", "test", "tests/engine", "-k", "easter", "-x", "--", "--pdb"])
    _, rest = dev.parse()
    assert rest == ["tests/engine", "-k", "easter", "-x", "--pdb"]


def test_every_lock_has_hashes_names_no_host_and_agrees_with_the_others() -> None:
    pinned: dict[str, set[str]] = {}
    for name in LOCKS:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        assert "://" not in text
        for package in re.split(r"\n(?=[a-z])", text.strip()):
            assert "--hash=sha256:" in package
            title, version, marker = re.match(r"([\w.\[\]-]+)==(\S+)(?: ; ([^\\]+))?", package).groups("")  # type: ignore[union-attr]
            pinned.setdefault(f"{title} {marker}", set()).add(version)
        wished = re.findall(r"^(\w[\w-]*)", (ROOT / "requirements" / f"{name}.in").read_text(), re.MULTILINE)
        missing = {wish.lower() for wish in wished} - set(re.findall(r"^([\w-]+)", text, re.MULTILINE))
        assert not missing, "compile the locks again: see requirements/README.md"
    assert {key: versions for key, versions in pinned.items() if len(versions) > 1} == {}


def test_ci_runs_the_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec python3 dev.py test"
