"""Tanada: a Terraform code generator for teams that run on AWS ECS."""

import os

__version__ = "0.1.0"

# For safety: pydantic imports what an installed package names as its plugin, and a folder `x.egg-info` beside main.py
# is one. Whatever the environment says, nothing but Tanada has a say in what a declaration means; it is quicker, too.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
