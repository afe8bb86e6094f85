"""Writes the skeleton of a store's kind: `make new-capability NAME=database`; docs/contributing.md says how it goes on.

Nothing in it works until it is written: each file fails a test, or a check of types, that names what is missing.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

DECLARED = '''"""{Title}s."""

from __future__ import annotations

from collections.abc import Sequence

from tanada.declared.model import Kind, Need


class {Class}(Kind):
    """What it is, in one line: the guide and editors show it."""

    PROTECTED = ()
    WORDS = {{}}

    def needs(self) -> Sequence[Need]:
        raise NotImplementedError("what it uses up of what AWS limits: (Need(\\"aws_security_group\\", 1),)")

    def closed(self) -> str | None:
        return None
'''

MODULE = '''"""{Title}s."""

from __future__ import annotations

from constructs import Construct

from modules.here import Here
from modules.reachable import Reachable
from tanada.declared import {name} as declared


class {Class}(Construct):
    """What is made, and what `keep` means for it."""

    def __init__(self, scope: Construct, id: str, settings: declared.{Class}, here: Here) -> None:
        super().__init__(scope, id)
        name = here.names.joined(here.called(id))
        raise NotImplementedError(f"the resources of {{name}}: {{settings}}, kept where here.instance.keep")
        self.aws_name = name
        self.beside = ()  # what of it nothing refers to that callers are given
        self.reachable = Reachable(words={{}}, doors=(), places=(), access=(), narrowed={{}}, secrets={{}})
'''

SYSTEM = """system: kakei
tanada: "0.1"
accounts:
  main: {{id: 111111111111, region: ap-northeast-1}}
common: {{hosted_zones: [example.jp], images: [web]}}
blueprint:
  services:
    web: {{image: web, reach: [it]}}
  stores:
    it: {{{name}: {{}}}}
"""

PAGE = """# {Title}

What it is, in one sentence: the index shows it.

## Why this

## What else, and why not

## What fails, and what to do then
"""


def files(name: str) -> dict[str, str]:
    """The text of each file, by its path."""
    words = name.split("_")
    title = " ".join(words).capitalize()
    values = {"name": name, "Title": title, "Class": "".join(word.capitalize() for word in words)}
    folder = f"tests/capabilities/{name}"
    return {
        f"tanada/declared/{name}.py": DECLARED.format(**values),
        f"modules/{name}.py": MODULE.format(**values),
        f"{folder}/system.yaml": SYSTEM.format(**values),
        f"{folder}/environments/test.yaml": "account: main\ndomain: test.example.jp\n",
        f"{folder}/emitted/environment-test.services.json": "",
        f"{folder}/emitted/environment-test.stores.json": "",
        f"docs/capabilities/{name}.md": PAGE.format(**values),
    }


def more(name: str) -> dict[str, str]:
    """Files that are there already, by path, with the lines that make the kind known among the stores."""
    kind = "".join(word.capitalize() for word in name.split("_"))
    declared, construct = "tanada/declared/store.py", "modules/store.py"
    model = _imported((ROOT / declared).read_text(encoding="utf-8"), f"from tanada.declared.{name} import {kind}\n")
    constructs = (ROOT / construct).read_text(encoding="utf-8")
    field = f'    {name}: {kind} | None = None\n    """What it is, in one line."""\n'
    entry = f'    "{name}": "{kind}",\n'
    return {
        declared: model.replace("    renamed_from:", f"{field}    renamed_from:", 1),
        construct: re.sub(r"^KINDS: .*\n(    .*\n)*", lambda kinds: kinds[0] + entry, constructs, count=1, flags=re.M),
    }


def _imported(text: str, line: str) -> str:
    """The text with an import in its place by the alphabet."""
    package = line.rpartition(".")[0]
    lines = text.splitlines(keepends=True)
    first = next(index for index, each in enumerate(lines) if each.startswith(package))
    last = next(index for index in range(first, len(lines)) if not lines[index].startswith(package))
    return "".join([*lines[:first], *sorted([*lines[first:last], line]), *lines[last:]])


def main(name: str) -> int:
    """Write them all, or nothing where one is there already."""
    if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name):
        sys.stderr.write(f"{name}: expected a word of the declaration in lower-case letters, such as database.\n")
        return 2
    texts = files(name)
    taken = [path for path in texts if (ROOT / path).exists()]
    if taken:
        sys.stderr.write(f"{', '.join(taken)}: there already; nothing was written.\n")
        return 2
    for path, text in {**texts, **more(name)}.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path}\n")
    sys.stdout.write(
        "Next: what these leave open, the facts of its resource types in tanada/resources/, what it refuses in\n"
        f"tests/capabilities/{name}/broken/, a line in CHANGELOG.md; `make update`, `make quick` say what is missing.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
