"""The pages: look up, validate, call cases or queries, render."""

from __future__ import annotations

from flask import Flask

from workflow_app import queries
from workflow_app.extensions import db

from . import (
    account,
    account_words,
    calendars,
    cases,
    desk,
    document_words,
    documents,
    errors,
    guards,
    incident_words,
    incidents,
    links,
    mail,
    members,
    naming,
    notifications,
    office,
    operation,
    organizations,
    outages,
    own,
    pages,
    people,
    processes,
    search,
    uploads,
    words,
)

BLUEPRINTS = (
    pages.bp, account.bp, links.bp, own.bp, members.bp, people.bp, organizations.bp, mail.bp, desk.bp, notifications.bp,
    office.bp, incidents.bp, cases.bp, documents.bp, processes.bp, search.bp, calendars.bp, operation.bp,
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Give an application its pages."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    guards.public(app.view_functions["static"])
    app.before_request(guards.check)
    errors.init_app(app)
    outages.init_app(app)
    uploads.init_app(app)
    words.init_app(app)
    document_words.init_app(app)
    account_words.init_app(app)
    incident_words.init_app(app)
    naming.init_app(app)

    @app.context_processor
    def everywhere() -> dict[str, object]:
        viewer = guards.viewer()
        unread = queries.unread_count(db.session, viewer) if viewer.person else 0
        incidents = queries.open_incident_count(db.session) if viewer.is_caretaker else 0
        return {
            "viewer": viewer, "municipality": app.config["MUNICIPALITY"], "unread": unread, "open_incidents": incidents,
        }  # fmt: skip
