"""What the CI's environment says of this run; the only place that knows its variables.

Sources: GitHub's "Variables reference" and its webhook payloads, GitLab's "Predefined CI/CD variables reference",
Jenkins' "GitHub Branch Source" and "Git" plugins, CodeBuild's "Environment variables in build environments".
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from tanada.errors import ForgeError

ForgeName = Literal["github", "gitlab"]
GITHUB = "https://github.com"
PARENT_PIPELINE = "TANADA_PARENT_PIPELINE"
"""The variable by which GitLab's file tells a child pipeline of its parent, which alone takes commit statuses."""


@dataclass(frozen=True)
class CI:
    """One run of a CI; None stands for what its environment doesn't tell."""

    forge: ForgeName | None
    api_url: str | None
    """`https://api.github.com`, `https://gitlab.com/api/v4`."""
    repository: str | None
    """`owner/name`, or GitLab's `group/subgroup/project`."""
    pull_request: int | None = None
    head: str | None = None
    """The pull request's last commit. CIs often build a temporary merge of it instead, which nobody else can see."""
    commit: str | None = None
    """The commit that is built, where no pull request is: on a push the one that a pull request may have become."""
    before: str | None = None
    """The commit that the branch was at before this push."""
    branch: str | None = None
    """The branch that is built, where no pull request is."""
    base: str | None = None
    """The branch that the pull request goes to."""
    run_url: str | None = None
    """Page with this run's log."""
    run: int | None = None
    """GitHub's number of this run."""
    artifact_url: str | None = None
    """Beginning of the addresses of files that this job leaves as artifacts."""
    fork: bool = False
    """The pull request comes from another repository: no secrets, a token that only reads."""
    pipeline: int | None = None
    """GitLab's pipeline, and the commit that it builds: statuses belong to a pipeline there."""
    pipeline_commit: str | None = None
    orphan: bool = False
    """A child pipeline that doesn't know its parent: GitLab takes no status of it."""
    again: bool = False
    """This run was started again, of the commit that it had on its first day; GitLab doesn't tell."""
    followed: bool = False
    """This run was started by the end of another, of the pull request's own code."""
    person: str | None = None
    """Who started this run by hand; None where an event did."""
    summary_file: Path | None = None
    """Markdown appended here is shown on the run's page."""

    @property
    def early(self) -> bool:
        """Whether this forge starts the main branch's file for a pull request at once, whatever its branch holds.

        Elsewhere than on github.com `pull_request_target` runs the file of whichever branch is asked into.
        """
        return self.forge == "github" and (self.run_url or "").startswith(f"{GITHUB}/")


def detect(environ: Mapping[str, str]) -> CI | None:
    """The CI that runs this process; None on a developer's machine. Reads GitHub's event file; else pure."""
    if environ.get("GITHUB_ACTIONS") == "true":
        return _github_actions(environ)
    if environ.get("GITLAB_CI"):
        return _gitlab_ci(environ)
    if environ.get("JENKINS_URL") or environ.get("JENKINS_HOME"):
        return _jenkins(environ)
    if environ.get("CODEBUILD_BUILD_ID"):
        return _codebuild(environ)
    return None


def token(forge: ForgeName, environ: Mapping[str, str]) -> str:
    """The forge's token; refuses with the variable's name where there is none."""
    names = ("GITHUB_TOKEN", "GH_TOKEN") if forge == "github" else ("GITLAB_TOKEN",)
    for name in names:
        if environ.get(name):
            return environ[name]
    if forge == "gitlab" and environ.get("CI_JOB_TOKEN"):
        raise ForgeError(
            "There is no GITLAB_TOKEN, and CI_JOB_TOKEN can't post notes: make a project access token with the role"
            " Developer and the scope api, and give it as the masked variable GITLAB_TOKEN.",
            denied=True,
        )
    raise ForgeError(f"There is no token: set {' or '.join(names)}.", denied=True)


def with_flags(
    ci: CI | None, environ: Mapping[str, str], forge: ForgeName | None, repository: str | None, instead: str = ""
) -> CI:
    """A run with what flags say instead of its environment; refuses where neither names a forge and a repository, with
    what can be done `instead`."""
    run = ci or CI(None, None, None)
    if forge and forge != run.forge:
        run = replace(run, forge=forge, api_url=None)
    if repository:
        run = replace(run, repository=repository)
    if run.forge is None or run.repository is None:
        raise ForgeError(
            "Neither this environment nor the flags name a forge and a repository: give --forge github|gitlab and"
            f" --repository OWNER/NAME{instead}."
        )
    return run if run.api_url else replace(run, api_url=_api(run.forge, None, environ))


def _github_actions(environ: Mapping[str, str]) -> CI:
    server = environ.get("GITHUB_SERVER_URL", GITHUB).rstrip("/")
    repository = environ.get("GITHUB_REPOSITORY")
    run = environ.get("GITHUB_RUN_ID")
    event = _event(environ.get("GITHUB_EVENT_PATH"))
    ran = event.get("workflow_run") or {}
    # Started by the run of another workflow: GITHUB_SHA and GITHUB_REF are the default branch's (GitHub's
    # documentation, "Events that trigger workflows"), and the event says what that run was of; none of a fork.
    into = (event.get("repository") or {}).get("default_branch")
    of_run = [each for each in ran.get("pull_requests") or () if (each.get("base") or {}).get("ref") in (into, None)]
    pull = event.get("pull_request") or (of_run[0] if of_run else {})
    head = {"sha": ran.get("head_sha"), "repo": ran.get("head_repository")} if ran else pull.get("head") or {}
    head_repository = (head.get("repo") or {}).get("full_name")
    issue = event.get("issue") or {}
    number = pull.get("number") or (issue.get("number") if issue.get("pull_request") else None)
    if number is None and (matched := re.fullmatch(r"refs/pull/(\d+)/\w+", environ.get("GITHUB_REF", ""))):
        number = int(matched[1])
    summary = environ.get("GITHUB_STEP_SUMMARY")
    attempt = environ.get("GITHUB_RUN_ATTEMPT", "1")
    url = f"{server}/{repository}/actions/runs/{run}" if repository and run else None
    return CI(
        forge="github",
        api_url=environ.get("GITHUB_API_URL", "https://api.github.com").rstrip("/"),
        repository=repository,
        pull_request=number,
        head=head.get("sha"),
        commit=environ.get("GITHUB_SHA") if number is None and not ran else None,
        before=_commit(event.get("before")),
        branch=_branch(environ.get("GITHUB_REF")) if number is None and not ran else None,
        base=environ.get("GITHUB_BASE_REF") or (pull.get("base") or {}).get("ref"),
        run_url=url if url is None or attempt == "1" else f"{url}/attempts/{attempt}",
        run=int(run) if run and run.isdigit() else None,
        # A deleted fork's repository is null in the event.
        fork=bool(pull) and head_repository != repository,
        again=attempt != "1",
        followed=bool(ran),
        person=_person(environ),
        summary_file=Path(summary) if summary else None,
    )


def _person(environ: Mapping[str, str]) -> str | None:
    """Who started a run by hand: none that an app did, as any workflow of any branch may, in its own name."""
    if environ.get("GITHUB_EVENT_NAME") != "workflow_dispatch":
        return None
    who = environ.get("GITHUB_TRIGGERING_ACTOR") or environ.get("GITHUB_ACTOR")
    return None if who is None or who.endswith("[bot]") else who


def _commit(text: object) -> str | None:
    """A commit's id; none where there is none, and for the zeros that forges say for a new branch."""
    return text if isinstance(text, str) and re.fullmatch(r"(?!0+$)[0-9a-f]{40,64}", text) else None


def _branch(ref: str | None) -> str | None:
    return ref.removeprefix("refs/heads/") if ref and ref.startswith("refs/heads/") else None


def _event(path: str | None) -> dict[str, Any]:
    """The webhook's payload; empty where there is none."""
    if not path or not Path(path).is_file():
        return {}
    try:
        read = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError:
        raise ForgeError(f"The event file {path} (GITHUB_EVENT_PATH) is no JSON.") from None
    return read if isinstance(read, dict) else {}


def _gitlab_ci(environ: Mapping[str, str]) -> CI:
    server = environ.get("CI_SERVER_URL", "https://gitlab.com").rstrip("/")
    number = environ.get("CI_MERGE_REQUEST_IID")
    source, target = environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"), environ.get("CI_MERGE_REQUEST_PROJECT_ID")
    job = environ.get("CI_JOB_URL")
    child = environ.get("CI_PIPELINE_SOURCE") == "parent_pipeline"
    pipeline = environ.get(PARENT_PIPELINE if child else "CI_PIPELINE_ID", "")
    # A fork's pipeline runs in the fork, whose project has no such merge request.
    path = environ.get("CI_MERGE_REQUEST_PROJECT_PATH") or environ.get("CI_PROJECT_PATH")
    return CI(
        forge="gitlab",
        api_url=environ.get("CI_API_V4_URL", f"{server}/api/v4").rstrip("/"),
        repository=path or environ.get("CI_PROJECT_ID"),
        pull_request=int(number) if number else None,
        # Empty in a plain merge request pipeline, where CI_COMMIT_SHA is the head itself.
        head=(environ.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or environ.get("CI_COMMIT_SHA")) if number else None,
        commit=None if number else environ.get("CI_COMMIT_SHA"),
        base=environ.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
        run_url=job,
        artifact_url=f"{job}/artifacts/file/" if job else None,
        branch=environ.get("CI_COMMIT_BRANCH"),
        pipeline=int(pipeline) if pipeline.isdigit() else None,
        orphan=child and not pipeline.isdigit(),
        # In a manual job GitLab names who started the job, else who started the pipeline.
        person=environ.get("GITLAB_USER_LOGIN") if environ.get("CI_JOB_MANUAL") == "true" else None,
        pipeline_commit=environ.get("CI_COMMIT_SHA"),
        fork=bool(number and source and target and source != target),
    )


def _jenkins(environ: Mapping[str, str]) -> CI:
    number = environ.get("CHANGE_ID")
    change = environ.get("CHANGE_URL", "")
    build = environ.get("BUILD_URL")
    # CHANGE_URL is a page below the repository, GIT_URL the repository; under a fork GIT_URL may be the fork's.
    page = re.fullmatch(r"(.+?)/(?:pull/\d+|(?:-/)?merge_requests/\d+)/?", change)
    address = _repository(page[1] if page else environ.get("GIT_URL"))
    forge: ForgeName | None = None
    if page:
        forge = "gitlab" if "merge_requests" in change else "github"
    elif address:
        forge = _guess(address[0], environ)
    return CI(
        forge=forge,
        api_url=_api(forge, address[0] if address else None, environ),
        repository=address[1] if address else None,
        pull_request=int(number) if number and number.isdigit() else None,
        commit=None if number else environ.get("GIT_COMMIT"),
        base=environ.get("CHANGE_TARGET"),
        run_url=build,
        artifact_url=f"{build}artifact/" if build else None,
        fork=bool(environ.get("CHANGE_FORK")),
        # As the Jenkinsfile's `submitterParameter` names whoever answered its question.
        person=environ.get("TANADA_APPROVER"),
    )


def _codebuild(environ: Mapping[str, str]) -> CI:
    address = _repository(environ.get("CODEBUILD_SOURCE_REPO_URL"))
    forge = _guess(address[0], environ) if address else None
    trigger = environ.get("CODEBUILD_WEBHOOK_TRIGGER") or environ.get("CODEBUILD_SOURCE_VERSION", "")
    matched = re.fullmatch(r"(?:pr|mr)/(\d+)", trigger)
    base = environ.get("CODEBUILD_WEBHOOK_BASE_REF", "").removeprefix("refs/heads/")
    return CI(
        forge=forge,
        api_url=_api(forge, address[0] if address else None, environ),
        repository=address[1] if address else None,
        pull_request=int(matched[1]) if matched else None,
        commit=None if matched else environ.get("CODEBUILD_RESOLVED_SOURCE_VERSION"),
        base=base or None,
        run_url=environ.get("CODEBUILD_BUILD_URL"),
    )


def _repository(url: str | None) -> tuple[str, str] | None:
    """Server and path of a repository's address: `https://host/owner/name.git`, `git@host:owner/name.git`."""
    if not url:
        return None
    if "://" not in url and (matched := re.fullmatch(r"(?:[^@/]+@)?([^:/]+):(.+)", url)):
        server, path = f"https://{matched[1]}", matched[2]
    else:
        parts = urlsplit(url)
        scheme = "http" if parts.scheme == "http" else "https"
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port and parts.scheme.startswith("http") else ""  # never user:password@
        server, path = f"{scheme}://{host}{port}", parts.path
    path = path.strip("/").removesuffix(".git")
    return (server, path) if path.count("/") >= 1 else None


def _guess(server: str, environ: Mapping[str, str]) -> ForgeName | None:
    """By the host's name, else by the only token that is there."""
    for name in ("github", "gitlab"):
        if name in (urlsplit(server).hostname or ""):
            return "github" if name == "github" else "gitlab"
    github, gitlab = bool(environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN")), bool(environ.get("GITLAB_TOKEN"))
    if github != gitlab:
        return "github" if github else "gitlab"
    return None


def _api(forge: ForgeName | None, server: str | None, environ: Mapping[str, str]) -> str | None:
    """The API's address outside the forge's own CI: as its variables say, else as the server's name does."""
    if forge == "github":
        server = (environ.get("GITHUB_SERVER_URL") or server or "https://github.com").rstrip("/")
        public = urlsplit(server).hostname in {"github.com", "www.github.com"}
        return (environ.get("GITHUB_API_URL") or ("https://api.github.com" if public else f"{server}/api/v3")).rstrip(
            "/"
        )
    if forge == "gitlab":
        server = (environ.get("CI_SERVER_URL") or server or "https://gitlab.com").rstrip("/")
        return (environ.get("CI_API_V4_URL") or f"{server}/api/v4").rstrip("/")
    return None
