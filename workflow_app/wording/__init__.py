"""How things are said, on pages and in mails alike: reasons, dates, names of things, the history in sentences."""
