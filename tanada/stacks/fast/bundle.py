"""The provider's package for Node with the submodules in use alone: a pass over its 400 MB, a second and a half."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tanada.stacks.fast.packages import PROVIDER_IN_NODE

_TYPES = b'\n  "types": {'
_TYPE = re.compile(rb'^    "(@cdktf/provider-aws\.(\w+)\.[^"]+)": \{', re.MULTILINE)
_END = b"\n    }"
# Source maps are four fifths of the files and serve debuggers of the provider alone.
_SOURCE_MAP = b"\n//# sourceMappingURL="
_CLASS = re.compile(r"^class (\w+) extends", re.MULTILINE)
_ATTRIBUTE = re.compile(
    r"^    get (\w+)\(\) \{\n"
    r"        return (?:cdktf\.Fn\.tolist\()?this\.get(String|List)Attribute\('\w+'\)\)?;\n    \}",
    re.MULTILINE,
)
_ELEMENTS = (" extends cdktf.TerraformResource", " extends cdktf.TerraformDataSource")
_DROPPED = ("docs", "locationInModule")


def bundle(tarball: Path, submodules: Collection[str]) -> tuple[bytes, dict[str, dict[str, str]]]:
    """A jsii package that holds these submodules alone, and which attributes of its classes are references.

    `submodules` are names in Python; one that does not exist is left out: Python's own import says so.
    """
    head: dict[str, Any] = {}
    types: dict[str, dict[str, dict[str, Any]]] = {}
    names: dict[str, str] = {}
    scripts: dict[str, dict[str, str]] = {}
    package = b""
    with tarfile.open(tarball, "r|gz") as archive:
        for member in archive:
            folder, _, rest = member.name.removeprefix("package/lib/").partition("/")
            if member.name == "package/.jsii":  # the first
                assembly = _content(archive, member)
                head, types = _head(assembly), _types(assembly, submodules)
                # "src/sqs-queue/index:SqsQueue": not always the name in kebab case (`s3ControlBucket`).
                names = {next(iter(own.values()))["symbolId"].split("/")[1]: name for name, own in types.items()}
            elif member.name == "package/package.json":
                package = _content(archive, member)
            elif folder in names and rest.endswith(".js"):
                script = _content(archive, member).partition(_SOURCE_MAP)[0].decode()
                scripts.setdefault(folder, {})[rest] = script
    folders = {name: folder for folder, name in names.items()}
    # Read when first used: a module costs Node half a millisecond.
    index = "".join(
        f"Object.defineProperty(exports,{json.dumps(name)},"
        f"{{enumerable:true,get:()=>require({json.dumps('./' + folders[name])})}});"
        for name in types
    )
    all_types = {fqn: each for own in types.values() for fqn, each in own.items()}
    files = {
        "package.json": json.dumps(json.loads(package)),
        ".jsii": json.dumps({**head, "submodules": {}, "types": all_types}),
        "lib/index.js": f'"use strict";{index}',
    }
    references: dict[str, dict[str, str]] = {}
    for name in types:
        own = scripts[folders[name]]
        files.update({f"lib/{folders[name]}/{path}": text for path, text in own.items()})
        references.update(attributes(name, own["index.js"]))
    return package_of(files), references


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    file = archive.extractfile(member)
    return b"" if file is None else file.read()


def python_name(submodule: str) -> str:
    """The Python module of a submodule, as jsii names it: `sqsQueue` is `sqs_queue`."""
    return re.sub("([A-Z])", lambda match: "_" + match[1].lower(), submodule)


def package_of(files: dict[str, str]) -> bytes:
    """An npm package of these files, the same bytes each time."""
    target = io.BytesIO()
    # The time of making would be in it otherwise.
    with gzip.GzipFile(fileobj=target, mode="wb", compresslevel=6, mtime=0) as packed:
        packed.write(_archive(files))
    return target.getvalue()


def _archive(files: dict[str, str]) -> bytes:
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for path, text in files.items():
            content = text.encode()
            member = tarfile.TarInfo(f"package/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return target.getvalue()


def attributes(submodule: str, script: str) -> dict[str, dict[str, str]]:
    """By class: which of its properties are references to an attribute, `String` or `List`.

    Others give what was put in, or number and boolean tokens, or objects.
    """
    references: dict[str, dict[str, str]] = {}
    starts = [(match[1], match.start()) for match in _CLASS.finditer(script)]
    for (name, start), end in zip(starts, [*(start for _, start in starts[1:]), len(script)], strict=True):
        own = {match[1]: match[2] for match in _ATTRIBUTE.finditer(script, start, end)}
        if script.startswith(_ELEMENTS, script.index(" extends", start)):
            own["fqn"] = "String"
        references[f"{PROVIDER_IN_NODE}.{submodule}.{name}"] = own
    return {fqn: each for fqn, each in references.items() if each}


def _types(assembly: bytes, submodules: Collection[str]) -> dict[str, dict[str, dict[str, Any]]]:
    """The types of these submodules, by submodule, each in the order of its Python name.

    One type after the other: all at once they would fill a gigabyte.
    """
    types: dict[str, dict[str, dict[str, Any]]] = {}
    for match in _TYPE.finditer(assembly, assembly.index(_TYPES)):
        fqn, name = match[1].decode(), match[2].decode()
        if python_name(name) in submodules:
            end = assembly.index(_END, match.end()) + len(_END)
            types.setdefault(name, {})[fqn] = _without_docs(json.loads(assembly[match.end() - 1 : end]))
    return dict(sorted(types.items(), key=lambda each: python_name(each[0])))


def _head(assembly: bytes) -> dict[str, Any]:
    """What stands in the assembly beside its types."""
    start = assembly.index(_TYPES)
    end = assembly.index(b"\n  },", start) + len(b"\n  },")
    head: dict[str, Any] = json.loads(assembly[:start] + assembly[end:])
    for key in ("readme", "docs", "submodules"):
        head.pop(key, None)
    return head


def _without_docs(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_docs(each) for key, each in value.items() if key not in _DROPPED}
    if isinstance(value, list):
        return [_without_docs(each) for each in value]
    return value
