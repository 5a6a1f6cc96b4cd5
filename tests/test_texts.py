"""Every text a person may read has its German, with the same placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from workflow_app.texts import catalogue, said

ROOT = Path(__file__).resolve().parent.parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def german() -> Catalog:
    return catalogue("de")


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, Any]]:
    return list(said())


def strings(one: Any) -> tuple[str, ...]:
    return one if isinstance(one, tuple) else (one,)


def test_every_text_in_the_code_and_on_the_pages_has_its_german(texts, german) -> None:
    assert len(texts) > 700
    missing = [
        f"{where}: {id_!r}"
        for where, id_ in texts
        if (message := german.get(strings(id_)[0])) is None or message.fuzzy or not all(strings(message.string))
    ]
    assert missing == []


def test_nothing_is_translated_that_nobody_says(texts, german) -> None:
    known = {strings(id_)[0] for _where, id_ in texts}
    assert [message.id for message in german if message.id and strings(message.id)[0] not in known] == []


def test_a_translation_has_the_placeholders_of_its_text(german) -> None:
    def differing() -> Iterator[str]:
        for message in german:
            for id_, text in zip(strings(message.id), strings(message.string), strict=True):
                if message.id and set(PLACEHOLDER.findall(id_)) != set(PLACEHOLDER.findall(text)):
                    yield f"{id_!r} -> {text!r}"

    assert list(differing()) == []


def test_no_text_hides_in_an_f_string() -> None:
    hidden = re.compile(r"\bf[\"'][^\"'\n]*\{n?_\(")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / "workflow_app").rglob("*.py")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if hidden.search(line)
    ]
    assert found == []
