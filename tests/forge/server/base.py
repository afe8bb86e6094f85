"""What the stand-ins of both forges have in common: a thread that serves, the log of calls, faults, paging."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

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
        self.storage: dict[str, bytes] = {}
        self.storage_headers: list[dict[str, str]] = []
        """Of each call to the object storage that artifacts are redirected to."""
        self._faults: list[Fault] = []
        self._ids = itertools.count(1000)
        self._lock = threading.RLock()
        self._app = Flask(type(self).__name__)
        self._app.before_request(self._before)
        self._app.after_request(self._after)
        self._app.register_error_handler(RefusalError, lambda e: (e.body, e.status))
        self._app.register_error_handler(HTTPException, self._http_error)
        self._app.add_url_rule("/storage/<name>", "storage", self._stored, methods=["GET"])
        self._app.add_url_rule("/_state", "state", self._state, methods=["GET"])
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

    def _state(self) -> Any:
        raise NotImplementedError

    @property
    def _me(self) -> User:
        user = self._user()
        assert user is not None
        return user

    def _next(self) -> int:
        return next(self._ids)

    def _stored(self, name: str) -> Any:
        self.storage_headers.append(dict(request.headers))
        return Response(self.storage[name], mimetype="application/zip")

    def _to_storage(self, number: int) -> Response:
        """Another name for the same machine: the object storage is another host."""
        return Response("", 302, {"Location": f"http://localhost:{self.port}/storage/{number}?signature=abc"})

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

    def _invalid(self, sentence: str) -> RefusalError:
        raise NotImplementedError

    def _route(self, method: str, path: str, function: Callable[..., Any]) -> None:
        self._app.add_url_rule(
            self.api_path + path, f"{method} {path}", view_func=function, methods=[method], strict_slashes=True
        )


def now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
