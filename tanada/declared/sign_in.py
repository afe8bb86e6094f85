"""Who signs in before a service hears of a request: by whom the account knows people, and where a service asks.

The load balancer asks Cognito, and Cognito asks Google or another OpenID Connect provider (Elastic Load Balancing
guide, "Authenticate users using an Application Load Balancer").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from tanada.declared.allow import covers
from tanada.declared.fields import PORT, Domain, Flag, PathPattern, Seconds, Text, expected
from tanada.declared.model import Model, Need
from tanada.declared.paths import is_exact
from tanada.names import HASH_LENGTH

if TYPE_CHECKING:
    from tanada.declared.rule import Rule  # which knows of this

# --- a service's -----------------------------------------------------------------------------------------------------


class SignIn(Model):
    """People sign in before the service hears of them."""

    except_: Annotated[tuple[PathPattern, ...], Field(alias="except")] = ()
    """Paths where nobody has to, with all that lies in each: `[/hooks/*]`."""
    session: Annotated[int, Seconds(1, 604800)] = 43200
    """After how long they are asked again: `12h`, at most `7d`."""

    def asks(self, path: str | None) -> bool:
        """Whether it asks at a path; None is all that no other one fits."""
        return path is None or not any(covers(each, path) for each in self.except_)


def _either(value: Any) -> Any:
    """`true` is all of it, `false` none."""
    if value in ("true", True):
        return {}
    if value in ("false", False):
        return None
    if isinstance(value, str):
        raise expected("true, false, or which paths are left out: {except: [/hooks/*]}")
    return value


Asked = Annotated[SignIn | None, BeforeValidator(_either, json_schema_input_type=bool | SignIn | None)]

# --- an account's ----------------------------------------------------------------------------------------------------

KINDS = {"google": "Google", "oidc": "OIDC"}
"""What each kind is called in Cognito: Google's own has that name alone (Cognito API reference, CreateIdentityProvider,
"ProviderName": https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/)."""
Kind = Literal["google", "oidc"]
CALLBACK = "/oauth2/idpresponse"
"""Where Cognito, and then the load balancer itself, hears of who signed in (Elastic Load Balancing guide, the same)."""
URLS = 100
"""Callback URLs of an app client, and as many for signing out (Cognito developer guide, "Quotas")."""
_NAME = r"[A-Za-z0-9/_+=.@-]{1,512}"
_SECRET = Annotated[
    str,
    Text(
        rf"^(?!GOCSPX-)((?!/(?i:aws|ssm))/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+){{0,14}}|(?!/){_NAME}(:[A-Za-z0-9_.@-]{{1,255}})?)$",
        "where it is kept, not what it is: a name in Secrets Manager such as sign-in/google, kakei/keys:GOOGLE for one "
        "key of its JSON, or a path in Parameter Store",
        longest=768,
    ),
]
_CLIENT_ID = Annotated[
    str, Text(r"^[A-Za-z0-9._~:/@|-]+$", "the client id that the provider shows beside its secret", longest=131)
]


Issuer = Annotated[
    str,
    Text(
        r"^https://([a-z0-9-]+\.)+[a-z]{2,63}(:" + PORT + r")?(/[A-Za-z0-9._~-]+)*/?$",
        "the issuer's address as its tokens say it: https://id.example.jp/realms/staff",
        longest=512,
    ),
]


class Google(Model):
    """An OAuth client of Google's, of the type "web application"."""

    client_id: Annotated[
        str,
        Text(
            r"^[0-9a-z-]+\.apps\.googleusercontent\.com$",
            "Google's client id: 1234567890-abc.apps.googleusercontent.com",
            longest=131,
        ),
    ]
    """As Google shows it."""
    client_secret: _SECRET
    """Where its secret is kept: a name in Secrets Manager, or a path in Parameter Store. An apply puts it into Cognito,
    and no plan reads it."""


class Oidc(Model):
    """A client of another OpenID Connect provider."""

    issuer: Issuer
    """As its tokens say it; what Cognito has to know stands behind it, at `/.well-known/openid-configuration`."""
    client_id: _CLIENT_ID
    """As the provider shows it."""
    client_secret: _SECRET
    """Where its secret is kept: a name in Secrets Manager, or a path in Parameter Store. An apply puts it into Cognito,
    and no plan reads it."""
    email_verified: Flag = True
    """Whether an address counts only where the provider says that it is verified; `false` for one that never says it,
    and gives out its own addresses alone."""


_DOMAINS = 4_000
"""Characters of them in a function's variables, which have 4,096 bytes in all (Lambda developer guide, "Lambda
quotas")."""


class People(Model):
    """By whom an account knows people, and whose addresses get in."""

    google: Google | None = None
    """Google's accounts."""
    oidc: Oidc | None = None
    """Those of another OpenID Connect provider."""
    domains: tuple[Domain, ...] = ()
    """Whose mail addresses get in, `[example.co.jp]`, at each sign-in; of another provider than Google it may be left
    out: then all whom that one knows."""
    removal: Literal["keep", "delete"] = "keep"
    """`delete`, applied, lets go of its users alone: it can be taken out then."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.google is None) == (self.oidc is None):
            raise expected("google or oidc, one of the two")
        if (size := len(json.dumps(self.domains))) > _DOMAINS:
            raise expected(
                f"fewer domains: the function that looks at them is given {size:,} characters, of {_DOMAINS:,}"
            )
        if self.google is not None and not self.domains:
            raise expected("domains beside google, [example.co.jp]: anybody can have an account of Google's")
        return self

    @property
    def kind(self) -> Kind:
        return "google" if self.google is not None else "oidc"

    @property
    def provider(self) -> Google | Oidc:
        chosen = self.google or self.oidc
        assert chosen is not None
        return chosen

    @property
    def verified(self) -> bool:
        """Whether an address must be verified."""
        return self.oidc is None or self.oidc.email_verified

    def needs(self) -> tuple[Need, ...]:
        """The role of the function that looks at addresses."""
        return (Need("aws_iam_role", 1),) if self.domains else ()


_RESERVED = ("aws", "amazon", "cognito")
"""What no prefix holds (Cognito developer guide, "Using the Amazon Cognito prefix domain")."""


def prefix(system: str, account_id: str, region: str) -> str:
    """The first label of Cognito's domain, which of all accounts of a region one has: a new one would be another
    address at the provider, and nobody could sign in until it stands there."""
    own = sha256(f"{system}/{account_id}/{region}".encode()).hexdigest()[:HASH_LENGTH]
    return f"{'sign-in' if any(word in system for word in _RESERVED) else system}-{own}"


def host(system: str, account_id: str, region: str) -> str:
    """Cognito's domain."""
    suffix = ".cn" if region.startswith("cn-") else ""
    return f"{prefix(system, account_id, region)}.auth.{region}.amazoncognito.com{suffix}"


@dataclass(frozen=True)
class Signing:
    """Where people of an environment sign in."""

    hosts: tuple[str, ...]
    ends: tuple[tuple[str, str], ...]
    """Host and path of each page that one may be sent to who has signed out: the first one, and those by whole paths
    where nobody has to sign in."""


def signing(ordered: Sequence[Rule]) -> Signing:
    """Of all rules of an environment."""
    asking = [rule for rule in ordered if rule.sign_in is not None]
    hosts, services = {host for rule in asking for host in rule.hosts}, {rule.answers for rule in asking}
    ends = {
        (host, path)
        for rule in ordered
        if rule.sign_in is None and rule.static is None and rule.answers in services
        for host in hosts & {*rule.hosts}
        for path in rule.paths
        if is_exact(path)
    }
    return Signing(tuple(sorted(hosts)), tuple(sorted({*ends, *((host, "/") for host in hosts)})))
