"""What tasks may do no more, what they may do that leads to more, and who may pull images."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, of_type
from tanada.plan.services import DEPLOYING, runs
from tanada.text import count

_RIGHTS = {
    "iam:": "may change who may do what",
    "organizations:": "may change who may do what",
    "sts:assumerole": "may take on other roles",
    "iam:passrole": "may hand roles to services",
    "secretsmanager:getsecretvalue": "may read secrets by itself",
    "secretsmanager:batchgetsecretvalue": "may read secrets by itself",
    "ssm:getparameter": "may read parameters by itself",
    "kms:creategrant": "may let others use a key",
    "kms:putkeypolicy": "may let others use a key",
    "lambda:addpermission": "may let others call a function",
    "lambda:updatefunctioncode": "may change what a function runs",
    "ecs:executecommand": "may run commands in tasks",
    "ssm:startsession": "may open shells",
    "ssm:sendcommand": "may run commands on machines",
}
"""How an action begins that hands out rights, or takes others on → what whoever has it may do; the longest holds."""


def withdrawn(changes: Sequence[Change]) -> Iterator[Caution]:
    """What tasks may do, and what they use, that goes before those that run are replaced; and what ECS needs to start
    them, should one end meanwhile."""
    services = {change.address.partition(".")[2].removesuffix("_service"): change for change in changes if runs(change)}
    stores = {str(change.before.get("arn")): change.address for change in changes if change.goes}
    for policy in of_type(changes, "aws_iam_role_policy"):
        name = policy.address.partition(".")[2].removesuffix("_policy")
        whose, _, role = name.rpartition("_")
        if not policy.updates or whose not in services or not (lost := _lost(policy)):
            continue
        of = ", ".join(sorted({action.partition(":")[0] for action, _, _ in lost}))
        gone = sorted({stores[resource] for _, resource, _ in lost if resource in stores})
        also = f", and {', '.join(gone)} goes" if gone else ""
        deployed = any(services[whose].before.get(each) != services[whose].after.get(each) for each in DEPLOYING)
        if role == "execution":
            yield Caution(
                f"tasks of {whose} that run can't be started again ({of}): one that ends before the new ones are well "
                "is not replaced, and a rollback starts none"
            )
        else:
            when = "before its new tasks run" if deployed else "at once: its tasks run on"
            yield Caution(
                f"{whose} loses permissions ({of}){also} {when}. Without a gap: first a release that needs them no more"
            )


def _lost(policy: Change) -> list[tuple[str, str, str]]:
    """What it allowed and, as far as patterns tell, allows no more; nothing where only the apply knows."""
    before, after = _statements(policy.before) or set(), _statements(policy.after)
    return [] if after is None else [one for one in sorted(before) if not any(_covers(each, one) for each in after)]


def _covers(wide: tuple[str, str, str], narrow: tuple[str, str, str]) -> bool:
    """Whether one action, resource and condition allows another."""
    return (
        fnmatchcase(narrow[0].lower(), wide[0].lower().replace("[", "[[]"))
        and fnmatchcase(narrow[1], wide[1].replace("[", "[[]"))
        and wide[2] in ("", narrow[2])
    )


def given(changes: Sequence[Change]) -> Iterator[Caution]:
    """What a task's own role gets that leads to more than it names: by the declaration's `permissions` alone."""
    for policy in of_type(changes, "aws_iam_role_policy"):
        if not policy.address.endswith("_task_policy") or (after := _allowed(policy.after)) is None:
            continue
        new = {action for action, _ in after} - {action for action, _ in _allowed(policy.before) or ()}
        for words in sorted({words for action in new if (words := _leads_to(action))}):
            whose = policy.address.partition(".")[2].removesuffix("_task_policy")
            yield Caution(f"what runs in {whose} {words}", "a task gets rights that lead to others")


def _leads_to(action: str) -> str | None:
    """Of a pattern such as `iam:*Role` too."""
    name, wild, _ = action.lower().partition("*")
    fitting = [begin for begin in _RIGHTS if name.startswith(begin) or (wild and begin.startswith(name))]
    return _RIGHTS[max(fitting, key=len)] if fitting else None


def pulled_elsewhere(changes: Sequence[Change]) -> Iterator[Caution]:
    """Accounts that may pull from a registry from now on; strangers read how many."""
    for policy in of_type(changes, "aws_ecr_repository_policy"):
        if new := _principals(policy.after) - _principals(policy.before):
            yield Caution(f"{count(len(new), 'other AWS account')} may pull {policy.after.get('repository')}")


def _principals(policy: Values) -> set[str]:
    text = policy.get("policy")
    try:
        statements = json.loads(text)["Statement"] if isinstance(text, str) else []
        return {each for statement in statements for each in _several(statement["Principal"]["AWS"])}
    except (ValueError, KeyError, TypeError):
        return set()


def _allowed(policy: Values) -> set[tuple[str, str]] | None:
    """Pairs of action and resource; None where only the apply knows."""
    found = _statements(policy)
    return None if found is None else {(action, resource) for action, resource, _ in found}


def _statements(policy: Values) -> set[tuple[str, str, str]] | None:
    """Each action, resource and condition, which is empty text where there is none; None where only the apply knows."""
    text = policy.get("policy")
    if not isinstance(text, str):
        return None
    try:
        return {
            (action, resource, json.dumps(statement["Condition"], sort_keys=True) if "Condition" in statement else "")
            for statement in json.loads(text)["Statement"]
            for action in _several(statement["Action"])
            for resource in _several(statement["Resource"])
        }
    except (ValueError, KeyError, TypeError):
        return None


def _several(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
