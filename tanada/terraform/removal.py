"""What `removal` holds: asked of what was applied, not only of what is declared now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanada.contract.removal import is_let_go, those_let_go
from tanada.declarations import content
from tanada.errors import TerraformError
from tanada.resources import is_kept
from tanada.text import count

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declarations.tree import Node
    from tanada.declared.system import System
    from tanada.plan import Summary

Json = Mapping[str, Any]


def outputs_before(plan: Json) -> Json:
    """The outputs of the state that a plan, as JSON, was made on."""
    return ((plan.get("prior_state") or {}).get("values") or {}).get("outputs") or {}


def is_held(system: System, stack: Stack, applied: Json) -> bool:
    """Whether a stack is kept: where it is declared so, or was not let go yet by what was applied, its outputs."""
    if stack.kind == "review":
        return False
    return not is_let_go(applied) or (stack.declared and content.kept(system, stack))


def is_written(system: System, stack: Stack) -> bool:
    """Whether `removal: delete` stands in a stack's declaration, applied or not."""
    return stack.declared and not content.kept(system, stack)


# --- one thing of a stack ---------------------------------------------------------------------------------------------


def check_let_go(summary: Summary, plan: Json) -> None:
    """Refuse to lose a store or a site that was not let go before, in a stack that is kept, whatever `--destroy` names:
    most kinds have no protection of AWS's own, so a slip would be one step."""
    applied = outputs_before(plan)
    let_go = those_let_go(applied)
    lost: dict[str, list[str]] = {}
    for name, address in _of_what_goes(summary, plan):
        if name not in let_go:
            lost.setdefault(name, []).append(address)
    if lost:
        what = "; ".join(f"{name} ({', '.join(addresses)})" for name, addresses in lost.items())
        raise TerraformError(
            f"This plan loses what was not let go: {what}. Removing it is two steps: put it back into the declaration, "
            "write removal: delete beside it, and apply that; then take it away."
        )


def _of_what_goes(summary: Summary, plan: Json) -> Iterator[tuple[str, str]]:
    """What is kept and goes with a store or a site that is declared no more: its name, and the address."""
    gone: set[str] = set()
    every: set[str] = set()
    for kind in ("stores", "sites"):
        change = (plan.get("output_changes") or {}).get(kind) or {}
        gone |= _names(change.get("before")) - _names(change.get("after")) - _names(change.get("after_unknown"))
        every |= _names((outputs_before(plan).get(kind) or {}).get("value"))
    for change in summary.destroyed:
        address = change.address.partition(".")[2]
        owner = next((name for name in every if address.startswith(f"{name}_")), "")  # no name has an underscore
        if owner in gone and is_kept(change.type):
            yield owner, change.address


def _names(value: Any) -> set[str]:
    return {*value} if isinstance(value, Mapping) else set()


# --- a whole stack ----------------------------------------------------------------------------------------------------


def check_declared(root: Path, system: System, stack: Stack) -> None:
    """Destroying what is kept is two steps."""
    if stack.declared and content.kept(system, stack):
        raise TerraformError(
            f"{stack.name} is kept (removal: keep). Removing it is two steps: write removal: delete in "
            f"{place(root, stack)} and apply that, then destroy."
        )


def check_applied(root: Path, system: System, stack: Stack, state: Json) -> None:
    """The second of the two steps waits for the first: `state` has to say that it was let go."""
    outputs = state.get("outputs") or {}
    # A destruction takes the outputs before all else, literal ones are written before all else: where there is none,
    # one was begun that did not come to its end, once it might.
    if not outputs or not is_held(system, stack, outputs):
        return
    if not (held := kept_in(state)):
        return
    what = f"{count(len(held), 'resource')} that can't be made again ({', '.join(held[:_NAMED])}"
    what += ", …)" if len(held) > _NAMED else ")"
    if stack.declared:
        raise TerraformError(
            f"{stack.name}: removal: delete is written in {place(root, stack)}, but what was last applied is kept: its "
            f"state holds {what}. Apply that first (tanada plan {stack.name}, tanada apply {stack.name}), then destroy."
        )
    raise TerraformError(
        f"{stack.name} is declared no more, and nothing that was applied of it says removal: delete: its state holds "
        f"{what}. "
        f"Removing it is two steps: put {_file(stack)} back with removal: delete, and apply that; then it may be taken "
        f"away, and tanada destroy {stack.name} works."
    )


def kept_in(state: Json) -> list[str]:
    """The addresses of what a state holds and `removal: keep` keeps."""
    entries = (each for each in state.get("resources") or () if each.get("mode") != "data" and each.get("instances"))
    return sorted(f"{each['type']}.{each['name']}" for each in entries if is_kept(str(each.get("type"))))


_NAMED = 3
"""Addresses that a sentence names."""


def place(root: Path, stack: Stack) -> str:
    """Where `removal` of a declared stack is written, `environments/test.yaml:3`; its file where it isn't yet."""
    from tanada.declarations.folder import environment_file
    from tanada.declarations.loader import compose  # no `--help` reads a declaration

    declared = compose(root)
    if stack.environment is not None:
        return _at(declared.environments[stack.environment].find(["removal"])) or environment_file(stack.environment)
    return _at(declared.accounts.find([stack.account, "common", "removal"])) or "its common layer"


def declared_at(root: Path, stack: Stack, address: str) -> str | None:
    """Where the store or the load balancer stands that an address belongs to, `environments/test.yaml:12`."""
    from tanada.declarations.loader import compose  # no `--help` reads a declaration

    declared = compose(root)
    if stack.kind == "common":
        parts = declared.accounts.find([stack.account, "common", "load_balancers"])
        words = {f"load_balancer_{name}_": node for name, node in (parts.mapping if parts else {}).items()}
    else:
        tree = declared.environments[stack.environment] if stack.environment is not None else declared.review
        parts = tree.find(["stores"]) if tree is not None else None
        words = {f"{name}_": node for name, node in (parts.mapping if parts else {}).items()}
    name = address.partition(".")[2]
    found = next((each for each in words if name.startswith(each)), None)
    return _at(words[found]) if found is not None else None


def _at(node: Node | None) -> str | None:
    if node is None or node.source.startswith("default"):
        return None
    from tanada.declarations.tree import shown_at

    at = shown_at(node)
    return f"{at.file}:{at.line}"


def _file(stack: Stack) -> str:
    """What declared a stack that is declared no more."""
    match stack.kind:
        case "environment":
            return f"environments/{stack.environment}.yaml"
        case "review":
            return "workspaces/review.yaml"
        case "common":
            return f"accounts.{stack.name.removeprefix('common-')} of system.yaml"


def unapplied(root: Path, system: System, stack: Stack, applied: Json) -> str:
    """What to say beside a loss where the word is written but was not applied."""
    if is_written(system, stack) and not is_let_go(applied):
        return f" removal: delete is written in {place(root, stack)}, but not applied yet: that comes before any loss."
    return ""
