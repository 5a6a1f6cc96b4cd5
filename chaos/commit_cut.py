"""The commit succeeded, and whoever asked for it saw an error."""

from __future__ import annotations

from .cutting import cutting
from .installation import installation
from .looking import faults
from .outcome import Outcome, counted
from .people import STEPS, answers, effects, expected, rude, shared, work
from .scale import Scale


def answer_never_came(scale: Scale) -> Outcome:
    """Every few commits of web, worker and scheduler the connection is cut when the commit is done and
    before its answer arrives. People send again with the same key: one step each, told once."""
    people, tasks, every = scale.of((2, 4, 4), (6, 100, 7))
    with installation(crowd=people) as place:
        cases = place.town.tasks(tasks)
        assert place.postgres is not None
        between = place.folder / "between"
        between.mkdir()
        with cutting(between, place.postgres.home, every) as cutter:
            place.seen_as = place.url.replace(str(place.postgres.home), str(between))
            place.web()
            browsers = [place.signed_in_for_sure(person) for person in place.town.members]
            place.worker()
            place.scheduler()
            workers = shared(cases, browsers)
            work(workers)
            cutter.stop()
            recovery = place.settled(hurry=not scale.is_long)
        return counted(
            "commit_answer_lost", expected(cases), effects(place), recovery,
            notes=(f"{cutter.cuts} commits were done and their answers cut, in {tasks * STEPS} steps; answers by "
                   f"status: {answers(workers)}",),
            broken=(*faults(place.engine), *rude(workers), *([] if cutter.cuts else ["nothing was cut"])),
        )  # fmt: skip
