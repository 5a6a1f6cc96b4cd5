"""The relatives of a case that a step moves along with it."""

from __future__ import annotations

from workflow_app.engine.definition import Data, Facts, Fire, Relative, Snapshot, Step

from .transaction import Transaction


def targets(case: Snapshot, step: Step, data: Data, facts: Facts) -> list[tuple[Relative, Fire]]:
    """The relatives a step moves, in the order of their ids."""
    found = [
        (kin, wanted)
        for wanted in step.fires
        for kin in facts.related(wanted.relation, wanted.process)
        if wanted.where is None or wanted.where(case, data, kin)
    ]
    return sorted(found, key=lambda pair: pair[0].id)


def ids_of_kin(tx: Transaction, case_id: int) -> list[int]:
    """The parent, the children, and all that are linked with a case."""
    sql = (
        "SELECT id FROM cases WHERE parent_id = ?"
        " UNION SELECT parent_id FROM cases WHERE id = ? AND parent_id IS NOT NULL"
        " UNION SELECT to_id FROM case_links WHERE from_id = ? UNION SELECT from_id FROM case_links WHERE to_id = ?"
    )
    return [row[0] for row in tx.rows(sql, (case_id,) * 4)]
