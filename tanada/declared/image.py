"""Images of services: one that the system builds, by its name; or one from elsewhere, as registries write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from tanada.declared.fields import ShortForm, Text
from tanada.declared.model import Model
from tanada.declared.secrets import Reference
from tanada.names import NO_TAG

_NAME = r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?"
_LOOPBACK = r"[Ll][Oo][Cc][Aa][Ll][Hh][Oo][Ss][Tt]|127(\.[0-9]+)*|0\.0\.0\.0"
"""Hosts that are the task itself (RFC 6761, 6.3; RFC 1122, 3.2.1.3)."""
_PORT = "[0-9]{1,4}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]"
_LATEST = "[Ll][Aa][Tt][Ee][Ss][Tt]"
_REFERENCE = (
    rf"(?!({_LOOPBACK})(:[0-9]+)?/)([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:({_PORT}))?/)?"
    r"[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    rf"(:(?!({_LATEST}|{NO_TAG})$)[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}}|(:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?@sha256:[0-9a-f]{{64}})"
)
"""Distribution's grammar of references (distribution/reference), with a tag that is not `latest`, or a digest."""
_ELSEWHERE = "public.ecr.aws/docker/library/redis:7.2"
_ECR = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<repository>[^:@]+)"
)


def _wanted(text: str) -> str:
    if re.match(rf"({_LOOPBACK})(:[0-9]+)?/", text):
        return "a registry that a task can reach; that host is the task itself"
    if re.match(r"[A-Za-z]+://", text):
        return f"an image alone, such as {_ELSEWHERE}, without https://"
    if "@" in text:
        return f"a digest of 64 digits from 0 to f behind the @, as in {_ELSEWHERE.partition(':')[0]}@sha256:…"
    if re.search(rf":({NO_TAG}|<.*>)$", text):
        return f"the tag that is to run, as in {_ELSEWHERE}"
    if re.fullmatch(_REFERENCE, lower := text.rpartition(":")[0].lower() + ":" + text.rpartition(":")[2]):
        return f"its name in lower case: {lower}"
    if re.fullmatch(rf"[^:@]*(:{_LATEST})?", text.rpartition("/")[2]) and set(text) & set("/:"):
        return f"a tag or a digest behind it, as in {_ELSEWHERE}; latest is another image tomorrow"
    return f"one of common.images, without a tag: the tag is given when you plan; or one from elsewhere: {_ELSEWHERE}"


def _needed(text: str) -> str:
    said = _wanted(text)
    other = f"an image of another registry with its tag or digest, such as {_ELSEWHERE}"
    return other if said.startswith("one of common.images") or re.fullmatch(_NAME, text) else said


def _from(image: str) -> Mapping[str, str]:
    """One of the system's own has no other form."""
    return {} if re.fullmatch(_NAME, image) else {"from": image}


class Elsewhere(Model):
    """An image of a private registry."""

    SHORT = _from

    from_: Annotated[str, Text(f"^{_REFERENCE}$", _needed, longest=512), Field(alias="from")]
    """The image, with its tag or digest."""
    credentials: Reference | None = None
    """The secret in Secrets Manager, by name or whole ARN, that holds `username` and `password` of that registry."""


Image = Annotated[
    Elsewhere | Annotated[str, Text(f"^({_NAME}|{_REFERENCE})$", _wanted, longest=512)],
    ShortForm(),
]
"""A name is one of common.images; with `/` or `:` it is elsewhere."""


def built(image: Elsewhere | str) -> str | None:
    """The name of an image that the system builds."""
    return image if isinstance(image, str) and re.fullmatch(_NAME, image) else None


def reference(image: Elsewhere | str) -> str:
    """The image from elsewhere, as it is pulled."""
    return image if isinstance(image, str) else image.from_


@dataclass(frozen=True)
class Repository:
    """A repository of ECR's in some account."""

    account: str
    region: str
    name: str


def repository(reference: str) -> Repository | None:
    """The repository of ECR's that an image lies in; None of other registries, and of ECR's public one."""
    found = _ECR.match(reference)
    return Repository(found["account"], found["region"], found["repository"]) if found else None
