"""What cross-checks look at: the typed parts of a system that are well by themselves, beside mistakes elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import islice
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from tanada.declarations.domains import answered, shown_by_edge
from tanada.declarations.mistakes import Mistake, Position
from tanada.declarations.tree import Node, dotted, override_at, plain, shown_at
from tanada.declarations.validation import valid
from tanada.declared import redirects, sites
from tanada.declared.account import Account
from tanada.declared.backup import ASKED as ASKED_BY_BACKUP
from tanada.declared.backup import Backup
from tanada.declared.blueprint import (
    FirstPriority,
    Limit,
    Part,
    Review,
    existing_buckets,
    groups,
    needs,
    run_by_applies,
)
from tanada.declared.common import CommonLayer
from tanada.declared.extensions import Extension
from tanada.declared.fields import Domain
from tanada.declared.mail import MAIL, Mail
from tanada.declared.model import Need
from tanada.declared.people import Person
from tanada.declared.redirects import FixedResponses, Redirects, Static
from tanada.declared.rule import Rule
from tanada.declared.rule_numbers import first_number
from tanada.declared.rules import rules_of
from tanada.declared.service import Service, in_review
from tanada.declared.sites import Site
from tanada.declared.store import Store
from tanada.declared.tasks import RunsOnce, Task
from tanada.text import listed, nearest

COMMON = "common"
"""The home of what is its account's and is reached as a part."""
ANY = Mail(domain="example.jp")
"""Stands for mail of which nothing is known."""
_LOOKED_AT = 50
"""Keys of a file among which a misspelt one is looked for."""
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True)
class Scope:
    """The blueprint itself, an environment or review: a merged tree and what of it is well."""

    kind: Literal["blueprint", "environment", "review"]
    name: str
    tree: Node
    parts: Mapping[str, Part]
    """Those that are well, by name."""
    statics: Mapping[str, Static]
    """What load balancers answer by themselves and that is well."""
    backup: Backup | None
    """Its copies, where they are well; review has none."""
    people: Mapping[str, Person]
    """Roles of people that are well, by name; review has none."""
    whole: bool
    """Whether all groups are mappings: of what else stands there nobody knows what it should have declared."""
    homes: Mapping[str, str]
    """The group (`services`, `stores`) of every declared name, of broken parts too; of two of one name the first."""
    account: str | None
    """The name of an account that exists and whose common layer is well."""
    layer: CommonLayer | None
    """That account's common layer."""
    domain: str | None
    limit: int
    """How many of it there may be: more than one of review alone."""
    tags_from: str | None
    """The environment that its `image_tags` names."""
    first_priority: int
    """Where the numbers of its rules begin."""
    says_priorities: bool
    """Whether it says so itself."""

    @property
    def title(self) -> str:
        return f"environment {self.name}" if self.kind == "environment" else self.name

    @property
    def services(self) -> dict[str, Service]:
        """The services that are well."""
        return {name: part for name, part in self.parts.items() if isinstance(part, Service)}

    @cached_property
    def running(self) -> dict[str, Service]:
        """All that runs and is well: these, and jobs and tasks as services that nobody reaches."""
        once = {name: part.as_service() for name, part in self.parts.items() if isinstance(part, RunsOnce)}
        return {**self.services, **once}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Those of its load balancers, the most specific first."""
        return rules_of(self.services, self.domain or "", self.statics)

    def names(self, group: str) -> tuple[str, ...]:
        """All that are declared in a group."""
        node = self.tree.find([group])
        return tuple(node.mapping) if node else ()

    def needs(self) -> Iterator[Need]:
        """What one of it uses up of what AWS limits."""
        backup, people = self.backup is not None, len(self.people)
        return needs(self.parts, self.domain or "", self.statics, backup=backup, people=people)

    @property
    def tasks(self) -> frozenset[str]:
        """What the tasks are called that an apply runs in it."""
        made = {name: part for name, part in self.parts.items() if isinstance(part, Task)}
        return run_by_applies(self.services, made, self.stores)

    @property
    def stores(self) -> dict[str, Store]:
        """The stores that are well."""
        return {name: part for name, part in self.parts.items() if isinstance(part, Store)}

    @property
    def sites(self) -> dict[str, Site]:
        """The sites that are well."""
        return {name: part for name, part in self.parts.items() if isinstance(part, Site)}

    @property
    def buckets(self) -> frozenset[str]:
        """Its buckets that are there already."""
        return existing_buckets(part for part in self.parts.values() if isinstance(part, Store))

    @property
    def generates(self) -> bool:
        """Whether an apply makes values of secrets for it."""
        return any(part.generates for part in self.running.values())

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where it answers, its domain first; of review `*.<domain>`."""
        return answered(self.domain, self.services, self.statics, self.sites, review=self.kind == "review")

    @property
    def shown_by_edge(self) -> tuple[str, ...]:
        """Of these, those that CloudFront answers at."""
        return shown_by_edge(self.domain, self.services, self.sites, review=self.kind == "review")

    def asks(self) -> set[str]:
        """Actions that the roles of what runs are given beyond what resources' entries name."""
        running = (part.kind for part in self.parts.values() if isinstance(part, Service | RunsOnce | Store | Site))
        extended = (part for part in self.parts.values() if isinstance(part, Extension))
        asked = {action for each in running for action in each.asks()}
        asked |= {action for each in extended for action in each.actions}
        return asked | (ASKED_BY_BACKUP if self.backup is not None else set())


class DoubtError(Exception):
    """Something is to be said of a file that was not read."""


@dataclass(frozen=True)
class Known:
    """An environment, or review, that was well before: all that checks of several at once look at."""

    kind: Literal["environment", "review"]
    name: str
    account: str
    domain: str | None
    limit: int
    tags_from: str | None
    needed: tuple[Need, ...]
    asked: frozenset[str]
    tasks: frozenset[str]
    buckets: frozenset[str]
    generates: bool
    hosts: tuple[str, ...]
    shown_by_edge: tuple[str, ...]
    first_priority: int
    says_priorities: bool
    stack: str
    """The stack's name …"""
    input: str
    """… and its serialized input."""

    @property
    def title(self) -> str:
        raise DoubtError

    @property
    def tree(self) -> Node:
        raise DoubtError

    def needs(self) -> Iterator[Need]:
        yield from self.needed

    def asks(self) -> frozenset[str]:
        return self.asked


@dataclass(frozen=True)
class Scopes:
    """All of a system."""

    top: Node
    accounts: Mapping[str, Account]
    """Those that are well."""
    layers: Mapping[str, CommonLayer]
    """The common layers that are well, also of accounts with a mistake elsewhere."""
    scopes: tuple[Scope, ...]
    known: tuple[Known, ...] = ()

    @classmethod
    def of(
        cls,
        top: Node,
        blueprint: Node,
        environments: Mapping[str, Node],
        review: Node | None,
        known: Mapping[str, Known],
    ) -> Scopes:
        declared = top.find(["accounts"])
        layers = _layers(declared)
        # Where a layer isn't well nobody knows whether it has mail.
        mails = [each.mail for each in layers.values()] if declared and len(layers) == len(declared.mapping) else [ANY]
        scopes = [_scope("blueprint", "blueprint", blueprint, {}, next(filter(None, mails), None))]
        scopes += [_scope("environment", name, tree, layers) for name, tree in environments.items()]
        if review is not None:
            scopes.append(_scope("review", "review", review, layers))
        return cls(top, _well(Account, declared), layers, tuple(scopes), tuple(known.values()))

    @property
    def instances(self) -> tuple[Scope, ...]:
        """The environments and review that were read, without the bare blueprint."""
        return tuple(scope for scope in self.scopes if scope.kind != "blueprint")

    @property
    def everyone(self) -> tuple[Scope | Known, ...]:
        """These and those that are known: for what concerns several at once."""
        return (*self.instances, *self.known)


def each_once(system: Scopes, check: Callable[[Scope], Iterator[Mistake]]) -> Iterator[Mistake]:
    """The mistakes of every scope, those at one value from the first alone: the blueprint comes first, and what is
    wrong in it is one mistake, not one an environment. What an override breaks of it stands there; what else is
    wrong in some environments alone names them."""
    found: dict[tuple[Position, str], list[Mistake]] = {}
    where: dict[tuple[Position, str], list[Scope]] = {}
    for scope in system.scopes:
        new: dict[tuple[Position, str], list[Mistake]] = {}
        for mistake in check(scope):
            new.setdefault((mistake.place, mistake.path), []).append(mistake)
        for value, mistakes in new.items():
            found.setdefault(value, mistakes)
            where.setdefault(value, []).append(scope)
    for value, mistakes in found.items():
        inherited = where[value][0].kind != "blueprint" and value[0].file == system.top.at.file
        rest = []
        for scope in where[value]:
            if inherited and (override := _override(system, scope, mistakes[0])) is not None:
                yield broken_by(override, mistakes[0])
            else:
                rest.append(scope)
        if rest and inherited and len(rest) < len(system.everyone):
            yield from (in_some(mistake, [scope.title for scope in rest]) for mistake in mistakes)
        elif rest:
            yield from mistakes


def _override(system: Scopes, scope: Scope, mistake: Mistake) -> Node | None:
    """What one of several environments says itself and so brought a mistake about."""
    trees = ((system.top if loc[:1] == ("accounts",) else scope.tree, loc) for loc in mistake.rests_on)
    return next(filter(None, (override_at(tree, loc) for tree, loc in trees)), None)


def broken_by(override: Node, mistake: Mistake) -> Mistake:
    """A mistake in what all inherit, at the words of one that bring it about."""
    sentence = f"with this, {mistake.path} ({mistake.place}) is wrong: {mistake.sentence}"
    return Mistake(shown_at(override), dotted(override.path), sentence, breaks=True)


def in_some(mistake: Mistake, titles: Sequence[str]) -> Mistake:
    """A mistake in what all inherit that only some bring about, by what they say otherwise."""
    return replace(mistake, sentence=f"{mistake.sentence} (so it is in {listed(titles, len(titles))} alone)")


def _scope(
    kind: Literal["blueprint", "environment", "review"],
    name: str,
    tree: Node,
    layers: Mapping[str, CommonLayer],
    mail: Mail | None = ANY,
) -> Scope:
    """`mail` is what the account has; that of an account that is well is read here."""
    account = _text(tree, "account")
    account = account if account in layers else None
    mail = layers[account].mail if account is not None else mail
    parts: dict[str, Part] = {}
    homes: dict[str, str] = {}
    whole = True
    for group, model in groups().items():
        node = tree.find([group])
        whole &= not _misspelt(tree, group) if node is None else isinstance(node.value, Mapping)
        for each in node.mapping if node else ():
            homes.setdefault(each, group)
        for each, part in _well(model, node).items():
            left = part if kind != "review" else _in_review(each, part)
            if left is not None:
                parts.setdefault(each, left)
    if mail is not None and homes.setdefault(MAIL, COMMON) == COMMON:
        parts[MAIL] = mail
    return Scope(
        kind,
        name,
        tree,
        parts,
        _statics(tree, review=kind == "review"),
        valid(Backup, tree.mapping["backup"]) if "backup" in tree.mapping and kind != "review" else None,
        _well(Person, tree.find(["people"])) if kind != "review" else {},
        whole,
        homes,
        account,
        layers[account] if account else None,
        _domain(tree),
        _limit(tree) if kind == "review" else 1,
        _text(tree, "image_tags", "from"),
        _first_priority(name, tree),
        _text(tree, "priorities") is not None,
    )


def _in_review(name: str, part: Part) -> Part | None:
    """What is left of it in a review environment: a full name belongs to one environment alone."""
    if isinstance(part, Site):
        return sites.in_review({name: part}).get(name)
    return in_review(part) if isinstance(part, Service) else part


def _statics(tree: Node, *, review: bool) -> dict[str, Static]:
    found: dict[str, Static] = {}
    for group, form in (("fixed_responses", FixedResponses), ("redirects", Redirects)):
        if (node := tree.mapping.get(group)) is None or not node.mapping:
            continue
        adapter: TypeAdapter[Mapping[str, Static]] = TypeAdapter(form)
        for key, each in node.mapping.items():
            with suppress(ValidationError):
                found.update(adapter.validate_python({key: plain(each)}))
    return redirects.in_review(found) if review else found


def _misspelt(tree: Node, group: str) -> bool:
    return any(nearest(key, [group]) for key in islice(tree.mapping, _LOOKED_AT) if key not in Review.model_fields)


def _well(model: type[T], node: Node | None) -> dict[str, T]:
    items = {name: valid(model, item) for name, item in (node.mapping if node else {}).items()}
    return {name: item for name, item in items.items() if item is not None}


def _layers(accounts: Node | None) -> dict[str, CommonLayer]:
    declared = accounts.mapping if accounts else {}
    commons = {name: node.find(["common"]) for name, node in declared.items() if isinstance(node.value, Mapping)}
    layers = {name: valid(CommonLayer, common) if common else CommonLayer() for name, common in commons.items()}
    return {name: layer for name, layer in layers.items() if layer is not None}


def _text(tree: Node, *field: str) -> str | None:
    node = tree.find(field)
    return node.value if node is not None and isinstance(node.value, str) else None


@cache
def _kind(form: Any) -> TypeAdapter[Any]:
    """Built for what a declaration says alone."""
    return TypeAdapter(form)


def _domain(tree: Node) -> str | None:
    text = _text(tree, "domain")
    try:
        return _kind(Domain).validate_python(text) if text is not None else None
    except ValidationError:
        return None


def _limit(tree: Node) -> int:
    """Review's limit; 0 where it is wrong, so that nothing is counted with it."""
    field = Review.model_fields["limit"]
    text = _text(tree, "limit")
    try:
        return _kind(Limit).validate_python(text) if text is not None else int(field.default)
    except ValidationError:
        return 0


def _first_priority(name: str, tree: Node) -> int:
    text = _text(tree, "priorities")
    try:
        return _kind(FirstPriority).validate_python(text) if text is not None else first_number(name)
    except ValidationError:
        return first_number(name)
