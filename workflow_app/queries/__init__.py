"""The reads. Each has its index; nothing here writes."""

from .case_page import CasePage, case_page, may_see, overdue, snapshot
from .lists import CaseRow, Page, case_list, due_soon, following, inbox, news

__all__ = [
    "CasePage",
    "CaseRow",
    "Page",
    "case_list",
    "case_page",
    "due_soon",
    "following",
    "inbox",
    "may_see",
    "news",
    "overdue",
    "snapshot",
]
