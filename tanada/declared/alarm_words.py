"""What the alarms of services are called: modules/service_alarms.py makes exactly these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tanada.declared.answers import Answer, answers
from tanada.declared.service import Service

SECOND = "second"
"""Of a service whose requests ECS moves: those of its second target group, which answers after every other
deployment."""


OUTSIDE = "outside"
"""Of what Route 53 asks. No deployment is rolled back on it: it stands in another region than the service."""


def alarm_words(service: Service) -> Mapping[str, tuple[str, ...]]:
    """Each of a service's, `5xx`; with it those that tell the same of its second target groups."""
    found: dict[str, tuple[str, ...]] = {word: (word,) for word in _of_tasks(service)}
    for answer in answers(service):
        for number, _ in enumerate(answer.http.load_balancer):
            for word in of_answers(answer):
                one = word_of(word, answer, number)
                found[one] = (one, f"{one}-{SECOND}") if service.shifts else (one,)
    return found


def word_of(word: str, answer: Answer, number: int) -> str:
    """That of a way through one of its load balancers: of the service's own way through its first one it is plain."""
    more = [answer.sidecar] if answer.sidecar else []
    return "-".join([word, *more, *([answer.http.load_balancer[number]] if number else [])])


def _of_tasks(service: Service) -> Iterator[str]:
    if service.answers_at is not None:
        yield "cpu"
    yield "memory"
    yield "missing-tasks"


def of_answers(answer: Answer) -> Iterator[str]:
    """What is told of answers."""
    yield "5xx"
    if answer.http.protocol_version != "grpc":  # a stream begins to answer when it has something to say
        yield "latency"
    yield "unhealthy"


def named(services: Mapping[str, Service]) -> Mapping[str, tuple[str, tuple[str, ...]]]:
    """By what `rollback_alarms` calls them, `web-5xx`: whose they are, and their words."""
    return {
        f"{name}-{word}": (name, words)
        for name, service in services.items()
        for word, words in alarm_words(service).items()
    }
