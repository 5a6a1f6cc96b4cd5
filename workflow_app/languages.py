"""The languages of the pages, and which of them somebody reads."""

from __future__ import annotations

from flask import request, session
from flask_login import current_user

LANGUAGES = {"de": "Deutsch", "en": "English"}


def language() -> str:
    """The language of this request: chosen on the site, else the person's, else the browser's."""
    chosen = session.get("language") or getattr(current_user, "language", None)
    if chosen in LANGUAGES:
        return str(chosen)
    return language_of_browser()


def language_of_browser() -> str:
    """The language of this request without asking who it is: chosen on the site, else the browser's."""
    chosen = session.get("language")
    return str(chosen) if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES) or "de"
