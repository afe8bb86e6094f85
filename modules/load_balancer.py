"""A load balancer that many environments share: HTTPS by host name, HTTP sent to HTTPS, 404 for the rest."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from cdktf import ITerraformDependable, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_lb import DataAwsLb
from cdktf_cdktf_provider_aws.data_aws_lb_listener import DataAwsLbListener
from cdktf_cdktf_provider_aws.lb import Lb, LbAccessLogs, LbConnectionLogs
from cdktf_cdktf_provider_aws.lb_listener import (
    LbListener,
    LbListenerDefaultAction,
    LbListenerDefaultActionFixedResponse,
    LbListenerDefaultActionRedirect,
    LbListenerMutualAuthentication,
)
from cdktf_cdktf_provider_aws.lb_listener_certificate import LbListenerCertificate
from cdktf_cdktf_provider_aws.lb_listener_rule import (
    LbListenerRule,
    LbListenerRuleAction,
    LbListenerRuleActionFixedResponse,
    LbListenerRuleCondition,
    LbListenerRuleConditionHostHeader,
)
from cdktf_cdktf_provider_aws.lb_trust_store import LbTrustStore
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.network import ANYWHERE, ANYWHERE_IPV6
from modules.security_group import once, security_group
from tanada.contract.common import LoadBalancer as LoadBalancerContract
from tanada.declared import load_balancer as declared
from tanada.declared.rule_numbers import LAST
from tanada.names import Names

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""AWS's recommendation; left out, the API takes one of 2016 (ELB guide, "Security policies")."""


class LoadBalancerSecurity(Construct):
    """Security groups of all load balancers, of those that are internal, and of all tasks behind them.

    Tasks behind any wear one shared group, so that the load balancers need one rule out and not one a service: a group
    holds 60 rules (VPC quotas). Nothing gets in by it: each service's own group lets them in, to its ports alone.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        vpc_id: str,
        cidr: str,
        internal: Collection[bool],
        sign_in: bool = False,
    ) -> None:
        """`internal` says of which kinds there are load balancers; `cidr` is the VPC's range; `sign_in`: whether they
        ask who somebody is."""
        super().__init__(scope, id)
        self._sign_in = sign_in
        self.behind_group_id = security_group(
            self,
            "behind",
            names=names,
            part="behind",
            description="Tasks behind load balancers, nothing gets in by this",
            vpc_id=vpc_id,
        )
        # Up to 0.1.0 of November 2026 tasks wore this one, with all ports: it stays until no environment and no review
        # environment of that day runs any more, for what a layer takes away first cuts off those that come after.
        self.target_group_id = security_group(
            self,
            "targets",
            names=names,
            part="targets",
            description="Tasks that load balancers may reach",
            vpc_id=vpc_id,
        )
        self.group_ids: dict[bool, str] = {}
        """By whether they are for internal ones."""
        if False in internal:
            self.group_ids[False] = group = security_group(
                self,
                "load_balancers",
                names=names,
                part="load-balancers",
                description="Load balancers, open to the internet",
                vpc_id=vpc_id,
            )
            self._listens(group, "", "_ipv4", "anywhere", cidr_ipv4=ANYWHERE)
            self._listens(group, "", "_ipv6", "anywhere over IPv6", cidr_ipv6=ANYWHERE_IPV6)
            self._leads(group, "", "load balancers")
        if True in internal:
            self.group_ids[True] = group = security_group(
                self,
                "internal_load_balancers",
                names=names,
                part="internal-load-balancers",
                description="Load balancers, reached from inside the VPC alone",
                vpc_id=vpc_id,
            )
            self._listens(group, "internal_", "", "the VPC", cidr_ipv4=cidr)
            self._leads(group, "internal_", "internal load balancers")

    def _listens(
        self,
        group: str,
        prefix: str,
        suffix: str,
        whom: str,
        *,
        cidr_ipv4: str | None = None,
        cidr_ipv6: str | None = None,
    ) -> None:
        for port, use in ((443, "HTTPS"), (80, "HTTP, redirected to HTTPS")):
            VpcSecurityGroupIngressRule(
                self,
                f"{prefix}port_{port}{suffix}",
                security_group_id=group,
                description=f"{use} from {whom}",
                cidr_ipv4=cidr_ipv4,
                cidr_ipv6=cidr_ipv6,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
            )

    def _leads(self, group: str, prefix: str, whose: str) -> None:
        if self._sign_in:
            # Cognito has no addresses of its own that a rule could name, and is asked over IPv4 (Elastic Load Balancing
            # guide, "Authenticate users using an Application Load Balancer").
            VpcSecurityGroupEgressRule(
                self,
                f"{prefix}to_sign_in",
                security_group_id=group,
                description=f"To Cognito, which the {whose} ask who somebody is",
                cidr_ipv4=ANYWHERE,
                ip_protocol="tcp",
                from_port=443,
                to_port=443,
            )
        VpcSecurityGroupEgressRule(
            self,
            f"{prefix}to_behind",
            security_group_id=group,
            description=f"To the tasks behind the {whose}",
            referenced_security_group_id=self.behind_group_id,
            ip_protocol="tcp",
            from_port=1,
            to_port=65535,
        )
        VpcSecurityGroupEgressRule(
            self,
            f"{prefix}to_targets",
            security_group_id=group,
            description=f"To the tasks behind the {whose}",
            referenced_security_group_id=self.target_group_id,
            ip_protocol="tcp",
            from_port=1,
            to_port=65535,
        )
        VpcSecurityGroupIngressRule(
            self,
            f"from_{prefix}load_balancers",
            security_group_id=self.target_group_id,
            description=f"From the {whose}",
            referenced_security_group_id=group,
            ip_protocol="tcp",
            from_port=1,
            to_port=65535,
        )


def _floor(scope: Construct, listener_arn: str) -> None:
    """A rule that no request fits, at the last number that environments give: who takes the highest and one stays off
    theirs."""
    LbListenerRule(
        scope,
        "floor",
        listener_arn=listener_arn,
        priority=LAST,
        # No name ends in it (RFC 6761, 6.4).
        condition=[LbListenerRuleCondition(host_header=LbListenerRuleConditionHostHeader(values=["floor.invalid"]))],
        action=[
            LbListenerRuleAction(
                type="fixed-response",
                fixed_response=LbListenerRuleActionFixedResponse(content_type="text/plain", status_code="404"),
            )
        ],
        tags={"Name": "floor"},
    )


class LoadBalancer(Construct):
    """One Application Load Balancer with its two listeners and all certificates, by the word of their domain."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: declared.LoadBalancer,
        *,
        names: Names,
        called: str,
        subnet_ids: list[str],
        security_group_id: str,
        certificates: Mapping[str, str],
        address_type: str,
        internet_gateway: ITerraformDependable | None,
        log_bucket: str,
        log_bucket_policy: ITerraformDependable,
        keep: bool,
        floor: bool = False,
    ) -> None:
        """`called` is what it is called in AWS: another name there would be another load balancer."""
        super().__init__(scope, id)
        name, protected = names.limited(f"alb-{called}", 32), keep and settings.removal == "keep"
        (_, default), *others = certificates.items()
        balancer = Lb(
            self,
            "balancer",
            name=name,
            load_balancer_type="application",
            internal=settings.internal,
            ip_address_type=address_type,
            subnets=subnet_ids,
            security_groups=[security_group_id],
            enable_deletion_protection=protected,
            # Headers with an underscore are dropped too: partners' programs must not send any.
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            preserve_host_header=True,
            xff_header_processing_mode="append",
            enable_zonal_shift=True,
            # The application's own keep-alive must be longer, else the client now and then sees 502.
            idle_timeout=settings.idle_timeout,
            client_keep_alive=3600,
            access_logs=LbAccessLogs(bucket=log_bucket, prefix="load-balancers", enabled=True),
            connection_logs=LbConnectionLogs(bucket=log_bucket, prefix="load-balancers", enabled=True),
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=protected),
            # Without the policy the API refuses the bucket: "Access Denied".
            # And without the gateway a public load balancer: "VPC has no internet gateway".
            depends_on=[log_bucket_policy, *([internet_gateway] if internet_gateway is not None else [])],
        )
        self.arn, self.internal = balancer.arn, settings.internal
        listener = LbListener(
            self,
            "https",
            load_balancer_arn=self.arn,
            port=443,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=default,
            mutual_authentication=self._clients(settings.mutual_tls, names, called),
            routing_http_response_server_enabled=False,
            routing_http_response_strict_transport_security_header_value="max-age=31536000",
            routing_http_response_x_content_type_options_header_value="nosniff",
            default_action=[
                LbListenerDefaultAction(
                    type="fixed-response",
                    fixed_response=LbListenerDefaultActionFixedResponse(
                        content_type="text/plain", message_body="No environment has this name.", status_code="404"
                    ),
                )
            ],
        )
        listener_arn = listener.arn
        if floor:
            _floor(self, listener_arn)
        # By domain, not by position: one more domain must not move the others' certificates.
        for word, arn in others:
            LbListenerCertificate(self, f"{word}_certificate", listener_arn=listener_arn, certificate_arn=arn)
        LbListener(
            self,
            "http",
            load_balancer_arn=self.arn,
            port=80,
            protocol="HTTP",
            default_action=[
                LbListenerDefaultAction(
                    type="redirect",
                    redirect=LbListenerDefaultActionRedirect(port="443", protocol="HTTPS", status_code="HTTP_301"),
                )
            ],
        )
        self.contract = LoadBalancerContract(
            listener_arn=listener_arn,
            dns_name=balancer.dns_name,
            zone_id=balancer.zone_id,
            security_group_id=security_group_id,
        )

    def _clients(
        self, settings: declared.MutualTls | None, names: Names, called: str
    ) -> LbListenerMutualAuthentication | None:
        if settings is None:
            # Not `off`: of that the provider has refused what it itself knows (hashicorp/terraform-provider-aws#43251),
            # and what was never said needs no word.
            return None
        name = names.limited(f"trust-{called}", 32)
        bucket, _, key = settings.bundle.removeprefix("s3://").partition("/")
        store = LbTrustStore(
            self,
            "trust_store",
            name=name,
            ca_certificates_bundle_s3_bucket=bucket,
            ca_certificates_bundle_s3_key=key,
            ca_certificates_bundle_s3_object_version=settings.version,
            tags={"Name": name},
        )
        if not settings.asked:
            return LbListenerMutualAuthentication(mode="off")
        return LbListenerMutualAuthentication(
            mode="verify", trust_store_arn=store.arn, ignore_client_certificate_expiry=settings.expired
        )


class ExistingLoadBalancer(Construct):
    """One that is there already, somebody else's: what its HTTPS listener answers at our hosts is all that changes.

    It has to lie in the same VPC, and its own security group to let it out to the tasks.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        existing: str,
        *,
        target_group_id: str,
        certificates: Mapping[str, str],
        before: Sequence[str],
    ) -> None:
        """`before` are the groups of the others, whose rules come first."""
        super().__init__(scope, id)
        balancer = DataAwsLb(self, "balancer", arn=existing)
        listener = DataAwsLbListener(self, "https", load_balancer_arn=existing, port=443)
        # Its interfaces count as members of each group that they wear.
        group = f"${{tolist({balancer.fqn}.security_groups)[0]}}"
        rule = VpcSecurityGroupIngressRule(
            self,
            "to_targets",
            security_group_id=target_group_id,
            description="From a load balancer that was there already",
            referenced_security_group_id=group,
            ip_protocol="tcp",
            from_port=1,
            to_port=65535,
        )
        once(rule, group, before)
        for word, arn in certificates.items():
            LbListenerCertificate(self, f"{word}_certificate", listener_arn=listener.arn, certificate_arn=arn)
        self.contract = LoadBalancerContract(
            listener_arn=listener.arn, dns_name=balancer.dns_name, zone_id=balancer.zone_id, security_group_id=group
        )
