"""A system in which each name, and all that takes room, is as long as `check` lets it be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

REGION, ACCOUNT = "ap-southeast-1", "111111111111"
SYSTEM = "s" * 20
IMAGE = "i" * 32
NAME = "n" * 31
BALANCER = "b" * 32
ENVIRONMENT = "e" * 32
TABLES = [f"{'t' * 30}{index:02}" for index in range(24)]
ZONE = f"{'z' * 47}.example.jp"
SERVICE: dict[str, Any] = {
    "image": IMAGE,
    "port": 65535,
    "health_check": f"/{'h' * 200}",
    "health_check_grace_period": "2h",
    "cpu": 16384,
    "memory": 122880,
    "arch": "arm64",
    "count": 900,
    "spot": {"share": 1, "base": 5000},
    "user": "4294967294:4294967294",
    "writable": [f"/{'w' * 100}{index}" for index in range(6)],
    "command": ["run", "'\"{{}}\\", "{other.url}"],
    "entrypoint": ["/bin/é"],
    "variables": {"TEXT": "日本語\n" * 500, "TABLE": f"{{{TABLES[0]}.name}}", "URL": "{url}"},
    "secrets": {
        **{f"KEY_{n:02}": f"/{ENVIRONMENT}/{'k' * 80}{n:02}" for n in range(25)},
        **{f"ENV_{n:02}": f"{ENVIRONMENT}/{'s' * 80}{n:02}:KEY" for n in range(25)},
    },
    "reach": ["other", *TABLES],
    "exec": True,
    "stop_timeout": "2m",
    "deregistration_delay": "1h",
    "logs": {"days": 3653},
}


def written(folder: Path) -> Path:
    """The folder with that system."""
    public = {
        "image": IMAGE,
        "port": 1,
        "http": {"health_check": f"/{'p' * 1000}", "load_balancer": BALANCER},
        "deregistration_delay": "1h",
        "health_check_grace_period": "2h",
    }
    document = {
        "system": SYSTEM,
        "tanada": "0.1",
        "accounts": {"m" * 32: {"id": ACCOUNT, "region": REGION, "protected": True}},
        "common": {
            "hosted_zones": [ZONE],
            "images": [IMAGE],
            "load_balancers": {BALANCER: {}},
            "network": {"availability_zones": 3, "nat": "per_zone"},
            "ci": {"github": f"{'o' * 39}/{'r' * 100}", "branch": "b" * 200},
        },
        "blueprint": {
            "services": {NAME: SERVICE, "other": {"image": IMAGE, "port": 65535}, "p" * 32: public},
            "stores": {each: {"table": {"partition_key": "k" * 255, "sort_key": "s" * 255}} for each in TABLES},
        },
    }
    for file, content in (
        ("system.yaml", document),
        (f"environments/{ENVIRONMENT}.yaml", {"account": "m" * 32, "domain": f"{'d' * 63}.{ZONE}"}),
        ("workspaces/review.yaml", {"account": "m" * 32, "domain": f"rrrrr.{ZONE}", "limit": 1}),
    ):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        with (folder / file).open("w") as stream:
            YAML(typ="safe").dump(content, stream)
    return folder
