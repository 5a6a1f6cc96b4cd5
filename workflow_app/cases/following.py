"""Keeping an eye on a case."""

from __future__ import annotations

from workflow_app.engine import clock

from .acting import Cases


def follow(cases: Cases, person: int, case_id: int) -> None:
    """A person follows a case from now on; doing so twice changes nothing. Raises NotFound."""
    with cases.store.transaction() as tx:
        tx.take(case_id)
        tx.rows(
            "INSERT INTO follows (person_id, case_id, since) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1",
            (person, case_id, clock.now()),
        )
        tx.commit()


def unfollow(cases: Cases, person: int, case_id: int) -> None:
    """A person no longer follows a case."""
    with cases.store.transaction() as tx:
        tx.write([("DELETE FROM follows WHERE person_id = ? AND case_id = ?", (person, case_id))])
        tx.commit()
