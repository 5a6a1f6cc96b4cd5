#!/usr/bin/env python3
"""Set-up and daily commands: `python3 dev.py run`, `test`, `bench`, `chaos`, `check`, `texts`, `setup`.

Needs nothing but Python 3.11 or newer. Every command first does all the set-up it needs: a virtual
environment in .venv, the packages locked in requirements/*.txt, the compiled translations. What is already
done is remembered in a stamp, so a second start takes no time; what was interrupted is done again.
"""

from __future__ import annotations

import sys

# Said before anything else is imported; the whole file parses on older versions too.
if sys.version_info < (3, 11):
    sys.exit(f"Teilhabe needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")
if sys.platform == "win32":
    sys.exit("Teilhabe runs on Linux and macOS; on Windows use the Windows Subsystem for Linux.")

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "teilhabe-stamp.json"
STATIC_PACKAGES = VENV / "share" / "static-packages"
REQUIREMENTS = ROOT / "requirements"
TRANSLATIONS = ROOT / "workflow_app" / "translations"
PROGRAMS = {"chromium": ("chromium", "chromium-browser", "google-chrome"), "nginx": ("nginx", "/usr/sbin/nginx")}


class Trouble(Exception):
    """Something the person at the terminal has to know, in one clear sentence."""


def main() -> int:
    """Read the command line and do it."""
    options, rest = parse()
    try:
        return int(options.do(options, rest))
    except KeyboardInterrupt:
        return 130
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
    except OSError as error:
        print(f"The system refused: {error}.", file=sys.stderr)
    return 1


def parse() -> tuple[argparse.Namespace, list[str]]:
    """Return the command with its options, and the words meant for pytest, the benchmarks or the faults."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, do: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        added.set_defaults(do=do, passes_on=name in ("test", "bench", "chaos"))
        return added

    run = command("run", run_application, "start everything and print the address; Ctrl-C stops it")
    run.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    run.add_argument("--port", type=int, default=8000, help="port to listen on (%(default)s); 0 takes a free one")
    run.add_argument("--fresh", action="store_true", help="delete database, queue and documents in instance/ first")
    run.add_argument("--empty", action="store_true", help="start without the demonstration")
    test = command("test", run_tests, "all checks and the whole suite; with pytest's arguments: only those tests")
    test.add_argument("--without-browser", action="store_true", help="leave out the tests that need Chromium or nginx")
    command("check", lambda options, rest: closing(check()), "lint, format, types, contracts, process definitions")
    full, texts = ("app", "static", "test"), becoming(("app", "static"), "flask", "--app", "workflow_app", "texts")
    command("bench", becoming(full, "benchmarks"), "measure; arguments are passed on")
    command("chaos", becoming(full, "chaos"), "make faults on purpose, count what is lost or doubled")
    command("texts", texts, "collect texts for translation and say which have no German yet")
    command("setup", set_up_only, "only the set-up of `run`")
    options, rest = parser.parse_known_args()
    if rest and not options.passes_on:
        parser.error(f"unknown: {' '.join(rest)}")
    return options, [word for word in rest if word != "--"]


def set_up_only(options: argparse.Namespace, rest: list[str]) -> int:
    """Do what `run` needs and stop there."""
    set_up("app", "static")
    print(f"Ready: {PYTHON}")
    return 0


def run_application(options: argparse.Namespace, rest: list[str]) -> int:
    """Become the supervisor."""
    set_up("app", "static")
    flags = ["--fresh"] * options.fresh + ["--empty"] * options.empty
    return become(["supervisor", "--host", options.host, "--port", str(options.port), *flags])


def becoming(packages: tuple[str, ...], *module: str) -> Callable[[argparse.Namespace, list[str]], int]:
    """Return what a command does that is a module of the virtual environment."""

    def do(options: argparse.Namespace, rest: list[str]) -> int:
        set_up(*packages)
        return become([*module, *rest])

    return do


def run_tests(options: argparse.Namespace, rest: list[str]) -> int:
    """Run what CI runs; with arguments for pytest only those tests, without checks, in one process."""
    if options.without_browser and os.environ.get("CI") == "true":
        raise Trouble("CI=true runs every test: --without-browser is for a machine of your own.")
    set_up("app", "static", "test")
    selection = ["-m", "not browser"] if options.without_browser else []
    if not selection and not rest:
        require_programs()
    if rest:
        return become(["pytest", *selection, *rest])
    failed = check()
    workers = (os.cpu_count() or 1) + 1  # some tests wait for processes most of their time
    if python("-m", "pytest", "-n", str(workers), *selection):
        failed.append("tests")
    return closing(failed)


def check() -> list[str]:
    """Run the checks, all of them whatever happens; return the names of those that failed."""
    set_up("app", "static", "test")
    checks = {
        "lint": ["-m", "ruff", "check", "."],
        "format": ["-m", "ruff", "format", "--check", "."],
        "types": ["-m", "mypy"],
        "contracts": [str(VENV / "bin" / "lint-imports"), "--no-logo"],
        "processes": ["-m", "flask", "--app", "workflow_app", "processes", "check"],
    }
    failed = []
    with tempfile.TemporaryDirectory() as instance:  # a check must not touch the data of `run`
        for name, command in checks.items():
            print(f"--- {name}", flush=True)
            if python(*command, TEILHABE_INSTANCE=instance):
                failed.append(name)
    return failed


def closing(failed: list[str]) -> int:
    """Say at the very end, where people look, what has to be mended."""
    print(f"Failed: {', '.join(failed)}." if failed else "All good.", flush=True)
    return 1 if failed else 0


def set_up(*packages: str) -> None:
    """Bring the virtual environment up to date with these sets of packages, and the translations."""
    with one_at_a_time():
        stamp = read_stamp() or make_venv()
        for name in packages:
            wanted = digest(REQUIREMENTS / f"{name}.txt")
            if stamp.get(name) != wanted:
                write_stamp({**stamp, "unfinished": name})
                stamp.pop(name, None)
                try:
                    install(name)
                except Trouble:  # pip gave up and cleaned up behind itself; only a killed one leaves a mess
                    write_stamp(stamp)
                    raise
                stamp[name] = wanted
                write_stamp(stamp)
        compile_translations(stamp)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let a second dev.py wait while the first one installs."""
    handle = os.open(REQUIREMENTS, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def interpreter() -> dict[str, str]:
    """Return what a virtual environment depends on: when this changes, it has to be made anew."""
    return {"python": sys.version, "prefix": sys.base_prefix, "folder": str(ROOT)}


def read_stamp() -> dict[str, str] | None:
    """Return what is installed, or nothing when the environment is missing, broken or half-made."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text())
        works = subprocess.run([PYTHON, "-I", "-S", "-c", ""], capture_output=True).returncode == 0
    except (OSError, ValueError):
        return None
    complete = "unfinished" not in stamp and interpreter().items() <= stamp.items()
    return stamp if works and complete else None


def write_stamp(stamp: dict[str, str]) -> None:
    """Write the stamp whole or not at all."""
    draft = STAMP.with_suffix(".new")
    draft.write_text(json.dumps(stamp, indent=1))
    draft.replace(STAMP)


def digest(*files: Path) -> str:
    """Return one number for the content of files."""
    return hashlib.sha256(b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)).hexdigest()


def make_venv() -> dict[str, str]:
    """Make the virtual environment, from nothing: what is left of a broken one cannot be trusted."""
    if importlib.util.find_spec("ensurepip") is None:
        install_ensurepip()
    if VENV.exists():
        print("Renewing the virtual environment …", flush=True)
        shutil.rmtree(VENV)
    base = getattr(sys, "_base_executable", None) or sys.executable  # not the environment just removed
    call([base, "-m", "venv", str(VENV)], "The virtual environment could not be made.")
    write_stamp(interpreter())
    return interpreter()


def install(name: str) -> None:
    """Install one set of packages: exactly the locked files, and only ready-made ones."""
    print(f"Installing packages ({name}), once; this may take half a minute …", flush=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input"]
    pip += ["--only-binary", ":all:", "--require-hashes", "-r", str(REQUIREMENTS / f"{name}.txt")]
    if name == "static":  # style sheets and fonts: we want the files, not the programs around them
        shutil.rmtree(STATIC_PACKAGES, ignore_errors=True)
        pip += ["--no-deps", "--target", str(STATIC_PACKAGES)]
    call(pip, "The packages could not be installed (see above); is the package index within reach?")


def compile_translations(stamp: dict[str, str]) -> None:
    """Compile the catalogues that changed since the last time."""
    catalogues = sorted(TRANSLATIONS.glob("*/LC_MESSAGES/*.po"))
    wanted = digest(*catalogues)
    if stamp.get("translations") == wanted and all(file.with_suffix(".mo").exists() for file in catalogues):
        return
    if catalogues:
        babel = [str(PYTHON), "-m", "babel.messages.frontend", "--quiet", "compile", "-d", str(TRANSLATIONS)]
        call(babel, "The translations could not be compiled (see above).")
    write_stamp({**stamp, "translations": wanted})


def install_ensurepip() -> None:
    """Debian and Ubuntu keep a part of Python's own library in a package of its own."""
    if not (sys.base_prefix == "/usr" and shutil.which("apt-get")):
        raise Trouble(f"{sys.executable} lacks its module ensurepip: install Python 3.11 or newer completely.")
    apt_install(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv", "virtual environments")


def require_programs() -> None:
    """Get the packages of the programs that browser tests drive, where none of the names tests/ looks for is found."""
    missing = [package for package, names in PROGRAMS.items() if not any(map(shutil.which, names))]
    if missing and not shutil.which("apt-get"):
        raise Trouble(f"The browser tests need {missing[0]}: install it, or leave them out with --without-browser.")
    for package in missing:
        apt_install(package, "the browser tests (--without-browser leaves them out)")


def apt_install(package: str, purpose: str) -> None:
    """Install a Debian package if we may; otherwise say exactly what to type."""
    if os.geteuid() != 0:
        raise Trouble(f"Missing for {purpose}: sudo apt-get install {package}")
    print(f"Installing the system's package {package} …", flush=True)
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    call(["apt-get", "-qq", "update"], "The system's list of packages could not be read.")
    apt = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", package]
    call(apt, f"The system's package {package} could not be installed.", quiet=True)
    if shutil.which("systemctl"):  # Debian starts a server as soon as it is there; tests start their own
        subprocess.run(["systemctl", "disable", "--now", package], stderr=subprocess.DEVNULL)


def call(command: list[str], trouble: str, quiet: bool = False) -> None:
    """Run a program to its end; if it fails, its own words and our sentence tell why."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE if quiet else None, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.stderr.buffer.write(done.stdout or b"")
        raise Trouble(trouble)


def python(*words: str, **environment: str) -> int:
    """Run the Python of the virtual environment and return its exit code."""
    return subprocess.run([str(PYTHON), *words], cwd=ROOT, env={**os.environ, **environment}).returncode


def become(module: list[str]) -> int:
    """Turn this process into a module of the virtual environment, so that signals reach it directly."""
    os.chdir(ROOT)
    sys.stdout.flush()
    # The first word must be the full path: from it Python finds out that it lives in an environment.
    os.execv(str(PYTHON), [str(PYTHON), "-m", *module])


if __name__ == "__main__":
    sys.exit(main())
