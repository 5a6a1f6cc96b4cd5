"""What rows of lists are called: processes, states, steps, deadlines, notices and periods in words."""

from __future__ import annotations

from flask import Flask

from workflow_app.wording.naming import (
    due_label,
    notice_text,
    period_words,
    process_label,
    state_is_final,
    state_label,
    state_name,
    step_label,
    told_text,
)

__all__ = ["state_name"]


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    for word in (
        state_label, state_is_final, process_label, step_label, due_label, notice_text, period_words,
        told_text,
    ):  # fmt: skip
        app.jinja_env.globals[word.__name__] = word
