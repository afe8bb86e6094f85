"""`make update-schemas`: writes the provider's schemas, which the package ships, from the installed bindings."""

from __future__ import annotations

import lzma

from scripts.provider_schemas import bindings
from scripts.provider_schemas.message import build, message
from tanada.offline import schema


def main() -> None:
    raw = message(build(bindings.tarball())).SerializeToString(deterministic=True)
    packed = lzma.compress(raw, preset=9 | lzma.PRESET_EXTREME)
    schema.FILE.write_bytes(packed)
    print(f"{schema.FILE.name}: {len(packed):,} bytes of {len(raw):,}, from bindings {bindings.version()}")  # noqa: T201


if __name__ == "__main__":
    main()
