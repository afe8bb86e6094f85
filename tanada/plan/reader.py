"""What a plan does, read from Terraform's plan JSON; holds nothing secret."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tanada.errors import PlanError
from tanada.plan import fingerprint
from tanada.plan.cautions import cautions
from tanada.plan.changes import drift, resource_change
from tanada.plan.cost import cost
from tanada.plan.deploys import routine
from tanada.plan.first import first
from tanada.plan.model import FailedCheck, Part, Summary
from tanada.plan.outputs import output_changes
from tanada.plan.printer import Printer
from tanada.plan.source import Source

if TYPE_CHECKING:
    from tanada.declarations.inventory import Stack

_FAILING = frozenset({"fail", "error"})


def summary(
    plan: Mapping[str, Any],
    stack: Stack | None = None,
    shown_variables: Collection[str] = (),
    key: bytes | None = None,
    emitted: Mapping[str, Any] | None = None,
    quiet: Collection[str] = (),
) -> Summary:
    """What a plan does, from `terraform show -json PLAN`.

    `stack` is the one that was planned; prices are those of its region. `shown_variables` names the environment
    variables whose values the declaration shows; one whose name looks like a secret's is hidden all the same.
    `key` is what a second fingerprint is made with, where there is one; `emitted` the configuration that was planned:
    of a value that only the apply knows its text is all that can be approved. `quiet` are the services that say nowhere
    what they write to.
    Raises PlanError for another format, or an action that isn't known.
    """
    version = str(plan.get("format_version", ""))
    if version.split(".")[0] != "1":
        raise PlanError(f"The plan's JSON has format {version or '(none)'}; Tanada reads format 1.x.")
    source = Source.of(plan, shown_variables)
    every = [resource_change(source, entry) for entry in plan.get("resource_changes") or ()]
    changing = [item for item in every if item.change.action != "no-op"]
    changes, deploys = routine(changing, source.printer)
    return Summary(
        terraform_version=str(plan.get("terraform_version", "")),
        changes=tuple(sorted(changes, key=lambda change: (change.address, change.deposed or ""))),
        unchanged=len(every) - len(changing),
        outputs=output_changes(source),
        drift=drift(source),
        deferred=_deferred(source),
        checks=_failed_checks(source),
        deploys=deploys,
        cautions=(*cautions(source), *first(source, quiet)),
        cost=cost(plan, stack.region) if stack else None,
        errored=bool(plan.get("errored", False)),
        fingerprint=fingerprint.fingerprint(source, emitted=emitted),
        keyed=fingerprint.fingerprint(source, key, emitted) if key else "",
    )


def parts(
    plan: Mapping[str, Any], key: bytes | None = None, emitted: Mapping[str, Any] | None = None
) -> tuple[Part, ...]:
    """What the same plan does, part by part, as far as a later plan can be held to it."""
    return fingerprint.parts(Source.of(plan, ()), key, emitted)


def left_of(
    approved: Sequence[Part],
    plan: Mapping[str, Any],
    key: bytes | None = None,
    emitted: Mapping[str, Any] | None = None,
) -> tuple[Part, ...]:
    """What a later plan does that is none of the approved parts."""
    return fingerprint.left_of(approved, Source.of(plan, ()), key, emitted)


def _deferred(source: Source) -> tuple[str, ...]:
    entries = source.plan.get("deferred_changes") or ()
    return tuple(sorted(source.printer.address(entry["resource_change"]["address"]) for entry in entries))


def _failed_checks(source: Source) -> tuple[FailedCheck, ...]:
    """The instances that fail; the object itself where it has none yet."""
    checks = []
    for check in source.plan.get("checks") or ():
        failing = [item for item in check.get("instances") or () if item.get("status") in _FAILING]
        if not failing and check.get("status") in _FAILING:
            failing = [check]
        checks += [_failed_check(item, check, source.printer) for item in failing]
    return tuple(sorted(checks, key=lambda item: (item.address, item.problems)))


def _failed_check(instance: Mapping[str, Any], check: Mapping[str, Any], printer: Printer) -> FailedCheck:
    addresses = [(item.get("address") or {}).get("to_display") for item in (instance, check)]
    problems = [str(problem.get("message", "")) for problem in instance.get("problems") or ()]
    return FailedCheck(
        printer.address(str(addresses[0] or addresses[1] or "")),
        instance["status"],
        tuple(printer.text(problem) for problem in problems if problem),
    )
