"""What the dashboard and its lists say in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from workflow_app.queries import office
from workflow_app.views.account_words import role_label

PLAIN_ROLES = ("member",)


def day_short(value: date) -> str:
    """A date in figures."""
    return format_date(value, "medium")


def whens(today: date) -> dict[str, str]:
    """The stretches of time, with their last day where people may ask."""
    last = office.ends(today)
    return {
        "overdue": _("overdue"),
        "today": _("due today"),
        "week": _("due this week, until Sunday, %(day)s", day=day_short(last["week"])),
        "month": _("due in the next 30 days, until %(day)s", day=day_short(last["month"])),
        "suspended": _("suspended"),
    }


def load_words() -> dict[str, str]:
    """How urgent a step is."""
    return {"overdue": _("overdue"), "dated": _("with a deadline"), "undated": _("without a deadline")}


def days(value: float) -> str:
    """So many days, rounded."""

    return ngettext("%(num)s day", "%(num)s days", round(value))


def holders(principals: Iterable[str], names: Mapping[int, str]) -> str:
    """For whom something waits: units, with a role that is not everybody's; nobody is called by name."""
    found: dict[str, None] = {}
    for principal in principals:
        role, _at, organization = principal.partition("@")
        if not organization:
            found[_("somebody who takes part")] = None
        elif name := names.get(int(organization)):
            found[name if role in PLAIN_ROLES else f"{name} ({role_label(role)})"] = None
    return ", ".join(found) or _("nobody")


def units_in(principals: Iterable[str]) -> set[int]:
    """The units among principals."""
    return {int(organization) for _role, at, organization in (p.partition("@") for p in principals) if at}
