"""Teilhabe: the web application."""

from __future__ import annotations

from flask import Flask

import config


def create_app(settings: config.Settings | None = None) -> Flask:
    """The application: extensions, blueprints, error pages. Nothing else. Without settings it takes
    those of the environment, and raises WrongSettings where nothing could work with them."""
    from . import cases, cli, database, documents, people, security, views
    from .engine.calendar import Calendar
    from .extensions import babel, csrf, db, limiter, login
    from .languages import language
    from .operation import logs
    from .settings import of_this_process

    settings = settings or of_this_process()
    app = Flask(__name__, instance_path=str(settings.instance.resolve()))
    app.config.from_mapping(settings.flask())
    logs.init_app(app, settings.log)
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = security.stored_secret(settings.instance)
    url = database.normal_url(settings.database)
    app.config["SQLALCHEMY_ENGINES"] = {"default": {"url": url, **database.engine_options(url)}}
    db.init_app(app)
    with app.app_context():
        database.listen(db.engine)
    login.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=language)
    limiter.init_app(app)
    calendar = Calendar(settings.land, settings.zone)
    bucket = documents.Bucket(
        settings.bucket_endpoint, settings.bucket_region, settings.bucket_key, settings.bucket_secret
    )
    documents.init_app(app, settings.documents, bucket)
    cases.init_app(app, calendar)
    people.init_app(app, calendar, settings.session_days)
    security.init_app(app, settings.proxies)
    views.init_app(app)
    cli.init_app(app)
    return app
