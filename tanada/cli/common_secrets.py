"""`tanada secrets` of a common layer: the one that its identity provider gave out."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import typer

from tanada.cli.output import say
from tanada.errors import TanadaError

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack
    from tanada.declared.sign_in import People
    from tanada.declared.system import System

Action = Literal["set", "list", "copy", "rotate"]


def of_common(
    system: System,
    stack: Stack,
    people: People,
    action: Action,
    names: list[str] | None,
    value: Callable[[object], str],
) -> None:
    """Set, change or list it; what is in Cognito already is changed there as well. `value` asks for one.

    Raises TanadaError where another is asked for; typer.Exit(1) where list finds it missing.
    """
    from tanada.aws.secrets import Store  # loads boto3
    from tanada.declarations.kept_secrets import common_tags, kept_at

    if action == "copy":
        raise TanadaError("copy is for environments; each account has a client of its own at its identity provider.")
    secret = kept_at(people.provider.client_secret, stack)
    store = Store(stack)
    if action == "list":
        found = store.presence(secret)
        say(f"{found}  {secret}  sign_in")
        if found == "missing":
            raise typer.Exit(1)
        return
    if names != [secret.reference]:
        # Whatever stands there may be the value, so it is not repeated.
        raise TanadaError(f"{action} takes one NAME, {secret.reference}; a value is read from stdin, or asked for.")
    if action == "rotate" and store.presence(secret) == "missing":
        raise TanadaError(
            f"There is no {secret} to rotate: tanada secrets set {stack.name} {secret.reference} makes it."
        )
    written = value(secret)
    done = store.write(secret, written, common_tags(system, stack))
    say(f"{secret} of {stack.name}, account {stack.account}: {done}.")
    _renew(system.name, stack, people, written)


def _renew(system: str, stack: Stack, people: People, value: str) -> None:
    from tanada.aws.sign_in import renew
    from tanada.contract.sign_in import Provider
    from tanada.declared.sign_in import KINDS, prefix

    given, issuer = people.provider, people.oidc.issuer if people.oidc is not None else ""
    provider = Provider(KINDS[people.kind], "", given.client_id, issuer, given.client_secret)
    own = prefix(system, stack.account_id, stack.region)
    if renew(stack, system, provider, own, value, os.environ):
        say(f"Cognito has it for {provider.name} from now on; who is signed in stays so.")
    else:
        say(f"The next apply of {stack.name} puts it into Cognito.")
