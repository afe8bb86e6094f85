"""What apply and destroy refuse: protected accounts, stores that are kept, a common layer in use, a missing `yes`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tanada.errors import TerraformError
from tanada.plan import Message, Summary, why
from tanada.resources import is_kept
from tanada.secrecy import HIDDEN, UNKNOWN
from tanada.text import cut, listed, meant, nearest_first, one_of

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack


def check_kept(summary: Summary, named: Collection[str], later: Collection[str] = (), more: str = "") -> None:
    """Refuse a plan that destroys or replaces what can't be made again and wasn't named; of what goes `later` it is
    asked then. `more` is said beside."""
    named = {*named, *later}
    lost = [change for change in summary.destroyed if is_kept(change.type) and change.address not in named]
    if lost:
        what = "; ".join(f"{change.address} ({change.action}: {why(change)})" for change in lost)
        flags = " ".join(f"--destroy '{change.address}'" for change in lost)
        first = "".join(f" {words}" for type_, words in _BEFORE.items() if type_ in {change.type for change in lost})
        raise TerraformError(
            f"This plan loses what removal: keep holds: {what}.{first}{more} If that is meant, add {flags}"
        )


_BEFORE = {
    "aws_ecr_repository": "ECR deletes no registry that holds images: empty it first, once nothing runs them.",
    "aws_eip": "Partners may know the address: tell them first.",
    "aws_subnet": "Tasks may stand in the subnets: the environments are applied after this, and this once more then.",
}
"""What has to be done before something of a type goes."""


def check_locked(summary: Summary) -> None:
    """Refuse what AWS would refuse halfway, when what stands beside it is gone: no flag of ours lifts its own lock."""
    locked = [change for change in summary.destroyed if change.locked]
    if locked:
        what = ", ".join(change.address for change in locked)
        ways = "; ".join(dict.fromkeys(_LETS_GO.get(change.type, "write removal: delete") for change in locked))
        raise TerraformError(
            f"AWS protects {what} from deletion. Removing it is two steps: put it back into the declaration, {ways} "
            "and apply that; then take it away."
        )


_LETS_GO = {
    "aws_db_instance": "write removal: delete beside it in stores (old: delete of what it was restored from)",
    "aws_rds_cluster": "write removal: delete beside it in stores (old: delete of what it was restored from)",
    "aws_dynamodb_table": "write removal: delete beside it in stores (old: delete of what it was restored from)",
    "aws_lb": "write removal: delete beside it in common.load_balancers (one that is only called otherwise stays where "
    "it is: renamed_from)",
}


def prevented(messages: Sequence[Message]) -> list[str]:
    """The addresses of a plan that Terraform refuses as it would destroy what is kept; none where it says more."""
    errors = [message for message in messages if message.severity == "error"]
    found = [_PREVENTED.search(" ".join(message.detail.split())) for message in errors]
    return [match["address"] for match in found if match] if all(found) else []


def in_our_words(
    addresses: Sequence[str],
    tainted: Collection[str],
    named: str,
    plan: Mapping[str, Any],
    declared_at: Callable[[str], str | None] = lambda _address: None,
) -> str:
    """The sentence for such a plan: Terraform advises to edit the configuration or to use -target, which nobody can.

    `tainted` are those of the state that the provider gave up on: nothing of them need have changed. `named` is how the
    stack is written on the command line; what Terraform had planned by then, as JSON, says what changed, `declared_at`
    where what has an address is declared.
    """
    marked = [address for address in addresses if address in tainted]
    imports = replaced_imports(plan, addresses)
    addresses = [address for address in addresses if address not in imports]
    if not addresses:
        return " ".join(imports.values())
    kinds = {address.partition(".")[0] for address in addresses if address not in marked}
    ways = [words for type_, words in _CAN_NOT_CHANGE.items() if type_ in kinds]
    forced = _forced(plan)
    if any("region" in forced.get(address, {}) for address in addresses):
        ways = [_OTHER_REGION]
    elif kinds and not ways:
        ways = ["Put back what changed. If it is meant: removal: delete, applied before, lets go."]
    if marked:
        commands = "; ".join(f"tanada terraform {named} -- untaint '{address}'" for address in marked)
        those = "Those that the provider gave up on" if kinds else "The provider gave up on it"
        ways.append(
            f"{those} while it was made or changed, so Terraform marks it (tainted), and nothing need have changed. "
            f"Once it is well: {commands}. If it has to be made anew: removal: delete lets it go."
        )
    lost = ", ".join(f"{each} ({', '.join(forced[each].values())})" if forced.get(each) else each for each in addresses)
    if places := list(dict.fromkeys(place for each in addresses if (place := declared_at(each)))):
        ways.append(f"Declared in {', '.join(places)}.")
    ways += imports.values()
    return f"This plan would destroy and make anew what removal: keep holds: {lost}. {' '.join(ways)}"


def replaced_imports(plan: Mapping[str, Any], among: Collection[str] | None = None) -> dict[str, str]:
    """By address, what an import would destroy and make anew, as a sentence that says what forces it and what to do;
    `among` some addresses alone."""
    found = {}
    for entry in plan.get("resource_changes") or ():
        change, address = entry["change"], entry["address"]
        if change.get("importing") is None or (among is not None and address not in among):
            continue
        if "delete" not in change["actions"] and not change.get("replace_paths"):
            continue
        names = list(dict.fromkeys(str(path[0]) for path in change.get("replace_paths") or ()))
        forced = "; ".join(
            f"{each} is {_at(change, 'before', each)}, declared {_at(change, 'after', each)}" for each in names
        )
        unknown = any(_any((change.get("after_unknown") or {}).get(each)) for each in names)
        more = " What is only known after apply is made by this plan: import that, too." if unknown else ""
        found[address] = (
            f"{address} would be destroyed by its import and made anew "
            f"({forced or 'what it depends on is made anew'}): declare what is there, by the field that says it or by "
            f"patches: {{{address}: {{…}}}}, or take its line out of imports, and another one is made beside it.{more}"
        )
    return found


def held_imports(plan: Mapping[str, Any]) -> dict[str, str]:
    """By address, what would be imported though another stack says by its tags that it holds it: two states would
    change and destroy it behind each other's back."""
    found = {}
    for entry in plan.get("resource_changes") or ():
        change = entry["change"]
        if change.get("importing") is None:
            continue
        theirs, ours = (_holder((change.get(side) or {}).get("tags_all")) for side in ("before", "after"))
        if theirs is not None and ours is not None and theirs != ours:
            system, environment = theirs
            whose = f"environment {environment}" if system == ours[0] else f"system {system}, environment {environment}"
            found[entry["address"]] = (
                f"{entry['address']} imports what {whose} holds, as its tags say (System, Environment, ManagedBy): "
                "take its line out of imports. If no state holds it any more, take these tags off it first."
            )
    return found


def _holder(tags: Any) -> tuple[str, str] | None:
    """System and environment of the stack that made something; None where no stack of ours did."""
    if not isinstance(tags, Mapping) or tags.get("ManagedBy") != "Terraform":
        return None
    system, environment = tags.get("System"), tags.get("Environment")
    return (system, environment) if isinstance(system, str) and isinstance(environment, str) else None


def _marked(change: Mapping[str, Any], side: str, name: str) -> bool:
    """Whether something of an attribute is sensitive."""
    marks = change.get(f"{side}_sensitive")
    return marks is True or (isinstance(marks, Mapping) and _any(marks.get(name)))


def _any(marks: Any) -> bool:
    """Whether marks mark anything: of a block they are `[{}]` where they don't."""
    within = marks.values() if isinstance(marks, Mapping) else marks if isinstance(marks, list) else ()
    return marks is True or any(map(_any, within))


def _at(change: Mapping[str, Any], side: str, name: str) -> str:
    """A value as a sentence may say it."""
    if side == "after" and _any((change.get("after_unknown") or {}).get(name)):
        return UNKNOWN
    if _marked(change, side, name):
        return HIDDEN
    value = (change.get(side) or {}).get(name)
    return "nothing" if value is None else cut(json.dumps(value, ensure_ascii=False), _SHORT)


def _forced(plan: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """By address, what forces it to be made anew: by attribute, with its values where they are plain texts."""
    found: dict[str, dict[str, str]] = {}
    for entry in plan.get("resource_changes") or ():
        change = entry["change"]
        for path in change.get("replace_paths") or ():
            name = str(path[0])
            hidden = [_marked(change, side, name) for side in ("before", "after")]
            old, new = ((change.get(side) or {}).get(name) for side in ("before", "after"))
            plain = len(path) == 1 and not any(hidden) and isinstance(old, str) and isinstance(new, str)
            found.setdefault(entry["address"], {})[name] = f"{name}: {old} → {new}" if plain else name
    return found


_OTHER_REGION = (
    "An account's region can't change once applied: nothing moves to another one. Put it back; for another region "
    "declare a second account, move the environments there, and let these go (removal: delete)."
)
_SHORT = 100
"""Characters of a value in a sentence."""
_PREVENTED = re.compile(r"Resource (?P<address>\S+) has lifecycle\.prevent_destroy set")
_CAN_NOT_CHANGE = {
    "aws_lb": (
        "internal of a load balancer can't change once applied: its addresses are of one kind. Put it back; for the "
        "other kind declare a second one beside it, and move the services there (http.load_balancer)."
    ),
    "aws_vpc": (
        "network.cidr can't change once applied: everything of the account stands in it. Put it back; for another "
        "range declare a second account, of another region or another name, and move the environments there."
    ),
    "aws_rds_cluster": (
        "engine and name of a database can't change once applied. Put them back; for others declare a second store, "
        "copy the data, and let the first one go (removal: delete beside it)."
    ),
    "aws_db_instance": (
        "engine and name of a database can't change once applied. Put them back; for others declare a second store, "
        "copy the data, and let the first one go (removal: delete beside it)."
    ),
    "aws_sqs_queue": (
        "fifo of a queue can't change once applied: the messages in it would be lost. Put it back; for the other kind "
        "declare a second store, let its takers empty the first one, and let that one go (removal: delete beside it)."
    ),
    "aws_dynamodb_table": (
        "partition_key and sort_key of a table can't change once applied. Put them back; for others declare a second "
        "store, copy the data, and let the first one go (removal: delete beside it)."
    ),
}


def check_named(summary: Summary, named: Sequence[str]) -> None:
    """Refuse a `--destroy` that the plan doesn't bear out: a misspelt address would protect nothing and say nothing."""
    known = {change.address for change in summary.destroyed}
    for address in named:
        if address not in known:
            does = (
                f"it destroys {listed(nearest_first(address, known), len(known))}" if known else "it destroys nothing"
            )
            raise TerraformError(f"--destroy {address}: this plan doesn't destroy it; {does}.")


def check_protected(stack: Stack, named: str | None, protected: Collection[str]) -> str | None:
    """A protected account wants its name as a second word. A sentence where a stack of an unprotected one is given the
    name of another that is: one command line serves a loop over stacks."""
    if stack.protected and named is None:
        raise TerraformError(
            f"{stack.name} belongs to the protected account {stack.account}: add --protected {stack.account}."
        )
    if named is None or named == stack.account:
        return None
    if stack.protected:
        raise TerraformError(f"--protected {named}: {stack.name} belongs to the account {stack.account}.")
    check_account(named, protected)
    return f"--protected {named}: not used here; {stack.name} belongs to the account {stack.account}."


def check_account(named: str | None, protected: Collection[str]) -> None:
    """Refuse the name of no protected account."""
    if named is not None and named not in protected:
        instead = one_of(sorted(protected)) + meant(named, protected) if protected else "none is"
        raise TerraformError(f"--protected {named}: there is no protected account of this name; {instead}")


def check_unused(stack: Stack, states: Sequence[str]) -> None:
    """Common goes last."""
    if stack.kind == "common" and states:
        raise TerraformError(
            f"{stack.name} is in use, so it isn't destroyed: these states still hold resources: {', '.join(states)}."
        )


_ROOM = 32 * 1024**2
"""Bytes for an apply's log, its plan, and a state that can't be saved where it belongs."""


def check_room(folder: Path, free: int) -> None:
    """Begin nothing that may have nowhere to write its state."""
    if free < _ROOM:
        raise TerraformError(
            f"{folder}: {free // 1024**2} MiB are free there, and what changes something needs {_ROOM // 1024**2} for "
            "its log and for a state that can't be saved elsewhere: free some."
        )


def check_can_ask(*, yes: bool, terminal: bool) -> None:
    """Without a terminal nobody can answer."""
    if not (yes or terminal):
        raise TerraformError("There is no terminal to ask for confirmation: add --yes.")
