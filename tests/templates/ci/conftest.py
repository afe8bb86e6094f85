"""Fixtures of everything that is played."""

from tests.templates.ci.stage import begun, github, gitlab, stage, team, tokens

__all__ = ["begun", "github", "gitlab", "stage", "team", "tokens"]
