"""What `extensions` of a test says that is made; no check runs it."""
