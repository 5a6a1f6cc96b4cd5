"""The processes of this application, explicit: nothing registers itself.

To add one: a file here, one in `forms/`, a line in PROCESSES, its texts.
"""

from workflow_app.engine.checks import check_all
from workflow_app.engine.machine import Registry

from .check_up import check_up
from .concept import concept
from .implementation_report import implementation_report
from .measure import measure
from .motion import motion
from .recommendation import recommendation
from .revision import revision
from .statement import statement
from .status_analysis import status_analysis
from .status_request import status_request
from .submission import submission
from .task import task

PROCESSES = check_all(
    (
        concept,
        measure,
        submission,
        implementation_report,
        status_request,
        revision,
        motion,
        statement,
        task,
        check_up,
        status_analysis,
        recommendation,
    )
)
REGISTRY = Registry(PROCESSES)
