"""Import blocks, laid beside what a stack emits: after all constructs, so that none has to know of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modules.patches import Unfit, near
from tanada.declared.imports import Imports

Json = dict[str, Any]
FIELD = "imports"
_READ_WHOLE = "aws_secretsmanager_secret_version"
"""Of what is imported the provider reads the value into the state, as nothing says that it is write-only
(hashicorp/terraform-provider-aws, internal/service/secretsmanager/secret_version.go, `resourceSecretVersionRead`)."""


def imported(stack: Json, imports: Imports) -> list[Unfit]:
    """Write the blocks into a stack's JSON, in place; what it has no address for."""
    unfit = list(_unfit(stack, imports))
    wrong = {each.address for each in unfit}
    blocks = [{"id": id_, "to": _to(stack, address)} for address, id_ in imports.items() if address not in wrong]
    if blocks:
        stack["import"] = blocks
        ordered = sorted(stack.items())  # as CDKTF writes them
        stack.clear()
        stack.update(ordered)
    return unfit


def _unfit(stack: Json, imports: Imports) -> Iterator[Unfit]:
    for address in imports:
        type_, _, name = address.partition(".")
        if name not in stack.get("resource", {}).get(type_, {}):
            sentence = f"this stack has no {address}{near(stack, type_, name)}"
            yield Unfit(address, (), sentence, unknown=True, field=FIELD)
        elif type_ == _READ_WHOLE:
            sentence = "its value would be read into the state; import the secret (aws_secretsmanager_secret) alone"
            yield Unfit(address, (), sentence, field=FIELD)


def _to(stack: Json, address: str) -> str:
    """The instance that is meant: of what is made once or not at all the first."""
    type_, _, name = address.partition(".")
    return f"{address}[0]" if "count" in stack["resource"][type_][name] else address
