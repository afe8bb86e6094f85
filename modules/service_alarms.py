"""What is watched of a service: answers that fail or are slow, tasks that are ill or missing, and how full they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from modules.alarms import Alarm, Metric
from modules.here import Here
from modules.public_route import PublicRoute
from tanada.declared.alarm_words import SECOND
from tanada.declared.answers import Answer
from tanada.declared.service import Service
from tanada.text import count

ECS, INSIGHTS, ELB = "AWS/ECS", "ECS/ContainerInsights", "AWS/ApplicationELB"
_PERIOD = 300
_FAILING = 5
"""Percent of answers."""
_ANSWERED = 20
"""Answers in a period below which a percentage says nothing."""
_SLOW = 3
"""Seconds that one answer of twenty takes longer than."""
_FULL = 90
"""Percent of CPU or memory."""


def watched(settings: Service, here: Here, name: str, routes: Sequence[tuple[Answer, PublicRoute]]) -> Iterator[Alarm]:
    """All alarms of one; `name` is what ECS calls it. What each load balancer tells of each group is an alarm of its
    own: those of the service's own way through its first load balancer have plain words."""
    yield from _of_tasks(settings, dimensions_of_tasks(here, name))
    for answer, route in routes:
        for _, more, dimensions in dimensions_of_answers(here, answer, route):
            for alarm in _of_answers(settings, answer, dimensions):
                yield replace(alarm, word="-".join([alarm.word, *more]))


def dimensions_of_tasks(here: Here, name: str) -> dict[str, str]:
    """By which CloudWatch knows the tasks of a service; `name` is what ECS calls it."""
    return {"ClusterName": _cluster(here.shared.cluster_arn), "ServiceName": name}


def dimensions_of_answers(
    here: Here, answer: Answer, route: PublicRoute
) -> Iterator[tuple[str, Sequence[str], dict[str, str]]]:
    """By which it knows what each load balancer tells of a way from outside; and the words that tell that from the
    service's own way through its first load balancer (`alarm_words.word_of`), of second target groups one more."""
    for number, balancer in enumerate(answer.http.load_balancer):
        load_balancer = _load_balancer(here.load_balancer(balancer).listener_arn)
        more = [*([answer.sidecar] if answer.sidecar else []), *([balancer] if number else [])]
        seconds = [(route.seconds[number], [*more, SECOND])] if route.seconds else []
        for group, words in ((route.groups[number], more), *seconds):
            yield balancer, words, {"LoadBalancer": load_balancer, "TargetGroup": group.arn_suffix}


def _of_tasks(settings: Service, dimensions: Mapping[str, str]) -> Iterator[Alarm]:
    """How full its CPU is only of one that somebody waits for: a worker that uses all of it does what it is there for,
    and whether it keeps up is told by its queue."""
    if settings.answers_at is not None:
        yield Alarm(
            word="cpu",
            namespace=ECS,
            metric="CPUUtilization",
            dimensions=dimensions,
            statistic="Average",
            above=_FULL,
            period=_PERIOD,
            periods=3,
            why=f"Above {_FULL}% of its CPU for a quarter of an hour, all tasks taken together: answers wait for each "
            "other, and a peak has no room. A start is over by then. More cpu, or more tasks.",
        )
    yield Alarm(
        word="memory",
        namespace=ECS,
        metric="MemoryUtilization",
        dimensions=dimensions,
        statistic="Maximum",
        above=_FULL,
        period=_PERIOD,
        periods=3,
        why=f"A task uses more than {_FULL}% of its memory for a quarter of an hour: at 100% it is killed in the midst "
        "of its work. Find the leak, lower a heap that is as large as the task, or give it more memory.",
    )
    patience = _patience(settings)
    yield Alarm(
        word="missing-tasks",
        dimensions=dimensions,
        of=(
            Metric("desired", INSIGHTS, "DesiredTaskCount", "Average"),
            Metric("running", INSIGHTS, "RunningTaskCount", "Average"),
        ),
        expression="desired - FILL(running, 0)",
        above=0,
        period=60,
        periods=patience,
        why=f"Fewer tasks run than should for {count(patience, 'minute')} on end, longer than a deployment takes, or a "
        "task that moves: they end at once (its log says why), or AWS can't place them (the service's events do: "
        "SERVICE_TASK_PLACEMENT_FAILURE, SERVICE_TASK_START_IMPAIRED).",
    )


def _of_answers(settings: Service, answer: Answer, dimensions: Mapping[str, str]) -> Iterator[Alarm]:
    yield Alarm(
        word="5xx",
        dimensions=dimensions,
        of=(
            Metric("failed", ELB, "HTTPCode_Target_5XX_Count", "Sum"),
            Metric("answered", ELB, "RequestCount", "Sum"),
        ),
        expression=f"IF(answered >= {_ANSWERED}, 100 * FILL(failed, 0) / answered, 0)",
        above=_FAILING,
        period=_PERIOD,
        periods=2,
        why=f"More than {_FAILING}% of the answers were errors (5xx) in five minutes, twice in a row: every twentieth "
        f"fails, and it is no hiccup of a deployment. With fewer than {_ANSWERED} requests it counts as none: one "
        "failure at night is no percentage.",
    )
    if answer.http.protocol_version != "grpc":  # a stream begins to answer when it has something to say
        yield Alarm(
            word="latency",
            namespace=ELB,
            metric="TargetResponseTime",
            dimensions=dimensions,
            statistic="p95",
            few="ignore",
            above=_SLOW,
            period=_PERIOD,
            periods=3,
            why=f"Every twentieth answer takes more than {_SLOW} s to begin, for a quarter of an hour: people leave, "
            "and what waits piles up. Too few requests to tell (under 200 in five minutes) change nothing.",
        )
    periods = _starting(settings)
    yield Alarm(
        word="unhealthy",
        namespace=ELB,
        metric="UnHealthyHostCount",
        dimensions=dimensions,
        statistic="Maximum",
        above=0,
        period=_PERIOD,
        periods=periods,
        why="A task didn't answer the load balancer's health check, in every five minutes of "
        f"{count(periods * _PERIOD // 60, 'minute')}: longer than a start may take. One doesn't get well, or one after "
        "the other fails.",
    )


def _starting(settings: Service) -> int:
    """One period more than those that a deployment alone may show ill tasks in: a grace period begins in one and ends
    in another."""
    return -(-settings.health_check_grace_period // _PERIOD) + 2


def _patience(settings: Service) -> int:
    """Minutes: a quarter of an hour where new tasks start before old ones stop; else as long as a deployment may
    take."""
    return 15 if settings.rollout.minimum == 100 else settings.minutes


def _cluster(arn: str) -> str:
    """A cluster's name: `arn:aws:ecs:ap-northeast-1:111111111111:cluster/kakei` → `kakei`."""
    return f'${{split("/", {_bare(arn)})[1]}}'


def _load_balancer(listener: str) -> str:
    """What CloudWatch calls the load balancer of `…:listener/app/kakei/50dc6c495c0c9188/f2f7dc8efc522ab2`."""
    name, number = (f'${{split("/", {_bare(listener)})[{place}]}}' for place in (2, 3))
    return f"app/{name}/{number}"


def _bare(reference: str) -> str:
    return reference.removeprefix("${").removesuffix("}")
