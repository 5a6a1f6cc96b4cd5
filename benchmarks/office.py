"""The dashboard of staff and the lists behind it, and what counting its figures costs in the background.

There is a clerk of the office that belongs to all copies and sees nearly everything, and one of
another office, who sees what is public and the few cases of that office.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.jobs import figures

OFFICE, OTHER = "stelle@flensburg.example", "gremien@flensburg.example"
CLERKS = {"staff": OFFICE, "clerk": OTHER}
Key = tuple[str, str, str]
Job = Callable[[], object]


def addresses(app: Flask, email: str) -> dict[str, str]:
    """What a clerk asks for."""
    unit = "SELECT min(m.organization_id) FROM memberships m JOIN people p ON p.id = m.person_id WHERE p.email = :email"
    with app.app_context(), db.engine.connect() as connection:
        own = connection.scalar(text(unit), {"email": email})
    return {
        "dashboard": "/dashboard",
        "dashboard process": "/dashboard?process=measure",
        "dashboard own unit": f"/dashboard?organization={own}",
        "overdue": "/dashboard/deadlines?when=overdue",
        "next 30 days": "/dashboard/deadlines?when=month",
        "open cases": "/dashboard/cases?process=measure&state=running",
        "own steps": f"/dashboard/steps?organization={own}",
    }


def jobs(
    app: Flask, client_of: Callable[[Flask, str], FlaskClient], page: Callable[[FlaskClient, str], Job]
) -> dict[Key, Job]:
    """Viewer, what, and how -> how to do it once. The figures are counted first, so that all others
    read fresh ones, as they do where a scheduler runs."""
    found: dict[Key, Job] = {("scheduler", "count figures", "job"): _counting(app)}
    for who, email in CLERKS.items():
        client = client_of(app, email)
        for what, where in addresses(app, email).items():
            found[who, what, "page"] = page(client, where)
    return found


def _counting(app: Flask) -> Job:
    def run() -> None:
        with app.app_context():
            figures.count(db.engine, clock.now())

    return run
