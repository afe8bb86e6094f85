"""What a synth needs of a declaration: the inputs of all stacks, reading those files alone that are new to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple
from functools import cache
from pathlib import Path

from tanada.cache.work import Declared
from tanada.declarations.ci_roles import Asks
from tanada.declarations.folder import REVIEW_FILE, environment_file, environment_name, stack_of
from tanada.declarations.inputs import (
    common_input,
    environment_input,
    serialized,
    taken_labels,
    with_taken,
)
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import Declarations, compose
from tanada.declarations.meaning import of_tree
from tanada.declarations.publishing import ways_of
from tanada.declarations.scopes import DoubtError, Known, Scope
from tanada.declarations.users import User
from tanada.declared.model import Need
from tanada.declared.system import System
from tanada.errors import DeclarationError


def declare(root: Path, remembered: Mapping[str, str]) -> Declared:
    """The inputs of the system in a folder; DeclarationError with every mistake in it.

    `remembered` is what `Declared.remembered` said of files that say the same today, as system.yaml does: they are not
    read again.
    """
    if remembered:
        known = {file: _known(file, text) for file, text in remembered.items()}
        # What is to be said of a mistake may need all files.
        with suppress(DeclarationError, DoubtError):
            return _declared(compose(root, known))
    return _declared(compose(root))


def _declared(declarations: Declarations) -> Declared:
    system, scopes = declarations.system, declarations.scopes
    permanent = [host for scope in scopes.everyone if scope.kind == "environment" for host in scope.hosts]
    asks = [
        Asks(each.account, each.asks(), each.tasks, each.buckets, each.generates)
        for each in scopes.everyone
        if each.account is not None
    ]
    ways = [*ways_of(system)]
    inputs = {scope.stack: _input(system, scope, permanent) for scope in scopes.known}
    for stack in inventory(system):
        if stack.kind == "common":
            users = [_user(scope) for scope in scopes.everyone if scope.account == stack.account]
            inputs[stack.name] = serialized(common_input(system, stack, users, asks, ways))
        else:
            inputs[stack.name] = serialized(environment_input(system, stack, permanent, ways))
    return Declared(
        # As the inventory has them: common layers, environments, review.
        inputs={name: inputs[name] for name in sorted(inputs)},
        meanings={file: of_tree(tree) for file, tree in declarations.files.items()},
        remembered=dict(_remembered(declarations, inputs)),
    )


def _user(scope: Scope | Known) -> User:
    return User(scope.account, scope.kind == "review", scope.hosts, scope.shown_by_edge, list(scope.needs()))


def _input(system: System, scope: Known, permanent: Sequence[str]) -> str:
    """What is remembered; of review with what other files say of the names below its domain."""
    if scope.kind == "environment":
        return scope.input
    return with_taken(scope.input, taken_labels(system, scope.domain, permanent))


def _remembered(declarations: Declarations, inputs: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for scope in declarations.scopes.instances:
        file = REVIEW_FILE if scope.kind == "review" else environment_file(scope.name)
        stack = stack_of(file)
        needs = json.dumps([astuple(need) for need in scope.needs()])
        asked = [sorted(scope.asks()), sorted(scope.tasks), sorted(scope.buckets), scope.generates]
        said = [scope.account, scope.domain, scope.limit, scope.tags_from, needs, *asked]
        said += [scope.hosts, scope.shown_by_edge, scope.first_priority, scope.says_priorities, inputs[stack]]
        yield file, json.dumps(said)


@cache
def _needs(text: str) -> tuple[Need, ...]:
    """Of environments that need the same once."""
    return tuple(Need(*need) for need in json.loads(text))


def _known(file: str, text: str) -> Known:
    account, domain, limit, tags_from, needs, asked, *more = json.loads(text)
    tasks, buckets, generates, hosts, shown, first_priority, says, input = more
    return Known(
        kind="review" if file == REVIEW_FILE else "environment",
        name="review" if file == REVIEW_FILE else environment_name(file),
        account=account,
        domain=domain,
        limit=limit,
        tags_from=tags_from,
        needed=_needs(needs),
        asked=frozenset(asked),
        tasks=frozenset(tasks),
        buckets=frozenset(buckets),
        generates=generates,
        hosts=tuple(hosts),
        shown_by_edge=tuple(shown),
        first_priority=first_priority,
        says_priorities=says,
        stack=stack_of(file),
        input=input,
    )
