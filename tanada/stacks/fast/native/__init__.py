"""The part of the fast path that runs inside Node: a jsii package, so that jsii itself carries the calls."""

from __future__ import annotations

import json
from pathlib import Path

NAME = "tanada-native"
VERSION = "1.0.0"
FQN = f"{NAME}.Native"
SCRIPTS = ("index.js", "resolve.js", "synth.js")

DOUBT = "tanada: an address in doubt"
"""What Node says when an address is not plainly right."""


def package() -> bytes:
    """The npm package."""
    from tanada.stacks.fast.bundle import package_of

    text = {"primitive": "string"}
    anything = {"primitive": "any"}
    methods = {
        "address": (("stack", anything), ("word", text), ("layer", text)),
        "reference": (("object", anything), ("member", text), ("argument", text), ("key", text)),
        "remember": (("file", text),),
        "folder": (),
        "code": (),
    }
    returns = {"folder": text, "code": {"primitive": "boolean"}}
    declared = [
        {"name": name, "static": True, "parameters": [{"name": each, "type": kind} for each, kind in parameters]}
        | ({"returns": {"type": returns[name]}} if name in returns else {})
        for name, parameters in methods.items()
    ]
    native = {"assembly": NAME, "fqn": FQN, "kind": "class", "name": "Native", "methods": declared}
    assembly = {
        "schema": "jsii/0.10.0",
        "name": NAME,
        "version": VERSION,
        "jsiiVersion": "5.8.22",
        "license": "Apache-2.0",
        "description": "",
        "homepage": "",
        "repository": {"type": "git", "url": ""},
        "author": {"name": "", "roles": ["author"]},
        "targets": {"js": {"npm": NAME}},
        "types": {FQN: native},
        "fingerprint": "*",
    }
    return package_of(
        {
            "package.json": json.dumps({"name": NAME, "version": VERSION, "main": "index.js"}),
            ".jsii": json.dumps(assembly),
            **{name: Path(__file__).with_name(name).read_text(encoding="utf-8") for name in SCRIPTS},
        }
    )
