"""A comment in a participation round, and its answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from workflow_app.engine.definition import message

from .base import Form
from .fields import DayField, LineField, OneOfField, TextField, TickField

CHANNELS = {
    "online": message("Online"),
    "letter": message("Letter"),
    "mail": message("E-mail"),
    "meeting": message("Said in a meeting"),
}

WEIGHINGS = {
    "takenOver": message("Taken over"),
    "partly": message("Taken over in part"),
    "not": message("Not taken over"),
}


class SubmissionForm(Form):
    """A comment on a draft. No name is asked for beyond what the sender wants to say."""

    title = LineField(_("Subject"), required=True, longest=150)
    text = TextField(_("Comment"), required=True)
    passage = LineField(_("Passage of the draft"))
    organization_name = LineField(_("On behalf of"))
    public = TickField(_("The comment may be published with its answer"))


class EnteredSubmissionForm(SubmissionForm):
    """A comment that reached the office in another way; the day it came in counts."""

    channel = OneOfField(_("How it came in"), CHANNELS)
    received_on = DayField(_("Received on"), required=True)


class WeighingForm(Form):
    """The answer to a comment, with the reason for it."""

    weighing = OneOfField(_("Weighing"), WEIGHINGS)
    reason = TextField(_("Reason"), required=True)
    changed_passage = LineField(_("Where the draft was changed"))
