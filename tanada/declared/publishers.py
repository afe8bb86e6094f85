"""Who writes to a site from a task, of another environment and account too: what both halves are called, which is known
before either is made."""

from __future__ import annotations

from typing import Annotated

from tanada.declared.fields import Text
from tanada.names import Names

MOST = 10
"""Of a site: an ARN of each stands in one trust policy, which takes 2,048 characters (IAM and AWS STS quotas)."""
WORDS = ("role", "bucket")
"""What a publisher's texts may say of the site: `{production.www.role}`."""
Publisher = Annotated[
    str,
    Text(
        r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.[a-z]([a-z0-9-]{0,30}[a-z0-9])?$",
        "an environment and what runs in it, such as staging.cms",
        longest=96,
    ),
]


def path(system: str) -> str:
    """Where these roles lie among the system's: by that tasks' boundary knows them."""
    return f"/{system}/publishers/"


def called(names: Names, site: str) -> str:
    """The role's name; no declared name holds a plus, so no operator's is called so."""
    return names.limited(f"{site}+publishers", 64)
