"""The typed parts of a system that are well by themselves: what cross-checks look at, beside mistakes elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from tanada.declarations.fields import Domain
from tanada.declarations.mistakes import Mistake, Position
from tanada.declarations.models import Account, CommonLayer, Limit, Review, Service, Store
from tanada.declarations.tree import Node
from tanada.declarations.validation import valid

T = TypeVar("T", bound=BaseModel)
_DOMAIN: TypeAdapter[str] = TypeAdapter(Domain)
_LIMIT: TypeAdapter[int] = TypeAdapter(Limit)


@dataclass(frozen=True)
class Part:
    """The blueprint itself, an environment or review: a merged tree and what of it is well."""

    kind: str
    """`blueprint`, `environment` or `review`."""
    name: str
    tree: Node
    services: Mapping[str, Service]
    stores: Mapping[str, Store]
    service_names: tuple[str, ...]
    """All that are declared, broken ones too."""
    store_names: tuple[str, ...]
    account: str | None
    """The name of an account that exists and whose common layer is well."""
    layer: CommonLayer | None
    """That account's common layer."""
    domain: str | None
    limit: int
    """How many of it there may be: more than one of review alone."""

    @property
    def title(self) -> str:
        return f"environment {self.name}" if self.kind == "environment" else self.name


@dataclass(frozen=True)
class Parts:
    """All of a system."""

    top: Node
    accounts: Mapping[str, Account]
    """Those that are well."""
    layers: Mapping[str, CommonLayer]
    """The common layers that are well, also of accounts with a mistake elsewhere."""
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, top: Node, blueprint: Node, environments: Mapping[str, Node], review: Node | None) -> Parts:
        declared = top.find(["accounts"])
        layers = _layers(declared)
        parts = [_part("blueprint", "blueprint", blueprint, {})]
        parts += [_part("environment", name, tree, layers) for name, tree in environments.items()]
        if review is not None:
            parts.append(_part("review", "review", review, layers))
        return cls(top, _well(Account, declared), layers, tuple(parts))

    @property
    def instances(self) -> tuple[Part, ...]:
        """The environments and review, without the bare blueprint."""
        return tuple(part for part in self.parts if part.kind != "blueprint")


def each_once(parts: Iterable[Part], check: Callable[[Part], Iterator[Mistake]]) -> Iterator[Mistake]:
    """The mistakes of every part, those at one value from the first part alone: the blueprint comes first, and what
    is wrong in it is one mistake, not one an environment."""
    said: set[tuple[Position, str]] = set()
    for part in parts:
        found = [mistake for mistake in check(part) if (mistake.place, mistake.path) not in said]
        said |= {(mistake.place, mistake.path) for mistake in found}
        yield from found


def _part(kind: str, name: str, tree: Node, layers: Mapping[str, CommonLayer]) -> Part:
    services, stores = tree.find(["services"]), tree.find(["stores"])
    account = _text(tree, "account")
    account = account if account in layers else None
    return Part(
        kind,
        name,
        tree,
        _well(Service, services),
        _well(Store, stores),
        tuple(services.mapping) if services else (),
        tuple(stores.mapping) if stores else (),
        account,
        layers[account] if account else None,
        _domain(tree),
        _limit(tree) if kind == "review" else 1,
    )


def _well(model: type[T], node: Node | None) -> dict[str, T]:
    found = {name: valid(model, item) for name, item in (node.mapping if node else {}).items()}
    return {name: item for name, item in found.items() if item is not None}


def _layers(accounts: Node | None) -> dict[str, CommonLayer]:
    commons = {name: account.find(["common"]) for name, account in (accounts.mapping if accounts else {}).items()}
    found = {name: valid(CommonLayer, common) if common else CommonLayer() for name, common in commons.items()}
    return {name: layer for name, layer in found.items() if layer is not None}


def _text(tree: Node, field: str) -> str | None:
    node = tree.find([field])
    return node.value if node is not None and isinstance(node.value, str) else None


def _domain(tree: Node) -> str | None:
    text = _text(tree, "domain")
    try:
        return _DOMAIN.validate_python(text) if text is not None else None
    except ValidationError:
        return None


def _limit(tree: Node) -> int:
    """Review's limit; 0 where it is wrong, so that nothing is counted with it."""
    field = Review.model_fields["limit"]
    text = _text(tree, "limit")
    try:
        return _LIMIT.validate_python(text) if text is not None else int(field.default)
    except ValidationError:
        return 0
