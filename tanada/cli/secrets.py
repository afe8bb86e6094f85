"""`tanada secrets`: make, change, copy and look for the secrets that an environment's services take."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tanada.cli import options
from tanada.cli.output import running, say
from tanada.declarations.root import find_root
from tanada.errors import TanadaError
from tanada.text import listed

if TYPE_CHECKING:
    from tanada.aws.secrets import Store
    from tanada.declarations.kept_secrets import Instance, Kept
    from tanada.declared.system import System
    from tanada.terraform.layout import Target

Action = Literal["set", "list", "copy", "rotate"]
_MOST = 100_000
"""Characters that are read of a value: more than either store takes."""


def secrets(
    action: Annotated[Action, typer.Argument(metavar="set|list|copy|rotate", help="What to do.")],
    environment: Annotated[
        str,
        typer.Argument(
            metavar="ENV", help="An environment's name, in review review-WORKSPACE; or common-ACCOUNT, for its sign_in."
        ),
    ],
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NAME", help="The variable that takes it, SERVICE.VARIABLE, or where it is kept; list takes none."
        ),
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="ENV", help="Of copy: the environment that has the value.")
    ] = None,
    from_protected: Annotated[
        bool, typer.Option("--from-protected", help="Of copy: also out of a protected account.")
    ] = False,
    generate: Annotated[
        int | None,
        typer.Option("--generate", metavar="NUMBER", help="Of set and rotate: so many random letters and digits."),
    ] = None,
    offline: options.Offline = False,
    yes: options.Yes = False,
    verbose: options.Verbose = False,
    protected: options.Protected = None,
    no_synth: options.NoSynth = False,
) -> None:
    """Set, list, copy or rotate a secret in Parameter Store or Secrets Manager, where the declaration says it is kept.

    set and rotate read the value from stdin, or ask for it and don't show it; rotate only where there is one already,
    and of one that Tanada makes ({generate: 64}) it makes another. Of a store, whose passwords Tanada makes (db, or
    db.metabase for one database in it), rotate is planned, shown and applied, and whoever reads it gets new tasks:
    --offline, --yes, --verbose, --protected and --no-synth are for that. Ends with 1 where list finds one missing.
    """
    from tanada.declarations.kept_secrets import common_of, find_instance, find_kept, kept
    from tanada.declarations.loader import load

    system = load(find_root(Path.cwd()))
    change = {"offline": offline, "yes": yes, "verbose": verbose, "protected": protected, "no_synth": no_synth}
    if (common := common_of(system, environment)) is not None:
        from tanada.cli.common_secrets import of_common

        _only(action, source=source, generate=generate, from_protected=from_protected, **change)
        of_common(system, *common, action, names, lambda secret: _value(secret, None))
        return
    instance = find_instance(system, environment)
    if action == "rotate" and (passwords_of := passwords_made(instance, names)):
        _only(action, source=source, generate=generate, from_protected=from_protected)
        from tanada.terraform.rotate import rotate  # no other action runs Terraform
        from tanada.terraform.run import ChangeOptions

        asked = ChangeOptions(offline=offline, yes=yes, protected=protected, no_synth=no_synth)
        with running(verbose=verbose) as run:
            rotate(run, _target(instance), passwords_of, asked)
        return
    _only(action, **change)
    known = kept(system, instance)
    if action == "list":
        _only(action, names=names, source=source, generate=generate, from_protected=from_protected)
        _list(system, instance, known)
        return
    if len(names or ()) != 1:
        # Whatever stands there too may be the value, so it is not repeated.
        raise TanadaError(f"{action} takes one NAME; a value is no argument: it is read from stdin, or asked for.")
    assert names is not None
    secret = find_kept(known, names[0], instance.name)
    if action == "copy":
        _only(action, generate=generate)
        value, store = _copied(system, instance, secret, names[0], source, from_protected=from_protected)
    else:
        _only(action, source=source, from_protected=from_protected)
        store = _store(instance)
        if action == "rotate" and store.presence(secret) == "missing":
            makes = f"tanada secrets set {instance.name} {names[0]}" if secret.length is None else "the next apply"
            raise TanadaError(f"There is no {secret} to rotate: {makes} makes it.")
        # What was made is made anew; by `set` it is given, so that a system that moves in brings its own.
        value = _value(secret, secret.length if action == "rotate" and generate is None else generate)
    _write(system, instance, secret, value, store)


def passwords_made(instance: Instance, names: list[str] | None) -> tuple[str, ...]:
    """By what they are known, the passwords that Tanada makes of a store, `db`, or of a database in it, `db.metabase`;
    none where another secret is meant."""
    if names is None or len(names) != 1:
        return ()
    name, _, database = names[0].partition(".")
    store = instance.settings.stores.get(name)
    if store is None:
        return ()
    known = store.passwords(name)
    return tuple(each for each in known if not database or each == f"{store.first_name(name)}.{database}")


def _target(instance: Instance) -> Target:
    from tanada.declarations.kept_secrets import REVIEW
    from tanada.terraform.layout import Target

    return Target(instance.stack, instance.name.removeprefix(REVIEW) if instance.stack.kind == "review" else None)


def _only(action: Action, **options: object) -> None:
    """Refuse what the action doesn't take."""
    for name, value in options.items():
        if value:
            option = {"names": "NAME", "source": "--from"}.get(name, f"--{name.replace('_', '-')}")
            raise TanadaError(f"{action} takes no {option}.")


def _store(instance: Instance) -> Store:
    from tanada.aws.secrets import Store  # loads boto3: only where it is needed

    return Store(instance.stack)


def _value(secret: object, generate: int | None) -> str:
    """What is written: made, read from stdin but for one end of line, or asked for."""
    if generate is not None:
        from tanada.aws.secrets import random_text
        from tanada.declared.secrets import LEAST, LONGEST

        if not LEAST <= generate <= LONGEST:
            raise TanadaError(f"--generate {generate} does not fit; expected a number from {LEAST} to {LONGEST}.")
        return random_text(generate)
    if _typed():
        from getpass import getpass

        return getpass(f"Value of {secret}, not shown: ")
    try:
        text = sys.stdin.buffer.read(_MOST + 1).decode()
    except UnicodeDecodeError:
        raise TanadaError("What stdin holds is no UTF-8 text, which a variable's value has to be.") from None
    return text.removesuffix("\n").removesuffix("\r")


def _typed() -> bool:
    """Whether somebody sits there."""
    return sys.stdin.isatty()


def _copied(
    system: System, instance: Instance, secret: Kept, name: str, source: str | None, *, from_protected: bool
) -> tuple[str, Store]:
    from tanada.declarations.kept_secrets import find_instance, find_kept, kept

    if source is None:
        raise TanadaError(f"copy needs the environment that has the value: --from ENV, and {instance.name} gets it.")
    other = find_instance(system, source)
    theirs = find_kept(kept(system, other), name, other.name)
    if (theirs.account, theirs.region, theirs.name, theirs.key) == (
        secret.account,
        secret.region,
        secret.name,
        secret.key,
    ):
        raise TanadaError(f"{other.name} and {instance.name} take the same {secret}: there is nothing to copy.")
    if other.stack.protected and not from_protected:
        raise TanadaError(
            f"{other.name} is in the protected account {other.stack.account}: its secrets are copied out of it with "
            "--from-protected alone. Mostly a value of its own is better: tanada secrets set."
        )
    return _store(other).read(theirs), _store(instance)


def _write(system: System, instance: Instance, secret: Kept, value: str, store: Store) -> None:
    from tanada.declarations.kept_secrets import tags_of
    from tanada.names import Names

    done = store.write(secret, value, tags_of(system, instance, secret))
    say(f"{secret} of {instance.name}, account {instance.stack.account}: {done}.")
    if done == "made" or not secret.services:
        return
    services = secret.services
    say(f"{listed(services, len(services))} read it when a task starts, so what runs has the value before. New tasks:")
    names = Names(system=system.name, environment=instance.name, label=instance.name)
    for service in services:
        settings = instance.settings.services[service]
        called = settings.called(service)
        region = f"--region {instance.stack.region} --cluster {system.name}"
        say(f"  aws ecs update-service {region} --service {names.joined(called)} --force-new-deployment")


def _list(system: System, instance: Instance, known: tuple[Kept, ...]) -> None:
    store = _store(instance)
    rows: list[tuple[str, str, str]] = [(_presence(store, each), str(each), _readers(each)) for each in known]
    declared = {(each.store, each.name) for each in known}
    # What an environment's services read no more, as far as Tanada made it.
    for kind, name in sorted(set(store.tagged(system.name, instance.name)) - declared):
        rows.append(("unread", f"{name} ({'Parameter Store' if kind == 'ssm' else 'Secrets Manager'})", "nobody"))
    if not rows:
        say(f"{instance.name} declares no secret.")
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for state, where, readers in rows:
        say(f"{state:<{widths[0]}}  {where:<{widths[1]}}  {readers}")
    if any(state == "missing" for state, _, _ in rows):
        raise typer.Exit(1)


def _presence(store: Store, secret: Kept) -> str:
    """What its store says; of one that the next apply makes that it does."""
    found = store.presence(secret)
    return "at apply" if found == "missing" and secret.length is not None else found


def _readers(secret: Kept) -> str:
    made = " (Tanada makes it)" if secret.length is not None else ""
    return ", ".join(f"{service}.{variable}" for service, variable in secret.readers) + made
