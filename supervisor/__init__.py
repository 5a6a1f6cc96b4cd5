"""Runs everything that `python3 dev.py run` starts, under one small parent.

A package of its own, beside the application and not inside it: the parent needs neither Flask nor its memory
and start time, and it knows the application only by the commands it starts. In production systemd does this
work instead; see docs/production.md.
"""
