"""Loads CDKTF the fast way for the tests of constructs; its type checks stay on."""

from tanada.stacks import fast

fast.activate()
