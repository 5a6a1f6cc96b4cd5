"""What search is made of: words, what somebody typed, and the texts of a case with those who may read them.

Both sides of the index lean on it: `cases.indexing` writes, `queries.search` reads. Stemming is done
here and not by the database, so that SQLite and PostgreSQL find the same, and an excerpt marks exactly
the words by which a case was found.
"""
