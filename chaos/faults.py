"""All faults by their names. One module for each group; nothing registers itself."""

from __future__ import annotations

from . import web_killed
from .scale import Fault

FAULTS: dict[str, Fault] = {
    "web_killed_after_commit": web_killed.killed_after_commit,
}
