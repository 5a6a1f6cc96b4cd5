"""The reads. Each has its index; nothing here writes."""

from .case_page import CasePage, Happened, Relatives, case_page, may_see, parts_of, snapshot
from .dates import Dates, DeadlineDate, personal_dates, public_dates
from .desk import due_soon, following, inbox, news
from .documents import DocumentRow, VersionRow, document, documents_of, named_documents, version
from .history import happened
from .incidents import IncidentRow, open_incident_count
from .listing import case_list
from .meetings import MeetingDate, with_papers
from .named import Invitation, open_to_all, visible_rows
from .notifications import (
    Told,
    muted_among,
    muted_cases,
    notification,
    notifications,
    receivers_of,
    unread_count,
    wishes_of,
)
from .papers_told import PaperTold, paper_key, papers_told
from .rows import CaseRow, Page
from .search import Hit, search

__all__ = [
    "CasePage",
    "CaseRow",
    "Dates",
    "DeadlineDate",
    "DocumentRow",
    "Happened",
    "Hit",
    "IncidentRow",
    "Invitation",
    "MeetingDate",
    "Page",
    "PaperTold",
    "Relatives",
    "Told",
    "VersionRow",
    "case_list",
    "case_page",
    "document",
    "documents_of",
    "due_soon",
    "following",
    "happened",
    "inbox",
    "may_see",
    "muted_among",
    "muted_cases",
    "named_documents",
    "news",
    "notification",
    "notifications",
    "open_incident_count",
    "open_to_all",
    "paper_key",
    "papers_told",
    "parts_of",
    "personal_dates",
    "public_dates",
    "receivers_of",
    "search",
    "snapshot",
    "unread_count",
    "version",
    "visible_rows",
    "wishes_of",
    "with_papers",
]
