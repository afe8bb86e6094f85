"""Gives every value that a plan left unknown: by its type's table or rule, else by its name and type."""

from __future__ import annotations

import copy
from typing import Any

from tanada.offline.blocks import Block, Type
from tanada.offline.codec import UNKNOWN, Value
from tanada.offline.configuration import REGION, Provider
from tanada.offline.inventing_rules import RULES
from tanada.offline.ledger import Ledger
from tanada.offline.plan import elements
from tanada.offline.seed import Seed, digest, known
from tanada.offline.tables.inventions import INVENTIONS, NESTED

Object = dict[str, Any]

_NAMES = ("name", "bucket", "function_name", "identifier", "cluster_identifier", "family", "domain", "alarm_name")
_GLOBAL_SERVICES = {"cloudfront", "globalaccelerator", "iam", "route53", "shield", "waf"}
_SERVICES = {
    "alb": "elasticloadbalancing",
    "autoscaling": "autoscaling",
    "cloudwatch": "cloudwatch",
    "cognito": "cognito-idp",
    "db": "rds",
    "efs": "elasticfilesystem",
    "instance": "ec2",
    "launch": "ec2",
    "lb": "elasticloadbalancing",
    "network": "ec2",
    "security": "ec2",
    "service": "servicediscovery",
    "sfn": "states",
    "subnet": "ec2",
    "vpc": "ec2",
}
_EMPTY: dict[str, Value] = {"list": [], "set": [], "map": {}}


def create(kind: str, block: Block, planned: Object, provider: Provider, ledger: Ledger) -> Object:
    """The new resource; of two equal ones each has its own id."""
    with ledger.alone():
        for count in range(1, 10_000):
            facts = _facts(kind, planned, provider, ledger, count)
            key = f"{kind} {_id(facts)}"
            if ledger.get(key) is None or _id(facts) == _id(_facts(kind, planned, provider, ledger, count + 1)):
                break
        values = complete(block, planned, facts)
        ledger.note(f"{kind} {values.get('id', '')}", ledger.get(f"{kind} {values.get('id', '')}") or "")
        return values


def complete(block: Block, planned: Object, facts: Seed) -> Object:
    """A copy without unknown values."""
    values = copy.deepcopy(planned)
    facts = Seed(facts.kind, facts.account, facts.region, values, facts.token, facts.ledger)
    _name(values, facts)
    for name, rule in INVENTIONS.get(facts.kind, {}).items():
        if values.get(name) is UNKNOWN:
            values[name] = facts.fill(rule) if isinstance(rule, str) else copy.deepcopy(rule)
    for name, function in RULES.get(facts.kind, {}).items():
        if values.get(name) is UNKNOWN or name == "domain_validation_options":
            values[name] = function(facts)
    _resolve(block, values, facts, "")
    return values


def _facts(kind: str, planned: Object, provider: Provider, ledger: Ledger, count: int) -> Seed:
    region = planned.get("region") if isinstance(planned.get("region"), str) else provider.region
    region = region if isinstance(region, str) else REGION
    token = digest(kind, provider.account, region, known(planned), count)
    return Seed(kind, provider.account, region, planned, token, ledger)


def _id(facts: Seed) -> str:
    """The id that these facts would give, as far as the table says it."""
    values = dict(facts.values)
    at_hand = Seed(facts.kind, facts.account, facts.region, values, facts.token, facts.ledger)
    _name(values, at_hand)
    for name, rule in INVENTIONS.get(facts.kind, {}).items():
        if values.get(name) is UNKNOWN and isinstance(rule, str):
            values[name] = at_hand.fill(rule)
    by_rule = RULES.get(facts.kind, {}).get("id")
    if values.get("id") is UNKNOWN and by_rule:
        return str(by_rule(at_hand))
    found = values.get("id")
    return found if isinstance(found, str) else _generic_id(at_hand)


def _name(values: Object, facts: Seed) -> None:
    """`name_prefix` and 26 digits, as the plugin SDK makes names."""
    for name, prefix in (("name", "name_prefix"), ("bucket", "bucket_prefix")):
        if values.get(name) is UNKNOWN:
            start = values.get(prefix)
            values[name] = facts.fill((start if isinstance(start, str) and start else "terraform-") + "{digits26}")
        if values.get(prefix) is UNKNOWN:
            values[prefix] = ""


def _resolve(block: Block, values: Object, facts: Seed, at: str) -> None:
    for name in sorted(block.attributes, key=lambda name: (name != "id", name != "arn", name)):
        if values.get(name) is not UNKNOWN:
            continue
        attribute = block.attributes[name]
        path = f"{at}{name}"
        if path in NESTED.get(facts.kind, {}):
            values[name] = NESTED[facts.kind][path]
        elif attribute.optional and not _is_name(name):
            values[name] = _nothing(attribute.type)
        else:
            values[name] = invented(facts, name, attribute.type)
    for name, nested in block.blocks.items():
        for position, (_, element) in enumerate(elements(nested, values.get(name))):
            if element.get("order") is UNKNOWN:  # of a listener's actions
                element["order"] = position + 1
            _resolve(nested.block, element, facts, f"{at}{name}.")


def _is_name(name: str) -> bool:
    return name in ("id", "arn", *_NAMES)


def _nothing(kind: Type) -> Value:
    """What an optional attribute says that nobody set."""
    if isinstance(kind, list):
        return copy.deepcopy(_EMPTY.get(kind[0]))
    return {"string": "", "number": 0, "bool": False}.get(kind)


def invented(facts: Seed, name: str, kind: Type) -> Value:
    """A value for any attribute of any type, by its name and type alone."""
    if kind == "string":
        return _text(facts, name)
    if isinstance(kind, str):
        return {"number": 0, "bool": False}.get(kind)
    collection, inner = kind
    if collection == "object":
        return {field: invented(facts, field, inner[field]) for field in inner}
    if collection in ("list", "set") and isinstance(inner, list) and inner[0] == "object":
        return [invented(facts, name, inner)]
    return copy.deepcopy(_EMPTY[collection])


def _text(facts: Seed, name: str) -> str:
    if name == "id":
        return _generic_id(facts)
    if name == "arn":
        return _generic_arn(facts)
    if name in ("account_id", "aws_account_id", "owner_id", "registry_id"):
        return facts.account
    if name == "region":
        return facts.region
    if name.endswith("_arn"):
        return f"{_generic_arn(facts)}/{name.removesuffix('_arn').replace('_', '-')}"
    if name.endswith(("_ip", "ip_address")):
        return ".".join(["10", *(str(int(facts.token[place : place + 2], 16)) for place in (0, 2, 4))])
    if name in ("availability_zone", "zone"):
        return f"{facts.region}a"
    if name.endswith(("_at", "_date", "_time")):
        return "2026-01-01T00:00:00Z"
    return f"{name.replace('_', '-')}-{facts.token[:8]}"


def _generic_name(facts: Seed) -> str:
    return next((facts.text(name) for name in _NAMES if facts.text(name)), "")


def _generic_id(facts: Seed) -> str:
    return _generic_name(facts) or f"{facts.kind.removeprefix('aws_').replace('_', '-')}-0{facts.token[:16]}"


def _generic_arn(facts: Seed) -> str:
    first, _, rest = facts.kind.removeprefix("aws_").partition("_")
    service = _SERVICES.get(first, first)
    region = "" if service in _GLOBAL_SERVICES else facts.region
    resource = (rest or first).replace("_", "-")
    name = _generic_name(facts) or facts.token[:16]
    return f"arn:{facts.partition}:{service}:{region}:{facts.account}:{resource}/{name}"
