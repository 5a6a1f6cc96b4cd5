"""What every store does, in a folder and in a bucket: bytes lie under their hash, once, whole or not at all."""

from __future__ import annotations

import io
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from tests.documents.conftest import S3
from workflow_app.documents import Bucket, BucketStore, FolderStore, Kept, Unavailable, store_at

WORDS = "Grüße".encode()
NAME = sha256(WORDS).hexdigest()
ABSENT = "0" * 64
LARGE = bytes(range(256)) * 4096 * 12 + b"end"  # 12 MB: goes to a bucket in several parts


def test_what_is_put_is_found_under_its_hash_and_goes_when_it_is_deleted(store):
    assert not store.exists(NAME)
    assert store.put(io.BytesIO(WORDS)) == Kept(NAME, len(WORDS))
    assert store.exists(NAME)
    with store.open(NAME) as file:
        assert file.read() == WORDS
    assert [(one.sha256, one.size) for one in store.walk()] == [(NAME, len(WORDS))]
    store.delete(NAME)
    store.delete(NAME)  # nothing to do
    assert not store.exists(NAME)
    assert list(store.walk()) == []


def test_an_empty_store_holds_nothing_and_says_so(store):
    assert list(store.walk()) == []
    assert store.sweep(datetime.now(UTC)) == 0
    with pytest.raises(FileNotFoundError):
        store.open(ABSENT)


def test_a_large_file_is_kept_and_can_be_read_from_any_place(store):
    kept = store.put(io.BytesIO(LARGE))
    assert kept == Kept(sha256(LARGE).hexdigest(), len(LARGE))
    with store.open(kept.sha256) as file:
        file.seek(5_000_000)
        assert file.read(10) == LARGE[5_000_000:5_000_010]
        file.seek(-3, io.SEEK_END)
        assert file.read() == b"end"
        assert file.tell() == len(LARGE)
        file.seek(0)
        assert sha256(file.read()).hexdigest() == kept.sha256


def test_many_who_put_the_same_bytes_at_once_put_them_there_once(store):
    with ThreadPoolExecutor(8) as many:
        found = set(many.map(lambda _n: store.put(io.BytesIO(WORDS * 50_000)), range(16)))
    assert len(found) == 1
    (one,) = store.walk()
    with store.open(one.sha256) as file:
        assert file.read() == WORDS * 50_000


def test_bytes_that_are_put_again_count_as_put_there_now(store):
    store.put(io.BytesIO(WORDS))
    (first,) = store.walk()
    assert abs(first.since - datetime.now(UTC)) < timedelta(minutes=5)
    if isinstance(store, FolderStore):
        path = store.root / NAME[:2] / NAME[2:4] / NAME
        os.utime(path, (0, 0))
        store.put(io.BytesIO(WORDS))
        (again,) = store.walk()
        assert again.since >= first.since - timedelta(seconds=1)


@pytest.mark.parametrize("name", ["../../etc/passwd", "x", NAME.upper(), NAME + "\n", ""])
def test_nothing_but_a_hash_is_ever_looked_for(store, name):
    for verb in (store.open, store.exists, store.delete):
        with pytest.raises(ValueError, match="SHA-256"):
            verb(name)


class Broken(io.BytesIO):
    """A stream that ends in the middle with an error."""

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() > 2_000_000:
            raise ConnectionResetError("gone")
        return super().read(size)


def test_an_upload_that_breaks_off_leaves_nothing_behind(store):
    with pytest.raises(Unavailable):
        store.put(Broken(LARGE))
    assert list(store.walk()) == []
    assert not isinstance(store, FolderStore) or list(store.root.iterdir()) == []


def test_files_in_a_folder_are_closed_to_others(tmp_path):
    store = FolderStore(tmp_path / "documents")
    store.put(io.BytesIO(WORDS))
    path = tmp_path / "documents" / NAME[:2] / NAME[2:4] / NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_what_a_killed_process_left_is_swept_up_later(tmp_path):
    store = FolderStore(tmp_path)
    left, coming = tmp_path / "coming-old", tmp_path / "coming-new"
    left.write_bytes(b"half")
    os.utime(left, (0, 0))
    coming.write_bytes(b"half")
    assert store.sweep(datetime.now(UTC) - timedelta(days=1)) == 1
    assert (left.exists(), coming.exists()) == (False, True)
    assert list(store.walk()) == []


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path):
    (tmp_path / "documents").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="does not answer"):
        FolderStore(tmp_path / "documents").put(io.BytesIO(WORDS))


def test_a_bucket_that_is_not_there_is_told_in_words():
    store = BucketStore("s3://town/papers", Bucket("http://127.0.0.1:9", key="x", secret="y"))
    for verb in (lambda: store.put(io.BytesIO(WORDS)), lambda: store.exists(NAME), lambda: list(store.walk())):
        with pytest.raises(Unavailable):
            verb()


def test_files_lie_in_the_bucket_under_the_prefix(s3: S3):
    s3.store().put(io.BytesIO(WORDS))
    assert (s3.folder / "papers" / NAME[:2] / NAME[2:4] / NAME).read_bytes() == WORDS


def test_the_address_says_where(tmp_path):
    assert store_at("", tmp_path, Bucket()) == FolderStore(tmp_path)
    assert store_at("/srv/papers", tmp_path, Bucket()) == FolderStore(tmp_path.__class__("/srv/papers"))
    assert store_at("s3://town", tmp_path, Bucket()) == BucketStore("s3://town", Bucket())


def test_the_keys_of_a_bucket_are_in_no_text():
    assert "geheim" not in repr(BucketStore("s3://town", Bucket(key="geheim", secret="geheim")))
