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
    pairs = zip(results[key, count], results[other, count], strict=False)
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


_AIMS: tuple[tuple[str, str, str, int, Callable[[Run], float], float, bool], ...] = (
    ("default system, Tanada ÷ an empty CDKTF app", "tanada", "empty", 0, attrgetter("wall"), 1.1, False),
    ("default system, stock ÷ Tanada", "stock", "tanada", 0, attrgetter("wall"), 20, True),
    ("100 environments, stock ÷ Tanada", "stock", "tanada", 100, attrgetter("wall"), 10, True),
    ("100 environments, Tanada ÷ CDKTF JavaScript", "tanada", "cdktf-js", 100, attrgetter("wall"), 1, False),
    ("100 environments, Tanada ÷ AWS CDK Python", "tanada", "awscdk-py", 100, attrgetter("wall"), 1, False),
    ("100 environments, Tanada ÷ AWS CDK JavaScript", "tanada", "awscdk-js", 100, attrgetter("wall"), 1, False),
    ("default system unchanged ÷ an empty CDKTF app", "unchanged", "empty", 0, attrgetter("wall"), 0.3, False),
    ("default system, peak memory, stock ÷ Tanada", "stock", "tanada", 0, attrgetter("memory"), 6, True),
    ("100 environments, peak memory, stock ÷ Tanada", "stock", "tanada", 100, attrgetter("memory"), 6, True),
)
"""What, of which two tools, for how many environments, the bound, and whether it is the least."""


def aims(results: Results) -> list[Aim]:
    """The aims, as far as they were measured."""
    found = [
        Aim(what, ratio(results, key, other, count, of), bound, at_least)
        for what, key, other, count, of, bound, at_least in _AIMS
        if (key, count) in results and (other, count) in results
    ]
    if ("tanada", 100) in results and ("tanada", 1000) in results:
        one = wall(results, "tanada", 100) / 100
        found.append(Aim("time per environment, 1,000 ÷ 100", wall(results, "tanada", 1000) / 1000 / one, 1.3))
    return [aim for aim in found if not isnan(aim.measured)]
