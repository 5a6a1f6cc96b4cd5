"""All faults by their names. One module for each group; nothing registers itself."""

from __future__ import annotations

from . import clocks, commit_cut, crowd, database_crash, disk_full, frozen, race, silent, storm, web_killed, workers
from .scale import Fault

FAULTS: dict[str, Fault] = {
    "web_killed_after_commit": web_killed.killed_after_commit,
    "worker_killed": workers.killed,
    "worker_stopped": workers.stopped,
    "delivered_ten_times": workers.repeated,
    "poison": workers.poisoned,
    "queue_flushed": workers.flushed,
    "storm": storm.storm,
    "mail_server_silent": silent.mail_server_silent,
    "database_crashes": database_crash.stopped_at_once,
    "commit_answer_lost": commit_cut.answer_never_came,
    "same_step_at_once": crowd.same_step_at_once,
    "person_races_clock": race.person_races_clock,
    "scheduler_frozen": frozen.scheduler_frozen,
    "clocks": clocks.clocks,
    "disk_full": disk_full.disk_full,
}
