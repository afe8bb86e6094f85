"""Whether one state still uses what another gave it: a reader keeps a copy of the outputs that it was applied with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tanada.contract.outputs import values

_SHORTEST = 8
"""Characters of a name that can be told from a word."""


def still_used(reader: Mapping[str, Any], outputs: Mapping[str, Any], going: Collection[str]) -> list[str]:
    """Addresses of a state's resources that hold what is going.

    That is what stands in `going` (ids and ARNs), and what the reader was given of another state's outputs when it was
    applied last and is not among its `outputs` now: a subnet without a way out goes with no id of its own.
    """
    gone = {*going, *_texts(_given(reader))} - {*_texts(values(outputs))}
    pattern = _any_of([text for text in gone if len(text) >= _SHORTEST])
    if pattern is None:
        return []
    return [
        f"{entry['type']}.{entry['name']}"
        for entry in reader.get("resources", ())
        if entry.get("mode") != "data"
        and any(pattern.search(text) for each in entry.get("instances", ()) for text in _texts(each.get("attributes")))
    ]


def _given(state: Mapping[str, Any]) -> Any:
    """The outputs of its common layer as a state holds them."""
    return [
        (instance.get("attributes") or {}).get("outputs")
        for entry in state.get("resources", ())
        if (entry.get("mode"), entry.get("type")) == ("data", "terraform_remote_state")
        for instance in entry.get("instances", ())
    ]


def _any_of(texts: list[str]) -> re.Pattern[str] | None:
    """Each as a whole: `kakei/web` is not in `kakei/web-admin`, and is in `kakei/web:1a2b3c4`."""
    words = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{words})(?![\w/-])") if words else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
