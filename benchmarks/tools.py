"""What is measured: Tanada in several ways, and its peers, each as a command."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from benchmarks import stacks, systems
from benchmarks.measure import FailedError, Run, measure

PROGRAMS = Path(__file__).with_name("peers")
DEFAULT = 0
"""In the place of a number of environments: the default system, all stacks."""


@dataclass(frozen=True)
class Tool:
    """One thing to measure; `command` is that for so many environments and a folder to write to."""

    key: str
    label: str
    command: Callable[[int, Path], list[str]]
    rounds: Mapping[int, int]
    folder: Callable[[int], Path]
    environment: Mapping[str, str]
    caches: bool = True
    """Whether it keeps something between runs."""
    again: bool = False
    """Whether it finds the output of the run before."""
    edit: Callable[[Path], None] | None = None
    """What is changed in its folder, its alone, before each run."""
    out: str | None = None
    """Where it writes when it can't be told."""
    counted: bool = True
    """Whether it makes the resources."""
    peer: bool = False
    """Whether it is a frozen program."""


class Bench:
    """The folder of all that is made for the benchmarks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._resources: dict[bool, int] = {}
        self._seen: set[tuple[str, int]] = set()

    def system(self, count: int) -> Path:
        """The folder of declarations for so many environments."""
        return self.folder / "systems" / (str(count) if count != DEFAULT else "default")

    def make_systems(self, counts: list[int]) -> None:
        """Write the declarations anew."""
        shutil.rmtree(self.folder / "systems", ignore_errors=True)
        for count in counts:
            if count == DEFAULT:
                systems.default(self.system(count))
            else:
                systems.environments(self.system(count), count)

    def own(self, key: str, count: int) -> Path:
        """A copy of those declarations for one tool, in a repository of git."""
        folder = self.folder / "systems" / f"{key}-{count}"
        if not folder.exists():
            shutil.copytree(self.system(count), folder, ignore=shutil.ignore_patterns("out-*", "cdktf.out"))
            systems.repository(folder)
        return folder

    def copy_programs(self) -> None:
        """Put the peers' programs where what they import is found."""
        for program in PROGRAMS.iterdir():
            folder = self.folder / ("node" if program.suffix == ".js" else "programs")
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(program, folder)

    def output(self, tool: Tool, count: int) -> Path:
        """Where the stacks of a run lie."""
        return tool.folder(count) / (tool.out or f"out-{tool.key}")

    def run(self, tool: Tool, count: int, *, cold: bool = False) -> Run:
        """Measure one run, without what the run before left, and look whether it made all resources."""
        cache, out = self.folder / "cache" / tool.key, self.output(tool, count)
        if cold:
            shutil.rmtree(cache, ignore_errors=True)
        if not tool.again:
            shutil.rmtree(out, ignore_errors=True)
        if tool.edit is not None:
            tool.edit(tool.folder(count))
        cache.mkdir(parents=True, exist_ok=True)
        environment = {
            **_inherited(),
            "XDG_CACHE_HOME": str(cache),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache / "jsii"),
            **tool.environment,
        }
        if tool.out is None:
            environment["CDKTF_OUTDIR"] = out.name
        taken = measure(tool.command(count, out), tool.folder(count), environment, self.folder / "last.log")
        if tool.counted:
            self._check(tool, count, out)
        return taken

    def _check(self, tool: Tool, count: int, out: Path) -> None:
        """All runs of Tanada make as many as its first, all peers as many as the first of them."""
        if (tool.key, count) not in self._seen:
            made = stacks.resources(out)
            one = self._resources.setdefault(tool.peer, made // count) if count != DEFAULT else 0
            if not made or (count != DEFAULT and made != count * one):
                raise FailedError(f"{tool.label} made {made} resources for {count} environments")
            self._seen.add((tool.key, count))

    def resources(self, tool: Tool) -> int:
        """How many one environment has that it makes, once it was run."""
        return self._resources[tool.peer]


def _inherited() -> dict[str, str]:
    """The variables of this process without those that change what is measured."""
    dropped = ("TANADA_", "JSII_", "CDKTF_", "PYTHON", "NODE_OPTIONS", "NODE_PATH", "CDK_")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(dropped)},
        # Of the interpreter that runs this, so that `python main.py` is the same in `cdktf synth`.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        # The banner about the end of a Node's life, in front of every run.
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "18,20,22",
        "CHECKPOINT_DISABLE": "1",
        "CI": "1",
    }


def tools(bench: Bench) -> list[Tool]:
    """All of them, in the order in which they take turns."""
    main = [sys.executable, "main.py"]
    ours = {"PYTHONPATH": str(systems.ROOT), "TANADA_CACHE": "0"}
    node, programs = bench.folder / "node", bench.folder / "programs"

    def fixed(command: list[str]) -> Callable[[int, Path], list[str]]:
        return lambda _count, _out: command

    def program(*command: str) -> Callable[[int, Path], list[str]]:
        return lambda count, out: [*command, str(count), str(out)]

    def peer(
        key: str, label: str, rounds: Mapping[int, int], *command: str, caches: bool, counted: bool = True
    ) -> Tool:
        folder = lambda _count: programs  # noqa: E731
        return Tool(key, label, program(*command), rounds, folder, {}, caches, counted=counted, peer=True)

    def python(name: str) -> str:
        return str(bench.folder / name / "bin" / "python")

    def edited(key: str, label: str, edit: Callable[[Path], None], command: list[str] = main) -> Tool:
        return Tool(
            key,
            label,
            fixed(command),
            {100: 5, 1000: 3},
            lambda count: bench.own(key, count),
            {**ours, "TANADA_CACHE": "1"},
            again=True,
            edit=edit,
            counted=command == main,  # `diff` writes elsewhere
        )

    every = {1: 3, 10: 3, 100: 3, 1000: 1}
    system = partial(Tool, folder=bench.system)
    tanada = [sys.executable, "-m", "tanada"]
    return [
        system("tanada", "**Tanada**", fixed(main), {DEFAULT: 5, **every, 1000: 3}, environment=ours),
        system(
            "unchanged",
            "Tanada, unchanged input",
            fixed(main),
            {DEFAULT: 5, **every, 1000: 3},
            environment={**ours, "TANADA_CACHE": "1"},
            again=True,
        ),
        edited("comment", "Tanada, a comment changed", systems.with_another_comment),
        edited("edited", "Tanada, one environment edited", systems.with_another_number),
        edited("blueprint", "Tanada, a value edited that all inherit", systems.with_another_blueprint),
        edited(
            "diff",
            "`tanada diff --since` of one edited",
            systems.with_another_number,
            [*tanada, "diff", "--since", "main"],
        ),
        system(
            "check",
            "`tanada check`",
            fixed([*tanada, "check"]),
            {DEFAULT: 5, 100: 5, 1000: 3},
            environment=ours,
            counted=False,
        ),
        system(
            "wheel",
            "Tanada from its wheel",
            fixed(main),
            {DEFAULT: 5},
            environment={**ours, "PYTHONPATH": str(bench.folder / "wheel")},
        ),
        peer(
            "empty",
            "an empty CDKTF app",
            {DEFAULT: 5},
            sys.executable,
            str(programs / "empty.py"),
            caches=True,
            counted=False,
        ),
        system(
            "stock",
            "Tanada by stock imports",
            fixed(main),
            {DEFAULT: 5, **every},
            environment={**ours, "TANADA_FAST_LOAD": "0"},
        ),
        system(
            "cdktf-synth",
            "`cdktf synth` (runs Tanada)",
            fixed([str(systems.ROOT / "node_modules" / ".bin" / "cdktf"), "synth"]),
            {DEFAULT: 5},
            environment={**ours, "CDKTF_HOME": str(bench.folder / "cache" / "cdktf-synth")},
            out="cdktf.out",
        ),
        peer("cdktf-js", "CDKTF JavaScript", {**every, 1000: 3}, "node", str(node / "cdktf.js"), caches=False),
        replace(
            peer("cdktf-js-naive", "CDKTF JavaScript, whole provider", {1: 5, 10: 5, 100: 5}, caches=False),
            command=lambda count, out: ["node", str(node / "cdktf.js"), str(count), str(out), "naive"],
        ),
        peer("cdktn", "cdktn Python", every, python("cdktn"), str(programs / "with_cdktn.py"), caches=True),
        peer(
            "awscdk-py",
            "AWS CDK Python",
            every,
            python("awscdk"),
            str(programs / "with_awscdk.py"),
            caches=True,
        ),
        peer("awscdk-js", "AWS CDK JavaScript", every, "node", str(node / "awscdk.js"), caches=False),
        peer("json", "`json.dumps` of the same", every, sys.executable, str(programs / "with_json.py"), caches=False),
    ]
