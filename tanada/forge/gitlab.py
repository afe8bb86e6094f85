"""GitLab, on gitlab.com or self-managed, through python-gitlab.

Sources: GitLab's REST API reference (notes, commits, issues, merge requests, jobs, pipelines) and its page on limits.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import gitlab
import requests
from gitlab.exceptions import GitlabError
from gitlab.v4.objects import (
    ProjectCommitStatusManager,
    ProjectIssue,
    ProjectMergeRequest,
    ProjectMergeRequestNote,
)
from urllib3 import Retry

from tanada.errors import ForgeError
from tanada.forge.archives import download
from tanada.forge.base import (
    CONTEXT,
    DRIFT_LABEL,
    LIMITS,
    PLAN_JOB,
    PLAN_STAGE,
    REPORTS,
    SHARD_JOB,
    Archive,
    Done,
    PullRequest,
    Verdict,
)
from tanada.forge.ci import PARENT_PIPELINE
from tanada.forge.marker import GoneError, carries, keep_one, marked, same
from tanada.forge.refusals import of_a_fork, refusal, silence
from tanada.text import cut_line

_DESCRIPTION = 255
"""Characters of a commit status's description."""
_LONGEST_WAIT = 30
"""Seconds between two of the client's ten tries."""


class GitLab:
    """A project on GitLab, as one token's user sees it."""

    limit = LIMITS["gitlab"]

    def __init__(self, api_url: str, project: str, token: str, *, pipeline: int | None = None) -> None:
        """`project`: path or id. `pipeline`: the one that a commit status belongs to, where this runs in one."""
        self._token = token
        self._api = api_url.rstrip("/")
        self._host = self._api.split("://", 1)[-1].split("/", 1)[0]
        self._name = project
        self._pipeline = pipeline
        session = requests.Session()
        session.auth = lambda request: request  # keeps ~/.netrc out
        session.hooks["response"].append(_bound_wait)
        self._client = gitlab.Gitlab(
            self._api.removesuffix("/api/v4"),
            private_token=token,
            timeout=30,
            per_page=100,
            retry_transient_errors=True,
            keep_base_url=True,  # behind a proxy GitLab's links name a host that isn't ours
            session=session,
        )
        self._project = self._client.projects.get(project, lazy=True)
        self._user: int | None = None

    def pull_request(self, number: int) -> PullRequest:
        with self._refusing(f"read merge request !{number}", "the role Reporter and the scope api"):
            return _pull(self._project.mergerequests.get(number))

    def labelled(self, pull: PullRequest, label: str) -> str:  # noqa: ARG002 - the protocol's
        raise ForgeError(
            f"{self._host}: pipelines of forks get no credentials on GitLab, whatever label they have ({label})."
        )

    def approvers(self, run: int) -> list[tuple[str, str]]:  # noqa: ARG002 - GitLab shows them beside the deployment
        return []

    def merged(self, commit: str, branch: str | None = None) -> PullRequest | None:
        with self._refusing(f"read the merge requests of commit {commit[:12]}", "the role Reporter and the scope api"):
            requests = self._project.commits.get(commit, lazy=True).merge_requests(state="merged", get_all=True)
            for entry in requests:
                merges = (entry.get("merge_commit_sha"), entry.get("squash_commit_sha"))
                fast_forward = not any(merges) and entry.get("sha") == commit
                here = branch is None or entry.get("target_branch") == branch
                if entry.get("state") == "merged" and (commit in merges or fast_forward) and here:
                    return _pull(self._project.mergerequests.get(entry["iid"]))
        return None

    def tip(self, branch: str) -> str:
        with self._refusing(f"read the branch {branch}", "the role Reporter and the scope api"):
            return str(self._project.branches.get(branch).commit["id"])

    def pushed(self, commit: str, before: str) -> list[str]:  # noqa: ARG002 - a merge train pushes each by itself
        return [commit]

    def comment(self, pull: PullRequest, marker: str, body: str) -> Done:
        text = marked(marker, body, self.limit)
        with self._refusing(f"write a note on merge request !{pull.number}", "the role Reporter and the scope api"):
            request = self._project.mergerequests.get(pull.number, lazy=True)
            return keep_one(
                text,
                lambda: self._notes(request, marker),
                lambda text: request.notes.create({"body": text}),
                _edit,
                _delete,
            )

    def judge(self, pull: PullRequest | None, commit: str, verdict: Verdict) -> list[str]:  # noqa: ARG002 - the status says all
        wanted = {
            "status": "failed" if verdict.result == "failed" else "success",
            "description": cut_line(verdict.headline, _DESCRIPTION),
            "name": CONTEXT + verdict.key,
            "target_url": verdict.url,
        }
        only: dict[str, Any] = {} if self._pipeline is None else {"pipeline_id": self._pipeline}
        try:
            with self._refusing("set the commit status", "the role Developer and the scope api"):
                statuses = self._project.commits.get(commit, lazy=True).statuses
                there = statuses.list(name=wanted["name"], get_all=True, **only)
                last = max(there, key=lambda status: int(status.id), default=None)
                if last is None or any(getattr(last, name, None) != value for name, value in wanted.items()):
                    given: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
                    given["state"] = given.pop("status")
                    self._create_status(statuses, {**given, **only}, commit)
        except ForgeError as error:
            if not error.denied:
                raise
            return [str(error)]
        return []

    def _create_status(self, statuses: ProjectCommitStatusManager, given: dict[str, Any], commit: str) -> None:
        """The commit's statuses were listed just now, so "not found" is no missing right: the pipeline is none of the
        commit's own, as a child is none (`Ci::CreateCommitStatusService` looks among `project.ci_pipelines`)."""
        try:
            statuses.create(given)
        except GitlabError as error:
            if error.response_code != 404:
                raise
            where = "" if self._pipeline is None else f" of pipeline {self._pipeline}"
            answer = cut_line(str(error.error_message), 300)
            raise ForgeError(
                f"{self._host} takes no status{where} for commit {commit[:12]} ({answer}): in a child pipeline give its"
                f" parent's id as {PARENT_PIPELINE}."
            ) from None

    def issue(self, marker: str, title: str, body: str | None, closing: str) -> Done:
        with self._refusing("keep the drift issue", "the role Reporter and the scope api"):
            labelled = self._project.issues.list(
                labels=DRIFT_LABEL,
                author_id=self._own_id(),
                scope="all",
                order_by="created_at",
                sort="asc",
                get_all=True,
            )
            ours = [issue for issue in labelled if carries(marker, issue.description)]
            opened = [issue for issue in ours if issue.state == "opened"]
            if body is None:
                for issue in opened:
                    issue.notes.create({"body": closing})
                    _save(issue, state_event="close")
                return "closed" if opened else "nothing to do"
            text = marked(marker, body, self.limit)
            for issue in opened[1:]:
                _save(issue, state_event="close")
            if opened:
                if opened[0].title == title and same(opened[0].description, text):
                    return "unchanged"
                _save(opened[0], title=title, description=text)
                return "updated"
            if ours:
                _save(ours[-1], title=title, description=text, state_event="reopen")
                return "reopened"
            self._project.issues.create({"title": title, "description": text, "labels": DRIFT_LABEL})
            return "created"

    def reports(self, pull: PullRequest) -> Iterator[Archive]:
        if pull.fork:
            raise of_a_fork(f"Merge request !{pull.number}")
        with self._refusing("read the job artifacts", "the role Reporter and the scope api"):
            pipelines = self._pipelines(pull)
            archives = 0
            for pipeline, ours in pipelines.items():
                for job in self._project.pipelines.get(pipeline, lazy=True).jobs.list(iterator=True):
                    file = getattr(job, "artifacts_file", None) or {}
                    if not ours(job.name) or job.stage != PLAN_STAGE:
                        continue
                    if not str(file.get("filename", "")).startswith(REPORTS):
                        continue
                    url = f"{self._api}/projects/{self._project.encoded_id}/jobs/{job.id}/artifacts"
                    content = download(url, {"PRIVATE-TOKEN": self._token}, _download_retry())
                    archives += 1
                    yield Archive(f"{re.sub(r'[^A-Za-z0-9]+', '-', job.name)}-{job.id}", content)
        if not archives:
            raise ForgeError(
                f"No job {PLAN_JOB} of the pipeline on {pull.head[:12]}, the last commit of merge request"
                f" !{pull.number}, has an artifact {REPORTS}; it may have expired: run that pipeline's plan again, then"
                " this."
            )

    def started(self, pipeline: int, job: str) -> int:
        """How often a job of a pipeline was started."""
        with self._refusing(f"read the jobs of pipeline {pipeline}", "the role Reporter and the scope api"):
            # GitLab's "Jobs API": without `include_retried` the newest of each name alone.
            jobs = self._project.pipelines.get(pipeline, lazy=True).jobs.list(iterator=True, include_retried=True)
            return sum(1 for each in jobs if each.name == job)

    def _pipelines(self, pull: PullRequest) -> dict[int, Callable[[str], bool]]:
        """The merge request's own pipeline of its head commit, and the child pipelines that its plan job started; each
        with what tells the names of the jobs that plan."""
        request = self._project.mergerequests.get(pull.number)
        head = getattr(request, "head_pipeline", None)
        if not head or not self._of_head(head, request):
            raise ForgeError(
                f"Merge request !{pull.number} has no pipeline of this project on its last commit {pull.head[:12]} that"
                " ran for it and for nothing else: run one, then this."
            )
        bridges = self._project.pipelines.get(head["id"], lazy=True).bridges.list(get_all=True)
        children = [b.downstream_pipeline for b in bridges if b.downstream_pipeline and b.name == PLAN_JOB]
        plans: dict[int, Callable[[str], bool]] = {head["id"]: lambda name: name == PLAN_JOB}
        for child in children:
            if child["project_id"] == head["project_id"]:
                plans[child["id"]] = lambda name: re.match(rf"{SHARD_JOB}\b", name) is not None
        return plans

    def _of_head(self, pipeline: dict[str, Any], request: ProjectMergeRequest) -> bool:
        """Of this project, run for this merge request and not for a push or by hand, and built from its last commit,
        alone or merged with its target."""
        if pipeline["project_id"] != request.target_project_id or pipeline.get("source") != "merge_request_event":
            return False
        if re.fullmatch(rf"refs/merge-requests/{request.iid}/(head|merge|train)", str(pipeline.get("ref"))) is None:
            return False
        if pipeline["sha"] == request.sha:
            return True
        # A merged-results pipeline builds a temporary merge commit, one of whose parents is the head.
        return request.sha in self._project.commits.get(pipeline["sha"]).parent_ids

    def _notes(self, request: ProjectMergeRequest, marker: str) -> list[ProjectMergeRequestNote]:
        """Ours with the marker, the oldest first."""
        own = self._own_id()
        return [
            note
            for note in request.notes.list(iterator=True, order_by="created_at", sort="asc")
            if note.author["id"] == own and not note.system and carries(marker, note.body)
        ]

    def _own_id(self) -> int:
        if self._user is None:
            user = self._client.http_get("/user")
            assert isinstance(user, dict)
            self._user = int(user["id"])
        return self._user

    @contextlib.contextmanager
    def _refusing(self, doing: str, permission: str) -> Iterator[None]:
        """Turns the client's exceptions into one sentence: what, where, what is missing."""
        try:
            yield
        except GitlabError as error:
            raise self._error(error.response_code, str(error.error_message), doing, permission) from None
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            raise self._error(status, "", doing, permission) from None
        except requests.RequestException as error:
            raise silence(self._host, error, doing) from None

    def _error(self, status: int | None, answer: str, doing: str, permission: str) -> ForgeError:
        if status == 429:
            return ForgeError(f"{self._host} can't {doing}: the rate limit is used up; run this again later.")
        return refusal(self._host, self._name, status, cut_line(answer, 300), doing, permission)


def _delete(note: ProjectMergeRequestNote) -> None:
    try:
        note.delete()
    except GitlabError as error:
        if error.response_code != 404:  # another job was faster
            raise


def _edit(note: ProjectMergeRequestNote, text: str) -> None:
    try:
        _save(note, body=text)
    except GitlabError as error:
        if error.response_code == 404:
            raise GoneError from None
        raise


def _save(one: ProjectIssue | ProjectMergeRequestNote, **changed: str) -> None:
    for name, value in changed.items():
        setattr(one, name, value)
    one.save()


def _pull(request: ProjectMergeRequest) -> PullRequest:
    fork = request.source_project_id != request.target_project_id
    return PullRequest(request.iid, request.sha, request.web_url, fork, request.target_branch, request.source_branch)


def _bound_wait(response: requests.Response, **_: object) -> None:
    """GitLab may ask for more than a CI job should wait; the client waits as long as it is told to."""
    if response.status_code not in {429, 503}:
        return
    asked = response.headers.get("Retry-After", "")
    reset = response.headers.get("RateLimit-Reset", "")
    if asked.isdigit():
        wait = int(asked)
    elif reset.isdigit():
        wait = max(0, int(reset) - int(time.time()))
    else:
        response.headers.pop("Retry-After", None)  # a date, which the client can't read
        return
    response.headers["Retry-After"] = str(min(wait, _LONGEST_WAIT))


def _download_retry() -> Retry:
    return Retry(
        total=5, backoff_factor=1, backoff_max=30, retry_after_max=90, status_forcelist=[429, 500, 502, 503, 504]
    )
