"""How many tasks a service has by its load, its queues and the hour (Application Auto Scaling)."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Name, Seconds, Whole, expected
from tanada.declared.model import Model
from tanada.declared.schedule import Rate, Schedule, TimeZone

Tasks = Annotated[int, Whole(0, 5000)]
Percent = Annotated[int, Whole(10, 90)]
"""AWS takes 1 to 100; of what is always nearly full or nearly empty nothing is to be read."""


class Cooldown(Model):
    """How long it waits after it has changed the number of tasks."""

    in_: Annotated[int, Seconds(0, 3600), Field(alias="in")] = 300
    """Before it takes more away."""
    out: Annotated[int, Seconds(0, 3600)] = 60
    """Before it adds more."""


def _by_the_clock(value: str | Rate) -> str | Rate:
    if isinstance(value, Rate):
        raise expected('five cron fields such as "0 8 * * MON-FRI": a rate counts from no hour')
    return value


class At(Model):
    """An hour from which other bounds hold, until the next one."""

    at: Annotated[Schedule, AfterValidator(_by_the_clock)]
    """When: five cron fields as cron counts them, such as `0 8 * * MON-FRI`."""
    time_zone: TimeZone = "UTC"
    """Where the hours are told, if not where the system's are."""
    min: Tasks | None = None
    """From then on at least so many; left out, as before."""
    max: Tasks | None = None
    """From then on at most so many; left out, as before."""


def _sentence(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


class Scale(Model):
    """Between how many tasks, and by what; where several ask, the one that asks for most has it."""

    min: Tasks
    """At least so many; 0 where a queue wakes it."""
    max: Annotated[int, Whole(1, 5000)]
    """At most so many."""
    cpu: Percent | None = None
    """Percent of the tasks' CPU that it holds to."""
    memory: Percent | None = None
    """Percent of the tasks' memory. Few programs give memory back, so it rarely takes tasks away."""
    requests: Annotated[int, Whole(1, 10_000_000)] | None = None
    """Requests a minute and task that it holds to, of each load balancer."""
    queue: dict[Name, Annotated[int, Whole(1, 10_000_000)]] = {}
    """Messages a task, by queue: those that wait and those that somebody works on. With `min: 0` the first message
    starts the first task."""
    cooldown: Cooldown = Cooldown()
    """How long it waits after a change: `{in: 5m, out: 60s}`."""
    schedule: dict[Name, At] = {}
    """Other bounds from an hour on, a name each: `{day: {at: "0 8 * * MON-FRI", min: 4}, night: {at: "0 20 * * *", min:
    1}}`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.min > self.max:
            raise _sentence(f"min {self.min} is above max {self.max}; say which it is")
        if not (self.cpu or self.memory or self.requests or self.queue or self.schedule):
            raise _sentence(f"it says nothing to scale by: add cpu: 60, or write count: {self.min}")
        if self.min == 0 and not self.queue and not any(each.min for each in self.schedule.values()):
            raise _sentence(
                "with min: 0 nothing starts a first task: of none there is no load; add queue, or say min: 1"
            )
        for name, each in self.schedule.items():
            if each.min is None and each.max is None:
                raise _sentence(f"schedule.{name} changes nothing; say min, max or both")
            if (each.min if each.min is not None else self.min) > (each.max if each.max is not None else self.max):
                raise _sentence(f"schedule.{name} has a min above its max; say both")
        return self

    @property
    def most(self) -> int:
        """Tasks at any hour."""
        return max(self.max, *(each.max or 0 for each in self.schedule.values()), 0)
