"""What all tests share: whether a container engine is there, which image it runs, what happens without."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests import forked, sql_packages
from tests.checked import installed

# Tests of synthesizing synthesize; those of the cache turn it on, in a folder of their own.
os.environ["TANADA_CACHE"] = "0"
# Sentences in one line, which tests look for; those of how it looks say how wide it is.
os.environ["COLUMNS"] = "1000"
# Processes by the hundred import the same files: each keeps what it compiled, whatever the machine's own word is.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Terraform by the hundred, too: a fifth of its processor time is Go's collecting of memory that is free a second later.
os.environ.setdefault("GOGC", "400")
# The same here and in a CI, where what is printed goes into a log (tanada/cli/log.py) and a job knows its pull request.
for _name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "CODEBUILD_BUILD_ID"):
    os.environ.pop(_name, None)

# Made by the first process of a run and inherited by its workers.
if forked.REMEMBERED not in os.environ:
    os.environ[forked.REMEMBERED] = tempfile.mkdtemp(prefix="tanada-remembered-")
    atexit.register(shutil.rmtree, os.environ[forked.REMEMBERED], ignore_errors=True)
forked.remember(Path(os.environ[forked.REMEMBERED]))
forked.remember_wheel(Path(os.environ[forked.REMEMBERED]))
forked.serve_providers()

# As at a terminal, for all that tests start: a shell's `&` and `nohup` would make them deaf to signals.
for _number, _handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGHUP, signal.SIG_DFL)):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _handler)

ROOT = Path(__file__).parents[1]
IMAGE = "TANADA_TERRAFORM_IMAGE"
ENGINE = os.environ.get("TANADA_CONTAINER_ENGINE") or "docker"
TOGETHER = (
    "tests/capabilities/",
    "tests/changes/test_changes.py",
    "tests/extensions/",
    "tests/checked/",
    "tests/life/test_pull_request.py",
    "tests/offline/test_terraform.py",
    "tests/security/test_vet_json.py",
    "tests/stacks/fast/",
    "tests/stacks/test_unchanged.py",
)
"""Places whose tests one worker runs, as each would make their fixture anew."""
REQUIRED = os.environ.get("TANADA_REQUIRE_DOCKER") == "1"
SQL_REQUIRED = os.environ.get("TANADA_REQUIRE_SQL") == "1"


@functools.cache
def _ask(*command: str) -> tuple[bool, str]:
    """Whether a command succeeds, and what it printed, or the last it said against it."""
    try:
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return False, f"{command[0]} is not installed"
    if result.returncode == 0:
        return True, result.stdout.strip()
    return False, (result.stderr.strip() or f"exit code {result.returncode}").splitlines()[-1]


def _present(image: str) -> bool:
    return _ask(ENGINE, "image", "inspect", "--format", "{{.Id}}", image)[0]


@functools.cache
def image() -> tuple[str | None, str]:
    """The image for tests in containers, or None and why there is none.

    The one that the variable names, else the pinned one where it is pulled, else a stand-in built here.
    """
    answers, said = _ask(ENGINE, "info")
    if not answers:
        return None, said
    if named := os.environ.get(IMAGE):
        return (named, "") if _present(named) else (None, f"there is no image {named}, which {IMAGE} names")
    pinned = (ROOT / ".terraform-image").read_text(encoding="utf-8").strip()
    if _present(pinned):
        return pinned, ""
    built, said = _ask("scripts/stand-in-image.sh")
    return (said, "") if built else (None, said)


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """What pytest itself prints stays as wide as a terminal."""
    if config.pluginmanager.has_plugin("terminalreporter"):
        config.get_terminal_writer().fullwidth = 120


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """At the end, for `-q` prints no header."""
    if "not docker" in (config.getoption("markexpr") or ""):
        line = "docker tests: not asked for"
    else:
        found, missing = image()
        without = f"docker tests FAIL: {missing}" if REQUIRED else f"docker tests NOT RUN, CI runs them: {missing}"
        line = without if found is None else f"docker tests: in {found}"
    terminalreporter.write_line(line)
    if not SQL_REQUIRED and (lacking := sql_packages.missing()) is not None:
        terminalreporter.write_line(f"tests with SQL servers NOT RUN, CI runs them: {lacking}")
    if not installed.REQUIRED and (lacking := installed.missing()) is not None:
        terminalreporter.write_line(f"tests by others' rules NOT RUN, CI runs them: {lacking}")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hands out tests one by one, but in one go what shares a fixture that takes its time; the largest go first.

    (The marks of xdist 3.8 for it, `xdist_group`, do nothing with pytest 9.2, whose items keep their ids elsewhere.)
    """
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class Together(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)

    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest come first: one of minutes that began last would let the other worker wait.

    Without an engine the Docker tests are left out, without servers those that ask SQL servers, without checkov those
    that ask it, and the summary says so; never counted as passed.
    """
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
    without = [item for item in items if item.get_closest_marker("docker") is not None]
    without = without if without and not REQUIRED and image()[0] is None else []
    if not SQL_REQUIRED and sql_packages.missing() is not None:
        without += [item for item in items if item.get_closest_marker("sql") is not None]
    if not installed.REQUIRED and installed.missing() is not None:
        without += [item for item in items if item.get_closest_marker("checked") is not None]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]


@pytest.fixture(scope="session")
def container_image() -> str:
    """The image in which `scripts/terraform-docker.sh` runs here; a test that needs it is marked `docker`."""
    found, missing = image()
    if found is None:
        pytest.fail(f"docker tests need an engine and an image: {missing}")
    return found


@pytest.fixture
def container_environment(container_image: str) -> dict[str, str]:
    """The variables for a process that runs terraform in a container: ours, without what would change what it does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "TANADA_"))}
    engine = {"TANADA_CONTAINER_ENGINE": ENGINE} if "TANADA_CONTAINER_ENGINE" in os.environ else {}
    return {**kept, **engine, IMAGE: container_image, "CHECKPOINT_DISABLE": "1"}
