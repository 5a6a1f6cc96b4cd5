"""The reads. Each has its index; nothing here writes."""

from .case_page import CasePage, Happened, Relatives, case_page, may_see, snapshot
from .desk import due_soon, following, inbox, news
from .documents import DocumentRow, VersionRow, document, documents_of, named_documents, version
from .listing import case_list
from .named import Invitation, open_to_all, visible_rows
from .rows import CaseRow, Page
from .search import Hit, search

__all__ = [
    "CasePage",
    "CaseRow",
    "DocumentRow",
    "Happened",
    "Hit",
    "Invitation",
    "Page",
    "Relatives",
    "VersionRow",
    "case_list",
    "case_page",
    "document",
    "documents_of",
    "due_soon",
    "following",
    "inbox",
    "may_see",
    "named_documents",
    "news",
    "open_to_all",
    "search",
    "snapshot",
    "version",
    "visible_rows",
]
