"""Lists by name: what was searched for, and where to go on, as the address of a page says it."""

from __future__ import annotations

from flask import request

LAST_ID = 2**31 - 1
LONGEST = 100
Key = tuple[str, int]


def searched() -> tuple[str, Key | None]:
    """The words somebody looks for, and the name and id after which the list goes on; rubbish is nothing."""
    text = "".join(c for c in request.args.get("text", "") if c.isprintable())[:LONGEST].strip()
    name, number = request.args.get("after", ""), request.args.get("id", type=int)
    return text, (name, min(number, LAST_ID)) if number is not None and name.isprintable() else None
