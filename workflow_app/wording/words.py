"""How things are said: reasons, people, dates, moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import format_date, format_datetime, get_locale, gettext

from workflow_app.engine.errors import Reason
from workflow_app.engine.who import Message, Party, Seat


def words(reason: Reason) -> str:
    """A reason in the reader's language."""
    params = {name: _param(value) for name, value in reason.params.items()}
    return gettext(reason.text) % params if params else gettext(reason.text)


def _param(value: Any) -> Any:
    if isinstance(value, tuple) and value and isinstance(value[0], Seat):
        return seats(value)
    if isinstance(value, date):
        return day(value)
    return gettext(value) if isinstance(value, Message) else value


def seats(named: Sequence[Seat] | Party) -> str:
    """The labels of seats as a list in a sentence."""
    found = named.seats if isinstance(named, Party) else named
    return ", ".join(dict.fromkeys(gettext(seat.label) for seat in found))


def day(value: date | str | None) -> str:
    """A date as people write it; what is no date stays as it is written."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            return str(value)
    return format_date(value, "long") if value else ""


def moment(value: datetime) -> str:
    """A moment in the town's time."""
    return format_datetime(value, "d. MMMM y, HH:mm" if str(get_locale()) == "de" else "d MMMM y, HH:mm")


def local_day(value: datetime) -> str:
    """The local date of a moment as ISO text, for machines."""
    return value.astimezone(ZoneInfo(current_app.config["BABEL_DEFAULT_TIMEZONE"])).date().isoformat()


def label(text: str | None) -> str:
    """A label from the code in the reader's language."""
    return gettext(text) if text else ""
