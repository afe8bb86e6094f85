"""Checks of what AWS limits in one service: its tasks, its memory, the rules of its group, its role, its definition."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from tanada.declarations.limits import or_raised
from tanada.declarations.mistakes import Mistake
from tanada.declarations.placeholders import Placeholder, parts
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.account import Account
from tanada.declared.answers import openings
from tanada.declared.container import Container
from tanada.declared.expanded import texts
from tanada.declared.load_balancer import called, wears
from tanada.declared.metrics import COLLECTOR, MEMORY
from tanada.declared.secrets import references
from tanada.declared.service import Service
from tanada.declared.sidecar import MOST
from tanada.declared.store import Store
from tanada.declared.ways import places_of, ways_out
from tanada.names import LONGEST_WORKSPACE
from tanada.regions import partition
from tanada.text import count

INSTANCES = 1_000
"""Tasks of a service that has a port: each is an instance of its Cloud Map service, and AWS raises this for nobody (AWS
General Reference, "AWS Cloud Map endpoints and quotas"; ECS developer guide, "Amazon ECS service quotas")."""
POLICIES = 10_240
"""Characters of all inline policies of a role, white space left out (IAM user guide, "IAM and AWS STS quotas")."""
OTHER_PERMISSIONS = 1_536
"""Of these what a role needs at most beside the tables: ECS Exec."""
DEFINITION = 64 * 1024
"""Bytes of a task definition (ECS developer guide, "Amazon ECS service quotas")."""
OTHER_DEFINITION = 3 * 1024
"""Of these what it holds at most beside a declaration's own texts: names, roles, image, log, volumes."""
OTHER_CONTAINER = 2 * 1024
"""The same of a sidecar."""
_CONTAINER = frozenset(Container.model_fields)
WORDS = {"environment": len("review-") + LONGEST_WORKSPACE, "region": 14, "account": 12, "system": 20}
"""Characters that these placeholders stand for at most."""
PLACEHOLDER = 160
"""Characters that any other stands for at most: a URL, whose host has 128 (`Domain`) or labels of 63."""


def check_sizes(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, lambda scope: _scope(system, scope))


def _scope(system: Scopes, scope: Scope) -> Iterator[Mistake]:
    account = system.accounts.get(scope.account) if scope.account is not None else None
    services = scope.running
    callers = Counter(other for service in services.values() for other in service.reached)
    if account is not None:
        yield from _into_stores(scope, callers, account.quotas.security_group_rules)
        yield from _people(scope, account)
    for name, service in services.items():
        yield from _tasks(scope, name, service)
        yield from _memory(scope, (scope.homes[name], name), service)
        yield from _definition(scope, (scope.homes[name], name), service)
        if account is not None:
            yield from _rules(scope, name, callers[name], service, account.quotas.security_group_rules)
            yield from _policy(system, scope, name, service, account)


def _tasks(scope: Scope, name: str, service: Service) -> Iterator[Mistake]:
    if service.answers_at is not None and service.most > INSTANCES:
        sentence = (
            f"{service.most:,} tasks with a port, and AWS Cloud Map knows {INSTANCES:,} of a service: not adjustable"
        )
        said = "count" if service.scale is None else "scale"
        yield mistake(scope.tree, ("services", name, said), f"{sentence}; make two services of it")


def _memory(scope: Scope, loc: tuple[str, str], service: Service) -> Iterator[Mistake]:
    """What lies in memory counts as the task's (aws/containers-roadmap#736), or as that of a container that has its
    own; together containers have no more than the task (ECS API reference, ContainerDefinition, "memory", "cpu")."""
    if len(service.sidecars) >= MOST or COLLECTOR in (loc[1], *service.sidecars):
        return  # that is said
    name = loc[1]
    whole = service.containers(name)
    folders = {each: _in_memory(container) for each, container in whole.items()}
    for each, sidecar in service.sidecars.items():
        if sidecar.memory is not None and sidecar.writable is not None and folders[each] >= sidecar.memory:
            sentence = f"folders of {folders[each]} MiB together, and the container has {sidecar.memory} MiB in all"
            at = (*loc, "sidecars", each, "writable")
            yield mistake(scope.tree, at, f"{sentence}; take some out, or give it more memory")
    size = sum(folders.values())
    if size >= service.memory:
        several = f" in {len(whole)} containers" if len(whole) > 1 else ""
        sentence = f"folders of {size} MiB together{several}, and the task has {service.memory} MiB in all"
        also = [(*loc, field) for field in ("sidecars", "memory")]
        sentence = f"{sentence}; take some out, or give it more memory"
        yield mistake(scope.tree, (*loc, "writable"), sentence, because=also)
        return
    of = [(each, one) for each, one in whole.items() if each != name]
    taken = folders[name] + sum(folders[each] if one.memory is None else one.memory for each, one in of)
    units = sum(each.cpu or 0 for each in service.sidecars.values())
    for field, all_of_them, has, unit in (("cpu", units, service.cpu, ""), ("memory", taken, service.memory, " MiB")):
        if all_of_them > has:
            rest = " with folders in memory" if field == "memory" and any(folders.values()) else ""
            sentence = f"{field} of {all_of_them}{unit} together{rest}, and the task has {has}{unit} in all"
            collected = service.metrics is not None and field == "memory"
            rest = f"the collector's {MEMORY} MiB among them; give the task more" if collected else ""
            sentence = f"{sentence}; {rest or 'give them less, or the task more'}"
            where = "sidecars" if service.sidecars else "metrics"
            yield mistake(scope.tree, (*loc, where), sentence, at_key=True, because=[(*loc, field)])


def _in_memory(container: Container) -> int:
    """MiB of its folders."""
    return 0 if "/" in (container.writable or {}) else sum((container.writable or {}).values())


def _rules(scope: Scope, name: str, callers: int, service: Service, limit: int) -> Iterator[Mistake]:
    """Of its security group; those that name another group count like those that name addresses (VPC guide, "Amazon VPC
    quotas")."""
    layer = scope.layer.load_balancers if scope.layer is not None else {}
    doors = len(openings(service, {each: wears(called(each, one), one) for each, one in layer.items()}))
    doors += len({*service.tcp.ports.values()}) if service.tcp is not None else 0
    if callers + doors > limit:
        also = f" and load balancers need {count(doors, 'rule')}" if doors else ""
        sentence = f"{callers} services reach it{also}, and AWS allows {limit} rules into a security group"
        instead = or_raised("security_group_rules", str(scope.account), "put one service before it")
        yield mistake(scope.tree, ("services", name), f"{sentence}: {instead}")
    doors = sum(other in scope.services for other in service.reached) + _ways_out(scope, service)
    if doors + 1 > limit:
        sentence = f"needs {doors + 1} rules out (HTTPS, and {doors} to what it reaches), and AWS allows {limit}"
        instead = or_raised("security_group_rules", str(scope.account), "reach fewer")
        yield mistake(scope.tree, (scope.homes[name], name, "reach"), f"{sentence} of a security group: {instead}")


def _into_stores(scope: Scope, callers: Counter[str], limit: int) -> Iterator[Mistake]:
    """Rules of the groups of what stands in the VPC: one for each that reaches it."""
    for name, store in scope.stores.items():
        if store.kind.IN_VPC and store.kind.made() and callers[name] > limit:
            sentence = (
                f"{callers[name]} services, jobs and tasks reach it, and AWS allows {limit} rules into a security"
            )
            instead = or_raised("security_group_rules", str(scope.account), "have fewer reach it")
            yield mistake(scope.tree, ("stores", name), f"{sentence} group: {instead}")


def _ways_out(scope: Scope, service: Service) -> int:
    """Rules to what is elsewhere: one a group and port of others, one a port and what of addresses it opens."""
    theirs = [
        part.existing
        for each in service.reached
        if isinstance(part := scope.parts.get(each), Store) and part.existing is not None
    ]
    groups = {(each.security_group, each.port) for each in theirs if each.security_group is not None}
    places = [(each.host, each.port) for each in theirs if each.security_group is None]
    return len(groups) + len(ways_out([*places_of(service.reach), *places]))


def _policy(system: Scopes, scope: Scope, name: str, service: Service, account: Account) -> Iterator[Mistake]:
    declared = system.top.find(["system"])
    if declared is None or not isinstance(declared.value, str):
        return
    environment = scope.name if scope.kind == "environment" else f"review-{'w' * LONGEST_WORKSPACE}"
    tables = [
        part.table.existing
        or "_".join(
            (environment, part.renamed_from[0] if part.renamed_from else each, declared.value)
        )  # `Names.joined`
        for each in service.reached
        if isinstance(part := scope.parts.get(each), Store) and part.table is not None
    ]
    stores = {each: part for each in service.reached if isinstance(part := scope.parts.get(each), Store)}
    queues = [each for each, part in stores.items() if part.queue is not None]
    topics = [each for each, part in stores.items() if part.topic is not None]
    buckets = sum(part.bucket is not None for part in stores.values())
    permitted = policy_of_permissions(service)
    size = OTHER_PERMISSIONS + policy_of_tables(tables, account) + policy_of_messages([*queues, *topics], account)
    size += policy_of_buckets(buckets, account)
    if size + permitted > POLICIES and permitted:
        sentence = (
            f"its permissions have {permitted:,} characters, and of the {POLICIES:,} that IAM takes a role "
            f"{max(0, POLICIES - size):,} are left; say less, or make two services of it"
        )
        yield mistake(scope.tree, (scope.homes[name], name, "permissions"), sentence)
    elif size > POLICIES:
        counts = ((len(tables), "tables"), (len(queues), "queues"), (len(topics), "topics"), (buckets, "buckets"))
        on = " and ".join(f"{count} {kind}" for count, kind in counts if count)
        sentence = f"permissions on {on} have {size:,} characters, and IAM takes {POLICIES:,} a role"
        yield mistake(
            scope.tree, (scope.homes[name], name, "reach"), f"{sentence}; reach fewer of them, or shorten their names"
        )


def _people(scope: Scope, account: Account) -> Iterator[Mistake]:
    """The policy of a role that people take on: the same as of who reaches these stores."""
    for name, person in scope.people.items():
        stores = {each.name: scope.stores[each.name] for each in person.reach if each.name in scope.stores}
        tables = [
            f"{scope.name}_{each}_{'s' * WORDS['system']}" for each, part in stores.items() if part.table is not None
        ]
        messages = [each for each, part in stores.items() if part.queue is not None or part.topic is not None]
        size = policy_of_tables(tables, account) + policy_of_messages(messages, account)
        size += policy_of_buckets(sum(part.bucket is not None for part in stores.values()), account)
        if size > POLICIES:
            sentence = (
                f"permissions on {count(len(stores), 'store')} have {size:,} characters, and IAM takes {POLICIES:,}"
            )
            yield mistake(scope.tree, ("people", name, "reach"), f"{sentence} a role; make two of it")


def policy_of_tables(names: Sequence[str], account: Account) -> int:
    """Characters of the resources that a role's policy names for these tables: each, and its indexes."""
    arn = f"arn:{partition(account.region)}:dynamodb:{account.region}:{account.id}:table/"
    return sum(2 * len(f'"{arn}{name}",') + len("/index/*") for name in names)


_MESSAGES = 640
"""Characters of the statements on queues and topics, whatever they are of: three of queues, one of topics."""
_NAME = 120
"""What a queue or a topic is called at most: `review-<workspace>_<store>_<system>.fifo`."""


def policy_of_messages(names: Sequence[str], account: Account) -> int:
    """The same for queues and topics."""
    arn = len(f'"arn:{partition(account.region)}:sqs:{account.region}:{account.id}:",')
    return (_MESSAGES if names else 0) + len(names) * (arn + _NAME)


def policy_of_buckets(number: int, account: Account) -> int:
    """The same of buckets, whose names have 63 characters at most: each, and its objects; and their statements."""
    arn = f'"arn:{partition(account.region)}:s3:::{"b" * 63}",'
    statements = 4 * 160 if number else 0  # to list, read, write, append
    return statements + number * (2 * len(arn) + len("/*"))


def policy_of_permissions(service: Service) -> int:
    """Characters of the statements that a service declares; each placeholder as long as one can be."""
    return sum(
        len('{"Sid":"","Effect":"Allow","Action":[],"Resource":[],"Condition":{}},')
        + len(name)
        + sum(len(action) + 3 for action in each.actions)
        + sum(_longest(text) + 3 for text in each.resources)
        + sum(len(operator) + 6 for operator in each.conditions)
        + sum(
            len(key) + 6 + sum(_longest(text) + 3 for text in values)
            for keys in each.conditions.values()
            for key, values in keys.items()
        )
        for name, each in service.permissions.items()
    )


def _definition(scope: Scope, part: tuple[str, str], service: Service) -> Iterator[Mistake]:
    size = OTHER_DEFINITION + declared_texts(service)
    if size > DEFINITION:
        sentence = f"its texts make a task definition of {size:,} bytes, and ECS takes {DEFINITION:,}"
        yield mistake(scope.tree, part, f"{sentence}; let the program read long ones from elsewhere")


def declared_texts(service: Service) -> int:
    """Bytes of a task definition that are a declaration's own, as JSON has them: variables, commands, paths, user. Each
    sidecar has its names, image, log and volumes beside."""
    service = service.named("n" * 32, environment="e" * 63)  # the longest names that there are
    own = _texts_of(service)
    lines = (len(service.containers("")) - 1) * _where_lines_go(service)  # of each but the router
    if service.metrics is not None:  # the collector's configuration
        own += sum(len(each) + 4 for each in (service.metrics.to, service.metrics.path, *service.metrics.names))
    return own + lines + sum(_texts_of(each) + OTHER_CONTAINER for name, each in service.containers("").items() if name)


def _where_lines_go(service: Service) -> int:
    if (firelens := service.logs.firelens) is None:
        return 0
    options = sum(len(name) + 8 + _longest(text) for name, text in firelens.options.items())
    return options + sum(
        len(json.dumps({"name": each, "valueFrom": ""})) + 2 + _longest(text) + _arn(text)
        for each, text in firelens.secrets.items()
    )


def _texts_of(service: Container) -> int:
    variables = sum(len(json.dumps({"name": each, "value": ""})) + 2 for each in service.variables)
    variables += sum(
        len(json.dumps({"name": each, "valueFrom": ""})) + 2 + _arn(text)
        for each, text in references(service.secrets).items()
    )
    expanded = sum(_longest(text) + 4 for (field, *_), text in texts(service) if field in _CONTAINER)
    folders = [] if "/" in (service.writable or {}) else list(service.writable or {})
    mounts = sum(len(path) + 120 for path in service.scratch.values())
    owner = 2 * len(service.user or "")
    mount = len(json.dumps({"containerPath": "", "mountOptions": ["uid=", "gid="], "size": 122880})) + 2
    paths = sum(len(path) + owner + mount for path in folders)
    health = 2 * len(service.health_check.path or "") if service.health_check else 0
    waits = sum(len(name) + 60 for name in service.depends_on)
    return variables + expanded + paths + mounts + waits + health + owner


def _arn(text: str) -> int:
    """Of a secret's ARN what the declaration doesn't say, at most: `arn:aws-us-gov:ssm:us-gov-west-1:…:parameter`."""
    return 2 if text.startswith("arn:") else 54 if text.startswith("/") else 66


def _longest(text: str) -> int:
    """Of a text as JSON has it, each placeholder as long as one can be."""
    return sum(
        WORDS.get(piece.word, PLACEHOLDER) if isinstance(piece, Placeholder) else len(json.dumps(str(piece))) - 2
        for piece in parts(text)
    )
