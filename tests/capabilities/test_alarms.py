"""The guide's table of alarms, `docs/alarms.md`: every one that a capability's golden files hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from tanada.declarations.loader import load
from tanada.declared.alarm_words import alarm_words
from tanada.declared.store import Store
from tests.capabilities.test_capabilities import GOLDENS, HERE, ROOT
from tests.golden import held

Alarm = Mapping[str, Any]
ALARM = "aws_cloudwatch_metric_alarm"
PAGE = ROOT / "docs" / "alarms.md"
_NAME = re.compile(r"(?P<part>[a-z0-9-]+)(?:_.+)?_alarm_(?P<word>.+)")
"""The address of one (modules/alarms.py): its part stands first, of whose name no letter is `_`."""


@cache
def kinds(capability: str) -> Mapping[str, str]:
    """By name, what each part of a capability's system is: a kind of store, else its group."""
    system = load(HERE / capability)
    return {
        name: part.word if isinstance(part, Store) else {"services": "service"}.get(group, group)
        for environment in system.environments.values()
        for group, name, part in environment.parts()
    }


def every() -> Iterator[tuple[str, str, Alarm]]:
    """What it is of, its word and itself; the same one as often as it is emitted."""
    for golden in GOLDENS:
        capability, _, file = golden.split("/")
        resources = json.loads((HERE / golden).read_text(encoding="utf-8"))["resource"]
        for name, alarm in resources.get("aws_cloudwatch_metric_alarm", {}).items():
            if any("aws_appautoscaling_policy." in each for each in alarm.get("alarm_actions", ())):
                continue  # starts a task, and wakes nobody
            found = _NAME.fullmatch(name)
            assert found is not None, f"{golden}: {name}"
            # what several parts share is of their construct
            yield kinds(capability).get(found["part"], file.split(".")[1]), found["word"], alarm


def queries(alarm: Alarm) -> list[Mapping[str, Any]]:
    """The metrics that it reckons with; none where it is of one."""
    return [each["metric"] for each in alarm.get("metric_query", ()) if "metric" in each]


def period(alarm: Alarm) -> int:
    """The seconds that one of its values is of."""
    [seconds] = {each["period"] for each in queries(alarm) or [alarm]}
    return int(seconds)


def counted(alarm: Alarm) -> int:
    return int(alarm["evaluation_periods"])


def asked(alarm: Alarm) -> tuple[list[str], str]:
    """The metrics of one, and what of them it looks at."""
    if not queries(alarm):
        statistic = alarm.get("statistic") or alarm["extended_statistic"]
        return [f"`{alarm['namespace']}` `{alarm['metric_name']}`"], statistic
    [expression] = [each["expression"] for each in alarm["metric_query"] if "expression" in each]
    return [f"`{each['namespace']}` `{each['metric_name']}`" for each in queries(alarm)], f"`{expression}`"


def row(kind: str, word: str, alike: Sequence[Alarm]) -> str:
    """One alarm of a kind; where its number follows what a part says, the least and the greatest that are emitted."""
    first = min(alike, key=lambda alarm: (alarm["threshold"], alarm["alarm_description"]))
    sign = {"GreaterThanThreshold": ">", "LessThanThreshold": "<", "GreaterThanOrEqualToThreshold": "≥"}[
        first["comparison_operator"]
    ]
    numbers = sorted({alarm["threshold"] for alarm in alike})
    number = f"{numbers[0]:,}" if len(numbers) == 1 else f"{numbers[0]:,} to {numbers[-1]:,}, by what it says"
    said, statistic = asked(first)
    metric = " and ".join(said)
    time = " or ".join(
        dict.fromkeys(f"{period(each) // 60} min × {each['evaluation_periods']}" for each in sorted(alike, key=counted))
    )
    page = f"capabilities/{kind}.md"
    of = f"[{kind}]({page})" if (PAGE.parent / page).is_file() else kind
    cells = (of, f"`{word}`", metric, f"{statistic} {sign} {number}", time)
    missing = {"notBreaching": "well", "breaching": "rings", "ignore": "as before", "missing": "unknown"}
    return f"| {' | '.join(cells)} | {missing[first['treat_missing_data']]} | {first['alarm_description']} |"


def test_the_guide_has_every_alarm_with_its_number_and_why() -> None:
    by: dict[tuple[str, str], list[Alarm]] = {}
    for kind, word, alarm in every():
        # of each further way to a service the same again: `5xx-internal`
        shown = word if kind != "service" else next(each for each in BROKEN if word.startswith(each))
        by.setdefault((kind, shown), []).append(alarm)
    assert ("queue", "dead-letters") in by
    text = PAGE.read_text(encoding="utf-8")
    head, rule, _ = text.partition("| --- | --- | --- | --- | --- | --- | --- |\n")
    rows = [row(kind, word, alike) for (kind, word), alike in sorted(by.items())]
    held(PAGE, head + rule + "".join(f"{each}\n" for each in rows))


def test_what_rollback_alarms_may_name_is_what_is_emitted() -> None:
    """Of the services of every permanent environment of their capability."""
    seen = 0
    for name, environment in load(HERE / "service").environments.items():
        golden = HERE / "service" / "emitted" / f"environment-{name}.services.json"
        names = json.loads(golden.read_text(encoding="utf-8"))["resource"][ALARM]
        for service, settings in environment.services.items():
            emitted = {word for each in names for word in re.findall(rf"^{service}_alarm_(.+)$", each)}
            emitted |= {word for each in names for word in re.findall(rf"^{service}_[a-z]+_alarm_(.+)$", each)}
            words = {word for several in alarm_words(settings).values() for word in several}
            assert emitted - {"first_work", "outside"} == words, (name, service)  # that one is of another region
            seen += len(words)
    assert seen > 60


def test_alarms_say_why_and_tell_that_they_are_over() -> None:
    for kind, word, alarm in every():
        assert len(alarm["alarm_description"]) > 40, (kind, word)
        assert alarm.get("alarm_actions") == alarm.get("ok_actions"), (kind, word)
        assert period(alarm) % 60 == 0, "CloudWatch asks more for less"


Value = float | None
Series = Mapping[str, Sequence[Value]]
"""By metric its value of each minute; None where AWS sends none."""
MINUTES = 360
MATH: Mapping[str, Callable[[Mapping[str, Value]], Value]] = {
    "desired - FILL(running, 0)": lambda of: None if of["desired"] is None else of["desired"] - (of["running"] or 0),
    "IF(answered >= 20, 100 * FILL(failed, 0) / answered, 0)": lambda of: (
        None if not of["answered"] else 100 * (of["failed"] or 0) / of["answered"] if of["answered"] >= 20 else 0
    ),
}
"""CloudWatch's metric math, of each expression that is emitted; without a value of what isn't filled there is none."""


def once(of: Sequence[Value], statistic: str) -> Value:
    """One period's; a percentile is at most its greatest."""
    known = [each for each in of if each is not None]
    if not known:
        return None
    means = {"Average": sum(known) / len(known), "Sum": sum(known), "Minimum": min(known)}
    return means.get(statistic, max(known))


def looked_at(alarm: Alarm, series: Series) -> list[Value]:
    """What it looks at, period by period."""
    step = period(alarm) // 60

    def read(name: str, statistic: str) -> list[Value]:
        of = series.get(name, [None] * MINUTES)
        return [once(of[at : at + step], statistic) for at in range(0, MINUTES, step)]

    if not queries(alarm):
        return read(alarm["metric_name"], alarm.get("statistic") or alarm["extended_statistic"])
    metrics = {each["id"]: each["metric"] for each in alarm["metric_query"] if "metric" in each}
    columns = {id: read(each["metric_name"], each["stat"]) for id, each in metrics.items()}
    [expression] = [each["expression"] for each in alarm["metric_query"] if "expression" in each]
    rows = zip(*columns.values(), strict=True)
    return [MATH[expression](dict(zip(columns, row, strict=True))) for row in rows]


def rings(alarm: Alarm, series: Series) -> bool:
    """Whether it ever does: as many values in a row are beyond its number (CloudWatch user guide, "Evaluating an
    alarm"); one that is missing is so where that is said to breach."""

    def beyond(value: Value) -> bool:
        if value is None:
            return bool(alarm["treat_missing_data"] == "breaching")
        above = alarm["comparison_operator"] != "LessThanThreshold"
        reached = alarm["comparison_operator"] == "GreaterThanOrEqualToThreshold" and value == alarm["threshold"]
        return bool(reached or (value > alarm["threshold"] if above else value < alarm["threshold"]))

    found = [beyond(each) for each in looked_at(alarm, series)]
    length = counted(alarm)
    return any(all(found[at : at + length]) for at in range(len(found) - length + 1))


def minutes(usual: Value, at: Value = None, during: Callable[[int], bool] = lambda _: False) -> list[Value]:
    """`usual`, but `at` in some minutes."""
    return [at if during(minute) else usual for minute in range(MINUTES)]


WELL: Mapping[str, Series] = {
    # somebody looks once an hour, waits, and finds an error
    "idle": {
        "CPUUtilization": minutes(1),
        "MemoryUtilization": minutes(60),
        "DesiredTaskCount": minutes(2),
        "RunningTaskCount": minutes(2),
        "UnHealthyHostCount": minutes(0),
        "RequestCount": minutes(None, 1, lambda minute: minute % 60 == 7),
        "HTTPCode_Target_5XX_Count": minutes(None, 1, lambda minute: minute % 60 == 7),
        "TargetResponseTime": minutes(None, 9, lambda minute: minute % 60 == 7),
    },
    # nothing for an hour; then its first tasks start in three minutes, and are ill for one
    "cold": {
        "CPUUtilization": minutes(None, 2, lambda minute: minute > 63),
        "DesiredTaskCount": minutes(None, 2, lambda minute: minute >= 60),
        "RunningTaskCount": minutes(None, 2, lambda minute: minute > 63),
        "UnHealthyHostCount": minutes(None, 1, lambda minute: minute == 64),
    },
    # each time three minutes without a task, one of an ill one, and five of starting with all CPU there is
    "deployed every hour": {
        "CPUUtilization": minutes(30, 100, lambda minute: minute % 60 < 5),
        "MemoryUtilization": minutes(60, 95, lambda minute: minute % 60 < 5),
        "DesiredTaskCount": minutes(2),
        "RunningTaskCount": minutes(2, 0, lambda minute: minute % 60 < 3),
        "UnHealthyHostCount": minutes(0, 1, lambda minute: minute % 60 == 4),
        "RequestCount": minutes(600),
        "HTTPCode_Target_5XX_Count": minutes(None, 300, lambda minute: minute % 60 == 4),
        "TargetResponseTime": minutes(0.1, 8, lambda minute: minute % 60 in (4, 5)),
    },
}
BROKEN: Mapping[str, Series] = {
    "gateway-5xx": {"Count": minutes(60), "5xx": minutes(None, 6, lambda minute: minute > 60)},
    "5xx": {"RequestCount": minutes(60), "HTTPCode_Target_5XX_Count": minutes(None, 6, lambda minute: minute > 60)},
    "cpu": {"CPUUtilization": minutes(98)},
    "latency": {"TargetResponseTime": minutes(0.1, 4, lambda minute: 60 < minute < 90)},
    "memory": {"MemoryUtilization": minutes(50, 93, lambda minute: minute > 60)},
    "outside": {"HealthCheckStatus": minutes(1, 0, lambda minute: minute == 60)},
    # none runs, so its metric has no value
    "missing-tasks": {"DesiredTaskCount": minutes(2), "RunningTaskCount": minutes(2, None, lambda minute: minute > 60)},
    # one after the other is ill for a minute, and stopped
    "unhealthy": {"UnHealthyHostCount": minutes(0, 1, lambda minute: minute > 60 and minute % 3 == 0)},
}


def test_an_idle_a_cold_and_an_environment_deployed_every_hour_raise_no_alarm() -> None:
    """All that are emitted; those of stores have no value here, which is well of each."""
    told = [(kind, word, name) for kind, word, alarm in every() for name, each in WELL.items() if rings(alarm, each)]
    assert told == []


def test_each_alarm_of_a_service_rings_for_what_it_is_there_for() -> None:
    """`latency-internal` is of another load balancer than the first."""
    of_services = [(word, alarm) for kind, word, alarm in every() if kind == "service"]
    asked_for = {word: next(each for each in BROKEN if word.startswith(each)) for word, _ in of_services}
    assert set(asked_for.values()) == set(BROKEN)
    assert [word for word, alarm in of_services if not rings(alarm, BROKEN[asked_for[word]])] == []
