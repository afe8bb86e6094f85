"""Checks of `permissions`: no more than is named, nothing that hands out rights unseen, and what policies hold."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator, Sequence

from tanada.declarations import iam_actions
from tanada.declarations.limits import FREE, boundary_room
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake, repeated
from tanada.declared.permissions import Permission, sid
from tanada.regions import partition
from tanada.text import cut, listed, quoted

_PASSED = "iam:PassedToService"
_MANY = 500
"""Of more actions nobody is told which was meant: a hundred sentences are read at most."""


def check_permissions(system: Scopes) -> Iterator[Mistake]:
    yield from each_once(system, lambda scope: _scope(system, scope))
    yield from _boundaries(system)


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    account = system.accounts.get(scope.account or "")
    asked = (len(each.actions) for service in scope.running.values() for each in service.permissions.values())
    offer = sum(asked) <= _MANY
    for name, service in scope.running.items():
        first: dict[str, str] = {}
        for each, permission in service.permissions.items():
            loc = (scope.homes[name], name, "permissions", each)
            if first.setdefault(sid(each), each) != each:
                sentence = f"is {sid(each)} in the policy, as is {first[sid(each)]}; give one of them another name"
                yield mistake(scope.tree, loc, sentence, at_key=True)
            yield from _permission(scope, loc, permission, offer=offer)
            yield from _malformed(scope, loc, permission)
            if account is not None:
                yield from _elsewhere(scope, loc, permission, account.region)


def _permission(scope: Scope, loc: Loc, permission: Permission, *, offer: bool) -> Iterator[Mistake]:
    for field in ("actions", "resources"):
        if not getattr(permission, field):
            yield mistake(scope.tree, (*loc, field), "is empty, so it permits nothing; name some, or take the name out")
        for index in repeated([each.lower() if field == "actions" else each for each in getattr(permission, field)]):
            value = getattr(permission, field)[index]
            yield mistake(scope.tree, (*loc, field, index), f"{quoted(value)} is here twice")
    wrong = {action: why for action in permission.actions if (why := iam_actions.unknown(action, offer=offer))}
    for index, action in enumerate(permission.actions):
        if action in wrong:
            yield mistake(scope.tree, (*loc, "actions", index), f"{quoted(action)} {wrong[action]}")
        if "iam:PassRole" in iam_actions.matching(action) and not _says_to_whom(permission):
            sentence = (
                f"{action} hands a role to any service that takes one; say to which, conditions: {{StringEquals: "
                f"{{{_PASSED}: ecs-tasks.amazonaws.com}}}}"
            )
            yield mistake(scope.tree, (*loc, "actions", index), sentence)
    if "*" in permission.resources:
        known = [action for action in permission.actions if action not in wrong]
        yield from _everything(scope, (*loc, "resources", permission.resources.index("*")), known)


def _elsewhere(scope: Scope, loc: Loc, permission: Permission, region: str) -> Iterator[Mistake]:
    """No role reaches into another partition (IAM user guide, "IAM ARNs", partition)."""
    own = partition(region)
    for index, resource in enumerate(permission.resources):
        other = resource.split(":")[1] if resource.startswith("arn:") else own
        if other != own:
            sentence = f"{quoted(resource)} is of partition {other}, and {region} is of {own}; write arn:{own}:…"
            yield mistake(scope.tree, (*loc, "resources", index), sentence)


_OF_IAM = (
    *("user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/"),
    *("sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/"),
)
_NUMBER, _DATE = r"-?\d+(\.\d+)?", r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?|\d+"
_FORMS = {
    "Numeric": (_NUMBER, "a number"),
    "Date": (_DATE, "a time such as 2026-12-31T00:00:00Z"),
    "Bool": ("true|false", "true or false"),
    "Null": ("true|false", "true or false"),
    "Arn": (r"arn:.*|\*", "an ARN"),
}


def _malformed(scope: Scope, loc: Loc, permission: Permission) -> Iterator[Mistake]:
    """What IAM calls a malformed policy (getmoto/moto, moto/iam/policy_validation.py, as AWS was seen to answer), and
    conditions that nothing meets (IAM user guide, "IAM JSON policy elements: Condition operators")."""
    for index, resource in enumerate(permission.resources):
        if resource == "*":
            continue
        _, own, service, region, account, name = resource.split(":", 5)
        at = (*loc, "resources", index)
        of_access_point = name.startswith(("accesspoint/", "job/", "storage-lens"))
        if region and (service == "iam" or (service == "s3" and not of_access_point)):
            where = account if service == "iam" else ""
            sentence = f"{quoted(resource)} names a region, and {service.upper()}'s ARNs have none"
            yield mistake(scope.tree, at, f"{sentence}; write arn:{own}:{service}::{where}:{cut(name, 60)}")
        elif service == "iam" and name != "*" and not name.startswith((*_OF_IAM, "{")):
            sentence = (
                f"{quoted(resource)} is nothing of IAM's; expected role/… or another of its kinds behind the account"
            )
            yield mistake(scope.tree, at, sentence)
    for operator, keys in permission.conditions.items():
        for key, values in keys.items():
            at_key = (*loc, "conditions", operator, key)
            if not values:
                yield mistake(scope.tree, at_key, "has no value, and no request meets it; say one, or take it out")
            kind = operator.rpartition(":")[2]
            form, what = next((each for start, each in _FORMS.items() if kind.startswith(start)), ("", ""))
            for value in values:
                fits = _is_range(value) if "IpAddress" in kind else not form or re.fullmatch(form, value)
                if not fits and not set(value) & set("{$"):
                    wanted = what or "an address or a range such as 203.0.113.0/24"
                    yield mistake(scope.tree, at_key, f"{quoted(value)} does not fit {operator}; expected {wanted}")


def _is_range(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _says_to_whom(permission: Permission) -> bool:
    """Whether a role may be passed to named services alone."""
    return any(
        operator.startswith("String")
        and "Not" not in operator
        and not operator.endswith("IfExists")
        and key.lower() == _PASSED.lower()
        and "*" not in values
        for operator, keys in permission.conditions.items()
        for key, values in keys.items()
    )


def _everything(scope: Scope, loc: Loc, actions: Sequence[str]) -> Iterator[Mistake]:
    """`"*"` stands where there is nothing to name (AWS Service Authorization Reference)."""
    for action in actions:
        known = iam_actions.matching(action)
        typed = {each: types for each, types in known.items() if types}
        if not known:
            sentence = (
                f"{quoted(action)} is no action that Tanada knows (of {iam_actions.read()}), nor what it works on, so "
                '"*" may be too much; mend it, or name resources'
            )
            yield mistake(scope.tree, loc, sentence)
            return
        if typed:
            each, types = next(iter(typed.items()))
            sentence = f'{each} works on {listed(types, 4)}, and "*" is every one there is; name them by their ARNs'
            yield mistake(scope.tree, loc, sentence)
            return


def _boundaries(system: Scopes) -> Iterator[Mistake]:
    """Where CI applies, all that is asked for in one AWS account stands in one policy."""
    ids = {account.id: name for name, account in reversed([*system.accounts.items()]) if account.common.ci is not None}
    for id, name in ids.items():
        asked = {
            action
            for scope in system.everyone
            if (account := system.accounts.get(scope.account or "")) is not None and account.id == id
            for action in scope.asks()
        }
        size = sum(len(json.dumps(action)) + 1 for action in asked)
        if size > FREE and size > (room := boundary_room()):
            sentence = (
                f"its environments' services ask for {len(asked)} actions, of {size:,} characters, and the policy that "
                f"bounds all roles has {room:,} left; say several in one, such as sqs:Get*"
            )
            yield mistake(system.top, ("accounts", name), sentence)
