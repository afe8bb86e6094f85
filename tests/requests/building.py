"""Requests as the provider would send them for emitted attributes, and what of these has no place in any."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.model import ListShape, MapShape, Shape, StructureShape

from tanada.resources.request import Member, Request

Json = dict[str, Any]
META = ("//", "count", "lifecycle", "depends_on", "provider", "timeouts")
"""What belongs to CDKTF and Terraform."""
MAPS = ("authentication_request_extra_params", "input_paths", "variables")
"""Attributes inside blocks that are one value each: their keys are whoever's who wrote them."""


class Unknown:
    """A value that only the apply tells: an expression of Terraform's."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Leaf:
    """An emitted value: its path, and of each block on the way which of several it is."""

    path: tuple[str, ...]
    indexes: tuple[int, ...]
    value: Any

    @property
    def name(self) -> str:
        return ".".join(self.path)


def leaves(attributes: Json) -> Iterator[Leaf]:
    """All values that a resource's emitted JSON gives; tags are one, and so are a metric's dimensions."""
    for name, value in attributes.items():
        if name in ("tags", "dimensions"):
            yield Leaf((name,), (), value)
        elif name not in META:
            yield from _leaves(value, (name,), ())


def _leaves(value: Any, path: tuple[str, ...], indexes: tuple[int, ...]) -> Iterator[Leaf]:
    # Of a metric in a query: a map to Terraform, a list of names and values to AWS.
    if isinstance(value, dict) and path[-1] == "dimensions" and value.keys() != {"name", "value"}:
        yield from _leaves([{"name": name, "value": each} for name, each in value.items()], path, indexes)
        return
    if isinstance(value, dict) and value and path[-1] not in MAPS:
        for name, each in value.items():
            yield from _leaves(each, (*path, name), indexes)
    elif isinstance(value, list) and any(isinstance(each, dict) for each in value):
        for index, each in enumerate(value):
            yield from _leaves(each, path, (*indexes, index))
    else:
        yield Leaf(path, indexes, value)


LONGEST = {
    "${local.environment}": "review-" + "w" * 56,
    "${terraform.workspace}": "w" * 56,
    "${local.domain}": "w" * 56 + ".review.example.jp",
}
"""What a review environment's own words come to at most."""


def settled(value: Any) -> Any:
    """UNKNOWN in the place of what holds an expression, a review environment's words at their longest."""
    if isinstance(value, list):
        return [settled(each) for each in value]
    if isinstance(value, dict):
        return {name: settled(each) for name, each in value.items()}
    if not isinstance(value, str):
        return value
    for word, longest in LONGEST.items():
        value = value.replace(word, longest)
    return UNKNOWN if "${" in value.replace("$${", "") else value


@dataclass(frozen=True)
class Placed:
    """An emitted value, and where and as what it is sent: nowhere, where no call has a member for it."""

    leaf: Leaf
    call: str = ""
    members: tuple[str, ...] = ()
    value: Any = None
    key: str = ""


@dataclass
class Built:
    """The requests of one resource, by call, and where each of its values went."""

    requests: dict[str, Json] = field(default_factory=dict)
    placed: list[Placed] = field(default_factory=list)


def shape_of(service: str, call: str) -> StructureShape:
    model = _session()._session.get_service_model(service)
    shape = model.operation_model(call).input_shape
    assert isinstance(shape, StructureShape), f"{service} {call} takes nothing"
    return shape


def _session() -> boto3.Session:
    global _SESSION
    _SESSION = _SESSION or boto3.Session()
    return _SESSION


_SESSION: boto3.Session | None = None


def build(attributes: Json, request: Request) -> Built:
    """Every emitted value at its member; in the first call that knows it."""
    built = Built({call: {} for call in request.calls})
    for leaf in leaves(attributes):
        place = _place if leaf.name not in ("tags", "dimensions") else _tags if leaf.name == "tags" else _dimensions
        built.placed.append(place(leaf, request, built))
    return built


Step = tuple[str, Shape]


def _place(leaf: Leaf, request: Request, built: Built) -> Placed:
    """In the first call that has the member which the entry names, or the rule finds."""
    member, rest = member_of(leaf, request)
    for call in request.calls:
        steps = _steps(member, rest, shape_of(request.service, call))
        if steps:
            value = _sent(leaf.value, member, steps[-1][1])
            _put(built.requests[call], steps, leaf.indexes, value)
            return Placed(leaf, call, tuple(name for name, _ in steps), value, member.key)
    return Placed(leaf)


def member_of(leaf: Leaf, request: Request) -> tuple[Member, tuple[str, ...]]:
    """What the entry says of an attribute, or of the nearest block around it, and the rest that the rule finds."""
    for length in range(len(leaf.path), 0, -1):
        member = request.members.get(".".join(leaf.path[:length]))
        if member is not None:
            return Member(member) if isinstance(member, str) else member, leaf.path[length:]
    return Member(""), leaf.path


def found_by_rule(path: str, request: Request) -> tuple[str, ...]:
    """The members that lead to an attribute where no entry names them."""
    ways = (_steps(Member(""), tuple(path.split(".")), shape_of(request.service, call)) for call in request.calls)
    return next((tuple(name for name, _ in steps) for steps in ways if steps), ())


def _steps(member: Member, rest: tuple[str, ...], shape: Shape) -> list[Step]:
    """The members on the way; none where the call lacks one."""
    steps: list[Step] = []
    at: Any = shape
    for name in (*filter(None, member.path.split(".")), *rest):
        at = _item(at)
        exact = isinstance(at, StructureShape) and name in at.members
        found = name if exact else _by_rule(name, at)
        if found is None:
            return []
        at = at.members[found]
        steps.append((found, at))
    return steps


def _sent(emitted: Any, member: Member, shape: Shape) -> Any:
    value = settled(emitted)
    if member.key:
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if isinstance(shape, MapShape):
            return {member.key: value if isinstance(value, Unknown) else text}
        return [{"Key": member.key, "Value": value if isinstance(value, Unknown) else text}]
    if isinstance(emitted, str) and emitted.startswith("[") and isinstance(shape, ListShape):
        return settled(json.loads(emitted))  # container definitions: JSON in a text, sent as what it says
    if isinstance(emitted, dict) and isinstance(shape, ListShape):
        return [{"Name": name, "Value": each} for name, each in value.items()]  # of one metric of several
    return value if isinstance(value, list | dict | Unknown) else member.values.get(value, value)


def _item(shape: Shape) -> Shape:
    return shape.member if isinstance(shape, ListShape) else shape


def _by_rule(name: str, shape: Shape) -> str | None:
    """The member that is the attribute in camel case, or the list of it."""
    if not isinstance(shape, StructureShape):
        return None
    plain = name.replace("_", "").lower()
    known = {member.lower(): member for member in shape.members}
    return known.get(plain) or known.get(f"{plain}s")


def _put(request: Json, steps: list[Step], indexes: tuple[int, ...], value: Any) -> None:
    """Lists of structures on the way are filled up to the block's own index; a list of what each holds one of, to its
    length."""
    if isinstance(value, list) and not isinstance(steps[-1][1], ListShape):
        for index, each in enumerate(value):
            _put(request, steps, (*(0 for _, shape in steps[:-2] if isinstance(shape, ListShape)), index), each)
        return
    rest = list(indexes)
    target: Any = request
    for name, shape in steps[:-1]:
        if isinstance(shape, ListShape):
            items = target.setdefault(name, [])
            index = rest.pop(0) if rest else 0
            while len(items) <= index:
                items.append({})
            target = items[index]
        else:
            target = target.setdefault(name, {})
    name, shape = steps[-1]
    if isinstance(shape, ListShape) and isinstance(value, list) and isinstance(target.get(name), list):
        target[name].extend(value)
    elif isinstance(shape, ListShape) and not isinstance(value, list | Unknown):
        target.setdefault(name, []).append(value)
    elif isinstance(shape, MapShape) and isinstance(value, dict):
        target.setdefault(name, {}).update(value)
    else:
        target[name] = value


def _dimensions(leaf: Leaf, request: Request, built: Built) -> Placed:
    """A list of names and values."""
    [call] = [each for each in request.calls if "Dimensions" in shape_of(request.service, each).members]
    built.requests[call]["Dimensions"] = [{"Name": name, "Value": settled(each)} for name, each in leaf.value.items()]
    return Placed(leaf, call, ("Dimensions",), built.requests[call]["Dimensions"])


def _tags(leaf: Leaf, request: Request, built: Built) -> Placed:
    """As the service has them: a map, or a list of keys and values; EC2 has them one deeper."""
    tags = {name: settled(value) for name, value in leaf.value.items()}
    for call in request.calls:
        target: Json = built.requests[call]
        at: Any = shape_of(request.service, call)
        if (outer := _by_rule("tag_specification", at)) is not None:
            target[outer] = [{"ResourceType": "vpc"}]  # whichever: all have the same tags
            target, at = target[outer][0], at.members[outer].member
        name = _by_rule("tags", at) or _by_rule("tag_list", at) or _by_rule("user_pool_tags", at)
        if name is None:
            continue
        if isinstance(at.members[name], MapShape):
            target[name] = tags
        else:
            key, value = sorted(at.members[name].member.members)[:2]
            target[name] = [{key: each, value: text} for each, text in tags.items()]
        return Placed(leaf, call, (name,), target[name])
    return Placed(leaf)
