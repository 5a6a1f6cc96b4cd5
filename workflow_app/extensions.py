"""The extensions, not yet bound to an application."""

from __future__ import annotations

from contextlib import suppress

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session


class RequestSession(Session):
    """The session of a request, which only reads."""

    def close(self) -> None:
        """Give everything back. Where the database has gone away meanwhile there is nothing left to give
        back, and an answer that is ready must still reach the reader."""
        with suppress(DBAPIError):
            super().close()


db = SQLAlchemy(session_options={"class_": RequestSession, "expire_on_commit": False, "autoflush": False})
login = LoginManager()
csrf = CSRFProtect()
babel = Babel()
limiter = Limiter(key_func=get_remote_address)
