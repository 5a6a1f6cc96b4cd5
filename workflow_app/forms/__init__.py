"""What people fill in: one module per process, and the fields they share."""
