"""The form to sign in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length

LONGEST = 200


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Address and password."""

    email = EmailField(
        _("E-mail address"),
        [InputRequired(_("Please fill in this field.")), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _("Password"),
        [InputRequired(_("Please fill in this field.")), Length(max=LONGEST)],
        render_kw={"autocomplete": "current-password"},
    )
