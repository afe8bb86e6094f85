"""Which terraform runs: the pinned image through scripts/terraform-docker.sh, or the pinned version on this machine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tanada.errors import StoppedError, TerraformError
from tanada.terraform.environ import clean
from tanada.terraform.messages import plain
from tanada.terraform.process import Processes

VARIABLE = "TANADA_TERRAFORM"
SCRIPT = "scripts/terraform-docker.sh"


@dataclass(frozen=True)
class Program:
    path: str
    container: bool
    version: str
    name: str
    """What every output says: the image, or `local terraform 1.11.4`."""


def choice(environ: Mapping[str, str]) -> Literal["local", "container"]:
    """What `TANADA_TERRAFORM` asks for."""
    match environ.get(VARIABLE, "container") or "container":
        case "local":
            return "local"
        case "container":
            return "container"
        case other:
            raise TerraformError(f"{VARIABLE}={other}: expected container (the default) or local.")


def pinned_version(root: Path) -> str:
    """The one place that names the version: `.terraform-version`."""
    try:
        return (root / ".terraform-version").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise TerraformError(f"{root / '.terraform-version'} is missing: it names Terraform's version.") from None


def image(root: Path, environ: Mapping[str, str]) -> str:
    """`TANADA_TERRAFORM_IMAGE` (a mirror, or an image built here), else `.terraform-image`."""
    if named := environ.get("TANADA_TERRAFORM_IMAGE"):
        return named
    try:
        return (root / ".terraform-image").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise TerraformError(f"{root / '.terraform-image'} is missing: it names Terraform's image.") from None


def choose(root: Path, environ: Mapping[str, str], processes: Processes) -> Program:
    """The terraform to use, of exactly the pinned version."""
    wanted = pinned_version(root)
    if choice(environ) == "local":
        binary = shutil.which("terraform", path=environ.get("PATH"))
        if binary is None:
            raise TerraformError(
                f"{VARIABLE}=local, but there is no terraform on PATH: "
                f"install version {wanted}, or unset {VARIABLE} to use the container."
            )
        version = _version(binary, root, environ, processes)
        if version != wanted:
            raise TerraformError(
                f"{binary} is terraform {version}, but .terraform-version pins {wanted}: "
                f"install that one, or unset {VARIABLE} to use the container."
            )
        return Program(binary, container=False, version=version, name=f"local terraform {version}")
    script = root / SCRIPT
    if not script.is_file():
        raise TerraformError(f"{script} is missing: it runs the pinned terraform. `{VARIABLE}=local` does without.")
    named = image(root, environ)
    try:
        version = _version(str(script), root, environ, processes)
    except StoppedError:
        raise
    except TerraformError as error:
        raise TerraformError(
            f"{error} Without a container: {VARIABLE}=local, with terraform {wanted} on PATH."
        ) from None
    if version != wanted:
        raise TerraformError(f"The image {named} holds terraform {version}, but .terraform-version pins {wanted}.")
    return Program(str(script), container=True, version=version, name=f"container {named}")


def _version(path: str, root: Path, environ: Mapping[str, str], processes: Processes) -> str:
    silent = {**clean(environ), "CHECKPOINT_DISABLE": "1"}
    finished = processes.run([path, "version", "-json"], cwd=root, environment=silent)
    if finished.code != 0 and processes.stopped:
        raise StoppedError("Interrupted.")
    if finished.code != 0:
        raise TerraformError(plain(finished.errors) or f"{path} version failed with exit code {finished.code}.")
    try:
        return str(json.loads(finished.output)["terraform_version"])
    except (ValueError, KeyError):
        raise TerraformError(f"{path} doesn't say its version: is it terraform?") from None
