"""Loads CDKTF the fast way, before any test here imports it; and the fixtures of what is played."""

from tanada.stacks import fast
from tests.templates.ci.stage import (
    begun,
    begun_on_gitlab,
    fresh,
    github,
    gitlab,
    gitlab_team,
    stage,
    team,
    tokens,
)

__all__ = ["begun", "begun_on_gitlab", "fresh", "github", "gitlab", "gitlab_team", "stage", "team", "tokens"]

fast.activate()
