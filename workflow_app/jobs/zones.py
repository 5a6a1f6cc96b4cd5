"""Time zones that there are not (any more): mails keep to the town's time, and a person learns of it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from workflow_app.engine.calendar import Calendar
from workflow_app.engine.reaching import Wishes
from workflow_app.incidents import Trouble, point_out
from workflow_app.people.preferences import zone_subject


def point_out_unknown(connection: Connection, wishes: Mapping[int, Wishes]) -> None:
    """An incident, once, for everybody of these people whose time zone is not known. Runs in the caller's
    transaction."""
    town = Calendar()
    strange = [person for person, has in wishes.items() if not has.knows_its_zone(town)]
    point_out(
        connection, [Trouble("setting", zone_subject(one), "UnknownZone", person_id=one) for one in sorted(strange)]
    )
