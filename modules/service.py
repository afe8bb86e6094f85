"""An ECS service on Fargate: names, ways from outside, and the service itself, around what runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.ecs_service import (
    EcsService,
    EcsServiceDeploymentCircuitBreaker,
    EcsServiceLoadBalancer,
    EcsServiceNetworkConfiguration,
    EcsServiceServiceRegistries,
    EcsServiceTimeouts,
)
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.capacity import capacity
from modules.deployments import Balancers, configuration
from modules.here import Here
from modules.listener_rules import ListenerRules, Place
from modules.private_names import PrivateName, host
from modules.proxies import connected, in_order
from modules.public_route import Moved, PublicRoute, host_records
from modules.reach import Reach
from modules.reachable import Door, Reachable
from modules.runs import Runs
from modules.security_group import once
from modules.task import waits_longer
from tanada.contract.environment import Service as ServiceContract
from tanada.declarations import placeholders
from tanada.declared import service as declared
from tanada.declared import sites
from tanada.declared.alarm_words import named
from tanada.declared.answers import Answer, answers, openings
from tanada.declared.expanded import expanded
from tanada.declared.hosts import DOMAIN, behind_api_gateway, behind_cloudfront, led, led_by
from tanada.declared.load_balancer import is_of_one
from tanada.declared.service_connect import called_so

if TYPE_CHECKING:
    from modules.network_load_balancer import NetworkLoadBalancer

LAYER = "(services)"
"""What all of them stand below: a word of their paths, and of no address."""


def services(
    here: Here, reach: Reach, awaited: Mapping[str, Sequence[ITerraformDependable]], rules: ListenerRules
) -> dict[str, Service]:
    """The environment's services, by name, and the records of their hosts; `awaited`: what each of them waits for
    beside what it needs."""
    scope, words = Construct(here.stack, LAYER), reach.words
    declared_ = here.blueprint.services
    first: dict[str, Service] = {}
    for name in in_order(declared_):
        first[name] = Service(
            scope,
            name,
            expanded(declared_[name], lambda text: placeholders.expand(text, words)),
            here,
            reach,
            rules.of(name),
            [*awaited[name], *(first[each].service for each in called_so(name, declared_))],
        )
    made = {name: first[name] for name in declared_}
    _host_records(here, made)
    if here.instance.permanent:
        _rollbacks(here, made)
    return made


def _rollbacks(here: Here, made: Mapping[str, Service]) -> None:
    """The alarms that each service is rolled back on, which may be another's."""
    known = named(here.blueprint.services)
    for name, settings in here.blueprint.services.items():
        if settings.rollback_alarms is not None:
            of = [(made[whose].alarms, words) for whose, words in (known[each] for each in settings.rollback_alarms)]
            made[name].rolls_back_on([alarms[word] for alarms, words in of for word in words])


def _host_records(here: Here, made: Mapping[str, Service]) -> None:
    """The records of each host, once for all services that answer there."""
    domain, services = here.instance.certain_domain, here.blueprint.services.values()
    # Those that lead to CloudFront, or to API Gateway:
    shown = {*sites.hosts(here.blueprint.sites, domain)}
    before = (*behind_cloudfront(services), *behind_api_gateway(services))
    shown |= {host for http in before for host in led_by(http, domain)}
    answering: dict[str, list[Service]] = {}
    for each in made.values():
        for way in (way for way in each.hosts if way not in shown):
            answering.setdefault(way, []).append(each)
    for way, several in answering.items():
        # It was one service that answered up to 0.1.0: the one that answers what no path leads elsewhere.
        first = next((each for each in several if each.takes_the_rest), several[0])
        records = host_records(here, way, first.hosts[way], [each.service for each in several])
        if way == DOMAIN and first.route is not None:
            first.earlier = first.route.earlier(first.path, records)


def reachable(here: Here, reach: Reach) -> dict[str, Reachable]:
    """What services offer to each other, known before any of them is made; one without a port offers nothing."""
    offers = {}
    for name, settings in here.blueprint.services.items():
        if settings.answers_at is not None:
            called = host(here.called(name), here.instance.name, here.namespace)
            offers[name] = Reachable(
                words={
                    "url": f"http://{called}:{settings.answers_at}",
                    "host": called,
                    "port": str(settings.answers_at),
                },
                doors=(Door(reach.group_ids[name], settings.answers_at),),
                places=(),
                access=(),
                narrowed={},
                secrets={},
            )
    return offers


class Service(Runs):
    """One service of an environment; private unless its settings say `http`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: declared.Service,
        here: Here,
        reach: Reach,
        places: Sequence[Place] = (),
        before: Sequence[ITerraformDependable] = (),
    ) -> None:
        """The settings' texts are expanded already; `places` are those of its listener rules, `before` what it waits
        for."""
        super().__init__(scope, id, settings, here, reach)
        private_name = None
        if settings.answers_at is not None:
            private_name = PrivateName(
                self,
                "(private_name)",
                name=f"{self._called}.{here.names.environment}",
                namespace_id=here.shared.namespace_id,
            )
        routes = self.routes = self._public_routes(places)
        """Its ways from outside."""
        self.route = next((route for answer, route in routes if answer.sidecar is None), None)
        """The service's own."""
        self._entered = self._network_load_balancer()
        service = self.service = self._service([*self.policies, *before], private_name, routes)
        if self._entered is not None and settings.tcp is not None:
            from modules.network_load_balancer import recorded

            recorded(here, settings.tcp.host, self._entered, service)
        self._scaled(routes)
        self.hosts = led(settings, here.instance.certain_domain) if routes else {}
        """The load balancer that each of its hosts leads to."""
        self.takes_the_rest = settings.http is not None and not settings.http.paths
        self.path = (LAYER, id)
        self.earlier: Sequence[Moved] = self.route.earlier(self.path) if self.route is not None else ()
        self.deployed = self.definition.arn if settings.external else service.task_definition
        """The revision that it runs; where others deploy it, the one that they are given."""
        self.contract = ServiceContract(
            service=here.names.joined(self._called), family=self.family, log_group=self._log.name
        )
        self._alarms = self._watch(routes)
        if any(answer.http.route53_health_check is not None for answer, _ in routes):
            from modules.health_checks import from_outside  # few services are asked so

            from_outside(self, here, self._called, [answer for answer, _ in routes])

    def _watch(self, routes: Sequence[tuple[Answer, PublicRoute]]) -> Mapping[str, str]:
        """Its alarms, of a permanent environment: by their words, their names."""
        if not self._here.instance.permanent:
            return {}
        from modules.alarms import alarms  # its part of the provider, which review needs not
        from modules.service_alarms import watched

        return alarms(self, self._here, self._id, watched(self._settings, self._here, self.contract.service, routes))

    def rolls_back_on(self, alarms: Sequence[str]) -> None:
        """Names of alarms: one that rings while a deployment runs rolls it back; with none, none does any more.

        ECS keeps what an update doesn't speak of (aws/copilot-cli#4565) and takes no list without a name, so one that
        is not looked at stands there then.
        """
        names = [*alarms] or [self._alarms["memory"]]
        self.service.put_alarms(alarm_names=names, enable=bool(alarms), rollback=bool(alarms))

    @property
    def alarms(self) -> Mapping[str, str]:
        """By their words, the names of its alarms."""
        return self._alarms

    def _doors(self) -> list[ITerraformDependable]:
        """What lets load balancers in. The port is part of each address: of another one there is another rule beside
        it, and tasks that run stay reached until those of the new port are well."""
        here = self._here
        made: list[ITerraformDependable] = []
        there: dict[int, list[str]] = {}
        for opening in openings(self._settings, here.worn):
            group = here.load_balancer(opening.load_balancer).security_group_id
            rule = VpcSecurityGroupIngressRule(
                self,
                f"from_{opening.group}_port_{opening.port}",
                security_group_id=self._reach.group_ids[self._id],
                description=f"Load balancers to {self._called}",
                referenced_security_group_id=group,
                ip_protocol="tcp",
                from_port=opening.port,
                to_port=opening.port,
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            )
            if is_of_one(opening.group):
                once(rule, group, there.setdefault(opening.port, []))
                there[opening.port].append(group)
            made.append(rule)
        return made

    def _public_routes(self, places: Sequence[Place]) -> list[tuple[Answer, PublicRoute]]:
        """The ways from outside of all containers that have one."""
        if not self._here.instance.domain:
            return []
        doors = self._doors()
        return [
            (
                answer,
                PublicRoute(
                    self,
                    answer.sidecar or "(public)",
                    self._here,
                    answer,
                    [place for place in places if place.rule.container == answer.sidecar],
                    doors,
                    called=f"{self._called}-{answer.sidecar}" if answer.sidecar is not None else self._called,
                    delay=self._settings.deregistration_delay,
                    shifts=self._settings.shifts,
                ),
            )
            for answer in answers(self._settings)
        ]

    def _network_load_balancer(self) -> NetworkLoadBalancer | None:
        here, settings = self._here, self._settings
        if settings.tcp is None or not here.instance.permanent:
            return None
        from modules.network_load_balancer import NetworkLoadBalancer  # few services are reached so

        return NetworkLoadBalancer(
            self,
            "tcp",
            settings.tcp,
            here,
            called=self._called,
            group_id=self._reach.group_ids[self._id],
            delay=settings.deregistration_delay,
        )

    def _blocks(self, balancers: Balancers | None) -> list[EcsServiceLoadBalancer]:
        """What leads to its tasks."""
        blocks = [*balancers.blocks] if balancers is not None else []
        names = {port: name for name, ports in self._settings.entered.items() for port in ports}
        for port, group in self._entered.groups if self._entered is not None else ():
            container = names[port] or self._called
            blocks.append(
                EcsServiceLoadBalancer(target_group_arn=group.arn, container_name=container, container_port=port)
            )
        return blocks

    def _service(
        self,
        policies: list[ITerraformDependable],
        private_name: PrivateName | None,
        routes: Sequence[tuple[Answer, PublicRoute]],
    ) -> EcsService:
        here, settings = self._here, self._settings
        groups = [self._reach.group_ids[self._id], *settings.security_groups]
        balancers = Balancers(self, settings, here, self._called, routes) if routes else None
        # Destroyed in this order a service never stands without its permissions or its rule: else tasks that can't
        # stop ("DRAINING", provider's own note) and deployments that stall (containers-roadmap#1884).
        after: list[ITerraformDependable] = [*policies, *self._reach.rules[self._id]]
        if balancers is not None:
            groups.append(here.shared.behind_security_group_id)
            after.extend(rule for _, route in routes for rule in route.rules)
            after.extend(balancers.policies)
        if self._entered is not None:
            after.extend(self._entered.rules)
        blocks = self._blocks(balancers)
        name, patience = here.names.joined(self._called), f"{settings.minutes}m"
        # UpdateService names a number of tasks only where that changed (the provider's ecs/service.go).
        left = [*(["task_definition"] if settings.external else []), *(["desired_count"] if settings.scale else [])]
        return EcsService(
            self,
            "service",
            name=name,
            cluster=here.shared.cluster_arn,
            task_definition=self.definition.arn,
            desired_count=settings.least,
            # Never launch_type: changing over from it replaces the service.
            capacity_provider_strategy=capacity(settings.spot),
            force_new_deployment=True,
            network_configuration=EcsServiceNetworkConfiguration(
                subnets=here.shared.task_subnet_ids,
                security_groups=groups,
                # Without a NAT nothing else leads out.
                assign_public_ip=not here.nat,
            ),
            load_balancer=blocks or None,
            # Counts for health checks of containers too, which by themselves wait for five minutes at most.
            health_check_grace_period_seconds=settings.health_check_grace_period
            if blocks or waits_longer(settings)
            else None,
            service_connect_configuration=connected(here, self._id, settings, self._log.name),
            service_registries=EcsServiceServiceRegistries(registry_arn=private_name.arn) if private_name else None,
            enable_execute_command=settings.exec,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            # It starts a task before it stops another, and ECS has it not with a maximum of 100 % (ECS guide,
            # "Balancing an Amazon ECS service across Availability Zones").
            availability_zone_rebalancing="DISABLED" if settings.rollout.recreate else "ENABLED",
            deployment_minimum_healthy_percent=settings.rollout.minimum,
            deployment_maximum_percent=settings.rollout.maximum,
            # Said of rolling, too, where it may have been another one: what is left out may stay as it was.
            deployment_configuration=configuration(settings.rollout)
            if settings.external and balancers is not None
            else None,
            deployment_circuit_breaker=EcsServiceDeploymentCircuitBreaker(enable=True, rollback=True),
            # Without waiting a broken deployment looks green; with it Ctrl-C rolls back.
            wait_for_steady_state=True,
            sigint_rollback=True,
            timeouts=EcsServiceTimeouts(create=patience, update=patience, delete=patience),
            tags={"Name": name},
            depends_on=after,
            # Which revision runs is then said by others, and how many tasks by load and hours, which each plan would
            # take back; all else stays Terraform's (docs/capabilities/service.md).
            lifecycle=TerraformResourceLifecycle(ignore_changes=left) if left else None,
        )

    def _scaled(self, routes: Sequence[tuple[Answer, PublicRoute]]) -> None:
        """What changes its number of tasks."""
        if self._settings.scale is None:
            return
        from modules.scaling import Behind, Scaling  # here: few services scale

        here = self._here
        behind = [
            Behind(
                "_".join([*([answer.sidecar] if answer.sidecar else []), balancer]),
                here.load_balancer(balancer).listener_arn,
                group,
            )
            for answer, route in routes
            for balancer, group in zip(answer.http.load_balancer, route.groups, strict=True)
        ]
        queues = {name: self._reach.words[f"{name}.name"] for name in self._settings.scale.queue}
        Scaling(self, "scale", self._settings.scale, here, self._called, self.service, behind, queues)
