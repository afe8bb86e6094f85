"""Gives every value that a plan left unknown: by its type's entry, else by its name and type."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tanada.offline.blocks import Block, Type
from tanada.offline.codec import Value
from tanada.offline.configuration import REGION, Provider
from tanada.offline.ledger import Ledger
from tanada.offline.plan import elements
from tanada.resources import entry
from tanada.resources.entry import Answer
from tanada.resources.refusal import Empty, World
from tanada.resources.seed import UNKNOWN, Seed, digest, has_unknown

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


def create(
    kind: str, block: Block, planned: Object, provider: Provider, ledger: Ledger, world: World | None = None
) -> Object:
    """The new resource; of two equal ones each has its own id."""
    with ledger.alone():
        for count in range(1, 10_000):
            seed = _seed(kind, planned, provider, ledger, count)
            key = f"{kind} {_id(seed)}"
            if ledger.get(key) is None or _id(seed) == _id(_seed(kind, planned, provider, ledger, count + 1)):
                break
        values = complete(block, planned, replace(seed, world=world or Empty()))
        ledger.note(f"{kind} {values.get('id', '')}", ledger.get(f"{kind} {values.get('id', '')}") or "")
        return values


def complete(block: Block, planned: Object, seed: Seed) -> Object:
    """A copy without unknown values."""
    values = copy.deepcopy(planned)
    seed = replace(seed, values=values)
    _name(values, seed)
    known = entry(seed.kind)
    for name, answer in known.computed.items() if known else ():
        if values.get(name) is UNKNOWN or name == "domain_validation_options":
            values[name] = _answered(answer, seed)
    _resolve(block, values, seed, "", known.computed_in_blocks if known else {})
    return values


def _seed(kind: str, planned: Object, provider: Provider, ledger: Ledger, count: int) -> Seed:
    region = planned.get("region") if isinstance(planned.get("region"), str) else provider.region
    region = region if isinstance(region, str) else REGION
    known = {name: value for name, value in planned.items() if not has_unknown(value)}
    token = digest(kind, provider.account, region, known, count)
    return Seed(kind, provider.account, region, planned, token, ledger)


def _id(seed: Seed) -> str:
    """The id that this seed would give, as far as the entry says it."""
    values = dict(seed.values)
    at_hand = Seed(seed.kind, seed.account, seed.region, values, seed.token, seed.ledger)
    _name(values, at_hand)
    known = entry(seed.kind)
    answers = known.computed if known else {}
    for name, answer in answers.items():
        if values.get(name) is UNKNOWN and isinstance(answer, str):
            values[name] = at_hand.fill(answer)
    id_ = _answered(answers["id"], at_hand) if "id" in answers and values.get("id") is UNKNOWN else values.get("id")
    return id_ if isinstance(id_, str) else _generic_id(at_hand)


def _name(values: Object, seed: Seed) -> None:
    """`name_prefix` and 26 digits, as the plugin SDK makes names."""
    for name, prefix in (("name", "name_prefix"), ("bucket", "bucket_prefix")):
        if values.get(name) is UNKNOWN:
            start = values.get(prefix)
            values[name] = seed.fill((start if isinstance(start, str) and start else "terraform-") + "{digits26}")
        if values.get(prefix) is UNKNOWN:
            values[prefix] = ""


def _answered(answer: Answer, seed: Seed) -> Value:
    if isinstance(answer, str):
        return seed.fill(answer)
    return answer(seed) if callable(answer) else copy.deepcopy(answer)


def _resolve(block: Block, values: Object, seed: Seed, at: str, in_blocks: Mapping[str, Value]) -> None:
    for name in sorted(block.attributes, key=lambda name: (name != "id", name != "arn", name)):
        if values.get(name) is not UNKNOWN:
            continue
        attribute = block.attributes[name]
        path = f"{at}{name}"
        if path in in_blocks:
            values[name] = _answered(in_blocks[path], seed)
        elif attribute.optional and not _is_name(name):
            values[name] = _nothing(attribute.type)
        else:
            values[name] = invented(seed, name, attribute.type)
    for name, nested in block.blocks.items():
        for position, (_, element) in enumerate(elements(nested, values.get(name))):
            if element.get("order") is UNKNOWN:  # of a listener's actions
                element["order"] = position + 1
            _resolve(nested.block, element, seed, f"{at}{name}.", in_blocks)


def _is_name(name: str) -> bool:
    return name in ("id", "arn", *_NAMES)


def _nothing(kind: Type) -> Value:
    """What an optional attribute says that nobody set."""
    if isinstance(kind, list):
        return copy.deepcopy(_EMPTY.get(kind[0]))
    return {"string": "", "number": 0, "bool": False}.get(kind)


def invented(seed: Seed, name: str, kind: Type) -> Value:
    """A value for any attribute of any type, by its name and type alone."""
    if kind == "string":
        return _text(seed, name)
    if isinstance(kind, str):
        return {"number": 0, "bool": False}.get(kind)
    collection, inner = kind
    if collection == "object":
        return {field: invented(seed, field, inner[field]) for field in inner}
    if collection in ("list", "set") and isinstance(inner, list) and inner[0] == "object":
        return [invented(seed, name, inner)]
    return copy.deepcopy(_EMPTY[collection])


def _text(seed: Seed, name: str) -> str:
    if name == "id":
        return _generic_id(seed)
    if name == "arn":
        return _generic_arn(seed)
    if name in ("account_id", "aws_account_id", "owner_id", "registry_id"):
        return seed.account
    if name == "region":
        return seed.region
    if name.endswith("_arn"):
        return f"{_generic_arn(seed)}/{name.removesuffix('_arn').replace('_', '-')}"
    if name.endswith(("_ip", "ip_address")):
        return ".".join(["10", *(str(int(seed.token[place : place + 2], 16)) for place in (0, 2, 4))])
    if name in ("availability_zone", "zone"):
        return f"{seed.region}a"
    if name.endswith(("_at", "_date", "_time")):
        return "2026-01-01T00:00:00Z"
    return f"{name.replace('_', '-')}-{seed.token[:8]}"


def _generic_name(seed: Seed) -> str:
    return next((seed.text(name) for name in _NAMES if seed.text(name)), "")


def _generic_id(seed: Seed) -> str:
    return _generic_name(seed) or f"{seed.kind.removeprefix('aws_').replace('_', '-')}-0{seed.token[:16]}"


def _generic_arn(seed: Seed) -> str:
    first, _, rest = seed.kind.removeprefix("aws_").partition("_")
    service = _SERVICES.get(first, first)
    region = "" if service in _GLOBAL_SERVICES else seed.region
    resource = (rest or first).replace("_", "-")
    name = _generic_name(seed) or seed.token[:16]
    return f"arn:{seed.partition}:{service}:{region}:{seed.account}:{resource}/{name}"
