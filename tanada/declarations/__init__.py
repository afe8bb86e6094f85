"""Declarations: reading, merging and checking what a team writes. Knows no CDKTF."""

import os

# pydantic looks through every installed package for plugins (30 ms), and none has a say in what a declaration means.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
