"""A job that is cancelled leaves no lock, and hands no code to another: what the generated files do about it."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import pytest

from tanada.declared.ci import READING
from tanada.templates import Kind
from tanada.templates.workflows import workflows
from tests.templates.ci.systems import KINDS, loaded, system
from tests.templates.ci.test_checked import shell

_TOLD = """#!/usr/bin/env bash
case "$1" in plan | apply) ;; *) exit 0 ;; esac
trap 'echo "told TERM"; exit 0' TERM
trap 'echo "told INT"; exit 0' INT
echo "runs $*"
for _ in $(seq 600); do sleep 0.1; done
"""
"""What stands for Tanada: says which signal came."""


def test_what_ends_a_job_reaches_tanada_through_the_shell_of_its_step(tmp_path: Path) -> None:
    """Of all that takes locks: a shell that waits for a command dies of SIGTERM alone, and lets SIGINT be. Not in
    CodeBuild, whose own shell starts these as its children (docs/verified.md)."""
    program = tmp_path / "bin" / "tanada"
    program.parent.mkdir()
    program.write_text(_TOLD)
    program.chmod(0o755)
    pieces = {
        text
        for kind in KINDS
        if kind != "codebuild"
        for _, whole in shell(kind, "default")
        # GitLab's jobs are one shell from their first line on; what comes before needs their forge.
        for text in ([whole] if kind != "gitlab" else re.findall(r"(?ms)^umask 077$.*?^exec tanada .*?$", whole))
        if re.search(r"(?m)^ *(exec )?tanada apply --all (?!--offline)|^exec tanada plan", text)
    }
    assert len(pieces) > 6
    running = []
    for number, text in enumerate(sorted(pieces)):
        (tmp_path / f"{number}.sh").write_text(text)
        environ = {
            "PATH": f"{program.parent}:/usr/bin:/bin",
            "RUNNER_TEMP": str(tmp_path),
            "WORKSPACE_TMP": str(tmp_path),
        }
        environ |= {"handed": str(tmp_path), "BASE": "HEAD", "AWS_ID_TOKEN": "x"}
        bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", f"{number}.sh"]
        started = subprocess.Popen(bash, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True)
        running.append((text, ("INT", "TERM")[number % 2], started))
    for text, name, process in running:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("runs "), text
        process.send_signal(getattr(signal, f"SIG{name}"))
        assert process.stdout.read() == f"told {name}\n", text
        assert process.wait(60) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_follows_what_takes_the_shells_place(kind: Kind) -> None:
    found = 0
    for variant in ("default", "none protected"):
        for _, text in shell(kind, variant):
            lines = [line.strip() for line in text.splitlines()]
            for number, line in enumerate(lines):
                if line.startswith("exec tanada"):
                    found += 1
                    assert set(lines[number + 1 :]) <= {")", "fi"}, text
    assert found


def test_no_job_that_holds_a_lock_is_cancelled_by_a_newer_one() -> None:
    """What reads alone takes none (`reads_only`); on Jenkins a plan does, whose agent has an identity of its own."""
    for path, text in workflows("github", system("github")).items():
        content = loaded(text)
        cancelled = content.get("concurrency", {}).get("cancel-in-progress", False)
        for job in content["jobs"].values():
            roles = {step["env"]["TANADA_CI_ROLE"] for step in job["steps"] if "TANADA_CI_ROLE" in step.get("env", {})}
            if cancelled or job.get("concurrency", {}).get("cancel-in-progress"):
                assert roles <= READING, path
    for name, job in loaded(workflows("gitlab", system("gitlab"))[".gitlab/tanada.yml"]).items():
        if isinstance(job, dict) and ".tanada-merged" in job.get("extends", ()):
            assert ".tanada-merge-request" not in job["extends"], name
            assert "interruptible" not in job, name
    [text] = workflows("jenkins", system("jenkins")).values()
    assert "abortPrevious" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_no_job_finds_what_another_has_kept(kind: Kind) -> None:
    """Code is kept there by its own hash."""
    for path, text in workflows(kind, system(kind)).items():
        if kind == "github":
            own = 'echo "XDG_CACHE_HOME=$RUNNER_TEMP/tanada/cache" >> "$GITHUB_ENV"'
            for job in loaded(text)["jobs"].values():
                said = [step.get("run", "") for step in job["steps"]]
                first = next((number for number, each in enumerate(said) if "tanada " in each), None)
                if first is not None and any("pip install" in each for each in said):
                    assert any(own in each for each in said[: first + 1]), path
        elif kind == "jenkins":
            stages = re.findall(r"\n    stage\('.*?\n    \}", text, re.S)
            assert all("XDG_CACHE_HOME = " in stage for stage in stages if "exec tanada" in stage)
        elif kind == "codebuild":
            [first, *_] = loaded(text)["phases"]["install"]["commands"]
            assert first == "XDG_CACHE_HOME=$(mktemp -d)\nexport XDG_CACHE_HOME\n", path
        elif ".tanada" in loaded(text):
            jobs = loaded(text)
            for job in jobs.values():
                if isinstance(job, dict) and job.get("before_script"):
                    assert "XDG_CACHE_HOME=$handed/cache\nexport XDG_CACHE_HOME" in job["before_script"][0]
