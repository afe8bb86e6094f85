"""What stands in the AWS that is played offline though nothing here made it: what `imports` may take over.

A file beside the states says it by hand (docs/offline.md): `{"aws_vpc": {"vpc-0a1b…": {"cidr_block": "10.0.0.0/16"}}}`,
by type and by the id that an import names, the attributes as the provider calls them. What it leaves out is as AWS
fills it in.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tanada.errors import OfflineError

FILE = "existing.json"
Json = Mapping[str, Any]
Existing = Mapping[str, Mapping[str, Json]]


def read(file: Path) -> Existing:
    """What the file says, nothing where there is none; raises OfflineError where it isn't of that form."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise OfflineError(f"{file} can't be read: {error}") from None
    types = content.values() if isinstance(content, dict) else [None]
    if not all(isinstance(ids, dict) and all(isinstance(each, dict) for each in ids.values()) for ids in types):
        raise OfflineError(f'{file}: expected {{"aws_vpc": {{"vpc-…": {{"cidr_block": "10.0.0.0/16"}}}}}}.')
    known: Existing = content
    return known


def imports(configuration: Json) -> list[Json]:
    """The import blocks of a configuration; Terraform's JSON allows one where it allows a list. Pure."""
    blocks = configuration.get("import") or []
    return [each for each in (blocks if isinstance(blocks, list) else [blocks]) if isinstance(each, dict)]


def known(block: Json, existing: Existing) -> bool:
    """Whether what an import block takes over stands there. Pure."""
    return block.get("id") in existing.get(str(block.get("to")).partition(".")[0], {})
