"""Incidents: what a machine cannot put right alone is kept until a person has dealt with it.

Who meets something reports it, in the transaction that gives up; who sees it go well later says that it is
solved. Nothing is reported twice: of each subject there is one unsettled incident, which counts.
"""

from .reporting import Trouble, report, solved

__all__ = ["Trouble", "report", "solved"]
