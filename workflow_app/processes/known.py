"""Rules about what is named in what was submitted: an import or an API may name what no form offers."""

from __future__ import annotations

from workflow_app.engine.definition import Data, Facts, Holder, Rule, Snapshot
from workflow_app.engine.definition import message as _
from workflow_app.engine.errors import Reason
from workflow_app.engine.submitted import are_numbers, day, number, numbers

NOBODY_THERE = _("There is no such organization or person.")


def known_organizations(*fields: str) -> Rule:
    """The organizations that these fields name exist; a field left empty names none."""

    def check(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
        values = [data.get(name) for name in fields]
        known = all(are_numbers(value) and facts.organizations.keys() >= set(numbers(value)) for value in values)
        return None if known else Reason(NOBODY_THERE)

    return Rule(_("The organizations named exist"), check, asks_data=True, reads=frozenset({"organizations"}))


def dated(field: str) -> Rule:
    """This field holds a date that a period can be counted from."""

    def check(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
        return None if day(data.get(field)) else Reason(_("Please enter a date such as 2026-03-31."))

    return Rule(_("The day is named"), check, asks_data=True)


def takes_part(part: str, field: str, *, needed: bool = True) -> Rule:
    """The organization that this field names holds that part in the case."""

    def check(case: Snapshot, data: Data, facts: Facts) -> Reason | None:
        value = data.get(field)
        if value is None and not needed:
            return None
        named = number(value)
        held = named is not None and Holder(organization=named) in case.parts.get(part, ())
        return None if held else Reason(_("Please choose a group that takes part."))

    return Rule(_("The group takes part"), check, asks_data=True)
