"""The reads. Each has its index; nothing here writes."""

from .case_page import CasePage, Happened, Relatives, case_page, may_see, snapshot
from .desk import due_soon, following, inbox, news
from .listing import case_list
from .named import Invitation, open_to_all, visible_rows
from .rows import CaseRow, Page

__all__ = [
    "CasePage",
    "CaseRow",
    "Happened",
    "Invitation",
    "Page",
    "Relatives",
    "case_list",
    "case_page",
    "due_soon",
    "following",
    "inbox",
    "may_see",
    "news",
    "open_to_all",
    "snapshot",
    "visible_rows",
]
