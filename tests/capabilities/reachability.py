"""Who reaches what, read from what stacks emit alone: security groups, their rules, routes, load balancers, policies.

`walked` knows nothing of the declaration, `declared` nothing of what is emitted: a test holds the two together, so
whatever opens more than a declaration says, or less, is a difference.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules import sanitised
from modules.jobs import SHARED
from tanada.declarations import domains
from tanada.declared import load_balancer
from tanada.declared.answers import answers
from tanada.declared.aurora import Aurora
from tanada.declared.blueprint import Environment, Review, seeding
from tanada.declared.common import CommonLayer
from tanada.declared.database import Database
from tanada.declared.hosts import behind_api_gateway
from tanada.declared.restored import servers
from tanada.declared.service import Service
from tanada.declared.table import Table
from tanada.names import Names

Json = dict[str, Any]
Way = tuple[str, str, int, int]
"""From, to, and the first and last of the TCP ports."""
ANYWHERE = "0.0.0.0/0"
INTERNET = (ANYWHERE, "::/0")
ALL_PORTS = (1, 65535)

_OF_THE_NETWORK = re.compile(
    r"aws_(default_|ec2_|egress_|internet_|lb|nat_|network|route(?!53)|security|subnet|transit|vpc|vpn|globalaccelerator"
    r"|api|cloudfront|iam_)"
)
KNOWN = {
    "aws_apigatewayv2_api",  # tests/capabilities/test_api_gateway.py
    "aws_apigatewayv2_api_mapping",
    "aws_apigatewayv2_authorizer",
    "aws_apigatewayv2_domain_name",
    "aws_apigatewayv2_integration",
    "aws_apigatewayv2_route",
    "aws_apigatewayv2_stage",
    "aws_apigatewayv2_vpc_link",
    "aws_cloudfront_distribution",  # tests/capabilities/test_sites.py walks it
    "aws_cloudfront_function",
    "aws_cloudfront_key_value_store",
    "aws_cloudfront_origin_access_control",
    "aws_cloudfront_response_headers_policy",
    "aws_cloudfront_vpc_origin",
    "aws_cloudfrontkeyvaluestore_keys_exclusive",
    "aws_default_security_group",
    "aws_iam_openid_connect_provider",
    "aws_iam_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_iam_role_policy_attachment",
    "aws_iam_user",
    "aws_iam_user_policy",  # tests/capabilities/test_operators.py
    "aws_internet_gateway",
    "aws_lb",
    "aws_lb_listener",
    "aws_lb_listener_certificate",
    "aws_lb_trust_store",
    "aws_lb_listener_rule",
    "aws_lb_target_group",
    "aws_nat_gateway",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_security_group",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
}
"""The types that open something and that `walked` reads, or that open nothing; of any other it says so."""
LINK_NAME = "vpc_link"
"""What API Gateway comes by."""
CACHES = {"aws_elasticache_cluster": "_cluster", "aws_elasticache_replication_group": "_group"}
"""What wears a group, and how its name ends."""
SEARCHES = "aws_opensearch_domain"
STORES = ("aws_db_instance", "aws_rds_cluster")
"""What keeps data and wears a group."""
PULLING = {"ecr", "logs", "secretsmanager", "ssm"}
"""What the roles that start tasks deal with."""


@dataclass(frozen=True)
class Reached:
    """All ways of one environment. Who wears groups of others nobody knows: they stand for themselves."""

    out: frozenset[Way]
    """What the groups of each let it open: to others, to groups of others, to ranges of addresses."""
    into: frozenset[Way]
    """What the groups of each let in."""
    behind: frozenset[tuple[str, str, int]]
    """Load balancer, service and port: where listeners lead."""
    worn: frozenset[tuple[str, str]]
    """Groups of others that a service wears."""
    leaves: frozenset[tuple[str, str, bool]]
    """By which gateway the subnets of each lead out, and whether it has an address of the internet's."""
    permissions: frozenset[tuple[str, str, str]]
    """What the role of each service's tasks may do, and with what."""
    elsewhere: frozenset[tuple[str, str, str, str]]
    """What is read or made in another account: its kind, its name, and the roles of plan and apply that it is by."""
    entering: frozenset[tuple[str, str]]
    """Which of CI's roles take on which of another account."""
    strange: frozenset[str]
    """What could open something and isn't understood."""


class _Emitted:
    """A stack of an environment with its common one; a name is `common:` or `own:` and the address."""

    def __init__(self, common: Json, own: Json) -> None:
        self._stacks = {"common": common, "own": own}

    def of(self, type_: str) -> Iterator[tuple[str, str, Json]]:
        """Where each resource of a type stands, its name, and what it says."""
        for where, stack in self._stacks.items():
            for name, each in stack["resource"].get(type_, {}).items():
                yield where, name, each

    def read(self, type_: str) -> Iterator[tuple[str, Json]]:
        """What the common stack reads of a type, by name."""
        yield from self._stacks["common"].get("data", {}).get(type_, {}).items()

    def id(self, where: str, reference: str) -> str:
        """Of a reference to an attribute the address, through the outputs of common; other texts as they are."""
        inner = re.fullmatch(r"\$\{(.*)\}", reference)
        if inner is None:
            return reference
        if (there := re.fullmatch(r"tolist\(data\.aws_lb\.(\w+)\.security_groups\)\[0\]", inner[1])) is not None:
            return f"sg-of:{there[1]}"
        output = re.fullmatch(r"data\.terraform_remote_state\.common\.outputs\.(.*)", inner[1])
        if output is None:
            steps = inner[1].split(".")
            return f"{where}:{'.'.join(steps[: 3 if steps[0] == 'data' else 2])}"
        return self.id("common", str(self.output(output[1])))

    def output(self, path: str) -> Any:
        first, *steps = re.findall(r"[^.\[\]\"]+", path)
        value = self._stacks["common"]["output"][first]["value"]
        for step in steps:
            value = value[int(step) if isinstance(value, list) else step]
        return value

    def several(self, where: str, value: Any) -> list[str]:
        """A list, or a reference to one of common's outputs."""
        if isinstance(value, str):
            output = re.fullmatch(r"\$\{data\.terraform_remote_state\.common\.outputs\.(.*)\}", value)
            assert output is not None, value
            return [self.id("common", each) for each in self.output(output[1])]
        return [self.id(where, each) for each in value]

    def stacks(self) -> Iterator[Json]:
        yield from self._stacks.values()

    def types(self) -> set[str]:
        return {type_ for stack in self._stacks.values() for type_ in stack["resource"]}


def walked(common: Json, own: Json) -> Reached:
    """What is emitted opens this."""
    emitted = _Emitted(common, own)
    wearers: dict[str, set[str]] = {}
    for where, name, balancer in emitted.of("aws_lb"):
        for group in emitted.several(where, balancer["security_groups"]):
            wearers.setdefault(group, set()).add(name)
    for where, name, service in emitted.of("aws_ecs_service"):
        for group in emitted.several(where, service["network_configuration"]["security_groups"]):
            wearers.setdefault(group, set()).add(_called(name))
    for where, run in _runs(emitted):
        for group in emitted.several(where, run["security_groups"]):
            wearers.setdefault(group, set()).add(_runner(run))
    for type_, end in CACHES.items():
        for where, name, cache in emitted.of(type_):
            for group in emitted.several(where, cache["security_group_ids"]):
                wearers.setdefault(group, set()).add(name.removesuffix(end))
    for where, name, domain in emitted.of(SEARCHES):
        for group in emitted.several(where, domain["vpc_options"]["security_group_ids"]):
            wearers.setdefault(group, set()).add(name.removesuffix("_domain"))
    for type_ in STORES:
        for where, name, store in emitted.of(type_):
            for group in emitted.several(where, store["vpc_security_group_ids"]):
                # All servers of a store that was restored wear its group.
                wearers.setdefault(group, set()).add(re.sub(r"_restored_\d+_\d+$", "", name.rpartition("_")[0]))
    for where, name, target in emitted.of("aws_efs_mount_target"):
        for group in emitted.several(where, target["security_groups"]):
            wearers.setdefault(group, set()).add(name.partition("_target_")[0])
    for where, _, endpoint in emitted.of("aws_vpc_endpoint"):
        for group in emitted.several(where, endpoint.get("security_group_ids", [])):
            wearers.setdefault(group, set()).add(ENDPOINTS)
    for where, name, link in emitted.of("aws_apigatewayv2_vpc_link"):
        for group in emitted.several(where, link["security_group_ids"]):
            wearers.setdefault(group, set()).add(name)
    for where, name, _ in emitted.of("aws_security_group"):
        if where == "own":  # a task's that somebody runs by hand
            wearers.setdefault(f"{where}:aws_security_group.{name}", {name})
    return Reached(
        out=frozenset(_rules(emitted, "egress", wearers)),
        into=frozenset((peer, one, first, last) for one, peer, first, last in _rules(emitted, "ingress", wearers)),
        behind=frozenset(_behind(emitted)),
        worn=frozenset((one, group) for group, names in wearers.items() if group.startswith("sg-") for one in names),
        leaves=frozenset(_leaves(emitted)),
        permissions=frozenset(_permissions(emitted)),
        elsewhere=frozenset(_elsewhere(emitted)),
        entering=frozenset(_entering(emitted)),
        strange=frozenset(_strange(emitted)),
    )


def _elsewhere(emitted: _Emitted) -> Iterator[tuple[str, str, str, str]]:
    """By providers with an alias, of any type."""
    for stack in emitted.stacks():
        roles = {f"aws.{each['alias']}": _both(each) for each in stack["provider"]["aws"] if "alias" in each}
        certificates = {
            f"aws_acm_certificate.{name}": each["domain_name"]
            for name, each in stack["resource"].get("aws_acm_certificate", {}).items()
        }
        for block in ("resource", "data"):
            for type_, bodies in stack.get(block, {}).items():
                for body in (each for each in bodies.values() if "provider" in each):
                    named = re.match(r"\$\{tolist\((aws_acm_certificate\.\w+)\.", body.get("name", ""))
                    kind = body.get("type", type_) if named is None else "validation"
                    name = certificates[named[1]] if named is not None else body.get("name", body.get("zone_id"))
                    yield kind, name, *roles[body["provider"]]


def _both(provider: Json) -> tuple[str, str]:
    """The roles of plan and apply, of the last that are taken on."""
    text = provider["assume_role"][-1]["role_arn"]
    found = re.fullmatch(r'\$\{var\.role_of_zones == "plan" \? "([^"]+)" : "([^"]+)"\}', text)
    assert found is not None, text
    assert provider["allowed_account_ids"] == [found[2].split(":")[4]]
    return found[1], found[2]


def _entering(emitted: _Emitted) -> Iterator[tuple[str, str]]:
    for where, name, statement in _statements(emitted):
        if where == "common" and statement["Effect"] == "Allow" and "sts:AssumeRole" in _texts(statement["Action"]):
            yield from ((name.removesuffix("_policy"), each) for each in _texts(statement["Resource"]))


def _texts(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _runs(emitted: _Emitted) -> Iterator[tuple[str, Json]]:
    """What an apply is told of each task that it runs."""
    for where, _, note in emitted.of("terraform_data"):
        if "task" in (run := note.get("input", {})):
            yield where, run


def _runner(run: Json) -> str:
    """The task, which has the store's name where it makes databases in one."""
    return f"{run['task']}.databases" if "databases" in run else str(run["task"])


def _called(name: str) -> str:
    return name.removesuffix("_service")


def _rules(emitted: _Emitted, kind: str, wearers: Mapping[str, set[str]]) -> Iterator[Way]:
    """Each rule between whoever wears its group and whoever it names."""
    for where, name, rule in emitted.of(f"aws_vpc_security_group_{kind}_rule"):
        ports = (rule["from_port"], rule["to_port"]) if rule["ip_protocol"] == "tcp" else (-1, -1)
        group = emitted.id(where, rule["security_group_id"])
        for one in _wearing(group, wearers):
            if "referenced_security_group_id" in rule:
                peers = _wearing(emitted.id(where, rule["referenced_security_group_id"]), wearers)
            else:
                peers = {rule[each] for each in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id") if each in rule}
                peers = {THEIR_RANGE if "data.aws_vpc." in each else each for each in peers}
            assert peers, f"{name} names nobody"
            yield from ((one, peer, *ports) for peer in peers)


def _wearing(group: str, wearers: Mapping[str, set[str]]) -> set[str]:
    """Of a group of others, itself; of one that nobody wears, nobody: a rule of it opens nothing."""
    return {group} if group.startswith("sg-") else wearers.get(group, {f"nobody wears {group}"})


def _behind(emitted: _Emitted) -> Iterator[tuple[str, str, int]]:
    listeners = {
        f"{where}:aws_lb_listener.{name}": emitted.id(where, each["load_balancer_arn"])
        for where, name, each in emitted.of("aws_lb_listener")
    }
    there = {each["arn"]: name for name, each in emitted.read("aws_lb")}
    for name, listener in emitted.read("aws_lb_listener"):
        listeners[f"common:data.aws_lb_listener.{name}"] = f"data.sg-of:{there[listener['load_balancer_arn']]}"
    balancers: dict[str, set[str]] = {}
    for where, _, each in (*emitted.of("aws_lb_listener"), *emitted.of("aws_lb_listener_rule")):
        rule = "listener_arn" in each
        balancer = (
            listeners[emitted.id(where, each["listener_arn"])] if rule else emitted.id(where, each["load_balancer_arn"])
        )
        for action in each.get("action", each.get("default_action", ())):
            turns = [each["arn"] for each in action.get("forward", {}).get("target_group", ())]
            for group in [action["target_group_arn"]] if "target_group_arn" in action else turns:
                balancers.setdefault(emitted.id(where, group), set()).add(balancer)
    health = {
        f"{where}:aws_lb_target_group.{name}": each["health_check"].get("port")
        for where, name, each in emitted.of("aws_lb_target_group")
    }
    for where, name, service in emitted.of("aws_ecs_service"):
        for target in service.get("load_balancer", ()):
            group = emitted.id(where, target["target_group_arn"])
            asked = health[group]
            for balancer in balancers.get(group, ()):
                ports = {target["container_port"], *([int(asked)] if asked not in (None, "traffic-port") else ())}
                yield from ((balancer.partition(".")[2], _called(name), port) for port in ports)


def _leaves(emitted: _Emitted) -> Iterator[tuple[str, str, bool]]:
    tables: dict[str, set[str]] = {}
    for where, _, route in emitted.of("aws_route"):
        gateway = next(value for key, value in route.items() if key.endswith("_id") and key != "route_table_id")
        to = emitted.id(where, gateway).partition(":")[2].partition(".")[0]
        tables.setdefault(emitted.id(where, route["route_table_id"]), set()).add(to)
    subnets = {
        emitted.id(where, each["subnet_id"]): tables.get(emitted.id(where, each["route_table_id"]), {"nowhere"})
        for where, _, each in emitted.of("aws_route_table_association")
    }

    def ways(subnet: str) -> set[str]:
        return {THEIRS} if subnet.startswith("subnet-") or ":data.aws_subnet." in subnet else subnets[subnet]

    for where, name, balancer in emitted.of("aws_lb"):
        for subnet in emitted.several(where, balancer["subnets"]):
            yield from ((name, gateway, not balancer["internal"]) for gateway in ways(subnet))
    for where, name, service in emitted.of("aws_ecs_service"):
        network = service["network_configuration"]
        for subnet in emitted.several(where, network["subnets"]):
            yield from ((_called(name), gateway, network["assign_public_ip"]) for gateway in ways(subnet))
    for where, run in _runs(emitted):
        for subnet in emitted.several(where, run["subnets"]):
            yield from ((_runner(run), gateway, run["public"]) for gateway in ways(subnet))


def _permissions(emitted: _Emitted) -> Iterator[tuple[str, str, str]]:
    for where, name, statement in _statements(emitted):
        if where == "own" and name.endswith("_task_policy"):
            for action in statement["Action"]:
                # What is declared by itself is read by its name; its ARNs are its own test's.
                of = [f"permissions: {statement['Sid']}"] if "Sid" in statement else statement["Resource"]
                yield from ((name.removesuffix("_task_policy"), action, _plain(resource)) for resource in of)


def _statements(emitted: _Emitted) -> Iterator[tuple[str, str, Json]]:
    for where, name, policy in emitted.of("aws_iam_role_policy"):
        for statement in json.loads(policy["policy"])["Statement"]:
            yield where, name, statement


def _plain(resource: str) -> str:
    return re.sub(r"\$\{(?:data\.terraform_remote_state\.common\.outputs\.)?([^}]*)\}", r"\1", resource)


_FUNCTIONS = (f"{SHARED}_", f"{sanitised.SHARED}_")


def _strange(emitted: _Emitted) -> Iterator[str]:
    yield from (each for each in emitted.types() - KNOWN if _OF_THE_NETWORK.match(each))
    for where, name, _ in emitted.of("aws_iam_role_policy_attachment"):
        if where == "own" or not name.startswith("ci_"):  # what CI may do is tests/security/test_roles.py's
            yield f"{name} gives a role more"
    for _, name, group in (*emitted.of("aws_security_group"), *emitted.of("aws_default_security_group")):
        if group.get("ingress") or group.get("egress"):
            yield f"{name} has rules within"
    yield from (
        f"{name} has an address of the internet's"
        for type_ in ("aws_db_instance", "aws_rds_cluster_instance")
        for _, name, server in emitted.of(type_)
        if server["publicly_accessible"] is not False
    )
    for _, name, role in emitted.of("aws_iam_role"):
        if role.get("managed_policy_arns") or role.get("inline_policy"):
            yield f"{name} has policies within"
    for _, name, route in emitted.of("aws_route"):
        if not {route.get("destination_cidr_block"), route.get("destination_ipv6_cidr_block")} & {*INTERNET}:
            yield f"{name} leads to another network"
    for where, name, statement in _statements(emitted):
        # What starts jobs and looks after them is held by their golden, as is what makes snapshots, and copies.
        if (
            where == "own"
            # Of those who upload tests/capabilities/test_operators.py tells, and test_publishers.py.
            and not name.endswith(("_task_policy", "_operator_policy", "_publishers_policy"))
            and not name.startswith((f"{SHARED}_", f"{sanitised.SHARED}_", "backup_copies_"))
        ):
            of = {action.partition(":")[0] for action in statement["Action"]}
            own = {"elasticloadbalancing"} if name.endswith("_shifting_policy") else PULLING
            yield from (f"{name} has {each}" for each in of - own)


TABLE = {
    None: "BatchGetItem BatchWriteItem ConditionCheckItem DeleteItem DescribeTable GetItem PutItem Query UpdateItem",
    "read": "BatchGetItem ConditionCheckItem DescribeTable GetItem Query",
    "write": "BatchWriteItem DeleteItem DescribeTable PutItem UpdateItem",
    "append": "DescribeTable PutItem",
}
"""What each word gives of a table."""
BUCKET = {
    None: "AbortMultipartUpload DeleteObject GetObject ListBucket PutObject",
    "read": "GetObject ListBucket",
    "write": "AbortMultipartUpload DeleteObject PutObject",
    "append": "AbortMultipartUpload PutObject",
}
"""The same of a bucket."""
QUEUE = {
    None: "ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage SendMessage",
    "read": "ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ReceiveMessage",
    "write": "GetQueueAttributes GetQueueUrl SendMessage",
    "append": "GetQueueAttributes GetQueueUrl SendMessage",
}
SEARCH = {None: "Delete Get Head Patch Post Put", "read": "Get Head", "write": "Delete Head Patch Post Put"}
"""The same of a search, anywhere; who reads asks by POST in these places, too."""
ASKED = ("_count", "_mget", "_msearch", "_search", "_search/*")
EXEC = {
    "*": [f"ssmmessages:{way}{which}Channel" for way in ("Create", "Open") for which in ("Control", "Data")]
    + ["logs:DescribeLogGroups"],
    "exec_log.group_arn:*": [f"logs:{each}" for each in ("CreateLogStream", "DescribeLogStreams", "PutLogEvents")],
    "exec_log.key_arn": ["kms:Decrypt"],
}
"""What a shell in a task needs (ECS developer guide, "Task IAM role")."""


ENDPOINTS = "endpoints of the network"
THEIRS, THEIR_RANGE = "a network that was there already", "the range of a network that was there already"
"""Whose routes are somebody else's."""
EARLIER = "nobody wears common:aws_security_group.security_targets"
"""What tasks wore up to 0.1.0 of November 2026, and none of what is emitted does."""


def declared(
    settings: Environment | Review, common: CommonLayer, place: tuple[str, str, str] = ("", "", "")
) -> Reached:
    """What the declaration says; `place` are region, account, and how its secrets' names begin."""
    services, stores = settings.services, settings.stores
    out: set[Way] = set()
    into: set[Way] = set()
    behind: set[tuple[str, str, int]] = set()
    permissions: set[tuple[str, str, str]] = set()
    balancers = {
        name: f"{'sg-of:' if each.existing else ''}load_balancer_{load_balancer.called(name, each)}_balancer"
        for name, each in common.load_balancers.items()
    }
    ours = {name: each for name, each in balancers.items() if common.load_balancers[name].existing is None}
    nat, given = common.network.tasks_are_private, common.network.existing is not None
    network = THEIR_RANGE if given else common.network.cidr
    into |= {(each, EARLIER, *ALL_PORTS) for each in balancers.values()}
    out |= {(each, EARLIER, *ALL_PORTS) for each in ours.values()}
    for which, balancer in ours.items():
        callers = (network,) if common.load_balancers[which].internal else INTERNET
        into |= {(each, balancer, port, port) for each in callers for port in (80, 443)}
    if common.network.endpoints:
        into.add((network, ENDPOINTS, 443, 443))
    if linked := [each.load_balancer[0] for each in behind_api_gateway(services.values())]:
        # Internal ones wear one group.
        assert all(common.load_balancers[each].internal for each in linked)
        inside = (each for name, each in ours.items() if common.load_balancers[name].internal)
        out |= {(LINK_NAME, each, 443, 443) for each in inside}
    if common.sign_in is not None:  # Cognito has no addresses that a rule could name
        out |= {(each, ANYWHERE, 443, 443) for each in ours.values()}
    ran = {each.before for each in services.values() if each.before is not None} | {*seeding(stores).values()}
    for name, store in stores.items():
        if isinstance(sql := store.kind, Database | Aurora) and sql.databases:
            maker = f"{name}.databases"
            ran.add(maker)
            out |= {(maker, ANYWHERE, 443, 443), (maker, name, sql.sql.port, sql.sql.port)}
            into.add((maker, name, sql.sql.port, sql.sql.port))
    callers_too = {
        **services,
        **{name: each.as_service() for name, each in (*settings.tasks.items(), *settings.jobs.items())},
    }
    for name, service in callers_too.items():
        out.add((name, ANYWHERE, 443, 443))
        for other, access in service.reached.items():
            if (called := services.get(other)) is not None:
                assert called.answers_at is not None
                out.add((name, other, called.answers_at, called.answers_at))
                into.add((name, other, called.answers_at, called.answers_at))
            elif (there := stores[other].existing) is not None:
                if there.security_group is not None:
                    out.add((name, there.security_group, there.port, there.port))
                    into.add((name, there.security_group, there.port, there.port))
                elif there.port != 443:
                    out.add((name, _addresses(there.host), there.port, there.port))
            elif (file_system := stores[other].file_system) is not None:
                worn = file_system.security_group or other
                out.add((name, worn, 2049, 2049))
                into.add((name, worn, 2049, 2049))
                home = f"arn:aws:elasticfilesystem:{place[0]}:{place[1]}:file-system/"
                files = _there(file_system.existing, home) or f"aws_efs_file_system.{other}_files.arn"
                permissions |= {(name, f"elasticfilesystem:Client{each}", files) for each in ("Mount", "Write")}
            elif (cache := stores[other].cache) is not None:
                out.add((name, other, cache.port, cache.port))
                into.add((name, other, cache.port, cache.port))
            elif stores[other].search is not None:
                out.add((name, other, 443, 443))
                into.add((name, other, 443, 443))
                domain = f"aws_opensearch_domain.{other}_domain.arn"
                permissions |= {(name, f"es:ESHttp{each}", f"{domain}/*") for each in SEARCH[access].split()}
                if access == "read":
                    paths = {f"{before}{each}" for before in ("", "*/") for each in ASKED}
                    permissions |= {(name, "es:ESHttpPost", f"{domain}/{each}") for each in paths}
            elif (bucket := stores[other].bucket) is not None:
                bucket_name = bucket.existing or f"aws_s3_bucket.{other}_bucket.bucket"
                permissions |= {
                    (name, f"s3:{action}", f"arn:aws:s3:::{bucket_name}{'' if action == 'ListBucket' else '/*'}")
                    for action in BUCKET[access].split()
                }
            elif isinstance(sql := stores[other].kind, Database | Aurora) and (
                sql.sanitised is not None and sql.sanitised.task == name
            ):
                copy = f"{other}_sanitised_group"  # nothing wears it while no copy stands
                out.add((name, copy, sql.sql.port, sql.sql.port))
                into.add((name, copy, sql.sql.port, sql.sql.port))
                own = sql.model_copy(update={"iam_sign_in": False, "databases": {}})
                permissions |= {
                    (caller, action, secret.replace(f"/{other}/", f"/{other}/sanitised-copy/"))
                    for caller, action, secret in _of_sql(name, other, service, own, place)
                }
            elif isinstance(sql, Database | Aurora):
                out.add((name, other, sql.sql.port, sql.sql.port))
                into.add((name, other, sql.sql.port, sql.sql.port))
                permissions |= set(_of_sql(name, other, service, sql, place))
            elif (queue := stores[other].queue) is not None:
                arn = (
                    _there(queue.existing, f"arn:aws:sqs:{place[0]}:{place[1]}:") or f"aws_sqs_queue.{other}_queue.arn"
                )
                permissions |= {(name, f"sqs:{action}", arn) for action in QUEUE[access].split()}
            elif (topic := stores[other].topic) is not None:
                permissions.add((name, "sns:Publish", topic.existing or f"aws_sns_topic.{other}_topic.arn"))
            elif (table := stores[other].table) is not None:
                home = f"arn:aws:dynamodb:{place[0]}:{place[1]}:table/"
                theirs = _there(table.existing, home)
                arns = [*_tables(other, table)] if theirs is None else [theirs]
                asked = {f"dynamodb:{each}" for each in TABLE[access].split()}
                asked |= {"dynamodb:Scan"} if table.scan and access in (None, "read") else set()
                ends = ("", "/index/*") if access in (None, "read") else ("",)
                permissions |= {(name, action, f"{arn}{end}") for action in asked for arn in arns for end in ends}
            else:
                raise AssertionError(f"{other}: what reaching it gives stands here")
        for way in service.reach:
            if way.host is not None and way.port not in (None, 443):
                out.add((name, _addresses(way.host), way.port, way.port))
        if answering := answers(service):
            out |= {(each, name, *ALL_PORTS) for each in ours.values()}  # what is behind any of them wears one group
            for answer in answering:
                named = answer.http.load_balancer
                openness = {common.load_balancers[each].internal for each in named if each in ours}
                # Of ours those that are as open as one that it names wear one group.
                alike = {each for each in ours if common.load_balancers[each].internal in openness}
                ports = {answer.port, answer.http.health_check.port or answer.port}
                into |= {(balancers[each], name, port, port) for each in {*named, *alike} for port in ports}
            behind |= {
                (balancers[each], name, port)
                for answer in answers(service)
                for each in answer.http.load_balancer
                for port in (answer.port, answer.http.health_check.port or answer.port)
            }
        if service.tcp is not None and isinstance(settings, Environment):
            own_one = f"{name}_tcp_balancer"
            for listens, port in service.tcp.ports.items():
                into |= {(each, own_one, int(listens), int(listens)) for each in service.tcp.allow or INTERNET}
                into.add((own_one, name, port, port))
                out.add((own_one, name, port, port))
                behind.add((own_one, name, port))
        if service.exec:
            of_shells = {(name, action, to) for to, actions in EXEC.items() for action in actions}
            # A cluster that was there already records sessions where it says itself.
            permissions |= {each for each in of_shells if common.cluster is None or each[1].startswith("ssmmessages:")}
        if service.metrics is not None and service.metrics.to == "cloudwatch":
            log = f"aws_cloudwatch_log_group.{name}_metrics_log.arn:*"
            permissions |= {(name, f"logs:{action}", log) for action in ("CreateLogStream", "PutLogEvents")}
        permissions |= {(name, "sts:AssumeRole", role) for role in _written(name, settings, place)}
        for sid, each in service.permissions.items():
            called_so = "".join(word.capitalize() for word in sid.split("-"))
            permissions |= {(name, action, f"permissions: {called_so}") for action in each.actions}
    return Reached(
        out=frozenset(out),
        into=frozenset(into),
        behind=frozenset(behind),
        worn=frozenset((name, group) for name, each in callers_too.items() for group in each.security_groups),
        leaves=frozenset(
            {
                (
                    balancer,
                    THEIRS if given else "aws_nat_gateway" if inside and nat else "aws_internet_gateway",
                    not inside,
                )
                for each, balancer in ours.items()
                for inside in (common.load_balancers[each].internal,)
            }
            | {
                (each, THEIRS if given else "aws_nat_gateway" if nat else "aws_internet_gateway", not nat)
                for each in {*services, *ran}
            }
            | {
                (f"{each}_tcp_balancer", THEIRS if given else "aws_internet_gateway", True)
                for each, service in services.items()
                if service.tcp is not None and isinstance(settings, Environment)
            }
        ),
        permissions=frozenset(permissions),
        elsewhere=frozenset(_in_other_accounts(settings, common)),
        entering=frozenset(
            (f"ci_role_{step}", roles.apply if step == "apply" else roles.plan)
            for roles in (zone.roles for zone in common.hosted_zones if common.ci is not None)
            if roles is not None
            for step in ("plan", "drift", "apply")
        ),
        strange=frozenset(),
    )


def _written(name: str, settings: Environment | Review, place: tuple[str, str, str]) -> Iterator[str]:
    """The roles of the sites of its own environment that something writes to."""
    system, _, environment = place[2].partition("/")
    names = Names(system=system, environment=environment, label=environment)
    for site, each in settings.sites.items() if isinstance(settings, Environment) else ():
        if f"{environment}.{name}" in each.publishers:
            called = names.limited(f"{site}+publishers", 64)
            yield f"arn:aws:iam::{place[1]}:role/{system}/publishers/{called}"


def _in_other_accounts(settings: Environment | Review, common: CommonLayer) -> Iterator[tuple[str, str, str, str]]:
    """Zones that other accounts have, what validates certificates there, and the records of hosts."""
    roles = {zone.name: zone.roles for zone in common.hosted_zones}
    review = isinstance(settings, Review)
    hosts = domains.answered(settings.domain, settings.services, settings.statics, settings.sites, review=review)
    kinds = {zone.name: [("aws_route53_zone", zone.existing or "")] for zone in common.hosted_zones}
    for domain, zone in domains.needed_certificates(common, hosts).items():
        kinds[zone.name].append(("validation", domain))
    for host in hosts:
        if (its := domains.zone_of(host, common)) is not None:
            name = "${local.domain}" if review else host
            kinds[its.name] += [("A", name), ("AAAA", name)]
    for name, made in kinds.items():
        if (both := roles[name]) is not None:
            yield from ((kind, of, both.plan, both.apply) for kind, of in made)


def _of_sql(
    caller: str, name: str, service: Service, sql: Database | Aurora, place: tuple[str, str, str]
) -> Iterator[tuple[str, str, str]]:
    """To sign in by IAM, and to read its secret where a variable names that."""
    region, account, secrets = place
    if sql.iam_sign_in:
        own = (
            f"aws_db_instance.{name}_instance"
            if isinstance(sql, Database)
            else f"aws_rds_cluster.{name}_cluster.cluster"
        )
        user = f"dbuser:{own}{'.' if isinstance(sql, Database) else '_'}resource_id/*"
        yield caller, "rds-db:connect", f"arn:aws:rds-db:{region}:{account}:{user}"
    for word, at in ((name, name), *((f"{name}.{each}", f"{name}/{each}") for each in sql.databases)):
        if any(f"{{{word}.secret}}" in text for text in service.variables.values()):
            secret = f"arn:aws:secretsmanager:{region}:{account}:secret:{secrets}/{at}/credentials-??????"
            yield caller, "secretsmanager:GetSecretValue", secret


def _tables(store: str, table: Table) -> Iterator[str]:
    """The ARNs of the one that serves and of those before it that are kept."""
    for each in servers(table.restored):
        if each.serves or each.keep:
            below = f"_restored_{each.stamp.replace('-', '_')}" if each.stamp is not None else ""
            yield f"aws_dynamodb_table.{store}{below}_table.arn"


def _there(existing: str | None, home: str) -> str | None:
    """The ARN of what is there already."""
    return existing if existing is None or existing.startswith("arn:") else f"{home}{existing}"


def _addresses(host: str) -> str:
    """A rule knows no names."""
    try:
        return str(ipaddress.ip_network(host))
    except ValueError:
        return ANYWHERE
