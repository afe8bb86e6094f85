"""The arithmetic of the tables: medians, ratios of runs that took turns, slopes, and how far the aims are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from operator import attrgetter
from statistics import median

from benchmarks.measure import Run

Results = Mapping[tuple[str, int], Sequence[Run]]
"""The runs of each tool and number of environments, in the order of their rounds."""

NOISY = 1.5
"""A slowest run that took so many times the fastest says that the machine did something else too."""


def wall(results: Results, key: str, count: int) -> float:
    """Seconds, the median."""
    return median(run.wall for run in results[key, count])


def spread(results: Results, key: str, count: int) -> float:
    """The slowest run by the fastest."""
    times = [run.wall for run in results[key, count]]
    return max(times) / min(times)


def ratio(results: Results, key: str, other: str, count: int, of: Callable[[Run], float] = attrgetter("wall")) -> float:
    """The median of the quotients, each of two runs of the same round; NaN where nothing was measured."""
    return _ratio(results[key, count], results[other, count], of)


def _ratio(runs: Sequence[Run], others: Sequence[Run], of: Callable[[Run], float]) -> float:
    pairs = zip(runs, others, strict=False)
    return median(of(run) / of(beside) if of(beside) else nan for run, beside in pairs)


def slope(results: Results, key: str, fewer: int, more: int) -> float:
    """Milliseconds that one more environment costs."""
    return 1000 * (wall(results, key, more) - wall(results, key, fewer)) / (more - fewer)


@dataclass(frozen=True)
class Aim:
    """A ratio that is wanted, and the one that was measured."""

    what: str
    measured: float
    bound: float
    at_least: bool = False

    @property
    def reached(self) -> bool:
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound

    @property
    def missed_by(self) -> float:
        """The factor that is lacking."""
        return self.bound / self.measured if self.at_least else self.measured / self.bound


@dataclass(frozen=True)
class _Wanted:
    """The ratio of two tools, each with so many environments (0: the default system)."""

    what: str
    key: str
    count: int
    other: str
    beside: int
    bound: float
    at_least: bool = False
    of: Callable[[Run], float] = attrgetter("wall")
    cold: bool = False

    def found_in(self, results: Results) -> bool:
        return (self.key, self.count) in results and (self.other, self.beside) in results


_EDITED = tuple(
    wanted
    for count in (100, 1000)
    for wanted in (
        _Wanted(f"{count:,} environments unchanged ÷ an empty CDKTF app", "unchanged", count, "empty", 0, 0.3),
        _Wanted(f"{count:,} environments, a comment changed ÷ an empty CDKTF app", "comment", count, "empty", 0, 0.3),
        _Wanted(f"{count:,} environments, one edited ÷ one made anew", "edited", count, "tanada", 1, 1.3),
        _Wanted(
            f"{count:,} environments, a value that all inherit ÷ all anew", "blueprint", count, "tanada", count, 1.1
        ),
    )
)
_WANTED: tuple[_Wanted, ...] = (
    _Wanted("default system, Tanada ÷ an empty CDKTF app", "tanada", 0, "empty", 0, 1.1),
    _Wanted("default system, stock ÷ Tanada", "stock", 0, "tanada", 0, 20, at_least=True),
    _Wanted("100 environments, stock ÷ Tanada", "stock", 100, "tanada", 100, 10, at_least=True),
    _Wanted("100 environments, Tanada ÷ CDKTF JavaScript", "tanada", 100, "cdktf-js", 100, 1),
    _Wanted("100 environments, Tanada ÷ AWS CDK Python", "tanada", 100, "awscdk-py", 100, 1),
    _Wanted("100 environments, Tanada ÷ AWS CDK JavaScript", "tanada", 100, "awscdk-js", 100, 1),
    _Wanted("default system unchanged ÷ an empty CDKTF app", "unchanged", 0, "empty", 0, 0.3),
    # Below 0.3 s, on a machine where the empty app takes 0.44 s: two thirds of it, and less.
    _Wanted("default system, `tanada check` ÷ an empty CDKTF app", "check", 0, "empty", 0, 0.5),
    *_EDITED,
    _Wanted("cold, default system ÷ an empty CDKTF app, cold", "tanada", 0, "empty", 0, 2, cold=True),
    _Wanted("cold, default system by the wheel ÷ an empty CDKTF app, cold", "wheel", 0, "empty", 0, 2, cold=True),
    _Wanted(
        "default system, peak memory, stock ÷ Tanada",
        "stock",
        0,
        "tanada",
        0,
        6,
        at_least=True,
        of=attrgetter("memory"),
    ),
    _Wanted(
        "100 environments, peak memory, stock ÷ Tanada",
        "stock",
        100,
        "tanada",
        100,
        6,
        at_least=True,
        of=attrgetter("memory"),
    ),
)


def aims(results: Results, cold: Results | None = None) -> list[Aim]:
    """The aims, as far as they were measured."""
    found = []
    for wanted in _WANTED:
        of = cold or {} if wanted.cold else results
        if wanted.found_in(of):
            measured = _ratio(of[wanted.key, wanted.count], of[wanted.other, wanted.beside], wanted.of)
            found.append(Aim(wanted.what, measured, wanted.bound, wanted.at_least))
    for count in (100, 1000):
        if all((key, count) in results for key in ("diff", "edited", "check")):
            parts = wall(results, "edited", count) + wall(results, "check", count)
            what = f"{count:,} environments, `diff --since` ÷ one edited and all read"
            found.append(Aim(what, wall(results, "diff", count) / parts, 1))
    if ("tanada", 100) in results and ("tanada", 1000) in results:
        one = wall(results, "tanada", 100) / 100
        found.append(Aim("time per environment, 1,000 ÷ 100", wall(results, "tanada", 1000) / 1000 / one, 1.3))
    return [aim for aim in found if not isnan(aim.measured)]
