"""Permissions of a service beyond what it reaches: statements of its tasks' role, a name each."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from tanada.declared.fields import Expanded, Expands, Text
from tanada.declared.model import Model

Action = Annotated[
    str,
    Text(
        r"^[a-z][a-z0-9-]*:[A-Za-z][A-Za-z0-9*]*$",
        "an action such as ses:SendEmail, or a part of a service's such as sqs:Get*; never * or all of a service",
        longest=128,
    ),
]
Resource = Annotated[
    str,
    Text(
        r"^(\*|arn:aws[a-z-]*:[a-z0-9-]+:[^\s\"\\$%:]*:([0-9]{12}|[*]|aws|\{account\})?:[^\s\"\\$%]+)$",
        'an ARN such as arn:aws:ses:{region}:{account}:identity/*, or "*"',
        longest=2048,
    ),
    Expands(),
]
Operator = Annotated[
    str,
    Text(
        r"^((ForAnyValue:|ForAllValues:)?(String((Not)?(Equals(IgnoreCase)?|Like))|Arn(Not)?(Equals|Like)"
        r"|(Numeric|Date)((Not)?Equals|(LessThan|GreaterThan)(Equals)?)|Bool|BinaryEquals|(Not)?IpAddress)(IfExists)?"
        r"|Null)$",
        "a condition operator of IAM's such as StringEquals, ArnLike or Bool",
    ),
]
Key = Annotated[
    str,
    Text(r"^[a-z0-9-]+:[A-Za-z0-9/_.:=+@-]+$", "a condition key of IAM's such as aws:SourceAccount", longest=255),
]


def _several(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Values = Annotated[
    tuple[Expanded, ...], BeforeValidator(_several, json_schema_input_type=Expanded | tuple[Expanded, ...])
]
"""A bare text is a list of one."""


class Permission(Model):
    """What tasks may do, with what, and when."""

    actions: tuple[Action, ...]
    """IAM's actions, such as `ses:SendEmail`."""
    resources: tuple[Resource, ...]
    """ARNs; `"*"` only of actions that IAM knows no type of resource for."""
    conditions: dict[Operator, dict[Key, Values]] = {}
    """By operator and key, as IAM has them: `{StringEquals: {"ses:FromAddress": shop@example.jp}}`."""


def sid(name: str) -> str:
    """The statement's id: letters and digits alone (IAM JSON policy elements, "Sid"); `send-mail` → `SendMail`."""
    return "".join(word.capitalize() for word in name.split("-"))
