"""What somebody may do with a case now, without doing it: asked for pages."""

from __future__ import annotations

from typing import Any

from workflow_app.engine.definition import Actor, Snapshot
from workflow_app.engine.machine import Offer, available

from .acting import Cases
from .facts import facts_for


def offers(cases: Cases, case: Snapshot, actor: Actor) -> tuple[Offer, ...]:
    """Every step of the case's process with allowed or the reason why not; nothing is locked."""
    process = cases.registry.find(case.process, case.version)
    steps = process.steps_from(case.state)
    with cases.store.reading() as tx:
        facts = facts_for(tx, process, case, steps, tx.settings())
    return available(process, case, actor, facts)


def rule_set(cases: Cases) -> dict[str, Any]:
    """The town's own values of settings that are in force today, by name."""
    with cases.store.reading() as tx:
        return tx.settings()
