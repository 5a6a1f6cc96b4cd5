"""Refusals: the engine and the case store say no in words that a person can read.

Every text is an English message id; the page translates it and puts `params` in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is not possible: a message id and what is to be put into it."""

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.params if self.params else self.text


class Refused(Exception):
    """Something is not done, and nothing was changed. `status` is the HTTP status it maps to."""

    status = 403

    def __init__(self, text: str | Reason, **params: Any) -> None:
        self.reason = text if isinstance(text, Reason) else Reason(text, params)
        super().__init__(str(self.reason))


class NotAllowed(Refused):
    """The actor is not among those who may take this step (deny by default)."""


class NotPossible(Refused):
    """The step does not exist in the present state, or a rule speaks against it."""

    status = 409


class Conflict(Refused):
    """Somebody else was quicker: the case is no longer at the version the actor has seen."""

    status = 409


class Invalid(Refused):
    """The submitted data cannot be used; `fields` maps a field name to its reason."""

    status = 422

    def __init__(self, text: str | Reason, fields: Mapping[str, Reason] | None = None, **params: Any) -> None:
        super().__init__(text, **params)
        self.fields: Mapping[str, Reason] = fields or {}


class NotFound(Refused):
    """There is no such case, or it is not for this actor to know that there is one."""

    status = 404


class DefinitionError(Exception):
    """A process contradicts itself. The message names the process and the line to mend."""
