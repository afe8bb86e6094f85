"""Where the provider listens: what its process and the one that starts it both know."""

SOCKET = "socket"
"""The file's name, in the folder that the process is given."""
FAULTS = "TANADA_OFFLINE_FAULTS"
"""The environment variable in which tests say what shall go wrong (tanada/offline/faults.py)."""
