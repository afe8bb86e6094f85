"""The provider's package for Node, split into one piece a submodule: its 130 MB are read once a version."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from tanada.stacks.fast.derived import Content
from tanada.stacks.fast.packages import PROVIDER_IN_NODE

_HEAD = "assembly"
_TYPE = re.compile(rb'^    "(@cdktf/provider-aws\.[^"]+)": (\{.*?^    \})', re.MULTILINE | re.DOTALL)
# Source maps are four fifths of the files and serve debuggers of the provider alone.
_SOURCE_MAP = re.compile(rb"\n//# sourceMappingURL=.*", re.DOTALL)
_CLASS = re.compile(r"^class (\w+) extends", re.MULTILINE)
_ATTRIBUTE = re.compile(
    r"^    get (\w+)\(\) \{\n"
    r"        return (?:cdktf\.Fn\.tolist\()?this\.get(String|List)Attribute\('\w+'\)\)?;\n    \}",
    re.MULTILINE,
)
_ELEMENTS = (" extends cdktf.TerraformResource", " extends cdktf.TerraformDataSource")
_DROPPED = ("docs", "locationInModule")


def split(tarball: Path) -> bytes:
    """A zip file with an entry a submodule, and one for what they share."""
    scripts: dict[str, dict[str, str]] = {}
    assembly = package = b""
    with tarfile.open(tarball, "r|gz") as archive:
        for member in archive:
            folder, _, rest = member.name.removeprefix("package/lib/").partition("/")
            file = archive.extractfile(member)
            if file is None:
                continue
            if member.name == "package/.jsii":
                assembly = file.read()
            elif member.name == "package/package.json":
                package = file.read()
            elif rest.endswith(".js") and member.name.startswith("package/lib/"):
                text = _SOURCE_MAP.sub(b"", file.read()).decode()
                scripts.setdefault(folder, {})[rest] = text
    types = dict(_types(assembly))
    head = {**_head(assembly), "package": json.loads(package)}
    names = {name.split(".")[1] for name in types}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as pieces:
        pieces.writestr(_HEAD, json.dumps(head))
        by_name: dict[str, dict[str, Any]] = {name: {} for name in names}
        for fqn, each in types.items():
            by_name[fqn.split(".")[1]][fqn] = each
        for name, own in by_name.items():
            # "src/sqs-queue/index:SqsQueue": not always the name in kebab case (`s3ControlBucket`).
            folder = next(iter(own.values()))["symbolId"].split("/")[1]
            piece = {"name": name, "folder": folder, "types": own, "scripts": scripts[folder]}
            pieces.writestr(python_name(name), json.dumps(piece))
    return target.getvalue()


def assemble(pieces: Content, submodules: Collection[str]) -> tuple[bytes, dict[str, dict[str, str]]]:
    """A jsii package that holds these submodules alone, and which attributes of its classes are references.

    A submodule that does not exist is left out: Python's own import says so.
    """
    with zipfile.ZipFile(io.BytesIO(pieces)) as archive:
        present = sorted(set(submodules) & (set(archive.namelist()) - {_HEAD}))
        head = json.loads(archive.read(_HEAD))
        chosen = [json.loads(archive.read(name)) for name in present]
    package = head.pop("package")
    types = {fqn: each for piece in chosen for fqn, each in piece["types"].items()}
    # Read when first used: a module costs Node half a millisecond.
    index = "".join(
        f"Object.defineProperty(exports,{json.dumps(piece['name'])},"
        f"{{enumerable:true,get:()=>require({json.dumps('./' + piece['folder'])})}});"
        for piece in chosen
    )
    files = {
        "package.json": json.dumps(package),
        ".jsii": json.dumps({**head, "submodules": {}, "types": types}),
        "lib/index.js": f'"use strict";{index}',
    }
    for piece in chosen:
        files.update({f"lib/{piece['folder']}/{path}": text for path, text in piece["scripts"].items()})
    references: dict[str, dict[str, str]] = {}
    for piece in chosen:
        references.update(attributes(piece["name"], piece["scripts"]["index.js"]))
    return package_of(files), references


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


def _types(assembly: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    """One type after the other: all at once they would fill a gigabyte."""
    for match in _TYPE.finditer(assembly, assembly.index(b'\n  "types": {')):
        each: dict[str, Any] = json.loads(match[2])
        yield match[1].decode(), _without_docs(each)


def _head(assembly: bytes) -> dict[str, Any]:
    """What stands in the assembly beside its types."""
    start = assembly.index(b'\n  "types": {')
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
