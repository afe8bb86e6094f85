"""What a plan does, read from Terraform's plan JSON; holds nothing secret."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tanada.errors import PlanError
from tanada.plan import containers
from tanada.plan.cost import cost
from tanada.plan.danger import danger
from tanada.plan.differences import Pair, difference, pairs
from tanada.plan.fingerprint import fingerprint
from tanada.plan.model import (
    SENSITIVE,
    Action,
    Deploy,
    Difference,
    Drift,
    FailedCheck,
    OutputChange,
    ResourceChange,
    Summary,
)
from tanada.plan.parse import Opener
from tanada.plan.report import Message
from tanada.plan.secrets import secrets_of
from tanada.plan.values import Element, Path, Printer, Sealed, Unknown, same, sides, without_keys

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack  # models, which take their time to load

_ACTIONS: Mapping[tuple[str, ...], Action] = {
    ("no-op",): "no-op",
    ("create",): "create",
    ("read",): "read",
    ("update",): "update",
    ("delete",): "destroy",
    ("forget",): "forget",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("create", "forget"): "replace",
}
"""Every combination that Terraform 1.11 writes (internal/command/jsonplan, `actionString` and its callers)."""


def summary(plan: Mapping[str, Any], stack: Stack | None = None, shown_variables: Collection[str] = ()) -> Summary:
    """What a plan does, from `terraform show -json PLAN`.

    `stack` is the one that was planned; prices are those of its region. `shown_variables` names the environment
    variables whose values the declaration shows; one whose name looks like a secret's is hidden all the same.
    Raises PlanError for another format, or an action that isn't known.
    """
    version = str(plan.get("format_version", ""))
    if version.split(".")[0] != "1":
        raise PlanError(f"The plan's JSON has format {version or '(none)'}; Tanada reads format 1.x.")
    secrets = secrets_of(plan)
    reader = _Reader(plan, Printer(secrets), Opener(secrets, shown_variables))
    read = [reader.resource(entry) for entry in plan.get("resource_changes") or ()]
    changes, deploys = _routine([item for item in read if item.change.action != "no-op"], reader.printer)
    return Summary(
        terraform_version=str(plan.get("terraform_version", "")),
        changes=tuple(sorted(changes, key=lambda change: (change.address, change.deposed or ""))),
        unchanged=sum(1 for item in read if item.change.action == "no-op"),
        outputs=reader.outputs(),
        drift=reader.drift(),
        deferred=reader.deferred(),
        checks=reader.checks(),
        deploys=deploys,
        cost=cost(plan, stack.region) if stack else None,
        errored=bool(plan.get("errored", False)),
        fingerprint=fingerprint(plan, secrets),
    )


def without_secrets(messages: Iterable[Message], plan: Mapping[str, Any]) -> tuple[Message, ...]:
    """What Terraform said while it made a plan, without the secrets that the plan marks."""
    printer = Printer(secrets_of(plan))
    return tuple(
        replace(
            message,
            summary=printer.text(message.summary),
            detail=printer.text(message.detail),
            address=None if message.address is None else printer.address(message.address),
        )
        for message in messages
    )


@dataclass(frozen=True)
class _Read:
    """A change with what it was made of."""

    change: ResourceChange
    pairs: tuple[Pair, ...] = ()
    before: Mapping[str, Any] | None = None


def _routine(read: Sequence[_Read], printer: Printer) -> tuple[list[ResourceChange], tuple[Deploy, ...]]:
    """Marks task definitions that change by images alone, and the services that take nothing but these."""
    deploys: dict[str, Deploy] = {}
    families = set()
    for item in read:
        change = item.change
        if change.type != containers.TASK_DEFINITION or not _ordinary(change):
            continue
        images = containers.image_pairs(item.pairs)
        made = containers.deploy(change.address, images, printer) if images else None
        if made:
            deploys[change.address] = made
            families.add(containers.family(item.before or {}))
    known = frozenset(name for name in families if name)

    def marked(item: _Read) -> ResourceChange:
        taken = (
            item.change.type == containers.SERVICE
            and item.change.action == "update"
            and _plain(item.change)
            and containers.takes(item.pairs, item.before or {}, known)
        )
        return replace(item.change, routine=taken or item.change.address in deploys)

    return [marked(item) for item in read], tuple(deploys[address] for address in sorted(deploys))


def _plain(change: ResourceChange) -> bool:
    return not (change.imported or change.previous_address or change.deposed)


def _ordinary(change: ResourceChange) -> bool:
    """A task definition is replaced by its next revision, for no other reason than that it can't be changed."""
    return (
        change.action in {"replace", "update"}
        and _plain(change)
        and change.reason in {None, "replace_because_cannot_update"}
        and all(path.startswith("container_definitions") for path in change.replace_paths)
    )


class _Reader:
    """Reads the parts of one plan."""

    def __init__(self, plan: Mapping[str, Any], printer: Printer, opener: Opener) -> None:
        self._plan = plan
        self.printer = printer
        self._opener = opener
        self._configured = dict(_configured((plan.get("configuration") or {}).get("root_module") or {}))

    def resource(self, entry: Mapping[str, Any]) -> _Read:
        change = entry["change"]
        address = self.printer.address(entry["address"])
        action = _action(change["actions"], address)
        imported = change.get("importing") is not None
        previous = entry.get("previous_address")
        if entry.get("mode") == "data":
            action, imported, previous = "no-op" if action == "no-op" else "read", False, None
        elif action == "no-op" and imported:
            action = "import"
        elif action == "no-op" and previous is not None:
            action = "move"
        destroys = action != "read" and "delete" in change["actions"]
        made = ResourceChange(
            address=address,
            type=entry["type"],
            action=action,
            destroys=destroys,
            imported=imported,
            previous_address=None if previous is None else self.printer.address(previous),
            deposed=entry.get("deposed"),
            replace_paths=tuple(self.printer.path(_steps(path)) for path in change.get("replace_paths") or ()),
            reason=entry.get("action_reason"),
            danger=danger(entry["type"]) if destroys else None,
        )
        if action not in {"update", "replace"}:
            return _Read(made)
        found, differences = self._differences(entry)
        before = change.get("before")
        return _Read(replace(made, differences=differences), found, before if isinstance(before, Mapping) else None)

    def _differences(self, entry: Mapping[str, Any]) -> tuple[tuple[Pair, ...], tuple[Difference, ...]]:
        """Every part that differs, and those that people want to see: what forces a replace first."""
        change = entry["change"]
        before, after = sides(change)
        before, after = (self._opener.resource(entry["type"], side) for side in (before, after))
        forcing = [_steps(path) for path in change.get("replace_paths") or ()]
        found = list(pairs(before, after))
        told = self._told(entry, found, forcing)
        # A provider may force what reads the same on both sides.
        told += [
            pair
            for pair in (Pair(path, _at(before, path), _at(after, path)) for path in forcing)
            if not any(_forces(pair.path, other.path) for other in told) and not (pair.before is pair.after is None)
        ]
        if not told and change["actions"] == ["update"]:
            told = list(_in_form(change, before, after)) or found
        made = [
            difference(pair, self.printer, forces_replacement=any(_forces(path, pair.path) for path in forcing))
            for pair in told
        ]
        return tuple(self._set(entry, found)), tuple(sorted(made, key=lambda item: not item.forces_replacement))

    def _told(self, entry: Mapping[str, Any], found: Sequence[Pair], forcing: Sequence[Path]) -> list[Pair]:
        """Without what only repeats: `tags_all`, and what the provider computes anew."""
        tags = {pair.path[1:]: (pair.before, pair.after) for pair in found if pair.path[:1] == ("tags",)}
        kept = [
            pair
            for pair in found
            if not (
                pair.path[:1] == ("tags_all",)
                and pair.path[1:] in tags
                and same(tags[pair.path[1:]][0], pair.before)
                and same(tags[pair.path[1:]][1], pair.after)
            )
        ]
        told = self._set(entry, kept)
        if len(entry["change"]["actions"]) > 1 and self._configuration(entry) is None:
            told = [pair for pair in told if not _filled_in(pair)]  # who knows which of them were set
        forced = [pair for pair in kept if any(_forces(path, pair.path) for path in forcing)]
        return [pair for pair in kept if pair in told or pair in forced]

    def _configuration(self, entry: Mapping[str, Any]) -> frozenset[str] | None:
        return self._configured.get(without_keys(entry["address"]))

    def _set(self, entry: Mapping[str, Any], found: Sequence[Pair]) -> list[Pair]:
        """Without the attributes that the configuration doesn't set and the provider fills in after apply."""
        configured = self._configuration(entry)
        if configured is not None:
            return [pair for pair in found if not _filled_in(pair) or pair.path[0] in configured]
        computed = containers.COMPUTED if entry["type"] == containers.TASK_DEFINITION else frozenset()
        return [pair for pair in found if not _filled_in(pair) or pair.path[0] not in computed]

    def outputs(self) -> tuple[OutputChange, ...]:
        made = []
        for name, change in sorted((self._plan.get("output_changes") or {}).items()):
            action = _action(change["actions"], f"output {name}")
            if action != "no-op":
                made.append(OutputChange(name, action, self._output(name, change)))
        return tuple(made)

    def _output(self, name: str, change: Mapping[str, Any]) -> Difference:
        before, after = (self._opener.open(side, name) for side in sides(change))
        made = difference(Pair((name,), before, after), self.printer)
        if made.lines or not (_composite(before) and _composite(after)):
            return made
        inner = [difference(pair, self.printer) for pair in pairs(before, after, (name,))]
        if len(inner) == 1:
            return inner[0]
        lines = [line for item in inner for line in _as_lines(item)]
        return replace(made, lines=tuple(lines))

    def drift(self) -> tuple[Drift, ...]:
        """What was changed outside Terraform; null that became an empty list wasn't."""
        made = []
        for entry in self._plan.get("resource_drift") or ():
            actions = entry["change"]["actions"]
            if actions == ["no-op"]:
                continue  # it only moved
            address = self.printer.address(entry["address"])
            if "delete" in actions:
                made.append(Drift(address, gone=True))
                continue
            before, after = (self._opener.resource(entry["type"], side) for side in sides(entry["change"]))
            told = self._told(entry, list(pairs(before, after)), ())
            if told:
                differences = tuple(difference(pair, self.printer) for pair in told)
                made.append(Drift(address, gone=False, differences=differences))
        return tuple(sorted(made, key=lambda item: item.address))

    def deferred(self) -> tuple[str, ...]:
        entries = self._plan.get("deferred_changes") or ()
        return tuple(sorted(self.printer.address(entry["resource_change"]["address"]) for entry in entries))

    def checks(self) -> tuple[FailedCheck, ...]:
        """The instances that fail; the object itself where it has none yet."""
        made = []
        for check in self._plan.get("checks") or ():
            failing = [item for item in check.get("instances") or () if item.get("status") in {"fail", "error"}]
            if not failing and check.get("status") in {"fail", "error"}:
                failing = [check]
            for item in failing:
                where = (item.get("address") or {}).get("to_display") or (check.get("address") or {}).get("to_display")
                problems = [str(problem.get("message", "")) for problem in item.get("problems") or ()]
                made.append(
                    FailedCheck(
                        self.printer.address(str(where or "")),
                        item["status"],
                        tuple(self.printer.text(problem) for problem in problems if problem),
                    )
                )
        return tuple(sorted(made, key=lambda item: (item.address, item.problems)))


def _action(actions: Sequence[str], where: str) -> Action:
    try:
        return _ACTIONS[tuple(actions)]
    except KeyError:
        raise PlanError(f"{where}: the plan says {'+'.join(actions)}, which Tanada doesn't know.") from None


def _steps(path: Sequence[str | int]) -> Path:
    """`["ingress", 0, "cidr_blocks"]`, as Terraform writes a path."""
    return tuple(Element(step) if isinstance(step, int) else step for step in path)


def _at(value: Any, path: Path) -> Any:
    """What stands at a path, or the masked value on the way there."""
    for step in path:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return value
    return value


def _forces(forcing: Path, path: Path) -> bool:
    """Whether a difference lies at, in or around what forces the replace; elements' names are not their indexes."""
    wanted, found = ([step for step in steps if not isinstance(step, Element)] for steps in (forcing, path))
    length = min(len(wanted), len(found))
    return length > 0 and wanted[:length] == found[:length]


def _in_form(change: Mapping[str, Any], before: Any, after: Any) -> Iterator[Pair]:
    """For an update that means nothing else: what is null instead of empty, in another order, or marked now."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return
    raw = [change.get(side) or {} for side in ("before", "after")]
    marks = [change.get(f"{side}_sensitive") or {} for side in ("before", "after")]
    for key in sorted({**before, **after}):
        if isinstance(after.get(key), Unknown):
            continue  # it only follows
        if raw[0].get(key) != raw[1].get(key):
            yield Pair((key,), before.get(key), after.get(key))
        elif all(isinstance(side, Mapping) for side in marks) and bool(marks[0].get(key)) != bool(marks[1].get(key)):
            yield Pair((key,), Sealed(SENSITIVE, "before"), Sealed(SENSITIVE, "after"))


def _filled_in(pair: Pair) -> bool:
    return len(pair.path) == 1 and isinstance(pair.after, Unknown)


def _composite(value: Any) -> bool:
    return isinstance(value, Mapping | list) and bool(value)


def _as_lines(item: Difference) -> Iterator[str]:
    if item.lines:
        yield f" {item.path}:"
        yield from item.lines
        return
    if item.before is not None:
        yield f"-{item.path}: {item.before}"
    if item.after is not None:
        yield f"+{item.path}: {item.after}"


def _configured(module: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """The attributes that the configuration sets, by address without keys."""
    for resource in module.get("resources") or ():
        yield prefix + str(resource.get("address")), frozenset(resource.get("expressions") or ())
    for name, call in (module.get("module_calls") or {}).items():
        yield from _configured(call.get("module") or {}, f"{prefix}module.{name}.")
