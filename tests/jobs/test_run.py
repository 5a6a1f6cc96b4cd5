"""The scheduler goes on, whatever does not answer."""

from __future__ import annotations

import logging

import pytest
from redis.exceptions import ConnectionError as RedisAway
from sqlalchemy.exc import OperationalError

from workflow_app.documents import Unavailable
from workflow_app.jobs.run import Periodic, _try

AWAY = (RedisAway("x"), OperationalError("x", {}, Exception()), PermissionError("x"), Unavailable())


@pytest.mark.parametrize("error", AWAY, ids=lambda error: type(error).__name__)
def test_what_does_not_answer_is_said_and_comes_again(error, caplog):
    def fails() -> None:
        raise error

    with caplog.at_level(logging.WARNING):
        _try(Periodic("documents", 1, fails))
    assert f"documents failed and will be tried again: {type(error).__name__}" in caplog.text
