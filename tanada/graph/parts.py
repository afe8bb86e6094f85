"""The nodes of a stack: each declared part once, with its logs, roles and rules folded in; entrances and ways out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from tanada.graph import names
from tanada.graph.emitted import Emitted, Resource, listed, parsed
from tanada.graph.model import Kind, Node
from tanada.graph.places import ACCOUNT, PUBLIC, Places
from tanada.text import count

INTERNET, OUT = "internet", "out"
_GROUPS: dict[str, Kind] = {"services": "service", "tasks": "task", "jobs": "job", "stores": "store"}
_MOST_HOSTS = 3


class Parts:
    """What a stack's resources are for."""

    def __init__(self, emitted: Emitted, places: Places) -> None:
        self.emitted = emitted
        self.places = places

    @cached_property
    def by_part(self) -> dict[str, list[Resource]]:
        """The stack's own resources by the part that they belong to: `services/web`."""
        found: dict[str, list[Resource]] = {}
        for each in self.emitted.resources.values():
            if each.where == "own" and not each.data and each.part is not None:
                found.setdefault(each.part, []).append(each)
        return dict(sorted(found.items()))

    def owner(self, address: str) -> str | None:
        """The node that a resource belongs to."""
        resource = self.emitted.resources.get(address)
        if resource is None:
            return None
        if resource.type in _OWN_NODES or address in self._buckets_of_sites:
            return address
        part = resource.part
        return part if part is not None and part.partition("/")[0] in _GROUPS else None

    @cached_property
    def _buckets_of_sites(self) -> frozenset[str]:
        return frozenset(
            each.address
            for each in self.emitted.of("aws_s3_bucket")
            if each.part is not None and each.part.startswith("sites/")
        )

    def nodes(self) -> Iterator[Node]:
        """All of them, entrances first."""
        entrances = list(self._entrances())
        ways_out = list(self._ways_out())
        if ways_out or any(each.id in self.open_entrances for each in entrances):
            yield internet()
        yield from entrances
        yield from self._computing()
        yield from self._stores()
        yield from self._sites()
        yield from self._mail()
        yield from ways_out

    # Entrances

    @cached_property
    def balancers(self) -> dict[str, Resource]:
        """Those that lead to this stack, by address; made here, in common, or there already."""
        used: set[str] = set()
        for each in self.emitted.of("aws_lb_listener", "aws_lb_listener_rule", where="own"):
            used |= set(self._balancers_of(each))
        for each in self.emitted.of("aws_cloudfront_distribution", where="own"):
            used |= set(self.emitted.addresses("own", each.body.get("origin")))
        for each in self.emitted.of("aws_apigatewayv2_integration", where="own"):
            used |= set(self.leads_to(each))
        for each in self.emitted.of("aws_lb", where="own"):
            used.add(each.address)
        return {
            address: each
            for address, each in self.emitted.resources.items()
            if each.type == "aws_lb" and address in used
        }

    def _balancers_of(self, rule: Resource) -> Iterator[str]:
        """The load balancers of a listener, or of the listener that a rule stands in."""
        for address in self.emitted.addresses(
            rule.where, [rule.body.get("load_balancer_arn"), rule.body.get("listener_arn")]
        ):
            found = self.emitted.resources.get(address)
            if found is None:
                continue
            if found.type == "aws_lb":
                yield address
            elif found.type == "aws_lb_listener":
                yield from self._of_listener(found)

    def _of_listener(self, listener: Resource) -> Iterator[str]:
        arn = listener.body.get("load_balancer_arn")
        yield from (each for each in self.emitted.addresses(listener.where, arn) if _type(each) == "aws_lb")
        if listener.data:  # one that exists is named by its ARN
            for each in self.emitted.resources.values():
                if each.data and each.type == "aws_lb" and each.body.get("arn") == arn:
                    yield each.address

    def leads_to(self, integration: Resource) -> Iterator[str]:
        """The load balancers that an API of API Gateway comes to."""
        for address in self.emitted.addresses(integration.where, integration.body.get("integration_uri")):
            listener = self.emitted.resources.get(address)
            if listener is not None and listener.type == "aws_lb_listener":
                yield from self._of_listener(listener)

    @cached_property
    def rules(self) -> list[tuple[str, Resource]]:
        """Each of the stack's listener rules and listeners that forward, with its load balancer."""
        return [
            (balancer, each)
            for each in self.emitted.of("aws_lb_listener", "aws_lb_listener_rule", where="own")
            for balancer in self._balancers_of(each)
        ]

    @cached_property
    def open_entrances(self) -> frozenset[str]:
        """Those that the internet reaches."""
        distributions = {
            each.address for each in self.emitted.of("aws_cloudfront_distribution", "aws_apigatewayv2_api")
        }
        return frozenset(
            distributions
            | {address for address, each in self.balancers.items() if each.data or each.body.get("internal") is False}
        )

    def _entrances(self) -> Iterator[Node]:
        walls = {
            address
            for each in self.emitted.of("aws_wafv2_web_acl_association")
            for address in self.emitted.addresses(each.where, each.body.get("resource_arn"))
        }
        for each in self.emitted.of("aws_cloudfront_distribution", where="own"):
            aliases = tuple(self.emitted.plain(str(alias)) for alias in listed(each.body.get("aliases")))
            badges = ("WAF",) if each.body.get("web_acl_id") else ()
            name = (each.part or each.name).rpartition("/")[2]
            yield Node(
                each.address, name, "entry", "CloudFront", self.places.id(ACCOUNT), _few(aliases), badges,
                len(self.by_part.get(each.part or "", ())),
            )  # fmt: skip
        for each in self.emitted.of("aws_apigatewayv2_api", where="own"):
            yield self._api(each)
        several = len(self.balancers) > 1
        for address, each in self.balancers.items():
            called = each.path[1] if each.part is not None else each.path[0].removeprefix("load_balancer_")
            name = balancer_name(called) if several else "Load balancer"
            extra = (names.EXISTING,) if each.data else ()
            badges = (*(("WAF",) if address in walls else ()), *self._badges(address))
            place = self.places.of_values([(each.where, each.body.get("subnets"))])
            yield Node(
                address,
                name,
                "entry",
                balancer_kind(each),
                place or self.places.id(PUBLIC),
                (*_few(self._hosts(address)), *extra),
                badges,
            )

    def _api(self, api: Resource) -> Node:
        beside = self.by_part.get(api.part or "", [])
        hosts = [str(each.body.get("domain_name")) for each in beside if each.type == "aws_apigatewayv2_domain_name"]
        badges = tuple({str(each.body.get("authorizer_type")): None for each in beside if each.type == _AUTHORIZER})
        name = (api.part or api.name).rpartition("/")[2]
        details = _few(tuple(map(self.emitted.plain, hosts)))
        return Node(api.address, name, "entry", "API Gateway", self.places.id(ACCOUNT), details, badges, len(beside))

    def _hosts(self, balancer: str) -> tuple[str, ...]:
        """The names by which a load balancer leads to this stack."""
        hosts = [
            self.emitted.plain(str(host))
            for leads, rule in self.rules
            if leads == balancer and self.groups_of(rule)
            for condition in listed(rule.body.get("condition"))
            for host in listed((condition.get("host_header") or {}).get("values"))
        ]
        return tuple(dict.fromkeys(hosts))

    def _badges(self, balancer: str) -> Iterator[str]:
        actions = [
            action
            for leads, rule in self.rules
            if leads == balancer
            for action in listed(rule.body.get("action")) + listed(rule.body.get("default_action"))
        ]
        if any("authenticate_cognito" in action or "authenticate_oidc" in action for action in actions):
            yield "Cognito sign-in"
        conditions = [
            condition
            for leads, rule in self.rules
            if leads == balancer
            for condition in listed(rule.body.get("condition"))
        ]
        if any("source_ip" in condition for condition in conditions):
            yield "allow-list"
        for each in self.emitted.of("aws_lb_listener"):
            mutual = each.body.get("mutual_authentication")
            if balancer in self._balancers_of(each) and isinstance(mutual, dict) and mutual.get("mode") != "off":
                yield "mutual TLS"
                return

    def groups_of(self, rule: Resource) -> tuple[str, ...]:
        """The target groups that a listener or rule forwards to."""
        actions = listed(rule.body.get("action")) + listed(rule.body.get("default_action"))
        found = (
            address
            for action in actions
            for address in self.emitted.addresses(rule.where, [action.get("target_group_arn"), action.get("forward")])
        )
        return tuple(each for each in found if _type(each) == "aws_lb_target_group")

    # What runs and what keeps

    def _computing(self) -> Iterator[Node]:
        before = self._runs_before
        scaling = {
            target: each.body
            for each in self.emitted.of("aws_appautoscaling_target")
            for target in self.emitted.addresses(each.where, each.body.get("resource_id"))
        }
        for part, resources in self.by_part.items():
            group, name = part.split("/")
            kind = _GROUPS.get(group)
            definitions = [each for each in resources if each.type == "aws_ecs_task_definition"]
            if kind in (None, "store") or not definitions:
                continue
            place = self._place(resources)
            badges = tuple(self._sidecars(definitions[0], name))
            service = next((each for each in resources if each.type == "aws_ecs_service"), None)
            if kind == "service" and service is not None:
                providers = [
                    str(each.get("capacity_provider"))
                    for each in listed(service.body.get("capacity_provider_strategy"))
                ]
                how = "Spot" if any(each.endswith("SPOT") for each in providers) else ""
                tasks = names.tasks(service.body, scaling.get(service.address))
                details = tuple(filter(None, [" · ".join(filter(None, (tasks, how)))]))
                yield Node(part, name, "service", "ECS service", place, details, badges, len(resources))
            elif kind == "job":
                when = (
                    tuple(names.schedule(each.body) for each in resources if each.type == "aws_scheduler_schedule")
                    or tuple("on an event" for each in resources if each.type == "aws_cloudwatch_event_rule")[:1]
                )
                yield Node(
                    part,
                    name,
                    "job",
                    "Scheduled ECS task" if when != ("on an event",) else "ECS task",
                    place,
                    when,
                    badges,
                    len(resources),
                )
            else:
                of = tuple(f"before {each}" for each in before.get(name, ()))
                yield Node(part, name, "task", "One-off ECS task", place, of, badges, len(resources))

    @cached_property
    def _runs_before(self) -> dict[str, tuple[str, ...]]:
        """By task the services whose deployments wait for it."""
        found = {}
        for each in self.emitted.of("terraform_data", where="own"):
            told = each.body.get("input")
            if isinstance(told, dict) and "task" in told and "databases" not in told:
                found[str(told["task"])] = tuple(str(service) for service in listed(told.get("services")))
        return found

    def _place(self, resources: list[Resource]) -> str:
        own = [each for each in resources if each.type != "aws_lb"]
        return self.places.of(own) or self.places.of_tasks

    def _sidecars(self, definition: Resource, name: str) -> Iterator[str]:
        containers = parsed(definition.body.get("container_definitions"))
        others = [each for each in listed(containers) if isinstance(each, dict) and each.get("name") != name]
        if others:
            yield count(len(others), "sidecar")

    @cached_property
    def there(self) -> dict[str, str]:
        """The stores that exist already and of which nothing is made here: by name what they are called by."""
        stores = self.emitted.output("own", "stores")
        made = {part.partition("/")[2] for part in self.by_part if part.startswith("stores/")}
        found = sorted(stores.items()) if isinstance(stores, dict) else ()
        return {str(name): str(value) for name, value in found if name not in made}

    def _stores(self) -> Iterator[Node]:
        for part, resources in self.by_part.items():
            if part.startswith("stores/"):
                what, details = names.store(resources)
                place = self.places.of(resources) or self.places.id(ACCOUNT)
                yield Node(part, part.partition("/")[2], "store", what, place, details, (), len(resources))
        arns = sorted({arn for _, _, arn in self.statements if arn.startswith("arn:")})
        for name, called in self.there.items():
            arn = next((each for each in arns if is_called(each, called)), "")
            what = names.by_arn(arn)
            details = (names.EXISTING,) if what else ()
            yield Node(f"stores/{name}", name, "store", what or names.EXISTING, None, details)

    def _sites(self) -> Iterator[Node]:
        for address in sorted(self._buckets_of_sites):
            resource = self.emitted.resources[address]
            site = str(resource.part).partition("/")[2]
            people = {
                each.path[each.path.index("operators") + 1]
                for each in self.by_part.get(str(resource.part), ())
                if "operators" in each.path[:-1]
            }
            badges = (count(len(people), "operator"),) if people else ()
            yield Node(address, f"{site} files", "store", "S3 bucket", self.places.id(ACCOUNT), (), badges)

    @cached_property
    def mails(self) -> dict[str, str]:
        """The SES identities that tasks may send by: ARN → name."""
        return {
            arn: arn.partition("identity/")[2].replace("*", "any")
            for _, _, arn in self.statements
            if ":ses:" in arn and ":identity/" in arn
        }

    def _mail(self) -> Iterator[Node]:
        for arn, name in sorted(self.mails.items()):
            yield Node(arn, name, "shared", "SES identity", self.places.id(ACCOUNT))

    @cached_property
    def statements(self) -> list[tuple[str, tuple[str, ...], str]]:
        """What the tasks' own roles may do: the part, actions, and a resource as it is written."""
        roles = {
            role: str(each.part)
            for each in self.emitted.of("aws_ecs_task_definition", where="own")
            for role in self.emitted.addresses(each.where, each.body.get("task_role_arn"))
        }
        return [
            (roles[role], tuple(str(action) for action in listed(statement.get("Action"))), str(resource))
            for each in self.emitted.of("aws_iam_role_policy", where="own")
            for role in self.emitted.addresses(each.where, each.body.get("role"))
            if role in roles
            for statement in listed((parsed(each.body.get("policy")) or {}).get("Statement"))
            if statement.get("Effect") == "Allow"
            for resource in listed(statement.get("Resource"))
        ]

    # Ways out

    def _ways_out(self) -> Iterator[Node]:
        gateways = Counter(each.type for each in self.emitted.of("aws_nat_gateway", "aws_internet_gateway"))
        nats = gateways["aws_nat_gateway"]
        anybody = any(each.partition("/")[0] in ("services", "jobs", "tasks") for each in self.by_part)
        own = not anybody and self.emitted.output("own", "task_subnet_ids") is not None
        if not (anybody or own) or not gateways:
            return
        private = self.places.of_tasks != self.places.id(PUBLIC)
        if nats and private:
            addresses = count(len(list(self.emitted.of("aws_eip"))), "fixed address")
            name = "NAT gateway" if nats == 1 else "NAT gateways"
            yield Node(OUT, name, "way_out", "the way out", self.places.id(PUBLIC), (addresses,))
        else:
            yield Node(OUT, "Internet gateway", "way_out", "the way out", self.places.id(PUBLIC))


def internet() -> Node:
    """Who comes in, and where the way out leads."""
    return Node(INTERNET, "Internet", "outside", "in and out", None)


def balancer_name(called: str) -> str:
    """As it is declared; some have numbers."""
    return f"Load balancer {called}" if called.isdecimal() else called


def balancer_kind(balancer: Resource) -> str:
    """`public ALB`, `internal ALB`, `public NLB`; of one that exists only that it is one."""
    if balancer.data:
        return "ALB"
    kind = "NLB" if balancer.body.get("load_balancer_type") == "network" else "ALB"
    return f"{'public' if balancer.body.get('internal') is False else 'internal'} {kind}"


_OWN_NODES = ("aws_lb", "aws_cloudfront_distribution", "aws_apigatewayv2_api")
_AUTHORIZER = "aws_apigatewayv2_authorizer"


def is_called(arn: str, name: str) -> bool:
    """Whether an ARN in a policy is of what is called so."""
    plain = arn.removesuffix("/*").removesuffix("/index")
    return plain == name or plain.replace("/", ":").rpartition(":")[2] == name


def _type(address: str) -> str:
    return address.partition(":")[2].removeprefix("data.").partition(".")[0]


def _few(hosts: tuple[str, ...]) -> tuple[str, ...]:
    more = len(hosts) - _MOST_HOSTS
    return hosts if more <= 0 else (*hosts[: _MOST_HOSTS - 1], f"and {more + 1} more hosts")
