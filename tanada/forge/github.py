"""GitHub and GitHub Enterprise, through PyGithub.

Sources: GitHub's REST and GraphQL references; "Permissions required for fine-grained personal access tokens".
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import requests
from github import Auth, Github, GithubException, GithubRetry, RateLimitExceededException, UnknownObjectException

from tanada.errors import ForgeError
from tanada.forge.archives import download
from tanada.forge.base import (
    CONTEXT,
    DRIFT_LABEL,
    LIMITS,
    PLAN_WORKFLOW,
    REPORTS,
    Archive,
    Done,
    PullRequest,
    Result,
    Verdict,
)
from tanada.forge.marker import GoneError, carries, keep_one, marked, same
from tanada.forge.refusals import of_a_fork, refusal, silence
from tanada.text import cut_line

if TYPE_CHECKING:
    from github.Artifact import Artifact
    from github.Issue import Issue
    from github.IssueComment import IssueComment
    from github.PullRequest import PullRequest as GithubPull
    from github.WorkflowRun import WorkflowRun

_DESCRIPTION = 140
"""Characters of a commit status's description."""
_CHECK_SUMMARY = 65_535
_CLOUD = "api.github.com"
_ACTIONS_USER = "github-actions[bot]"
"""Author of what a workflow's GITHUB_TOKEN writes."""

LABELS: dict[Result, tuple[str, str, str]] = {
    "nothing": ("tanada: nothing", "c5def5", "The plan changes nothing"),
    "changes": ("tanada: changes", "fbca04", "The plan changes something"),
    "dangerous": ("tanada: dangerous", "b60205", "The plan destroys or replaces what would be missed"),
    "failed": ("tanada: failed", "d93f0b", "A plan failed or was refused"),
    "waits": ("tanada: waits", "bfd4f2", "A stack waits for its common layer"),
}
"""Name, colour and description of the label for each result."""
_CONCLUSIONS = {
    "nothing": "success",
    "changes": "success",
    "dangerous": "neutral",
    "failed": "failure",
    "waits": "neutral",
}


def retry() -> GithubRetry:
    """Five more tries after 5xx, 429 and rate limits, at most 90 s apart: eight minutes, then the run fails."""
    return GithubRetry(
        total=5,
        backoff_factor=1,
        backoff_max=30,
        retry_after_max=90,
        max_rate_limit_wait=90,
        status_forcelist=[429, *range(500, 600)],
        allowed_methods={"GET", "POST", "PATCH", "PUT", "DELETE"},
    )


class GitHub:
    """A repository on GitHub, as one token's user sees it."""

    limit = LIMITS["github"]

    def __init__(self, api_url: str, repository: str, token: str, *, actions: bool = False) -> None:
        """`actions`: the token may be the workflow's own, which can't ask who it is."""
        self._token = token
        self._api = api_url.rstrip("/")
        self._host = self._api.split("://", 1)[-1].split("/", 1)[0]
        self._name = repository
        self._actions = actions
        # lazy: an object is fetched when something of it is read that isn't known yet.
        self._github = Github(
            auth=Auth.Token(token),
            base_url=self._api,
            timeout=30,
            per_page=100,
            retry=retry(),
            lazy=True,
            # A dozen calls a run need no pauses; rate limits are obeyed.
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self._repository = self._github.get_repo(repository)
        self._login: str | None = None

    def pull_request(self, number: int) -> PullRequest:
        with self._refusing(f"read pull request #{number}", "pull-requests: read"):
            return _pull(self._repository.get_pull(number))

    def labelled(self, pull: PullRequest, label: str) -> str:
        with self._refusing(f"read who labelled pull request #{pull.number}", "pull-requests: read"):
            issue = self._repository.get_issue(pull.number)
            if label not in {each.name for each in issue.labels}:
                raise ForgeError(f"Pull request #{pull.number} has no label {label} now.")
            events = [each for each in issue.get_events() if each.event == "labeled" and each.label.name == label]
            if not events or events[-1].actor is None:
                raise ForgeError(f"Nobody is known to have put the label {label} on pull request #{pull.number}.")
            login = events[-1].actor.login
            # Who may triage may label as well.
            if self._repository.get_collaborator_permission(login) not in ("admin", "write"):
                raise ForgeError(
                    f"{login} put the label {label} on, and may not write to {self._name}: it allows nothing."
                )
        return login

    def approvers(self, run: int) -> list[tuple[str, str]]:
        with self._refusing("read who approved this run", "actions: read"):
            # "Get the review history for a workflow run"; PyGithub has no method for it.
            url = f"/repos/{self._name}/actions/runs/{run}/approvals"
            _, answer = self._github.requester.requestJsonAndCheck("GET", url)
        given = [each for each in answer if each.get("state") == "approved" and each.get("user")]
        found = [(place["name"], each["user"]["login"]) for each in given for place in each.get("environments") or ()]
        return sorted(set(found))

    def merged(self, commit: str, branch: str | None = None) -> PullRequest | None:
        with self._refusing(f"read the pull requests of commit {commit[:12]}", "pull-requests: read"):
            for pull in self._repository.get_commit(commit).get_pulls():
                here = branch is None or pull.base.ref == branch
                if pull.merged_at is not None and pull.merge_commit_sha == commit and here:
                    return _pull(pull)
        return None

    def tip(self, branch: str) -> str:
        with self._refusing(f"read the branch {branch}", "contents: read"):
            return self._repository.get_branch(branch).commit.sha

    def pushed(self, commit: str, before: str) -> list[str]:
        with self._refusing(f"compare {before[:12]} with {commit[:12]}", "contents: read"):
            commits = self._repository.compare(before, commit).commits
            parents = {each.sha: each.parents[0].sha for each in commits if each.parents}
        chain = [commit]
        while (parent := parents.get(chain[-1])) in parents and parent not in chain:
            chain.append(parent)
        return chain

    def comment(self, pull: PullRequest, marker: str, body: str) -> Done:
        text = marked(marker, body, self.limit)
        with self._refusing(f"comment on pull request #{pull.number}", "pull-requests: write"):
            issue = self._repository.get_issue(pull.number)
            return keep_one(text, lambda: self._comments(issue, marker), issue.create_comment, _edit, _remove)

    def judge(self, pull: PullRequest | None, commit: str, verdict: Verdict) -> list[str]:
        steps: list[Callable[[], None]] = [lambda: self._status(commit, verdict)]
        if verdict.key == "plan" and pull is not None:
            steps += [lambda: self._label(pull, verdict.result), lambda: self._check(commit, verdict)]
        sentences = []
        for step in steps:
            try:
                step()
            except ForgeError as error:
                if not error.denied:
                    raise
                sentences.append(str(error))
        return sentences

    def issue(self, marker: str, title: str, body: str | None, closing: str) -> Done:
        with self._refusing("keep the drift issue", "issues: write"):
            labelled = self._repository.get_issues(state="all", labels=[DRIFT_LABEL], sort="created", direction="asc")
            login = self._own_login()
            ours = [issue for issue in labelled if _author(issue) == login and carries(marker, issue.body)]
            opened = [issue for issue in ours if issue.state == "open"]
            if body is None:
                for issue in opened:
                    issue.create_comment(closing)
                    issue.edit(state="closed", state_reason="completed")
                return "closed" if opened else "nothing to do"
            text = marked(marker, body, self.limit)
            for issue in opened[1:]:
                issue.edit(state="closed", state_reason="not_planned")
            if opened:
                if opened[0].title == title and same(opened[0].body, text):
                    return "unchanged"
                opened[0].edit(title=title, body=text)
                return "updated"
            if ours:
                ours[-1].edit(title=title, body=text, state="open")
                return "reopened"
            self._make_label(DRIFT_LABEL, "d4c5f9", "What is there differs from what was applied")
            self._repository.create_issue(title=title, body=text, labels=[DRIFT_LABEL])
            return "created"

    def reports(self, pull: PullRequest) -> Iterator[Archive]:
        if pull.fork:
            raise of_a_fork(f"Pull request #{pull.number}")
        self._check_alone(pull)
        with self._refusing("read the artifacts", "actions: read"):
            for artifact in self._artifacts(pull):
                url = f"{self._api}/repos/{self._name}/actions/artifacts/{artifact.id}/zip"
                headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/vnd.github+json"}
                yield Archive(artifact.name, download(url, headers, retry()))

    def _check_alone(self, pull: PullRequest) -> None:
        """Refuse where another pull request asks, or asked, for the same commit into another branch.

        Its runs are of that branch's workflows, and once it is closed nothing that GitHub says of them tells them from
        this pull request's.
        """
        if pull.branch is None:
            return
        head = f"{self._name.partition('/')[0]}:{pull.branch}"
        with self._refusing(f"read the pull requests of the branch {pull.branch}", "pull-requests: read"):
            for other in self._repository.get_pulls(state="all", head=head):
                if other.number != pull.number and other.head.sha == pull.head and other.base.ref != pull.base:
                    raise ForgeError(
                        f"The last commit of pull request #{pull.number}, {pull.head[:12]}, is that of #{other.number}"
                        f" into {other.base.ref} too, and their plans can't be told apart: nothing is approved."
                    )

    def _artifacts(self, pull: PullRequest) -> list[Artifact]:
        """Of the newest run of the plan's workflow that left reports of this pull request's last commit; of each name
        the newest. Such a run is of the default branch, so its artifacts' names say which commit it planned."""
        name = f"{REPORTS}-{pull.head}"
        ids = {each.workflow_run.id for first in (name, f"{name}-1") for each in self._repository.get_artifacts(first)}
        for run in map(self._repository.get_workflow_run, sorted(ids, reverse=True)):
            if not _plans(run, pull, early=self._host == _CLOUD):
                continue
            left = {
                artifact.name: artifact
                for artifact in sorted(run.get_artifacts(), key=lambda artifact: artifact.created_at)
                if artifact.name == name or artifact.name.startswith(f"{name}-")
            }
            if any(artifact.expired for artifact in left.values()):
                raise ForgeError(
                    f"The reports of pull request #{pull.number} have expired: run its plan again ({run.html_url}),"
                    " then this."
                )
            return [left[each] for each in sorted(left)]
        raise ForgeError(
            f"No run of this repository's {PLAN_WORKFLOW} left an artifact {REPORTS} of {pull.head[:12]}, the last"
            f" commit of pull request #{pull.number}: run its plan again, then this."
        )

    def _comments(self, issue: Issue, marker: str) -> list[IssueComment]:
        """Ours with the marker, the oldest first."""
        login = self._own_login()
        ours = [c for c in issue.get_comments() if _author(c) == login and carries(marker, c.body)]
        return sorted(ours, key=lambda comment: comment.id)

    def _own_login(self) -> str:
        if self._login is None:
            self._login = self._ask_login()
        return self._login

    def _ask_login(self) -> str:
        """GraphQL answers for the tokens of apps too, whom `/user` refuses."""
        try:
            _, answer = self._github.requester.graphql_query("query { viewer { login } }", {})
            return str(answer["data"]["viewer"]["login"])
        except RateLimitExceededException:
            raise
        except (GithubException, KeyError, TypeError) as error:
            if isinstance(error, GithubException) and (error.status == 401 or error.status >= 500):
                raise
        try:
            _, user = self._github.requester.requestJsonAndCheck("GET", "/user")
            return str(user["login"])
        except GithubException as error:
            if self._actions and error.status == 403 and not isinstance(error, RateLimitExceededException):
                return _ACTIONS_USER
            raise

    def _status(self, commit: str, verdict: Verdict) -> None:
        wanted = {
            "state": "failure" if verdict.result == "failed" else "success",
            "description": cut_line(verdict.headline, _DESCRIPTION),
            "context": CONTEXT + verdict.key,
            "target_url": verdict.url,
        }
        with self._refusing("set the commit status", "statuses: write"):
            statuses = self._repository.get_commit(commit).get_statuses()  # the newest first
            last = next((status for status in statuses if status.context == wanted["context"]), None)
            if last is None or any(getattr(last, name) != value for name, value in wanted.items()):
                given = {name: value for name, value in wanted.items() if value is not None}
                # Not Commit.create_status, which fetches the whole commit first.
                url = f"/repos/{self._name}/statuses/{commit}"
                self._github.requester.requestJsonAndCheck("POST", url, input=given)

    def _label(self, pull: PullRequest, result: Result) -> None:
        wanted, colour, description = LABELS[result]
        ours = {name for name, _, _ in LABELS.values()}
        with self._refusing(f"label pull request #{pull.number}", "pull-requests: write"):
            issue = self._repository.get_issue(pull.number)
            there = {label.name for label in issue.labels}
            for name in sorted((there & ours) - {wanted}):
                with contextlib.suppress(UnknownObjectException):  # removed by another run just now
                    issue.remove_from_labels(name)
            if wanted not in there:
                self._make_label(wanted, colour, description)
                issue.add_to_labels(wanted)

    def _make_label(self, name: str, colour: str, description: str) -> None:
        try:
            self._repository.get_label(name).color  # noqa: B018 - fetches it
        except UnknownObjectException:
            try:
                self._repository.create_label(name, colour, description)
            except GithubException as error:
                if error.status != 422:  # made by another run just now
                    raise

    def _check(self, commit: str, verdict: Verdict) -> None:
        """Only apps may write checks: GITHUB_TOKEN with `checks: write`, never a person's token."""
        title = cut_line(verdict.headline, 255)
        summary = verdict.details if len(verdict.details) <= _CHECK_SUMMARY else verdict.headline
        wanted: dict[str, Any] = {
            "name": f"Tanada {verdict.key}",
            "status": "completed",
            "conclusion": _CONCLUSIONS[verdict.result],
            "output": {"title": title, "summary": summary},
        }
        if verdict.url:
            wanted["details_url"] = verdict.url
        with self._refusing("write a check run", "checks: write"):
            runs = self._repository.get_commit(commit).get_check_runs(check_name=wanted["name"], filter="latest")
            for run in runs:
                shown = (run.conclusion, run.output.title, run.details_url)
                if shown == (wanted["conclusion"], title, verdict.url) and same(run.output.summary, summary):
                    return
                run.edit(**wanted)
                return
            self._repository.create_check_run(head_sha=commit, **wanted)

    @contextlib.contextmanager
    def _refusing(self, doing: str, permission: str) -> Iterator[None]:
        """Turns the client's exceptions into one sentence: what, where, what is missing."""
        try:
            yield
        except GithubException as error:
            raise self._error(error, doing, permission) from None
        except requests.HTTPError as error:
            status = error.response.status_code if error.response is not None else 0
            raise self._error(GithubException(status, None, None), doing, permission) from None
        except requests.exceptions.RetryError:
            raise ForgeError(f"{self._host} can't {doing}: it kept answering with an error; run this again.") from None
        except requests.RequestException as error:
            raise silence(self._host, error, doing) from None

    def _error(self, error: GithubException, doing: str, permission: str) -> ForgeError:
        if isinstance(error, RateLimitExceededException) or error.status == 429:
            return ForgeError(f"{self._host} can't {doing}: the rate limit is used up{_until(error)}; run this again.")
        return refusal(self._host, self._name, error.status, _reason(error), doing, permission)


def _pull(pull: GithubPull) -> PullRequest:
    head, base = pull.head.repo, pull.base.repo
    # A deleted fork's repository is null.
    fork = head is None or head.id != base.id
    return PullRequest(pull.number, pull.head.sha, pull.html_url, fork, pull.base.ref, pull.head.ref)


def _plans(run: WorkflowRun, pull: PullRequest, *, early: bool) -> bool:
    """Whether a run is one of the plan's workflow as the branch has it that the pull request goes to.

    Whoever may push can start runs of other workflows, and of this one as their branch has it, by other events; by
    `workflow_run` GitHub runs the default branch's file alone, and by `pull_request_target` github.com does (`early`;
    its changelog of 7 November 2025), for pull requests into the branch that this file names. A labelled fork's run is
    of another repository: whatever it planned, a fork's reports approve nothing.
    """
    of_main = run.event == "workflow_run" and pull.base in (None, run.head_branch)
    return (
        run.head_repository is not None
        and run.head_repository.id == run.repository.id
        and run.path.partition("@")[0] == PLAN_WORKFLOW
        and (of_main or (early and run.event == "pull_request_target"))
    )


def _author(written: Issue | IssueComment) -> str | None:
    """None for a deleted user."""
    return written.user.login if written.user else None


def _edit(comment: IssueComment, text: str) -> None:
    try:
        comment.edit(text)
    except UnknownObjectException:
        raise GoneError from None


def _remove(comment: IssueComment) -> None:
    """Delete one of ours that is too many; hide it where that isn't allowed."""
    try:
        comment.delete()
    except UnknownObjectException:
        pass  # another run was faster
    except GithubException as error:
        if error.status != 403:
            raise
        comment.minimize("OUTDATED")


def _reason(error: GithubException) -> str:
    """What GitHub said, on one line."""
    data = error.data if isinstance(error.data, dict) else {}
    sentences = [str(data.get("message") or "")]
    for entry in data.get("errors") or []:
        text = entry.get("message") or entry.get("code") or "" if isinstance(entry, dict) else entry
        sentences.append(str(text))
    return cut_line("; ".join(filter(None, sentences)), 300)


def _until(error: GithubException) -> str:
    reset = (error.headers or {}).get("x-ratelimit-reset") or (error.headers or {}).get("X-RateLimit-Reset")
    if not reset or not reset.isdigit():
        return ""
    return f" until {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC"
