"""What machines ask: alive, ready, and the figures."""

from __future__ import annotations

import pytest
from redis import Redis
from sqlalchemy import text

from tests.jobs.redis_server import redis_url
from tests.jobs.working import listening
from tests.views.browsing import Visitor
from workflow_app.database import new_engine
from workflow_app.extensions import db
from workflow_app.models.following import MAILS, SITE

__all__ = ["redis_url"]
ADDRESSES = ("/health/live", "/health/ready", "/metrics")
TOKEN = {"Authorization": "Bearer a-long-token"}


def test_a_whole_house_is_alive_and_ready(demo_app, redis_url):
    demo_app.config["REDIS_URL"] = redis_url
    client = demo_app.test_client()
    assert client.get("/health/live").json == {"status": "ok"}
    answer = client.get("/health/ready")
    expected = {"status": "ok", "database": "ok", "migrations": "ok", "queue": "ok"}
    nobody = {"workers": "nobody carries notices and mails"}
    assert (answer.status_code, answer.json) == (200, {**expected, **nobody})  # pages can be answered all the same
    _somebody_carries(redis_url, SITE)
    assert client.get("/health/ready").json["workers"] == "nobody carries mails"
    _somebody_carries(redis_url, MAILS)
    assert client.get("/health/ready").json == {**expected, "workers": "ok"}


def _somebody_carries(redis_url: str, queue: str) -> None:
    """A worker says that it is there."""
    with Redis.from_url(redis_url) as connection:
        listening(queue, connection)


@pytest.mark.parametrize(("redis", "queue"), [("", "none"), ("redis://127.0.0.1:1/0", "unreachable")])
def test_pages_need_no_queue_so_nobody_is_turned_away_where_it_is_missing(demo_app, redis, queue):
    demo_app.config["REDIS_URL"] = redis
    client = demo_app.test_client()
    answer = client.get("/health/ready")
    told = {"status": "ok", "database": "ok", "migrations": "ok", "queue": queue, "workers": "unknown"}
    assert (answer.status_code, answer.json) == (200, told)
    assert client.get("/health/live").status_code == 200
    visitor = Visitor(demo_app, "stelle")
    assert [visitor.get(page).status_code for page in ("/", "/cases", "/desk", "/cases/35")] == [200] * 4


def test_an_old_database_is_not_ready(demo_app):
    with demo_app.app_context(), db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    answer = demo_app.test_client().get("/health/ready")
    assert (answer.status_code, answer.json["migrations"]) == (503, "not at head")


def test_a_database_that_is_gone_is_said_to_be_gone(demo_app, monkeypatch):
    monkeypatch.setattr(
        type(db), "engine", property(lambda _self: new_engine("sqlite:////no_such_place/at/all.sqlite3"))
    )
    answer = demo_app.test_client().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json["database"] == "unreachable"
    assert "no_such_place" not in answer.text


@pytest.mark.parametrize("address", ADDRESSES)
def test_they_set_no_cookie_and_are_not_slowed_down(demo_app, address):
    demo_app.config["METRICS_TOKEN"] = "a-long-token"
    client = demo_app.test_client()
    for _time in range(60):
        answer = client.get(address, headers=TOKEN)
        assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("setting", "headers"),
    [("", TOKEN), ("", {}), ("", {"Authorization": "Bearer "}), ("other", TOKEN), ("a-long-token", {})],
)
def test_the_figures_are_not_there_for_who_does_not_know_the_token(demo_app, setting, headers):
    demo_app.config["METRICS_TOKEN"] = setting
    assert demo_app.test_client().get("/metrics", headers=headers).status_code == 404


def test_the_figures_are_read_by_who_does(demo_app, redis_url):
    demo_app.config["METRICS_TOKEN"] = "a-long-token"
    answer = demo_app.test_client().get("/metrics", headers=TOKEN)
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    assert "# TYPE teilhabe_queue_lag_seconds gauge" in answer.text
    assert "teilhabe_workers{queue=" not in answer.text  # nobody knows without Redis
    demo_app.config["REDIS_URL"] = redis_url
    _somebody_carries(redis_url, SITE)
    figures = demo_app.test_client().get("/metrics", headers=TOKEN).text
    assert 'teilhabe_workers{queue="site"} 1.0' in figures
    assert 'teilhabe_workers{queue="mails"} 0.0' in figures
    assert "flensburg" not in answer.text
