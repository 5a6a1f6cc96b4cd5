"""How things are said on pages: reasons, people, dates, numbers. Template globals and filters."""

from __future__ import annotations

from flask import Flask
from flask_babel import get_locale

from workflow_app.languages import LANGUAGES
from workflow_app.wording.words import day, label, local_day, moment, seats, words

__all__ = ["day", "label", "local_day", "moment", "seats", "words"]


def init_app(app: Flask) -> None:
    """Give the templates these words."""
    app.jinja_env.globals.update(words=words, label=label, seats=seats, languages=LANGUAGES, locale=get_locale)
    app.jinja_env.filters.update(day=day, moment=moment, local_day=local_day)
