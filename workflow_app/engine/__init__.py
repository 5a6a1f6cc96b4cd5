"""What a process is: definitions, the machine that runs them, calendar and clock. Pure."""
