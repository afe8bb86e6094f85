"""GitHub and GitLab as far as Tanada calls them, over HTTP on a loopback port.

They answer with the documented fields, refuse what the real ones refuse (no token 401, a missing permission 403,
malformed input 422 or 400, unknown things 404), page their lists, limit rates when told to, and write down every
call. `python -m tests.forge.server` serves both until it is stopped.

Sources: GitHub's REST reference (2022-11-28) with its GraphQL `viewer` and `minimizeComment`; GitLab's REST reference.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import unquote, urlencode

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.serving import make_server

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    method: str
    path: str
    body: Any = None

    @property
    def writes(self) -> bool:
        """Whether something was changed; GraphQL's questions are POSTs too."""
        if self.path.endswith("/graphql"):
            return "mutation" in (self.body or {}).get("query", "")
        return self.method not in {"GET", "HEAD"}


@dataclass
class Fault:
    """An answer given instead of the real one, `times` times."""

    status: int
    method: str
    path: str
    headers: Mapping[str, str]
    message: str
    times: int


@dataclass(frozen=True)
class User:
    id: int
    login: str
    app: bool = False
    """An app's (or a workflow's) token: `/user` refuses it."""
    may: frozenset[str] = frozenset()
    """GitHub's permissions, `statuses: write`; for GitLab one role."""


class RefusalError(Exception):
    """An error as the API answers it."""

    def __init__(self, status: int, message: Any, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, **more}


class Server:
    """What both have in common: a thread that serves, the log of calls, faults."""

    api_path: str

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.tokens: dict[str, User] = {}
        self.per_page_limit = 100
        """Set lower to see several pages with few things."""
        self._faults: list[Fault] = []
        self._ids = itertools.count(1000)
        self._lock = threading.RLock()
        self._app = Flask(type(self).__name__)
        self._app.before_request(self._before)
        self._app.after_request(self._after)
        self._app.register_error_handler(RefusalError, lambda e: (e.body, e.status))
        self._app.register_error_handler(HTTPException, self._http_error)
        self._routes()

    # --- serving ---

    def start(self, port: int = 0) -> None:
        self._server = make_server("127.0.0.1", port, self._wsgi, threaded=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        return self.url + self.api_path

    @property
    def writes(self) -> list[str]:
        """`POST /repos/acme/shop/issues/7/comments` of every call that changed something."""
        return [f"{call.method} {call.path}" for call in self.calls if call.writes]

    def fail(
        self,
        status: int,
        *,
        method: str = ".*",
        path: str = ".*",
        headers: Mapping[str, str] | None = None,
        message: str = "Server Error",
        times: int = 1,
    ) -> None:
        """Answer the next `times` calls that fit with an error."""
        self._faults.append(Fault(status, method, path, headers or {}, message, times))

    # --- the request ---

    def _wsgi(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        return self._app(environ, start_response)

    def _before(self) -> Any:
        if request.path.startswith("/_"):
            return None
        path = request.path.removeprefix(self.api_path)
        body = request.get_json(silent=True) if request.data else None
        self._lock.acquire()  # one call at a time: the state is plain dicts
        self.calls.append(Call(request.method, path, body))
        for fault in self._faults:
            fits = re.fullmatch(fault.method, request.method) and re.fullmatch(fault.path, path)
            if fits and fault.times > 0:
                fault.times -= 1
                return Response(
                    json.dumps({"message": fault.message}), fault.status, fault.headers, mimetype="application/json"
                )
        if path.startswith("/storage/"):
            return None
        if self._user() is None:
            raise self._unauthorized()
        if request.data and body is None:
            raise RefusalError(400, "Problems parsing JSON")
        return None

    def _after(self, response: Response) -> Response:
        if not request.path.startswith("/_"):
            self._lock.release()
            self._limits(response)
        return response

    def _http_error(self, error: HTTPException) -> Any:
        return {"message": "Not Found" if error.code == 404 else error.name}, error.code

    def _user(self) -> User | None:
        raise NotImplementedError

    def _unauthorized(self) -> RefusalError:
        raise NotImplementedError

    def _limits(self, response: Response) -> None:
        raise NotImplementedError

    def _routes(self) -> None:
        raise NotImplementedError

    @property
    def _me(self) -> User:
        user = self._user()
        assert user is not None
        return user

    def _next(self) -> int:
        return next(self._ids)

    def _paging(self, default: int) -> tuple[int, int]:
        per_page = min(int(request.args.get("per_page", default)), self.per_page_limit)
        return int(request.args.get("page", 1)), per_page

    def _body(self, required: Mapping[str, type], optional: Mapping[str, type] | None = None) -> Json:
        """The request's fields; malformed ones and unknown ones are refused."""
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise self._invalid("a JSON object is expected")
        allowed = {**required, **(optional or {})}
        for name in required:
            if name not in body:
                raise self._invalid(f"{name} is missing")
        for name, value in body.items():
            if name not in allowed:
                raise self._invalid(f"{name} is not a field of this call")
            if not isinstance(value, allowed[name]):
                raise self._invalid(f"{name} has the wrong type")
        return body

    def _invalid(self, said: str) -> RefusalError:
        raise NotImplementedError

    def _route(self, method: str, path: str, function: Callable[..., Any]) -> None:
        self._app.add_url_rule(
            self.api_path + path, f"{method} {path}", view_func=function, methods=[method], strict_slashes=True
        )


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


# ----------------------------------------------------------------------------------------------------- GitHub


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
        self.artifacts: list[Json] = []
        self.storage: dict[str, bytes] = {}
        self.storage_headers: list[dict[str, str]] = []
        """Of each call to the object storage that artifacts are redirected to."""
        self.rate_limit_remaining = 5000
        self._numbers = itertools.count(1)
        super().__init__()
        self.add_token("workflow-token", "github-actions[bot]", app=True)

    # --- set-up by tests ---

    def add_token(self, token: str, login: str, *, app: bool = False, may: frozenset[str] | None = None) -> User:
        user = User(self._next(), login, app, self.ALL if may is None else may)
        self.tokens[token] = user
        return user

    def open_pull(self, head: str, *, fork: bool = False, base: str = "main") -> int:
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
            "head": {"sha": head, "ref": "feature", "label": "acme:feature", "repo": repository},
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
            "merged_at": _now(),
            "merge_commit_sha": commit,
        }

    def add_comment(self, number: int, login: str, body: str) -> Json:
        comment = {
            "id": self._next(),
            "node_id": f"IC_{self._next()}",
            "url": f"{self.api_url}/repos/{self.repository}/issues/comments/{self._next()}",
            "body": body,
            "user": self._user_data(login),
            "created_at": _now(),
            "updated_at": _now(),
            "issue_number": number,
            "minimized": None,
        }
        comment["url"] = f"{self.api_url}/repos/{self.repository}/issues/comments/{comment['id']}"
        self.comments.append(comment)
        return comment

    def add_run(self, head: str, *, fork: bool = False) -> int:
        made = self._next()
        run: Json = {
            "id": made,
            "head_sha": head,
            "event": "pull_request",
            "status": "completed",
            "conclusion": "success",
            "repository": self._repository(),
            "head_repository": {"id": self.fork_id, "full_name": "someone/shop"} if fork else self._repository(),
        }
        run["html_url"] = f"{self.url}/{self.repository}/actions/runs/{run['id']}"
        run["url"] = f"{self.api_url}/repos/{self.repository}/actions/runs/{run['id']}"
        run["artifacts_url"] = f"{run['url']}/artifacts"
        self.runs.append(run)
        return made

    def add_artifact(self, run: int, name: str, content: bytes, *, expired: bool = False) -> int:
        made = self._next()
        source = next(entry for entry in self.runs if entry["id"] == run)
        self.artifacts.append(
            {
                "id": made,
                "node_id": f"A_{made}",
                "name": name,
                "size_in_bytes": len(content),
                "url": f"{self.api_url}/repos/{self.repository}/actions/artifacts/{made}",
                "archive_download_url": f"{self.api_url}/repos/{self.repository}/actions/artifacts/{made}/zip",
                "expired": expired,
                "created_at": f"2026-01-01T00:{made // 60 % 60:02d}:{made % 60:02d}Z",
                "expires_at": "2026-04-01T00:00:00Z",
                "workflow_run": {
                    "id": run,
                    "repository_id": self.repository_id,
                    "head_repository_id": source["head_repository"]["id"],
                    "head_branch": "feature",
                    "head_sha": source["head_sha"],
                },
            }
        )
        self.storage[str(made)] = content
        return made

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
            "created_at": _now(),
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

    def _invalid(self, said: str) -> RefusalError:
        return RefusalError(422, "Validation Failed", errors=[{"message": said, "code": "invalid"}])

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
        self._app.add_url_rule("/storage/<name>", "storage", self._stored, methods=["GET"])
        self._app.add_url_rule("/_state", "state", self._state, methods=["GET"])
        route("GET", "/user", self._get_user)
        route("GET", f"{repo}/pulls/<int:number>", self._get_pull)
        route("GET", f"{repo}/commits/<sha>/pulls", self._get_commit_pulls)
        route("GET", f"{repo}/issues/<int:number>", lambda number: self._found(number))
        route("PATCH", f"{repo}/issues/<int:number>", self._edit_issue)
        route("GET", f"{repo}/issues", self._get_issues)
        route("POST", f"{repo}/issues", self._create_issue)
        route("GET", f"{repo}/issues/<int:number>/comments", self._get_comments)
        route("POST", f"{repo}/issues/<int:number>/comments", self._create_comment)
        route("PATCH", f"{repo}/issues/comments/<int:made>", self._edit_comment)
        route("DELETE", f"{repo}/issues/comments/<int:made>", self._delete_comment)
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
        route("PATCH", f"{repo}/check-runs/<int:made>", self._edit_check_run)
        route("GET", f"{repo}/actions/runs", self._get_runs)
        route("GET", f"{repo}/actions/runs/<int:run>/artifacts", self._get_artifacts)
        route("GET", f"{repo}/actions/artifacts/<int:made>/zip", self._download)

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

    def _get_pull(self, number: int) -> Any:
        if number not in self.pulls:
            raise RefusalError(404, "Not Found")
        return self.pulls[number]

    def _get_commit_pulls(self, sha: str) -> Any:
        if not re.fullmatch(r"[0-9a-f]{40}", sha):
            raise RefusalError(422, f"No commit found for SHA: {sha}")
        found = [p for p in self.pulls.values() if sha in {p["merge_commit_sha"], p["head"]["sha"]}]
        # The list's entries lack `merged`.
        return self._list([{k: v for k, v in pull.items() if k != "merged"} for pull in found])

    def _get_issues(self) -> Any:
        wanted = {name for name in request.args.get("labels", "").split(",") if name}
        state = request.args.get("state", "open")
        found = [
            issue
            for issue in self.issues.values()
            if state in ("all", issue["state"]) and wanted <= {label["name"] for label in issue["labels"]}
        ]
        return self._list(found if request.args.get("direction") == "asc" else found[::-1])

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

    def _own_comment(self, made: int) -> Json:
        self._need("issues: write", "pull-requests: write")
        comment = next((c for c in self.comments if c["id"] == made), None)
        if comment is None:
            raise RefusalError(404, "Not Found")
        if comment["user"]["login"] != self._me.login:
            raise RefusalError(403, "Must have admin rights to Repository.")
        return comment

    def _edit_comment(self, made: int) -> Any:
        body = self._body({"body": str})["body"]
        self._check_length(body)
        comment = self._own_comment(made)
        comment["body"] = body
        return comment

    def _delete_comment(self, made: int) -> Any:
        self.comments.remove(self._own_comment(made))
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
        found = [run for run in self.check_runs if run["head_sha"] == sha and name in (None, run["name"])]
        return self._list(found[::-1], "check_runs")

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
        made = self._next()
        url = f"{self.api_url}/repos/{self.repository}/check-runs/{made}"
        run = self._check_run({**body, "id": made, "url": url})
        self.check_runs.append(run)
        return run, 201

    def _edit_check_run(self, made: int) -> Any:
        body = self._body({}, {"name": str, **self._CHECK_FIELDS})
        for run in self.check_runs:
            if run["id"] == made:
                run.update(self._check_run({**run, **body}))
                return run
        raise RefusalError(404, "Not Found")

    def _get_runs(self) -> Any:
        self._need("actions: read")
        sha = request.args.get("head_sha")
        return self._list([run for run in reversed(self.runs) if sha in (None, run["head_sha"])], "workflow_runs")

    def _get_artifacts(self, run: int) -> Any:
        self._need("actions: read")
        found = [artifact for artifact in self.artifacts if artifact["workflow_run"]["id"] == run]
        return self._list(found, "artifacts")

    def _download(self, made: int) -> Any:
        self._need("actions: read")
        artifact = next((a for a in self.artifacts if a["id"] == made), None)
        if artifact is None:
            raise RefusalError(404, "Not Found")
        if artifact["expired"]:
            raise RefusalError(410, "Artifact has expired")
        # Another name for the same machine: the object storage is another host.
        return Response("", 302, {"Location": f"http://localhost:{self.port}/storage/{made}?signature=abc"})

    def _stored(self, name: str) -> Any:
        self.storage_headers.append(dict(request.headers))
        return Response(self.storage[name], mimetype="application/zip")


# ----------------------------------------------------------------------------------------------------- GitLab

ROLES = {"Guest": 10, "Reporter": 20, "Developer": 30, "Maintainer": 40}


class GitLabServer(Server):
    """One project on a self-managed GitLab."""

    api_path = "/api/v4"

    def __init__(self, project: str = "acme/shop") -> None:
        self.project = project
        self.project_id = 42
        self.fork_id = 43
        self.requests: dict[int, Json] = {}
        self.notes: list[Json] = []
        self.issues: dict[int, Json] = {}
        self.statuses: list[Json] = []
        self.commits: dict[str, list[str]] = {}
        """Parents of a commit."""
        self.pipelines: dict[int, Json] = {}
        self.bridges: list[Json] = []
        self.jobs: list[Json] = []
        self.storage: dict[str, bytes] = {}
        self.storage_headers: list[dict[str, str]] = []
        super().__init__()
        self.add_token("project-token", "project_42_bot", "Developer")

    # --- set-up by tests ---

    def add_token(self, token: str, login: str, role: str) -> User:
        user = User(self._next(), login, may=frozenset({role}))
        self.tokens[token] = user
        return user

    def open_request(self, head: str, *, fork: bool = False) -> int:
        number = len(self.requests) + 1
        self.requests[number] = {
            "id": self._next(),
            "iid": number,
            "project_id": self.project_id,
            "source_project_id": self.fork_id if fork else self.project_id,
            "target_project_id": self.project_id,
            "state": "opened",
            "sha": head,
            "merge_commit_sha": None,
            "squash_commit_sha": None,
            "web_url": f"{self.url}/{self.project}/-/merge_requests/{number}",
            "head_pipeline": None,
        }
        self.commits.setdefault(head, [])
        return number

    def push(self, number: int, head: str) -> None:
        self.requests[number] |= {"sha": head, "head_pipeline": None}

    def merge(self, number: int, commit: str, *, squash: bool = False) -> None:
        name = "squash_commit_sha" if squash else "merge_commit_sha"
        self.requests[number] |= {"state": "merged", name: commit}
        self.commits[commit] = [self.requests[number]["sha"]]

    def add_note(self, number: int, user: User, body: str, *, system: bool = False) -> Json:
        note = {
            "id": self._next(),
            "body": body,
            "author": {"id": user.id, "username": user.login},
            "system": system,
            "created_at": _now(),
            "noteable_iid": number,
            "noteable_type": "MergeRequest",
        }
        self.notes.append(note)
        return note

    def add_pipeline(self, sha: str, *, request: int | None = None, project: int | None = None) -> int:
        made = self._next()
        self.pipelines[made] = {"id": made, "sha": sha, "project_id": project or self.project_id, "status": "success"}
        if request is not None:
            self.requests[request]["head_pipeline"] = self.pipelines[made]
        return made

    def add_child(self, pipeline: int, child: int) -> None:
        self.bridges.append(
            {"id": self._next(), "pipeline": {"id": pipeline}, "downstream_pipeline": self.pipelines[child]}
        )

    def add_job(self, pipeline: int, name: str, content: bytes, *, filename: str = "tanada-reports.zip") -> int:
        made = self._next()
        self.jobs.append(
            {
                "id": made,
                "name": name,
                "status": "success",
                "pipeline": {"id": pipeline},
                "artifacts_file": {"filename": filename, "size": len(content)},
                "artifacts_expire_at": None,
            }
        )
        self.storage[str(made)] = content
        return made

    # --- answers ---

    def _wsgi(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """A project is named by its id or by its path in one part, `acme%2Fshop`, which WSGI has decoded."""
        raw = environ.get("RAW_URI", environ["PATH_INFO"]).split("?", 1)[0]
        if matched := re.fullmatch(r"/api/v4/projects/([^/]+)(/.*)?", raw):
            known = {self.project: self.project_id, str(self.project_id): self.project_id}
            named = known.get(unquote(matched[1]), 0)
            environ["PATH_INFO"] = f"/api/v4/projects/{named}{unquote(matched[2] or '')}"
        return super()._wsgi(environ, start_response)

    def _user(self) -> User | None:
        return self.tokens.get(request.headers.get("PRIVATE-TOKEN", ""))

    def _unauthorized(self) -> RefusalError:
        return RefusalError(401, "401 Unauthorized")

    def _invalid(self, said: str) -> RefusalError:
        return RefusalError(400, f"400 Bad request - {said}")

    def _limits(self, response: Response) -> None:
        response.headers["RateLimit-Limit"] = "600"
        response.headers.setdefault("RateLimit-Remaining", "599")

    def _need(self, role: str) -> None:
        if max(ROLES[name] for name in self._me.may) < ROLES[role]:
            raise RefusalError(403, "403 Forbidden")

    def _list(self, entries: list[Json]) -> Any:
        page, per_page = self._paging(20)
        shown = entries[(page - 1) * per_page : page * per_page]
        pages = max(1, -(-len(entries) // per_page))
        answer = Response(json.dumps(shown), mimetype="application/json")
        answer.headers["X-Page"], answer.headers["X-Per-Page"] = str(page), str(per_page)
        answer.headers["X-Total"], answer.headers["X-Total-Pages"] = str(len(entries)), str(pages)
        answer.headers["X-Next-Page"] = str(page + 1) if page < pages else ""
        if page < pages:
            query = urlencode({**request.args.to_dict(), "page": page + 1, "per_page": per_page})
            path = f"/api/v4/projects/{self.project_id}" + request.path.split(f"/{self.project_id}", 1)[1]
            answer.headers["Link"] = f'<{self.url}{path}?{query}>; rel="next"'
        return answer

    def _routes(self) -> None:
        project = f"/projects/{self.project_id}"
        requests = f"{project}/merge_requests/<int:number>"
        commit = f"{project}/repository/commits/<sha>"
        route = self._route
        self._app.add_url_rule("/storage/<name>", "storage", self._stored, methods=["GET"])
        self._app.add_url_rule("/_state", "state", self._state, methods=["GET"])
        route("GET", "/user", lambda: {"id": self._me.id, "username": self._me.login})
        route("GET", requests, self._request)
        route("GET", f"{requests}/notes", self._get_notes)
        route("POST", f"{requests}/notes", self._create_note)
        route("PUT", f"{requests}/notes/<int:made>", self._edit_note)
        route("DELETE", f"{requests}/notes/<int:made>", self._delete_note)
        route("GET", commit, self._get_commit)
        route("GET", f"{commit}/merge_requests", self._get_commit_requests)
        route("GET", f"{commit}/statuses", self._get_statuses)
        route("POST", f"{project}/statuses/<sha>", self._create_status)
        route("GET", f"{project}/issues", self._get_issues)
        route("POST", f"{project}/issues", self._create_issue)
        route("PUT", f"{project}/issues/<int:number>", self._edit_issue)
        route("POST", f"{project}/issues/<int:number>/notes", self._create_issue_note)
        route("GET", f"{project}/pipelines/<int:made>/bridges", self._get_bridges)
        route("GET", f"{project}/pipelines/<int:made>/jobs", self._get_jobs)
        route("GET", f"{project}/jobs/<int:made>/artifacts", self._download)

    def _state(self) -> Any:
        return {
            "requests": self.requests,
            "notes": self.notes,
            "issues": self.issues,
            "statuses": self.statuses,
            "calls": [f"{call.method} {call.path}" for call in self.calls],
        }

    def _request(self, number: int) -> Json:
        if number not in self.requests:
            raise RefusalError(404, "404 Not found")
        return self.requests[number]

    def _get_notes(self, number: int) -> Any:
        self._request(number)
        if request.args.get("sort", "desc") not in {"asc", "desc"}:
            raise self._invalid("sort")
        found = [n for n in self.notes if n["noteable_iid"] == number and n["noteable_type"] == "MergeRequest"]
        return self._list(found if request.args.get("sort") == "asc" else found[::-1])

    def _note_body(self) -> str:
        self._need("Reporter")
        body: str = self._body({"body": str})["body"]
        if not body.strip() or len(body) > 1_000_000:
            raise self._invalid("body is empty or too long (maximum is 1000000 characters)")
        return body

    def _create_note(self, number: int) -> Any:
        self._request(number)
        return self.add_note(number, self._me, self._note_body()), 201

    def _own_note(self, made: int) -> Json:
        self._need("Reporter")
        note = next((note for note in self.notes if note["id"] == made), None)
        if note is None:
            raise RefusalError(404, "404 Not found")
        if note["author"]["id"] != self._me.id:
            raise RefusalError(403, "403 Forbidden")
        return note

    def _edit_note(self, number: int, made: int) -> Any:
        self._request(number)
        note = self._own_note(made)
        note["body"] = self._note_body()
        return note

    def _delete_note(self, number: int, made: int) -> Any:
        self._request(number)
        self.notes.remove(self._own_note(made))
        return "", 204

    def _get_commit(self, sha: str) -> Any:
        if sha not in self.commits:
            raise RefusalError(404, "404 Commit Not Found")
        return {"id": sha, "parent_ids": self.commits[sha]}

    def _get_commit_requests(self, sha: str) -> Any:
        state = request.args.get("state")
        names = ("sha", "merge_commit_sha", "squash_commit_sha")
        found = [r for r in self.requests.values() if sha in [r[name] for name in names]]
        return self._list([r for r in found if state in (None, r["state"])])

    def _get_statuses(self, sha: str) -> Any:
        name, pipeline = request.args.get("name"), request.args.get("pipeline_id")
        return self._list(
            [
                s
                for s in self.statuses
                if s["sha"] == sha and name in (None, s["name"]) and pipeline in (None, str(s["pipeline_id"]))
            ]
        )

    def _create_status(self, sha: str) -> Any:
        self._need("Developer")
        optional = {"name": str, "description": str, "target_url": str, "pipeline_id": int, "ref": str}
        body = self._body({"state": str}, optional)
        if body["state"] not in {"pending", "running", "success", "failed", "canceled", "skipped"}:
            raise self._invalid("state does not have a valid value")
        if len(body.get("description", "")) > 255:
            raise self._invalid("description is too long (maximum is 255 characters)")
        pipeline = body.get("pipeline_id")
        if pipeline is not None and self.pipelines.get(pipeline, {}).get("sha") != sha:
            raise RefusalError(404, "404 Pipeline for pipeline_id, sha and ref Not Found")
        status = {
            "id": self._next(),
            "sha": sha,
            "status": body["state"],
            "name": body.get("name", "default"),
            "description": body.get("description"),
            "target_url": body.get("target_url"),
            "pipeline_id": pipeline,
        }
        self.statuses.append(status)
        return status, 201

    def _get_issues(self) -> Any:
        wanted = {name for name in request.args.get("labels", "").split(",") if name}
        author = request.args.get("author_id")
        found = [
            issue
            for issue in self.issues.values()
            if wanted <= set(issue["labels"]) and author in (None, str(issue["author"]["id"]))
        ]
        return self._list(found if request.args.get("sort") == "asc" else found[::-1])

    def _create_issue(self) -> Any:
        self._need("Reporter")
        body = self._body({"title": str}, {"description": str, "labels": str})
        number = len(self.issues) + 1
        self.issues[number] = {
            "id": self._next(),
            "iid": number,
            "project_id": self.project_id,
            "title": body["title"],
            "description": body.get("description", ""),
            "state": "opened",
            "labels": [name for name in body.get("labels", "").split(",") if name],
            "author": {"id": self._me.id, "username": self._me.login},
            "web_url": f"{self.url}/{self.project}/-/issues/{number}",
        }
        return self.issues[number], 201

    def _edit_issue(self, number: int) -> Any:
        self._need("Reporter")
        if number not in self.issues:
            raise RefusalError(404, "404 Not found")
        body = self._body({}, {"title": str, "description": str, "state_event": str})
        if not body or body.get("state_event", "close") not in {"close", "reopen"}:
            raise self._invalid("nothing to change, or an unknown state_event")
        event = body.pop("state_event", None)
        states = {"close": "closed", "reopen": "opened", None: self.issues[number]["state"]}
        self.issues[number] |= {**body, "state": states[event]}
        return self.issues[number]

    def _create_issue_note(self, number: int) -> Any:
        if number not in self.issues:
            raise RefusalError(404, "404 Not found")
        note = self.add_note(number, self._me, self._note_body())
        note["noteable_type"] = "Issue"
        return note, 201

    def _get_bridges(self, made: int) -> Any:
        return self._list([bridge for bridge in self.bridges if bridge["pipeline"]["id"] == made])

    def _get_jobs(self, made: int) -> Any:
        return self._list([job for job in self.jobs if job["pipeline"]["id"] == made])

    def _download(self, made: int) -> Any:
        if str(made) not in self.storage:
            raise RefusalError(404, "404 Not Found")
        return Response("", 302, {"Location": f"http://localhost:{self.port}/storage/{made}?signature=abc"})

    def _stored(self, name: str) -> Any:
        self.storage_headers.append(dict(request.headers))
        return Response(self.storage[name], mimetype="application/zip")


def serving(*servers: Server) -> Iterator[None]:
    """Start them, and stop them in the end."""
    for server in servers:
        server.start()
    try:
        yield
    finally:
        for server in servers:
            server.stop()


def main() -> None:
    """Serve both, each with one open pull request, and print where."""
    github, gitlab = GitHubServer(), GitLabServer()
    for _ in serving(github, gitlab):
        github.open_pull("a" * 40)
        gitlab.open_request("a" * 40)
        where = {"GITHUB_API_URL": github.api_url, "CI_API_V4_URL": gitlab.api_url}
        print(json.dumps(where), flush=True)  # noqa: T201 - for whoever started it
        threading.Event().wait()


if __name__ == "__main__":
    main()
