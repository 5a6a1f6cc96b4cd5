"""What somebody decides about incidents: which ones, and why nothing is to be done about them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from workflow_app.engine.who import message

from .base import Form
from .fields import OneOfField, TextField

WHICH = {"ticked": message("only those that are ticked"), "all": message("all that wait, also on further pages")}
LONGEST_REASON = 500


class DecisionForm(Form):
    """A reason is needed only where incidents are discarded; the button says what is done."""

    which = OneOfField(_("Which ones?"), WHICH)
    reason = TextField(
        _("Reason for discarding"),
        longest=LONGEST_REASON,
        description=_(
            "Only needed for discarding. It is kept with your name; all who look after incidents can read it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.flags.needed = True  # for one of the two buttons, so it is not called optional
