"""May JSON that failed the vetting be planned offline, in a job without identity, secret or writing token?

The offline copy has local states and Tanada's own provider (tanada/offline/stack_copy.py), so what is left to fear is
what Terraform runs, fetches or reads by itself: providers, modules, provisioners, functions that read files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tanada.terraform import bounds, vet
from tanada.terraform.emitted import Json
from tanada.terraform.expression_forms import Forms, forms
from tanada.terraform.neighbours import STATE, as_text, states

_TERRAFORM = frozenset({"backend", "required_providers", "required_version"})
"""Of these the copy keeps the last two; `cloud`, `experiments` and `provider_meta` nobody needs."""
PURE = vet.FUNCTIONS | frozenset(
    {
        "abs",
        "ceil",
        "floor",
        "log",
        "max",
        "min",
        "parseint",
        "signum",
        "chomp",
        "endswith",
        "lower",
        "split",
        "startswith",
        "strcontains",
        "strrev",
        "title",
        "trimprefix",
        "trimspace",
        "trimsuffix",
        "upper",
        "alltrue",
        "anytrue",
        "coalesce",
        "coalescelist",
        "compact",
        "concat",
        "contains",
        "distinct",
        "element",
        "flatten",
        "index",
        "keys",
        "length",
        "matchkeys",
        "merge",
        "one",
        "reverse",
        "setintersection",
        "setsubtract",
        "setunion",
        "slice",
        "sort",
        "sum",
        "transpose",
        "values",
        "zipmap",
        "base64decode",
        "jsondecode",
        "basename",
        "dirname",
        "md5",
        "sha1",
        "sha512",
        "base64sha256",
        "base64sha512",
        "cidrhost",
        "cidrnetmask",
        "cidrsubnets",
        "nonsensitive",
        "sensitive",
        "tobool",
        "tomap",
        "tonumber",
        "toset",
        "tostring",
        "type",
    }
)
"""Functions of their arguments alone (Terraform's documentation, "Built-in Functions") whose result is no larger than
these: no `file`, `templatefile`, `templatestring`, `fileset`, `pathexpand`, `abspath`, `timestamp`; nor what grows when
it is said of its own result, such as `jsonencode`, `format`, `range`, `setproduct`. `join` and `replace` are bounded by
their forms."""


def objections(head: Json, base: Mapping[str, Json], known: Forms | None = None) -> list[str]:
    """Why nothing of a stack may be planned even offline: sentences, none where it may. `base` is all that it emits,
    `known` its expressions."""
    if vet.too_deep(head):
        return ["is nested too deep"]
    return [
        *_blocks(head, base),
        *vet.shapes(head, offline=True),
        *vet.expressions(head, PURE),
        *bounds.growing(head, known or forms(base.values())),
        *_costs(head),
    ]


def _costs(head: Json) -> Iterator[str]:
    yield from bounds.costs(head, {})
    taken = head.get("import", [])
    if any("for_each" in each for each in (taken if isinstance(taken, list) else [taken]) if isinstance(each, Mapping)):
        yield "import.for_each: nobody knows how large"
    for where, body in bounds.bodies(head):
        for key in ("count", "for_each"):
            if isinstance(body.get(key), str) and "{" in body[key]:
                yield f"{where}.{key}: is an expression, and nobody knows how large"


def _blocks(head: Json, base: Mapping[str, Json]) -> Iterator[str]:
    own = head.get("terraform", {})
    if not isinstance(own, Mapping) or {*own} - _TERRAFORM:
        yield "terraform: holds what Tanada doesn't emit"
    else:
        known = {as_text(_required(stack)) for stack in base.values()}
        if as_text(own.get("required_providers")) not in known:
            yield "terraform.required_providers: asks for other providers than the base"
    providers = head.get("provider", {})
    if not isinstance(providers, Mapping) or {*providers} - {"aws"}:
        yield "provider: only aws is planned offline"
    if "removed" in head and as_text(head["removed"]) not in {as_text(stack.get("removed")) for stack in base.values()}:
        yield "removed: isn't what the base emits"
    read = states(head)
    bodies = [] if read is None else read.values() if isinstance(read, Mapping) else [None]
    if any(not isinstance(body, Mapping) or body.get("backend") != "s3" for body in bodies):
        yield f"data.{STATE}: reads a state that isn't one of Tanada's"


def _required(stack: Json) -> Any:
    own = stack.get("terraform")
    return own.get("required_providers") if isinstance(own, Mapping) else None
