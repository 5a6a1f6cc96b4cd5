"""The town with its mail server, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from config import Settings
from tests.jobs.lapsing import BROKEN
from tests.jobs.mail_server import mail_server
from tests.jobs.town import Town, opened


@pytest.fixture
def town(
    db_url: str, settings_for: Callable[[str], Settings], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:  # fmt: skip
    with mail_server() as box, opened(settings_for(db_url), box, monkeypatch) as found:
        yield found
        BROKEN.clear()
