"""All data from one place to another: into a backup, out of it, and from database to database.

Everything goes through one form that does not depend on the kind of database (`values`): rows as lists of
plain values, table by table, parents before children. What the tables are is read from the database itself,
so a new table is carried without a line here. Files of documents go along by their SHA-256.
"""

from __future__ import annotations

from .archive import Manifest, check
from .backup import Written, back_up
from .errors import Trouble
from .restoring import Restored, restore
from .transferring import move

__all__ = ["Manifest", "Restored", "Trouble", "Written", "back_up", "check", "move", "restore"]
