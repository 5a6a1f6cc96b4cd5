"""Files that come with a form. One that is refused costs nothing else: what was written stays, the
message names the file, and files that were fine need not be chosen again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, cast

from flask import Flask, current_app, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from itsdangerous import BadData, TimestampSigner, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage

from workflow_app import documents
from workflow_app.cases import Added
from workflow_app.documents import Received
from workflow_app.documents.kinds import ACCEPT
from workflow_app.engine import clock
from workflow_app.engine.errors import Refused
from workflow_app.forms.documents import PapersForm

from . import throttle
from .guards import viewer
from .words import words

MOST = 5
"""How many files may come with one form."""
FILES, KEPT = "papers-files", "papers-kept"
HOURS = 20  # a form may be sent again; the clean-up takes what is older than a day
LISTENED_TO = 128 * documents.receiving.MEGABYTE
CHUNK = 64 * 1024
View = Callable[..., Any]


def takes_files(view: View) -> View:
    """Mark a page that files may be sent to, so that it may be sent more than others."""
    limited = throttle.files(view)
    limited.takes_files = True  # type: ignore[attr-defined]
    return limited


def may_be_sent_files() -> bool:
    """Whether the page of this request takes files; only who is signed in may send them."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "takes_files", False))


def most_bytes() -> int:
    """How much one request with files may hold: files of the largest size, and the form."""
    return int(MOST * current_app.config["LONGEST_UPLOAD"] + current_app.config["MAX_FORM_MEMORY_SIZE"])


def _make_room(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    if may_be_sent_files() and current_user.is_authenticated:
        request.max_content_length = most_bytes()


@dataclass(slots=True)
class Uploads:
    """What came with a form: files that are kept and belong to nothing yet, and what was wrong.
    `form` asks who may see them, where the page does not ask that itself."""

    most: int = MOST
    form: PapersForm | None = None
    received: list[Received] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    accept: str = ACCEPT

    @property
    def longest(self) -> int:
        """How many MB a file may have."""
        return int(current_app.config["LONGEST_UPLOAD"]) // documents.receiving.MEGABYTE

    @property
    def sealed(self) -> list[tuple[Received, str]]:
        """The kept files, each with the sign by which the next try of the form names it."""
        return [(one, _signer().dumps(asdict(one))) for one in self.received]

    @property
    def is_used(self) -> bool:
        """Whether anything was sent, right or wrong."""
        return bool(self.received or self.problems or (self.form and self.form.errors))

    def is_right(self) -> bool:
        """Whether all files are fine and it is said who may see them; else the page says what is wrong."""
        if self.form is not None:
            self.form.validate()
            if self.received and not self.form.audience.data:
                self.form.audience.errors = [_("Please say who may see the documents.")]
        return not self.problems and not (self.form and self.form.errors)

    def added(self) -> list[Added]:
        """The files as documents on their way into a case."""
        audience = (self.form.audience.data if self.form else None) or "case"
        return [Added(one, audience) for one in self.received]


def read(most: int = MOST, *, asks: bool = True) -> Uploads:
    """Take in the files of this request, if it is one that sends a form."""
    found = Uploads(most, PapersForm(request.form, prefix="papers-") if asks else None)
    if request.method != "POST":
        return found
    for sealed in request.form.getlist(KEPT)[:most]:
        try:
            found.received.append(Received(**_signer().loads(sealed, max_age=HOURS * 3600)))
        except BadData:
            found.problems.append(_("A file that you sent before is no longer there. Please choose it again."))
    sent = [one for one in request.files.getlist(FILES) if one.filename]
    if len(sent) + len(found.received) > most:
        too_many = ngettext("Please send one file only.", "Please send at most %(num)s files at once.", most)
        found.problems.append(too_many)
        return found
    for file in sent:
        try:
            found.received.append(_received(file))
        except Refused as no:
            found.problems.append(words(no.reason))
    return found


def _received(file: FileStorage) -> Received:
    stream = cast(BinaryIO, file.stream)
    return documents.receive(documents.current(), stream, file.filename or "", current_app.config["LONGEST_UPLOAD"])


def let_it_finish() -> None:
    """Take in and forget what a browser is still sending, within reason: it reads no answer before."""
    left = request.content_length or 0
    if left > LISTENED_TO:
        return
    while left > 0 and (chunk := request.environ["wsgi.input"].read(min(left, CHUNK))):
        left -= len(chunk)


def _signer() -> URLSafeTimedSerializer:
    """Signs what the next try may name; nobody can use the files of somebody else."""
    secret, salt = current_app.config["SECRET_KEY"], f"papers of {viewer().person}"
    return URLSafeTimedSerializer(secret, salt=salt, signer=_Dated)


class _Dated(TimestampSigner):
    """A sign that tells the time as everything here does."""

    def get_timestamp(self) -> int:
        return int(clock.now().timestamp())


def init_app(app: Flask) -> None:
    """Let pages that take files be sent more than others, before anything of a request is read."""
    app.url_value_preprocessor(_make_room)
