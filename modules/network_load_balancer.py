"""The way to a service over TCP: a network load balancer of its own, with target groups, listeners and records."""

from __future__ import annotations

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.lb_listener import LbListener, LbListenerDefaultAction
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup, LbTargetGroupHealthCheck
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.here import Here
from modules.network import ANYWHERE, ANYWHERE_IPV6
from modules.public_route import TARGET_TYPE, Edge, HostRecords
from modules.security_group import security_group
from tanada.declared.tcp import Tcp

_PROTOCOL = "TCP"
_WORDS = {ANYWHERE: "anywhere", ANYWHERE_IPV6: "anywhere_ipv6"}


class NetworkLoadBalancer(Construct):
    """One load balancer of one service. It and its tasks know each other by their security groups; a task sees the
    address of who connects."""

    def __init__(
        self, scope: Construct, id: str, settings: Tcp, here: Here, *, called: str, group_id: str, delay: int
    ) -> None:
        """`called` is the service's name in AWS, `group_id` what its tasks wear, `delay` the seconds in which a task
        that goes may end what it has begun."""
        super().__init__(scope, id)
        self._here, self._called = here, called
        self.rules: list[ITerraformDependable] = []
        """What must be there before a task is registered, and until none is."""
        self.groups: list[tuple[int, LbTargetGroup]] = []
        """Each with the port of the task that it leads to."""
        name = here.names.limited(f"{called}-tcp", 32)
        if name.startswith("internal-"):  # which is ELB's own (API reference, CreateLoadBalancer, Name)
            name = f"tcp-{here.names.limited(called, 28)}"
        # A load balancer that is made without a group never gets one (Elastic Load Balancing guide, "Security groups
        # for your Network Load Balancer").
        own = security_group(
            self,
            "group",
            names=here.names,
            part=f"{called}-tcp",
            description=f"Network load balancer of {called}",
            vpc_id=here.shared.vpc_id,
        )
        self._lets_in(settings, own)
        doors = self._leads(settings, own, group_id)
        self.balancer = Lb(
            self,
            "balancer",
            name=name,
            load_balancer_type="network",
            internal=False,
            ip_address_type=here.address_type,
            subnets=list(here.public_subnet_ids),
            security_groups=[own],
            # One task stands in one zone, and the name leads to all.
            enable_cross_zone_load_balancing=True,
            # Nothing is lost with it but its addresses, and the name follows: it goes with the word.
            enable_deletion_protection=False,
            tags={"Name": name},
        )
        for listens, port in settings.ports.items():
            group = self._target_group(listens, port, delay, doors)
            listener = LbListener(
                self,
                f"listener_{listens}",
                load_balancer_arn=self.balancer.arn,
                port=int(listens),
                protocol=_PROTOCOL,
                tcp_idle_timeout_seconds=settings.idle_timeout,
                default_action=[LbListenerDefaultAction(type="forward", target_group_arn=group.arn)],
            )
            self.groups.append((port, group))
            self.rules.append(listener)
        self.rules.extend(doors)

    def _lets_in(self, settings: Tcp, own: str) -> None:
        for listens in settings.ports:
            for source in settings.allow or (ANYWHERE, ANYWHERE_IPV6):
                word = _WORDS.get(source) or source.replace(".", "-").replace(":", "-").replace("/", "_")
                ipv6 = ":" in source
                self.rules.append(
                    VpcSecurityGroupIngressRule(
                        self,
                        f"port_{listens}_from_{word}",
                        security_group_id=own,
                        description=f"Port {listens} from {source}",
                        cidr_ipv4=None if ipv6 else source,
                        cidr_ipv6=source if ipv6 else None,
                        ip_protocol="tcp",
                        from_port=int(listens),
                        to_port=int(listens),
                    )
                )

    def _leads(self, settings: Tcp, own: str, group_id: str) -> list[ITerraformDependable]:
        made: list[ITerraformDependable] = []
        # Of another port there is another rule beside it: tasks that run stay reached until those of the new one are
        # well.
        stays = TerraformResourceLifecycle(create_before_destroy=True)
        for port in dict.fromkeys(settings.ports.values()):
            made.append(
                VpcSecurityGroupEgressRule(
                    self,
                    f"to_port_{port}",
                    security_group_id=own,
                    description=f"To the tasks of {self._called}",
                    referenced_security_group_id=group_id,
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    lifecycle=stays,
                )
            )
            made.append(
                VpcSecurityGroupIngressRule(
                    self,
                    f"from_load_balancer_port_{port}",
                    security_group_id=group_id,
                    description=f"Network load balancer to {self._called}",
                    referenced_security_group_id=own,
                    ip_protocol="tcp",
                    from_port=port,
                    to_port=port,
                    lifecycle=stays,
                )
            )
        return made

    def _target_group(self, listens: str, port: int, delay: int, doors: list[ITerraformDependable]) -> LbTargetGroup:
        here, called = self._here, self._called
        # All that replaces it is in its name's hash, as with those of HTTP (modules/public_route.py).
        name = here.names.limited(called, 32, "network", listens, _PROTOCOL, TARGET_TYPE, here.shared.vpc_id)
        return LbTargetGroup(
            self,
            f"target_group_{listens}",
            name=name,
            vpc_id=here.shared.vpc_id,
            port=port,
            protocol=_PROTOCOL,
            target_type=TARGET_TYPE,
            deregistration_delay=str(delay),
            # Whoever is still connected then hears of it, before the task stops without a word.
            connection_termination=True,
            # Of targets by address AWS doesn't by itself.
            preserve_client_ip="true",
            health_check=LbTargetGroupHealthCheck(
                enabled=True,
                protocol=_PROTOCOL,
                interval=10,
                timeout=5,
                healthy_threshold=3,
                unhealthy_threshold=3,
            ),
            tags={"Name": here.names.joined(called)},
            depends_on=[*doors],
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True, ignore_changes=["name", "port"]),
        )


def recorded(here: Here, host: str, way: NetworkLoadBalancer, service: ITerraformDependable) -> None:
    """The records of its host; where that lies in no zone whoever keeps its DNS is told."""
    zone = here.zones.get(host)
    if zone is None:
        here.unrecorded[here.instance.host(host)] = way.balancer.dns_name
        return
    HostRecords(here, host, Edge(way.balancer.dns_name, way.balancer.zone_id), zone, [service])
