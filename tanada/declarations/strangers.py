"""Accounts that are none of the system's and whose people it trusts: right where a partner is meant, and the example's
own where a repository began as one."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.support_ends import instances
from tanada.declared.system import System
from tanada.text import listed


def strangers(system: System) -> list[str]:
    """A sentence for each account."""
    own = {account.id for account in system.accounts.values()}
    trusted: dict[str, dict[str, None]] = {}
    for who, arn in _trusting(system):
        if (account := arn.split(":")[4]) not in own:
            trusted.setdefault(account, {})[who] = None
    return [
        f"{listed([*who], 5)} {'trusts' if len(who) == 1 else 'trust'} people of {account}, which is none of accounts; "
        "look whether they are meant"
        for account, who in trusted.items()
    ]


def _trusting(system: System) -> Iterator[tuple[str, str]]:
    """Each role's name in the declaration, with an ARN that may take it on."""
    for instance in instances(system):
        yield from ((f"people.{name}", arn) for name, person in instance.people.items() for arn in person.from_)
        for site, settings in instance.sites.items():
            for name, operator in settings.operators.items():
                yield from ((f"sites.{site}.operators.{name}", arn) for arn in operator.from_)
