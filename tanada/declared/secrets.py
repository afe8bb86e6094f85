"""Secrets of a service: where each is kept, as text alone. Nothing here, and nothing that plans, reads a value."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from tanada.declared.fields import Expands, ShortForm, Text, Whole
from tanada.declared.model import Model
from tanada.text import quoted

LEAST, LONGEST = 16, 4096
"""Characters of a value that Tanada makes: of letters and digits 16 are 95 bits, which nobody guesses; a standard
parameter holds 4,096 bytes (Systems Manager API reference, PutParameter)."""
GENERATED = "generated"
"""The folder of an environment in Parameter Store whose values Tanada makes, and nobody else."""


class Generated(Model):
    """A value that nobody knows: the first apply makes it, in no state and no plan, and none changes it."""

    generate: Annotated[int, Whole(LEAST, LONGEST)]
    """So many random letters and digits."""


Reference = Annotated[
    str,
    Text(
        r"^[A-Za-z0-9_/+=.@!:{}-]+$",
        "a path in Parameter Store such as /kakei/{environment}/key, a name in Secrets Manager such as kakei/key, "
        "kakei/env:KEY for one key of its JSON, or a whole ARN",
        longest=2048,
    ),
    Expands(),
]
"""Where a secret is kept: with a slash first in Parameter Store, else in Secrets Manager, or by its whole ARN."""
Secret = Annotated[Generated | Reference, ShortForm(), Expands()]
"""Where it is kept; or `{generate: 64}`: made by the first apply, of so many random letters and digits."""


def credentials_of(system: str, environment: str, part: str) -> str:
    """The name in Secrets Manager of what a store's users need; its end is none that could be one of an ARN."""
    return f"{system}/{environment}/{part}/credentials"


ACTIONS = {"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameters"}
"""What ECS calls to read each (ECS developer guide, "Amazon ECS task execution IAM role")."""

_PARAMETER = re.compile(r"(?!/?(?i:aws|ssm))/?[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+){0,14}")
"""Systems Manager API reference, PutParameter, "Name": a hierarchy has 15 levels at most; aws and ssm are AWS's own."""
_LONGEST_PARAMETER = 1011
"""Characters of a parameter's whole ARN (the same)."""
_SECRET = re.compile(r"(?:[a-z0-9-]+!)?[A-Za-z0-9/_+=.@-]{1,512}")
"""Secrets Manager API reference, CreateSecret, "Name"; those that other services manage begin with theirs and `!`."""
_KEY = re.compile(r"[A-Za-z0-9_.@-]{1,255}")
_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}")
"""What Secrets Manager adds to a name in its ARN (the same)."""
_ARN = re.compile(
    r"arn:aws[a-z-]*:(?:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+"
    r"|secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]+(?::[A-Za-z0-9_.@-]+(?:::)?)?)"
)


def generated_at(owner: str, variable: str, *, system: str = "{system}", environment: str = "{environment}") -> str:
    """Where a value is kept that Tanada makes; `owner` is who declares it, `web` or of a sidecar `web/nginx`, by its
    first name. A folder of its own: whoever may make these may touch no other secret of the environment."""
    return f"/{system}/{environment}/{GENERATED}/{owner}/{variable}"


def is_generated(name: str, system: str, environment: str) -> bool:
    """Whether a parameter lies among the values that Tanada makes."""
    return name.startswith(f"/{system}/{environment}/{GENERATED}/")


def named(
    secrets: Mapping[str, Generated | str], owner: str, system: str, environment: str
) -> dict[str, Generated | str]:
    """The same by references alone."""
    return {
        variable: generated_at(owner, variable, system=system, environment=environment)
        if isinstance(each, Generated)
        else each
        for variable, each in secrets.items()
    }


def references(secrets: Mapping[str, Generated | str]) -> dict[str, str]:
    """The texts of what is `named`; raises TypeError of what isn't."""
    for variable, each in secrets.items():
        if not isinstance(each, str):
            raise TypeError(f"{variable}: who makes it isn't said; Service.named gives its reference")
    return {variable: each for variable, each in secrets.items() if isinstance(each, str)}


@dataclass(frozen=True)
class Place:
    """Where one secret is kept, as AWS's own texts."""

    store: Literal["secretsmanager", "ssm"]
    resource: str
    """What a policy names: of a secret known by its name six unknown characters at its end."""
    named: str
    """What takes a name where the secret is in its own account and region, and else an ARN: a registry's credentials
    (ECS API reference, RepositoryCredentials)."""
    value_from: str
    """What a container definition names: always an ARN; ECS takes a bare name for a parameter's (aws/aws-cdk#10519)."""


def place(text: str, partition: str, region: str, account: str) -> Place:
    """Where a secret is kept; the text's placeholders are filled in, maybe by expressions.

    ECS takes a secret's ARN without its six characters (aws/aws-cdk#11042), so that none has to be looked up.
    """
    given = text.startswith("arn:")
    home = f"arn:{partition}:{{}}:{region}:{account}"
    if text.startswith("/"):
        arn = f"{home.format('ssm')}:parameter{text}"
        return Place("ssm", arn, text, arn)
    if text.startswith("arn:"):
        if text.split(":")[2] == "ssm":
            return Place("ssm", text, text, text)
        *arn_pieces, named = text.split(":", 6)
        home, text = ":".join(arn_pieces), named.removesuffix("::")
    else:
        home = f"{home.format('secretsmanager')}:secret"
    name, _, key = text.partition(":")
    whole = f"{home}:{name}"
    resource = whole if _SUFFIX.fullmatch(name[-7:]) else f"{whole}-??????"
    return Place("secretsmanager", resource, whole if given else name, f"{whole}:{key}::" if key else whole)


def asked(texts: Iterable[str]) -> set[str]:
    """The actions that reading these asks for."""
    return {ACTIONS[place(text, "aws", "region", "account").store] for text in texts}


def faults(text: str, partition: str, region: str, account: str) -> Iterator[str]:
    """What is wrong with a text in which each placeholder stands for what it is."""
    if text.startswith("arn:"):
        if not _ARN.fullmatch(text):
            yield (
                f"{quoted(text)} is no ARN of a parameter or secret; expected arn:aws:ssm:REGION:ACCOUNT:parameter/KEY "
                "or arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-XXXXXX, with :KEY behind it for a key of its JSON"
            )
        return
    if text.startswith("/"):
        arn = place(text, partition, region, account).resource
        if not _PARAMETER.fullmatch(text) or len(arn) > _LONGEST_PARAMETER:
            yield (
                f"the path {quoted(text)} is no name of a parameter: letters, digits and _.- between slashes, at most "
                f"15 levels, none empty, not aws or ssm first, {_LONGEST_PARAMETER:,} characters with all of its ARN"
            )
        return
    name, colon, key = text.partition(":")
    if not _SECRET.fullmatch(name) or (colon and not _KEY.fullmatch(key)):
        yield (
            f"{quoted(text)} is no name of a secret: 1 to 512 letters, digits and /_+=.@-, and behind a colon a key of "
            "its JSON; a parameter begins with a slash"
        )
    elif _SUFFIX.fullmatch(name[-7:]):
        yield (
            f"{quoted(name)} ends in a hyphen and six characters, as Secrets Manager's ARNs do, so it alone finds "
            "another secret or none; write its whole ARN, or give it another name"
        )


ROOM = 8_000
"""Characters that secrets may take of the 10,240 of a role's policies (IAM user guide, "IAM and AWS STS quotas")."""


def written_out(resource: str) -> int:
    """Characters of a resource in a policy, each expression in it as long as a name can be."""
    return len(re.sub(r"\$\{[^}]*\}", "e" * 64, resource)) + 3


def grouped(resources: Iterable[str]) -> tuple[str, ...]:
    """The resources in as many characters of a policy as there are: where they don't fit, those of the fullest folder
    are one, `<folder>/*`, and so on. More than fit where no two of them lie in one folder."""
    named = sorted(set(resources))
    while sum(map(written_out, named)) > ROOM:
        folders = Counter(folder for each in named if (folder := _folder(each)) is not None)
        folder, number = max(folders.items(), key=lambda item: (item[1], item[0]), default=("", 0))
        if number < 2:
            break
        named = sorted({*(each for each in named if not each.startswith(f"{folder}/")), f"{folder}/*"})
    return tuple(named)


def _folder(resource: str) -> str | None:
    """The folder in which a secret lies, or a folder of folders; nothing holds all secrets of an account."""
    head, _, name = resource.rpartition(":")
    folder = name.removesuffix("/*").removeprefix("parameter/").rpartition("/")[0]
    first = "parameter/" if name.startswith("parameter/") else ""
    return f"{head}:{first}{folder}" if folder else None
