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


Trail = tuple[tuple[str, str], ...]


def drawing(process: Process) -> Markup:
    """A whole process as SVG with a title."""
    return _drawn(process, None, None, (), str(get_locale()))


def way(process: Process, present: str, trail: Trail) -> Markup:
    """The way of one case: the states it has been in, the present one marked, and what may come next."""
    visited = {state for pair in trail for state in pair}
    return _drawn(process, present, frozenset(path(process, visited, present)), trail, str(get_locale()))


@lru_cache(maxsize=1024)
def _drawn(process: Process, marked: str | None, only: frozenset[str] | None, trail: Trail, _language: str) -> Markup:
    text = dot(process, gettext, marked=marked, only=only, trail=trail)
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
