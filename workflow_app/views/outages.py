"""When the database does not answer or nothing can be stored: a page in words that needs neither, and that
keeps what somebody has written, so that one click sends it again."""

from __future__ import annotations

import errno
import logging
import sqlite3

import psycopg
from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from flask_login import AnonymousUserMixin
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from workflow_app.access import Viewer
from workflow_app.languages import language_of_browser

from . import errors

log = logging.getLogger(__name__)
PAUSE = 15
"""Seconds after which programs may try again (Retry-After)."""
OF_DATABASES = (
    exc.OperationalError, exc.InternalError, exc.InterfaceError, exc.TimeoutError,
    psycopg.OperationalError, psycopg.InternalError, psycopg.InterfaceError, sqlite3.OperationalError,
)  # fmt: skip
NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NOBODY = Viewer(None, frozenset())


def init_app(app: Flask) -> None:
    """Answer every error of a database or a disk with such a page."""
    for kind in (*OF_DATABASES, OSError):
        app.register_error_handler(kind, _answer)


def _answer(error: Exception) -> ResponseReturnValue:
    cause = getattr(error, "orig", None) or error
    if _is_a_mistake(cause):
        log.exception("unexpected: %s", type(error).__name__)
        return errors.page(500)
    is_full = _is_full(cause)
    log.error("%s: %s", "no space" if is_full else "the database does not answer", type(cause).__name__)
    _forget_who_it_is()
    with force_locale(_language()):
        return (_full_page(), 507) if is_full else (_down_page(), 503, {"Retry-After": str(PAUSE)})


def _is_a_mistake(cause: BaseException) -> bool:
    """SQL that is wrong is an operational error to SQLite, and not every error of the system is about space."""
    if isinstance(cause, sqlite3.OperationalError):
        return _sqlite_code(cause) == sqlite3.SQLITE_ERROR
    return isinstance(cause, OSError) and cause.errno not in NO_SPACE


def _is_full(cause: BaseException) -> bool:
    if isinstance(cause, sqlite3.OperationalError):
        return _sqlite_code(cause) == sqlite3.SQLITE_FULL
    return isinstance(cause, OSError | psycopg.errors.DiskFull)


def _sqlite_code(error: sqlite3.OperationalError) -> int:
    """The primary code; extended ones carry more in their higher bytes."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF


def _forget_who_it_is() -> None:
    """For the rest of this request nobody is signed in: finding out again would ask the database again."""
    g.viewer = NOBODY
    if "_login_user" not in g:
        g._login_user = AnonymousUserMixin()


def _language() -> str:
    """The language of the page; where it is that of an account and cannot be read, the browser's."""
    try:
        return str(get_locale())
    except OF_DATABASES:
        return language_of_browser()


def _down_page() -> str:
    title, usual = _("We cannot get at our data just now"), _("This usually passes within a minute or two.")
    if request.method != "POST":
        return _page(503, title, usual, _("Please load the page again then."))
    if "key" in dict(_fields()):
        more = _("We cannot say whether what you sent has arrived. Please send it again: nothing is done twice.")
    else:
        more = _("We cannot say whether what you sent has arrived. Please look before you send it again.")
    return _page(503, title, usual, more)


def _full_page() -> str:
    title = _("We cannot store anything just now")
    usual = _("There is no space left for data. You can still read everything. Please tell the coordination office.")
    if request.method != "POST":
        return _page(507, title, usual)
    return _page(507, title, usual, _("What you sent was not stored. Please send it again when there is space."))


def _page(code: int, title: str, *texts: str) -> str:
    again = _sent()
    keeps = request.method != "POST" or bool(again)
    back = "" if keeps else _("Please go back: what you wrote should still be there.")
    return render_template(
        "errors/outage.html", code=code, title=title, texts=[text for text in (*texts, back) if text], again=again,
        address=request.full_path.rstrip("?"),
    )  # fmt: skip


def _sent() -> list[tuple[str, str]]:
    """What was sent and can be sent again from the page: no passwords, and not where files belong to it."""
    fields = _fields()
    has_files = bool(fields) and any(file.filename for file in request.files.values())
    return [] if has_files or any("password" in name for name, _value in fields) else fields


def _fields() -> list[tuple[str, str]]:
    """The fields of the form that was sent, as far as it could be read."""
    try:
        return list(request.form.items(multi=True))
    except (HTTPException, OSError):
        return []
