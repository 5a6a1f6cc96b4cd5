"""Files of documents: where they are kept, what kinds are taken, and how what comes in is examined.

No table and no case is known here. A file is kept under the SHA-256 of its bytes, so the same bytes
lie there once, whoever added them.
"""

from __future__ import annotations

from pathlib import Path

from flask import Flask, current_app

from .bucket import Bucket, BucketStore
from .folder import FolderStore
from .receiving import Received, receive
from .store import Found, Kept, Store, Unavailable

__all__ = [
    "Bucket",
    "BucketStore",
    "FolderStore",
    "Found",
    "Kept",
    "Received",
    "Store",
    "Unavailable",
    "current",
    "init_app",
    "receive",
    "store_at",
]


def init_app(app: Flask, address: str, bucket: Bucket) -> None:
    """Give an application the store of its documents: at `address`, by default in its instance folder."""
    app.extensions["documents"] = store_at(address, Path(app.instance_path) / "documents", bucket)


def store_at(address: str, default: Path, bucket: Bucket) -> Store:
    """The store at an address: a folder, ``s3://bucket/prefix``, or the default folder for none."""
    if address.startswith("s3://"):
        return BucketStore(address, bucket)
    return FolderStore(Path(address) if address else default)


def current() -> Store:
    """The store of the current application."""
    found: Store = current_app.extensions["documents"]
    return found
