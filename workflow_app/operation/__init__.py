"""What operators look at: whether everything runs, how much waits, and what the log says.

Nothing here shows or logs names, mail addresses, secrets or what people wrote.
"""
