"""Roles that people take on, to look at what an environment keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs import Construct

from modules.here import Here
from modules.iam import Role, Statement, arns_trust
from modules.store import Store
from tanada.declared.people import Person, called
from tanada.text import cut

_DESCRIPTION = 1000
"""Characters (IAM API reference, CreateRole, "Description")."""


def people(here: Here, each: Mapping[str, Person], stores: Mapping[str, Store]) -> dict[str, str]:
    """By name the role's ARN."""
    scope = Construct(here.stack, "(people)")
    return {
        name: Role(
            Construct(scope, name),
            "person",
            name=called(here.names, name),
            path=f"/{here.names.system}/",
            description=cut(f"Looks at {', '.join(look.name for look in person.reach)}", _DESCRIPTION),
            trust=arns_trust(person.from_, mfa=person.mfa, addresses=person.addresses or ()),
            boundary=here.boundary,
            statements=list(_looking(person, stores)),
        ).arn
        for name, person in each.items()
    }


def _looking(person: Person, stores: Mapping[str, Store]) -> Iterator[Statement]:
    for look in person.reach:
        yield from stores[look.name].reachable.narrowed[look.access]
