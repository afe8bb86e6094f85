"""Vetting: may Terraform plan, with credentials, JSON that came out of code which nobody has approved yet?

What the base emits for the same stack is the measure; whatever isn't known to be harmless is refused, never a list of
known harms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tanada.errors import TerraformError
from tanada.resources.data_sources import SAFE, SAFE_EPHEMERAL
from tanada.terraform import bounds
from tanada.terraform.emitted import Json, read, stacks
from tanada.terraform.expression_forms import Forms, forms, unknown
from tanada.terraform.neighbours import SAME, STATE, alike, as_text, decisive, states
from tanada.terraform.template import UnreadableError, calls
from tanada.text import cut, quoted, visible

FUNCTIONS = frozenset(
    {
        "can",
        "cidrsubnet",
        "contains",
        "element",
        "join",
        "length",
        "lookup",
        "regex",
        "replace",
        "sha256",
        "slice",
        "split",
        "substr",
        "tolist",
        "trim",
        "try",
    }
)
"""Those that Tanada emits; none reads a file, the environment or a clock."""
_TOP = ("//", "resource", "data", "ephemeral", "output", "variable", "locals", "moved", "import", *SAME)
_RUNS = {
    "provisioner": "runs commands",
    "connection": "opens connections",
    "provider": "chooses another provider",
    "dynamic": "makes blocks that nobody can read here",
}
_ELSEWHERE = ("resource.aws_route53_record", "data.aws_route53_zone")
"""What stands in another account, by a provider that the base has for its hosted zones; data is the base's anyway."""
_LIFECYCLE = (
    "create_before_destroy",
    "prevent_destroy",
    "ignore_changes",
    "replace_triggered_by",
    "precondition",
    "postcondition",
)
_STACK = re.compile(r"(common|environment)-[a-z]([a-z0-9-]*[a-z0-9])?|review")
_DEEPEST = 60
"""Levels of a JSON value; what is emitted has eight, and Python's own limit lies at a thousand."""
_MOST = 50
"""Sentences of one stack; nobody reads more."""
_DEEP = f"is nested more than {_DEEPEST} deep"


@dataclass(frozen=True)
class Vetted:
    """What became of each stack of a folder."""

    passed: tuple[str, ...] = ()
    refused: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Stack → sentences why."""


def vet_folder(head: Path, base: Path) -> Vetted:
    """Every stack that lies in a folder like `cdktf.out`, against the base's; raises TerraformError where there is
    none, or where the base's can't be read."""
    known: dict[str, Json] = {}
    for name in stacks(base):
        stack = read(base / "stacks" / name)
        if isinstance(stack, str):
            raise TerraformError(f"{visible(str(base))}: {name} {stack}: give the folder that the base synthesized.")
        known[name] = stack
    passed, refused, expected = [], {}, forms(known.values())
    for name in stacks(head):
        stack = read(head / "stacks" / name, alone=True)
        sentences = [stack] if isinstance(stack, str) else vet_stack(name, stack, known, expected)
        if sentences:
            refused[name] = tuple(sentences)
        else:
            passed.append(name)
    return Vetted(tuple(passed), refused)


def vet_stack(name: str, head: Json, base: Mapping[str, Json], known: Forms | None = None) -> list[str]:
    """The same of one stack, where `base` is all that the base emits, by stack; `known` are its expressions, which
    whoever vets many stacks looks for once.

    A stack that the base hasn't is held to the base's other stacks of its kind: it must be as one of them but for its
    own name in its tags, its state's key and its messages.
    """
    if not _STACK.fullmatch(name):
        return [f"{quoted(name)} is no name of a stack"]
    if too_deep(head):
        return [_DEEP]
    if name in base:
        return vet(head, base[name], known or forms(base.values()))
    if (neighbour := alike(name, head, base)) is None:
        return [
            "is new, and no stack of its kind in the base has its backend, its provider and the states that it reads,"
            " each under its own name"
        ]
    return _contents(head, neighbour, known or forms(base.values()))


def vet(head: Json, base: Json, known: Forms | None = None) -> list[str]:
    """Why one stack's emitted JSON must not be planned with credentials: sentences, none where it may.

    `base` is what the base emits for the same stack, `known` the expressions that it emits for all: a service that is
    new in this one has those of others.
    """
    if too_deep(head):
        return [_DEEP]
    return [*_differing(head, base), *_contents(head, base, known or forms([base]))]


def _differing(head: Json, base: Json) -> Iterator[str]:
    for block in SAME:
        if as_text(decisive(head, block)) != as_text(decisive(base, block)):
            yield f"{block}: isn't what the base emits for this stack"
    if as_text(states(head)) != as_text(states(base)):
        yield f"data.{STATE}: isn't what the base emits for this stack"


def _contents(head: Json, base: Json, known: Forms) -> list[str]:
    found = [
        *shapes(head),
        *_read(head, base),
        *expressions(head),
        # What grows and takes a value is said to be unknown already.
        *([f"{_dotted(path)}: {why}" for path, why in unknown(head, known)] or bounds.growing(head, known)),
        *bounds.costs(head, base),
    ]
    return found if len(found) <= _MOST else [*found[:_MOST], f"and {len(found) - _MOST:,} more of this"]


def shapes(head: Json, *, offline: bool = False) -> Iterator[str]:
    """What of a stack's blocks isn't as Tanada emits it; `offline` any data source of AWS is answered."""
    yield from _top(head)
    yield from _resources(head, offline=offline)
    yield from _other_blocks(head)


def _top(head: Json) -> Iterator[str]:
    for block in head:
        if block not in _TOP:
            yield f"{_shown(block)}: no stack of Tanada holds such a block"


def _read(head: Json, base: Json) -> Iterator[str]:
    """What is there already is read as the head names it: its attributes would stand in the plan."""
    known = {as_text(each) for each in _listed(base.get("import"))}
    for each in _listed(head.get("import")):
        if as_text(each) not in known:
            yield "import: takes over what the base doesn't, so its attributes would be read"
    for where, body in _data(head).items():
        if as_text(body) != as_text(_data(base).get(where)):
            yield f"data.{_dotted(where)}: reads what the base doesn't"


def _data(stack: Json) -> dict[tuple[str, str], Any]:
    """The data sources but for states, by type and name; what has another shape is refused elsewhere."""
    types = stack.get("data")
    return {
        (type_, name): body
        for type_, bodies in (types.items() if isinstance(types, Mapping) else ())
        if type_ != STATE and isinstance(bodies, Mapping)
        for name, body in bodies.items()
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _resources(head: Json, *, offline: bool) -> Iterator[str]:
    """Resources, data sources and ephemeral resources: their types, and what of them isn't an argument."""
    entered = _entered(head)
    for block, known in (("resource", None), ("data", SAFE), ("ephemeral", SAFE_EPHEMERAL)):
        types = head.get(block, {})
        if not isinstance(types, Mapping):
            yield f"{block}: isn't shaped as Tanada emits it"
            continue
        for type_, bodies in types.items():
            if block == "data" and type_ == STATE:
                continue  # the same as the base's
            where = f"{block}.{_shown(type_)}"
            if known is None and type_ != "terraform_data" and not re.fullmatch(r"aws_[a-z0-9_]+", type_):
                yield f"{where}: only resources of the provider aws and terraform_data are planned"
            answered = offline and block == "data" and re.fullmatch(r"aws_[a-z0-9_]+", type_)
            if known is not None and type_ not in known and not answered:
                yield f"{where}: only what reads nothing secret is planned ({', '.join(known) or 'none is known'})"
            if not isinstance(bodies, Mapping):
                yield f"{where}: isn't shaped as Tanada emits it"
                continue
            for name, body in bodies.items():
                yield from _body(f"{where}.{_shown(name)}", body, entered if where in _ELSEWHERE else ())


def _entered(head: Json) -> tuple[str, ...]:
    """The providers of other accounts; that they are the base's is compared as a whole."""
    providers = head.get("provider")
    ours = _listed(providers.get("aws")) if isinstance(providers, Mapping) else ()
    return tuple(f"aws.{each['alias']}" for each in ours if isinstance(each, Mapping) and "alias" in each)


def _body(where: str, body: Any, providers: Collection[str]) -> Iterator[str]:
    if not isinstance(body, Mapping):
        yield f"{where}: isn't shaped as Tanada emits it"
        return
    for key, does in _RUNS.items():
        if key in body and not (key == "provider" and body[key] in providers):
            yield f"{where}.{key}: {does}"
    if "dynamic" not in body and _holds_dynamic(body):
        yield f"{where}: holds dynamic, which {_RUNS['dynamic']}"
    lifecycle = body.get("lifecycle", {})
    if not isinstance(lifecycle, Mapping):
        yield f"{where}.lifecycle: isn't shaped as Tanada emits it"
        return
    for key in lifecycle:
        if key not in _LIFECYCLE:
            yield f"{where}.lifecycle.{_shown(key)}: isn't what Tanada emits"


def _holds_dynamic(value: Any) -> bool:
    """Whether blocks are made anywhere below; a tag may have that name, for its value is a text."""
    if isinstance(value, list):
        return any(map(_holds_dynamic, value))
    return isinstance(value, Mapping) and any(
        (key == "dynamic" and isinstance(each, Mapping | list)) or _holds_dynamic(each) for key, each in value.items()
    )


def _other_blocks(head: Json) -> Iterator[str]:
    for block in ("output", "variable"):
        bodies = head.get(block, {})
        if not isinstance(bodies, Mapping) or not all(isinstance(each, Mapping) for each in bodies.values()):
            yield f"{block}: isn't shaped as Tanada emits it"
    if not isinstance(head.get("locals", {}), Mapping):
        yield "locals: isn't shaped as Tanada emits it"


def expressions(head: Json, known: Collection[str] = FUNCTIONS) -> Iterator[str]:
    """No function but those that are known, in any text at any depth; keys are templates too."""
    for where, text in _texts(head, ()):
        try:
            # Terraform's own strings are in this form; which of the two it reads as an expression is all the same then.
            called = {*calls(text), *calls(unicodedata.normalize("NFC", text))}
        except UnreadableError as error:
            yield f"{where}: can't be read: {error}"
            continue
        for name in sorted(called - {*known}):
            yield f"{where}: calls {name}(), which Tanada doesn't emit"


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every text with where it stands."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield _dotted((*path, key)), key
            yield from _texts(each, (*path, key))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, path)
    elif isinstance(value, str):
        yield _dotted(path), value


def too_deep(value: Any) -> bool:
    """Whether a value is nested deeper than what is emitted ever is; without calling itself, which has a limit too."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, Mapping) else each if isinstance(each, list) else ())
        ]
    return bool(level)


def _dotted(path: tuple[str, ...]) -> str:
    return cut(".".join(map(_shown, path)), 300)


def _shown(name: str) -> str:
    return visible(cut(name, 60))
