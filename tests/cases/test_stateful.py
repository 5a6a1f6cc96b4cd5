"""Whatever anybody does in whatever order: the row is what the history says, and nothing is half done."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule
from sqlalchemy import insert, select, text, update

from tests.cases.world import ADA, BEN, CEM, DORA, PARTS, PROCESSES
from tests.databases import fresh_sqlite
from workflow_app.cases import Cases, Store
from workflow_app.cases.clockwork import due_rows, ring
from workflow_app.cases.erasing import erase
from workflow_app.cases.reindexing import check, full_text_is_sound
from workflow_app.cases.replay import verify_case
from workflow_app.engine import clock
from workflow_app.engine.calendar import Calendar
from workflow_app.engine.definition import Opening
from workflow_app.engine.errors import Refused
from workflow_app.engine.machine import Registry
from workflow_app.models import CaseEvent, DueDate, Membership, Organization, Person

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
ACTORS = st.sampled_from([ADA, BEN, CEM, DORA])
STEPS = st.sampled_from(sorted({step.name for process in PROCESSES for step in process.all_steps}))
_counter = itertools.count()


class Town(RuleBasedStateMachine):
    """Four people do what they like with requests and tasks, and time passes."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.engine = fresh_sqlite()
        with self.engine.begin() as connection:
            connection.execute(
                insert(Person),
                [{"id": i, "name": "x", "email": f"{i}@example.org", "created_at": START} for i in range(1, 5)],
            )
            connection.execute(
                insert(Organization),
                [{"id": i, "name": "x", "organization_type": "Gremium", "facts": {}} for i in (1, 2)],
            )
            connection.execute(
                insert(Membership), [{"person_id": p, "organization_id": 2 if p == 4 else 1} for p in range(1, 5)]
            )
        self.cases = Cases(Store(self.engine, Calendar()), Registry(PROCESSES))
        self.now = START
        self.keys: dict[str, tuple[int, int]] = {}

    def teardown(self) -> None:
        self.engine.dispose()

    @rule(target=ids, old=st.none() | ids)
    def open(self, old: int | None) -> int:
        links = (("predecessor", old),) if old else ()
        with clock.at(self.now):
            return self.cases.open_case("request", Opening("x", {"why": "mud"}, PARTS, links), ADA).case_id

    @rule(
        target=ids, case=ids, step=STEPS, actor=ACTORS, tasks=st.lists(st.just("t"), max_size=3),
        why=st.sampled_from(["mud", "Rain", ""]),
        key=st.none() | st.sampled_from("abc"), late=st.booleans(),
    )  # fmt: skip
    def act(self, case, step, actor, tasks, why, key, late):
        before = self._heads()
        expected = before[case] - 1 if late else before[case]
        try:
            with clock.at(self.now):
                done = self.cases.act(
                    case, step, actor, {"tasks": tasks, "text": "n", "why": why}, key=key, expected=expected
                )
        except Refused:
            assert self._heads() == before
            return multiple()
        if done.repeated:
            assert self._heads() == before
            assert key is not None
            assert self.keys[key] == (done.case_id, done.seq)
        elif key:
            self.keys[key] = (done.case_id, done.seq)
        return multiple(*done.opened)

    @rule(days=st.integers(0, 20))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)
        with clock.at(self.now):
            for _ in range(20):
                rows = due_rows(self.cases)
                for row in rows:
                    ring(self.cases, row)
                if not rows:
                    break
            assert due_rows(self.cases) == []

    @rule()
    def somebody_asks_the_clock_to_look_again(self) -> None:
        with clock.at(self.now), self.engine.begin() as connection:
            connection.execute(update(DueDate).where(DueDate.status == "running").values(fire_at=self.now))

    @rule(case=ids)
    def erase(self, case: int) -> None:
        with clock.at(self.now):
            erase(self.cases, case, DORA)

    @invariant()
    def every_case_is_what_its_history_says(self) -> None:
        with self.cases.store.transaction() as tx:
            for case_id in self._heads():
                assert verify_case(self.cases.registry, tx, case_id).faults == ()

    @invariant()
    def the_clock_is_never_early(self) -> None:
        query = select(CaseEvent.key, CaseEvent.at).where(CaseEvent.key.like("due:%"))
        with self.engine.connect() as connection:
            for key, at in connection.execute(query):
                due_on = date.fromisoformat(str(key).split(":")[2])
                assert at >= self.cases.store.calendar.end_of_day(due_on)

    @invariant()
    def the_index_is_what_a_rebuild_would_write(self) -> None:
        assert [wrong for _done, wrong in check(self.cases) if wrong] == []
        assert full_text_is_sound(self.cases)

    @invariant()
    def numbers_have_no_gap(self) -> None:
        with self.engine.connect() as connection:
            numbers = connection.execute(text("SELECT number FROM cases WHERE number IS NOT NULL")).scalars()
            found = sorted(int(n[-4:]) for n in numbers)
        assert found == list(range(1, len(found) + 1))

    def _heads(self) -> dict[int, int]:
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(text("SELECT id, seq FROM cases ORDER BY id"))}


Town.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestTown = Town.TestCase
