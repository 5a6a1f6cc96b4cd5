"""Calendars out: the dates for everyone, and the own calendar at a secret address.

A calendar program has no password and no session, so the address alone opens the own calendar. It
is never part of a page that is kept, of a log, or of what a program passes on to other sites.
"""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from workflow_app import access, cases, people, queries
from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.forms.consultations import CONSULTED
from workflow_app.jobs.mail import address_of
from workflow_app.languages import LANGUAGES
from workflow_app.models import Organization
from workflow_app.people import feeds
from workflow_app.processes import REGISTRY
from workflow_app.queries.date_walks import LOOKED_AT
from workflow_app.queries.dates import MOST, Dates

from . import offering
from .guards import public, signed_in
from .ical import Leaf, written
from .words import label

bp = Blueprint("calendars", __name__)
TYPE = "text/calendar; charset=utf-8"
FOR_ALL_SECONDS = 15 * 60
Narrowed = tuple[str | None, int | None]


@bp.get("/calendar")
@public
def index() -> str:
    """What everyone may see of what is to come, and how to have it in one's own calendar."""
    dates = _public((None, None))
    bodies = {meeting.body: meeting.name for meeting in dates.meetings}
    return render_template(
        "calendars/index.html", dates=dates, today=_today(), bodies=sorted(bodies.items(), key=lambda one: one[1]),
        processes=[(p.name, label(p.plural)) for p in REGISTRY.newest() if p.name in _public_processes()],
        webcal=webcal, address_of=address_of,
    )  # fmt: skip


@bp.get("/calendar.ics")
@public
def for_everyone() -> AnyResponse:
    """The dates for everyone; `process` or `body` narrow it down, `language` is that of the texts."""
    narrowed, language = _narrowed(), request.args.get("language", current_app.config["BABEL_DEFAULT_LOCALE"])
    if language not in LANGUAGES:
        abort(404)
    with force_locale(language):
        town = current_app.config["MUNICIPALITY"]
        name = " – ".join(filter(None, (f"Teilhabe {town}", _named(narrowed))))
        told = _("Until when everyone can take part, and when bodies deal with public papers.")
        response = _calendar(Leaf(name, f"{told} {_limits()}"), _public(narrowed))
    response.headers["Cache-Control"] = f"public, max-age={FOR_ALL_SECONDS}"
    return response.make_conditional(request)


@bp.get("/calendar/<secret>.ics")
@public
def personal(secret: str) -> AnyResponse:
    """The calendar of whoever has this secret, as they are entitled today. Nobody guesses 256 random
    bits, so tries are not counted: counting them would only help those who want to keep others out."""
    owner = feeds.owner(db.session, secret)
    if owner is None:
        return _private(Response("", 404, mimetype="text/plain"))
    viewer = access.viewer(db.session, owner, _today())
    with force_locale(owner.language):
        dates = queries.personal_dates(db.session, viewer, REGISTRY, _today())
        name = _("Teilhabe %(town)s: my dates", town=current_app.config["MUNICIPALITY"])
        told = _(
            "What waits for you, and the newest %(n)s cases that you, or each group of yours, follow or take part in.",
            n=LOOKED_AT,
        )
        response = _calendar(Leaf(name, f"{told} {_limits()}", personal=True), dates)
    return _private(response).make_conditional(request)


@bp.get("/account/calendar")
@signed_in
def mine() -> str:
    """Whether there is an address for the own calendar, and what can be done with it."""
    return render_template("calendars/mine.html", since=feeds.since(db.session, current_user.id), secret=None)


@bp.post("/account/calendar")
@signed_in
def renew() -> str:
    """A new address, shown on this page and never again."""
    secret = feeds.renew(people.current(), current_user)
    url = address_of("calendars.personal", secret=secret)
    return render_template("calendars/mine.html", since=clock.now(), url=url, webcal=webcal(url))


@bp.post("/account/calendar/end")
@signed_in
def end() -> AnyResponse:
    """End the address of the own calendar."""
    feeds.end(people.current(), current_user)
    flash(_("The address of your calendar does not work any more."), "success")
    return redirect(url_for("calendars.mine"))


def webcal(url: str) -> str:
    """The same address in the form that opens a calendar program."""
    return f"webcal://{url.partition('://')[2]}"


def _today() -> date:
    return cases.current().store.calendar.local_date(clock.now())


def _limits() -> str:
    return _("From three months ago until two years ahead; at most %(n)s deadlines and as many meetings.", n=MOST)


def _public(narrowed: Narrowed) -> Dates:
    process, body = narrowed
    states = tuple(dict.fromkeys((name, state) for name, state, _step in offering.steps_for_all()))
    return queries.public_dates(db.session, REGISTRY, states, _today(), process=process, body=body)


def _public_processes() -> set[str]:
    """The processes whose cases can have dates for everyone."""
    return {name for name, _state, _step in offering.steps_for_all()} | set(queries.with_papers(REGISTRY))


def _narrowed() -> Narrowed:
    """The process or the body that is asked for; what is none is not there."""
    process = request.args.get("process")
    if process is not None and process not in _public_processes():
        abort(404)
    if "body" not in request.args:
        return process, None
    body = request.args.get("body", type=int)
    if body is None or not 0 < body < 2**31 or not _deals_with_papers(body):
        abort(404)
    return process, body


def _deals_with_papers(body: int) -> bool:
    """Whether it is of a kind that papers go through, or has a public meeting all the same. The calendar of any
    other organization would be empty for ever, and would tell everyone what it is called."""
    found = db.session.get(Organization, body)
    if found is None:
        return False
    return found.classification in CONSULTED or bool(_public((None, body)).meetings)


def _named(narrowed: Narrowed) -> str:
    process, body = narrowed
    found = db.session.get(Organization, body) if body else None
    names = (label(REGISTRY.find(process).plural) if process else "", found.name if found else "")
    return ", ".join(filter(None, names))


def _calendar(leaf: Leaf, dates: Dates) -> Response:
    body = written(leaf, dates)
    response = Response(body, content_type=TYPE)
    response.set_etag(sha256(body).hexdigest()[:32])
    return response


def _private(response: Response) -> Response:
    """Nobody keeps it but the program that asked, and that one asks again each time."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
