"""Checks of the roles that people take on: what says who may has room in IAM."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared import allow, trust
from tanada.text import count


def check_trust(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    sets = scope.layer.addresses if scope.layer is not None else {}
    for name, person in scope.people.items():
        said = person.addresses or ()
        addresses = [each for source in said for each in (sets.get(source, ()) if allow.is_name(source) else (source,))]
        size = trust.size(person.from_, addresses, mfa=person.mfa)
        if size > trust.LONGEST:
            more = f" and {len(addresses)} ranges" if addresses else ""
            sentence = (
                f"{count(len(person.from_), 'ARN')}{more} make a trust policy of {size:,} characters, and IAM takes "
            )
            yield mistake(scope.tree, ("people", name, "from"), f"{sentence}{trust.LONGEST:,} {_INSTEAD}")
    for site, each in scope.sites.items():
        for name, operator in each.operators.items():
            if operator.by == "role" and (size := trust.size(operator.from_)) > trust.LONGEST:
                sentence = f"{len(operator.from_)} ARNs make a trust policy of {size:,} characters, and IAM takes "
                loc = ("sites", site, "operators", name, "from")
                yield mistake(scope.tree, loc, f"{sentence}{trust.LONGEST:,} {_INSTEAD}")


_INSTEAD = "of a role; say several by one with *, or make two"
