"""What a plan does beside what it says of each resource: who must know of it, and what answers meanwhile.

Nothing here is a mistake: it is what an apply can't do better in one go (docs/changes.md tells of each). Sentences hold
no values but domains: strangers may read them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from tanada.plan import (
    certificates,
    databases,
    distributions,
    entrances,
    external,
    held,
    log_ways,
    protection,
    schedules,
    tables,
    weaker,
)
from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks
from tanada.plan.source import Source
from tanada.text import count

_BETWEEN = re.compile(r"From (?P<caller>\S+) to (?P<callee>\S+)")
"""How modules/reach.py describes the rule between two services."""
_OUT = re.compile(r"From (?P<caller>\S+) to (?P<hosts>.+)")
"""… and one to what is elsewhere."""
_THEIRS = re.compile(r".*_to_sg-[0-9a-f]+_port_[0-9]+")
"""The address of one that is there in a group of others, too."""
_ADDRESSES = re.compile(r"[0-9.]+(?P<range>/[0-9]+)?")


def cautions(source: Source) -> tuple[Caution, ...]:
    """One of each kind, or one a service; of a stack that is made as a whole what it opens and copies, of one that goes
    none."""
    changes = _changes(source.plan)
    if all(change.goes for change in changes):
        return ()
    looks: Sequence[Callable[[Sequence[Change]], Iterator[Caution]]] = (
        _outbound,
        _hosts,
        entrances.allowed,
        entrances.at_edge,
        entrances.signed_in,
        entrances.people,
        entrances.answered,
        _opened,
        _opened_services,
        _doors,
        _ways_out,
        _worn,
        _gaps,
        _scaled,
        _questions,
        _cookies,
        _permissions,
        _rights,
        _docker_hub,
        _moving_tags,
        _pulled_elsewhere,
        tables.restore_points,
        tables.restored,
        tables.replicas,
        held.items,
        held.messages,
        held.caches,
        held.searches,
        held.files,
        partial(schedules.cautions, at=_made_at(source.plan)),
        _expiry,
        _logs,
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
        looks = (_ways_out, log_ways.cautions, databases.begins_with, protection.opened)
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


def _of(changes: Sequence[Change], type_: str) -> list[Change]:
    return [change for change in changes if change.type == type_]


def _outbound(changes: Sequence[Change]) -> Iterator[Caution]:
    """The fixed addresses that partners let in."""
    addresses = _of(changes, "aws_eip")
    new = sum("create" in each.actions for each in addresses)
    gone = sum("delete" in each.actions for each in addresses)
    left = sum(not each.goes for each in addresses)
    if not left and gone:
        words = (
            "no outbound address is fixed any more: tell partners. Tasks that run have no way out until their "
            "environment is applied after this, too"
        )
        yield Caution(words, "no outbound address is fixed any more")
    elif new:
        words = f"partners must allow {count(left, 'address')}, {new} of them new"
        more = "tasks leave from the new ones as soon as this is applied"
        yield Caution(f"{words}: {more} (output outbound_addresses)", words)
    elif gone:
        words = f"partners need allow {count(left, 'address')} now, {gone} fewer"
        yield Caution(f"{words} (output outbound_addresses)", words)


def _hosts(changes: Sequence[Change]) -> Iterator[Caution]:
    """What the names answer that people know."""
    rules = _of(changes, "aws_lb_listener_rule")
    left = [rule.after for rule in rules if entrances.forwards(rule.after)]
    # What the load balancer answers itself from now on is said where that is.
    own = {place for rule in rules if not entrances.forwards(rule.after) for place in entrances.places(rule.after)}
    running = {group for rule in rules if (group := entrances.group(rule.before))}
    for rule in (rule for rule in rules if entrances.group(rule.before)):
        for host in _names(rule.before):
            if {"create", "delete"} == set(rule.actions):
                if rule.before.get("listener_arn") != rule.after.get("listener_arn"):
                    yield Caution(
                        f"{host} may answer 503 for a minute or two while it moves to another load balancer: from when "
                        "its old tasks have stopped until DNS leads everybody to the new one",
                        "a domain answers 503 for a while",
                    )
            elif rule.goes:
                for path in (path for path in _paths(rule.before) if (host, path) not in own):
                    if not _listless(rule.before, host, left):
                        yield from _gone(host, path, left, running)
        if not entrances.forwards(rule.after):
            continue
        if rule.updates and entrances.group(rule.after) is None:  # of a group that is yet to be made
            for host in _names(rule.after):
                yield Caution(
                    f"{host} answers 503 until tasks behind another target group are well: it is led there at once",
                    "a domain answers 503 for a while",
                )
        if rule.updates and (new := sorted({*_names(rule.after)} - {*_names(rule.before)})):
            yield Caution(f"{', '.join(new)} takes the place of the domain that was answered, at once")


def _opened(changes: Sequence[Change]) -> Iterator[Caution]:
    """Names that led to an internal load balancer, whose own begins with `internal-` (Elastic Load Balancing guide,
    "Application Load Balancers", scheme), and lead to another one."""
    for record in _of(changes, "aws_route53_record"):
        if record.updates and _inside(record.before) and not _inside(record.after):
            yield Caution(
                f"{record.after.get('name')} opens to the internet: it was reached from inside the VPC alone",
                "a domain opens to the internet",
            )


_COMES_IN = re.compile(
    r".*\.(?P<service>.+)_from_(?P<group>(internal_)?load_balancers|load_balancer_.+)_port_[0-9]+(\[0\])?"
)
"""The address of a rule that lets load balancers in (modules/service.py)."""


def _opened_services(changes: Sequence[Change]) -> Iterator[Caution]:
    """Services that run, and that public load balancers come to for the first time. Where nothing tells who came to one
    (behind somebody's own, or applied up to 0.1.0 of November 2026), nothing is said."""
    running = {
        each.address.partition(".")[2].removesuffix("_service"): each.before
        for each in _of(changes, "aws_ecs_service")
        if each.before and each.after
    }
    came: dict[str, set[str]] = {}
    new: dict[str, set[str]] = {}
    for rule in _of(changes, "aws_vpc_security_group_ingress_rule"):
        if (found := _COMES_IN.fullmatch(rule.address)) is not None:
            (came if rule.before else new).setdefault(found["service"], set()).add(found["group"])
    for service, groups in new.items():
        before, earlier = running.get(service), came.get(service, set())
        if before is None or "load_balancers" not in groups or "load_balancers" in earlier:
            continue
        if not before.get("load_balancer"):
            yield Caution(f"{service} opens to the internet: it was private", "a service opens to the internet")
        elif earlier == {"internal_load_balancers"}:
            words = f"{service} opens to the internet: only internal load balancers led to it"
            yield Caution(words, "a service opens to the internet")


def _inside(record: Values) -> bool:
    return any(str(each.get("name")).startswith("internal-") for each in blocks(record, "alias"))


def _listless(rule: Values, host: str, left: Sequence[Values]) -> bool:
    """Whether a path loses its list of addresses alone: the same service answers the rest of the host."""
    there = [each for each in left if host in _names(each)]
    guarded = entrances.values(rule, "source_ip")
    return bool(guarded) and any(entrances.group(each) == entrances.group(rule) for each in there)


def _gone(host: str, path: str, left: Sequence[Values], running: Collection[Any]) -> Iterator[Caution]:
    """What a host, or one path of it, answers whose rule goes; well where another leads to tasks that run, the same or
    those of a service that answers already."""
    there = [each for each in left if host in _names(each)]
    others = [each for each in there if path in _paths(each)]
    if any(entrances.group(each) in running for each in others):
        return
    if others:
        yield Caution(
            f"{host}{path} answers 503 until tasks of the service that takes it over are well. A service that is "
            "only called otherwise keeps its tasks: say renamed_from",
            "a domain answers 503 for a while",
        )
    elif path and there:
        yield Caution(f"{host}{path} is left to what else answers at {host}")
    else:
        yield Caution(f"{host} is answered no more{', but for some paths' if there else ''}")


def _paths(rule: Values) -> list[str]:
    """Empty text where it takes all."""
    return entrances.values(rule, "path_pattern") or [""]


def _names(rule: Values) -> list[str]:
    return entrances.values(rule, "host_header")


def _doors(changes: Sequence[Change]) -> Iterator[Caution]:
    """The ports that services are reached at."""
    callers: dict[str, list[str]] = {}
    for rule in _of(changes, "aws_vpc_security_group_ingress_rule"):
        between = _BETWEEN.fullmatch(str(rule.after.get("description")))
        if between and rule.updates and rule.before.get("from_port") != rule.after.get("from_port"):
            callers.setdefault(between["callee"], []).append(between["caller"])
    for callee, names in callers.items():
        yield Caution(
            f"{' and '.join(sorted(names))} can't reach {callee} until all of them are deployed: its port changes. "
            f"Without a gap: a second service with the new port, then what reaches it, then {callee} goes",
            "a service is out of reach for a while",
        )


def _ways_out(changes: Sequence[Change]) -> Iterator[Caution]:
    """What services may connect to from now on outside of the system; of addresses no more than that they are some."""
    for rule in _of(changes, "aws_vpc_security_group_egress_rule"):
        found = _OUT.fullmatch(str(rule.after.get("description")))
        opened = [rule.after.get(each) for each in ("cidr_ipv4", "cidr_ipv6")]
        theirs = _THEIRS.fullmatch(rule.address) is not None
        if found is None or "create" not in rule.actions or not (theirs or any(opened)):
            continue
        port = rule.after.get("from_port")
        hosts = ", ".join(map(_named, found["hosts"].split(", ")))
        to = f"{hosts} at port {port}" if " " in hosts else f"{hosts}:{port}"
        words = f"{found['caller']} may now connect to {to}"
        if theirs:
            yield Caution(f"{words}: the security group there, which is not ours, gets a rule that lets it in")
        elif {*opened} & {"0.0.0.0/0", "::/0"}:
            why = "a rule of a security group knows no names, so it opens the port to all of the internet"
            yield Caution(f"{words} (any address): {why}", f"{found['caller']} may reach any address at port {port}")
        else:
            yield Caution(words)


def _named(host: str) -> str:
    """A host as strangers may read it."""
    found = _ADDRESSES.fullmatch(host)
    return host if found is None else "a range of addresses" if found["range"] else "an address"


def _worn(changes: Sequence[Change]) -> Iterator[Caution]:
    """Groups of others that a service begins to wear; with a load balancer comes one of ours."""
    for service in (each for each in _of(changes, "aws_ecs_service") if each.updates):
        before, after = _groups(service.before), _groups(service.after)
        whose = service.address.partition(".")[2].removesuffix("_service")
        # With a network load balancer comes none: the service's own group lets it in.
        network = [each for each in _of(changes, "aws_lb_target_group") if f".{whose}_tcp_" in each.address]
        was = len(blocks(service.before, "load_balancer")) > sum(bool(each.before) for each in network)
        is_ = len(blocks(service.after, "load_balancer")) > sum(bool(each.after) for each in network)
        more = len(after) - len(before) - (is_ - was)
        if before and more > 0:
            groups = "1 security group of others" if more == 1 else f"{more} security groups of others"
            yield Caution(
                f"{whose} wears {groups}: whatever its rules let in and out, now or later, is open to {whose}"
            )


def _groups(service: Values) -> Sequence[Any]:
    groups = next((each.get("security_groups") for each in blocks(service, "network_configuration")), None)
    return groups if isinstance(groups, (list, tuple)) else ()


def _gaps(changes: Sequence[Change]) -> Iterator[Caution]:
    """Services that are stopped, or of one task that must not overlap: it stops before the next one starts (`rollout:
    recreate`). Nobody waits for what others don't reach."""
    for service in (each for each in _of(changes, "aws_ecs_service") if each.updates):
        before, after = service.before, service.after
        if not any(side.get(way) for side in (before, after) for way in ("load_balancer", "service_registries")):
            continue
        whose = service.address.partition(".")[2].removesuffix("_service")
        if before.get("desired_count") and after.get("desired_count") == 0:
            yield Caution(f"{whose} answers nothing any more (count: 0)", "a service is stopped")
        elif after.get("deployment_minimum_healthy_percent") == 0 and any(
            before.get(each) != after.get(each) for each in _DEPLOYING
        ):
            yield Caution(f"{whose} {_stopped(after)} (rollout)", "a service is out of reach for a while")


def _scaled(changes: Sequence[Change]) -> Iterator[Caution]:
    """Services whose number of tasks other bounds hold, or none any more."""
    services = {each.address.partition(".")[2].removesuffix("_service"): each for each in changes if _runs(each)}
    for target in _of(changes, "aws_appautoscaling_target"):
        whose = target.address.partition(".")[2].removesuffix("_scale_target")
        if whose not in services:
            continue
        before, after = target.before, target.after
        if target.goes:
            tasks = services[whose].after.get("desired_count")
            many = count(tasks, "task") if isinstance(tasks, int) else "as many as are declared"
            yield Caution(f"{whose} scales no more: it is set to {many}, whatever it has now (count)")
            continue
        had, most = before.get("max_capacity"), after.get("max_capacity")
        if isinstance(most, int) and isinstance(had, int) and had > most:
            yield Caution(f"{whose} has at most {count(most, 'task')}, {had} before: more than that stop at once")
        if after.get("min_capacity") == 0 and before.get("min_capacity"):
            yield Caution(f"{whose} may go down to no task: until one is started it does nothing (min: 0)")


def _stopped(service: Values) -> str:
    """What a deployment does that needs no task that is well: of one task that may not overlap it is sure, else ECS may
    (ECS API reference, DeploymentConfiguration, minimumHealthyPercent)."""
    tasks = service.get("desired_count")
    several = isinstance(tasks, int) and tasks > 1
    if not several and service.get("deployment_maximum_percent") == 100:
        return "answers nothing from when its task has stopped until the new one is well"
    old = f"all {tasks} tasks" if several else "its task"
    return f"may answer nothing for a while: ECS may stop {old} before a new one is well"


_DEPLOYING = (
    "load_balancer",
    "network_configuration",
    "platform_version",
    "service_registries",
    "task_definition",
)
"""What "triggers a new service deployment" (ECS API reference, UpdateService), as far as Tanada emits it."""


def _questions(changes: Sequence[Change]) -> Iterator[Caution]:
    """What a load balancer asks tasks, which is of their group: those that run are asked the new at once, and ECS stops
    those that don't answer well (ECS guide, "Determine the Amazon ECS service health")."""
    for group in (each for each in _of(changes, "aws_lb_target_group") if each.updates):
        before, after = _asks(group.before), _asks(group.after)
        if before and any(before.get(each) != after.get(each) for each in ("matcher", "path", "port")):
            whose = group.address.partition(".")[2].partition("_target_group")[0]
            yield Caution(
                f"{whose} is asked otherwise whether it is well, its tasks that run too: those that don't answer so "
                "are stopped. Without a gap: first a release that answers both"
            )


def _cookies(changes: Sequence[Change]) -> Iterator[Caution]:
    """Browsers that are kept at one task no longer (Elastic Load Balancing guide, "Sticky sessions")."""
    for group in (each for each in _of(changes, "aws_lb_target_group") if each.updates):
        if _sticks(group.before) and not _sticks(group.after):
            whose = group.address.partition(".")[2].partition("_target_group")[0]
            yield Caution(f"{whose} keeps no browser at one task any more: what only that task knows of it is lost")


def _sticks(group: Values) -> bool:
    return any(each.get("enabled") is True for each in blocks(group, "stickiness"))


def _asks(group: Values) -> Values:
    return next((each for each in blocks(group, "health_check")), {})


def _permissions(changes: Sequence[Change]) -> Iterator[Caution]:
    """What tasks may do, and what they use, that goes before those that run are replaced; and what ECS needs to start
    them, should one end meanwhile."""
    services = {
        change.address.partition(".")[2].removesuffix("_service"): change for change in changes if _runs(change)
    }
    stores = {str(change.before.get("arn")): change.address for change in changes if change.goes}
    for policy in _of(changes, "aws_iam_role_policy"):
        name = policy.address.partition(".")[2].removesuffix("_policy")
        whose, _, role = name.rpartition("_")
        if not policy.updates or whose not in services or not (lost := _lost(policy)):
            continue
        of = ", ".join(sorted({action.partition(":")[0] for action, _, _ in lost}))
        gone = sorted({stores[resource] for _, resource, _ in lost if resource in stores})
        also = f", and {', '.join(gone)} goes" if gone else ""
        deployed = any(services[whose].before.get(each) != services[whose].after.get(each) for each in _DEPLOYING)
        if role == "execution":
            yield Caution(
                f"tasks of {whose} that run can't be started again ({of}): one that ends before the new ones are well "
                "is not replaced, and a rollback starts none"
            )
        else:
            when = "before its new tasks run" if deployed else "at once: its tasks run on"
            yield Caution(
                f"{whose} loses permissions ({of}){also} {when}. Without a gap: first a release that needs them no more"
            )


def _runs(change: Change) -> bool:
    return change.type == "aws_ecs_service" and bool(change.before) and bool(change.after)


def _lost(policy: Change) -> list[tuple[str, str, str]]:
    """What it allowed and, as far as patterns tell, allows no more; nothing where only the apply knows."""
    before, after = _statements(policy.before) or set(), _statements(policy.after)
    return [] if after is None else [one for one in sorted(before) if not any(_covers(each, one) for each in after)]


def _covers(wide: tuple[str, str, str], narrow: tuple[str, str, str]) -> bool:
    """Whether one action, resource and condition allows another."""
    return (
        fnmatchcase(narrow[0].lower(), wide[0].lower().replace("[", "[[]"))
        and fnmatchcase(narrow[1], wide[1].replace("[", "[[]"))
        and wide[2] in ("", narrow[2])
    )


_RIGHTS = {
    "iam:": "may change who may do what",
    "organizations:": "may change who may do what",
    "sts:assumerole": "may take on other roles",
    "iam:passrole": "may hand roles to services",
    "secretsmanager:getsecretvalue": "may read secrets by itself",
    "secretsmanager:batchgetsecretvalue": "may read secrets by itself",
    "ssm:getparameter": "may read parameters by itself",
    "kms:creategrant": "may let others use a key",
    "kms:putkeypolicy": "may let others use a key",
    "lambda:addpermission": "may let others call a function",
    "lambda:updatefunctioncode": "may change what a function runs",
    "ecs:executecommand": "may run commands in tasks",
    "ssm:startsession": "may open shells",
    "ssm:sendcommand": "may run commands on machines",
}
"""How an action begins that hands out rights, or takes others on → what whoever has it may do; the longest holds."""


def _rights(changes: Sequence[Change]) -> Iterator[Caution]:
    """What a task's own role gets that leads to more than it names: by the declaration's `permissions` alone."""
    for policy in _of(changes, "aws_iam_role_policy"):
        if not policy.address.endswith("_task_policy") or (after := _allowed(policy.after)) is None:
            continue
        new = {action for action, _ in after} - {action for action, _ in _allowed(policy.before) or ()}
        for words in sorted({words for action in new if (words := _leads_to(action))}):
            whose = policy.address.partition(".")[2].removesuffix("_task_policy")
            yield Caution(f"what runs in {whose} {words}", "a task gets rights that lead to others")


def _leads_to(action: str) -> str | None:
    """Of a pattern such as `iam:*Role` too."""
    name, wild, _ = action.lower().partition("*")
    fitting = [begin for begin in _RIGHTS if name.startswith(begin) or (wild and begin.startswith(name))]
    return _RIGHTS[max(fitting, key=len)] if fitting else None


def _docker_hub(changes: Sequence[Change]) -> Iterator[Caution]:
    """Docker Hub counts pulls by address (docs.docker.com, "Docker Hub usage and limits"); tasks share a NAT's."""
    for definition in _of(changes, "aws_ecs_task_definition"):
        before, after = _images(definition.before), _images(definition.after)
        if any(map(_of_docker_hub, after - before)) and not any(map(_of_docker_hub, before)):
            whose = definition.address.partition(".")[2].removesuffix("_task_definition")
            yield Caution(
                f"{whose} pulls an image from Docker Hub, which limits pulls by address: a task that ends again "
                "and again can soon start no more; public.ecr.aws/docker/library has the official ones"
            )


def _moving_tags(changes: Sequence[Change]) -> Iterator[Caution]:
    """Tags that a push may give to another image from now on (ECR user guide, "Preventing image tags from being
    overwritten"). ECS asks once a deployment which image a tag is ("Container image resolution")."""
    for registry in _of(changes, "aws_ecr_repository"):
        before, after = (side.get("image_tag_mutability") for side in (registry.before, registry.after))
        if registry.updates and before == "IMMUTABLE" and after == "MUTABLE":
            yield Caution(
                f"whoever pushes to {registry.after.get('name')} may give a tag that runs to another image: it runs "
                "from the next deployment on, which no plan shows, and planning with the same tag deploys nothing"
            )


def _pulled_elsewhere(changes: Sequence[Change]) -> Iterator[Caution]:
    """Accounts that may pull from a registry from now on; strangers read how many."""
    for policy in _of(changes, "aws_ecr_repository_policy"):
        if new := _principals(policy.after) - _principals(policy.before):
            yield Caution(f"{count(len(new), 'other AWS account')} may pull {policy.after.get('repository')}")


def _principals(policy: Values) -> set[str]:
    text = policy.get("policy")
    try:
        statements = json.loads(text)["Statement"] if isinstance(text, str) else []
        return {each for statement in statements for each in _several(statement["Principal"]["AWS"])}
    except (ValueError, KeyError, TypeError):
        return set()


def _images(definition: Values) -> set[str]:
    text = definition.get("container_definitions")
    try:
        containers = json.loads(text) if isinstance(text, str) else []
        return {str(each["image"]) for each in containers}
    except (ValueError, KeyError, TypeError):
        return set()


def _of_docker_hub(image: str) -> bool:
    """A reference whose first part names no host (distribution/reference, "splitDockerDomain")."""
    first, slash, _ = image.partition("/")
    return first in ("docker.io", "index.docker.io") or not slash or not set(first) & set(".:")


def _allowed(policy: Values) -> set[tuple[str, str]] | None:
    """Pairs of action and resource; None where only the apply knows."""
    found = _statements(policy)
    return None if found is None else {(action, resource) for action, resource, _ in found}


def _statements(policy: Values) -> set[tuple[str, str, str]] | None:
    """Each action, resource and condition, which is empty text where there is none; None where only the apply knows."""
    text = policy.get("policy")
    if not isinstance(text, str):
        return None
    try:
        return {
            (action, resource, json.dumps(statement["Condition"], sort_keys=True) if "Condition" in statement else "")
            for statement in json.loads(text)["Statement"]
            for action in _several(statement["Action"])
            for resource in _several(statement["Resource"])
        }
    except (ValueError, KeyError, TypeError):
        return None


def _several(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _expiry(changes: Sequence[Change]) -> Iterator[Caution]:
    """What a bucket's rules delete from now on, of what is there already too (S3 user guide, "Expiring objects")."""
    for rules in _of(changes, "aws_s3_bucket_lifecycle_configuration"):
        if not rules.updates:
            continue
        for block, days, what in _EXPIRING:
            before, after = _least(rules.before, block, days), _least(rules.after, block, days)
            if after and (not before or after < before):
                bucket = rules.address.partition(".")[2].removesuffix("_lifecycle")
                words = f"{bucket} deletes {what} after {count(after, 'day')}, those too that are there already"
                yield Caution(words, "a bucket deletes more by itself", grave=True)


_EXPIRING = (
    ("expiration", "days", "objects"),
    ("noncurrent_version_expiration", "noncurrent_days", "old versions of objects for ever"),
)


def _least(rules: Values, block: str, days: str) -> int | None:
    """The fewest days after which any of a bucket's rules deletes; the provider holds 0 for none."""
    found = [
        each[days]
        for rule in blocks(rules, "rule")
        if rule.get("status") == "Enabled"
        for each in blocks(rule, block)
        if isinstance(each.get(days), int) and each[days] > 0
    ]
    return min(found, default=None)


def _logs(changes: Sequence[Change]) -> Iterator[Caution]:
    """Lines that expire at once (CloudWatch Logs API reference, PutRetentionPolicy; 0 is for ever)."""
    for group in _of(changes, "aws_cloudwatch_log_group"):
        before, after = group.before.get("retention_in_days"), group.after.get("retention_in_days")
        if group.updates and isinstance(before, int) and isinstance(after, int) and 0 < after < (before or after + 1):
            yield Caution(f"{group.address} loses its lines of more than {count(after, 'day')}", "logs lose lines")
