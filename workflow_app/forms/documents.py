"""Adding documents to a case, adding versions, withdrawing, changing who may see them. The files themselves
are read beside the form, because a file that is refused must not cost the rest of it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _
from wtforms import Form as PlainForm
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from workflow_app.engine.definition import message

from .base import Form
from .fields import LineField, OneOfField

AUDIENCES = {
    "case": message("Everybody who may see this case, now or later"),
    "participants": message("Only who takes part in this case"),
    "administration": message("Only the administration"),
}
FOR_PART = "part:"
ALL = "all"


class DocumentForm(Form):
    """A new document: what it is called, who may see it, and what is to be said about it."""

    name = LineField(
        _("What it is called"), longest=200, description=_("Without it, it is called as its file.")
    )  # fmt: skip
    audience = OneOfField(_("Who may see it?"), AUDIENCES)
    note = LineField(_("Note"), longest=500)

    def offer_parts(self, parts: Sequence[tuple[str, str]]) -> None:
        """Offer parts of the case as well, each with its label, translated."""
        _offer_parts(self.audience, parts)


class AudienceForm(Form):
    """For whom a document is from now on."""

    audience = OneOfField(_("Who may see it?"), AUDIENCES)

    def offer_parts(self, parts: Sequence[tuple[str, str]]) -> None:
        """Offer parts of the case as well, each with its label, translated."""
        _offer_parts(self.audience, parts)


def _offer_parts(field: OneOfField, parts: Sequence[tuple[str, str]]) -> None:
    more = [SelectChoice(f"{FOR_PART}{part}", _("Only: %(who)s", who=label)) for part, label in parts]
    field.choices = [*(field.choices or ()), *more]


def audience_of(chosen: str) -> tuple[str, str | None]:
    """Audience and part as somebody has chosen them."""
    kind, _colon, part = chosen.partition(":")
    return kind, part or None


def choice_of(audience: str, part: str | None) -> str:
    """The same the other way round."""
    return f"{FOR_PART}{part}" if audience == "part" else audience


class PapersForm(PlainForm):
    """Who may see what is sent along with the form of a step."""

    audience = OneOfField(_("Who may see them?"), AUDIENCES, required=False)


class VersionForm(Form):
    """A new version of a document."""

    note = LineField(_("What is new in it"), longest=500)


class WithdrawForm(Form):
    """What of a document is withdrawn, and why."""

    version = OneOfField(_("What is withdrawn?"), {ALL: message("The whole document")})
    reason = LineField(_("Reason"), required=True, longest=500)

    def offer_versions(self, versions: Sequence[tuple[int, str]]) -> None:
        """Offer single versions as well, where there are several."""
        more = [SelectChoice(str(number), label) for number, label in versions]
        self.version.choices = [*(self.version.choices or ()), *(more if len(more) > 1 else ())]
