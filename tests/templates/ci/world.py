"""Plays the workflows' jobs on this machine: fresh clones, artifacts, the forge's variables; their shell as it stands.

What a forge's runner does around the shell is done here; the shell, its environment and its order are the files'.
"""

from __future__ import annotations

import fcntl
import fnmatch
import json
import os
import pickle
import re
import shutil
import string
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pip
import pytest

from tanada.templates import write_repository
from tests.templates.ci import installed
from tests.templates.ci.systems import loaded
from tests.templates.wheels import built

REPOSITORY = "example/kakei"
FLAGS = "--offline --image web=v1 --image backend=v1"
EMITTED = "tanada-emitted"
KEPT = ("AWS_", "TF_", "GITHUB_", "CI", "TANADA_", "PIP_")


def git(folder: Path, *words: str) -> str:
    # Clones by the dozen of what is thrown away: nothing is made smaller.
    settings = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.jp", "-c", "core.compression=0")
    done = subprocess.run(["git", *settings, *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@dataclass(frozen=True)
class Played:
    """How a job went."""

    code: int
    text: str
    summary: str = ""
    outputs: Mapping[str, str] = field(default_factory=dict)


@dataclass
class World:
    """A team's repository on a server, what AWS has (the offline provider's states), and what jobs leave behind."""

    folder: Path
    environ: dict[str, str]
    artifacts: dict[str, dict[str, bytes]] = field(default_factory=dict)
    jobs: int = 0
    installed: set[str] = field(default_factory=set)
    """Each requirements.txt that was installed once: pip takes its time to find that all is there."""

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    @property
    def work(self) -> Path:
        """Where somebody of the team works."""
        return self.folder / "kakei"

    def copy(self, folder: Path) -> World:
        """Another one, where this one stands now."""
        for name in ("origin.git", "kakei", "aws"):
            if (self.folder / name).exists():
                shutil.copytree(self.folder / name, folder / name, symlinks=True)
        made = World(folder, {**self.environ, "HOME": str(folder)}, installed=set(self.installed))
        git(made.work, "remote", "set-url", "origin", str(made.origin))
        return made

    def commit(self, subject: str, branch: str) -> str:
        git(self.work, "add", "-A")
        git(self.work, "commit", "--quiet", "-m", subject)
        git(self.work, "push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        return git(self.work, "rev-parse", "HEAD")

    def branch(self, name: str) -> None:
        git(self.work, "checkout", "--quiet", "-B", name, "origin/main")

    def merge(self, branch: str) -> str:
        """As the forge does it; the merge's commit."""
        git(self.work, "checkout", "--quiet", "-B", "main", "origin/main")
        git(self.work, "merge", "--quiet", "--no-ff", "-m", f"Merge {branch}", branch)
        git(self.work, "push", "--quiet", "origin", "main")
        return git(self.work, "rev-parse", "HEAD")

    def trial_merge(self, branch: str) -> str:
        """The commit that a pull request's jobs check out."""
        git(self.work, "checkout", "--quiet", "--detach", "origin/main")
        git(self.work, "merge", "--quiet", "--no-ff", "-m", "trial", branch)
        commit = git(self.work, "rev-parse", "HEAD")
        git(self.work, "push", "--quiet", "origin", "+HEAD:refs/pull/1/merge")
        git(self.work, "checkout", "--quiet", branch)
        return commit

    def clone(self, commit: str) -> Path:
        self.jobs += 1
        place = self.folder / f"job-{self.jobs}" / "kakei"
        place.parent.mkdir()
        git(self.folder, "clone", "--quiet", str(self.origin), str(place))
        git(place, "fetch", "--quiet", "origin", commit)
        git(place, "checkout", "--quiet", "--detach", commit)
        self.restore(place)
        return place

    def restore(self, place: Path) -> None:
        """What is applied already: the offline provider keeps it where a job's first step leaves nothing."""
        if (self.folder / "aws").exists():
            shutil.copytree(self.folder / "aws", place / ".tanada" / "offline", dirs_exist_ok=True)

    def leave(self, place: Path) -> None:
        """What was applied stays, whatever becomes of the job's folder."""
        if (place / ".tanada" / "offline").exists():
            shutil.rmtree(self.folder / "aws", ignore_errors=True)
            shutil.copytree(place / ".tanada" / "offline", self.folder / "aws")

    def shell(self, place: Path, text: str, environ: Mapping[str, str]) -> tuple[int, str]:
        """As GitHub's `shell: bash` and GitLab's runners start it."""
        script = place.parent / "step.sh"
        script.write_text(text)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=place,
            env={**self.environ, **installed.variables(self.environ), **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
        )
        return done.returncode, done.stdout

    def lacks(self, place: Path) -> bool:
        """Whether what this checkout requires is not installed yet; it is from now on."""
        required = (place / "requirements.txt").read_text()
        new = required not in self.installed
        self.installed.add(required)
        return new

    def keep(self, name: str, place: Path, paths: list[str], *, below: bool = False) -> None:
        """`below`: as GitHub does, by their names below the one folder that is named."""
        artifact: dict[str, bytes] = {}
        for path in paths:
            source = place / path
            files = [source] if source.is_file() else sorted(each for each in source.rglob("*") if each.is_file())
            artifact |= {str(each.relative_to(source if below else place)): each.read_bytes() for each in files}
        if artifact:
            self.artifacts[name] = artifact


def world(folder: Path, environ: Mapping[str, str]) -> World:
    """The repository that `tanada init` writes, smaller by an environment, with nothing in AWS yet."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(KEPT)}
    # Its jobs' own environment: Tanada is installed from the team's wheel, all else is there from this one.
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "python"], check=True)
    [packages] = (folder / "python" / "lib").glob("*/site-packages")
    (packages / "others.pth").write_text(f"{Path(pip.__file__).parents[1]}\n")
    forked = installed.program(folder / "python")
    team = World(
        folder,
        {
            **kept,
            "PATH": ":".join(
                map(str, (forked, folder / "python/bin", Path(sys.executable).parent, os.environ["PATH"]))
            ),
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "PIP_NO_INDEX": "1",  # all else is installed already, and pip says so without asking anybody
            "NO_PROXY": "127.0.0.1",
            "CHECKPOINT_DISABLE": "1",
            **environ,
        },
    )
    write_repository(team.work, built)
    (team.work / "environments" / "test2.yaml").unlink()
    (team.work / "workspaces" / "review.yaml").unlink()
    with_less(team.work / "system.yaml")
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(team.origin))
    git(team.work, "init", "--quiet", "--initial-branch=main")
    git(team.work, "remote", "add", "origin", str(team.origin))
    return team


def with_less(file: Path) -> None:
    """Two services and a table: what a workflow does with more it does with these, in half of terraform's time."""
    text = file.read_text(encoding="utf-8")
    left = re.sub(r"(?m)^  alarms: .*\n|^      (secrets|before): .*\n|^    (mails|receipts): .*\n", "", text)
    left = re.sub(r"(?ms)^    mailer:.*?(?=^  stores:)", "", left).replace(", mails, receipts]", "]")
    assert left.count("\n") == text.count("\n") - 20, "what the default system has beside them"
    file.write_text(left, encoding="utf-8")


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], World]) -> World:
    """What the first worker that asks makes in a folder, for all workers; they take copies."""
    place = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    made = place / f"{name}.pickle"
    with (place / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(place / name, ignore_errors=True)
            (place / name).mkdir()
            made.write_bytes(pickle.dumps(make(place / name)))
    found = pickle.loads(made.read_bytes())
    assert isinstance(found, World)
    return found


def by_hand(team: World, commit: str) -> None:
    """The first apply of all, as people do it."""
    place = team.clone(commit)
    lines = []
    for stacks in (("common-main", "common-production"), ("environment-production", "environment-test")):
        images = "" if stacks[0].startswith("common") else "--image web=v1 --image backend=v1"
        lines.append(f"tanada plan {' '.join(stacks)} --offline {images}")
        for stack in stacks:
            word = "--protected production" if stack.endswith("production") else ""
            lines.append(f"tanada apply {stack} --offline --yes --no-synth {word}")
    code, text = team.shell(place, "\n".join(lines), {})
    assert code == 0, text
    team.leave(place)


# ---------------------------------------------------------------------------------------------------------- GitHub

_EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")


@dataclass
class Actions:
    """GitHub's runner for one event."""

    world: World
    commit: str
    """What is checked out."""
    event: dict[str, Any]
    variables: dict[str, str]
    """`GITHUB_…`, as the event has it."""
    values: dict[str, str]
    """Of expressions, by their text."""
    token_server: str
    asked: str = ""
    """The last commit of the pull request that the event is of."""

    def run(self, workflow: str, name: str, token: str = "") -> Played:
        """One job; `token` is what the forge gives it, with the job's own permissions."""
        content = loaded((self.world.work / ".github" / "workflows" / f"tanada-{workflow}.yml").read_text())
        job = content["jobs"][name]
        here = self.world.folder / f"runner-{self.world.jobs}"
        place = here / "empty"  # until something is checked out
        place.mkdir(parents=True, exist_ok=True)
        words = ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_EVENT_PATH", "GITHUB_ENV")
        files = {word: here / word for word in words}
        for file in files.values():
            file.touch()
        files["GITHUB_EVENT_PATH"].write_text(json.dumps(self.event))
        values = {
            **self.values,
            "runner.temp": str(here),
            "github.token": token,
            # Of the environments whose jobs run no branch's code.
            "secrets.TANADA_FINGERPRINT_KEY": "k" * 64 if "environment" in job else "",
            "secrets.TANADA_PLAN_KEY": "",
            "github.event.workflow_run.id": "1",
            "github.event.workflow_run.head_sha || github.event.pull_request.head.sha": self.asked,
            "env.COMMIT": self.asked,
        }
        outputs: dict[str, str] = {}
        fixed = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": "1",
            "RUNNER_TEMP": str(here),
            **self.variables,
            **{word: str(file) for word, file in files.items()},
            **self._identity(job),
        }
        code, log = 0, ""
        for step in job["steps"]:
            if code and not re.search(r"cancelled\(\)|always\(\)", step.get("if", "")):
                continue
            if not self._wanted(step.get("if", ""), outputs):
                continue
            given = _filled({**content.get("env", {}), **step.get("env", {})}, values)
            action = step.get("uses", "").partition("@")[0]
            inputs = _filled(step.get("with", {}), values)
            if action == "actions/checkout":
                assert "ref" not in step["with"]
                place = self.world.clone(self.commit)
            elif action == "actions/upload-artifact":
                self.world.keep(inputs["name"], place, [inputs["path"]], below=True)
            elif action == "actions/download-artifact":
                merged = "merge-multiple" in inputs
                earlier = (EMITTED,)  # of another run
                for artifact, kept in self.world.artifacts.items():
                    if fnmatch.fnmatch(artifact, inputs["pattern"]) and (artifact in earlier) == ("run-id" in inputs):
                        for path, data in kept.items():
                            target = place / inputs["path"] / ("" if merged else artifact) / path
                            target.parent.mkdir(parents=True, exist_ok=True)
                            target.write_bytes(data)
            elif action:
                assert action in ("actions/setup-python", "actions/setup-node")
            elif step["name"] != "Install" or self.world.lacks(place):
                done, text = self.world.shell(place, step["run"], {**fixed, **self._set(files["GITHUB_ENV"]), **given})
                done = 0 if step.get("continue-on-error") else done
                code, log = code or done, f"{log}\n--- {step['name']}\n{text}"
                if "rm -rf .tanada" in step["run"]:
                    self.world.restore(place)
                outputs = dict(line.split("=", 1) for line in files["GITHUB_OUTPUT"].read_text().splitlines())
        self.world.leave(place)
        return Played(code, log, files["GITHUB_STEP_SUMMARY"].read_text(), outputs)

    def _wanted(self, condition: str, outputs: Mapping[str, str]) -> bool:
        """A step's condition, of the few kinds that are written."""
        if match := re.fullmatch(r"steps\.\w+\.outputs\.(\w+) == '(\w+)'", condition):
            return outputs.get(match[1]) == match[2]
        if match := re.fullmatch(r"github\.event_name == '(\w+)'", condition):
            return self.variables["GITHUB_EVENT_NAME"] == match[1]
        assert condition in ("", "${{ always() }}", "${{ !cancelled() }}"), condition
        return True

    def _set(self, file: Path) -> dict[str, str]:
        """What earlier steps gave to later ones; but for the cache, which this test keeps from job to job."""
        told = dict(line.split("=", 1) for line in file.read_text().splitlines())
        return {name: value for name, value in told.items() if name != "XDG_CACHE_HOME"}

    def _identity(self, job: Mapping[str, Any]) -> dict[str, str]:
        """Only a job with `id-token: write` can ask for one."""
        if job["permissions"].get("id-token") != "write":
            return {}
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.token_server}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
        }


def _filled(values: Mapping[str, Any], known: Mapping[str, str]) -> dict[str, str]:
    """Expressions replaced by what this event makes of them; one that nobody foresaw is a mistake."""
    return {
        name: _EXPRESSION.sub(lambda match: known[match[1]], value if isinstance(value, str) else json.dumps(value))
        for name, value in values.items()
    }


class _Tokens(BaseHTTPRequestHandler):
    """GitHub's token server: answers who shows the request's token, for the audience that is asked for."""

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        good = self.headers["Authorization"] == "Bearer request-token" or (
            self.headers["Authorization"] == "bearer request-token"
        )
        self.send_response(200 if good and asked["audience"] == ["sts.amazonaws.com"] else 403)
        self.end_headers()
        self.wfile.write(json.dumps({"value": "identity-token"}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


def token_server() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Tokens)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


# ---------------------------------------------------------------------------------------------------------- GitLab


@dataclass
class Pipeline:
    """GitLab's runner for one pipeline."""

    world: World
    commit: str
    variables: dict[str, str]
    """GitLab's own, and the project's."""
    given: dict[str, str] = field(default_factory=dict)
    """By whoever started the pipeline: they come before the file's."""

    def run(self, name: str) -> Played:
        jobs = loaded((self.world.work / ".gitlab" / "tanada.yml").read_text())
        for included in jobs.pop("include"):
            jobs |= loaded((self.world.work / included["local"]).read_text())
        job = _extended(jobs, name)
        place = self.world.clone(self.commit)
        environ = {"GITLAB_CI": "true", "CI_PROJECT_PATH": REPOSITORY, "CI_PROJECT_DIR": str(place), **self.variables}
        if "id_tokens" in job:
            environ["AWS_ID_TOKEN"] = "identity-token"
        for key, value in job.get("variables", {}).items():
            environ[key] = string.Template(str(value)).substitute(environ)
        environ |= self.given
        for need in job.get("needs", ()):
            for path, data in self.world.artifacts.get(need if isinstance(need, str) else "", {}).items():
                target = place / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
        before = [line for line in job.get("before_script", ()) if "pip install" not in line or self.world.lacks(place)]
        # The test keeps a cache from job to job, and what is applied.
        aws = self.world.folder / "aws"
        kept = f'XDG_CACHE_HOME="{self.world.environ["XDG_CACHE_HOME"]}"\n'
        kept += f"if [ -d {aws} ]; then mkdir -p .tanada && cp -R {aws} .tanada/offline; fi"
        code, text = self.world.shell(place, "\n".join([*before, kept, *job["script"]]), environ)
        if "after_script" in job:
            text += self.world.shell(place, "\n".join(job["after_script"]), environ)[1]
        artifacts = job.get("artifacts", {})
        if code == 0 or artifacts.get("when") == "always":
            self.world.keep(name, place, artifacts.get("paths", []))
        for kind, path in artifacts.get("reports", {}).items():
            if (place / path).is_file():
                self.world.artifacts[f"{name}: {kind}"] = {path: (place / path).read_bytes()}
        self.world.leave(place)
        return Played(code, text)


def _extended(jobs: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A job with what it extends: mappings are merged, all else replaced (GitLab's documentation, `extends`)."""
    job = jobs[name]
    bases = job.get("extends", [])
    merged: dict[str, Any] = {}
    for base in [bases] if isinstance(bases, str) else bases:
        merged = _merged(merged, _extended(jobs, base))
    return _merged(merged, job)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merged(merged[key], value) if both else value
    return merged
