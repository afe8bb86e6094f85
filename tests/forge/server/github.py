"""GitHub as far as Tanada calls it.

Sources: GitHub's REST reference (2022-11-28), and its GraphQL `viewer` and `minimizeComment`.
"""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from tests.forge.server.base import Json, RefusalError, Server, User, now


class GitHubServer(Server):
    """One repository on a GitHub Enterprise server."""

    api_path = "/api/v3"
    ALL = frozenset(
        {
            "pull-requests: write",
            "issues: write",
            "statuses: write",
            "checks: write",
            "actions: read",
        }
    )

    def __init__(self, repository: str = "acme/shop") -> None:
        self.repository = repository
        self.repository_id = 42
        self.fork_id = 43
        self.pulls: dict[int, Json] = {}
        self.issues: dict[int, Json] = {}
        self.comments: list[Json] = []
        self.labels: dict[str, Json] = {}
        self.statuses: list[Json] = []
        self.check_runs: list[Json] = []
        self.runs: list[Json] = []
        self.commits: dict[str, list[str]] = {}
        """Parents of a commit."""
        self.branches: dict[str, str] = {}
        """Where each is now."""
        self.artifacts: list[Json] = []
        self.events: dict[int, list[Json]] = {}
        """Of each issue, the oldest first."""
        self.approvals: dict[int, list[Json]] = {}
        """Of each run: its review history."""
        self.permissions: dict[str, str] = {}
        """Of people on the repository; `read` where none is named."""
        self.rate_limit_remaining = 5000
        self._numbers = itertools.count(1)
        super().__init__()
        self.add_token("workflow-token", "github-actions[bot]", app=True)

    # --- set-up by tests ---

    def add_token(self, token: str, login: str, *, app: bool = False, may: frozenset[str] | None = None) -> User:
        user = User(self._next(), login, app, self.ALL if may is None else may)
        self.tokens[token] = user
        return user

    def open_pull(self, head: str, *, fork: bool = False, base: str = "main", branch: str = "feature") -> int:
        number = next(self._numbers)
        repository = {"id": self.fork_id, "full_name": "someone/shop"} if fork else self._repository()
        self.pulls[number] = {
            "id": self._next(),
            "number": number,
            "url": f"{self.api_url}/repos/{self.repository}/pulls/{number}",
            "html_url": f"{self.url}/{self.repository}/pull/{number}",
            "state": "open",
            "merged": False,
            "merged_at": None,
            "merge_commit_sha": None,
            "head": {"sha": head, "ref": branch, "label": f"acme:{branch}", "repo": repository},
            "base": {"sha": "b" * 40, "ref": base, "label": f"acme:{base}", "repo": self._repository()},
        }
        self.issues[number] = self._issue(number, f"Pull request {number}", "", "someone", [])
        self.issues[number]["pull_request"] = {"url": self.pulls[number]["url"]}
        return number

    def push(self, number: int, head: str) -> None:
        self.pulls[number]["head"]["sha"] = head

    def merge(self, number: int, commit: str) -> None:
        self.pulls[number] |= {
            "state": "closed",
            "merged": True,
            "merged_at": now(),
            "merge_commit_sha": commit,
        }

    def add_comment(self, number: int, login: str, body: str) -> Json:
        comment = {
            "id": self._next(),
            "node_id": f"IC_{self._next()}",
            "url": f"{self.api_url}/repos/{self.repository}/issues/comments/{self._next()}",
            "body": body,
            "user": self._user_data(login),
            "created_at": now(),
            "updated_at": now(),
            "issue_number": number,
            "minimized": None,
        }
        comment["url"] = f"{self.api_url}/repos/{self.repository}/issues/comments/{comment['id']}"
        self.comments.append(comment)
        return comment

    def add_run(
        self,
        head: str,
        *,
        fork: bool | None = False,
        path: str = ".github/workflows/tanada-plan.yml",
        event: str = "workflow_run",
        branch: str = "main",
        pulls: tuple[int, ...] = (),
    ) -> int:
        """`fork`: None for one that was deleted since. `pulls`: those that it runs for, named while they are open."""
        id_ = self._next()
        heads = {True: {"id": self.fork_id, "full_name": "someone/shop"}, False: self._repository(), None: None}
        run: Json = {
            "id": id_,
            "head_sha": head,
            "path": path,
            "event": event,
            "head_branch": branch,
            "pulls": pulls,
            "status": "completed",
            "conclusion": "success",
            "repository": self._repository(),
            "head_repository": heads[fork],
        }
        run["html_url"] = f"{self.url}/{self.repository}/actions/runs/{run['id']}"
        run["url"] = f"{self.api_url}/repos/{self.repository}/actions/runs/{run['id']}"
        run["artifacts_url"] = f"{run['url']}/artifacts"
        self.runs.append(run)
        return id_

    def add_artifact(self, run: int, name: str, content: bytes, *, expired: bool = False) -> int:
        id_ = self._next()
        source = next(entry for entry in self.runs if entry["id"] == run)
        self.artifacts.append(
            {
                "id": id_,
                "node_id": f"A_{id_}",
                "name": name,
                "size_in_bytes": len(content),
                "url": f"{self.api_url}/repos/{self.repository}/actions/artifacts/{id_}",
                "archive_download_url": f"{self.api_url}/repos/{self.repository}/actions/artifacts/{id_}/zip",
                "expired": expired,
                "created_at": f"2026-01-01T00:{id_ // 60 % 60:02d}:{id_ % 60:02d}Z",
                "expires_at": "2026-04-01T00:00:00Z",
                "workflow_run": {
                    "id": run,
                    "repository_id": self.repository_id,
                    "head_repository_id": (source["head_repository"] or {"id": None})["id"],
                    "head_branch": "feature",
                    "head_sha": source["head_sha"],
                },
            }
        )
        self.storage[str(id_)] = content
        return id_

    def review(self, run: int, environment: str, login: str, state: str = "approved") -> None:
        """Somebody answers what a run waits for."""
        entry = {"state": state, "comment": "", "user": self._user_data(login), "environments": [{"name": environment}]}
        self.approvals.setdefault(run, []).append(entry)

    def label(self, number: int, name: str, login: str) -> None:
        """Somebody puts a label on."""
        label = self.labels.setdefault(name, self._label(name, "ededed", ""))
        self.issues[number]["labels"].append(label)
        self.events.setdefault(number, []).append(
            {"id": self._next(), "event": "labeled", "actor": self._user_data(login), "label": {"name": name}}
        )

    def label_names(self, number: int) -> list[str]:
        return [label["name"] for label in self.issues[number]["labels"]]

    # --- answers ---

    def _repository(self) -> Json:
        return {"id": self.repository_id, "full_name": self.repository}

    def _user_data(self, login: str) -> Json:
        known = next((user.id for user in self.tokens.values() if user.login == login), 7)
        return {"login": login, "id": known, "type": "Bot" if login.endswith("[bot]") else "User"}

    def _issue(self, number: int, title: str, body: str, login: str, labels: list[Json]) -> Json:
        return {
            "id": self._next(),
            "number": number,
            "url": f"{self.api_url}/repos/{self.repository}/issues/{number}",
            "html_url": f"{self.url}/{self.repository}/issues/{number}",
            "title": title,
            "body": body,
            "state": "open",
            "state_reason": None,
            "user": self._user_data(login),
            "labels": labels,
            "created_at": now(),
        }

    def _user(self) -> User | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.tokens.get(token) if scheme.lower() in {"bearer", "token"} else None

    def _unauthorized(self) -> RefusalError:
        given = "Authorization" in request.headers
        return RefusalError(401, "Bad credentials" if given else "Requires authentication")

    def _limits(self, response: Response) -> None:
        response.headers["X-RateLimit-Limit"] = "5000"
        response.headers["X-RateLimit-Remaining"] = str(self.rate_limit_remaining)
        response.headers.setdefault("X-RateLimit-Reset", str(int(time.time()) + 3600))
        response.headers["X-RateLimit-Resource"] = "core"

    def _invalid(self, sentence: str) -> RefusalError:
        return RefusalError(422, "Validation Failed", errors=[{"message": sentence, "code": "invalid"}])

    def _need(self, *permissions: str) -> None:
        """Any one of these."""
        if not request.headers.get("User-Agent"):
            raise RefusalError(403, "Request forbidden by administrative rules.")
        if not self._me.may & set(permissions):
            raise RefusalError(403, "Resource not accessible by integration")

    def _list(self, entries: list[Json], item: str | None = None) -> Any:
        page, per_page = self._paging(30)
        shown = entries[(page - 1) * per_page : page * per_page]
        answer = Response(
            json.dumps(shown if item is None else {"total_count": len(entries), item: shown}),
            mimetype="application/json",
        )
        last = max(1, -(-len(entries) // per_page))
        links = []
        for relation, number in (("next", page + 1), ("last", last)):
            if page < last:
                query = urlencode({**request.args.to_dict(), "page": number})
                links.append(f'<{request.base_url}?{query}>; rel="{relation}"')
        if links:
            answer.headers["Link"] = ", ".join(links)
        return answer

    def _found(self, number: int) -> Json:
        if number not in self.issues:
            raise RefusalError(404, "Not Found")
        return self.issues[number]

    def _routes(self) -> None:
        repo = f"/repos/{self.repository}"
        route = self._route
        self._app.add_url_rule("/api/graphql", "graphql", self._graphql, methods=["POST"])
        route("GET", "/user", self._get_user)
        route("GET", f"{repo}/pulls", self._get_pulls)
        route("GET", f"{repo}/pulls/<int:number>", self._get_pull)
        route("GET", f"{repo}/commits/<sha>/pulls", self._get_commit_pulls)
        route("GET", f"{repo}/issues/<int:number>", lambda number: self._found(number))
        route("PATCH", f"{repo}/issues/<int:number>", self._edit_issue)
        route("GET", f"{repo}/issues", self._get_issues)
        route("POST", f"{repo}/issues", self._create_issue)
        route("GET", f"{repo}/issues/<int:number>/comments", self._get_comments)
        route("POST", f"{repo}/issues/<int:number>/comments", self._create_comment)
        route("PATCH", f"{repo}/issues/comments/<int:id_>", self._edit_comment)
        route("DELETE", f"{repo}/issues/comments/<int:id_>", self._delete_comment)
        route("POST", f"{repo}/issues/<int:number>/labels", self._add_labels)
        route("DELETE", f"{repo}/issues/<int:number>/labels/<name>", self._remove_label)
        route("GET", f"{repo}/labels/<name>", self._get_label)
        route("POST", f"{repo}/labels", self._create_label)
        route("GET", f"{repo}/commits/<sha>/statuses", self._get_statuses)
        # The legacy route, as the reference says, which PyGithub takes.
        route("GET", f"{repo}/statuses/<sha>", self._get_statuses)
        route("POST", f"{repo}/statuses/<sha>", self._create_status)
        route("GET", f"{repo}/commits/<sha>/check-runs", self._get_check_runs)
        route("POST", f"{repo}/check-runs", self._create_check_run)
        route("PATCH", f"{repo}/check-runs/<int:id_>", self._edit_check_run)
        route("GET", f"{repo}/compare/<spec>", self._compare)
        route("GET", f"{repo}/branches/<name>", self._branch)
        route("GET", f"{repo}/actions/runs", self._get_runs)
        route("GET", f"{repo}/actions/runs/<int:id_>", self._get_run)
        route("GET", f"{repo}/actions/runs/<int:id_>/approvals", self._get_approvals)
        route("GET", f"{repo}/actions/runs/<int:run>/artifacts", self._get_artifacts)
        route("GET", f"{repo}/actions/artifacts", self._get_artifacts)
        route("GET", f"{repo}/issues/<int:number>/events", self._get_events)
        route("GET", f"{repo}/collaborators/<login>/permission", self._get_permission)
        route("GET", f"{repo}/actions/artifacts/<int:id_>/zip", self._download)

    def _state(self) -> Any:
        return {
            "pulls": self.pulls,
            "issues": self.issues,
            "comments": self.comments,
            "statuses": self.statuses,
            "check_runs": self.check_runs,
            "calls": [f"{call.method} {call.path}" for call in self.calls],
        }

    def _graphql(self) -> Any:
        body = self._body({"query": str}, {"variables": dict})
        if re.fullmatch(r"\s*query\s*\{\s*viewer\s*\{\s*login\s*\}\s*\}\s*", body["query"]):
            return {"data": {"viewer": {"login": self._me.login}}}
        if "minimizeComment" in body["query"]:
            given = body["variables"]["input"]
            comment = next((c for c in self.comments if c["node_id"] == given["subjectId"]), None)
            if comment is None or given["classifier"] not in {"OUTDATED", "DUPLICATE", "RESOLVED", "SPAM"}:
                return {"errors": [{"type": "NOT_FOUND", "message": "Could not resolve to a node"}]}
            comment["minimized"] = given["classifier"]
            return {"data": {"minimizeComment": {"minimizedComment": {"isMinimized": True}}}}
        return {"errors": [{"message": "Parse error"}]}

    def _get_user(self) -> Any:
        if self._me.app:
            raise RefusalError(403, "Resource not accessible by integration")
        return self._user_data(self._me.login)

    def _get_pulls(self) -> Any:
        state, head = request.args.get("state", "open"), request.args.get("head")
        owner = self.repository.partition("/")[0]
        chosen = [
            pull
            for pull in self.pulls.values()
            if state in ("all", pull["state"]) and head in (None, f"{owner}:{pull['head']['ref']}")
        ]
        return self._list(chosen[::-1])

    def _get_pull(self, number: int) -> Any:
        if number not in self.pulls:
            raise RefusalError(404, "Not Found")
        return self.pulls[number]

    def _get_commit_pulls(self, sha: str) -> Any:
        if not re.fullmatch(r"[0-9a-f]{40}", sha):
            raise RefusalError(422, f"No commit chosen for SHA: {sha}")
        chosen = [p for p in self.pulls.values() if sha in {p["merge_commit_sha"], p["head"]["sha"]}]
        # The list's entries lack `merged`.
        return self._list([{k: v for k, v in pull.items() if k != "merged"} for pull in chosen])

    def _get_issues(self) -> Any:
        wanted = {name for name in request.args.get("labels", "").split(",") if name}
        state = request.args.get("state", "open")
        chosen = [
            issue
            for issue in self.issues.values()
            if state in ("all", issue["state"]) and wanted <= {label["name"] for label in issue["labels"]}
        ]
        return self._list(chosen if request.args.get("direction") == "asc" else chosen[::-1])

    def _create_issue(self) -> Any:
        self._need("issues: write")
        body = self._body({"title": str}, {"body": str, "labels": list})
        self._check_length(body.get("body", ""))
        labels = [self.labels.setdefault(name, self._label(name, "ededed", "")) for name in body.get("labels", [])]
        number = next(self._numbers)
        self.issues[number] = self._issue(number, body["title"], body.get("body", ""), self._me.login, labels)
        return self.issues[number], 201

    def _edit_issue(self, number: int) -> Any:
        self._need("issues: write")
        fields = {"title": str, "body": str, "state": str, "state_reason": str}
        body = self._body({}, fields)
        if body.get("state", "open") not in {"open", "closed"}:
            raise self._invalid("state is open or closed")
        self._check_length(body.get("body", ""))
        self._found(number).update(body)
        return self._found(number)

    def _check_length(self, body: str) -> None:
        if len(body) > 65_536:
            raise self._invalid("body is too long (maximum is 65536 characters)")

    def _get_comments(self, number: int) -> Any:
        self._found(number)
        return self._list([c for c in self.comments if c["issue_number"] == number])

    def _create_comment(self, number: int) -> Any:
        self._need("issues: write", "pull-requests: write")
        self._found(number)
        body = self._body({"body": str})["body"]
        self._check_length(body)
        if not body.strip():
            raise self._invalid("body can't be blank")
        return self.add_comment(number, self._me.login, body), 201

    def _own_comment(self, id_: int) -> Json:
        self._need("issues: write", "pull-requests: write")
        comment = next((c for c in self.comments if c["id"] == id_), None)
        if comment is None:
            raise RefusalError(404, "Not Found")
        if comment["user"]["login"] != self._me.login:
            raise RefusalError(403, "Must have admin rights to Repository.")
        return comment

    def _edit_comment(self, id_: int) -> Any:
        body = self._body({"body": str})["body"]
        self._check_length(body)
        comment = self._own_comment(id_)
        comment["body"] = body
        return comment

    def _delete_comment(self, id_: int) -> Any:
        self.comments.remove(self._own_comment(id_))
        return "", 204

    @staticmethod
    def _label(name: str, colour: str, description: str) -> Json:
        return {"name": name, "color": colour, "description": description}

    def _add_labels(self, number: int) -> Any:
        self._need("issues: write", "pull-requests: write")
        given = request.get_json(silent=True)
        names = given if isinstance(given, list) else (given or {}).get("labels")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self._invalid("labels is a list of names")
        there = self._found(number)["labels"]
        for name in names:
            label = self.labels.setdefault(name, self._label(name, "ededed", ""))
            if label not in there:
                there.append(label)
        return Response(json.dumps(there), mimetype="application/json")

    def _remove_label(self, number: int, name: str) -> Any:
        self._need("issues: write", "pull-requests: write")
        there = self._found(number)["labels"]
        if name not in {label["name"] for label in there}:
            raise RefusalError(404, "Label does not exist")
        there[:] = [label for label in there if label["name"] != name]
        return Response(json.dumps(there), mimetype="application/json")

    def _get_label(self, name: str) -> Any:
        if name not in self.labels:
            raise RefusalError(404, "Not Found")
        return self.labels[name]

    def _create_label(self) -> Any:
        self._need("issues: write", "pull-requests: write")
        body = self._body({"name": str}, {"color": str, "description": str})
        if body["name"] in self.labels:
            errors = [{"resource": "Label", "code": "already_exists", "field": "name"}]
            raise RefusalError(422, "Validation Failed", errors=errors)
        if not re.fullmatch(r"[0-9a-fA-F]{6}", body.get("color", "ededed")) or len(body.get("description", "")) > 100:
            raise self._invalid("color is six hexadecimal digits, description at most 100 characters")
        self.labels[body["name"]] = self._label(body["name"], body["color"], body.get("description", ""))
        return self.labels[body["name"]], 201

    def _get_statuses(self, sha: str) -> Any:
        return self._list([s for s in reversed(self.statuses) if s["sha"] == sha])

    def _create_status(self, sha: str) -> Any:
        self._need("statuses: write")
        body = self._body({"state": str}, {"target_url": str, "description": str, "context": str})
        if body["state"] not in {"error", "failure", "pending", "success"}:
            raise self._invalid("state")
        if len(body.get("description", "")) > 140:
            raise self._invalid("description is too long (maximum is 140 characters)")
        status = {
            "id": self._next(),
            "sha": sha,
            "state": body["state"],
            "description": body.get("description"),
            "target_url": body.get("target_url"),
            "context": body.get("context", "default"),
        }
        self.statuses.append(status)
        return status, 201

    def _get_check_runs(self, sha: str) -> Any:
        name = request.args.get("check_name")
        chosen = [run for run in self.check_runs if run["head_sha"] == sha and name in (None, run["name"])]
        return self._list(chosen[::-1], "check_runs")

    _CHECK_FIELDS: Mapping[str, type] = {"status": str, "conclusion": str, "details_url": str, "output": dict}

    def _check_run(self, run: Json) -> Json:
        self._need("checks: write")
        if not self._me.app:
            raise RefusalError(403, "You must authenticate via a GitHub App.")
        output = run["output"]
        if not {"title", "summary"} <= set(output) or len(output["summary"]) > 65_535:
            raise self._invalid("output has a title and a summary of at most 65535 characters")
        if run["conclusion"] not in {"success", "failure", "neutral", "cancelled", "action_required"}:
            raise self._invalid("conclusion")
        return {"details_url": None, **run}

    def _create_check_run(self) -> Any:
        body = self._body({"name": str, "head_sha": str}, self._CHECK_FIELDS)
        id_ = self._next()
        url = f"{self.api_url}/repos/{self.repository}/check-runs/{id_}"
        run = self._check_run({**body, "id": id_, "url": url})
        self.check_runs.append(run)
        return run, 201

    def _edit_check_run(self, id_: int) -> Any:
        body = self._body({}, {"name": str, **self._CHECK_FIELDS})
        for run in self.check_runs:
            if run["id"] == id_:
                run.update(self._check_run({**run, **body}))
                return run
        raise RefusalError(404, "Not Found")

    def _get_runs(self) -> Any:
        self._need("actions: read")
        sha = request.args.get("head_sha")
        chosen = [self._run(run) for run in reversed(self.runs) if sha in (None, run["head_sha"])]
        return self._list(chosen, "workflow_runs")

    def _run(self, run: Json) -> Json:
        """GitHub names a run's pull requests while they are open, and none of them afterwards."""
        opened = [self.pulls[number] for number in run["pulls"] if self.pulls[number]["state"] == "open"]
        fields = ("id", "number", "url", "head", "base")
        return {
            **{name: value for name, value in run.items() if name != "pulls"},
            "pull_requests": [{name: pull[name] for name in fields} for pull in opened],
        }

    def _branch(self, name: str) -> Any:
        if name not in self.branches:
            raise RefusalError(404, "Branch not found")
        return {"name": name, "commit": {"sha": self.branches[name]}, "protected": True}

    def _compare(self, spec: str) -> Any:
        """The commits between two, the oldest first, as `commits` knows their parents."""
        before, after = spec.split("...")
        chain, left = [], [after]
        while left:
            commit = left.pop()
            if commit != before and commit in self.commits and commit not in chain:
                chain.append(commit)
                left += self.commits[commit]
        listed = [{"sha": c, "parents": [{"sha": p} for p in self.commits[c]]} for c in reversed(chain)]
        return {"url": request.base_url, "status": "ahead", "total_commits": len(listed), "commits": listed}

    def _get_run(self, id_: int) -> Any:
        self._need("actions: read")
        found = next((run for run in self.runs if run["id"] == id_), None)
        if found is None:
            raise RefusalError(404, "Not Found")
        return self._run(found)

    def _get_approvals(self, id_: int) -> Any:
        self._need("actions: read")
        return Response(json.dumps(self.approvals.get(id_, [])), mimetype="application/json")

    def _get_events(self, number: int) -> Any:
        self._need("issues: read", "pull-requests: read", "issues: write", "pull-requests: write")
        self._found(number)
        return self._list(self.events.get(number, []))

    def _get_permission(self, login: str) -> Any:
        return {"permission": self.permissions.get(login, "read"), "user": self._user_data(login)}

    def _get_artifacts(self, run: int | None = None) -> Any:
        self._need("actions: read")
        name = request.args.get("name")
        chosen = [
            artifact
            for artifact in self.artifacts
            if run in (None, artifact["workflow_run"]["id"]) and name in (None, artifact["name"])
        ]
        return self._list(chosen, "artifacts")

    def _download(self, id_: int) -> Any:
        self._need("actions: read")
        artifact = next((a for a in self.artifacts if a["id"] == id_), None)
        if artifact is None:
            raise RefusalError(404, "Not Found")
        if artifact["expired"]:
            raise RefusalError(410, "Artifact has expired")
        return self._to_storage(id_)
