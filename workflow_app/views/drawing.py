"""From a process to the SVG in its page: drawn once per process, state and language, then kept."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask_babel import get_locale, gettext
from markupsafe import Markup, escape

from workflow_app.engine.definition import Process
from workflow_app.engine.diagram import dot, path

PROGRAM = Path(sys.executable).parent / "graphviz-pure"
PATIENCE = 20  # seconds


def drawing(process: Process, *, marked: str | None = None, visited: frozenset[str] | None = None) -> Markup:
    """A process as SVG with a title and a description; with `visited` only the way of one case."""
    only = frozenset(path(process, visited, marked)) if visited is not None and marked else None
    return _drawn(process, marked, only, str(get_locale()))


@lru_cache(maxsize=1024)
def _drawn(process: Process, marked: str | None, only: frozenset[str] | None, _language: str) -> Markup:
    text = dot(process, gettext, marked=marked, only=only)
    drawn = subprocess.run(
        [PROGRAM, "-Tsvg"], input=text, capture_output=True, text=True, timeout=PATIENCE, check=True
    ).stdout  # fmt: skip
    return Markup(_tidy(drawn, _title(process, marked, gettext)))  # noqa: S704  (drawn from our own definitions)


def _title(process: Process, marked: str | None, translate: Callable[[str], str]) -> str:
    name = translate(process.label)
    return f"{name}: {translate(process.state_by_name[marked].label)}" if marked else name


def _tidy(svg: str, title: str) -> str:
    """The bare drawing: no XML head, no tooltips with inner names, a fluid width, a title to be read out."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<title>.*?</title>", "", svg, flags=re.S)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    width = re.search(r'width="(\d+)', svg)
    svg = re.sub(r'<svg width="[^"]*" height="[^"]*"', "<svg", svg, count=1)
    size = f' width="{int(width.group(1)) * 4 // 3}"' if width else ""
    return svg.replace("<svg", f'<svg class="drawing" role="img" aria-label="{escape(title)}"{size}', 1)
