"""The VPC that all environments of an account share, its subnets, its way out, and the baseline of security groups."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network

from cdktf import ITerraformDependable, Postcondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_availability_zones import (
    DataAwsAvailabilityZones,
    DataAwsAvailabilityZonesFilter,
)
from cdktf_cdktf_provider_aws.data_aws_subnet import DataAwsSubnet
from cdktf_cdktf_provider_aws.data_aws_vpc import DataAwsVpc
from cdktf_cdktf_provider_aws.default_security_group import DefaultSecurityGroup
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.flow_log import FlowLog
from cdktf_cdktf_provider_aws.internet_gateway import InternetGateway
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.route import Route
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.route_table_association import RouteTableAssociation
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc
from cdktf_cdktf_provider_aws.vpc_endpoint import VpcEndpoint
from constructs import Construct

from tanada.declared.network import Network as NetworkSettings
from tanada.names import Names
from tanada.regions import WITHOUT_FARGATE

ANYWHERE = "0.0.0.0/0"
ANYWHERE_IPV6 = "::/0"
AFTER_ITS_USERS = TerraformResourceLifecycle(create_before_destroy=True)
"""Taken out of the declaration, it goes when what used it uses it no more; without it Terraform destroys first, and
updates its users after that (terraform.io, "create_before_destroy"). It is read from the state, so it helps from the
second apply on."""


class Network(Construct):
    """VPC over two or three zones: public subnets for load balancers and NAT, private ones for tasks.

    Private subnets are IPv4 alone: over IPv6 a task would leave from its own address, not from the fixed one.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: NetworkSettings,
        *,
        names: Names,
        account_id: str,
        region: str,
        keep: bool,
        log_bucket_arn: str,
        log_bucket_policy: ITerraformDependable,
    ) -> None:
        super().__init__(scope, id)
        self._name = name = names.system
        # The public subnets have IPv6 so that load balancers answer on both (records A and AAAA).
        self.vpc = Vpc(
            self,
            "vpc",
            cidr_block=settings.cidr,
            assign_generated_ipv6_cidr_block=True,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": name},
            # Everything of the account stands in it: another one (its range can't change) would be another network.
            lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
        )
        # Written out, not a token: inside the expressions that make names a token of CDKTF loses its braces.
        # Of a fixed word, too: for its address a construct asks Node, and waits for it.
        self.vpc_id = f"${{aws_vpc.{id}_vpc.id}}"
        # Without rules: nothing can wear the default group by accident (CKV2_AWS_12).
        DefaultSecurityGroup(
            self, "default_security_group", vpc_id=self.vpc_id, tags={"Name": f"{name}-default-unused"}
        )
        self.internet_gateway = InternetGateway(self, "internet_gateway", vpc_id=self.vpc_id, tags={"Name": name})
        FlowLog(
            self,
            "flow_log",
            vpc_id=self.vpc_id,
            traffic_type="ALL",
            log_destination_type="s3",
            log_destination=log_bucket_arn,
            tags={"Name": name},
            depends_on=[log_bucket_policy],
        )

        self.public_subnets, self.private_subnets = self._subnets(settings, region, keep)
        self.public_route_table = self._public_routes()
        self.addresses, self.nat_gateways = self._nat(settings, keep)
        self.private_route_tables = self._private_routes()
        self._endpoints(region)
        self.cidr, self.address_type = settings.cidr, "dualstack"
        if settings.endpoints:
            from modules.endpoints import InterfaceEndpoints  # where one is declared alone

            InterfaceEndpoints(
                self,
                "endpoints",
                settings.endpoints,
                names=names,
                vpc_id=self.vpc_id,
                cidr=settings.cidr,
                subnet_ids=self.private_subnet_ids,
                region=region,
                account_id=account_id,
            )

    def _subnets(self, settings: NetworkSettings, region: str, keep: bool) -> tuple[list[Subnet], list[Subnet]]:
        zones = DataAwsAvailabilityZones(
            self,
            "zones",
            state="available",
            # Local Zones have neither NAT nor Fargate.
            filter=[DataAwsAvailabilityZonesFilter(name="opt-in-status", values=["opt-in-not-required"])],
            # By id: the first by name is one of these in some accounts.
            exclude_zone_ids=list(WITHOUT_FARGATE.get(region, ())) or None,
        )
        private, public = split(settings.cidr, settings.availability_zones)
        stays = TerraformResourceLifecycle(
            # AWS may add a zone one day and shift the list: a subnet that exists stays where it is.
            ignore_changes=["availability_zone"],
            # One that goes with its zone goes after load balancers have left it: AWS deletes none that is in use
            # (hashicorp/terraform#29925). None is replaced, so no two ranges meet: only another VPC or range could.
            create_before_destroy=True,
            prevent_destroy=keep,
        )

        def zone(index: int) -> str:
            return f"${{{zones.fqn}.names[{index}]}}"

        ipv6 = self.vpc.ipv6_cidr_block
        return (
            [
                Subnet(
                    self,
                    f"public_{index}",
                    vpc_id=self.vpc_id,
                    availability_zone=zone(index),
                    cidr_block=cidr,
                    ipv6_cidr_block=f"${{cidrsubnet({ipv6}, 8, {index})}}",
                    map_public_ip_on_launch=False,
                    tags={"Name": f"{self._name}-public-{index}"},
                    lifecycle=stays,
                )
                for index, cidr in enumerate(public)
            ],
            [
                Subnet(
                    self,
                    f"private_{index}",
                    vpc_id=self.vpc_id,
                    availability_zone=zone(index),
                    cidr_block=cidr,
                    map_public_ip_on_launch=False,
                    tags={"Name": f"{self._name}-private-{index}"},
                    lifecycle=stays,
                )
                for index, cidr in enumerate(private)
            ],
        )

    def _public_routes(self) -> RouteTable:
        table = RouteTable(self, "public", vpc_id=self.vpc_id, tags={"Name": f"{self._name}-public"})
        table_id, gateway_id = table.id, self.internet_gateway.id
        Route(self, "public_ipv4", route_table_id=table_id, destination_cidr_block=ANYWHERE, gateway_id=gateway_id)
        Route(
            self,
            "public_ipv6",
            route_table_id=table_id,
            destination_ipv6_cidr_block=ANYWHERE_IPV6,
            gateway_id=gateway_id,
        )
        for index, subnet in enumerate(self.public_subnets):
            RouteTableAssociation(self, f"public_{index}_routes", subnet_id=subnet.id, route_table_id=table_id)
        return table

    def _nat(self, settings: NetworkSettings, keep: bool) -> tuple[list[Eip], list[NatGateway]]:
        addresses, gateways = [], []
        for index in range({"none": 0, "single": 1, "per_zone": settings.availability_zones}[settings.nat]):
            # Partners let these addresses in: losing one is losing them.
            address = Eip(
                self,
                f"nat_address_{index}",
                domain="vpc",
                tags={"Name": f"{self._name}-nat-{index}"},
                lifecycle=TerraformResourceLifecycle(prevent_destroy=keep),
            )
            gateways.append(
                NatGateway(
                    self,
                    f"nat_{index}",
                    allocation_id=address.id,
                    subnet_id=self.public_subnets[index].id,
                    tags={"Name": f"{self._name}-{index}"},
                    depends_on=[self.internet_gateway],
                    lifecycle=AFTER_ITS_USERS,
                )
            )
            addresses.append(address)
        return addresses, gateways

    def _private_routes(self) -> list[RouteTable]:
        tables = []
        for index, subnet in enumerate(self.private_subnets):
            table = RouteTable(
                self,
                f"private_{index}_table",
                vpc_id=self.vpc_id,
                tags={"Name": f"{self._name}-private-{index}"},
                lifecycle=AFTER_ITS_USERS,
            )
            RouteTableAssociation(self, f"private_{index}_routes", subnet_id=subnet.id, route_table_id=table.id)
            if self.nat_gateways:
                Route(
                    self,
                    f"private_{index}_out",
                    route_table_id=table.id,
                    destination_cidr_block=ANYWHERE,
                    nat_gateway_id=self.nat_gateways[min(index, len(self.nat_gateways) - 1)].id,
                )
            tables.append(table)
        return tables

    def _endpoints(self, region: str) -> None:
        # Gateway endpoints cost nothing and spare NAT's price a gigabyte (image layers come from S3).
        tables = [self.public_route_table.id, *(table.id for table in self.private_route_tables)]
        for service in ("s3", "dynamodb"):
            VpcEndpoint(
                self,
                f"{service}_endpoint",
                vpc_id=self.vpc_id,
                service_name=f"com.amazonaws.{region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=tables,
                tags={"Name": f"{self._name}-{service}"},
            )

    @property
    def public_subnet_ids(self) -> list[str]:
        return [subnet.id for subnet in self.public_subnets]

    @property
    def private_subnet_ids(self) -> list[str]:
        return [subnet.id for subnet in self.private_subnets]

    @property
    def outbound_addresses(self) -> list[str]:
        """The fixed addresses that partners see."""
        return [address.public_ip for address in self.addresses]


class ExistingNetwork(Construct):
    """A VPC that is there already, and its subnets that are named: read, so that a plan says what is missing."""

    def __init__(self, scope: Construct, id: str, settings: NetworkSettings) -> None:
        super().__init__(scope, id)
        assert settings.existing is not None
        vpc = DataAwsVpc(
            self,
            "vpc",
            id=settings.existing,
            lifecycle=TerraformResourceLifecycle(
                postcondition=[
                    Postcondition(
                        condition="${self.enable_dns_support && self.enable_dns_hostnames}",
                        error_message=(
                            f"{settings.existing} answers no private names: services find each other and their stores "
                            "by them. Turn on enable_dns_support and enable_dns_hostnames of that VPC."
                        ),
                    )
                ]
            ),
        )
        self.vpc_id = settings.existing
        self.cidr = f"${{{vpc.fqn}.cidr_block}}"
        self.public_subnet_ids = self._subnets("public", settings.public)
        self.private_subnet_ids = self._subnets("private", settings.private) or self.public_subnet_ids
        self.address_type = "ipv4"
        if settings.public:
            # Over IPv6, too, where each of its subnets has a range.
            ranges = [f"data.aws_subnet.{id}_public_{index}.ipv6_cidr_block" for index in range(len(settings.public))]
            both = " && ".join(f"try(length({each}), 0) > 0" for each in ranges)
            self.address_type = f'${{{both} ? "dualstack" : "ipv4"}}'
        self.internet_gateway = None
        self.outbound_addresses: list[str] = []

    def _subnets(self, kind: str, ids: Sequence[str]) -> list[str]:
        for index, subnet in enumerate(ids):
            # With the VPC's id, too: one of another VPC is not found.
            DataAwsSubnet(self, f"{kind}_{index}", id=subnet, vpc_id=self.vpc_id)
        return list(ids)


def split(cidr: str, zones: int) -> tuple[list[str], list[str]]:
    """Private and public IPv4 ranges of a VPC, one a zone each.

    Each private range is a quarter of the VPC (a /16 gives 16,379 tasks a zone: AWS keeps five addresses of a subnet);
    the public ones are 1/64 each out of the last quarter (a load balancer wants at least a /27 with eight free).
    """
    quarters = list(IPv4Network(cidr).subnets(prefixlen_diff=2))
    public = list(quarters[3].subnets(prefixlen_diff=4))
    return [str(quarters[index]) for index in range(zones)], [str(public[index]) for index in range(zones)]
