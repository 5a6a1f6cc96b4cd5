"""The processes of this application, explicit: nothing registers itself.

To add one: a file here, one in `forms/`, a line in PROCESSES, its texts.
"""

from workflow_app.engine.machine import Registry

from .concept import concept
from .measure import measure
from .submission import submission

PROCESSES = (concept, measure, submission)
REGISTRY = Registry(PROCESSES)
