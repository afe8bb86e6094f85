"""Keeps the derived schemas in the user's cache folder, by content, as the message that Terraform asks for."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from google.protobuf.message import DecodeError
from tf.gen import tfplugin_pb2 as pb  # type: ignore[import-untyped]

from tanada.offline import bindings, blocks, codec, deriving, schema
from tanada.offline.tables import limits, sensitive

_SOURCES = (bindings, blocks, codec, deriving, schema, limits, sensitive)
_CHECKSUM = hashlib.sha256().digest_size


def load() -> pb.GetProviderSchema.Response:
    """The schemas of the installed bindings, derived anew where no sound cache of them exists."""
    folder = cache_folder()
    file = folder / key() / "schemas" if folder else None
    kept = _read(file) if file else None
    if kept is not None:
        return kept
    response = codec.schema_response(schema.build(bindings.tarball()))
    if file:
        with contextlib.suppress(OSError):  # a cache that can't be written costs four seconds a start
            _write(file, response.SerializeToString(deterministic=True))
    return response


def key() -> str:
    """What the schemas depend on: the bindings' version and all that derives from them."""
    digest = hashlib.sha256(bindings.version().encode())
    for module in _SOURCES:
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()[:32]


def cache_folder() -> Path | None:
    """`$XDG_CACHE_HOME`, `~/.cache`, else a folder of ours under the temporary one."""
    own = Path(tempfile.gettempdir()) / f"tanada-cache-{os.getuid()}"
    base = os.environ.get("XDG_CACHE_HOME")
    home = Path(base) if base and Path(base).is_absolute() else Path.home() / ".cache"
    for folder in (home / "tanada" / "offline", own / "offline"):
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if os.access(folder, os.W_OK) and folder.stat().st_uid == os.getuid():
                return folder
    return None


def _read(file: Path) -> pb.GetProviderSchema.Response | None:
    try:
        content = file.read_bytes()
    except OSError:
        return None
    checksum, body = content[:_CHECKSUM], content[_CHECKSUM:]
    if hashlib.sha256(body).digest() != checksum:
        return None
    try:
        return pb.GetProviderSchema.Response.FromString(body)
    except DecodeError:
        return None


def _write(file: Path, body: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(hashlib.sha256(body).digest() + body)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
