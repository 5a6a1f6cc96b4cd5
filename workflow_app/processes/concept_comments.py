"""Concept: the comment round, from the public draft to the answers."""

from __future__ import annotations

from workflow_app.engine.definition import Child, Notice, Step, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import concept as forms
from workflow_app.forms.submission import EnteredSubmissionForm, SubmissionForm

from . import comments
from . import concept_rules as rules
from . import concept_writes as writes
from .concept_states import consideration, in_consultation, insiders, internal_draft, postponed, public_draft
from .parties import clock, office, signed_in, steering_group, steering_group_chair

a_comment = Child("submission", comments.a_comment(public_draft), _("Comment"))

publish_draft = Step(
    "publish_draft",
    _("Publish the draft for comment"),
    internal_draft,
    public_draft,
    who=office,
    past=_("%(actor)s published the draft for comment."),
    form=forms.PublishDraftForm,
    when=(rules.readable_for_all,),
    tell=(Notice("draft_published", to=insiders, subject=_("The draft is open for comment: %(title)s")),),
)
comment = Step(
    "comment",
    _("Comment on the draft"),
    public_draft,
    None,
    who=signed_in | office,
    past=_("%(actor)s commented on the draft."),
    kind=possible,
    form=SubmissionForm,
    writes=writes.nothing,
    opens=(a_comment,),
)
enter_comment = Step(
    "enter_comment",
    _("Enter a comment that came in"),
    (public_draft, consideration, internal_draft, in_consultation, postponed),
    None,
    who=office,
    past=_("%(actor)s entered a comment on the draft."),
    kind=possible,
    form=EnteredSubmissionForm,
    when=(comments.draft_was_public,),
    writes=writes.nothing,
    opens=(a_comment,),
    explains=_("After the period it goes to the late register: answered, but not counted."),
)
close_comments = Step(
    "close_comments",
    _("Close the comment period"),
    public_draft,
    consideration,
    who=clock,
    past=_("The comment period ended."),
    kind=possible,
    writes=comments.round_closed("comment_period"),
    tell=(Notice("comments_closed", to=office | steering_group, subject=_("Comments are to be weighed: %(title)s")),),
)
note_consideration = Step(
    "note_consideration",
    _("Note what the comments changed"),
    consideration,
    None,
    who=office | steering_group_chair,
    past=_("%(actor)s noted what the comments changed."),
    kind=possible,
    form=forms.SummaryForm,
)

COMMENTING = (publish_draft, comment, enter_comment, close_comments, note_consideration)
