"""Tanada: a Terraform code generator for teams that run on AWS ECS."""

import os
import sys
from types import ModuleType

__version__ = "0.1.0"

# For safety: pydantic imports what an installed package names as its plugin, and a folder `x.egg-info` beside main.py
# is one. Whatever the environment says, nothing but Tanada has a say in what a declaration means. What looks for
# plugins is taken out, too: it imports `importlib.metadata`, and `email` with it, before it asks the variable.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
_no_loader = ModuleType("pydantic.plugin._loader", "Finds no plugin.")
vars(_no_loader)["get_plugins"] = tuple
sys.modules[_no_loader.__name__] = _no_loader
