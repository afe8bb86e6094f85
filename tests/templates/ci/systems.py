"""Systems with CI of every kind, and their workflows as files hold them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tanada.declarations.loader import load
from tanada.declared.ci import Ci
from tanada.declared.system import System
from tanada.templates import Kind

ROOT = Path(__file__).parents[3]
TESTS = ("scripts/smoke.sh https://test.example.jp", """printf "it's %s\\n" '$HOME' && echo 100%""")
KINDS: tuple[Kind, ...] = ("github", "gitlab", "jenkins", "codebuild")


def system(kind: Kind, *, tests: tuple[str, ...] = TESTS, many: bool = False, **accounts: bool) -> System:
    """The default system on a forge; `accounts`: others than its own, by whether they are protected."""
    base = load(ROOT)
    ci = Ci(gitlab="example/web/kakei", tests=tests) if kind == "gitlab" else Ci(github="example/kakei", tests=tests)
    named = {name: base.accounts["main"].model_copy(update={"protected": each}) for name, each in accounts.items()}
    given = {
        name: account.model_copy(update={"common": account.common.model_copy(update={"ci": ci})})
        for name, account in (named or base.accounts).items()
    }
    environment = base.environments["test"]
    environments = {f"e{number}": environment for number in range(30)} if many else base.environments
    return base.model_copy(update={"accounts": given, "environments": {} if named else environments, "review": None})


def loaded(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)
