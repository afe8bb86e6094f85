"""A plan summary as plain text: for terminals and logs."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from tanada.plan.model import Difference, ResourceChange, Step, Summary
from tanada.plan.tags import folded, folded_drift
from tanada.resources import replacements_known
from tanada.text import count, without_middle

_SIGNS = {
    "create": "+",
    "update": "~",
    "replace": "±",
    "destroy": "-",
    "forget": "×",
    "import": "←",
    "move": "→",
    "read": "?",
}

_REASONS = {
    "replace_because_tainted": "tainted: an earlier apply left it unfinished",
    "replace_by_request": "its replacement was asked for",
    "replace_by_triggers": "what it depends on changes (replace_triggered_by)",
    "delete_because_no_resource_config": "it left the configuration",
    "delete_because_wrong_repetition": "it has no count or for_each, or a different one, now",
    "delete_because_count_index": "its index is beyond count now",
    "delete_because_each_key": "its key left for_each",
    "delete_because_no_module": "its module left the configuration",
    "delete_because_no_move_target": "it was moved to an address that isn't configured",
}
"""Terraform's action_reason in a person's words; one that isn't here is shown as Terraform writes it."""

_DONE = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "destroy": "destroyed",
    "import": "imported",
    "move": "moved",
    "forget": "forgotten",
}
"""What happens to resources, in the order of a sentence, and what is said of it afterwards."""
_NAMED = 3
"""Forcing attributes that one line names."""
_SHOWN = 12
"""Differences shown of one resource, lines of one difference, and resources to make that are named one by one."""
_LONGEST_REASON = 200
"""Characters of a reason why something is hidden."""
_SHORT = 60
"""Characters of a value within a line that says more than it."""


def unknown_replacements(types: Sequence[str]) -> str:
    """What an offline plan says of types that it knows too little of."""
    return f"what replaces {', '.join(types)} is not known here"


def why(change: ResourceChange) -> str:
    """Why something is replaced, destroyed or forgotten: `can't change in place: name: web → api`.

    Of an update: that nobody knows whether it is a replacement, which only an offline plan leaves open.
    """
    if change.action == "update":
        return "" if replacements_known(change.type) else unknown_replacements([change.type])
    if change.deposed:
        return f"object {change.deposed} is left over from an interrupted replace"
    forcing = _forcing(change)
    if change.reason == "replace_because_cannot_update" or (change.reason is None and change.replace_paths):
        return "can't change in place: " + (forcing or "(attribute unknown)")
    if change.reason is None:
        return "asked for" if change.action == "destroy" else ""
    reason = _REASONS.get(change.reason, change.reason)
    return f"{reason}: {forcing}" if forcing else reason


def _forcing(change: ResourceChange) -> str:
    """What forces a replace, with its values where they are known."""
    causes = [_arrow(item, _SHORT) for item in change.differences if item.forces_replacement] or change.replace_paths
    more = f", and {len(causes) - _NAMED} more" if len(causes) > _NAMED else ""
    return ", ".join(causes[:_NAMED]) + more


def _arrow(item: Difference, longest: int | None = None) -> str:
    """`cpu: 256 → 512`."""
    before, after = (
        "(none)" if text is None else without_middle(text, longest) if longest else text
        for text in (item.before, item.after)
    )
    return f"{item.path}: {before} → {after}{' (patched)' if item.patched else ''}".replace("\n", " ")


def hidden(why: Sequence[str]) -> str:
    """`hidden: it holds the value of variable A_TOKEN, which is named like a secret`."""
    return f"hidden: it holds {'; and '.join(without_middle(each, _LONGEST_REASON) for each in why[:_NAMED])}"


def line(change: ResourceChange) -> str:
    """`± aws_db_instance.main (database; can't change in place: username: one → two)`."""
    notes = [change.danger] if change.danger and change.destroys else []
    if change.previous_address:
        notes.append(f"was {change.previous_address}")
    if change.imported:
        notes.append(f"imported {change.imported_id}".rstrip())
    if change.action in {"replace", "destroy", "forget"} and (reason := why(change)):
        notes.append(reason)
    return f"{_SIGNS[change.action]} {change.address}" + (f" ({'; '.join(notes)})" if notes else "")


def headline(summary: Summary) -> str:
    """`2 to create, 1 to replace`, or that there is nothing to do."""
    parts = [f"{number} to {verb}" for verb, number in _numbers(summary)]
    parts += outputs_in_numbers(summary)
    if summary.deferred:
        parts.append(f"{len(summary.deferred)} left for a later plan")
    return ", ".join(parts) or "nothing to do"


def outputs_in_numbers(summary: Summary) -> Iterator[str]:
    """`12 outputs to create`, `1 output to change`, of those that no deploy speaks of."""
    verbs = {"create": "create", "destroy": "destroy"}
    numbers = Counter(verbs.get(output.action, "change") for output in summary.other_outputs)
    yield from (
        f"{count(numbers[verb], 'output')} to {verb}" for verb in ("create", "change", "destroy") if numbers[verb]
    )


def achieved(summary: Summary) -> str:
    """`2 created, 1 replaced`: the same, once the plan is carried out."""
    return ", ".join(f"{number} {_DONE[verb]}" for verb, number in _numbers(summary)) or "no resource changed"


def _numbers(summary: Summary) -> list[tuple[str, int]]:
    by_verb = summary.counts.by_verb
    return [(verb, by_verb[verb]) for verb in _DONE if by_verb[verb]]


def render(summary: Summary) -> str:
    """The whole summary: a headline, its steps, what fails, what to know, what goes for ever, what else, and so on."""
    parts = (_steps, _troubles, _cautions, _changes, _outputs, _drift)
    return "\n".join([headline(summary), *(line for part in parts for line in part(summary))])


def _steps(summary: Summary) -> Iterator[str]:
    yield from (f"  {step}" for step in in_steps(summary))


def in_steps(summary: Summary) -> Iterator[str]:
    """How a plan is carried out, a sentence for each of its steps; nothing where one apply does it all."""
    for number, step in enumerate(summary.steps, start=1):
        following = summary.steps[number] if number < len(summary.steps) else None
        place = f"step {number} of {len(summary.steps)}" if len(summary.steps) > 1 else "one step"
        if step.task is not None:
            change = "changes" if len(step.before) == 1 else "change"
            before = f" before {' and '.join(step.before)} {change}" if step.before else ""
            yield f"{place}: {step.makes or f'runs {step.task}'}{before}"
        elif step.notes:
            yield f"{place}: notes that {' and '.join(store for store, _ in step.notes)} gets another password"
        elif step.token is not None:
            yield f"{place}: gives {step.token} another token, and writes it to its secret"
        elif step.provider is not None:
            yield f"{place}: gives Cognito the identity provider {step.provider}, with the secret that is kept for it"
        elif step.alone is not None:
            yield f"{place}: has {step.alone} take the new token alone"
        elif step.only and following is not None and following.alone is not None:
            yield f"{place}: the rest, while the token before is taken as well"
        elif step.only and following is not None and following.token is not None:
            yield f"{place}: what {' and '.join(each.token for each in summary.steps if each.token)} needs for a token"
        elif step.only and following is not None and following.provider is not None:
            yield f"{place}: what Cognito needs for the identity provider {following.provider}"
        elif step.only:
            yield f"{place}: what {' and '.join(_run_next(summary.steps[number:]))} needs to run"
        elif step.stacks:
            yield f"{place}, after {', '.join(step.stacks)}: destroys {', '.join(sorted(summary.goes_late))}"
        elif step.keeps:
            yield f"{place}: all but what is destroyed at the end"
        elif step.omits:
            yield f"{place}: all but {', '.join(f'{address}: {name}' for address, name in step.omits)}"
        else:
            yield f"{place}: the rest"


def _run_next(steps: Sequence[Step]) -> Iterator[str]:
    """The tasks that come after a step, before the next one that is none."""
    return (str(step.called) for step in itertools.takewhile(lambda step: step.task is not None, steps))


def _troubles(summary: Summary) -> Iterator[str]:
    if summary.errored:
        yield "  the plan is not whole: planning ended with an error"
    for check in summary.checks:
        yield from (f"  check {check.address}: {problem}" for problem in check.problems or (check.status,))


def _cautions(summary: Summary) -> Iterator[str]:
    yield from (f"  ! {caution.words}" for caution in summary.cautions)


def _changes(summary: Summary) -> Iterator[str]:
    dangerous = summary.dangerous
    retagged, others = folded(summary.changes)
    made = Counter(change.type for change in summary.changes if _plain(change))
    many = made.total() > _SHOWN
    for change in (*dangerous, *(item for item in others if item not in dangerous)):
        if not change.routine and not (many and _plain(change)):
            yield f"  {line(change)}"
            yield from _differences(_beneath(change))
    yield from (f"  ~ {each}" for each in retagged)
    if many:
        yield f"  + {', '.join(f'{number} {name}' for name, number in made.items())}"
    for deploy in summary.deploys:
        images = ", ".join(f"{container} {before} → {after}" for container, before, after in deploy.images)
        yield f"  ↻ {deploy.service} (deploy: {images})"
    yield from (f"  … {address} (left for a later plan)" for address in summary.deferred)


def _plain(change: ResourceChange) -> bool:
    """Whether something is made, and there is no more to say of it."""
    return change.action == "create" and not change.routine and not change.differences


def _outputs(summary: Summary) -> Iterator[str]:
    for output in summary.other_outputs:
        if output.action == "create":
            continue  # the headline counts them, and nobody had them before
        yield f"  output {output.name}: {output.action}"
        if output.difference and output.action == "update":
            yield from _differences([output.difference])


def _drift(summary: Summary) -> Iterator[str]:
    retagged, others = folded_drift(summary.drift)
    yield from (f"  changed outside Terraform: {each}" for each in retagged)
    for item in others:
        yield f"  changed outside Terraform: {item.address}{' (gone)' if item.gone else ''}"
        yield from _differences(item.differences)


def _beneath(change: ResourceChange) -> Sequence[Difference]:
    """The differences that the change's own line doesn't show whole."""
    forcing = [item for item in change.differences if item.forces_replacement]
    if len(forcing) > _NAMED or not all(_short(item) for item in forcing):
        return change.differences
    return [item for item in change.differences if not item.forces_replacement]


def _short(item: Difference) -> bool:
    return not item.lines and not item.hidden and len(item.before or "") <= _SHORT and len(item.after or "") <= _SHORT


def _differences(items: Sequence[Difference]) -> Iterator[str]:
    for item in items[:_SHOWN]:
        if item.lines:
            yield f"      {item.path}:"
            yield from (f"        {text}" for text in item.lines[:_SHOWN])
            if len(item.lines) > _SHOWN:
                yield f"        … {len(item.lines) - _SHOWN} more lines"
        else:
            yield f"      {_arrow(item)}"
        if item.hidden:
            yield f"        {hidden(item.hidden)}"
    if len(items) > _SHOWN:
        yield f"      … {len(items) - _SHOWN} more"
