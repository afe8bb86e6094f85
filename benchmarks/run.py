"""`make bench`: sets up the peers, lets all programs take turns, prints the tables and writes them down."""

from __future__ import annotations

import argparse
import datetime
import filecmp
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import installation, picture, plan, report, stacks, systems
from benchmarks.measure import FailedError, Run
from benchmarks.tools import DEFAULT, Bench, Tool, tools

HERE = Path(__file__).parent
COLD_ROUNDS = 2
QUICK_ROUNDS = 3
OURS = ("tanada", "unchanged", "comment", "edited", "blueprint", "diff", "check", "wheel", "empty")
SAME = ("json", "cdktf-js", "cdktf-js-naive", "cdktn")
"""The peers whose output must be the same."""


def main(arguments: Sequence[str]) -> None:
    """All of it; exit code 1 with a sentence when a program fails or makes something else."""
    parser = argparse.ArgumentParser(prog="make bench", description="Compare synth with its peers.")
    parser.add_argument("--quick", action="store_true", help="10 environments at most; nothing is written down")
    parser.add_argument(
        "--ours", action="store_true", help="Tanada and an empty CDKTF app alone; nothing is written down"
    )
    asked = parser.parse_args(arguments)
    try:
        _bench(Bench(systems.ROOT / ".tanada" / "bench"), quick=asked.quick, ours=asked.ours)
    except FailedError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _bench(bench: Bench, *, quick: bool, ours: bool) -> None:
    if not ours:
        _say("setting up the peers")
        installation.set_up(bench.folder)
    installation.install_wheel(bench.folder / "wheel")
    counts = [DEFAULT, 1, 10, *([] if quick else [100, 1000])]
    bench.make_systems(counts)
    by_key = {tool.key: tool for tool in tools(bench)}
    everything = [tool for key, tool in by_key.items() if not ours or key in OURS]
    load = installation.load()

    bench.copy_programs()
    bench.run(by_key["tanada"], 1)
    stack = _stack(bench, by_key["tanada"])
    cold = _in_turn(bench, list(_cold(everything)), cold=True)
    difference = None
    if not ours:
        difference = stacks.difference(stack, _compare(bench, by_key))
        _say(difference or "Tanada and its peers make the same")
    warm: dict[tuple[str, int], list[Run]] = {}
    for count in counts:
        jobs = [(tool, count, tool.rounds[count]) for tool in everything if count in tool.rounds]
        if quick:
            jobs = [(tool, count, min(rounds, QUICK_ROUNDS)) for tool, count, rounds in jobs]
        warm |= _in_turn(bench, jobs)
    _say("ten plans with Tanada and without")
    added = plan.figures(bench.folder / "plan", QUICK_ROUNDS if quick else plan.ROUNDS)
    _say("")
    runs = [
        {"tool": key, "environments": count, "cold": results is cold, **asdict(run)}
        for results in (cold, warm)
        for (key, count), measured in results.items()
        for run in measured
    ]
    (bench.folder / "runs.json").write_text(json.dumps(runs, indent=1), encoding="utf-8")

    said = report.markdown(
        everything,
        warm,
        cold,
        resources={tool.key: bench.resources(tool) for tool in everything if tool.counted},
        difference=difference,
        plans=[*plan.rows(added)],
        date=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        machine=installation.machine(),
        load=f"load average {load} before the first run",
        versions=installation.versions(),
    )
    sys.stdout.write(f"{said}\n")
    if not quick and not ours:
        (HERE / "RESULTS.md").write_text(
            f"{said}\n![Seconds to synthesize N environments](results.svg)\n", encoding="utf-8"
        )
        labels = {tool.key: tool.label for tool in everything if tool.edit is None and tool.counted}
        (HERE / "results.svg").write_text(picture.svg(labels, warm), encoding="utf-8")


def _cold(everything: Sequence[Tool]) -> Iterator[tuple[Tool, int, int]]:
    for tool in everything:
        if tool.caches and not tool.again:
            yield tool, DEFAULT if DEFAULT in tool.rounds else 1, COLD_ROUNDS


def _in_turn(
    bench: Bench, jobs: Sequence[tuple[Tool, int, int]], *, cold: bool = False
) -> dict[tuple[str, int], list[Run]]:
    """Round by round, each tool once as long as it has rounds left."""
    results: dict[tuple[str, int], list[Run]] = {}
    for tool, count, _ in jobs:
        if tool.again:
            bench.run(tool, count)  # makes what is found then
    for number in range(max(rounds for _, _, rounds in jobs)):
        for tool, count, rounds in jobs:
            if number < rounds:
                what = "default system" if count == DEFAULT else f"{count:,} environments"
                _say(f"{'cold' if cold else 'warm'}, {what}, round {number + 1}: {tool.key}")
                results.setdefault((tool.key, count), []).append(bench.run(tool, count, cold=cold))
    return results


def _stack(bench: Bench, tool: Tool) -> dict[str, Any]:
    file = bench.output(tool, 1) / "stacks" / f"environment-{systems.name(1)}" / "cdk.tf.json"
    stack: dict[str, Any] = json.loads(file.read_bytes())
    return stack


def _compare(bench: Bench, by_key: dict[str, Tool]) -> dict[str, Any]:
    """The stack that the peers make, all the same; stock imports and fast loading must make the same bytes."""
    for key in SAME:
        bench.run(by_key[key], 1)
    frozen = _stack(bench, by_key["json"])
    for key in SAME:
        if stacks.comparable(_stack(bench, by_key[key])) != stacks.comparable(frozen):
            raise FailedError(f"{by_key[key].label} makes another stack than the rest")
    ours, stock = (bench.output(by_key[key], DEFAULT) / "stacks" for key in ("tanada", "stock"))
    for folder in sorted(ours.iterdir()):
        if not filecmp.cmp(folder / "cdk.tf.json", stock / folder.name / "cdk.tf.json", shallow=False):
            raise FailedError(f"stock imports make another {folder.name} than fast loading")
    return frozen


def _say(what: str) -> None:
    """Progress, on a terminal in one line."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{what[: shutil.get_terminal_size().columns - 1]}")
    elif what:
        sys.stderr.write(f"{what}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
