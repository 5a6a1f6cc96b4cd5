"""What machines ask: whether we are alive, whether we are ready, and how much waits."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, jsonify, request

from workflow_app.engine import clock
from workflow_app.extensions import db
from workflow_app.operation import health, metrics, queues

from .guards import public

bp = Blueprint("operation", __name__)


@bp.get("/health/live")
@public
def live() -> Response:
    """200 as long as this process answers at all."""
    return _now(jsonify(status="ok"))


@bp.get("/health/ready")
@public
def ready() -> tuple[Response, int]:
    """200 when pages can be answered, 503 otherwise. That Redis is away, or that nobody carries mails, is said
    and turns nobody away."""
    found = health.look(db.engine, current_app.config["REDIS_URL"])
    answer = jsonify(
        status="ok" if found.is_ready else "not ready",
        database=found.database, migrations=found.migrations, queue=found.queue, workers=found.workers,
    )  # fmt: skip
    return _now(answer), 200 if found.is_ready else 503


@bp.get("/metrics")
@public
def figures() -> Response:
    """The figures for Prometheus, for whoever knows the token; for all others there is nothing here."""
    if not metrics.may_read(request.headers.get("Authorization", ""), current_app.config["METRICS_TOKEN"]):
        abort(404)
    workers = queues.workers(current_app.config["REDIS_URL"]) or {}
    return _now(Response(metrics.text(db.session, clock.now(), workers), content_type=metrics.TYPE))


def _now(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
