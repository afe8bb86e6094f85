"""`tanada people`: make, renew and list the keys of those who upload to sites by one."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from tanada.cli import options
from tanada.cli.output import Terminal, note, say
from tanada.declarations.root import find_root
from tanada.errors import TanadaError
from tanada.text import listed, meant, one_of, quoted

if TYPE_CHECKING:
    from tanada.aws.people import Key
    from tanada.declarations.inventory import Stack
    from tanada.declared.system import System

Action = Literal["key", "list"]


@dataclass(frozen=True)
class _Person:
    """Somebody who has a key."""

    name: str
    """`production.www.press`."""
    stack: Stack
    user: str
    rotate: int


def people(
    action: Annotated[Action, typer.Argument(metavar="key|list", help="What to do.")],
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Of key: an operator by key; ENV.SITE.NAME where several are called so."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="FILE", help="Of key: a new file that it goes to, for you alone to read."),
    ] = None,
    protected: options.Protected = None,
    yes: options.Yes = False,
) -> None:
    """Make or renew the key of somebody who uploads to a site (operators, by: key), or list how old the keys are.

    key prints the new one once, at a terminal alone, or writes it to a file; then the one before is deleted, which it
    asks about first. list ends with 1 where a key is older than rotate says, or where somebody has none.
    """
    from tanada.aws.people import Keys
    from tanada.declarations.loader import load
    from tanada.terraform.guards import check_can_ask, check_protected

    system = load(find_root(Path.cwd()))
    everybody = _everybody(system)
    if action == "list":
        if yes or any(each is not None for each in (name, to, protected)):
            raise TanadaError("list takes no NAME, no --to, no --protected and no --yes.")
        # All are looked at first: one that can't be is said before anything else.
        lines = [_age(each, Keys(each.stack, each.user).days()) for each in everybody]
        for line, _ in lines:
            say(line)
        if any(late for _, late in lines):
            raise typer.Exit(1)
        return
    person = _find(everybody, name)
    others = {stack for stack, each in system.accounts.items() if each.protected}
    if (unused := check_protected(person.stack, protected, others)) is not None:
        note(unused)
    if to is None and not sys.stdout.isatty():
        raise TanadaError("A key is printed at a terminal alone, as logs keep what is printed; say --to FILE.")
    keys = Keys(person.stack, person.user)
    there = keys.days()
    for id, days in there.items():
        if days > person.rotate:
            note(f"{id} is {days} days old, and rotate says {person.rotate}d.")
    if there and not yes:
        terminal = Terminal()
        check_can_ask(yes=yes, terminal=terminal.can_ask())
        ends = f"{listed(list(there), len(there))} of {person.name}"
        if terminal.ask(f"{ends} works until the new key is there, and no longer. Type yes: ") != "yes":
            raise TanadaError("Not confirmed; nothing was changed.")
    with _opened(to) as file:
        key, gone = keys.make(lambda made: _hand_out(made, person, file))
    # The new one is in somebody's hands, whatever becomes of the old one.
    keys.end(gone)
    say(f"{key.id} of {person.name}, account {person.stack.account}: made{f', in {to}' if to else ''}.")
    if gone:
        say(f"{listed(gone, len(gone))}: deleted.")


def _everybody(system: System) -> list[_Person]:
    from tanada.declarations.inventory import inventory
    from tanada.declared.operators import called
    from tanada.names import Names

    found = []
    for stack in inventory(system):
        if stack.kind != "environment" or stack.environment is None:
            continue
        names = Names(system=system.name, environment=stack.environment, label=stack.environment)
        for site, settings in system.environments[stack.environment].sites.items():
            for name, each in settings.operators.items():
                if each.rotate is not None:
                    whole = f"{stack.environment}.{site}.{name}"
                    found.append(_Person(whole, stack, called(names, site, name), each.rotate))
    return found


def _find(everybody: list[_Person], name: str | None) -> _Person:
    """The one that is meant, by the end of its whole name."""
    if name is None:
        raise TanadaError("key takes one NAME, such as press or production.www.press.")
    found = [each for each in everybody if f".{each.name}".endswith(f".{name}")]
    if len(found) == 1:
        return found[0]
    if found:
        raise TanadaError(f"Several are called {name}; {one_of([each.name for each in found])}.")
    known = [each.name for each in everybody]
    if not known:
        raise TanadaError("No site has operators by key, so there is nobody to make a key for.")
    near = meant(name, [*known, *(each.rpartition(".")[2] for each in known)])
    raise TanadaError(f"{quoted(name)} uploads by no key; {one_of(known)}{near}")


def _age(person: _Person, keys: dict[str, int]) -> tuple[str, bool]:
    """A line, and whether there is something to do."""
    if not keys:
        return f"{person.name}  no key: tanada people key {person.name}", True
    said, late = [], False
    for id, days in keys.items():
        old = days > person.rotate
        late |= old
        said.append(f"{id}  {days}d{f' of {person.rotate}d: tanada people key {person.name}' if old else ''}")
    return f"{person.name}  {'  '.join(said)}", late


class _opened:  # noqa: N801 - used as a function
    """A new file that nobody else reads, opened before a key is made; it goes where none was."""

    def __init__(self, path: Path | None) -> None:
        self._path, self._file = path, -1

    def __enter__(self) -> int | None:
        if self._path is None:
            return None
        try:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise TanadaError(f"--to {self._path}: {error.strerror}; name a new file.") from None
        return self._file

    def __exit__(self, kind: object, *_: object) -> None:
        if self._path is not None:
            os.close(self._file)
            if kind is not None:
                self._path.unlink(missing_ok=True)


def _hand_out(key: Key, person: _Person, file: int | None) -> None:
    """As AWS's own credentials file has it. Not by `say`, which takes credentials out."""
    text = f"[{person.name}]\naws_access_key_id = {key.id}\naws_secret_access_key = {key.secret}\n"
    if file is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    os.write(file, text.encode())
    os.fsync(file)
