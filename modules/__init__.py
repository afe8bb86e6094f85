"""Constructs, one file a capability; they know no files, no command line, no environment kind."""
