"""Where the declaration lives, and the roles of its CI: their names, who signs the tokens, and for which audience."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from tanada.declared.fields import STEERING, Domain, Flag, Text
from tanada.declared.model import Model, Need

AUDIENCE = "sts.amazonaws.com"
SESSION_SECONDS = {"plan": 3600, "drift": 3600, "apply": 7200}
"""How long credentials of a step last: an apply waits for load balancers, certificates and deployments."""
READING = frozenset({"plan", "drift"})
"""The steps whose role writes nothing, not even a lock."""
OWN_ENVIRONMENTS = {step: f"tanada-{step}" for step in SESSION_SECONDS}
"""The GitHub environment of each step's jobs; a protected account has one of its own, called like the account."""
WORKFLOW = ".github/workflows/tanada-{}.yml"
"""The file that a step's jobs are written to."""

_ID = Text(r"^[1-9]\d{0,19}$", "a number such as 123456", also="integer")


class RepositoryIds(Model):
    """The numbers that GitHub knows a repository by: unlike names, nobody else can get them later."""

    owner: Annotated[str, _ID]
    """Of the owner: `gh api repos/OWNER/REPO --jq .owner.id`."""
    repository: Annotated[str, _ID]
    """Of the repository: `gh api repos/OWNER/REPO --jq .id`."""


class Ci(Model):
    """Where the declaration lives and is applied from; makes the roles that its CI assumes to plan and to apply."""

    github: (
        Annotated[
            str,
            Text(
                r"^[A-Za-z0-9](?:[A-Za-z0-9]|[_-](?=[A-Za-z0-9])){0,38}"
                r"/(?!\.{1,2}$)(?!.*\.([gG][iI][tT]|[wW][iI][kK][iI])$)[A-Za-z0-9._-]{1,100}$",
                "a repository such as example/kakei, without .git",
            ),
        ]
        | None
    ) = None
    """The repository on GitHub; either this or `gitlab`."""
    gitlab: (
        Annotated[
            str,
            Text(
                r"^(?!.*(?:\.[gG][iI][tT]|\.[aA][tT][oO][mM]|[.-])(?:/|$))[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$",
                "a project with its group such as example/kakei, without .git",
            ),
        ]
        | None
    ) = None
    """The project on GitLab, with its groups."""
    server: Domain | None = None
    """The host of a GitHub Enterprise Server, or of a GitLab other than gitlab.com."""
    ids: RepositoryIds | None = None
    """GitHub's numbers, for a repository whose tokens hold them: each that was made or renamed since 15 July 2026."""
    branch: Annotated[
        str,
        Text(
            r"^(?!HEAD$)(?!refs/)(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)|[/.]$))[A-Za-z0-9_][A-Za-z0-9._/-]*$",
            "a branch of letters, digits and ._/- such as main, without refs/heads/",
        ),
    ] = "main"
    """What is merged into it is applied; a name that `git check-ref-format --branch` takes."""
    existing_provider: Flag = False
    """The account has an OIDC provider for this server already: IAM allows one, so it is used, not made."""
    old_values_to_forks: Flag = False
    """A fork's pull request that somebody allowed to be planned is told old values too, for all to read."""
    tests: tuple[
        Annotated[
            str,
            Text(rf"^(?!.*\$\{{\{{)(?! *$)[^{STEERING}]+$", "a command in one line without ${{", longest=1000),
        ],
        ...,
    ] = ()
    """Commands that must exit 0 before a protected account is asked for."""

    def needs(self) -> Sequence[Need]:
        """One a step; all are the AWS account's, whichever of its regions makes them."""
        return (Need("aws_iam_role", len(SESSION_SECONDS)),)


def role_name(system: str, step: str, approved: str | None = None) -> str:
    """`kakei_plan`, `kakei_apply`, `kakei_apply_production`: no name of another resource holds `_` after the system's,
    which is a DNS label.

    `approved` is the protected account whose environment's approval the role asks for.
    """
    return f"{system}_{step}" if approved is None or step in READING else f"{system}_{step}_{approved}"


def boundary_name(system: str) -> str:
    """The policy beyond which no role of the system can do anything."""
    return f"{system}_boundary"


def environment_name(step: str, approved: str | None = None) -> str:
    """The GitHub environment whose jobs take that role on, and which they name in their `environment:`."""
    return OWN_ENVIRONMENTS[step] if approved is None or step in READING else approved


def issuer(ci: Ci) -> str:
    """The token server without `https://`, as it stands in IAM's ARNs and condition keys.

    GitHub's documentation, "Configuring OpenID Connect in Amazon Web Services" (also for Enterprise Server); GitLab's,
    "Configure OpenID Connect in AWS".
    """
    if ci.gitlab is not None:
        return ci.server or "gitlab.com"
    return f"{ci.server}/_services/token" if ci.server else "token.actions.githubusercontent.com"
