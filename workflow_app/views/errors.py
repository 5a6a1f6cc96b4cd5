"""What a person reads when something is not possible: a clear sentence, and the right status."""

from __future__ import annotations

import logging

from flask import Flask, render_template
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from workflow_app.documents.receiving import MEGABYTE
from workflow_app.engine.errors import Refused

from . import uploads
from .words import words

log = logging.getLogger(__name__)


def _texts(code: int) -> tuple[str, str]:
    found = {
        400: (_("We could not read that"), _("Something about it was wrong. Please go back and try again.")),
        403: (_("This is not for you"), _("You may not do this. If you should, please ask the coordination office.")),
        404: (_("We did not find that"), _("There is no such page, or it is not for everyone.")),
        405: (_("That does not work here"), _("This page cannot be used in this way.")),
        409: (_("That is no longer possible"), _("The case has changed in the meantime. Please look at it again.")),
        410: (_("That is over"), _("What was here does not work any more.")),
        413: (_("That is too large"), _("What you sent is larger than we can take.")),
        416: (_("We could not read that"), _("The file has no such part.")),
        422: (_("Something is missing"), _("Please check what you entered.")),
        429: (_("Too many attempts"), _("Please wait a minute and try again.")),
    }  # fmt: skip
    return found.get(
        code,
        (_("That went wrong"), _("The fault is ours. Nothing was changed. Please try again later.")),
    )


def page(code: int, text: str | None = None) -> tuple[str, int]:
    """The page for a status, with a sentence of its own where there is one."""
    title, usual = _texts(code)
    return render_template("errors/error.html", title=title, text=text or usual, code=code), code


def init_app(app: Flask) -> None:
    """Answer every error with such a page."""

    @app.errorhandler(Refused)
    def refused(no: Refused) -> tuple[str, int]:
        return page(no.status, words(no.reason))

    @app.errorhandler(CSRFError)
    def forged(_error: CSRFError) -> tuple[str, int]:
        why = _("This page was open for too long, or you have signed in or out since.")
        mend = _("Please go back, load the page again and send it once more.")
        return page(400, f"{why} {mend}")

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
        if not uploads.may_be_sent_files():
            return page(413)
        uploads.let_it_finish()
        if not current_user.is_authenticated:
            return page(403, _("Please sign in first."))
        most = uploads.most_bytes() // MEGABYTE
        why = _("What you sent is larger than %(most)s MB in all.", most=most)
        mend = _("Please go back: what you wrote should still be there. Choose smaller files, or send them one by one.")
        return page(413, f"{why} {mend}")

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> tuple[str, int]:
        return page(error.code or 500)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[str, int]:
        log.exception("unexpected: %s", type(error).__name__)
        return page(500)
