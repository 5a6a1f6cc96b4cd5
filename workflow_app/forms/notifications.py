"""How somebody wants to be told: when, by what, in which language, and when not."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from flask_babel import lazy_gettext as _
from wtforms import TimeField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.validators import Optional

from workflow_app.engine.who import message
from workflow_app.languages import LANGUAGES

from .base import Form
from .fields import OneOfField, PickField, TickField

WAYS = {
    "now": message("at once, one mail for each notice"),
    "daily": message("collected, once a day"),
    "weekly": message("collected, once a week"),
    "site": message("not at all; I look on the site"),
}
DAYS = {
    "0": message("Monday"), "1": message("Tuesday"), "2": message("Wednesday"), "3": message("Thursday"),
    "4": message("Friday"), "5": message("Saturday"), "6": message("Sunday"),
}  # fmt: skip
HOURS = {str(hour): f"{hour}:00" for hour in range(24)}


class ClockField(TimeField):
    """A time of day."""

    def __init__(self, label: Any, **more: Any) -> None:
        super().__init__(label, [Optional()], **more)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """As WTForms does it, but with a message that says what to write."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Please enter a time such as 22:00.")) from None


def zones() -> list[str]:
    """The time zones people live in, by region and city."""
    return sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))


class PreferencesForm(Form):
    """How somebody wants to be told."""

    way = OneOfField(_("Mails about cases"), WAYS)
    hour = PickField(_("Time of collected mails"), HOURS)
    weekday = PickField(_("Day of weekly mails"), DAYS)
    mail_news = TickField(_("What happens in cases that I take part in"))
    mail_deadline = TickField(_("Deadlines that are near"))
    mail_followed = TickField(_("News in cases that I follow"))
    quiet_from = ClockField(_("No mails from"), description=_("Mails wait until the quiet hours are over."))
    quiet_until = ClockField(_("until"))
    zone = PickField(_("Time zone"), {}, required=False)
    language = PickField(_("Language of mails and pages"), LANGUAGES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        town = SelectChoice("", _("the time of the town"))
        self.zone.choices = [town, *(SelectChoice(zone, zone.replace("_", " ")) for zone in zones())]
