"""The fields of all forms, with their messages: lines, texts, days, counts, ticks, and choices.

What is to be chosen from the database is handed in by `offer`; nothing here asks for it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older
from wtforms.fields.core import Field
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput

from workflow_app.engine.calendar import FIRST_YEAR, LAST_YEAR

LINE, TEXT, COUNT = 300, 20_000, 1_000_000
NO_CHOICE = SelectChoice("", "–")

Choices = Sequence[tuple[int, str]]


def _tidy(value: str | None) -> str | None:
    """Without outer blanks and without the control characters that a database refuses. A blank that does not
    break (5 €) becomes a usual one, and does not join two words."""
    kept = (
        c if c in "\n\t" or c.isprintable() else " " if unicodedata.category(c) == "Zs" else "" for c in value or ""
    )
    return "".join(kept).strip() or None


def _needed(required: bool, *others: Any) -> list[Any]:
    first = InputRequired(_("Please fill in this field.")) if required else Optional()
    return [first, *others]


def _in_one_line(value: str | None) -> str | None:
    """Each white space becomes one blank, also line breaks that only a program sends and those of Unicode
    (U+2028, U+0085): what is called by a line must not bring paragraphs of its own into lists and mails."""
    return " ".join("".join(c for c in value or "" if c.isspace() or c.isprintable()).split()) or None


class LineField(StringField):
    """One line of text, whatever was sent."""

    def __init__(self, label: Any = None, *, required: bool = False, longest: int = LINE, **kw: Any) -> None:
        limit = Length(max=longest, message=_("Please use at most %(max)d characters."))
        super().__init__(label, _needed(required, _not_blank, limit), filters=[_in_one_line], **kw)


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
    """Several things from the database, each with a box to tick; the view hands in what is on offer."""

    option_widget = CheckboxInput()

    def __init__(self, label: Any, *, required: bool = False, **more: Any) -> None:
        super().__init__(label, _needed(required), coerce=int, choices=[], **more)

    def offer(self, choices: Choices) -> None:
        """Take what may be chosen."""
        self.choices = [SelectChoice(*one) for one in choices]
