"""What `run` makes before anything is started: the secret, the place of the queue, the address."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from supervisor.instance import Address, Trouble, free_address, open_folder, secret_key, socket_path


def test_the_secret_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    first = secret_key(tmp_path)
    assert secret_key(tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "secret_key").write_text("")  # as a full disk would leave it
    assert len(secret_key(tmp_path)) == 64


def test_a_deep_folder_still_gets_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    open_folder(deep)
    path = socket_path(deep)
    assert len(os.fsencode(path)) <= 100
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.parent.rmdir()


def test_an_unknown_host_is_named() -> None:
    with pytest.raises(Trouble, match=r"does not know the address no\.such\.host\.invalid"):
        free_address("no.such.host.invalid", 8000)


def test_a_browser_gets_an_address_it_can_open() -> None:
    assert Address("0.0.0.0", 80).local.bind == "127.0.0.1:80"
    assert Address("::", 80).local.bind == "[::1]:80"
    assert Address("example.org", 80).local.bind == "example.org:80"
