"""Opening a session: a folder of its own, and what terraform finds there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tanada.contract.common import ROLE_OF_ZONES
from tanada.files import CONFIGURATION, hashed, parsed, private_folder, write_private
from tanada.plan.secrets import secrets_of_configuration
from tanada.secrecy import Secrets
from tanada.terraform import function_files, locks, runs, unsaved
from tanada.terraform.context import Context
from tanada.terraform.environ import clean
from tanada.terraform.layout import Layout, Target
from tanada.terraform.plugins import plugin_cache
from tanada.terraform.session import Session
from tanada.terraform.voice import LEFT


@dataclass(frozen=True)
class Place:
    """What a target's terraform reads, and where it runs."""

    configuration: str
    """The text of its one file."""
    folder: Path | None = None
    """Offline: where that file lies already, beside its states. Else it runs in a folder of the run's own."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What the offline provider adds."""


@contextlib.contextmanager
def open_session(
    context: Context,
    target: Target,
    place: Place,
    on_line: Callable[[str], None] = lambda _line: None,
    *,
    saving: bool = False,
) -> Iterator[Session]:
    """A session of a target, in a folder that goes with it. Raises TerraformError where a state of it waits to be
    saved, unless this is `saving` it."""
    layout = context.layout
    plugins = plugin_cache(context.environ)
    run, held = runs.begin(layout, target.label, context.environ, on_line)
    lock = b""
    try:
        if not saving:
            unsaved.refuse(layout, target, target.named(offline=context.offline))
        if place.folder is None:
            write_private(run / CONFIGURATION, place.configuration)
            if layout.lock_file.is_file():
                lock = layout.lock_file.read_bytes()
                write_private(run / layout.lock_file.name, lock)
        function_files.write(place.folder or run, place.configuration)
        # Terraform remembers backend and workspace here; a fresh folder a run forgets what an earlier one chose.
        data = private_folder(run / ".terraform")
        session = Session(
            context=context,
            target=target,
            folder=place.folder or run,
            data=data,
            configuration=hashed(place.configuration, lock),
            environment={
                **clean(context.environ),
                **context.accounts.get(target.stack.account, context.credentials),
                "TF_IN_AUTOMATION": "1",
                "CHECKPOINT_DISABLE": "1",
                "TF_DATA_DIR": str(data),
                "TF_PLUGIN_CACHE_DIR": str(plugins),
                # Terraform passes over what a stack doesn't declare.
                **({f"TF_VAR_{ROLE_OF_ZONES}": "plan"} if context.reads_only else {}),
                **place.environment,
            },
            on_line=on_line,
            said=run / runs.SAID,
            held=held,
            known=[Secrets(context.secrets) | _named_in(place.configuration)],
        )
        try:
            yield session
        finally:
            if context.processes.stopped:
                context.processes.locked += locks.left(session)
    finally:
        moved = [_moved(file, layout.left(target), context.environ, on_line) for file in _left(run, layout, lock)]
        if all(moved):
            runs.end(run, held)
        else:
            os.close(held)  # whoever comes next moves them


def _moved(file: Path, into: Path, environ: Mapping[str, str], say: Callable[[str], None]) -> bool:
    """Keep what Terraform left, if there is room for it."""
    try:
        say(f"{LEFT} {file.name}, which is in {unsaved.keep(file, into, environ)} now.\n")
    except OSError as error:
        say(f"{LEFT} {file}, which can't be moved ({error.strerror}).\n")
        return False
    return True


def _left(run: Path, layout: Layout, lock: bytes) -> list[Path]:
    """What Terraform wrote beside what it was given: a state that it could not push, a file that a command named."""
    files = [file for file in sorted(run.iterdir()) if file.is_file() and file.name != CONFIGURATION]
    # A lock file that init made of nothing is nobody's loss.
    return [file for file in files if file.name != layout.lock_file.name or (lock and file.read_bytes() != lock)]


def _named_in(configuration: str) -> Secrets:
    """What a stack's configuration names as a secret; one that is no JSON is for Terraform to complain of."""
    try:
        return secrets_of_configuration(parsed(configuration))
    except (ValueError, AttributeError, TypeError):
        return Secrets()
