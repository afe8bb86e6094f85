"""`tanada bootstrap`: make the bucket that holds an account's states."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tanada.cli.output import tell
from tanada.declarations.inventory import common_stack, state_bucket
from tanada.declarations.loader import load
from tanada.declarations.root import find_root
from tanada.declarations.tags import filled
from tanada.errors import TanadaError
from tanada.text import meant, one_of, quoted


def bootstrap(account: Annotated[str, typer.Argument(help="An account of system.yaml.")]) -> None:
    """Make the account's state bucket: versioned, encrypted, private, TLS only. Run again, it mends what differs."""
    system = load(find_root(Path.cwd()))
    if account not in system.accounts:
        known = sorted(system.accounts)
        raise TanadaError(f"There is no account {quoted(account)}; {one_of(known)}{meant(account, known)}")
    declared = system.accounts[account]
    bucket = state_bucket(system, account)

    from tanada.aws.bootstrap import make_bucket  # loads boto3: only where it is needed
    from tanada.aws.credentials import session

    done = make_bucket(
        session(declared.region, declared.role),
        bucket,
        account_id=declared.id,
        region=declared.region,
        tags=filled(declared.tags, common_stack(system, account), system=system.name, environment="common"),
    )
    for sentence in done:
        tell(f"{bucket}: {sentence}")
    tell(f"{bucket} is ready." if done else f"{bucket} is ready; nothing to change.")
