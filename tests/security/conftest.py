"""Loads CDKTF the fast way, before any test here imports it; and the fixtures of what is played."""

from tanada.stacks import fast
from tests.templates.ci.stage import begun, github, gitlab, stage, team, tokens

__all__ = ["begun", "github", "gitlab", "stage", "team", "tokens"]

fast.activate()
