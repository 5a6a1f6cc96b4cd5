"""The form of an organization."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext as _

from .base import Form
from .fields import IdField, LineField, PickField


class OrganizationForm(Form):
    """What an organization is called, what it is, and what it belongs to. The view hands in the kinds."""

    wants: ClassVar = {"parent": "organizations"}

    name = LineField(_("Name"), required=True, longest=300)
    kind = PickField(
        _("What it is"), {},
        description=_("This decides where it can be chosen: only a council decides, only a focus group recommends."),
    )  # fmt: skip
    parent = IdField(_("Belongs to"), required=False, description=_("For example a committee to its council."))
