"""What all forms share: the fields, their messages, and the way from a form to plain data and back.

A form never asks the database. What it offers from there is handed in: the class says in `wants`
which field offers which kind of choice, and the view calls ``form.choices(context)``. All forms
work without a script: a list of things is a fixed number of rows, and rows left blank are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.fields.core import Field
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from workflow_app.engine.calendar import FIRST_YEAR, LAST_YEAR

LINE, TEXT, COUNT = 300, 20_000, 1_000_000
ROWS = 9
NO_CHOICE = SelectChoice("", "–")

Choices = Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Context:
    """What a view hands to a form: the case's data and a way to ask for choices by their kind.

    Kinds are ``organizations``, ``organizations:Ausschuss,Parlament`` (classifications), ``people``,
    ``measures`` (of this case) and ``holders:working_group`` (who holds that part in this case).
    """

    offered: Callable[[str], Choices] = lambda kind: ()
    data: Mapping[str, Any] = field(default_factory=dict)


# ----------------------------------------------------------------------------- fields


def _tidy(value: str | None) -> str | None:
    """Without outer blanks and without the control characters that a database refuses."""
    if value is None:
        return None
    return "".join(c for c in value if c in "\n\t" or c.isprintable()).strip() or None


def _needed(required: bool, *others: Any) -> list[Any]:
    first = InputRequired(_("Please fill in this field.")) if required else Optional()
    return [first, *others]


class LineField(StringField):
    """One line of text."""

    def __init__(self, label: Any = None, *, required: bool = False, longest: int = LINE, **kw: Any) -> None:
        limit = Length(max=longest, message=_("Please use at most %(max)d characters."))
        super().__init__(label, _needed(required, _not_blank, limit), filters=[_tidy], **kw)


class TextField(TextAreaField):
    """A text of several lines."""

    def __init__(self, label: Any = None, *, required: bool = False, longest: int = TEXT, **kw: Any) -> None:
        limit = Length(max=longest, message=_("Please use at most %(max)d characters."))
        super().__init__(label, _needed(required, _not_blank, limit), filters=[_tidy], **kw)


def _not_blank(form: Any, entered: Field) -> None:
    needed = any(isinstance(v, InputRequired) for v in entered.validators)
    if needed and not entered.data:
        raise ValidationError(_("Please fill in this field."))


class DayField(DateField):
    """A date, as the browser sends it or as people write it in German."""

    def __init__(self, label: Any = None, *, required: bool = False, **more: Any) -> None:
        super().__init__(label, _needed(required, _known_year), format=["%Y-%m-%d", "%d.%m.%Y"], **more)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """As WTForms does it, but with a message that says what to write."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Please enter a date such as 2026-03-31.")) from None


def _known_year(form: Any, entered: Field) -> None:
    if entered.data and not FIRST_YEAR <= entered.data.year <= LAST_YEAR:
        limits = {"first": FIRST_YEAR, "last": LAST_YEAR}
        raise ValidationError(_("Please enter a date between %(first)s and %(last)s.", **limits))


class CountField(IntegerField):
    """A whole number, nought or more."""

    def __init__(self, label: Any = None, *, required: bool = False, most: int = COUNT, **more: Any) -> None:
        limit = NumberRange(0, most, _("Please enter a number from %(min)s to %(max)s."))
        super().__init__(label, _needed(required, limit), **more)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """As WTForms does it, but with a message that says what to write."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Please enter a whole number.")) from None


class TickField(BooleanField):
    """A box to tick; with `required` it must be ticked."""

    def __init__(self, label: Any = None, *, required: bool = False, **more: Any) -> None:
        must = [InputRequired(_("Please confirm this."))] if required else []
        super().__init__(label, must, **more)


def translated(options: Mapping[str, str]) -> list[SelectChoice]:
    """Codes with their labels, translated when the page is made."""
    return [SelectChoice(code, _(label)) for code, label in options.items()]


def _code(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


def _id(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class _Offers:
    """A choice that is not on offer is refused in words."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """As WTForms does it, but with a message that says what to write."""
        try:
            super().process_formdata(valuelist)  # type: ignore[misc]
        except ValueError:
            raise ValueError(_("Please choose one of the options.")) from None

    def pre_validate(self, form: Any) -> None:
        """As WTForms does it, with our message."""
        try:
            super().pre_validate(form)  # type: ignore[misc]
        except ValidationError:
            raise ValidationError(_("Please choose one of the options.")) from None


class OneOfField(_Offers, RadioField):
    """One of few codes, all of them in sight."""

    def __init__(self, label: Any, options: Mapping[str, str], *, required: bool = True, **more: Any) -> None:
        super().__init__(
            label, _needed(required), coerce=_code, choices=translated(options), validate_choice=True, **more
        )


class PickField(_Offers, SelectField):
    """One of many codes."""

    def __init__(self, label: Any, options: Mapping[str, str], *, required: bool = True, **more: Any) -> None:
        choices = [NO_CHOICE, *translated(options)]
        super().__init__(label, _needed(required), coerce=_code, choices=choices, **more)


class IdField(_Offers, SelectField):
    """One thing from the database; the view hands in what is on offer."""

    def __init__(self, label: Any, *, required: bool = True, **more: Any) -> None:
        super().__init__(label, _needed(required), coerce=_id, choices=[], **more)

    def offer(self, choices: Choices) -> None:
        """Take what may be chosen."""
        self.choices = [NO_CHOICE, *(SelectChoice(*one) for one in choices)]


class IdsField(_Offers, SelectMultipleField):
    """Several things from the database; the view hands in what is on offer."""

    def __init__(self, label: Any, *, required: bool = False, **more: Any) -> None:
        super().__init__(label, _needed(required), coerce=int, choices=[], **more)

    def offer(self, choices: Choices) -> None:
        """Take what may be chosen."""
        self.choices = [SelectChoice(*one) for one in choices]


# ------------------------------------------------------------------------------- forms


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
            entered.flags.required = False  # or the browser would insist on filling in every row

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
    """A form of the application, protected against forged requests."""

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
