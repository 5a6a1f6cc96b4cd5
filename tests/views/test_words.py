"""A reason is told in the reader's language, with what stands in it."""

from __future__ import annotations

from flask import Flask
from flask_babel import force_locale

from workflow_app.engine.definition import message
from workflow_app.engine.errors import Reason
from workflow_app.views.words import words


def test_a_text_of_ours_in_a_reason_is_translated_and_what_somebody_has_written_is_not(app: Flask) -> None:
    missing = "This is still missing: %(part)s."
    with app.test_request_context(), force_locale("de"):
        assert words(Reason(missing, {"part": message("Goal")})) == "Das fehlt noch: Ziel."
        assert words(Reason(missing, {"part": "Goal"})) == "Das fehlt noch: Goal."
