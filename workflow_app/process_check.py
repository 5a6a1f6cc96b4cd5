"""What the engine cannot know of a process: templates of its notices exist, every text is translated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask
from jinja2 import TemplateNotFound

from workflow_app.engine.definition import Process
from workflow_app.processes import PROCESSES

LANGUAGES = ("de",)


def faults(app: Flask) -> list[str]:
    """Everything to mend, each with the process and the text or file it is about."""
    catalogs = {language: _catalog(app, language) for language in LANGUAGES}
    found: list[str] = []
    for process in PROCESSES:
        found += _templates(app, process)
        for language, catalog in catalogs.items():
            for text in sorted(set(texts(process))):
                message = catalog.get(text)
                if message is None or not message.string or message.fuzzy:
                    found.append(f"process {process.name!r}: no {language} translation of {text!r}")
    return found


def texts(process: Process) -> Iterator[str]:
    """Every message id a person may read of a process."""
    yield from (process.label, process.plural)
    yield from filter(None, (process.purpose, process.opened))
    for state in process.states:
        yield from filter(None, (state.label, state.explains))
        yield from (seat.label for seat in state.seen_by.seats)
    for step in process.all_steps:
        yield from filter(None, (step.label, step.past, step.explains))
        yield from (seat.label for seat in step.who.seats)
        yield from (rule.label for rule in step.when)
        yield from (notice.subject for notice in step.tell)
        yield from (child.label for child in step.opens)
        yield from (fire.label for fire in step.fires)
    yield from (deadline.label for deadline in process.deadlines)
    yield from (setting.label for setting in process.settings if setting.label)
    for field in process.fields:
        yield from (field.label, *(label for label in field.choices.values() if label))


def _templates(app: Flask, process: Process) -> Iterator[str]:
    for step in process.all_steps:
        for notice in step.tell:
            try:
                app.jinja_env.get_template(f"mail/{notice.template}.txt")
            except TemplateNotFound:
                yield f"process {process.name!r}: notice {notice.name!r} has no template mail/{notice.template}.txt"


def _catalog(app: Flask, language: str) -> Catalog:
    path = Path(app.root_path) / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)
