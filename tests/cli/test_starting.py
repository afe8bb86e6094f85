"""Every command answers at once: what it need not load it does not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tanada.cli.app import VERBS, command, sentence

from .program import ROOT

NEVER = {
    *("boto3", "botocore", "cdktf", "constructs", "github", "gitlab", "grpc", "importlib.metadata", "jinja2", "jsii"),
    *("modules", "requests", "rich", "tanada.stacks"),
}
DECLARATIONS = {"pydantic", "ruamel.yaml", "tanada.declared.system"}
PROGRAM = """
import atexit, sys
atexit.register(lambda: print("loaded", *sorted(sys.modules), file=sys.stderr))
from tanada.cli import main
main()
"""


def loaded(*arguments: str) -> set[str]:
    """The modules that a command has imported in the end."""
    ran = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_loads_no_verb_and_no_models(arguments: list[str]) -> None:
    names = loaded(*arguments)
    assert not names & (NEVER | DECLARATIONS)
    assert not names & {f"tanada.cli.{verb}" for verb in VERBS}


@pytest.mark.parametrize("verb", ["synth", "validate", "plan", "apply", "destroy", "terraform"])
def test_the_help_of_what_runs_terraform_reads_no_declaration(verb: str) -> None:
    assert not loaded(verb, "--help") & (NEVER | DECLARATIONS)


def test_check_reads_declarations_and_no_more() -> None:
    """What is known of AWS's resource types stands in forty files, which a declaration seldom asks for."""
    names = loaded("check")
    assert names >= DECLARATIONS
    assert not names & (NEVER | {"tanada.resources"})


@pytest.mark.parametrize("arguments", [["show", "test"], *([verb, "--help"] for verb in VERBS)])
def test_no_verb_loads_what_only_others_need(arguments: list[str]) -> None:
    assert not loaded(*arguments) & NEVER


def test_a_short_command_looks_for_no_garbage_among_what_it_has_loaded() -> None:
    """It took a sixth of its time: modules and models are many objects, and all are here to stay."""
    counted = PROGRAM.replace(
        '"loaded", *sorted(sys.modules)', "gc.get_stats()[2]['collections'], gc.get_freeze_count() > 0"
    )
    ran = subprocess.run(
        [sys.executable, "-c", f"import gc{counted}", "check"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stderr.split() == ["0", "True"]


def test_the_help_of_all_verbs_says_what_each_says_of_itself() -> None:
    for verb in VERBS:
        assert (command(verb).help or "").replace("\n", " ").startswith(sentence(verb))
