"""Which address of a stack a call is about: Terraform tells a provider none.

What is there already is found by its id in the states that lie beside the stack's offline copy. What is to be made is
found by what the copy's configuration says of it; of several that look alike it is the first that isn't there yet.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from tanada.contract.state import FILE as STATE
from tanada.files import CONFIGURATION
from tanada.resources.seed import UNKNOWN

_EXPRESSION = re.compile(r"[$%]\{")
_TRIES, _TRIES_IF_EMPTY = 200, 2
_TERRAFORM_S = frozenset(
    {"//", "connection", "count", "depends_on", "dynamic", "for_each", "lifecycle", "provider", "provisioner"}
)
"""What a resource's block says to Terraform and not to the provider."""
Json = Mapping[str, Any]


def of_ids(copy: Path) -> dict[tuple[str, str], str]:
    """The address, with its index, of each resource that a state of the stack holds, by its type and id."""
    return {
        (type_, str(attributes["id"])): _address(type_, resource["name"], instance.get("index_key"))
        for state in _states(copy)
        for resource in state.get("resources") or ()
        if resource.get("mode") == "managed" and (type_ := resource["type"])
        for instance in resource.get("instances") or ()
        if "id" in (attributes := instance.get("attributes") or {})
    }


def of_configuration(copy: Path, block: str, type_: str, given: Json, taken: Collection[str] = ()) -> str | None:
    """The address, without an index, of what (in `resource`, `data` or `ephemeral`) says what is given."""
    written = _each(json.loads((copy / CONFIGURATION).read_text(encoding="utf-8")).get(block) or {})
    candidates = [
        (f"{type_}.{name}", body)
        for blocks in written
        for each in _each(blocks.get(type_) or {})
        for name, bodies in each.items()
        for body in _each(bodies)
        if says(body, given)
    ]
    there = {*taken, *(_living(copy) if block == "resource" else ())}
    free = [address for address, body in candidates if address not in there or "count" in body or "for_each" in body]
    found = next(iter(free or [address for address, _ in candidates]), None)
    return None if found is None else named(block, found)


def named(block: str, name: str) -> str:
    """The address of what stands in a block of the configuration: `data.` before a data source's name."""
    return name if block == "resource" else f"{block}.{name}"


def says(written: Json, given: Json) -> bool:
    """Whether a block as it is written may have become what a provider was given. Pure."""
    own = {name: value for name, value in written.items() if name not in _TERRAFORM_S}
    if "dynamic" not in written and any(
        name not in own and value is not None and value not in ([], {}) for name, value in given.items()
    ):
        return False
    return all(name in given and _fits(value, given[name]) for name, value in own.items() if value is not None)


def _fits(written: Any, given: Any) -> bool:
    if given is UNKNOWN:
        return True
    if isinstance(written, str) and _EXPRESSION.search(written):
        return not isinstance(given, str) or "%{" in written or _fits_template(written, given)
    if isinstance(written, Mapping):
        if isinstance(given, list):  # a block that stands alone
            return len(given) == 1 and _fits(written, given[0])
        return isinstance(given, Mapping) and all(_fits(value, given.get(name)) for name, value in written.items())
    if isinstance(written, list):
        if not isinstance(given, list):
            return len(written) == 1 and _fits(written[0], given)
        return all(any(_fits(one, other) for other in given) for one in written)
    if written is None or given is None:
        return written is given
    return _plain(written) == _plain(given)


def _fits_template(written: str, given: str) -> bool:
    """Literal parts must be there; what stands in braces may be anything, braces in it too."""
    parts, depth, literal = [""], 0, True
    for place, letter in enumerate(written):
        if literal and written[place : place + 2] == "${":
            literal = False
            parts.append("")
        if literal:
            parts[-1] += letter
        elif letter == "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            literal = depth == 0
    return re.fullmatch(".*".join(map(re.escape, parts)), given, re.DOTALL) is not None


def _plain(value: Any) -> str:
    """Terraform takes "3000" for 3000, and "true" for true."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _living(copy: Path) -> Iterator[str]:
    for state in _states(copy):
        for resource in state.get("resources") or ():
            if any("deposed" not in instance for instance in resource.get("instances") or ()):
                yield f"{resource['type']}.{resource['name']}"


def _states(copy: Path) -> Iterator[Json]:
    for file in (copy / STATE, *sorted(copy.glob(f"{STATE}.d/*/{STATE}"))):
        state = _read(file)
        if isinstance(state, dict):
            yield state


def _read(file: Path) -> Any:
    """None where there is no state; one that Terraform is writing, which it doesn't do at once, is read again.

    An empty one is either: Terraform makes it with its lock, before there is anything to say.
    """
    for tried in range(_TRIES):
        try:
            text = file.read_text(encoding="utf-8")
            return json.loads(text)
        except OSError:
            return None
        except ValueError:
            if not text and tried >= _TRIES_IF_EMPTY:
                return None
            time.sleep(0.01)
    return None


def _address(type_: str, name: str, index: object) -> str:
    return f"{type_}.{name}" + ("" if index is None else f"[{json.dumps(index)}]")


def _each(value: Any) -> list[Any]:
    """Terraform's JSON allows a list of objects wherever it allows one."""
    return value if isinstance(value, list) else [value]
