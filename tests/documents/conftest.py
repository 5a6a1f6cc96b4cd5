"""Both kinds of stores: a folder, and a bucket of a real server that speaks S3."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from localbucket import S3Handler

from workflow_app.documents import Bucket, BucketStore, FolderStore, Store


@dataclass
class S3:
    """A running server with one bucket, which is a folder."""

    address: str
    folder: Path

    def store(self) -> BucketStore:
        return BucketStore("s3://town/papers", Bucket(endpoint=self.address, key="who", secret="only for tests"))


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[S3]:
    root = tmp_path / "s3"
    (root / "town").mkdir(parents=True)
    handler = type("Handler", (S3Handler,), {"data_root": root})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield S3(f"http://127.0.0.1:{server.server_port}", root / "town")
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An empty store; every test that uses it runs on both kinds."""
    if request.param == "folder":
        return FolderStore(tmp_path / "documents")
    bucket: S3 = request.getfixturevalue("s3")
    return bucket.store()
