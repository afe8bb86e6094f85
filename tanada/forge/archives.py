"""Downloading artifacts, and taking the reports out of them: what a stranger may have put in is refused."""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from tanada.errors import ForgeError
from tanada.forge.base import Archive
from tanada.text import cut_line

DOWNLOAD_LIMIT = 64 << 20
"""Bytes of one archive; a thousand stacks' reports take a tenth."""
CONTENT_LIMIT = 512 << 20
"""Bytes of all that an archive holds."""
ENTRIES_LIMIT = 20_000
_COMPRESSIONS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_LONGEST_NAME = 255
"""Bytes of a file's name, on all file systems that matter."""
_REDIRECTS = 3
_TIMEOUT = 60
"""Seconds without a byte."""


def download(url: str, headers: Mapping[str, str], retry: Retry, limit: int = DOWNLOAD_LIMIT) -> bytes:
    """The bytes at an address of the forge's API.

    Forges redirect to a signed address of their object storage, which must not see our token: `headers` go to the
    first host only. Refuses more than `limit` bytes, and a redirect from HTTPS to HTTP. HTTP errors come as
    `requests.HTTPError`.
    """
    sent = dict(headers)
    with requests.Session() as session:
        session.auth = lambda request: request  # keeps ~/.netrc out
        for prefix in ("https://", "http://"):
            session.mount(prefix, HTTPAdapter(max_retries=retry))
        for _ in range(_REDIRECTS + 1):
            with session.get(url, headers=sent, stream=True, allow_redirects=False, timeout=_TIMEOUT) as response:
                if not response.is_redirect:
                    response.raise_for_status()
                    return _read(response, limit)
                target = urljoin(url, response.headers["Location"])
            if urlsplit(target).netloc != urlsplit(url).netloc:
                sent = {}
            if urlsplit(url).scheme == "https" and urlsplit(target).scheme != "https":
                raise ForgeError(f"{urlsplit(url).hostname} redirects the artifact's download from HTTPS to HTTP.")
            url = target
    raise ForgeError(f"{urlsplit(url).hostname} redirects the artifact's download without end.")


def _read(response: requests.Response, limit: int) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(1 << 16):
        content += chunk
        if len(content) > limit:
            raise ForgeError(f"The artifact is larger than {limit >> 20} MiB: these are no reports of Tanada's.")
    return bytes(content)


_UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,  # places outside the file, names that are no UTF-8
    zlib.error,
)
"""What zipfile raises at a damaged file, or at one made to hurt."""


def extract(archive: Archive, folder: Path) -> int:
    """Write the archive's reports below `folder`, readable by their owner alone; returns how many files.

    Reports are the `*.json` at the archive's root or in a folder `reports`, and beside them `ended`, which says that
    the plan came to its end; GitLab's archives hold other files of `.tanada` too. Paths that lead outside, links, and
    more bytes than reports can have are refused.
    """
    written = 0
    left = CONTENT_LIMIT
    try:
        with zipfile.ZipFile(io.BytesIO(archive.content)) as file:
            entries = file.infolist()
            if len(entries) > ENTRIES_LIMIT:
                raise ForgeError(f"The artifact {archive.name} holds {len(entries)} files: no reports of Tanada's.")
            for entry in entries:
                path = _checked(entry, archive.name)
                if (path.suffix != ".json" and path.name != "ended") or path.parent.name not in {"", "reports"}:
                    continue
                with file.open(entry) as stream:  # its size by reading: the one that the entry states may lie
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise ForgeError(f"The artifact {archive.name} unpacks to more than {CONTENT_LIMIT >> 20} MiB.")
                _write(folder / path.name, content)
                written += 1
    except _UNREADABLE:
        raise ForgeError(f"The artifact {archive.name} is no zip file that can be read.") from None
    return written


def _checked(entry: zipfile.ZipInfo, name: str) -> PurePosixPath:
    path = PurePosixPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    outside = path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename
    if outside or kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise ForgeError(f"The artifact {name} holds {entry.filename!r}, which leads outside; nothing of it is used.")
    if entry.compress_type not in _COMPRESSIONS or len(path.name.encode("utf-8", "replace")) > _LONGEST_NAME:
        raise ForgeError(f"The artifact {name} holds {cut_line(entry.filename, 80)!r}, which no forge packs like this.")
    return path


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists():
        raise ForgeError(f"The artifact holds two reports {path.name}; one of them is not Tanada's.")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
