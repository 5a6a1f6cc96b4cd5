"""Lists in a case's data as tables: consultations, indicators, fields of action, figures, series."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal
from flask_babel import gettext as _
from markupsafe import Markup

from workflow_app.engine.definition import message
from workflow_app.forms import check_up, consultations, measure
from workflow_app.processes.consultations import labels_differ, vote_label

from .words import day, label

Items = Sequence[Mapping[str, Any]]
CONSULTATIONS = {**consultations.OUTCOMES, **consultations.ROLES, **consultations.VOTES}


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows of text; a column in which nothing stands is left out."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What cells need beside the item: names of organizations, and whether an abstention spoils
    a unanimous vote here (a setting of the town)."""

    organizations: Mapping[int, str]
    abstention_spoils: bool = False

    def organization(self, id_: Any) -> str:
        """The name of an organization, or its number where it is gone."""
        return self.organizations.get(id_, str(id_)) if id_ else ""


def table(kind: str, items: Items, known: Known) -> Table | None:
    """The table for one kind of field; None where this kind has no table of its own."""
    columns = COLUMNS.get(kind)
    if columns is None:
        return None
    cells = [[cell(item, known, place) for _name, cell in columns] for place, item in enumerate(items, start=1)]
    used = [n for n in range(len(columns)) if n == 0 or any(row[n] for row in cells)]
    return Table([label(columns[n][0]) for n in used], [[row[n] for n in used] for row in cells])


Cell = Callable[[Mapping[str, Any], Known, int], str]


def _text(name: str) -> Cell:
    return lambda item, known, place: "" if item.get(name) in (None, "", []) else str(item[name])


# ------------------------------------------------------------------------ consultations


def _body(item: Mapping[str, Any], known: Known, place: int) -> str:
    remarks = [] if item.get("public", True) else [_("not public")]
    if together := [known.organization(other) for other in item.get("together_with") or ()]:
        remarks.append(_("together with %(bodies)s", bodies=", ".join(together)))
    name = f"{place}. {known.organization(item.get('organization'))}"
    return f"{name} ({', '.join(remarks)})" if remarks else name


def _role(item: Mapping[str, Any], known: Known, place: int) -> str:
    role = label(CONSULTATIONS.get(str(item.get("role"))))
    return _("%(role)s (not waited for)", role=role) if item.get("required", True) is False else role


def _outcome(item: Mapping[str, Any], known: Known, place: int) -> str:
    if item.get("outcome"):
        aim = item.get("refer_to")
        outcome = label(CONSULTATIONS.get(item["outcome"], item["outcome"]))
        return f"{outcome}: {known.organization(aim)}" if aim else outcome
    if item.get("planned_on"):
        return _("planned for %(day)s", day=day(item["planned_on"]))
    return _("still to come")


def votes(item: Mapping[str, Any], known: Known, place: int = 0) -> str:
    """The counts with the word for them; where the minutes use another word, both are shown."""
    counts, said = item.get("counts"), item.get("source_label")
    if not counts:
        return label(CONSULTATIONS.get(str(said))) if said else ""
    counted = _(
        "%(yes)s for, %(no)s against, %(abstained)s abstentions",
        yes=counts["yes"], no=counts["no"], abstained=counts["abstained"],
    )  # fmt: skip
    if derived := vote_label(counts, known.abstention_spoils):
        counted = f"{counted} – {label(CONSULTATIONS[derived])}"
    if labels_differ({"counts": counts, "source_label": said}, known.abstention_spoils):
        word = _("the minutes say: %(label)s", label=label(CONSULTATIONS[str(said)]))
        counted = f"{counted} ({word})"
    return counted


def _remarks(item: Mapping[str, Any], known: Known, place: int) -> str:
    return " · ".join(str(item[name]) for name in ("changed_text", "note") if item.get(name))


# --------------------------------------------------------------------- figures and years


def _value(item: Mapping[str, Any], known: Known, place: int) -> str:
    if item.get("value") is None:
        return f"{_number(item['pct'])} %" if item.get("pct") is not None else _("not stated")
    sign = label(measure.COMPARATORS.get(str(item.get("comparator"))))
    share = f" ({_number(item['pct'])} %)" if item.get("pct") is not None else ""
    return f"{sign} {_number(item['value'])}{share}".strip()


def _number(value: Any) -> str:
    return format_decimal(value) if isinstance(value, int | float) else str(value)


def _target(item: Mapping[str, Any], known: Known, place: int) -> str:
    return "" if item.get("target") is None else _number(item["target"])


def _formula(item: Mapping[str, Any], known: Known, place: int) -> str:
    calculated = [str(item[name]) for name in ("formula", "check", "persons", "staff_total") if item.get(name)]
    counted = [str(item["count"])] if item.get("count") else []
    return " · ".join([_("calculated: %(formula)s", formula=text) for text in calculated] + counted)


def light(item: Mapping[str, Any]) -> str:
    """A traffic light with its word, so that nobody has to tell colours apart."""
    code = str(item.get("light") or "")
    if code not in measure.LIGHTS:
        return ""
    return Markup('<span class="light light-{}" aria-hidden="true"></span>{}').format(code, label(measure.LIGHTS[code]))


def _shown_indicators(item: Mapping[str, Any], known: Known, place: int) -> str:
    return "; ".join(f"{i.get('name')}: {_value(i, known, place)}" for i in item.get("indicators") or ())


def _story(item: Mapping[str, Any], known: Known, place: int) -> str:
    words = [str(item[name]) for name in ("text", "obstacles", "next_step", "break_note") if item.get(name)]
    if item.get("partial_year"):
        words.append(_("only a part of the year"))
    return " · ".join(words)


def _standing(item: Mapping[str, Any], known: Known, place: int) -> str:
    return label(check_up.STANDINGS.get(str(item.get("standing"))))


def _owners(item: Mapping[str, Any], known: Known, place: int) -> str:
    return ", ".join(map(known.organization, item.get("owner") or ())) or _("not named")


COLUMNS: Mapping[str, Sequence[tuple[str, Cell]]] = {
    "consultations": (
        (message("Body"), _body),
        (message("Role"), _role),
        (message("Outcome"), _outcome),
        (message("on"), lambda item, known, place: day(item.get("on"))),
        (message("Vote"), votes),
        (message("Remarks"), _remarks),
    ),
    "indicators": (
        (message("Indicator"), _text("name")),
        (message("Value"), _value),
        (message("Target"), _target),
        (message("Period"), _text("period")),
        (message("How it came about"), _formula),
    ),
    "fields": (
        (message("Number"), _text("no")),
        (message("Field of action"), _text("name")),
        (message("Guiding principle of the field"), _text("guiding_principle")),
        (message("Group"), lambda item, known, place: known.organization(item.get("group"))),
        (message("Page"), _text("page")),
    ),
    "gaps": (
        (message("Need or gap"), _text("gap")),
        (message("How we know"), _text("source")),
    ),
    "options": (
        (message("Option"), _text("option")),
        (message("For and against"), _text("note")),
    ),
    "standings": (
        (message("How they stand"), _standing),
        (message("Recommendations"), _text("count")),
    ),
    "recommendations": (
        (message("Recommendation"), _text("title")),
        (message("Field of action"), _text("field_of_action")),
        (message("Responsible unit"), _owners),
        (message("How it stands"), _standing),
        (message("In words"), _text("text")),
    ),
    "figures": (
        (message("Asked"), _text("asked")),
        (message("Answered"), _text("answered")),
        (message("Missing"), _text("missing")),
    ),
    "statuses": (
        (
            message("Status"),
            lambda item, known, place: label(measure.STATUSES.get(str(item["status"]), str(item["status"]))),
        ),
        (message("Measures"), _text("count")),
    ),
    "series": (
        (message("Year"), _text("year")),
        (message("Status"), lambda item, known, place: label(measure.STATUSES.get(str(item.get("status"))))),
        (message("Traffic light"), lambda item, known, place: light(item)),
        (message("How it stands"), _story),
        (message("Indicators"), _shown_indicators),
    ),
}
