"""Where the provider listens: what its process and the one that starts it both know."""

SOCKET = "socket"
"""The file's name, in the folder that the process is given."""
