"""Which types of resources an IAM action works on: a dated table, made by `scripts/iam_actions.py`."""

from __future__ import annotations

import json
import lzma
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from tanada.text import nearest

FILE = Path(__file__).with_name("iam_actions.xz")


def read() -> str:
    """The day on which the table was read."""
    return _table()[0]


def matching(pattern: str) -> dict[str, tuple[str, ...]]:
    """The actions that a pattern such as `sqs:Get*` means, as AWS writes them, each with its types of resources; none
    where the table knows no such action. An action's case counts for nothing (IAM JSON policy elements, "Action")."""
    service, _, name = pattern.partition(":")
    actions = _actions(service.lower())
    return {
        f"{service.lower()}:{action}": types
        for action, types in actions.items()
        if fnmatchcase(action.lower(), name.lower())
    }


_CALLED = {
    **dict.fromkeys(("s3:listobjects", "s3:listobjectsv2", "s3:headbucket"), "s3:ListBucket"),
    **dict.fromkeys(("s3:headobject", "s3:selectobjectcontent"), "s3:GetObject"),
    **dict.fromkeys(
        ("s3:copyobject", "s3:uploadpart", "s3:createmultipartupload", "s3:completemultipartupload"), "s3:PutObject"
    ),
    "s3:deleteobjects": "s3:DeleteObject",
    "s3:listbuckets": "s3:ListAllMyBuckets",
    "sqs:sendmessagebatch": "sqs:SendMessage",
    "sqs:deletemessagebatch": "sqs:DeleteMessage",
    "sqs:changemessagevisibilitybatch": "sqs:ChangeMessageVisibility",
    "sns:publishbatch": "sns:Publish",
    "dynamodb:transactgetitems": "dynamodb:GetItem",
    "dynamodb:transactwriteitems": "dynamodb:PutItem",
    "dynamodb:executestatement": "dynamodb:PartiQLSelect",
    "bedrock:converse": "bedrock:InvokeModel",
    "bedrock:conversestream": "bedrock:InvokeModelWithResponseStream",
    "lambda:invoke": "lambda:InvokeFunction",
}
"""Calls for which IAM asks for an action of another name (Amazon S3 user guide, "Required permissions for Amazon S3 API
operations"; the pages of the others in the Service Authorization Reference), in lower case."""


def unknown(action: str, *, offer: bool = True) -> str | None:
    """Why an action is none: how the sentence goes on behind it, with an `offer` of what was probably meant. None of
    one that is known, and of a pattern but where its letters are a known one's in another order: that is how an action
    is written which is newer than the table."""
    if matching(action):
        return None
    service, _, name = action.partition(":")
    if "*" in action:
        begin = name.partition("*")[0]
        if not offer:
            return None
        known = (each[: len(begin)] for each in _actions(service))
        turned = next((each for each in known if sorted(each.lower()) == sorted(begin.lower())), None)
        return f'fits no action that IAM knew on {read()}; did you mean "{service}:{turned}*"?' if turned else None
    if called := _CALLED.get(action.lower()):
        return f"is a call and no action of IAM's; the action is {called}"
    services = _table()[1]
    if service in services:
        what, near = "action", nearest(name, _actions(service)) if offer else None
        near = near and f"{service}:{near}"
    else:
        what, near = "action of a service", nearest(service, services) if offer else None
    ending = f'; did you mean "{near}"? A' if near else "; a"
    return f"is no {what} that IAM knew on {read()}{ending} newer one is written {action}*"


@cache
def _actions(service: str) -> Mapping[str, tuple[str, ...]]:
    by_types = _table()[1].get(service, {})
    return {action: tuple(types.split()) for types, actions in sorted(by_types.items()) for action in actions.split()}


@cache
def _table() -> tuple[str, Mapping[str, Mapping[str, str]]]:
    """Read when a permission asks for it: most commands never do."""
    table = json.loads(lzma.decompress(FILE.read_bytes()))
    return table["read"], table["services"]
