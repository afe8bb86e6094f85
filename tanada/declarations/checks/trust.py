"""Checks of the roles that people take on: who they are named by is there, and has room in IAM."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared import allow, trust
from tanada.regions import partition
from tanada.text import count, quoted


def check_trust(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, lambda scope: _scope(system, scope))


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    account = system.accounts.get(scope.account or "")
    own = partition(account.region) if account is not None else None
    sets = scope.layer.addresses if scope.layer is not None else {}
    for name, person in scope.people.items():
        said = person.addresses or ()
        addresses = [each for source in said for each in (sets.get(source, ()) if allow.is_name(source) else (source,))]
        loc: Loc = ("people", name, "from")
        yield from _elsewhere(scope, loc, person.from_, own)
        yield from _room(scope, loc, person.from_, addresses, mfa=person.mfa)
    for site, each in scope.sites.items():
        for name, operator in each.operators.items():
            loc = ("sites", site, "operators", name, "from")
            yield from _elsewhere(scope, loc, operator.from_, own)
            if operator.by == "role":
                yield from _room(scope, loc, operator.from_)


def _elsewhere(scope: Scope, loc: Loc, arns: Sequence[str], own: str | None) -> Iterator[Mistake]:
    """Nobody of another partition takes a role on (IAM user guide, "IAM ARNs", partition)."""
    for index, arn in enumerate(arns):
        if own is not None and (theirs := arn.split(":")[1]) != own:
            sentence = (
                f"{quoted(arn)} is of partition {theirs}, and the account of {own}: nobody of another one gets in"
            )
            yield mistake(scope.tree, (*loc, index), sentence)


def _room(
    scope: Scope, loc: Loc, arns: Sequence[str], addresses: Sequence[str] = (), *, mfa: bool = False
) -> Iterator[Mistake]:
    if (size := trust.size(arns, addresses, mfa=mfa)) > trust.LONGEST:
        more = f" and {len(addresses)} ranges" if addresses else ""
        sentence = f"{count(len(arns), 'ARN')}{more} make a trust policy of {size:,} characters, and IAM takes"
        yield mistake(
            scope.tree, loc, f"{sentence} {trust.LONGEST:,} of a role; say several by one with *, or make two"
        )
