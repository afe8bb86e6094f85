"""Whether what an approver was shown is what lies here now: GitLab lets a job that showed it be started again."""

from __future__ import annotations

from collections.abc import Mapping

from tanada.forge.ci import CI


def check_shown_once(ci: CI | None, account: str | None, environ: Mapping[str, str]) -> None:
    """Refuse to apply to a protected account what its plan's job has shown since another time: an approval stays, and
    the artifact is the newest. On GitHub a job that is run again asks its environment's reviewers again."""
    if ci is None or ci.forge != "gitlab" or ci.pipeline is None or account is None:
        return
    from tanada.errors import ForgeError
    from tanada.forge.base import SHOWN_JOB
    from tanada.forge.connection import connect
    from tanada.forge.gitlab import GitLab

    client = connect(ci, environ)
    assert isinstance(client, GitLab)
    job = SHOWN_JOB.format(account)
    if client.started(ci.pipeline, job) > 1:
        raise ForgeError(
            f"{job} was started again in this pipeline, so what was approved may not be what would be applied:"
            " nothing is. Start a new pipeline of the branch, and look at what it shows."
        )
