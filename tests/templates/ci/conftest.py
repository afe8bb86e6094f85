"""Fixtures of everything that is played."""

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
