"""What people say of themselves: one spelling for each mail address, so that an account is found
whoever writes it how; a name in one line; a language that the site speaks."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

from workflow_app.engine.errors import Invalid, Reason
from workflow_app.engine.who import message as _
from workflow_app.languages import LANGUAGES

LONGEST = 254


def normal(written: str) -> str:
    """An address as it is kept: small letters, the domain in ASCII. Raises Invalid."""
    try:
        found = validate_email(written.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        found = None
    address = (found.ascii_email or "").lower() if found else ""
    if not address or len(address) > LONGEST:
        reason = Reason(_("This is no mail address."))
        raise Invalid(reason, {"email": reason})
    return address


def as_kept(written: str) -> str:
    """The same for looking an account up: what is no address is given back as it is, and finds nothing."""
    try:
        return normal(written)
    except Invalid:
        return written.strip().lower()


def spoken(language: str) -> str:
    """A language that the site speaks. Raises Invalid."""
    if language not in LANGUAGES:
        reason = Reason(_("Please choose one of the options."))
        raise Invalid(reason, {"language": reason})
    return language


def tidy_name(written: str) -> str:
    """A name in one line; it will stand in the head of a mail. Raises Invalid for none."""
    name = " ".join("".join(c if c.isprintable() else " " for c in written).split())
    if not 0 < len(name) <= 200:
        reason = Reason(_("Please write a name of at most 200 characters."))
        raise Invalid(reason, {"name": reason})
    return name
