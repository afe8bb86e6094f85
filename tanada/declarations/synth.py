"""What a synth needs of a declaration: the inputs of all stacks, reading those files alone that are new to it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple
from functools import cache
from pathlib import Path

from tanada.cache.work import Declared
from tanada.declarations.domains import certified
from tanada.declarations.inputs import common_input, environment_input, serialized, taken_labels, with_taken
from tanada.declarations.inventory import inventory
from tanada.declarations.loader import REVIEW_FILE, Declarations, compose, environment_file, environment_name, stack_of
from tanada.declarations.meaning import of_tree
from tanada.declarations.scopes import DoubtError, Known
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
    permanent = [scope.domain for scope in scopes.everyone if scope.kind == "environment" and scope.domain is not None]
    asks = [(scope.account, scope.asks()) for scope in scopes.everyone if scope.account is not None]
    inputs = {scope.stack: _input(system, scope, permanent) for scope in scopes.known}
    for stack in inventory(system):
        if stack.kind == "common":
            domains = (
                certified(scope.domain, review=scope.kind == "review")
                for scope in scopes.everyone
                if scope.account == stack.account and scope.domain is not None
            )
            inputs[stack.name] = serialized(common_input(system, stack, domains, asks))
        else:
            inputs[stack.name] = serialized(environment_input(system, stack, permanent))
    return Declared(
        # As the inventory has them: common layers, environments, review.
        inputs={name: inputs[name] for name in sorted(inputs)},
        meanings={file: of_tree(tree) for file, tree in declarations.files.items()},
        remembered=dict(_remembered(declarations, inputs)),
    )


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
        asked = sorted(scope.asks())
        yield file, json.dumps([scope.account, scope.domain, scope.limit, scope.tags_from, needs, asked, inputs[stack]])


@cache
def _needs(text: str) -> tuple[Need, ...]:
    """Of environments that need the same once."""
    return tuple(Need(*need) for need in json.loads(text))


def _known(file: str, text: str) -> Known:
    account, domain, limit, tags_from, needs, asked, input = json.loads(text)
    return Known(
        kind="review" if file == REVIEW_FILE else "environment",
        name="review" if file == REVIEW_FILE else environment_name(file),
        account=account,
        domain=domain,
        limit=limit,
        tags_from=tags_from,
        needed=_needs(needs),
        asked=frozenset(asked),
        stack=stack_of(file),
        input=input,
    )
