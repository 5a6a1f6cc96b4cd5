"""The facts of Flensburg as their source gives them: read once, checked, never interpreted here."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).with_name("flensburg.yaml")
UNKNOWN = "null_not_stated"
NEEDED = ("organizations", "concepts", "measures", "milestones", "source_issues")


class BrokenSource(Exception):
    """The file of facts cannot be used; the message says where."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2: only true and false are truth values, so that a field may be called ``no``."""


_Loader.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:bool"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


@cache
def facts() -> dict[str, Any]:
    """The whole file. Raises BrokenSource with the line where it cannot be read."""
    return read(PATH)


def read(path: Path) -> dict[str, Any]:
    """A file of facts. Raises BrokenSource with the line where it cannot be read."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  (a safe loader)
    except yaml.YAMLError as error:
        raise BrokenSource(f"{path.name} cannot be read: {error}") from None
    if not isinstance(found, dict) or (missing := [name for name in NEEDED if name not in found]):
        raise BrokenSource(f"{path.name} has no {', '.join(missing) if isinstance(found, dict) else 'content'}.")
    return found


def by_id(group: str, id_: str) -> dict[str, Any]:
    """One entry of a group by its id."""
    found: dict[str, Any] = next(entry for entry in facts()[group] if entry["id"] == id_)
    return found


def issue(id_: str) -> str:
    """One of the contradictions of the source, in words."""
    return str(by_id("source_issues", id_)["text"])


def provenance(entry: Any, otherwise: str = "seed") -> dict[str, Any]:
    """Where a fact comes from: src, and formula, address, note or certainty where the file has them."""
    if not isinstance(entry, dict):
        return {"src": otherwise}
    found = {"src": entry.get("src", otherwise)}
    for name in ("formula", "note", "certainty"):
        if name in entry:
            found[name] = str(entry[name])
    if "url" in entry:
        sources = facts()["meta"]["sources"]
        found["url"] = sources.get(entry["url"], entry["url"])
    return found
