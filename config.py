"""Settings, read from the environment. Typed, no logic."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent
MEGABYTE = 1024 * 1024
LONGEST_FORM = 2 * MEGABYTE
"""The most bytes a form without files may have."""


@dataclass(frozen=True)
class Settings:
    """What differs from one installation to the next.

    `secure` says that the site is reached by https, and so does an `address` that begins with it; `proxies` is
    how many programs of ours a request passes before it reaches us, `session_days` how long a sign-in lasts,
    `longest_upload` is the most bytes one file may have, `password_cost` is Argon2's time cost.
    `address` is where people find the site, for links in mails; without `smtp`
    (``smtp://user:password@host:port``, or ``smtps``) mails are kept for the administrators to read.
    `sender` is the address mails come from, `reply_to` where answers of people go, if anywhere. `documents` is
    where files are kept: a folder, or ``s3://bucket/prefix`` with the `bucket_…` settings; without it a folder in
    the instance folder. `log` is ``text`` or ``json``; who knows `metrics_token` may read the figures, and nobody
    where it is empty. `outbox_days` is how long messages that were carried out are kept, at least eight.
    """

    instance: Path = ROOT / "instance"
    database_url: str = ""
    redis_url: str = ""
    secret_key: str = ""
    municipality: str = "Flensburg"
    land: str = "SH"
    zone: str = "Europe/Berlin"
    secure: bool = False
    proxies: int = 0
    session_days: int = 7
    longest_upload: int = 16 * MEGABYTE
    password_cost: int = 3
    address: str = "http://127.0.0.1:8000"
    smtp: str = ""
    sender: str = "teilhabe@localhost"
    reply_to: str = ""
    documents: str = ""
    bucket_endpoint: str = ""
    bucket_region: str = ""
    bucket_key: str = ""
    bucket_secret: str = ""
    log: str = "text"
    metrics_token: str = ""
    outbox_days: int = 30
    testing: bool = False

    @property
    def database(self) -> str:
        """The address of the database; by default a file in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance / 'teilhabe.sqlite3'}"

    def flask(self) -> dict[str, object]:
        """The same settings under the names that Flask and its extensions use."""
        return {
            "SECRET_KEY": self.secret_key,
            "REDIS_URL": self.redis_url,
            "TESTING": self.testing,
            "LONGEST_UPLOAD": self.longest_upload,
            "MAX_CONTENT_LENGTH": LONGEST_FORM,  # pages that take files allow more
            "MAX_FORM_MEMORY_SIZE": LONGEST_FORM,
            "PERMANENT_SESSION_LIFETIME": timedelta(days=self.session_days),
            "SESSION_COOKIE_NAME": "teilhabe",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.secure,
            "BABEL_DEFAULT_LOCALE": "de",
            "BABEL_DEFAULT_TIMEZONE": self.zone,
            "WTF_CSRF_TIME_LIMIT": None,
            "RATELIMIT_STORAGE_URI": self.redis_url.replace("unix://", "redis+unix://", 1) or "memory://",
            "RATELIMIT_STRATEGY": "moving-window",  # not twice as often around the turn of a minute
            "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
            "RATELIMIT_HEADERS_ENABLED": True,
            "MUNICIPALITY": self.municipality,
            "SECURE": self.secure,
            "PROXIES": self.proxies,
            "PASSWORD_COST": self.password_cost,
            "ADDRESS": self.address.rstrip("/"),
            "SMTP": self.smtp,
            "SENDER": self.sender,
            "REPLY_TO": self.reply_to,
            "METRICS_TOKEN": self.metrics_token,
            "OUTBOX_DAYS": self.outbox_days,
        }


def from_environment(env: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process; what is not set has its default. Raises ValueError for a number that
    is none. Whether the rest makes sense is told by `workflow_app.settings`."""
    address = env.get("TEILHABE_ADDRESS") or "http://127.0.0.1:8000"
    return Settings(
        instance=Path(env.get("TEILHABE_INSTANCE") or ROOT / "instance"),
        database_url=env.get("DATABASE_URL", ""),
        redis_url=env.get("REDIS_URL", ""),
        secret_key=env.get("SECRET_KEY", ""),
        municipality=env.get("TEILHABE_MUNICIPALITY", "Flensburg"),
        land=env.get("TEILHABE_LAND", "SH"),
        zone=env.get("TEILHABE_ZONE", "Europe/Berlin"),
        secure=(env.get("TEILHABE_SECURE") or str(int(address.startswith("https:")))) == "1",
        proxies=_whole("TEILHABE_PROXIES", env, 0),
        address=address,
        smtp=env.get("TEILHABE_SMTP", ""),
        sender=env.get("TEILHABE_SENDER") or "teilhabe@localhost",
        reply_to=env.get("TEILHABE_REPLY_TO", ""),
        longest_upload=_whole("TEILHABE_LARGEST_FILE", env, 16) * MEGABYTE,
        documents=env.get("TEILHABE_DOCUMENTS", ""),
        bucket_endpoint=env.get("TEILHABE_BUCKET_ENDPOINT", ""),
        bucket_region=env.get("TEILHABE_BUCKET_REGION", ""),
        bucket_key=env.get("TEILHABE_BUCKET_KEY", ""),
        bucket_secret=env.get("TEILHABE_BUCKET_SECRET", ""),
        log=env.get("TEILHABE_LOG") or "text",
        metrics_token=env.get("TEILHABE_METRICS_TOKEN", ""),
        outbox_days=_whole("TEILHABE_OUTBOX_DAYS", env, 30),
    )


def _whole(name: str, env: Mapping[str, str], usual: int) -> int:
    """A whole number that is not negative."""
    given = env.get(name, "").strip() or str(usual)
    if not (given.isascii() and given.isdigit()):
        raise ValueError(f"{name} is {given!r}; it has to be a whole number.")
    return int(given)
