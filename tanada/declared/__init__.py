"""What YAML says, one file a capability: model, its words, its needs, its protected-account defaults. Knows no file."""

import os

# pydantic looks through every installed package for plugins (30 ms), and none has a say in what a declaration means.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
