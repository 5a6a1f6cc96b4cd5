"""Faults, made on purpose: real processes are killed, stopped and starved, and what was promised is counted.

Nothing here is imitated: a PostgreSQL and a Redis-protocol server of our own, gunicorn, workers and
schedulers in processes of their own. `faults` names the faults; `installation` is what they are made in.
"""
