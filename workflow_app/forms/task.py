"""A task of an implementation."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _

from .base import Form
from .fields import CountField, IdField, TextField


class TaskProgressForm(Form):
    """How far it is."""

    percent = CountField(_("Done, in percent"), most=100)
    text = TextField(_("How it stands"), required=True, longest=2_000)


class TaskOwnerForm(Form):
    """Another unit is responsible."""

    wants: ClassVar = {"owner": "organizations"}

    owner = IdField(_("Responsible unit"))
    note = TextField(_("Reason"), required=True, longest=2_000)
