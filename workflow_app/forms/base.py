"""What all forms share: what is handed to them, and the way from a form to plain data and back.

A form never asks the database. What it offers from there is handed in: the class says in `wants`
which field offers which kind of choice, and the view calls ``form.choices(context)``. All forms
work without a script: a list of things is a fixed number of rows, and rows left blank are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, FieldList, FormField, SubmitField
from wtforms import Form as PlainForm
from wtforms.fields.core import Field

from .fields import Choices, DayField, IdField, IdsField, TextField

ROWS = 9
OFFERED = ("organizations", "people", "measures", "concepts", "alike", "red", "holders", "kin")


@dataclass(frozen=True, slots=True)
class Context:
    """What a view hands to a form: the case's data and a way to ask for choices by their kind.

    Kinds (`OFFERED`) are ``organizations``, ``organizations:Ausschuss,Parlament`` (classifications),
    ``people``, ``measures`` (of this case), ``concepts``, ``alike`` (other open cases of its process),
    ``red`` (measures of a report that await a decision), ``holders:working_group`` (who holds that
    part in this case) and ``kin:recommendation`` (cases of that process that go on and belong to this
    one, or to the same case as this one).
    """

    offered: Callable[[str], Choices] = lambda kind: ()
    data: Mapping[str, Any] = field(default_factory=dict)


class _Plain:
    """The way between a form's fields and JSON."""

    wants: ClassVar[Mapping[str, str]] = {}
    _fields: dict[str, Field]

    def choices(self, context: Context) -> None:
        """Take the choices that the database holds; rows take theirs too."""
        for name, kind in self.wants.items():
            entered = self._fields[name]
            if isinstance(entered, IdField | IdsField):
                entered.offer(context.offered(kind))
        for row in self._rows():
            row.choices(context)

    def submitted(self) -> dict[str, Any]:
        """What was entered, ready for JSON: dates as ISO text, nothing entered as None."""
        return {name: _plain(entered) for name, entered in self._fields.items() if _is_data(name, entered)}

    def _rows(self) -> list[Row]:
        lists = [f for f in self._fields.values() if isinstance(f, FieldList)]
        return [entry.form for f in lists for entry in f.entries if isinstance(entry, FormField)]


class Row(_Plain, PlainForm):
    """One of several equal rows; a row in which nothing is written or chosen is no row."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for entered in self._fields.values():
            # The page still says what a row needs, but the browser must not insist on filling in every row.
            entered.flags.needed, entered.flags.required = entered.flags.required, False

    @property
    def is_blank(self) -> bool:
        """Nothing is written or chosen here; ticks alone say nothing."""
        return not any(f.data for f in self._fields.values() if not isinstance(f, BooleanField))

    def validate(self, extra_validators: Any = None) -> bool:
        """A blank row is right; a row that was begun must be complete."""
        return self.is_blank or super().validate(extra_validators)


def rows(row: type[Row], label: Any, count: int = ROWS) -> FieldList[Any]:
    """So many rows to fill in, each of them optional."""
    return FieldList(FormField(row), label, min_entries=count, max_entries=count)


class Form(_Plain, FlaskForm):  # type: ignore[misc]
    """A form of the application, protected against forged requests. One that `begins_filled` shows
    what the case holds, to be changed."""

    begins_filled: ClassVar[bool] = False

    def choices(self, context: Context) -> None:
        """Take the choices that the database holds, and what the case holds."""
        super().choices(context)
        if self.begins_filled and not self.is_submitted():
            self.fill(context.data)

    def fill(self, data: Mapping[str, Any]) -> None:
        """Show these data (as `submitted` gave them) to be changed."""
        known = {name: _entered(data[name], f) for name, f in self._fields.items() if name in data}
        self.process(None, data=known)


def _is_data(name: str, entered: Field) -> bool:
    return name != "csrf_token" and not isinstance(entered, SubmitField)


def _plain(entered: Field) -> Any:
    if isinstance(entered, FieldList):
        return [e.form.submitted() for e in entered.entries if not e.form.is_blank]
    value = entered.data
    return value.isoformat() if isinstance(value, date) else value


def _entered(value: Any, entered: Field) -> Any:
    if isinstance(entered, DateField) and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(entered, FieldList) and entered.entries:
        fields = entered.entries[0].form._fields
        return [{n: _entered(v, fields[n]) for n, v in row.items() if n in fields} for row in value]
    return value


class NoteForm(Form):
    """A reason or a note, and nothing else."""

    note = TextField(_("Reason"), required=True, longest=2_000)


class ExtensionForm(Form):
    """Until when a deadline is extended, and why."""

    until = DayField(_("New date"), required=True)
    note = TextField(_("Reason"), required=True, longest=2_000)
