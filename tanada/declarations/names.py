"""Names that are taken: what an environment can't be called, and why."""

from __future__ import annotations

import re

from tanada.declared.fields import DNS_LABEL
from tanada.names import begins_like_security_group
from tanada.text import quoted


def is_name(text: str) -> bool:
    """Whether it can be a name of anything declared."""
    return re.fullmatch(DNS_LABEL.removeprefix("^").removesuffix("$"), text) is not None and len(text) <= 32


def refused_environment_name(name: str) -> str | None:
    """Why an environment can't have that name; None when it can."""
    if not is_name(name):
        return (
            f"{quoted(name)} can't be an environment's name; expected a file name of lower-case letters, digits "
            "and hyphens, a letter first, no hyphen last, at most 32 characters"
        )
    if name == "default":
        return '"default" is Terraform\'s own workspace; give the environment another name'
    if name == "review" or name.startswith("review-"):
        return f"{quoted(name)} would be taken for a review environment; give it a name without review"
    if name == "common" or name.startswith("common-"):
        return f"{quoted(name)} would be taken for a common layer; give it a name that does not begin with common"
    if begins_like_security_group(name):
        return f"{quoted(name)} stands first in names of security groups, and AWS refuses sg- there; choose another"
    return None
