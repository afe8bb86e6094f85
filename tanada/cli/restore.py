"""`tanada restore`: declare that a database or a table is restored to a time, for the next plan."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import note, say
from tanada.declarations.root import find_root
from tanada.errors import DeclarationError, TanadaError
from tanada.text import meant, one_of, quoted


def restore(
    environment: Annotated[str, typer.Argument(metavar="ENV", help="A permanent environment's name.")],
    store: Annotated[str, typer.Argument(metavar="STORE", help="One of its databases or tables.")],
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="When it was well, with the zone: 2026-11-20T12:00+09:00.")
    ],
) -> None:
    """Declare that a database or a table is restored to a time: a new one beside, from backups of the one that serves.

    Writes one line into the environment's file, and asks AWS for nothing: the next plan shows the new one, and who is
    led there; the old one stays until it is let go of. docs/restore.md says what to do in which order.
    """
    from tanada.declarations import restoring
    from tanada.declarations.folder import environment_file
    from tanada.declarations.kept_secrets import find_instance
    from tanada.declarations.loader import load
    from tanada.files import replace_file

    time = restoring.moment(at)
    root = find_root(Path.cwd())
    instance = find_instance(load(root), environment)
    if instance.stack.environment is None:
        raise TanadaError(f"{instance.name} is a review environment, of which no backups are kept: make it anew.")
    stores = instance.settings.stores
    if store not in stores:
        raise TanadaError(f"{quoted(store)} is no store of {instance.name}; {one_of(stores)}{meant(store, stores)}")
    restoring.check(store, stores[store], time, datetime.now(UTC))
    word, name = stores[store].word, environment_file(instance.stack.environment)
    file = root / name
    before = file.read_text(encoding="utf-8")
    text = restoring.with_line(before, store, word, time)
    if text is None:
        say(restoring.lines(store, word, time))
        raise TanadaError(f"{name} can't take the lines above without changing others: write them there by hand.")
    replace_file(file, text)
    try:
        load(root)
    except DeclarationError:
        replace_file(file, before)
        raise
    note(f"{name} says it now. Nothing is made before it is applied: tanada plan {instance.name}, then tanada apply.")
    say(f"{store} of {instance.name} is to be restored to {time}.")
