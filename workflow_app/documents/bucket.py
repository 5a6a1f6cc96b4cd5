"""Files in a bucket of any service that speaks S3, under ``<prefix>/ab/cd/<SHA-256>``."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import Any, BinaryIO, cast

from .store import CHUNK, NAME, Found, Kept, Unavailable, checked

PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True, repr=False)
class Bucket:
    """How to get into a bucket; without an endpoint it is one of AWS. A part that is empty is left
    to what the machine itself offers (its role)."""

    endpoint: str = ""
    region: str = ""
    key: str = ""
    secret: str = ""


@dataclass(frozen=True)
class BucketStore:
    """A store at ``s3://bucket/prefix``."""

    address: str
    bucket: Bucket

    @cached_property
    def _remote(self) -> Any:
        # The library comes only with the first file, because most installations keep theirs in a folder.
        from obstore.store import S3Store

        given = {
            "endpoint": self.bucket.endpoint, "region": self.bucket.region or "us-east-1",
            "access_key_id": self.bucket.key, "secret_access_key": self.bucket.secret,
        }  # fmt: skip
        return S3Store.from_url(
            self.address,
            config=cast(Any, {name: value for name, value in given.items() if value} | {"disable_bulk_delete": True}),
            client_options={"allow_http": self.bucket.endpoint.startswith("http://"), "timeout": PATIENCE},
            retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
        )

    def put(self, stream: BinaryIO) -> Kept:
        import obstore

        found, size = sha256(), 0
        with tempfile.TemporaryFile() as aside, _plainly():  # the name is known only at the end
            while chunk := stream.read(CHUNK):
                aside.write(chunk)
                found.update(chunk)
                size += len(chunk)
            aside.seek(0)
            obstore.put(self._remote, _place(found.hexdigest()), cast(Any, aside), max_concurrency=2)
        return Kept(found.hexdigest(), size)

    def open(self, sha256: str) -> BinaryIO:
        import obstore

        with _plainly():
            size = obstore.head(self._remote, _place(sha256))["size"]
        return io.BufferedReader(_Remote(self._remote, _place(sha256), size), CHUNK)

    def exists(self, sha256: str) -> bool:
        import obstore

        try:
            with _plainly():
                obstore.head(self._remote, _place(sha256))
        except FileNotFoundError:
            return False
        return True

    def delete(self, sha256: str) -> None:
        import obstore

        try:
            with _plainly():
                obstore.delete(self._remote, _place(sha256))
        except FileNotFoundError:
            pass

    def walk(self) -> Iterator[Found]:
        import obstore

        with _plainly():
            for chunk in obstore.list(self._remote, chunk_size=1000):
                for one in chunk:
                    name = one["path"].rpartition("/")[2]
                    if NAME.fullmatch(name):
                        yield Found(name, one["size"], one["last_modified"])

    def sweep(self, before: datetime) -> int:
        return 0  # the service itself shows nothing of an upload that was broken off


class _Remote(io.RawIOBase):
    """A remote file to read and move in, piece by piece."""

    def __init__(self, remote: Any, place: str, size: int) -> None:
        self._remote, self._place, self._size, self._at = remote, place, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readall(self) -> bytes:
        return b"".join(iter(lambda: self.read(CHUNK) or b"", b""))  # Python itself would ask for 8 KB at a time

    def readinto(self, into: Any) -> int:
        import obstore

        length = min(len(into), self._size - self._at)
        if length <= 0:
            return 0
        with _plainly():
            found = obstore.get_range(self._remote, self._place, start=self._at, length=length)
        into[: len(found)] = memoryview(found)
        self._at += len(found)
        return len(found)


def _place(name: str) -> str:
    checked(name)
    return f"{name[:2]}/{name[2:4]}/{name}"


@contextmanager
def _plainly() -> Iterator[None]:
    """What is not there is FileNotFoundError, as on a disk; everything else of the service is told in words."""
    from obstore.exceptions import BaseError, NotFoundError

    try:
        yield
    except (FileNotFoundError, NotFoundError) as error:
        raise FileNotFoundError(str(error)) from None
    except (BaseError, OSError) as error:
        raise Unavailable from error
