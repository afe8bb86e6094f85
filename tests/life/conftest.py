"""Fixtures of everything that is played."""

from tests.templates.ci.stage import begun, fresh

__all__ = ["begun", "fresh"]
