"""The changes that docs/changes.md tells of: what is declared before and after, and what each apply may not do well."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
Edit = Callable[[Json, Json], None]
"""Of system.yaml and the one environment's file."""

SYSTEM: Json = {
    "system": "kakei",
    "tanada": "0.1",
    "accounts": {"main": {"id": 111111111111, "region": "ap-northeast-1"}},
    "common": {"hosted_zones": ["example.jp"], "images": ["web", "backend"]},
    "blueprint": {
        "services": {
            "web": {
                "image": "web",
                "port": 3000,
                "http": {"health_check": "/up"},
                "reach": ["backend", "sessions"],
                "variables": {"BACKEND": "{backend.url}", "TABLE": "{sessions.name}"},
            },
            "backend": {"image": "backend", "port": 8080, "health_check": "/up"},
        },
        "stores": {"sessions": {"table": {"partition_key": "id"}}},
    },
}
ENVIRONMENT: Json = {"account": "main", "domain": "test.example.jp"}
SCALE: Json = {"min": 2, "max": 10, "cpu": 60}
LETS_GO = "what protects from loss goes: "
DAY: Json = {"day": {"at": "0 8 * * MON-FRI", "min": 4}}


def as_it_is(_system: Json, _environment: Json) -> None:
    """Nothing more than SYSTEM and ENVIRONMENT say."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One row."""

    what: str
    """Its name in docs/changes.md."""
    after: Edit
    """What is changed, of what `before` left."""
    before: Edit = as_it_is
    another: tuple[str, str] | None = None
    """The domains before and after of one environment more, `www`, in the same account."""
    stacks: tuple[str, ...] = ("environment-test",)
    """Those that change, in the order in which they are applied."""
    destroy: bool = False
    """They go as a whole: `tanada destroy`."""
    faults: Mapping[str, str] = field(default_factory=dict)
    """What can't be had in a better order → why."""
    says: tuple[str, ...] = ()
    """What the plan comment says of it."""
    refused: str = ""
    """What Terraform says against planning it: it can't be done."""
    answered: str = ""
    """What `tanada apply` says against applying it, which is not tried there."""
    aws: Mapping[int, str] = field(default_factory=dict)
    """Which of the applies AWS refuses, from 0 on, and what it says: what is done then stands in docs/changes.md."""


def declarations(*edits: Edit, www: str | None = None) -> dict[str, str]:
    """The files that say this; `www` is the domain of a second environment."""
    system, environment = copy.deepcopy(SYSTEM), copy.deepcopy(ENVIRONMENT)
    for edit in edits:
        edit(system, environment)
    files = {"system.yaml": json.dumps(system), "environments/test.yaml": json.dumps(environment)}
    second = {"environments/www.yaml": json.dumps({**ENVIRONMENT, "domain": www})}
    return {**files, **second} if www is not None else files


def network(**values: Any) -> Edit:
    return lambda system, _: system["common"].update(network={**system["common"].get("network", {}), **values})


def common(**values: Any) -> Edit:
    return lambda system, _: system["common"].update(values)


def blueprint(**values: Any) -> Edit:
    return lambda system, _: system["blueprint"].update(values)


def environment(**values: Any) -> Edit:
    return lambda _, environment: environment.update(values)


def migrated(system: Json, environment: Json) -> None:
    """A task for a service that runs."""
    system["blueprint"]["tasks"] = {"migrate": {"like": "web", "command": ["migrate"]}}
    service("web", before="migrate")(system, environment)


def service(name: str, **values: Any) -> Edit:
    """Fields of a service; None takes one away."""

    def edit(system: Json, _: Json) -> None:
        each = system["blueprint"]["services"].setdefault(name, {})
        each.update(values)
        for field_ in [key for key, value in each.items() if value is None]:
            del each[field_]

    return edit


def without(group: str, name: str) -> Edit:
    """No service, or store, of this name."""

    def edit(system: Json, _: Json) -> None:
        del system["blueprint"][group][name]

    return edit


def store(name: str, **values: Any) -> Edit:
    return lambda system, _: system["blueprint"]["stores"].update({name: values})


def with_a_database(system: Json, environment: Json) -> None:
    """One that web reaches, and whose host and secret it has."""
    store("main", database={"engine": "postgres", "version": "17"})(system, environment)
    way = [*system["blueprint"]["services"]["web"]["reach"], "main"]
    service("web", reach=way, variables={"HOST": "{main.host}"}, secrets={"URL": "{main.url}"})(system, environment)


def scrubbed(system: Json, environment: Json) -> None:
    """Snapshots of it, and the task that they take."""
    task = {"image": "web", "command": ["scrub"], "reach": ["main"], "secrets": {"URL": "{main.url}"}}
    system["blueprint"]["tasks"] = {"scrub": task}
    database(sanitised={"schedule": "0 3 * * SUN", "task": "scrub"})(system, environment)


def database(**values: Any) -> Edit:
    """Fields of that one."""
    return lambda system, _: system["blueprint"]["stores"]["main"]["database"].update(values)


def renamed(old: str, new: str, **values: Any) -> Edit:
    def edit(system: Json, _: Json) -> None:
        services = system["blueprint"]["services"]
        services[new] = {**services.pop(old), **values}

    return edit


def both(*edits: Edit) -> Edit:
    def edit(system: Json, environment: Json) -> None:
        for each in edits:
            each(system, environment)

    return edit


COMMON, ENV = "common-main", "environment-test"
ALONE = service("web", reach=None, variables=None)
"""web reaches nothing."""
MAIL = service("web", reach=["backend", "sessions", {"host": "smtp.example.com", "port": 587}])
LEGACY = {"host": "db.example.net", "port": 3306, "security_group": "sg-0123456789abcdef0"}
PUBLIC = {"health_check": "/up"}
INSIDE: dict[str, Any] = {"public": {}, "inside": {"internal": True}}
CLOSED: dict[str, Any] = {**PUBLIC, "load_balancer": "inside", "cdn": {}}
SSH = {"ports": {"22": 2222}, "host": "ssh"}
TWO: dict[str, Any] = {"public": {}, "big": {}}
BOUGHT = {
    "existing": "arn:aws:acm:ap-northeast-1:111111111111:certificate/7f3c1a52-0d3e-4b61-9a0f-2f6c1f1f5b1e",
    "names": ["www.example.net"],
}
THEIRS = {
    "name": "example.com",
    "existing": "Z0123456789ABCDEFGHIJ",
    "role": "arn:aws:iam::333333333333:role/dns",
}
PARTNERS = {"bundle": "s3://kakei-partners/authorities.pem"}
LEAVING = {**TWO, "big": {"removal": "delete"}}
IN_USE = "ECS takes no target group that no rule leads to, and two rules of one host would need two numbers"
IN_PLACE = "the rule is one object, and its port is changed in place; two at once need two services"
IN_ONE_POLICY = "the policy is one object: what is added must be there before the tasks, what goes goes with it"
BY_NAME = "a table that is made anew has the name of the one that goes: it can't be made first"
NEW_SERVICE = "who answers next isn't known to what goes: nothing can wait for it"
ANOTHER_NAME = "the name is given up in the same apply, and its rule answers another one by then"
API = service("api", image="backend", port=8081, http={**PUBLIC, "paths": ["/api/*"]})
DOCS = service("docs", image="backend", port=8082, http={**PUBLIC, "paths": ["/docs/*"]})
MAILS = service(
    "web",
    permissions={
        "mail": {"actions": ["ses:SendEmail"], "resources": ["arn:aws:ses:{region}:{account}:identity/example.jp"]}
    },
)
ASKED = {"aws_lb_target_group.web_target_group_1 asks tasks that run otherwise": "the question is the group's"}
ASKS = "web is asked otherwise whether it is well, its tasks that run too"
TABLE, POLICY, EXECUTION, RULE = (
    "aws_dynamodb_table.sessions_table",
    "aws_iam_role_policy.web_task_policy",
    "aws_iam_role_policy.web_execution_policy",
    "aws_lb_listener_rule.web_listener_rule",
)

TURNING_BACK = Change(
    what="`rollout: rolling` again",
    before=service("web", deploy="external", rollout="blue_green"),
    after=service("web", rollout=None),
)
CHANGES: tuple[Change, ...] = (
    # The common layer.
    Change(
        what="`network.cidr`",
        after=network(cidr="10.8.0.0/16"),
        stacks=(COMMON,),
        refused="aws_vpc.network_vpc has lifecycle.prevent_destroy",
    ),
    Change(what="`network.availability_zones: 2 → 3`", after=network(availability_zones=3), stacks=(COMMON, ENV)),
    Change(
        what="`network.availability_zones: 3 → 2`",
        before=network(availability_zones=3),
        after=network(availability_zones=2),
        stacks=(COMMON, ENV, COMMON),
        aws={0: "DependencyViolation"},
    ),
    Change(
        what="`network.nat: single → per_zone`",
        after=network(nat="per_zone"),
        stacks=(COMMON,),
        says=("partners must allow 2 addresses, 1 of them new",),
    ),
    Change(
        what="`network.nat: per_zone → single`",
        before=network(nat="per_zone"),
        after=network(nat="single"),
        stacks=(COMMON,),
        says=("partners need allow 1 address now, 1 fewer",),
    ),
    Change(
        what="`network.nat: single → none`",
        after=network(nat="none"),
        stacks=(COMMON, ENV),
        says=("no outbound address is fixed any more",),
    ),
    Change(
        what="`network.nat: none → single`",
        before=network(nat="none"),
        after=network(nat="single"),
        stacks=(COMMON, ENV),
        says=("partners must allow 1 address, 1 of them new",),
    ),
    Change(what="`load_balancers`: one more", after=common(load_balancers=TWO), stacks=(COMMON,)),
    Change(
        what="`removal: delete` of a load balancer",
        before=common(load_balancers=TWO),
        after=common(load_balancers=LEAVING),
        stacks=(COMMON,),
        says=(LETS_GO,),
    ),
    Change(
        what="`load_balancers`: one less",
        before=common(load_balancers=LEAVING),
        after=common(load_balancers={"public": {}}),
        stacks=(COMMON,),
    ),
    Change(what="`images`: one more", after=common(images=["web", "backend", "worker"]), stacks=(COMMON,)),
    Change(
        what="`images`: one less",
        before=common(images=["web", "backend", "worker"]),
        after=common(images=["web", "backend"]),
        stacks=(COMMON,),
    ),
    Change(what="`hosted_zones`: one more", after=common(hosted_zones=["example.jp", "shop.net"]), stacks=(COMMON,)),
    Change(
        what="`hosted_zones`: one less",
        before=common(hosted_zones=["example.jp", "shop.net"]),
        after=common(hosted_zones=["example.jp"]),
        stacks=(COMMON,),
    ),
    Change(
        what="`waf`, `network.dns_firewall`, `certificates`, `mutual_tls`, a zone with `role`",
        before=common(load_balancers=TWO),
        after=both(
            common(waf={"rate": 2000}, certificates=[BOUGHT], load_balancers={**TWO, "big": {"mutual_tls": PARTNERS}}),
            common(hosted_zones=["example.jp", THEIRS]),
            network(dns_firewall={"allow": ["api.example.com"]}),
        ),
        stacks=(COMMON,),
    ),
    # Who answers.
    Change(what="a service more", after=service("worker", image="backend", reach=["sessions"])),
    Change(what="a service less", before=ALONE, after=without("services", "backend")),
    Change(what="a service called otherwise, with `renamed_from`", after=renamed("web", "site", renamed_from="web")),
    Change(
        what="a public service called otherwise, without `renamed_from`",
        after=renamed("web", "site"),
        faults={f"{RULE} goes before aws_ecs_service.site_service is there": NEW_SERVICE},
        says=("test.example.jp answers 503 until",),
    ),
    Change(
        what="`http` to another service",
        after=both(service("web", http=None), service("backend", http=PUBLIC)),
        faults={f"{RULE} goes before aws_ecs_service.backend_service is there": NEW_SERVICE},
        says=("test.example.jp answers 503 until", "backend opens to the internet: it was private"),
        aws={0: "Health check grace period is only valid"},
    ),
    Change(
        what="`http` given to a service that runs",
        before=service("web", http=None),
        after=service("web", http=PUBLIC),
        says=("web opens to the internet: it was private",),
        aws={0: "Health check grace period is only valid"},
    ),
    Change(what="`http` taken away", after=service("web", http=None), says=("test.example.jp is answered no more",)),
    Change(
        what="`http.load_balancer`",
        before=common(load_balancers=TWO),
        after=service("web", http={**PUBLIC, "load_balancer": "big"}),
        says=("test.example.jp may answer 503 for a minute or two",),
    ),
    Change(
        what="`http.protocol_version`, `http.tls`",
        after=service("web", http={**PUBLIC, "protocol_version": "http2", "tls": True}),
        says=("test.example.jp answers 503 until",),
        faults={
            "aws_lb_listener_rule.web_listener_rule leads elsewhere before aws_ecs_service.web_service is there": IN_USE
        },
    ),
    Change(
        what="a site at the host of a service that runs",
        after=environment(sites={"www": {"paths": {"/contact*": "web"}}}),
        stacks=(COMMON, ENV),
    ),
    Change(
        what="`headers` or `redirects` of a site, taken out",
        before=environment(sites={"www": {"paths": {"/contact*": "web"}, "headers": {"X-Robots-Tag": "noindex"}}}),
        after=environment(sites={"www": {"paths": {"/contact*": "web"}}}),
    ),
    Change(
        what="a site less, whose host a service answers, too",
        before=environment(sites={"www": {"paths": {"/contact*": "web"}, "removal": "delete"}}),
        after=environment(sites=None),
    ),
    Change(
        what="`http.cdn` given to a service behind an internal load balancer",
        before=both(common(load_balancers=INSIDE), service("web", http={**PUBLIC, "load_balancer": "inside"})),
        after=service("web", http={**PUBLIC, "load_balancer": "inside", "cdn": {}}),
        stacks=(COMMON, ENV),
        says=("test.example.jp opens to the internet: it was reached from inside the VPC alone",),
    ),
    Change(
        what="`http.cdn` taken away",
        before=both(
            common(load_balancers=INSIDE), service("web", http={**PUBLIC, "load_balancer": "inside", "cdn": {}})
        ),
        after=service("web", http={**PUBLIC, "load_balancer": "inside"}),
        stacks=(ENV, COMMON),
        says=("1 certificate of CloudFront's in us-east-1 can't be deleted while a distribution has it",),
    ),
    Change(
        what="`allow` beside `http.cdn`, of one path less, or taken away",
        before=both(
            common(load_balancers=INSIDE),
            service("web", http={**CLOSED, "allow": {"/*": "203.0.113.0/24", "/hooks/*": "198.51.100.7"}}),
            service("api", image="backend", port=8081, http={**CLOSED, "hosts": ["api"], "allow": "203.0.113.0/24"}),
        ),
        after=both(
            service("web", http={**CLOSED, "allow": {"/*": "203.0.113.0/24"}}),
            service("api", image="backend", port=8081, http={**CLOSED, "hosts": ["api"]}),
        ),
        says=tuple(
            f"{each}: what these rules stopped gets in: allow-"
            for each in ("aws_wafv2_web_acl.web_waf_acl", "aws_cloudfront_distribution.api_distribution")
        ),
    ),
    Change(
        what="`http.api_gateway` given to a service behind an internal load balancer",
        before=both(common(load_balancers=INSIDE), service("web", http={**PUBLIC, "load_balancer": "inside"})),
        after=service("web", http={**PUBLIC, "load_balancer": "inside", "api_gateway": {}}),
        stacks=(COMMON, ENV),
        says=("test.example.jp opens to the internet: it was reached from inside the VPC alone",),
    ),
    Change(
        what="`tcp` given to a service that runs",
        after=service("backend", tcp=SSH),
        stacks=(COMMON, ENV),
        says=tuple(
            f"aws_vpc_security_group_ingress_rule.backend_tcp_port_22_from_anywhere{each}: it lets in all of"
            for each in ("", "_ipv6")
        ),
        aws={1: "Health check grace period is only valid"},
    ),
    Change(what="`tcp` taken away", before=service("backend", tcp=SSH), after=service("backend", tcp=None)),
    Change(
        what="`http.hosts`: one more",
        after=service("web", http={**PUBLIC, "hosts": ["test.example.jp", "www"]}),
        stacks=(COMMON, ENV),
    ),
    Change(what="`http.paths`: a second public service", after=API, stacks=(COMMON, ENV)),
    Change(
        what="`http.paths`: two services change theirs",
        before=both(API, DOCS),
        after=both(
            service("api", http={**PUBLIC, "paths": ["/docs/*"]}), service("docs", http={**PUBLIC, "paths": ["/api/*"]})
        ),
    ),
    Change(what="`priorities`", before=API, after=environment(priorities=5001)),
    Change(
        what="`http.health_check`", after=service("web", http={"health_check": "/ready"}), faults=ASKED, says=(ASKS,)
    ),
    Change(
        what="`http.health_check.port`, together with `port`",
        before=service("web", http={"health_check": {"path": "/up", "port": 9000}}),
        after=service("web", port=4000, http={"health_check": {"path": "/up", "port": 9001}}),
        faults=ASKED,
        says=(ASKS,),
    ),
    Change(
        what="`domain`",
        after=environment(domain="www.example.jp"),
        faults={
            f"aws_route53_record.domain_{each} goes before it is made anew": ANOTHER_NAME for each in ("a", "aaaa")
        },
        says=("www.example.jp takes the place",),
    ),
    Change(
        what="`domain`: two environments swap theirs",
        another=("www.example.jp", "test.example.jp"),
        after=environment(domain="www.example.jp"),
        faults={
            f"aws_route53_record.domain_{each} goes before it is made anew": ANOTHER_NAME for each in ("a", "aaaa")
        },
        says=("www.example.jp takes the place",),
        answered="environment-www answers www.example.jp, and waits for what this one answers",
        aws={0: "already exists"},
    ),
    Change(what="`port` of a public service", after=service("web", port=4000)),
    Change(
        what="`port` of a service that others reach",
        after=service("backend", port=9090),
        faults={
            f"aws_vpc_security_group_{rule} opens another port in the place of one in use": IN_PLACE
            for rule in ("egress_rule.web_to_backend", "ingress_rule.backend_from_web")
        },
        says=("web can't reach backend until all of them are deployed",),
    ),
    Change(
        what="`port` given to a service that runs",
        before=both(ALONE, service("backend", port=None, health_check=None)),
        after=service("backend", port=8080),
    ),
    Change(what="`port` taken away", before=ALONE, after=service("backend", port=None, health_check=None)),
    Change(what="`service_connect` given", after=service("backend", service_connect={})),
    Change(
        what="`service_connect.clients: []`, then `service_connect` taken away",
        before=service("backend", service_connect={"clients": []}),
        after=service("backend", service_connect=None),
    ),
    # What runs.
    Change(what="`cpu`, `memory`", after=service("web", cpu=1024, memory=2048)),
    Change(what="`count`", after=service("web", count=3)),
    Change(
        what="`count` becomes `scale`",
        after=service("web", scale=SCALE),
    ),
    Change(
        what="`scale` becomes `count`",
        says=("web scales no more: it is set to 2 tasks, whatever it has now (count)",),
        before=service("web", scale=SCALE),
        after=service("web", scale=None, count=2),
    ),
    Change(
        what="`scale.max`: fewer",
        says=("web has at most 4 tasks, 10 before: more than that stop at once",),
        before=service("web", scale=SCALE),
        after=service("web", scale={**SCALE, "max": 4}),
    ),
    Change(
        what="`scale.min: 0`",
        says=("web may go down to no task: until one is started it does nothing (min: 0)",),
        before=service("web", scale={**SCALE, "schedule": DAY}),
        after=service("web", scale={**SCALE, "min": 0, "schedule": DAY}),
    ),
    Change(
        what="`scale.min` or `max`, where `scale.schedule` is",
        before=service("web", scale={**SCALE, "schedule": DAY}),
        after=service("web", scale={**SCALE, "max": 20, "schedule": DAY}),
    ),
    Change(what="`spot`", after=service("web", spot=50)),
    Change(what="`rollout: recreate`", after=service("backend", rollout="recreate")),
    Change(
        what="any deployment under `rollout: recreate`",
        before=service("backend", rollout="recreate"),
        after=service("backend", variables={"MORE": "1"}),
        says=("backend answers nothing from when its task has stopped",),
    ),
    Change(what="`before`: a task for a service", after=migrated),
    Change(what="`arch`", after=service("web", arch="arm64")),
    Change(what="`variables`", after=service("web", variables={"MORE": "1"})),
    Change(
        what="`secrets`: one less, or from elsewhere",
        before=service("web", secrets={"KEY": "/kakei/key", "WORD": "/kakei/word"}),
        after=service("web", secrets={"KEY": "/kakei/other"}),
        faults={f"{EXECUTION} takes permissions from tasks that run": IN_ONE_POLICY},
        says=("tasks of web that run can't be started again (ssm)",),
    ),
    Change(
        what="`image`: one from elsewhere",
        after=service("web", image="public.ecr.aws/docker/library/nginx:1.27"),
        faults={f"{EXECUTION} takes permissions from tasks that run": IN_ONE_POLICY},
        says=("tasks of web that run can't be started again (ecr)",),
    ),
    Change(
        what="`writable`, `ephemeral_storage`",
        after=service("web", writable={"/tmp": "99MiB"}, ephemeral_storage="50GiB"),
    ),
    Change(what="`rollout` in percents", after=service("web", count=2, rollout={"minimum": 50, "maximum": 150})),
    Change(what="`rollback_alarms`", after=service("web", rollback_alarms=["web-5xx"])),
    Change(
        what="`rollout: blue_green`, `canary`, `linear` of one that others deploy",
        before=service("web", deploy="external"),
        after=service("web", rollout="blue_green"),
        aws={0: "need an advancedConfiguration, and a rolling deployment with it, before"},
    ),
    TURNING_BACK,
    Change(
        what="`deregistration_delay`, `health_check_grace_period`, `stop_timeout`",
        after=service("web", deregistration_delay="2m", health_check_grace_period="2m", stop_timeout="1m"),
    ),
    Change(
        what="`exec: false`",
        after=service("web", exec=False),
        faults={f"{POLICY} takes permissions from tasks that run": IN_ONE_POLICY},
        says=("web loses permissions (kms, logs, ssmmessages) before its new tasks run",),
    ),
    Change(what="`logs.days`", after=service("web", logs={"days": 400})),
    Change(
        what="`logs.days`: fewer",
        after=service("web", logs={"days": 7}),
        says=("aws_cloudwatch_log_group.web_log loses its lines of more than 7 days",),
    ),
    # What is reached.
    Change(what="`reach`: one more", before=ALONE, after=service("web", reach=["backend", "sessions"])),
    Change(
        what="`reach`: one less",
        after=ALONE,
        faults={f"{POLICY} takes permissions from tasks that run": IN_ONE_POLICY},
        says=("web loses permissions (dynamodb) before its new tasks run",),
    ),
    Change(
        what="`reach`: a host and port more, a store that exists",
        before=both(MAIL, store("legacy", existing=LEGACY)),
        after=service("web", reach=["backend", "sessions", "legacy", {"host": "smtp.example.org", "port": 465}]),
        says=("web may now connect to smtp.example.org:465 (any address)", "web may now connect to legacy:3306"),
    ),
    Change(what="`permissions`: one more", after=MAILS),
    Change(
        what="`permissions`: one less",
        before=MAILS,
        after=service("web", permissions=None),
        faults={f"{POLICY} takes permissions from tasks that run": IN_ONE_POLICY},
        says=("web loses permissions (ses) at once: its tasks run on",),
    ),
    Change(what="a store more", after=store("orders", table={"partition_key": "id"})),
    Change(
        what="`backup`, a `search` store",
        after=both(blueprint(backup={"daily": "35d"}), store("products", search={"version": "2.17"})),
    ),
    Change(
        what="`removal: delete` of a store",
        after=store("sessions", table={"partition_key": "id"}, removal="delete"),
        says=(LETS_GO,),
    ),
    Change(
        what="`restored` of a database: one time more",
        before=with_a_database,
        after=environment(stores={"main": {"database": {"restored": ["2026-11-20T03:00:00Z"]}}}),
        says=("main is restored to 2026-11-20T03:00:00Z: a server is made beside from the backups of test-main-kakei",),
    ),
    Change(
        what="`class`, `storage`, `parameters`, `backups`, `maintenance` of a database",
        before=with_a_database,
        after=database(
            **{"class": "db.t4g.small", "storage": "30GiB", "parameters": {"max_connections": 200}},
            **{"backups": "7d", "maintenance": "sun:18:00-sun:19:00", "backup_window": "17:00-17:30"},
        ),
        says=(
            "main restarts with another class (db.t4g.micro → db.t4g.small), at once",
            "the storage of main grows from 20 to 30 GiB",
            "main takes on max_connections when it restarts, not before",
        ),
    ),
    Change(
        what="`sanitised` of a database, and a task for it",
        before=with_a_database,
        after=scrubbed,
    ),
    Change(
        what="a store less, that nobody reaches any more",
        before=both(ALONE, store("sessions", table={"partition_key": "id"}, removal="delete")),
        after=without("stores", "sessions"),
    ),
    Change(
        what="a store less, together with who reaches it",
        before=store("sessions", table={"partition_key": "id"}, removal="delete"),
        after=both(ALONE, without("stores", "sessions")),
        faults={
            f"{TABLE} goes before aws_ecs_service.web_service has let go of it": BY_NAME,
            f"{TABLE} goes before {POLICY} has let go of it": BY_NAME,
            f"{POLICY} takes permissions from tasks that run": IN_ONE_POLICY,
        },
        says=(f"web loses permissions (dynamodb), and {TABLE} goes",),
    ),
    Change(
        what="`replicas` of a table: one more",
        after=store("sessions", table={"partition_key": "id", "replicas": ["us-west-2"]}),
        says=("all items of sessions are copied to us-west-2, and each write from now on",),
    ),
    Change(
        what="`partition_key` or `sort_key` of a table",
        after=store("sessions", table={"partition_key": "sid"}),
        refused=f"{TABLE} has lifecycle.prevent_destroy",
    ),
    # All at once.
    Change(what="`tags`", after=environment(tags={"owner": "ops@example.jp"})),
    Change(what="`removal: delete` of an environment", after=environment(removal="delete"), says=(LETS_GO,)),
    Change(what="`common.removal: delete`", after=common(removal="delete"), stacks=(COMMON,), says=(LETS_GO,)),
    Change(
        what="`tanada destroy` of all environments, then of their common layer",
        before=both(environment(removal="delete"), common(removal="delete")),
        after=as_it_is,
        stacks=(ENV, COMMON),
        destroy=True,
    ),
)
