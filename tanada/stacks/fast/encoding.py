"""Values on their way to Node: what jsii's encoder makes of them, without its detours."""

from __future__ import annotations

import json
from typing import Any

from jsii._kernel import _make_reference_for_native
from jsii._kernel.providers.process import jdefault

_PLAIN = frozenset({str, int, float, bool, type(None)})

# jsii unstructures each message by cattrs, then writes it with blanks: a tenth of Python's time.
dumps = json.JSONEncoder(separators=(",", ":"), default=jdefault).encode


def encode(kernel: Any, value: Any) -> Any:
    """As `jsii._kernel._make_reference_for_native`, but a struct's empty fields are left out (Node reads them so)."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {"$jsii.map": {key: encode(kernel, each) for key, each in value.items()}}
    if kind is list:
        return [encode(kernel, each) for each in value]
    own = kind.__dict__
    names = own.get("__jsii_name_mapping__")
    if names is not None:
        data = {names[key]: encode(kernel, each) for key, each in value._values.items() if each is not None}
        return {"$jsii.struct": {"fqn": own["__jsii_type__"], "data": data}}
    # Enums, dates, objects of the user's own classes, functions that can't be passed, all else.
    return _make_reference_for_native(kernel, value)
