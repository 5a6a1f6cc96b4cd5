"""From a form to a deed and back: refusals come beside their field, or on top of the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, render_template, request

from workflow_app.engine.errors import Invalid, Refused
from workflow_app.forms.base import Form
from workflow_app.jobs import tasks

from .words import words

Page = str | tuple[str, int]


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page with one form and nothing else: its words, and where "cancel" leads."""

    title: str
    submit: str
    back: str
    lead: str = ""

    def show(self, form: Form, status: int = 200) -> tuple[str, int]:
        """The page with the form as it was filled in."""
        return render_template("account/form.html", page=self, form=form), status


def attempt(form: Form, deed: Callable[[], Any]) -> int:
    """Do it if the form was sent and is right. Gives 0 where it was done, else the status of the page
    that shows the form (again)."""
    if request.method != "POST":
        return 200
    if not form.validate():
        return 422
    try:
        deed()
    except Refused as no:
        fields = no.fields if isinstance(no, Invalid) else {}
        placed = [name for name in fields if name in form]
        for name in placed:
            form[name].errors = [*form[name].errors, words(fields[name])]
        if not placed:
            flash(words(no.reason), "danger")
        return no.status
    tasks.poke()
    return 0
