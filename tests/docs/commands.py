"""The commands that README and guides show, and which a newcomer runs (tests/templates/test_wheel.py)."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tanada.templates import readme

ROOT = Path(__file__).parents[2]
TEAMS = ROOT / "tanada" / "templates" / "repository" / "README.md.j2"
"""The README that `tanada init` writes."""
PAGES = (ROOT / "README.md", TEAMS, *sorted((ROOT / "docs").rglob("*.md")))
"""Those of `examples/` are tests/systems/test_every_system.py's."""
NO_COMMANDS = {"", "dockerfile", "hcl", "html", "jinja", "json", "python", "text", "toml", "yaml"}
"""Languages of blocks that nobody types into a terminal."""
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """One command as a page shows it, and what a newcomer reads then."""

    command: str
    says: str = ""
    """A regular expression that its output has."""
    offline: str = ""
    """What is written behind it here, where there is no account."""


MADE, APPLIED = r": \d\d to create", r"applied: \d\d created"
PATH = (
    Step(".venv/bin/tanada init ../my-system", r"my-system"),
    Step("python3 -m venv .venv"),
    Step(".venv/bin/pip install --require-hashes -r requirements.txt"),
    Step(".venv/bin/tanada check", r"no mistakes"),
    Step(".venv/bin/tanada plan --offline environment-test --image web=1 --image backend=1", MADE),
    Step(".venv/bin/tanada apply --offline common-main --yes", APPLIED),
    Step("tanada check", r"no mistakes"),
    Step("tanada show test", r"domain"),
    Step("tanada compare test production", r"services\.web\.cpu"),
    Step("tanada synth", r"environment-test"),
    Step("git init -q -b main && git add . && git commit -q -m start"),
    Step("tanada plan test --offline --image web=1 --image backend=1", MADE),
    Step("tanada apply test --offline --yes", APPLIED),
    Step("echo 'services: {web: {cpu: 512, memory: 1024}}' >> environments/test.yaml"),
    Step("tanada plan test --offline", r"aws_ecs_task_definition\.web_task_definition"),
    Step("tanada comment --to -", r"512"),
    Step("tanada diff --since main", r"environment-test"),
    Step("tanada plan review --workspace kokuyou --offline --image web=1 --image backend=1", r"\d\d to create"),
    Step("tanada apply review --workspace kokuyou --offline --yes", APPLIED),
    Step("tanada destroy review --workspace kokuyou --offline --yes", r"\d\d destroyed"),
    Step("tanada graph test > test.svg"),
    Step("tanada graph production > production.svg"),
    Step("tanada graph --format mermaid", r"flowchart LR\n  n1"),
    Step(".venv/bin/pip install --no-deps FILE"),
    Step(".venv/bin/tanada vendor", r"unchanged, sha256 "),
    Step(".venv/bin/tanada ci github --force", r"\.github/workflows/tanada-plan\.yml"),
)
"""In a newcomer's order. What stands on two pages is run once."""

_WITHOUT = "needs an AWS account; the same was run before it, offline, with other tags"
_DEVELOPERS = "is for who works on Tanada, in its own repository; CI runs the targets themselves"
NOT_RUN = {
    "make demo": "sets up Tanada's own repository, for minutes; its steps are those of this path",
    "make test": _DEVELOPERS,
    "make quick": _DEVELOPERS,
    "make update": _DEVELOPERS,
    "make format": _DEVELOPERS,
    ".venv/bin/tanada plan environment-test --image web=TAG --image backend=TAG": _WITHOUT,
    ".venv/bin/tanada apply environment-test": _WITHOUT,
    "tanada plan review --workspace kokuyou --image web=4f2a91c --image backend=77c0e1d": _WITHOUT,
    "tanada apply review --workspace kokuyou": _WITHOUT,
    "tanada destroy review --workspace kokuyou": _WITHOUT,
    **dict.fromkeys(
        (
            "tanada secrets set test RAILS_MASTER_KEY < config/master.key",
            "tanada secrets set test AUTH0_CLIENT_ID",
            "tanada secrets set test NOTIFY_API_KEY --generate 64",
            "tanada secrets rotate test NOTIFY_API_KEY --generate 64",
            "tanada secrets copy test RAILS_MASTER_KEY --from staging",
            "tanada secrets list test",
        ),
        "needs an AWS account: tests/aws/test_secrets.py does the same",
    ),
    'docker build --tag "$REGISTRY/kakei/web:$(tanada image-tag web)" services/web': "builds a team's own image",
    "TANADA_OFFLINE_FAULTS='\naws_iam_role.web_* create throttled 60\n"
    "environment-test/aws_ecs_service.web_service create fails-waiting 1\n* create,update,delete killed 7\n"
    "' tanada apply environment-test --offline --yes": "is killed on purpose; tests/offline play the faults one by one",
}
"""Every other command, with the reason."""


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Language and text of each block of a page; of the template as it is written for the default system."""
    text = page.read_text(encoding="utf-8")
    yield from _BLOCK.findall(readme(text, ROOT) if page == TEAMS else text)


def commands(page: Path) -> Iterator[str]:
    """Each command of a page's blocks, without comments behind it; one whose quote goes on has several lines."""
    for language, text in blocks(page):
        if language in NO_COMMANDS:
            continue
        begun = ""
        for line in text.splitlines():
            begun += re.sub(r"\s+# .*$", "", line)
            try:
                shlex.split(begun)
            except ValueError:  # a quote is still open
                begun += "\n"
                continue
            if begun:
                yield begun
            begun = ""
