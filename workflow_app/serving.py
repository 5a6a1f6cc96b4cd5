"""How gunicorn serves the pages: ``gunicorn --config python:workflow_app.serving``, in production and by `dev.py run`.

How many processes there are is said by ``WEB_CONCURRENCY`` (by default one), and everything else that
gunicorn knows by ``GUNICORN_CMD_ARGS``. There is no list of requests here, because the application writes its
own, without addresses. Processes are not replaced after so many requests: their memory does not grow.
"""

from __future__ import annotations

import sys
from typing import Any

from flask import Flask

from workflow_app import create_app
from workflow_app.extensions import db
from workflow_app.settings import WrongSettings

wsgi_app = "workflow_app.serving:application()"
bind = "127.0.0.1:8000"
worker_class = "gthread"
threads = 8
# The application is made once, before the processes fork: they share its memory.
preload_app = True
graceful_timeout = 30  # seconds for the requests under way; systemd has to be more patient than that
control_socket_disable = True


def application() -> Flask:
    """The application; settings with which nothing can start end the process with a sentence."""
    try:
        return create_app()
    except WrongSettings as wrong:
        wrong.show()
        sys.exit(wrong.exit_code)


def post_fork(server: Any, worker: Any) -> None:
    """No connection is used by two processes."""
    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)
