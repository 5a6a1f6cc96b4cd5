"""The command `python -m supervisor`: check everything first, then run until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from supervisor.children import ROOT
from supervisor.instance import (
    Address,
    Trouble,
    delete_data,
    environment,
    free_address,
    only_run,
    open_folder,
    queue_command,
)
from supervisor.run import Commands, Pace, Run

Composer = Callable[[Address, bool, list[str]], Commands]


def application(address: Address, empty: bool, queue: list[str]) -> Commands:
    """Return the real commands: this application, under this Python."""
    flask = [sys.executable, "-m", "flask", "--app", "workflow_app"]
    web = [sys.executable, "-m", "gunicorn", "--config", "python:workflow_app.serving"]
    web += ["--workers", "1", "--graceful-timeout", "5", "--bind", address.bind]
    prepare = [*flask, "database", "prepare", *(["--empty"] if empty else [])]
    worker = [*flask, "worker"]
    return Commands(queue, prepare, web, worker, [*worker, "--mails"], [*flask, "scheduler"])


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; dev.py offers the same options."""
    parser = argparse.ArgumentParser(prog="supervisor", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fresh", action="store_true", help="delete database, queue and documents first")
    parser.add_argument("--empty", action="store_true", help="without the demonstration")
    return parser.parse_args(arguments)


def serve(options: argparse.Namespace, compose: Composer, pace: Pace) -> int:
    """Check, then run; return the exit code."""
    folder = Path(os.environ.get("TEILHABE_INSTANCE") or ROOT / "instance").absolute()
    open_folder(folder)
    with only_run(folder) as lock:
        address = free_address(options.host, options.port)
        if options.fresh:
            gone = ", ".join(delete_data(folder))
            print(f"Deleted in {folder}: {gone}." if gone else f"Nothing to delete in {folder}.", flush=True)
        queue = [] if os.environ.get("REDIS_URL") else queue_command(folder)
        commands = compose(address, options.empty, queue)
        told = environment(folder, queue)
        told.setdefault("TEILHABE_ADDRESS", f"http://{address.local.bind}")  # for the links in mails
        run = Run(commands, told, folder / "logs", pace)
        run.go(address, lock)
    return 130 if run.wishes_to_stop > 1 else 0


def main(arguments: Sequence[str] | None = None, compose: Composer = application, pace: Pace | None = None) -> int:
    """Run, and turn every trouble into one clear sentence."""
    try:
        return serve(parse(arguments), compose, pace or Pace())
    except KeyboardInterrupt:  # before anything was started
        return 130
    except Trouble as trouble:
        print(str(trouble).rstrip(), file=sys.stderr)
    except OSError as error:
        print(f"The system refused: {error}.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
