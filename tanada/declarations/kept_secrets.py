"""Which secrets an environment's services take, and where each is kept: references alone, for `tanada secrets`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tanada.declarations.inventory import Stack, inventory
from tanada.declarations.lookup import find_stack
from tanada.declarations.placeholders import mistakes
from tanada.declarations.placeholders import parts as pieces
from tanada.declared.blueprint import Environment, Review
from tanada.declared.container import Container
from tanada.declared.logs import ROUTER
from tanada.declared.secrets import Generated, place, references
from tanada.declared.service import Service
from tanada.declared.sign_in import People
from tanada.declared.system import System
from tanada.declared.tags import OURS
from tanada.errors import TanadaError
from tanada.names import Names, is_workspace
from tanada.regions import partition
from tanada.text import listed, meant, one_of, quoted

REVIEW = "review-"
_OF_IMAGE = "(image)"
"""Stands for a variable where a registry's credentials are meant."""


@dataclass(frozen=True)
class Instance:
    """An environment, or the review environment of one workspace."""

    name: str
    """What `{environment}` is there."""
    stack: Stack
    settings: Environment | Review
    domain: str

    def words(self, system: System) -> dict[str, str]:
        """What placeholders stand for in it that a secret's name may hold."""
        names = Names(system=system.name, environment=self.name, label=self.name.removeprefix(REVIEW))
        stores: dict[str, str] = {}
        for part, store in self.settings.stores.items():
            called = store.renamed_from[0] if store.renamed_from else part
            if store.table is not None:
                stores[f"{part}.name"] = names.joined(called)
            elif (bucket := store.bucket) is not None:
                made = names.bucket(called, self.stack.account_id, self.stack.region)
                stores[f"{part}.name"] = bucket.existing or made
        return {
            "environment": self.name,
            "domain": self.domain,
            "region": self.stack.region,
            "account": self.stack.account_id,
            "system": system.name,
            **stores,
        }


@dataclass(frozen=True)
class Kept:
    """Where one secret is kept."""

    reference: str
    """As it is declared, its placeholders filled in."""
    store: Literal["secretsmanager", "ssm"]
    account: str
    region: str
    name: str
    """What its store calls it: a name, of a secret that is declared by its ARN the ARN."""
    key: str | None
    """The key of its JSON; None where all of it is meant."""
    readers: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """The containers that take it, `web` or of a sidecar `web.nginx`, each with its variable."""
    length: int | None = field(default=None, compare=False)
    """So many random letters and digits an apply makes of it; None where people make it."""
    maker: str = field(default="", compare=False)
    """For whom an apply makes it: `web.AUTH_KEY`."""

    def __str__(self) -> str:
        """`/kakei/test/key (Parameter Store)`."""
        where = "Parameter Store" if self.store == "ssm" else "Secrets Manager"
        return f"{self.reference} ({where})"

    @property
    def services(self) -> tuple[str, ...]:
        """Those that take it."""
        return tuple(dict.fromkeys(container.partition(".")[0] for container, _ in self.readers))


def find_instance(system: System, word: str) -> Instance:
    """The environment that a word means; raises TanadaError with what was probably meant."""
    stacks = inventory(system)
    workspace = word.removeprefix(REVIEW)
    if system.review is not None and word.startswith(REVIEW) and is_workspace(workspace):
        stack = find_stack(stacks, "review")
        return Instance(word, stack, system.review, f"{workspace}.{system.review.domain}")
    stack = find_stack(stacks, word)
    if stack.kind == "review":
        raise TanadaError(f"Name one review environment: {REVIEW}WORKSPACE.")
    if stack.environment is None:
        raise TanadaError(f"{stack.name} is no environment; {one_of(sorted(system.environments))}")
    return Instance(stack.environment, stack, system.environments[stack.environment], _domain(system, stack))


def _domain(system: System, stack: Stack) -> str:
    return system.environments[str(stack.environment)].domain or ""  # without one no text has {domain}: checked


def kept(system: System, instance: Instance) -> tuple[Kept, ...]:
    """What its services and tasks take, by reference, each once."""
    words = instance.words(system)
    found: dict[str, list[tuple[str, str]]] = {}
    made: dict[str, tuple[int, str]] = {}
    for name, service in sorted(instance.settings.running().items()):
        for container, variable, text, length in _references(name, service):
            if not any(mistakes(text, words)):
                filled = _filled(text, words)
                found.setdefault(filled, []).append((container, variable))
                if length is not None:
                    made[filled] = length, f"{container}.{variable}"
    return tuple(
        _kept(text, readers, instance.stack, *made.get(text, (None, ""))) for text, readers in sorted(found.items())
    )


def generated(system: System, instance: Instance) -> tuple[Kept, ...]:
    """Those whose values an apply makes."""
    return tuple(each for each in kept(system, instance) if each.length is not None)


def _references(name: str, service: Service) -> Iterator[tuple[str, str, str, int | None]]:
    """Container, variable, reference and, of a value that is made, its length, as they are written: what a sidecar
    takes of its service's is not its own."""
    whole = service.named(name)
    containers: dict[str, tuple[Container, Container]] = {name: (service, whole)}
    containers |= {f"{name}.{each}": (sidecar, whole.sidecars[each]) for each, sidecar in service.sidecars.items()}
    for container, (settings, named) in containers.items():
        for variable, text in references(named.secrets).items():
            declared = settings.secrets[variable]
            yield container, variable, text, declared.generate if isinstance(declared, Generated) else None
        if settings.credentials is not None:
            yield container, _OF_IMAGE, settings.credentials, None
    for option, text in service.logs.references.items():
        yield f"{name}.{ROUTER}", option, text, None


def _filled(text: str, words: Mapping[str, str]) -> str:
    return "".join(piece if isinstance(piece, str) else words[getattr(piece, "word", "")] for piece in pieces(text))


def _kept(text: str, readers: Sequence[tuple[str, str]], stack: Stack, length: int | None, maker: str) -> Kept:
    whole = place(text, partition(stack.region), stack.region, stack.account_id)
    _, _, store, region, account, *rest = whole.value_from.split(":")
    if store == "ssm":
        name, key = rest[0].removeprefix("parameter"), None
    else:
        # `secret:<name>`, and for one key `:<key>::` behind it
        name, key = rest[1], rest[2] if len(rest) > 2 and rest[2] else None
        if text.startswith("arn:"):
            name = ":".join(whole.value_from.split(":")[:7])
    kind: Literal["secretsmanager", "ssm"] = "ssm" if store == "ssm" else "secretsmanager"
    return Kept(text, kind, account, region, name, key, tuple(readers), length, maker)


def kept_at(text: str, stack: Stack) -> Kept:
    """Where a secret of a stack's own account is kept."""
    return _kept(text, (), stack, None, "")


def find_kept(secrets: Collection[Kept], word: str, where: str) -> Kept:
    """The one that a word means: a variable's name, `service.NAME`, or the reference itself."""
    by_word: dict[str, set[Kept]] = {}
    for each in secrets:
        named = [(variable, f"{service}.{variable}") for service, variable in each.readers]
        for name in (each.reference, *(name for pair in named for name in pair)):
            by_word.setdefault(name, set()).add(each)
    found = by_word.get(word)
    if found is None:
        names = sorted({variable for each in secrets for _, variable in each.readers})
        known = f"; {one_of(names)}{meant(word, names)}" if names else ": its services take none"
        raise TanadaError(f"{where} declares no secret {quoted(word)}{known}")
    if len(found) > 1:
        ways = sorted(f"{service}.{word}" for each in found for service, variable in each.readers if variable == word)
        raise TanadaError(f"{word} is several secrets of {where}: say which, {listed(ways, len(ways))}.")
    return next(iter(found))


def common_of(system: System, word: str) -> tuple[Stack, People] | None:
    """The common stack that a word names, and by whom it knows people; None where it names none, or that knows none."""
    stack = next((each for each in inventory(system) if each.kind == "common" and each.name == word), None)
    people = system.accounts[stack.account].common.sign_in if stack is not None else None
    return (stack, people) if stack is not None and people is not None else None


def common_tags(system: System, stack: Stack) -> dict[str, str]:
    """The tags of one that a common layer takes."""
    from tanada.declarations.tags import filled

    own = filled(system.accounts[stack.account].common.tags, stack, system=system.name, environment="common")
    return dict(zip(OURS, (system.name, "common", "Tanada"), strict=False)) | own


def tags_of(system: System, instance: Instance, secret: Kept) -> dict[str, str]:
    """The tags of one that is made: those of everything in its environment. What several environments share is called
    `common`, as what an account's environments share."""
    from tanada.declarations.tags import filled

    others = [find_instance(system, name) for name in system.environments if name != instance.name]
    shared = any(secret.name == each.name for other in others for each in kept(system, other))
    environment = "common" if shared else instance.name
    own = filled(
        instance.settings.tags, instance.stack, system=system.name, environment=environment, domain=instance.domain
    )
    return dict(zip(OURS, (system.name, environment, "Tanada"), strict=False)) | own
