"""What a plan does beside what it says of each resource: who must know of it, and what answers meanwhile.

Nothing here is a mistake: it is what an apply can't do better in one go (docs/changes.md tells of each). Sentences hold
no values but domains: strangers may read them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from tanada.plan import (
    certificates,
    connections,
    databases,
    distributions,
    entrances,
    expiry,
    external,
    held,
    hosts,
    images,
    log_ways,
    permissions,
    protection,
    schedules,
    services,
    tables,
    weaker,
)
from tanada.plan.model import Caution
from tanada.plan.planned import Change
from tanada.plan.source import Source


def cautions(source: Source) -> tuple[Caution, ...]:
    """One of each kind, or one a service; of a stack that is made as a whole what it opens and copies, of one that goes
    none."""
    changes = _changes(source.plan)
    if all(change.goes for change in changes):
        return ()
    looks: Sequence[Callable[[Sequence[Change]], Iterator[Caution]]] = (
        connections.outbound,
        hosts.answered,
        entrances.allowed,
        entrances.at_edge,
        entrances.signed_in,
        entrances.people,
        entrances.answered,
        hosts.opened,
        hosts.services,
        connections.doors,
        connections.ways_out,
        connections.worn,
        services.gaps,
        services.scaled,
        services.questions,
        services.cookies,
        permissions.withdrawn,
        permissions.given,
        images.docker_hub,
        images.moving_tags,
        permissions.pulled_elsewhere,
        tables.restore_points,
        tables.restored,
        tables.replicas,
        held.items,
        held.messages,
        held.caches,
        held.searches,
        held.files,
        partial(schedules.cautions, at=_made_at(source.plan)),
        expiry.objects,
        expiry.lines,
        log_ways.cautions,
        databases.cautions,
        databases.begins_with,
        external.cautions,
        external.shifted,
        protection.lost,
        protection.opened,
        certificates.taken_away,
        distributions.moved,
        distributions.certificates,
        protection.unfiltered,
        protection.unlisted,
        protection.unasked,
        weaker.cautions,
    )
    if all(change.actions == ("create",) for change in changes):
        looks = (connections.ways_out, log_ways.cautions, databases.begins_with, protection.opened)
    found = [caution for look in looks for caution in look(changes)]
    return tuple(replace(each, words=source.printer.text(each.words)) for each in dict.fromkeys(found))


def _made_at(plan: Mapping[str, Any]) -> datetime | None:
    """When a plan was made, as Terraform says it."""
    try:
        return datetime.fromisoformat(str(plan.get("timestamp")))
    except ValueError:
        return None


def _changes(plan: Mapping[str, Any]) -> list[Change]:
    return [
        Change(
            entry["address"],
            entry["type"],
            tuple(entry["change"]["actions"]),
            entry["change"].get("before") or {},
            entry["change"].get("after") or {},
        )
        for entry in plan.get("resource_changes") or ()
        if entry.get("mode") == "managed" and not entry.get("deposed")
    ]


def impossible(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """Sentences about what of a plan (`terraform show -json`) must not be applied so, whoever says yes."""
    changes = _changes(plan)
    looks = (databases.refusals, external.refusals, held.refusals, tables.refusals)
    return tuple(sentence for look in looks for sentence in look(changes))
