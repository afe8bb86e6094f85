"""GitLab as far as Tanada calls it.

Source: GitLab's REST reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlencode

from flask import Response, request

from tests.forge.server.base import Json, RefusalError, Server, User, now

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
        self.branches: dict[str, str] = {}
        """Where each is now."""
        self.pipelines: dict[int, Json] = {}
        self.bridges: list[Json] = []
        self.jobs: list[Json] = []
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
            "source_branch": "feature",
            "target_branch": "main",
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
            "created_at": now(),
            "noteable_iid": number,
            "noteable_type": "MergeRequest",
        }
        self.notes.append(note)
        return note

    def add_pipeline(self, sha: str, *, request: int | None = None, project: int | None = None) -> int:
        id_ = self._next()
        self.pipelines[id_] = {
            "id": id_,
            "sha": sha,
            "project_id": project or self.project_id,
            "status": "success",
            "source": "push" if request is None else "merge_request_event",
            "ref": "main" if request is None else f"refs/merge-requests/{request}/head",
        }
        if request is not None:
            self.requests[request]["head_pipeline"] = self.pipelines[id_]
        return id_

    def add_child(self, pipeline: int, child: int, job: str = "tanada plan") -> None:
        parent = self.pipelines[pipeline]
        self.pipelines[child] |= {"source": "parent_pipeline", "ref": parent["ref"]}
        self.bridges.append(
            {
                "id": self._next(),
                "name": job,
                "pipeline": {"id": pipeline},
                "downstream_pipeline": self.pipelines[child],
            }
        )

    def add_job(
        self,
        pipeline: int,
        name: str,
        content: bytes,
        *,
        filename: str = "tanada-reports.zip",
        stage: str = "build",
    ) -> int:
        id_ = self._next()
        self.jobs.append(
            {
                "id": id_,
                "name": name,
                "stage": stage,
                "status": "success",
                "pipeline": {"id": pipeline},
                "artifacts_file": {"filename": filename, "size": len(content)},
                "artifacts_expire_at": None,
            }
        )
        self.storage[str(id_)] = content
        return id_

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

    def _invalid(self, sentence: str) -> RefusalError:
        return RefusalError(400, f"400 Bad request - {sentence}")

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
        route("GET", "/user", lambda: {"id": self._me.id, "username": self._me.login})
        route("GET", requests, self._request)
        route("GET", f"{requests}/notes", self._get_notes)
        route("POST", f"{requests}/notes", self._create_note)
        route("PUT", f"{requests}/notes/<int:id_>", self._edit_note)
        route("DELETE", f"{requests}/notes/<int:id_>", self._delete_note)
        route("GET", commit, self._get_commit)
        route("GET", f"{project}/repository/branches/<name>", self._branch)
        route("GET", f"{commit}/merge_requests", self._get_commit_requests)
        route("GET", f"{commit}/statuses", self._get_statuses)
        route("POST", f"{project}/statuses/<sha>", self._create_status)
        route("GET", f"{project}/issues", self._get_issues)
        route("POST", f"{project}/issues", self._create_issue)
        route("PUT", f"{project}/issues/<int:number>", self._edit_issue)
        route("POST", f"{project}/issues/<int:number>/notes", self._create_issue_note)
        route("GET", f"{project}/pipelines/<int:id_>/bridges", self._get_bridges)
        route("GET", f"{project}/pipelines/<int:id_>/jobs", self._get_jobs)
        route("GET", f"{project}/jobs/<int:id_>/artifacts", self._download)

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
            raise RefusalError(404, "404 Not chosen")
        return self.requests[number]

    def _get_notes(self, number: int) -> Any:
        self._request(number)
        if request.args.get("sort", "desc") not in {"asc", "desc"}:
            raise self._invalid("sort")
        chosen = [n for n in self.notes if n["noteable_iid"] == number and n["noteable_type"] == "MergeRequest"]
        return self._list(chosen if request.args.get("sort") == "asc" else chosen[::-1])

    def _note_body(self) -> str:
        self._need("Reporter")
        body: str = self._body({"body": str})["body"]
        if not body.strip() or len(body) > 1_000_000:
            raise self._invalid("body is empty or too long (maximum is 1000000 characters)")
        return body

    def _create_note(self, number: int) -> Any:
        self._request(number)
        return self.add_note(number, self._me, self._note_body()), 201

    def _own_note(self, id_: int) -> Json:
        self._need("Reporter")
        note = next((note for note in self.notes if note["id"] == id_), None)
        if note is None:
            raise RefusalError(404, "404 Not chosen")
        if note["author"]["id"] != self._me.id:
            raise RefusalError(403, "403 Forbidden")
        return note

    def _edit_note(self, number: int, id_: int) -> Any:
        self._request(number)
        note = self._own_note(id_)
        note["body"] = self._note_body()
        return note

    def _delete_note(self, number: int, id_: int) -> Any:
        self._request(number)
        self.notes.remove(self._own_note(id_))
        return "", 204

    def _branch(self, name: str) -> Any:
        if name not in self.branches:
            raise RefusalError(404, "404 Branch Not Found")
        return {"name": name, "commit": {"id": self.branches[name]}, "protected": True}

    def _get_commit(self, sha: str) -> Any:
        if sha not in self.commits:
            raise RefusalError(404, "404 Commit Not Found")
        return {"id": sha, "parent_ids": self.commits[sha]}

    def _get_commit_requests(self, sha: str) -> Any:
        state = request.args.get("state")
        names = ("sha", "merge_commit_sha", "squash_commit_sha")
        chosen = [r for r in self.requests.values() if sha in [r[name] for name in names]]
        return self._list([r for r in chosen if state in (None, r["state"])])

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
        known = self.pipelines.get(pipeline or 0, {})
        # `project.ci_pipelines` leaves out children (Ci::CreateCommitStatusService).
        if pipeline is not None and (known.get("sha") != sha or known.get("source") == "parent_pipeline"):
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
        chosen = [
            issue
            for issue in self.issues.values()
            if wanted <= set(issue["labels"]) and author in (None, str(issue["author"]["id"]))
        ]
        return self._list(chosen if request.args.get("sort") == "asc" else chosen[::-1])

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
            raise RefusalError(404, "404 Not chosen")
        body = self._body({}, {"title": str, "description": str, "state_event": str})
        if not body or body.get("state_event", "close") not in {"close", "reopen"}:
            raise self._invalid("nothing to change, or an unknown state_event")
        event = body.pop("state_event", None)
        states = {"close": "closed", "reopen": "opened", None: self.issues[number]["state"]}
        self.issues[number] |= {**body, "state": states[event]}
        return self.issues[number]

    def _create_issue_note(self, number: int) -> Any:
        if number not in self.issues:
            raise RefusalError(404, "404 Not chosen")
        note = self.add_note(number, self._me, self._note_body())
        note["noteable_type"] = "Issue"
        return note, 201

    def _get_bridges(self, id_: int) -> Any:
        return self._list([bridge for bridge in self.bridges if bridge["pipeline"]["id"] == id_])

    def _get_jobs(self, id_: int) -> Any:
        here = [job for job in self.jobs if job["pipeline"]["id"] == id_]
        if request.args.get("include_retried", "").lower() != "true":
            here = list({job["name"]: job for job in here}.values())
        return self._list(here)

    def _download(self, id_: int) -> Any:
        if str(id_) not in self.storage:
            raise RefusalError(404, "404 Not Found")
        return self._to_storage(id_)
