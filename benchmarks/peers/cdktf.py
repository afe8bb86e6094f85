"""CDKTF in JavaScript, cdktn, and plain dictionaries: programs that make the stack that Tanada emitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from graphlib import TopologicalSorter
from typing import Any

from benchmarks.peers.source import SAMPLE, Call, Read, Struct, Writer, camel, javascript, pascal, python

_MAPS = ("tags",)
"""Attributes that hold what they are given; other mappings are blocks."""
_LISTS = ("subnets",)
"""Attributes that are lists: an expression in the place of one must say so."""


@dataclass(frozen=True)
class Element:
    """One construct: its class (of the provider's submodule, or of the core), its id, its settings."""

    kind: str
    id: str
    settings: Mapping[str, Any]
    submodule: str | None = None
    variable: str | None = None
    overrides: Mapping[str, Any] | None = None
    address: str | None = None
    """Where the id is taken by another element."""


def elements(stack: Mapping[str, Any]) -> Iterator[Element]:
    """The constructs of an emitted stack, each after those that it depends on."""
    taken = {"backend"}  # by S3Backend
    for each in _elements(stack):
        if each.id in taken:
            yield replace(each, id=f"{each.id}_{each.kind}", address=each.id)
        else:
            yield each
            taken.update({each.id} if each.id else ())


def _elements(stack: Mapping[str, Any]) -> Iterator[Element]:
    terraform = stack["terraform"]
    backend = dict(terraform["backend"]["s3"])
    lock = backend.pop("use_lockfile")
    yield Element("S3Backend", "", backend)
    yield Element(
        "stack",
        "",
        {},
        variable="stack",
        overrides={
            "terraform.backend.s3.use_lockfile": lock,
            "terraform.required_version": terraform["required_version"],
        },
    )
    for settings in stack["provider"]["aws"]:
        yield Element("AwsProvider", "aws", _block("AwsProvider", settings), "provider")
    for name, state in stack["data"]["terraform_remote_state"].items():
        settings = {**state["config"], "workspace": state["workspace"]}
        overrides = {"lifecycle": state["lifecycle"]}
        yield Element("DataTerraformRemoteStateS3", name, settings, variable=f"data_{name}", overrides=overrides)
    for name, settings in stack["variable"].items():
        yield Element("TerraformVariable", name, settings)
    for name, value in stack["locals"].items():
        yield Element("TerraformLocal", name, {"": value})
    yield from _resources(stack["resource"])
    for name, settings in stack["output"].items():
        yield Element("TerraformOutput", name, settings, variable=f"output_{name}")


def _resources(types: Mapping[str, Any]) -> Iterator[Element]:
    resources = {f"{kind}.{name}": (kind, name, body) for kind, named in types.items() for name, body in named.items()}
    needed = {address: body.get("depends_on", ()) for address, (_, _, body) in resources.items()}
    for address in TopologicalSorter(needed).static_order():
        kind, name, body = resources[address]
        provider, _, submodule = kind.partition("_")
        if provider == "aws":
            yield Element(pascal(submodule), name, _block(pascal(submodule), body), submodule, name)
        else:
            settings = {"terraform_resource_type": kind, **_block("TerraformResource", body)}
            yield Element("TerraformResource", name, settings, variable=name)


def _block(prefix: str, body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _value(prefix, key, value) for key, value in body.items() if key != "//"}


def _value(prefix: str, key: str, value: Any) -> Any:
    if key == "depends_on":
        return [Read(address.partition(".")[2]) for address in value]
    if key in _LISTS and isinstance(value, str):
        return Call("Token.as_list", (value,))
    if isinstance(value, list):
        return [_value(prefix, key, each) for each in value]
    if isinstance(value, Mapping) and key not in _MAPS:
        name = {"lifecycle": "TerraformResourceLifecycle", "precondition": "Precondition"}.get(
            key, prefix + pascal(key)
        )
        return Struct(name, _block(name, value))
    return value


def javascript_program(stack: Mapping[str, Any], *, naive: bool) -> str:
    """CDKTF for JavaScript: submodules by their paths or, naively, the whole provider."""
    made = list(elements(stack))
    submodules = sorted({each.submodule for each in made if each.submodule})
    lines = ['"use strict";', 'const cdktf = require("cdktf");', "const { Token } = cdktf;"]
    if naive:
        lines.append('const aws = require("@cdktf/provider-aws");')
        lines += [f"const {camel(name)} = aws.{camel(name)};" for name in submodules]
    else:
        lines += [
            f'const {camel(name)} = require("@cdktf/provider-aws/lib/{name.replace("_", "-")}");' for name in submodules
        ]
    lines += ["", "function environment(app, n) {"]
    lines.append(f"  const stack = new cdktf.TerraformStack(app, {javascript(f'environment-{SAMPLE}')});")
    for each in made:
        if each.kind != "stack":
            owner = camel(each.submodule) if each.submodule else "cdktf"
            settings = each.settings[""] if "" in each.settings else Struct("", each.settings)
            words = ["stack", *([javascript(each.id)] if each.id else []), javascript(settings)]
            bound = f"const {each.variable} = " if each.variable else ""
            lines.append(f"  {bound}new {owner}.{each.kind}({', '.join(words)});")
        lines += [f"  {line};" for line in _afterwards(each, javascript)]
    lines += [
        "}",
        "",
        "const app = new cdktf.App({ outdir: process.argv[3], stackTraces: false });",
        'for (let i = 1; i <= +process.argv[2]; i++) environment(app, "e" + String(i).padStart(4, "0"));',
        "app.synth();",
    ]
    return "\n".join(lines) + "\n"


def cdktn_program(stack: Mapping[str, Any]) -> str:
    """The community's successor of CDKTF, in Python."""
    made = list(elements(stack))
    lines = ["import sys", ""]
    for name in sorted({each.submodule for each in made if each.submodule}):
        classes = {each.kind for each in made if each.submodule == name}
        prefixes = tuple(classes)
        classes |= {
            struct
            for each in made
            for struct in _structs(each.settings)
            if each.submodule == name and struct.startswith(prefixes)
        }
        lines.append(f"from cdktn_provider_aws.{name} import {', '.join(sorted(classes))}")
    core = {each.kind for each in made if each.submodule is None and each.kind != "stack"}
    core |= {"App", "TerraformStack", "Token", "TerraformResourceLifecycle", "Precondition"}
    lines += [f"from cdktn import {', '.join(sorted(core))}", "", "", "def environment(app, n):"]
    lines.append(f"    stack = TerraformStack(app, {python(f'environment-{SAMPLE}')})")
    for each in made:
        if each.kind != "stack":
            named = [f"{key or 'expression'}={python(value)}" for key, value in each.settings.items()]
            words = ["stack", *([python(each.id)] if each.id else []), *named]
            bound = f"{each.variable} = " if each.variable else ""
            lines.append(f"    {bound}{each.kind}({', '.join(words)})")
        lines += [f"    {line}" for line in _afterwards(each, python)]
    lines += [
        "",
        "",
        "app = App(outdir=sys.argv[2], stack_traces=False)",
        "for i in range(1, int(sys.argv[1]) + 1):",
        '    environment(app, f"e{i:04}")',
        "app.synth()",
    ]
    return "\n".join(lines) + "\n"


def dictionary_program(stack: Mapping[str, Any]) -> str:
    """The floor: the same stack as a dictionary, written by `json`."""
    return "\n".join(
        [
            "import json",
            "import sys",
            "from pathlib import Path",
            "",
            "",
            "def environment(n):",
            f"    return {python(_plain(stack))}",
            "",
            "",
            "for i in range(1, int(sys.argv[1]) + 1):",
            '    n = f"e{i:04}"',
            '    folder = Path(sys.argv[2], "stacks", f"environment-{n}")',
            "    folder.mkdir(parents=True)",
            '    (folder / "cdk.tf.json").write_text(json.dumps(environment(n), indent=2))',
            "",
        ]
    )


def comparable(stack: Mapping[str, Any]) -> Any:
    """What two stacks must have in common to be the same: all but comments and the versions of the tools."""
    return {key: value for key, value in _plain(stack).items() if key != "terraform"}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if key != "//"}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _afterwards(element: Element, write: Writer) -> Iterator[str]:
    case = camel if write is javascript else str
    for path, value in (element.overrides or {}).items():
        yield f"{element.variable}.{case('add_override')}({write(path)}, {write(value)})"
    if element.address:
        yield f"{element.variable}.{case('override_logical_id')}({write(element.address)})"


def _structs(value: Any) -> Iterator[str]:
    if isinstance(value, Struct):
        yield value.name
        yield from _structs(value.fields)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _structs(each)
    elif isinstance(value, list):
        for each in value:
            yield from _structs(each)
