"""Incidents: what a machine cannot put right alone is kept until a person has dealt with it.

Who meets something reports it, in the transaction that gives up; who sees it go well later says that it is
solved. Nothing is reported twice: of each subject there is one unsettled incident, which counts. What people
decide about it is in `deciding`.
"""

from .reporting import Trouble, point_out, report, solved

__all__ = ["Trouble", "point_out", "report", "solved"]
