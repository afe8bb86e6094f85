"""Disasters in the middle of `tanada plan`, `apply` and `apply --all`, on states in a bucket: what is there afterwards,
and whether the next command tells the truth.

What AWS holds is played by files, which provisioners make and remove; so nothing is known of it but what it is. When a
disaster strikes is said by how much the run has written by then, not by a clock.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.soak.bucket import Bucket
from tests.terraform.team import Ran, Team, new_team

STACKS = ("common-main", "environment-test")
VERBS = ("plan", "apply", "apply --all")
RESOURCES = 3
"""Of each stack, two after two others."""


@dataclass(frozen=True)
class Disaster:
    name: str
    strike: Callable[[Soak, subprocess.Popen[str]], None]
    tells_terraform: bool = False
    """Whether Terraform is interrupted: what plays a deletion is stopped then, which may be when it is done."""
    ends_terraform: bool = False
    """Whether Terraform itself is killed: what it did last may be missing, and its lock be left."""
    shuts: bool = False
    """Whether AWS takes no credentials any more: the state may wait, and the lock be left."""


@dataclass(frozen=True)
class Row:
    """What one disaster left."""

    number: int
    verb: str
    disaster: str
    after: int
    """Lines that the run had logged."""
    code: int | None
    """Tanada's exit code."""
    held: str
    """What the states hold of what is there: `all of it`, or what is missing."""
    lock: bool
    unsaved: bool
    runs: int
    """Folders of runs that were left."""
    wrong: tuple[str, ...] = ()
    """What should not be; nothing else is a failure."""


@dataclass
class Soak:
    """One repository, and rounds of it."""

    team: Team
    bucket: Bucket
    dice: random.Random
    stacks: tuple[str, ...] = STACKS
    """Those of the round."""
    round: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def world(self) -> Path:
        return self.team.root.parent / "world"

    @property
    def filler(self) -> Path:
        return self.team.root / ".tanada" / "filler"

    def differs(self) -> bool:
        """Whether anything is left to be applied, by what the states say."""
        names = {f"r{number}" for number in range(RESOURCES)}
        return any(
            self._held(self.bucket.read(f"kakei/{stack}.tfstate")) != dict.fromkeys(names, self.round)
            for stack in self.stacks
        )

    def declare(self) -> None:
        """Everything is another one in each round, so that each apply replaces it."""
        for stack in self.stacks:
            self.team.stacks[stack] = self._stack(stack)
        self.team.write()

    def _stack(self, stack: str) -> dict[str, Any]:
        def one(number: int) -> dict[str, Any]:
            file = self.world / stack / str(number)
            made = {"command": f"sleep 0.1; echo {self.round} > {file}.new; mv {file}.new {file}"}
            gone = {"command": f"rm -f {file}", "when": "destroy"}
            before = {"depends_on": [f"terraform_data.r{number - 2}"]} if number >= 2 else {}
            return {
                "triggers_replace": self.round,
                "provisioner": [{"local-exec": made}, {"local-exec": gone}],
                **before,
            }

        made: dict[str, Any] = {
            "terraform": self.bucket.backend(stack),
            "resource": {"terraform_data": {f"r{number}": one(number) for number in range(RESOURCES)}},
            "output": {"contract": {"value": 1}},
        }
        if stack != STACKS[0]:
            common = self.bucket.backend(STACKS[0])["backend"]["s3"]
            reads = {"backend": "s3", "config": {k: v for k, v in common.items() if k != "use_lockfile"}}
            made["data"] = {"terraform_remote_state": {"common": reads}}
        return made

    # --- one round -------------------------------------------------------------------------------------------------

    def play(self, disaster: Disaster, verb: str) -> Row:
        """Strike one run of a verb, look at what is left, go on as a user would, and look again."""
        self.round += 1
        self.stacks = STACKS if verb == "apply --all" else STACKS[:1]
        self.wrong = []
        self.declare()
        if verb != "plan":
            self._good("plan", *self.stacks)
        words = {
            "plan": ("plan", *self.stacks),
            "apply": ("apply", STACKS[0], "--yes"),
            "apply --all": ("apply", "--all"),
        }
        process = self.team.start(*words[verb], *(["--yes"] if verb == "apply --all" else []))
        after = self.dice.randrange(2, {"plan": 20, "apply": 60, "apply --all": 110}[verb])
        self._wait(process, after)
        disaster.strike(self, process)
        code = self._ended(process)
        unsaved = sorted((self.team.root / ".tanada" / "left").rglob("errored*"))
        held = self.compare(disaster, {file.parent.name: file for file in unsaved})
        lock = [key for key in self.bucket.names() if key.endswith(".tflock")]
        if lock and not (disaster.ends_terraform or disaster.shuts):
            self.wrong.append(f"a lock is left: {lock}")
        if unsaved and not disaster.shuts and disaster.name != "disk full":
            self.wrong.append(f"a state was not saved: {unsaved}")
        if disaster.name == "output closed" and verb != "plan" and code != 0:
            self.wrong.append(f"it ended with {code}, as nobody read what it said")
        runs = self.team.root / ".tanada" / "runs"
        left = len(list(runs.iterdir())) if runs.is_dir() else 0
        self._modes()
        self._mend()
        self._go_on(unsaved, lock)
        return Row(
            number=self.round,
            verb=verb,
            disaster=disaster.name,
            after=after,
            code=code,
            held=held,
            lock=bool(lock),
            unsaved=bool(unsaved),
            runs=left,
            wrong=tuple(self.wrong),
        )

    def _good(self, *words: str) -> Ran:
        ran = self.team.run(*words)
        if ran.code != 0:
            self.wrong.append(f"{' '.join(words)} ended with {ran.code}: {ran.text[-1500:]}")
        return ran

    def _lines(self) -> int:
        logs = self.team.root / ".tanada" / "logs"
        return sum(file.read_bytes().count(b"\n") for file in logs.glob("*.log")) if logs.is_dir() else 0

    def _wait(self, process: subprocess.Popen[str], lines: int) -> None:
        """Until its logs have so many lines, from none on; or it has ended."""
        for file in (self.team.root / ".tanada" / "logs").glob("*.log"):
            file.unlink()
        while process.poll() is None and self._lines() < lines:
            time.sleep(0.005)

    def _ended(self, process: subprocess.Popen[str]) -> int:
        """Tanada's exit code, once nothing of the repository runs any more."""
        if process.stdout is not None and not process.stdout.closed:
            process.communicate()
        code = process.wait()
        while any(self.running()):
            time.sleep(0.02)
        return code

    def running(self) -> Iterator[int]:
        """Terraforms of this repository."""
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal():
                try:
                    words = (folder / "cmdline").read_bytes().split(b"\0")
                    here = (folder / "cwd").readlink()
                except OSError:
                    continue
                if words[0].endswith(b"terraform") and here.is_relative_to(self.team.root):
                    yield int(folder.name)

    # --- what is there ---------------------------------------------------------------------------------------------

    def there(self, stack: str) -> dict[str, int]:
        """By resource the round of what is there."""
        files = sorted((self.world / stack).iterdir())
        return {f"r{file.name}": int(file.read_text()) for file in files if file.suffix != ".new"}

    @staticmethod
    def _held(state: dict[str, Any]) -> dict[str, int | None]:
        """By resource the round, as a state says; None where it says that it doesn't know (tainted)."""
        return {
            each["name"]: None if instance.get("status") else instance["attributes"]["triggers_replace"]["value"]
            for each in state.get("resources", ())
            if each["mode"] == "managed"
            for instance in each["instances"]
        }

    def compare(self, disaster: Disaster, unsaved: dict[str, Path]) -> str:
        """What the states hold of what is there; only where Terraform itself was killed may they hold less."""
        missing = []
        for stack in STACKS:
            key = f"kakei/{stack}.tfstate"
            state = json.loads(unsaved[stack].read_text()) if stack in unsaved else self.bucket.read(key)
            held, there = self._held(state), self.there(stack)
            unknown = {name for name, number in held.items() if number is None}
            known = {name: number for name, number in held.items() if number is not None}
            are = {name: number for name, number in there.items() if name not in unknown}
            if disaster.tells_terraform:
                known = {name: number for name, number in known.items() if name in are}
            if known != are:
                missing += [name for name in sorted(are) if are[name] != known.get(name)]
                if not disaster.ends_terraform:
                    self.wrong.append(f"{stack}: there is {are}, the state says {known}")
        return f"not {len(missing)}" if missing else "all of it"

    def _modes(self) -> None:
        for file in (self.team.root / ".tanada").rglob("*"):
            # The backend's own notes, which name the bucket, in a folder that nobody else may look into.
            if file.is_file() and file.name != "terraform.tfstate" and file.stat().st_mode & 0o077:
                self.wrong.append(f"{file} may be read by others")

    # --- how it goes on --------------------------------------------------------------------------------------------

    def _mend(self) -> None:
        """Whoever runs it has found out what happened: there is room again, and there are credentials."""
        self.bucket.shut = ""
        self.filler.unlink(missing_ok=True)

    def _go_on(self, unsaved: list[Path], locks: list[str]) -> None:
        """As a user would, by what is printed alone."""
        waiting = {file.parent.name: file for file in unsaved}
        for key in locks:
            stack = Path(key).name.removesuffix(".tfstate.tflock")
            self._unlock(stack, waiting.get(stack))
        for stack, file in waiting.items():
            refused = self.team.run("plan", stack)
            push = f"tanada terraform {stack} -- state push {file}"
            if refused.code == 0 or push not in " ".join(refused.text.split()):
                self.wrong.append(f"plan doesn't refuse while {file} waits: {refused.text[-500:]}")
            self._good("terraform", stack, "--", "state", "push", str(file))
        self._good("plan", *self.stacks)
        if self.differs():
            self._good("apply", *(("--all",) if len(self.stacks) > 1 else self.stacks), "--yes")
        for stack in self.stacks:
            expected = {f"r{number}": self.round for number in range(RESOURCES)}
            held, there = self._held(self.bucket.read(f"kakei/{stack}.tfstate")), self.there(stack)
            if held != expected or there != expected:
                self.wrong.append(f"{stack} didn't come to its end: there is {there}, the state says {held}")
        runs = self.team.root / ".tanada" / "runs"
        if left := [str(each) for each in runs.iterdir()]:
            self.wrong.append(f"folders of runs are left: {left}")

    def _unlock(self, stack: str, waiting: Path | None) -> None:
        """What waits for a lock says who holds it, and how it is lifted."""
        held = self.bucket.read(f"kakei/{stack}.tfstate.tflock")
        words = ("plan", stack) if waiting is None else ("terraform", stack, "--", "state", "push", str(waiting))
        process = self.team.start(*words)
        said = ""
        assert process.stdout is not None
        for line in process.stdout:
            said += line
            if f"force-unlock {held['ID']}" in " ".join(said.split()):
                process.send_signal(signal.SIGINT)
                break
        process.communicate()
        if not re.search(rf"{held['ID']}", said):
            self.wrong.append(f"nothing names the lock {held['ID']}: {said[-800:]}")
        self._good("terraform", stack, "--", "force-unlock", "-force", held["ID"])


def _kill(number: signal.Signals) -> Callable[[Soak, subprocess.Popen[str]], None]:
    def strike(_: Soak, process: subprocess.Popen[str]) -> None:
        if process.poll() is None:
            process.send_signal(number)

    return strike


def _terraform(soak: Soak, _: subprocess.Popen[str]) -> None:
    for number in soak.running():
        os.kill(number, signal.SIGKILL)


def _both(soak: Soak, process: subprocess.Popen[str]) -> None:
    _kill(signal.SIGKILL)(soak, process)
    _terraform(soak, process)


def _closed(_: Soak, process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    process.stdout.close()


def _shut(soak: Soak, _: subprocess.Popen[str]) -> None:
    soak.bucket.shut = "testing"


def _full(soak: Soak, _: subprocess.Popen[str]) -> None:
    soak.filler.touch(0o600)
    with contextlib.suppress(OSError), soak.filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)


DISASTERS = (
    Disaster("tanada killed", _kill(signal.SIGKILL)),
    Disaster("terminal closed (SIGHUP)", _kill(signal.SIGHUP), tells_terraform=True),
    Disaster("SIGTERM", _kill(signal.SIGTERM), tells_terraform=True),
    Disaster("Ctrl-C", _kill(signal.SIGINT), tells_terraform=True),
    Disaster("terraform killed", _terraform, ends_terraform=True),
    Disaster("both killed", _both, ends_terraform=True),
    Disaster("output closed", _closed),
    Disaster("credentials ended", _shut, shuts=True),
)
FULL = Disaster("disk full", _full)


def choose(dice: random.Random, *, mounts: bool) -> tuple[str, Disaster]:
    """What a round plays."""
    return dice.choice(VERBS), dice.choice((*DISASTERS, FULL) if mounts else DISASTERS)


def can_mount() -> bool:
    """Whether this user may make small file systems; a full disk is played where one may."""
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run([*_MOUNT, folder], capture_output=True, check=False).returncode != 0:
            return False
        subprocess.run(["umount", folder], check=True)
        return True


_MOUNT = ("mount", "-t", "tmpfs", "-o", "size=40m,mode=0700", "tmpfs")
"""More than the 32 MiB that an apply wants to begin."""


@contextlib.contextmanager
def new(folder: Path, bucket: Bucket, seed: int, *, small: bool = False) -> Iterator[Soak]:
    """A repository in a folder, whose stacks were applied once; where it is `small` its `.tanada` can be filled."""
    bucket.make()
    team = new_team(folder)
    team.environ.update(bucket.environ)
    (team.root / "environments" / "www.yaml").unlink()
    (team.root / "workspaces" / "review.yaml").unlink()
    system = team.root / "system.yaml"
    system.write_text(re.sub(r"  production:\n(    .*\n)+", "", system.read_text()))
    team.stacks = {}
    own = team.root / ".tanada"
    own.mkdir(mode=0o700)
    if small:
        subprocess.run([*_MOUNT, own], check=True)
    try:
        soak = Soak(team, bucket, random.Random(seed))
        for stack in STACKS:
            (soak.world / stack).mkdir(parents=True)
        soak.declare()
        for stack in STACKS:
            team.good("plan", stack, *([] if stack == STACKS[0] else ["--image", "web=one"]))
            team.good("apply", stack, "--yes")
        yield soak
    finally:
        if small:
            subprocess.run(["umount", own], check=True)
