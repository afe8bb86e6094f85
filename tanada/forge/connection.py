"""A run's forge; loads its client only here."""

from __future__ import annotations

from collections.abc import Mapping

from tanada.forge.base import Forge
from tanada.forge.ci import CI, token


def connect(ci: CI, environ: Mapping[str, str]) -> Forge:
    """The forge that `ci` names (after `ci.with_flags`), with the token from the environment; calls nobody yet."""
    assert ci.forge is not None and ci.api_url is not None and ci.repository is not None  # noqa: PT018
    secret = token(ci.forge, environ)
    if ci.forge == "github":
        from tanada.forge.github import GitHub

        return GitHub(ci.api_url, ci.repository, secret, actions=environ.get("GITHUB_ACTIONS") == "true")
    from tanada.forge.gitlab import GitLab

    return GitLab(ci.api_url, ci.repository, secret, pipeline=ci.pipeline)
