"""How often somebody may try: by the address they come from, and by the account they try."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_login import current_user

from workflow_app.extensions import limiter
from workflow_app.people.addresses import as_kept

FROM_ONE_PLACE = "30 per minute"
AT_ONE_ACCOUNT = "10 per minute; 100 per hour"
MAILS_TO_ONE = "5 per hour"
FORMS_WITH_FILES = "120 per hour"


def _account() -> str:
    """The account that is tried, as far as it can be told: the one signed in, else the address written."""
    if current_user.is_authenticated:
        return f"account {current_user.id}"
    return f"address {as_kept(request.form.get('email', '')[:300])}"


def failures(view: Callable[..., Any]) -> Callable[..., Any]:
    """Limit how often a password can be guessed; what was right is not counted."""
    by_place = limiter.limit(FROM_ONE_PLACE, methods=["POST"], deduct_when=_failed)
    by_account = limiter.limit(AT_ONE_ACCOUNT, methods=["POST"], key_func=_account, deduct_when=_failed)
    found: Callable[..., Any] = by_place(by_account(view))
    return found


def mails(view: Callable[..., Any]) -> Callable[..., Any]:
    """Limit how many mails somebody can have sent."""
    by_place = limiter.limit(FROM_ONE_PLACE, methods=["POST"])
    by_account = limiter.limit(MAILS_TO_ONE, methods=["POST"], key_func=_account)
    found: Callable[..., Any] = by_place(by_account(view))
    return found


def guesses(view: Callable[..., Any]) -> Callable[..., Any]:
    """Limit how many links can be tried."""
    found: Callable[..., Any] = limiter.limit(FROM_ONE_PLACE)(view)
    return found


def files(view: Callable[..., Any]) -> Callable[..., Any]:
    """Limit how many forms with files somebody can send, so that nobody fills the disk alone."""
    sent = limiter.limit(FORMS_WITH_FILES, methods=["POST"], key_func=_account, exempt_when=lambda: not request.files)
    found: Callable[..., Any] = sent(view)
    return found


def _failed(response: Response) -> bool:
    return response.status_code >= 400
