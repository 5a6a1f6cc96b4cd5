"""A short description of the device somebody uses, from what its browser says of itself. Pure."""

from __future__ import annotations

# The order matters: nearly every browser says that it is also some of the others.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def described(user_agent: str) -> str:
    """Such as "Firefox, Linux"; empty where nothing is known."""
    found = (next((name for mark, name in known if mark in user_agent), None) for known in (BROWSERS, SYSTEMS))
    return ", ".join(filter(None, found))
