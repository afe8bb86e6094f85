"""The results as Markdown: the aims, the default system, N environments, cold starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from math import isnan, nan
from operator import attrgetter
from statistics import median

from benchmarks import figures
from benchmarks.figures import Results
from benchmarks.measure import Run
from benchmarks.tools import DEFAULT, Tool

_HEAD = """# How long it takes, and its peers
Written by `make bench` on {date}. {rounds}

- Machine: {machine}; {load}.{noise}
- Versions: {versions}.
- Whole processes, from start to exit. The programs take turns (A B C … A B C …); times are medians, ratios the medians
  of each round's ratio. CPU: seconds of all processes. Memory: each process's highest resident size, added.
- Warm: caches are filled. `TANADA_CACHE=0`, so that all stacks are made, but where an edit or "unchanged" is
  measured: there the run before is known. An edit is one that no run has seen; "one environment" is one of them all.
- One environment has {resources} resources, of a declaration that is frozen (`benchmarks/system`), as are its peers'
  programs (`benchmarks/peers`). What they make is compared before anything is measured: CDKTF, cdktn and `json.dumps`
  make the same JSON, AWS CDK the equivalent resources of CloudFormation. Stock imports and fast loading make the same
  bytes. Tanada makes the stack of the common layer too, its peers do not.{difference}
"""


def markdown(
    tools: Sequence[Tool],
    warm: Results,
    cold: Results,
    *,
    resources: Mapping[str, int],
    difference: str | None,
    plans: Sequence[str] = (),
    date: str,
    machine: str,
    load: str,
    versions: str,
) -> str:
    """All tables; `resources` are those of one environment, by tool, `difference` what Tanada makes otherwise, `plans`
    the lines on what `tanada plan` adds.
    """
    labels = {tool.key: tool.label for tool in tools}
    head = _HEAD.format(
        date=date,
        machine=machine,
        load=load,
        versions=versions,
        resources=resources["tanada"],
        difference=f"\n- {difference}" if difference else "",
        noise=_noise(warm, labels),
        rounds=_rounds(warm),
    )
    parts = [head, "## Aims", *_aims(warm, cold), "", "## The default system", *_default(warm, labels)]
    parts += ["", "## N environments", *_environments(warm, labels, resources), ""]
    if cold:
        parts += ["## Cold: empty caches", *_cold(cold, warm, labels), ""]
    if plans:
        parts += ["## Plans: ten stacks, offline", *plans, ""]
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def _aims(warm: Results, cold: Results) -> list[str]:
    rows = []
    for aim in figures.aims(warm, cold):
        bound = f"{'≥' if aim.at_least else '≤'} {_short(aim.bound)}"
        verdict = "reached" if aim.reached else f"**missed**, by {100 * (aim.missed_by - 1):.0f} %"
        rows.append((aim.what, bound, _short(aim.measured), verdict))
    return _table(("", "aim", "measured", ""), rows)


def _default(warm: Results, labels: dict[str, str]) -> list[str]:
    head = ("all stacks", "seconds", "ratio to Tanada", "least – most", "CPU s (ratio)", "peak MB (ratio)")
    rows = []
    for key, label in labels.items():
        if (key, DEFAULT) in warm:
            rows.append(
                (
                    label,
                    _short(figures.wall(warm, key, DEFAULT)),
                    _short(figures.ratio(warm, key, "tanada", DEFAULT)),
                    _range(warm[key, DEFAULT]),
                    _beside(warm, key, DEFAULT, "cpu"),
                    _beside(warm, key, DEFAULT, "memory"),
                )
            )
    return _table(head, rows)


def _environments(warm: Results, labels: dict[str, str], resources: Mapping[str, int]) -> list[str]:
    counts = sorted({count for _, count in warm if count != DEFAULT})
    steps = [(fewer, more) for fewer, more in pairwise(counts) if fewer >= 10]
    most = max(count for count in counts if count <= 100)
    head = (
        "seconds (ratio to Tanada)",
        *(f"{count:,}" for count in counts),
        *(f"ms per environment, {fewer:,} to {more:,}" for fewer, more in steps),
        f"ms per resource at {most}",
        f"CPU s at {most} (ratio)",
        f"peak MB at {most} (ratio)",
    )
    rows = []
    for key, label in labels.items():
        measured = [count for count in counts if (key, count) in warm]
        if not measured:
            continue
        times = [_beside(warm, key, count, "wall") if count in measured else "–" for count in counts]
        slopes = [
            _short(figures.slope(warm, key, *step)) if all(count in measured for count in step) else "–"
            for step in steps
        ]
        # What makes none has none to count by.
        one = 1000 * figures.wall(warm, key, most) / (resources[key] * most) if key in resources else nan
        taken = [_beside(warm, key, most, what) for what in ("cpu", "memory")]
        rows.append((label, *times, *slopes, _short(one), *taken))
    return _table(head, rows)


def _beside(warm: Results, key: str, count: int, what: str) -> str:
    """A median, and its ratio to Tanada's."""
    of = attrgetter(what)
    middle = median(of(run) for run in warm[key, count])
    return f"{_short(middle)} ({_short(figures.ratio(warm, key, 'tanada', count, of))})"


def _range(runs: Sequence[Run]) -> str:
    times = [run.wall for run in runs]
    return f"{_short(min(times))} – {_short(max(times))}"


def _rounds(warm: Results) -> str:
    found: dict[int, set[int]] = {}
    for (_, count), runs in warm.items():
        found.setdefault(count, set()).add(len(runs))
    said = [
        f"{' or '.join(map(str, sorted(numbers)))} for {'the default system' if count == DEFAULT else f'{count:,}'}"
        for count, numbers in found.items()
    ]
    return f"Rounds: {', '.join(said)} environments."


def _cold(cold: Results, warm: Results, labels: dict[str, str]) -> list[str]:
    rows = []
    for (key, count), runs in cold.items():
        what = "default system" if count == DEFAULT else f"{count} environment"
        usual = figures.wall(warm, key, count)
        middle = figures.wall(cold, key, count)
        name = f"{labels[key]}, {what}"
        rows.append((name, _short(middle), _range(runs), _short(middle / usual)))
    return _table(("their own caches, not the file system's", "seconds", "least – most", "ratio to warm"), rows)


def _noise(warm: Results, labels: dict[str, str]) -> str:
    noisy = [
        f"{labels[key]} {'default' if count == DEFAULT else f'{count:,}'} ({figures.spread(warm, key, count):.1f} ×)"
        for key, count in warm
        if figures.spread(warm, key, count) > figures.NOISY
    ]
    if not noisy:
        return ""
    named = ", ".join(noisy)
    return f"\n- It was busy: the slowest run took more than {figures.NOISY} × the fastest of {named}."


def _short(number: float) -> str:
    """Three digits that count."""
    if isnan(number):
        return "–"
    if number >= 100:
        return f"{number:,.0f}"
    if number >= 10:
        return f"{number:.1f}"
    return f"{number:.2f}" if number >= 0.1 else f"{number:.3f}"
