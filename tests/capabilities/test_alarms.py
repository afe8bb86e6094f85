"""The guide's table of alarms, `docs/alarms.md`: every one that a capability's golden files hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from tanada.declarations.loader import load
from tanada.declared.store import Store
from tests.capabilities.test_capabilities import GOLDENS, HERE, ROOT
from tests.golden import held

Alarm = Mapping[str, Any]
PAGE = ROOT / "docs" / "alarms.md"
_NAME = re.compile(r"(?P<part>[a-z0-9-]+)(?:_.+)?_alarm_(?P<word>.+)")
"""The address of one (modules/alarms.py): its part stands first, of whose name no letter is `_`."""


@cache
def kinds(capability: str) -> Mapping[str, str]:
    """By name, what each part of a capability's system is: a kind of store, else its group."""
    system = load(HERE / capability)
    return {
        name: part.word if isinstance(part, Store) else group
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


def row(kind: str, word: str, alike: Sequence[Alarm]) -> str:
    """One alarm of a kind; where its number follows what a part says, the least and the greatest that are emitted."""
    first = min(alike, key=lambda alarm: (alarm["threshold"], alarm["alarm_description"]))
    sign = {"GreaterThanThreshold": ">", "LessThanThreshold": "<"}[first["comparison_operator"]]
    numbers = sorted({alarm["threshold"] for alarm in alike})
    number = f"{numbers[0]:,}" if len(numbers) == 1 else f"{numbers[0]:,} to {numbers[-1]:,}, by what it says"
    metric = f"`{first['namespace']}` `{first['metric_name']}`"
    statistic = first.get("statistic") or first["extended_statistic"]
    time = f"{first['period'] // 60} min × {first['evaluation_periods']}"
    page = f"capabilities/{kind}.md"
    of = f"[{kind}]({page})" if (PAGE.parent / page).is_file() else kind
    cells = (of, f"`{word}`", metric, f"{statistic} {sign} {number}", time)
    missing = {"notBreaching": "well", "breaching": "rings", "ignore": "as before", "missing": "unknown"}
    return f"| {' | '.join(cells)} | {missing[first['treat_missing_data']]} | {first['alarm_description']} |"


def test_the_guide_has_every_alarm_with_its_number_and_why() -> None:
    by: dict[tuple[str, str], list[Alarm]] = {}
    for kind, word, alarm in every():
        by.setdefault((kind, word), []).append(alarm)
    assert ("queue", "dead-letters") in by
    text = PAGE.read_text(encoding="utf-8")
    head, rule, _ = text.partition("| --- | --- | --- | --- | --- | --- | --- |\n")
    rows = [row(kind, word, alike) for (kind, word), alike in sorted(by.items())]
    held(PAGE, head + rule + "".join(f"{each}\n" for each in rows))


def test_alarms_say_why_and_tell_that_they_are_over() -> None:
    for kind, word, alarm in every():
        assert len(alarm["alarm_description"]) > 40, (kind, word)
        assert alarm.get("alarm_actions") == alarm.get("ok_actions"), (kind, word)
        assert alarm["period"] % 60 == 0, "CloudWatch asks more for less"
