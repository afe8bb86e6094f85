"""What tasks may do beyond what they reach: one statement a name, on the role that is theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from modules.iam import Statement
from tanada.declared.permissions import Permission, sid


def permitting(permissions: Mapping[str, Permission]) -> Iterator[Statement]:
    """The statements, in the order of their names; the texts are expanded already."""
    for name, each in sorted(permissions.items()):
        yield Statement(
            actions=each.actions,
            resources=each.resources,
            # As AWS gives it back: one value is a text.
            condition={
                operator: {key: values[0] if len(values) == 1 else list(values) for key, values in keys.items()}
                for operator, keys in each.conditions.items()
            },
            sid=sid(name),
        )
