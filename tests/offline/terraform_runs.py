"""Runs the real terraform on the offline provider."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tanada import offline

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
EVERYTHING = Path(__file__).with_name("everything.json")


def everything(account: str = "111111111111") -> Json:
    """A configuration with every type in use, and some that no table knows; once an account, as its names are taken."""
    loaded: Json = json.loads(EVERYTHING.read_text().replace("111111111111", account))
    return loaded


def configuration(resources: Json, **more: Any) -> Json:
    """A stack of these resources."""
    return {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "6.28.0"}}},
        "provider": {"aws": [{"region": "ap-northeast-1", "allowed_account_ids": ["111111111111"]}]},
        **({"resource": copy.deepcopy(resources)} if resources else {}),
        **more,
    }


@dataclass(frozen=True)
class Result:
    code: int
    output: str


@dataclass(frozen=True)
class Stack:
    """An offline copy of a stack, in a folder of its own."""

    root: Path
    environment: Mapping[str, str]
    name: str = "common-main"
    provider: offline.Running | None = None
    """What serves this stack's own types alone, as commands do it: Terraform needs half the time. None: all types."""

    image: str = ""
    """Terraform in the container of this image, by the script that teams have; empty: the one on PATH. It isn't
    initialised there: with types that are served there is nothing to fetch, and a start costs a second."""

    @property
    def folder(self) -> Path:
        return self.root / "offline" / self.name

    def write(self, configuration: Json, **states: Path) -> Stack:
        source = self.root / "stacks" / self.name
        source.mkdir(parents=True, exist_ok=True)
        (source / "cdk.tf.json").write_text(json.dumps(configuration))
        existing = self.provider.existing if self.provider else None
        offline.prepare(source, self.folder, {name.replace("_", "-"): path for name, path in states.items()}, existing)
        if not (self.image or (self.folder / ".terraform").is_dir()):
            self.must("init")
        return self

    def run(self, *arguments: str) -> Result:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        served = self.provider.environment_for(self.folder) if self.provider else {}
        program = "terraform"
        if self.image:
            program = str(ROOT / "scripts" / "terraform-docker.sh")
            mounts = [self.root, *(self.provider.mounts if self.provider else ())]
            kept |= {
                "TANADA_TERRAFORM_IMAGE": self.image,
                "TANADA_TERRAFORM_NETWORK": "none",
                "TANADA_TERRAFORM_MOUNTS": ":".join(map(str, mounts)),
            }
        done = subprocess.run(
            [program, f"-chdir={self.folder}", *arguments],
            cwd=ROOT,
            env={**kept, **self.environment, **served, "CHECKPOINT_DISABLE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        return Result(done.returncode, done.stdout)

    def must(self, *arguments: str) -> str:
        result = self.run(*arguments, *(() if arguments[0] in ("state", "show", "workspace") else ("-no-color",)))
        assert result.code == 0, result.output
        return result.output

    def apply(self) -> str:
        return self.must("apply", "-auto-approve")

    def plan(self) -> dict[str, list[str]]:
        """What each resource would go through, by address; only those that change."""
        planned = self.run("plan", "-out=plan", "-no-color", "-detailed-exitcode")
        assert planned.code in (0, 2), planned.output
        if planned.code == 0:  # which a second process would only say again
            return {}
        shown = json.loads(self.must("show", "-json", "plan"))
        return {
            change["address"]: change["change"]["actions"]
            for change in shown["resource_changes"]
            if change["change"]["actions"] != ["no-op"]
        }

    def replaced_for(self) -> dict[str, list[list[str | int]]]:
        """Why, after `plan`: the attributes that force a replacement."""
        shown = json.loads(self.must("show", "-json", "plan"))
        return {
            change["address"]: sorted(change["change"]["replace_paths"], key=str)
            for change in shown["resource_changes"]
            if change["change"].get("replace_paths")
        }

    def state(self) -> Json:
        pulled: Json = json.loads(self.must("state", "pull") or "{}")
        return pulled

    def values(self, kind: str, name: str) -> list[Json]:
        """The attributes of a resource's instances, as the state keeps them."""
        return [
            instance["attributes"]
            for resource in self.state()["resources"]
            if (resource["type"], resource["name"]) == (kind, name)
            for instance in resource["instances"]
        ]
