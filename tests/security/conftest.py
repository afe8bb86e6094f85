"""Loads CDKTF the fast way, before any test here imports it."""

from tanada.stacks import fast

fast.activate()
