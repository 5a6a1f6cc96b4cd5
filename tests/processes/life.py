"""A concept without a store: the definition alone, played step by step."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import CLOCK, Actor, Facts, Holder, Opening, Relative, Snapshot
from workflow_app.engine.errors import NotPossible
from workflow_app.engine.machine import Move, fire, start_of
from workflow_app.processes.concept import concept

OFFICE, LEAD, COUNCIL_OFFICE, STEERING, HOUSING, SCHOOL, COUNCIL, MAIN, BOARD = range(1, 10)
PARTS = {
    "office": (Holder(organization=OFFICE),),
    "lead_department": (Holder(organization=LEAD),),
    "council_office": (Holder(organization=COUNCIL_OFFICE),),
}
office = Actor(1, frozenset({f"member@{OFFICE}"}))
lead = Actor(2, frozenset({f"member@{LEAD}"}))
clerk = Actor(3, frozenset({f"member@{COUNCIL_OFFICE}"}))
chair = Actor(4, frozenset({f"member@{STEERING}", f"chair@{STEERING}"}))
group = Actor(5, frozenset({f"member@{HOUSING}", f"chair@{HOUSING}"}))
resident = Actor(6, frozenset({"account", "public"}))

COMMISSION = {"commissioned_by": MAIN, "commissioned_on": "2026-01-05", "cost": "none", "council": COUNCIL}
KICK_OFF = {
    "kicked_off_on": "2026-01-20",
    "invitation_published_on": "2026-01-06",
    "groups_close_on": "2026-03-31",
    "steering_group": STEERING,
    "working_groups": [HOUSING, SCHOOL],
    "fields": [
        {"no": 1, "name": "Wohnen", "guiding_principle": "Alle wohnen gut.", "group": HOUSING},
        {"no": 2, "name": "Schule", "guiding_principle": "Alle lernen.", "group": SCHOOL},
    ],
}
MEASURE: dict[str, Any] = {
    "title": "Wohnzertifikat",
    "field_of_action": "Wohnen",
    "guiding_principle": "Alle wohnen gut.",
    "goal": "Mehr Wohnungen",
    "description": "Ein Zertifikat",
    "participants": "Genossenschaft",
    "working_group": HOUSING,
}
PATH = [{"organization": BOARD, "role": "hearing"}, {"organization": COUNCIL, "role": "decision"}]
PAPER = {"paper": "RV-17/2026", "consultations": PATH, "no_round_note": "short"}
PUBLISH = {"published_on": "2026-09-01", "period_to": "2032-08-31", "afterwards": "ends", "in_force_on": None}


@dataclass
class Life:
    """A case without a store: what moves say is written into the snapshot."""

    case: Snapshot
    today: date = date(2026, 1, 10)
    relatives: tuple[Relative, ...] = ()
    opened: list[tuple[str, Opening]] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        now = datetime(self.today.year, self.today.month, self.today.day, 12, tzinfo=UTC)
        voters = {"approve_draft": {4: 4, 7: 7, 8: 8}}
        names = {number: f"Organization {number}" for number in range(OFFICE, BOARD + 1)}
        return Facts(now, self.today, Calendar(), self.relatives, voters=voters, organizations=names)

    def do(self, step: str, actor: Actor = office, /, **data: Any) -> Move:
        move = fire(concept, self.case, concept.step_by_name[step], actor, data, self.facts)
        self.opened += [(child.process, opening) for child, opening in move.openings]
        settled = {due.name for due in move.settled}
        self.case = replace(
            self.case,
            state=move.to_state,
            data=move.changes.apply(self.case.data),
            parts=move.parts,
            hands=move.collected,
            dues=tuple(d for d in self.case.dues if d.name not in settled) + move.running,
        )
        return move

    def due(self, name: str) -> date | None:
        return next((d.due_on for d in self.case.dues if d.name == name), None)

    def outcome(self, at: int, outcome: str, **more: Any) -> Move:
        return self.do("record_outcome", clerk, consultation=at, outcome=outcome, on=self.today.isoformat(), **more)

    def child(self, process: str, state: str, *, final: bool = False, **data: Any) -> None:
        parts = {"working_group": (Holder(organization=HOUSING),)}
        kin = Relative("child", 100 + len(self.relatives), process, state, "Kind", data, parts, final)
        self.relatives += (kin,)


def at_idea() -> Life:
    case = Snapshot(1, "concept", 1, "idea", 1, 1, {}, PARTS, title="Konzept 2026")
    _, dues = start_of(concept, Opening("Konzept 2026", {}, PARTS), Life(case).facts)
    return Life(replace(case, dues=dues))


def in_groups() -> Life:
    life = at_idea()
    life.do("commission", clerk, **COMMISSION)
    life.do("kick_off", **KICK_OFF)
    life.do("start_groups", group)
    return life


def at_assembling() -> Life:
    life = in_groups()
    life.do("close_groups", CLOCK)
    life.do("assemble", chair, missing_note="Without the schools")
    return life


def at_draft() -> Life:
    life = at_assembling()
    life.do("record_approval", chair, yes=5, no=1, abstained=0, on="2026-04-15", dissent=None)
    return life


def at_comments() -> Life:
    life = at_draft()
    life.today = date(2026, 5, 4)
    life.do("publish_draft", draft_published_on="2026-05-04", access_note="Money is missing")
    return life


def in_council() -> Life:
    life = at_draft()
    life.do("to_council", lead, **PAPER)
    life.outcome(0, "preliminaryDone")
    return life


def in_force(**publish: Any) -> Life:
    life = in_council()
    life.today = date(2026, 6, 11)
    life.outcome(1, "adopted", yes=40, no=3)
    life.do("publish", **PUBLISH | publish)
    life.today = date(2026, 9, 1)
    life.do("come_into_force", CLOCK)
    return life


def refused(life: Life, step: str, actor: Actor, /, **data: Any) -> str:
    before = life.case
    with pytest.raises(NotPossible) as no:
        life.do(step, actor, **data)
    assert life.case == before
    return str(no.value.reason)
