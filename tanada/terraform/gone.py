"""Stacks that are declared no more, and whose state is left.

They are taken down with provider and backend as the code of today emits them for that account, and no resource:
Terraform takes the order from the state, and nothing stored runs.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tanada.contract import state
from tanada.declarations.lookup import find_stack
from tanada.errors import AwsError, TanadaError, TerraformError
from tanada.files import CONFIGURATION, private_folder, write_private
from tanada.terraform import workspaces
from tanada.terraform.folders import offline_states
from tanada.terraform.layout import Layout, Target
from tanada.text import listed

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.terraform.run import Run

Json = Mapping[str, Any]


def find(run: Run, word: str, *, offline: bool) -> Stack:
    """The stack that a word means: a declared one, or by its whole name one whose state is left; raises TanadaError
    where it is none."""
    try:
        return find_stack(run.stacks, word)
    except TanadaError as error:
        if not _NAME.fullmatch(word):
            raise
        found = _offline(run, word) if offline else _in_buckets(run, word, error)
        if found is None:
            raise TanadaError(f"{error} {_no_state(run, offline=offline)}") from None
        return found


def target(run: Run, word: str, workspace: str | None, *, offline: bool) -> Target:
    """The target of a command that takes down what is there, whatever made it."""
    return workspaces.choose(run.system, find(run, word, offline=offline), workspace)


def _no_state(run: Run, *, offline: bool) -> str:
    if offline:
        return "Nor does a state of it lie in .tanada/offline."
    accounts = sorted({each.account for each in run.stacks})
    return (
        f"Nor is a state of it left in the state buckets of {listed(accounts, len(accounts))}. If its account was "
        "taken away, too, declare that again (accounts: its name, id, region and role), and destroy it then."
    )


# --- where its state lies ---------------------------------------------------------------------------------------------


_NAME = re.compile(r"review|(?:environment|common)-[a-z][a-z0-9-]*")


def _in_buckets(run: Run, name: str, unknown: TanadaError) -> Stack | None:
    from tanada.aws.states import undeclared  # loads boto3

    declared = frozenset(stack.name for stack in run.stacks)
    unread: list[str] = []
    for common in _commons(run.stacks):
        try:
            held = {each for each, *_ in undeclared(common, run.system.name, declared)}
        except AwsError as error:  # of an account that nobody has begun with, or may not enter
            unread.append(str(error))
            continue
        if name in held:
            return _stack(common, name, run.system.name)
    if unread:
        raise TanadaError(f"{unknown} Whether a state of it is left can't be told of all accounts: {' '.join(unread)}")
    return None


def _commons(stacks: Sequence[Stack]) -> list[Stack]:
    """A common stack of each state bucket: where two accounts share one, of the one that is protected."""
    commons = sorted((stack for stack in stacks if stack.kind == "common"), key=lambda stack: stack.protected)
    return [*{stack.bucket: stack for stack in commons}.values()]


def _stack(common: Stack, name: str, system: str) -> Stack:
    """One of the same account."""
    kind = kind_of(name)
    return replace(
        common,
        name=name,
        kind=kind,
        environment=name.removeprefix("environment-") if kind == "environment" else None,
        state_key=f"{system}/{name}.tfstate",
        declared=False,
    )


def kind_of(name: str) -> Any:
    """The kind of a stack that the inventory doesn't know: its name is all that is left of it."""
    if name == "review":
        return "review"
    return "common" if name.startswith("common-") else "environment"


def _offline(run: Run, name: str) -> Stack | None:
    states = [state.parse_file(file) for _, file in offline_states(run.layout, name)]
    held = any(state.resources(each) for each in states)
    return _stack(_account(run, name, states), name, run.system.name) if held else None


def _account(run: Run, name: str, states: Sequence[Json]) -> Stack:
    """The common stack of the account that states lie in: offline only their ARNs say it."""
    commons = _commons(run.stacks)
    places = Counter(match.groups() for each in states for match in _ARN.finditer(json.dumps(each)))
    for (region, number), _ in places.most_common():
        if found := next((each for each in commons if (each.region, each.account_id) == (region, number)), None):
            return found
    if places:
        (region, number), _ = places.most_common(1)[0]
        raise TerraformError(
            f"{name} is declared no more, and neither is its account {number} in {region}: declare that again "
            "(accounts: its name, id, region and role), and destroy it then."
        )
    return commons[0]


_ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:([a-z]+(?:-[a-z]+)+-\d):(\d{12}):")


# --- what it is taken down with ---------------------------------------------------------------------------------------


def emit(layout: Layout, stack: Stack, stacks: Sequence[Stack]) -> None:
    """Write what Terraform reads of such a stack, from what was synthesized of those in its account."""
    beside = [each for each in stacks if each.bucket == stack.bucket]
    beside.sort(key=lambda each: (each.account != stack.account, each.kind != "common"))
    files = [file for each in beside if (file := layout.configuration(each.name)).is_file()]
    if not files:
        raise TerraformError(f"Of account {stack.account} nothing is synthesized yet: run tanada synth.")
    emitted = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    text = json.dumps(configuration(stack, emitted), indent=2, ensure_ascii=False)
    write_private(private_folder(layout.gone(stack.name)) / CONFIGURATION, text)


def configuration(stack: Stack, emitted: Sequence[Json]) -> dict[str, Any]:
    """A configuration without any resource; `emitted` are those of stacks in the same account, its common one first.
    Pure."""
    terraform = json.loads(json.dumps(emitted[0]["terraform"]))
    for kind, backend in (terraform.get("backend") or {}).items():
        if kind == "s3":
            backend["key"] = stack.state_key
            if stack.kind == "review":
                backend["workspace_key_prefix"] = stack.state_key.removesuffix(".tfstate")
    required: dict[str, Any] = {}
    providers: dict[str, list[Any]] = {}
    for each in reversed(emitted):
        required |= (each["terraform"].get("required_providers")) or {}
    terraform["required_providers"] = required
    seen = set()
    for each in emitted:
        for name, block in _providers(each):
            if (name, block.get("alias")) not in seen:
                seen.add((name, block.get("alias")))
                providers.setdefault(name, []).append(block)
    asked = set(_VARIABLE.findall(json.dumps(providers)))
    variables = {
        name: block for each in emitted for name, block in (each.get("variable") or {}).items() if name in asked
    }
    blocks = {"provider": providers, "variable": variables}
    return {"terraform": terraform, **{name: block for name, block in blocks.items() if block}}


_VARIABLE = re.compile(r"\bvar\.([A-Za-z0-9_]+)")


def _providers(emitted: Json) -> Iterator[tuple[str, Json]]:
    """Those that need no resource to be configured; an extension's may."""
    for name, blocks in (emitted.get("provider") or {}).items():
        for block in blocks if isinstance(blocks, list) else [blocks]:
            if not _REFERENCE.search(json.dumps(block)):
                yield name, block


_REFERENCE = re.compile(r"\$\{[^}]*\b(?!var\.)(?:data|local|aws_[a-z0-9_]+)\.")


def check_providers(stack: Stack, held: Json, emitted: Json) -> None:
    """Refuse a state that names a provider which nobody declares any more: Terraform could delete nothing of it."""
    there = {(name, block.get("alias")) for name, block in _providers(emitted)}
    known = set((emitted["terraform"].get("required_providers")) or {})
    for each in held.get("resources") or ():
        match = _PROVIDER.search(str(each.get("provider")))
        if match is None or match["source"] == "terraform.io/builtin/terraform" or each.get("mode") == "data":
            continue
        name = match["source"].rsplit("/", 1)[-1]
        if name not in known or (match["alias"] and (name, match["alias"]) not in there):
            called = f"{name}.{match['alias']}" if match["alias"] else name
            raise TerraformError(
                f"{stack.name}: its state holds {each['type']}.{each['name']} of the provider {called}, which no stack "
                f"of account {stack.account} has any more. Declare again what brought it (a hosted zone of another "
                "account, an extension), and destroy this then."
            )


_PROVIDER = re.compile(r'provider\["(?P<source>[^"]+)"\](?:\.(?P<alias>[A-Za-z0-9_-]+))?$')
