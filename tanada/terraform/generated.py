"""The values that Tanada makes (`{generate: 64}`): before an apply, never twice; they go with their environment.

Terraform would keep them in its state, and read them back at each refresh. So no plan knows more than their names, and
what applies needs no right to read them.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tanada.text import count, listed

if TYPE_CHECKING:
    from tanada.aws.secrets import Store
    from tanada.declarations.kept_secrets import Instance, Kept
    from tanada.terraform.layout import Target
    from tanada.terraform.run import Run
    from tanada.terraform.session import Session


def make(run: Run, session: Session) -> None:
    """Make those that are missing, before anything is applied that reads them; nothing where none is declared.

    None is ever overwritten, so whoever is killed in between begins again. Raises AwsError.
    """
    target = session.target
    instance, declared = _declared(run, target)
    if instance is None or not declared:
        return
    if session.context.offline:
        names = [each.maker for each in declared]
        run.voice.note(f"{target.label}: there is no AWS offline: no value is made for {listed(names, len(names))}.")
        return
    from tanada.declarations.kept_secrets import tags_of

    store = _store(run, target)
    for each in declared:
        if store.make(each, tags_of(run.system, instance, each)):
            run.voice.say(f"{target.label}: {each.maker} is made: {each}. Nobody has seen its value.")


def of_state(session: Session) -> tuple[str, ...]:
    """Names of those that the tasks of a state read, whatever is declared now."""
    return () if session.context.offline else tuple(sorted(set(_read(session.whole_state()))))


def delete(run: Run, target: Target, read: tuple[str, ...], *, offline: bool) -> None:
    """Delete those of an environment that is destroyed, with what its state's tasks `read`; raises AwsError."""
    from tanada.declared.secrets import is_generated

    name: str | None
    if target.stack.declared:
        instance, declared = _declared(run, target)
        name = instance.name if instance is not None else None
    else:
        name, declared = _name_of_gone(target), ()
    if name is None or offline:
        return
    own = [each for each in read if is_generated(each, run.system.name, name)]
    names = sorted({*own, *(each.name for each in declared)})
    if not names:
        return
    store = _store(run, target)
    if gone := [name for name in names if store.delete(name)]:
        run.voice.say(f"{target.label}: {count(len(gone), 'value')} that Tanada had made: deleted.")


def _name_of_gone(target: Target) -> str | None:
    """What a stack's environment was called that is declared no more."""
    from tanada.declarations.kept_secrets import REVIEW

    return target.stack.environment if target.workspace is None else f"{REVIEW}{target.workspace}"


def _declared(run: Run, target: Target) -> tuple[Instance | None, tuple[Kept, ...]]:
    if target.stack.kind == "common":
        return None, ()
    from tanada.declarations.kept_secrets import REVIEW, find_instance, generated

    name = target.stack.name if target.workspace is None else f"{REVIEW}{target.workspace}"
    instance = find_instance(run.system, name)
    return instance, generated(run.system, instance)


def _store(run: Run, target: Target) -> Store:
    from tanada.aws.ci_roles import session_of  # loads boto3
    from tanada.aws.secrets import Store

    return Store(target.stack, session_of(target.stack, run.system.name, os.environ))


_PARAMETER = re.compile(r"arn:[^:]*:ssm:[^:]*:[^:]*:parameter(/.*)")


def _read(state: Mapping[str, Any]) -> Iterator[str]:
    """The parameters that task definitions of a state name."""
    for resource in state.get("resources") or ():
        if resource.get("type") != "aws_ecs_task_definition":
            continue
        for instance in resource.get("instances") or ():
            for container in json.loads((instance.get("attributes") or {}).get("container_definitions") or "[]"):
                for secret in container.get("secrets") or ():
                    if found := _PARAMETER.fullmatch(str(secret.get("valueFrom"))):
                        yield found[1]
