"""Recommendation: the steps in its focus group, until the group agrees on it."""

from __future__ import annotations

from workflow_app.engine.definition import Notice, Step, majority, possible
from workflow_app.engine.definition import message as _
from workflow_app.forms import recommendation as forms
from workflow_app.forms.base import NoteForm
from workflow_app.forms.concept import DissentForm

from . import recommendation_rules as rules
from . import recommendation_writes as writes
from .known import dated
from .parties import clock, focus_group, focus_group_speaker, office
from .recommendation_states import IN_THE_GROUP, agreed, collected, drafted, group, leaders, withdrawn

draft = Step(
    "draft", _("Write it out"), IN_THE_GROUP, drafted, who=focus_group | leaders,
    past=_("%(actor)s wrote the recommendation out."), form=forms.DraftRecommendationForm, writes=writes.worded,
    explains=_("New words are agreed on anew."),
)  # fmt: skip
agree = Step(
    "agree", _("Agree"), drafted, agreed, who=focus_group, past=_("%(actor)s agreed with the recommendation."),
    hands=majority, when=(rules.is_written,), writes=writes.agreed,
    tell=(Notice("recommendation_agreed", to=group | leaders, subject=_("The focus group agreed: %(title)s")),),
)  # fmt: skip
record_agreement = Step(
    "record_agreement", _("Record how the group agreed in a meeting"), drafted, agreed,
    who=focus_group_speaker | office, past=_("%(actor)s recorded that the focus group agreed."), kind=possible,
    form=forms.AgreementForm,
    when=(rules.is_written, dated("on"), rules.agreement_carried, rules.dissent_recorded),
    writes=writes.agreed_in_meeting,
    tell=(Notice("recommendation_agreed", to=group | leaders, subject=_("The focus group agreed: %(title)s")),),
)  # fmt: skip
record_dissent = Step(
    "record_dissent", _("Record a dissenting opinion"), (drafted, agreed), None, who=focus_group,
    past=_("%(actor)s recorded a dissenting opinion."), kind=possible, form=DissentForm,
    writes=writes.noted("dissents"),
)  # fmt: skip
agree_as_before = Step(
    "agree_as_before", _("Agreed as what it comes from"), collected, agreed, who=clock,
    past=_("The focus groups had agreed on what it comes from."), kind=possible, writes=writes.nothing,
    tell=(Notice("recommendation_new", to=group, subject=_("A recommendation made of yours: %(title)s")),),
)  # fmt: skip
withdraw = Step(
    "withdraw", _("Withdraw"), IN_THE_GROUP, withdrawn, who=focus_group_speaker | group | leaders,
    past=_("%(actor)s withdrew the recommendation."), kind=possible, form=NoteForm,
    writes=writes.because("ended_because"),
    tell=(Notice("recommendation_withdrawn", to=group, subject=_("Withdrawn: %(title)s")),),
)  # fmt: skip

AGREEING = (draft, agree, record_agreement, record_dissent, agree_as_before, withdraw)
