"""Makes the copy of a stack that is planned without AWS: local states, no credentials, the same resources."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tanada.contract.state import FILE as STATE
from tanada.errors import OfflineError
from tanada.files import CONFIGURATION, parsed
from tanada.offline.existing import Existing, imports, known, read

_LOCK = ".terraform.lock.hcl"
_SUFFIX = ".tfstate"
_CREDENTIALS = frozenset(
    {
        "access_key",
        "assume_role",
        "assume_role_with_web_identity",
        "custom_ca_bundle",
        "ec2_metadata_service_endpoint",
        "ec2_metadata_service_endpoint_mode",
        "endpoints",
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "profile",
        "secret_key",
        "shared_config_files",
        "shared_credentials_files",
        "sts_region",
        "token",
    }
)
Json = dict[str, Any]


def prepare(stack_folder: Path, target: Path, states: Mapping[str, Path], existing: Path | None = None) -> str:
    """Write the offline copy of `stack_folder` into `target`, beside the states that may be there; its text.

    `states` says in which folder the offline copy of each stack lies that this one reads, `existing` which file says
    what stands there that nothing here made. Whatever else lies in the
    folder is removed: Terraform would read it too.
    """
    source = stack_folder / CONFIGURATION
    try:
        configuration = parsed(source.read_text(encoding="utf-8"))
    except OSError:
        raise OfflineError(f"{source} can't be read: run tanada synth.") from None
    except ValueError as error:
        raise OfflineError(f"{source} is no JSON ({error}): run tanada synth.") from None

    def state_path(stack: str) -> str:
        if stack not in states:
            known = ", ".join(sorted(states)) or "none"
            raise OfflineError(
                f"{stack_folder.name} reads the state of {stack}, of which no offline copy is known ({known} are)."
            )
        return os.path.relpath(states[stack] / STATE, target)

    text = (
        json.dumps(
            rewrite(configuration, state_path, read(existing) if existing else None), indent=2, ensure_ascii=False
        )
        + "\n"
    )
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for each in target.iterdir():
        if not each.name.startswith((STATE, f".{STATE}")) and each.name not in (CONFIGURATION, _LOCK, ".terraform"):
            shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    _write(target / CONFIGURATION, text)
    return text


def rewrite(
    configuration: Mapping[str, Any], state_path: Callable[[str], str], existing: Existing | None = None
) -> Json:
    """The same configuration with local states and without credentials; nothing given is changed. Pure.

    `state_path` tells where the state of a stack lies, as Terraform finds it from the copy's folder. What stands
    nowhere that is known here is not imported but made: offline nobody can say what it is like.
    """
    rewritten: Json = dict(configuration)
    if "terraform" in rewritten:
        rewritten["terraform"] = _each(rewritten["terraform"], _local_backend)
    if "provider" in rewritten:
        rewritten["provider"] = _each(rewritten["provider"], _without_credentials)
    if "data" in rewritten:
        rewritten["data"] = _each(rewritten["data"], lambda data: _local_remote_states(data, state_path))
        rewritten["data"] = _each(rewritten["data"], _unasked)
    if taken := imports(configuration):
        left = [each for each in taken if known(each, existing or {})]
        rewritten = {name: each for name, each in rewritten.items() if name != "import"}
        rewritten |= {"import": left} if left else {}
    return rewritten


def _each(value: Any, change: Callable[[Json], Json]) -> Any:
    """Terraform's JSON allows a list of objects wherever it allows one."""
    if isinstance(value, list):
        return [_each(item, change) for item in value]
    return change(value) if isinstance(value, dict) else value


def _local_backend(terraform: Json) -> Json:
    """Terraform's implied one, which has its states where STATE says and, of workspaces, in `terraform.tfstate.d`.

    Said expressly, with the same paths, an init in a fresh TF_DATA_DIR takes existing workspaces for those of another
    backend and wants to migrate them, `-reconfigure` or not (seen on 1.11.4).
    """
    return {name: value for name, value in terraform.items() if name not in ("backend", "cloud")}


def _without_credentials(providers: Json) -> Json:
    def stripped(block: Json) -> Json:
        return {name: value for name, value in block.items() if name not in _CREDENTIALS}

    return {name: _each(block, stripped) if name == "aws" else block for name, block in providers.items()}


def _local_remote_states(data: Json, state_path: Callable[[str], str]) -> Json:
    def local(sources: Json) -> Json:
        return {name: _each(source, localized) for name, source in sources.items()}

    def localized(source: Json) -> Json:
        if source.get("backend") != "s3":
            return source
        kept = {name: value for name, value in source.items() if name not in ("backend", "config", "workspace")}
        return {**kept, "backend": "local", "config": {"path": state_path(stack_of(source.get("config")))}}

    return {name: _each(value, local) if name == "terraform_remote_state" else value for name, value in data.items()}


def _unasked(data: Json) -> Json:
    """Without what is asked of a hosted zone that is looked up by its id: whose name that is, only AWS knows."""

    def unasked(zone: Json) -> Json:
        return {name: value for name, value in zone.items() if name != "lifecycle"}

    return {
        name: _each(value, lambda zones: {each: _each(zone, unasked) for each, zone in zones.items()})
        if name == "aws_route53_zone"
        else value
        for name, value in data.items()
    }


def stack_of(config: object) -> str:
    """The stack whose state lies under a key: `<system>/<stack>.tfstate`."""
    config = config[0] if isinstance(config, list) and config else config
    key = config.get("key") if isinstance(config, dict) else None
    if not isinstance(key, str) or not key.endswith(_SUFFIX):
        raise OfflineError(f"A remote state's key is {key!r}, expected <system>/<stack>{_SUFFIX}.")
    return key.rpartition("/")[2].removesuffix(_SUFFIX)


def _write(file: Path, text: str) -> None:
    """At once or not at all; untouched where it says the same already."""
    if file.is_file() and file.read_text(encoding="utf-8") == text:
        return
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    Path(name).replace(file)
