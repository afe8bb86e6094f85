"""The environment that processes are given: without what isn't theirs, and without what would change what they do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_CHANGES_TERRAFORM = ("TF_WORKSPACE", "TF_DATA_DIR", "TF_INPUT")
_OF_JENKINS = ("JENKINS_SERVER_COOKIE", "JENKINS_NODE_COOKIE")
"""Whoever has these hears a signal when the job is aborted (Jenkins' ProcessTreeKiller). Terraform hears of it through
Tanada, once: told twice it ends at once, and leaves its lock."""
_CHANGES_TERRAFORM_PREFIXES = ("TF_CLI_ARGS", "TF_VAR_")

_SECRETS = (
    "TANADA_PLAN_KEY",
    "TANADA_FINGERPRINT_KEY",
    # GitHub's, and its Enterprise Server's
    "GITHUB_TOKEN",
    "GH_TOKEN",
    "GITHUB_ENTERPRISE_TOKEN",
    "GH_ENTERPRISE_TOKEN",
    "ACTIONS_RUNTIME_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    # GitLab's
    "GITLAB_TOKEN",
    "GITLAB_PRIVATE_TOKEN",
    "CI_JOB_TOKEN",
    "CI_BUILD_TOKEN",
    "CI_DEPLOY_PASSWORD",
    "CI_DEPENDENCY_PROXY_PASSWORD",
    "CI_REGISTRY_PASSWORD",
    "CI_REPOSITORY_URL",  # holds the job's token
)
"""What Tanada itself is given for plan files and forges: nothing that a provider or a provisioner needs."""

_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)
"""All ways in which AWS's tools find credentials by the environment."""


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """For processes that have no business with plan files and forges."""
    return {name: value for name, value in environ.items() if name not in _SECRETS}


def without_credentials(environ: Mapping[str, str]) -> dict[str, str]:
    """For Terraform, which gets what boto3 resolved on the host, and no other way that the container lacks."""
    return {name: value for name, value in environ.items() if name not in _CREDENTIALS}


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """For Terraform: without secrets that aren't its own, and without what would make it do other than it is told.

    `TF_WORKSPACE` silently creates states, `TF_CLI_ARGS*` and `TF_VAR_*` change plans.
    A `TF_CLI_CONFIG_FILE` that doesn't exist only warns, at every step.
    """
    kept = {
        name: value
        for name, value in without_secrets(environ).items()
        if name not in (*_CHANGES_TERRAFORM, *_OF_JENKINS) and not name.startswith(_CHANGES_TERRAFORM_PREFIXES)
    }
    if (config := kept.get("TF_CLI_CONFIG_FILE")) and not Path(config).is_file():
        del kept["TF_CLI_CONFIG_FILE"]
    return kept
