"""An HTTP API of API Gateway's before a service: how much it lets through, and whom."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tanada.declared.fields import PORT, Flag, Text, Whole, expected
from tanada.declared.model import Model
from tanada.declared.sign_in import Issuer
from tanada.names import letters

LINK = "aws_apigatewayv2_vpc_link"
ROUTES = 300
"""Of an API (API Gateway developer guide, "Quotas for HTTP API")."""
AUDIENCES = 50
"""Of an authorizer (the same page)."""
BELOW = "/*"
_PATH = Annotated[
    str,
    Text(
        r"^/$|^(?!.*/\.{1,2}(?:/|$))(/[A-Za-z0-9._~-]+)+(/\*)?$",
        "a path such as /health, or /hooks/* for all below it",
        longest=128,
    ),
]
"""What a route's key can say: a path, or all below one by `{proxy+}` (developer guide, "Routes for HTTP APIs")."""
_ORIGIN = Annotated[
    str,
    Text(
        r"^(\*|https?://[a-z0-9-]+(\.[a-z0-9-]+)*(:" + PORT + r")?)$",
        "an origin such as https://www.example.jp, or * for all",
        longest=255,
    ),
]
_HEADER = Annotated[
    str, Text(r"^(\*|[A-Za-z0-9-]+)$", "a header's name such as content-type, or * for all", longest=128)
]
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "*"]


class Jwt(Model):
    """Whose tokens let in: each request has one in `Authorization`."""

    issuer: Issuer
    """As its tokens say it; its keys stand behind `/.well-known/openid-configuration`, open to the internet."""
    audience: tuple[
        Annotated[str, Text(r"^[A-Za-z0-9._~:/@|-]+$", "what tokens are for: an audience or client id")], ...
    ]
    """For whom they are: one of these stands in the token's `aud`, or `client_id`."""
    except_: Annotated[tuple[_PATH, ...], Field(alias="except")] = ()
    """Paths where nobody needs one: `[/health, /hooks/*]`."""

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not 0 < len(self.audience) <= AUDIENCES:
            raise expected(f"from 1 to {AUDIENCES} audiences")
        return self


class Cors(Model):
    """Which other sites' pages may ask; the service's own headers of that kind then count for nothing."""

    origins: tuple[_ORIGIN, ...]
    """Whose: `[https://www.example.jp]`."""
    methods: tuple[Method, ...] = ("*",)
    """What they may ask with."""
    headers: tuple[_HEADER, ...] = ()
    """Which headers they may send beside those that every page may: `[authorization, content-type]`."""
    credentials: Flag = False
    """Whether browsers send cookies along."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        """Browsers take no * for an answer to a request with cookies (Fetch standard, "CORS protocol and
        credentials"), and API Gateway refuses it."""
        if not self.origins:
            raise expected("one origin at least; null takes cors away")
        if self.credentials and "*" in {*self.origins, *self.methods, *self.headers}:
            raise expected("origins, methods and headers by name, no *, where credentials are sent")
        return self


class ApiGateway(Model):
    """An HTTP API of API Gateway's in front; without a word it lets all through that the account does."""

    rate: Annotated[int, Whole(1, 100_000)] = 10_000
    """Requests a second that it lets through, all together; others get 429."""
    burst: Annotated[int, Whole(1, 100_000)] = 5_000
    """How many at once, above that."""
    jwt: Jwt | None = None
    """Whose tokens let in: `{issuer: https://id.example.jp, audience: [shop], except: [/health]}`."""
    cors: Cors | None = None
    """Which other sites' pages may ask: `{origins: [https://www.example.jp]}`. Else the service says so itself."""


def open_routes(jwt: Jwt) -> dict[str, str]:
    """By a word for it the key of each route without a token. Browsers send none with the question whether a page may
    ask (developer guide, "Configure CORS for HTTP APIs": `OPTIONS` beside `$default` with an authorizer)."""
    found = {"options": "OPTIONS /{proxy+}", "options_root": "OPTIONS /"}
    for path in jwt.except_:
        key = f"{path.removesuffix('*')}{{proxy+}}" if path.endswith(BELOW) else path
        found[f"open_{letters(path)}"] = f"ANY {key}"
    return found
