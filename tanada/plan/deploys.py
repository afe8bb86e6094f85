"""Deploys: task definitions that change by nothing but images, and the services that take nothing but these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tanada.plan.containers import TASK_DEFINITION
from tanada.plan.model import Deploy, ResourceChange
from tanada.plan.pairs import Pair
from tanada.plan.printer import Printer
from tanada.plan.values import Unknown

_SERVICE = "aws_ecs_service"


@dataclass(frozen=True)
class Changed:
    """A change with what it was read from."""

    change: ResourceChange
    pairs: tuple[Pair, ...] = ()
    """Of an update or a replace: where it differs, without what the provider fills in."""
    before: Mapping[str, Any] | None = None


def routine(changes: Sequence[Changed], printer: Printer) -> tuple[list[ResourceChange], tuple[Deploy, ...]]:
    """The changes, those marked that are part of a deploy, and the deploys themselves, by address."""
    deploys: dict[str, Deploy] = {}
    families: set[str] = set()
    for changed in changes:
        if deploy := _deploy(changed, printer):
            deploys[deploy.service] = deploy
            family = (changed.before or {}).get("family")
            if family and isinstance(family, str):
                families.add(family)
    marked = [
        replace(
            item.change,
            routine=item.change.address in deploys
            or _takes_only(item, families)
            or (bool(deploys) and _notes_only_definitions(item)),
        )
        for item in changes
    ]
    return marked, tuple(deploys[address] for address in sorted(deploys))


def _deploy(changed: Changed, printer: Printer) -> Deploy | None:
    """None if more changes than images, or one comes from another repository, which no release does."""
    change = changed.change
    if change.type != TASK_DEFINITION or not _next_revision(change):
        return None
    images = []
    for container, before, after in _images(changed.pairs) or ():
        (old_repository, old), (new_repository, new) = _split(before), _split(after)
        if old_repository != new_repository:
            return None
        images.append((printer.text(container), printer.deciding(old), printer.deciding(new)))
    return Deploy(change.address, tuple(images)) if images else None


def _next_revision(change: ResourceChange) -> bool:
    """A task definition is replaced by its next revision, for no other reason than that it can't be changed."""
    return (
        change.action in {"replace", "update"}
        and _nothing_else(change)
        and change.reason in {None, "replace_because_cannot_update"}
        and all(path.startswith("container_definitions") for path in change.replace_paths)
    )


def _nothing_else(change: ResourceChange) -> bool:
    return not (change.imported or change.previous_address or change.deposed)


def _images(pairs: Sequence[Pair]) -> list[tuple[str, str, str]] | None:
    """Container, image before and after; None where anything else differs."""
    images = []
    for pair in pairs:
        if len(pair.steps) != 3 or pair.steps[0] != "container_definitions" or pair.steps[2] != "image":
            return None
        if not (isinstance(pair.before, str) and isinstance(pair.after, str)):
            return None
        images.append((str(pair.steps[1]), pair.before, pair.after))
    return images


def _split(image: str) -> tuple[str, str]:
    """`registry:5000/web:1a2b` → (`registry:5000/web`, `1a2b`); a digest goes with its tag, if there is one."""
    rest, at, digest = image.partition("@")
    folder, slash, last = rest.rpartition("/")
    name, _, tag = last.partition(":")
    version = f"{tag}@{digest}" if tag and at else digest if at else tag or "latest"
    return f"{folder}{slash}{name}", version


def _takes_only(changed: Changed, families: set[str]) -> bool:
    """Whether a service's only change is the new revision of a family (`kakei-test-web`) that is deployed."""
    change, differing = changed.change, [pair.steps for pair in changed.pairs]
    if change.type != _SERVICE or change.action != "update" or not _nothing_else(change):
        return False
    if differing != [("task_definition",)]:
        return False
    family, after = _family((changed.before or {}).get("task_definition")), changed.pairs[0].after
    return family in families and (isinstance(after, Unknown) or _family(after) == family)


def _notes_only_definitions(changed: Changed) -> bool:
    """Whether a task's note (`tanada/contract/tasks.py`) says nothing new but for which revisions it ran; the steps of
    the plan say that it runs."""
    change, differing = changed.change, {pair.steps[:2] for pair in changed.pairs}
    if change.type != "terraform_data" or change.action != "update" or not _nothing_else(change):
        return False
    return ("input", "definitions") in differing and differing <= {("input", "definitions"), ("output",)}


def _family(definition: Any) -> str | None:
    """`arn:aws:ecs:…:task-definition/web:3` or `web:3` → `web`."""
    return definition.rpartition("/")[2].partition(":")[0] if isinstance(definition, str) else None
