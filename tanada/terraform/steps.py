"""An apply in steps: where AWS can't do all of a plan at once, which apply does what, and what each is held to.

What is shown and approved is the whole plan, with its steps. Before each later step the stack is planned again, and
that plan may do what is left of the approved one and nothing else. So there is no mark of how far an apply came that
could be wrong: what is left is read from AWS each time, and held to the parts of what was approved. These lie where an
approval lies: in the report that a pull request showed, or in the record of the plan that is saved here, which stays
until the last step is done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tanada.contract import passwords, sign_in, tasks, tokens
from tanada.contract.environment import STORE_VERSIONS
from tanada.contract.uses import still_used
from tanada.errors import StillUsedError
from tanada.plan import Part, Step, Summary, left_of, parts
from tanada.resources import needed_later
from tanada.text import count, listed

if TYPE_CHECKING:
    from tanada.contract.tasks import Databases, Due
    from tanada.declarations.inventory import Stack

_NAMED = 3
_GONE = "delete_because_no_resource_config"
"""Terraform's reason for what the configuration no longer holds."""


def in_steps(
    summary: Summary,
    plan: Mapping[str, Any],
    stack: Stack,
    stacks: Sequence[Stack],
    key: bytes | None = None,
    emitted: Mapping[str, Any] | None = None,
    noted: Mapping[str, int] | None = None,
) -> Summary:
    """The summary of a plan with its steps and parts; as it is where one apply does it all.

    `stacks` is the inventory, `plan` the JSON that the summary was made of, `noted` the numbers of stores' passwords in
    the state.
    """
    found = _steps(summary, plan, [other.name for other in stacks if _rests(other, stack)], emitted or {}, noted or {})
    return replace(summary, steps=found, parts=parts(plan, key, emitted)) if found else summary


def _rests(other: Stack, stack: Stack) -> bool:
    return stack.kind == "common" and other.kind != "common" and other.common == stack.name


def _steps(
    summary: Summary,
    plan: Mapping[str, Any],
    resting: Sequence[str],
    emitted: Mapping[str, Any],
    noted: Mapping[str, int],
) -> tuple[Step, ...]:
    """Tasks run before all else, but for what they need, and caches get their tokens before that, as tasks may read
    them, and Cognito its identity provider; before anything the numbers of other passwords are noted.

    What a common layer takes away goes after the stacks that rest on it, which may still use it: additions go from
    common to environments, removals from environments to common. What AWS refuses beside something else comes second.
    """
    first = (
        *_notes(plan, emitted, noted),
        *_tokens(summary, plan, emitted),
        *_providers(summary, plan, emitted),
        *_tasks(summary, plan, emitted),
    )
    applies = _applies(summary, plan, resting, emitted)
    if not first:
        return applies
    *before, last = applies or (Step(),)
    late = _late_tokens(plan, emitted)
    if not late:
        return (*first, *before, last)
    # What notes that they are alone comes after that, and after the tasks that were given another one.
    notes = set(late.values())
    rest = tuple(each for each in _configured(emitted) if each not in notes)
    return (*first, *before, replace(last, only=rest), *(Step(alone=each) for each in sorted(late)), Step())


def _notes(plan: Mapping[str, Any], emitted: Mapping[str, Any], noted: Mapping[str, int]) -> Iterator[Step]:
    """Terraform writes an output alone only where it is made of what a plan is for: so there has to be anything that
    stays as it is, with all that it needs; it mostly is the secret itself."""
    numbers = passwords.noted_first(emitted, plan, noted)
    changing = {
        each["address"] for each in plan.get("resource_changes") or () if each["change"]["actions"] != ["no-op"]
    }
    stays = (
        each["address"]
        for each in plan.get("resource_changes") or ()
        if each["change"]["actions"] == ["no-op"]
        and with_needs([each["address"]], emitted)
        and "id" in (each["change"]["after"] or {})
        and not with_needs([each["address"]], emitted) & changing
    )
    if numbers and (anchor := min(stays, default=None)):
        yield Step(only=(anchor,), notes=tuple(sorted(numbers.items())))


def _tokens(summary: Summary, plan: Mapping[str, Any], emitted: Mapping[str, Any]) -> Iterator[Step]:
    due = list(tokens.due(plan))
    yield from _before([each.note for each in due], summary, emitted)
    yield from (Step(token=each.cache) for each in due)


def _providers(summary: Summary, plan: Mapping[str, Any], emitted: Mapping[str, Any]) -> Iterator[Step]:
    """Who reads that one is there does so once it is."""
    due = list(sign_in.due(plan))
    yield from _before([each.note for each in due], summary, emitted)
    yield from (Step(provider=each.name) for each in due)


def _before(notes: Sequence[str], summary: Summary, emitted: Mapping[str, Any]) -> Iterator[Step]:
    """What notes speak of is made before what they note is done."""
    wanted = tuple(sorted({need for each in notes for need in _needed_by(each, emitted)}))
    needed = with_needs(wanted, emitted)
    if any(each.address in needed and each.action != "read" for each in summary.changes):
        yield Step(only=wanted)


def _late_tokens(plan: Mapping[str, Any], emitted: Mapping[str, Any]) -> dict[str, str]:
    """The caches that tasks use already, whose new token becomes the only one once these are replaced."""
    new = {each["address"] for each in plan.get("resource_changes") or () if "create" in each["change"]["actions"]}
    made_now = {each.cache for each in tokens.due(plan) if new & {*_needed_by(each.note, emitted)} & _caches(emitted)}
    return {cache: note for cache, note in tokens.to_be_alone(plan).items() if cache not in made_now}


def _caches(emitted: Mapping[str, Any]) -> set[str]:
    return {f"{_CACHE}.{name}" for name in emitted["resource"].get(_CACHE) or {}}


_CACHE = "aws_elasticache_replication_group"


def _needed_by(note: str, emitted: Mapping[str, Any]) -> Iterator[str]:
    """The resources that a note speaks of: the cache and its secret."""
    type_, _, name = note.partition(".")
    for each in _REFERENCE.findall(json.dumps(emitted["resource"][type_][name]["input"])):
        if each.partition(".")[2] in emitted["resource"].get(each.partition(".")[0], {}):
            yield each


def _tasks(summary: Summary, plan: Mapping[str, Any], emitted: Mapping[str, Any]) -> Iterator[Step]:
    """Databases are made before other tasks run, which may use them: what these need holds the note that they are."""
    due = [each for each in tasks.due(plan) if each.services or each.makes]
    making = [each for each in due if each.makes]
    yield from _runs(making, summary, emitted, frozenset())
    others = _each_once(each for each in due if not each.makes)
    yield from _runs(others, summary, emitted, _needed(making, emitted))


def _runs(due: Sequence[Due], summary: Summary, emitted: Mapping[str, Any], there: frozenset[str]) -> Iterator[Step]:
    """The steps of tasks that run one after another; what is `there` by then needs none."""
    needed = _needed(due, emitted)
    if any(each.address in needed - there and each.action != "read" for each in summary.changes):
        yield Step(only=_wanted(due, emitted))
    for each in due:
        yield Step(task=each.task, before=each.services, makes=_made(each.makes) if each.makes else "")


def _wanted(due: Sequence[Due], emitted: Mapping[str, Any]) -> tuple[str, ...]:
    return _with_their_passwords(tuple(tasks.definition(emitted, each.note) for each in due), emitted)


def _needed(due: Sequence[Due], emitted: Mapping[str, Any]) -> frozenset[str]:
    return with_needs(_wanted(due, emitted), emitted)


def _made(makes: Databases) -> str:
    """`creates database metabase and user metabase in db`; with nothing new, what the task does again."""
    new = [f"database {database} and user {user}" for database, user in sorted(makes.new.items())]
    if new:
        return f"creates {listed(new, len(new))} in {makes.store}, where they are missing"
    return f"gives the users of the further databases in {makes.store} their passwords and rights again"


def _each_once(due: Iterable[tasks.Due]) -> list[tasks.Due]:
    """A task that fills a store and runs before services as well runs once for all of them."""
    found: dict[str, tasks.Due] = {}
    for each in due:
        first = found.setdefault(each.task, each)
        found[each.task] = replace(first, services=tuple(dict.fromkeys((*first.services, *each.services))))
    return list(found.values())


def _with_their_passwords(wanted: tuple[str, ...], emitted: Mapping[str, Any]) -> tuple[str, ...]:
    """With every place where a password is written that they need anywhere: one apply writes one value."""
    needed = with_needs(wanted, emitted)
    places = passwords.places(emitted).values()
    groups = [{each.address for each in written if not each.note} for written in places]
    more = {each for group in groups if group & needed for each in group - needed}
    return (*wanted, *sorted(more))


def _applies(
    summary: Summary, plan: Mapping[str, Any], resting: Sequence[str], emitted: Mapping[str, Any]
) -> tuple[Step, ...]:
    gone = tuple(each.address for each in summary.changes if each.action == "destroy" and each.reason == _GONE)
    keeps, omits = gone if resting else (), tuple(_omitted(plan))
    if not keeps and not omits:
        return ()
    last = Step(stacks=tuple(resting) if keeps else ())
    alone = not omits and not summary.outputs and len(summary.changes) == len(keeps)
    alone = alone or not emitted.get("resource")  # then nothing can be named that stays
    return (last,) if alone else (Step(keeps=keeps, omits=omits), last)


def _omitted(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for entry in plan.get("resource_changes") or ():
        if entry["change"]["actions"] == ["update"]:
            before, after = entry["change"]["before"] or {}, entry["change"]["after"] or {}
            for attribute in needed_later(entry["type"], before, after):
                yield entry["address"], attribute


# --- one step --------------------------------------------------------------------------------------------------------


def targets(step: Step, configuration: Mapping[str, Any]) -> list[str]:
    """What a step is planned for: everything that is configured, so that it keeps what isn't; nothing for all.

    Terraform leaves a destroyed resource out only where all else is named, and wants both ends of a move.
    """
    if step.only:
        ends = {end for each in _moved_for(step, configuration) for end in each.values()}
        return sorted({*step.only, *ends})
    if not step.keeps:
        return []
    return sorted({*_configured(configuration), *(each["from"] for each in _moved(configuration))})


def _configured(configuration: Mapping[str, Any]) -> list[str]:
    types: Mapping[str, Any] = configuration.get("resource") or {}
    return [f"{type_}.{name}" for type_, resources in types.items() for name in resources]


def _moved(configuration: Mapping[str, Any]) -> list[Mapping[str, str]]:
    moved = configuration.get("moved") or []
    return moved if isinstance(moved, list) else [moved]


def _moved_for(step: Step, configuration: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """The moves of what a step of some addresses is for: Terraform wants both ends of each that it sees."""
    needed = with_needs(step.only, configuration)
    return [each for each in _moved(configuration) if each["to"] in needed]


_REFERENCE = re.compile(r"[a-z][a-z0-9_]*\.[A-Za-z_][A-Za-z0-9_-]*")


def with_needs(addresses: Iterable[str], configuration: Mapping[str, Any]) -> frozenset[str]:
    """Addresses with those that what stands there refers to, on and on: what Terraform takes with them."""
    types: Mapping[str, Any] = {**(configuration.get("resource") or {}), "local": configuration.get("locals") or {}}
    found: set[str] = set()
    left = list(addresses)
    while left:
        type_, _, name = (address := left.pop()).partition(".")
        body = types.get(type_, {}).get(name)
        if address not in found and body is not None:
            found.add(address)
            own = {key: each for key, each in body.items() if key != "//"} if isinstance(body, dict) else body
            left += _REFERENCE.findall(json.dumps(own))
    return frozenset(found)


def configured(step: Step, configuration: Mapping[str, Any]) -> Mapping[str, Any]:
    """The configuration that a step is planned with."""
    types = dict(configuration.get("resource") or {})
    for address, attribute in step.omits:
        type_, _, name = address.partition(".")
        body = {key: value for key, value in types[type_][name].items() if key != attribute}
        types[type_] = {**types[type_], name: body}
    if step.notes:
        outputs = configuration["output"]
        value = {**outputs[STORE_VERSIONS]["value"], **{store: _when_there(step.only[0], n) for store, n in step.notes}}
        configuration = {**configuration, "output": {**outputs, STORE_VERSIONS: {"value": value}}}
    if step.only and "moved" in configuration:
        return {**configuration, "moved": _moved_for(step, configuration)}
    if step.notes:
        return configuration
    return {**configuration, "resource": types} if step.omits else configuration


def _when_there(address: str, number: int) -> str:
    """A number that Terraform takes for made of a resource."""
    return f'${{{address}.id == "" ? 0 : {number}}}'


def within(step: Step, approved: Sequence[Part]) -> list[Part]:
    """What of the approved parts a step may do."""
    omitted = set(step.omits)
    return [
        replace(part, known=tuple(each for each in part.known if (part.address, each.name) not in omitted))
        for part in approved
        if part.address not in step.keeps
    ]


def others(
    approved: Sequence[Part],
    plan: Mapping[str, Any],
    key: bytes | None = None,
    emitted: Mapping[str, Any] | None = None,
) -> str | None:
    """What a plan does that isn't left of the approved one, in words; None where there is nothing.

    `emitted` is the whole configuration, whatever a step was planned with.
    """
    found = left_of(approved, plan, key, emitted)
    if not found:
        return None
    known = {part.address for part in approved}
    first = found[0]
    what = f"{first.address} ({first.action}) is not as it was approved"
    if first.address not in known:
        what = f"{first.address} ({first.action}) was not part of it"
    return what if len(found) == 1 else f"{what}, nor are {count(len(found) - 1, 'other')}"


# --- what still uses it ----------------------------------------------------------------------------------------------


def going(plan: Mapping[str, Any]) -> set[str]:
    """Ids and ARNs of what a plan destroys for good."""
    destroyed = [
        each["change"]["before"] or {} for each in plan["resource_changes"] if each["change"]["actions"] == ["delete"]
    ]
    return {str(each[name]) for each in destroyed for name in ("id", "arn") if each.get(name)}


def check_unused(
    label: str, plan: Mapping[str, Any], own: Mapping[str, Any], others: Iterable[tuple[str, Mapping[str, Any]]]
) -> None:
    """Refuse to take away what another state still uses; `own` is the state that it goes from, `others` by their names.

    Raises StillUsedError.
    """
    outputs, leaving = own.get("outputs") or {}, going(plan)
    users = [(name, found) for name, state in others if (found := still_used(state, outputs, leaving))]
    if users:
        what = "; ".join(
            f"{name} ({', '.join(found[:_NAMED])}{', …' if len(found) > _NAMED else ''})" for name, found in users
        )
        raise StillUsedError(f"The last step of {label} takes away what is still used by {what}: apply that first.")
