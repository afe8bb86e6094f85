"""The VPC and all that it consists of."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence

from tanada import regions
from tanada.resources.cost import HOURS, ByUse, Free, Planned, Priced, Units, always
from tanada.resources.entry import Resource, Values, arn, read, replaceable
from tanada.resources.refusal import Refusal, in_use, taken
from tanada.resources.request import made_by
from tanada.resources.seed import Seed, digest

_FREE = Free("a VPC and its parts are free; gateways with a price and public addresses are priced by themselves")

_DOCUMENTATION = tuple(ipaddress.ip_network(text) for text in ("198.51.100.0/24", "203.0.113.0/24", "192.0.2.0/24"))
"""Addresses that belong to nobody (RFC 5737)."""
_RULE_SOURCES = ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id")


_LOG_FORMAT = (
    "${{version}} ${{account-id}} ${{interface-id}} ${{srcaddr}} ${{dstaddr}} ${{srcport}} ${{dstport}} ${{protocol}} "
    "${{packets}} ${{bytes}} ${{start}} ${{end}} ${{action}} ${{log-status}}"
)


def _public_address(seed: Seed) -> str:
    """A documentation address that no other elastic address has; it is kept for its NAT gateway."""

    def candidates() -> Iterator[str]:
        hosts = [str(host) for network in _DOCUMENTATION for host in network.hosts()]
        start = int(seed.token[:8], 16)
        for step in range(len(hosts)):
            yield f"address {hosts[(start + step) % len(hosts)]}"

    address = seed.ledger.first_free(candidates()).removeprefix("address ")
    seed.ledger.note(f"aws_eip {seed.text('id')}", address)
    return address


def _public_dns(seed: Seed) -> str:
    return f"ec2-{seed.text('public_ip').replace('.', '-')}.{seed.region}.compute.{seed.suffix}"


def _nat_address(seed: Seed) -> str:
    return seed.ledger.get(f"aws_eip {seed.text('allocation_id')}") or ""


def _private_address(seed: Seed) -> str:
    return ".".join(["10", "0", *(str(int(seed.token[place : place + 2], 16) % 254 + 1) for place in (0, 2))])


def _default_security_group(vpc: str) -> str:
    return f"sg-0{digest('default security group', vpc)[:16]}"


def _vpc_ipv6(seed: Seed) -> str:
    if not seed.values.get("assign_generated_ipv6_cidr_block"):
        return ""
    return f"2001:db8:{int(seed.token[:4], 16):x}:{int(seed.token[4:6], 16) << 8:x}::/56"  # RFC 3849


def _vpc_ipv6_association(seed: Seed) -> str:
    return seed.fill("vpc-cidr-assoc-{hex17}") if _vpc_ipv6(seed) else ""


def _zone_id(seed: Seed) -> str:
    ids = dict(zip(regions.zones(seed.region), regions.zone_ids(seed.region), strict=True))
    return ids.get(seed.text("availability_zone"), next(iter(ids.values())))


def _subnet_replaces(state: Values, _planned: Values, changed: Sequence[str]) -> list[str]:
    replaces = "ipv6_cidr_block" in changed and state.get("assign_ipv6_address_on_creation")
    return ["ipv6_cidr_block"] if replaces else []


def _vpc_replaces(state: Values, planned: Values, changed: Sequence[str]) -> list[str]:
    eased = (state.get("instance_tenancy"), planned.get("instance_tenancy")) == ("dedicated", "default")
    return ["instance_tenancy"] if "instance_tenancy" in changed and not eased else []


def _rule_replaces(state: Values, planned: Values, _changed: Sequence[str]) -> list[str]:
    """Another kind of source or target."""
    before, after = (
        next((name for name in _RULE_SOURCES if side.get(name) is not None), "") for side in (state, planned)
    )
    return [name for name in (before, after) if name] if before != after else []


def _same_rule(type_: str) -> Refusal:
    """Whatever their descriptions: what replaces a rule must open something else, or come after it."""
    return taken(
        type_,
        f"security_group_id ip_protocol from_port to_port {' '.join(_RULE_SOURCES)}",
        "InvalidPermission.Duplicate",
        "the specified rule already exists",
        "EC2 API reference, Error codes; hashicorp/terraform#9778, with the rule in the sentence",
    )


def _nat_gateway(gateway: Planned) -> Units | None:
    # A regional one is paid by the zone, and AWS decides in how many it stands.
    return None if gateway.text("availability_mode") == "regional" else [("NAT gateway hour", HOURS)]


def _endpoint(endpoint: Planned) -> Units | None:
    type_ = endpoint.values.get("vpc_endpoint_type")
    if type_ in (None, "Gateway"):
        return []
    zones = endpoint.how_many("subnet_ids", "aws_subnet")
    return [("interface endpoint hour", zones * HOURS)] if type_ == "Interface" and zones else None


RESOURCES = (
    replaceable(
        "aws_default_security_group",
        read("ec2/vpc_default_security_group.go", "01f43111", "vpc_id"),
        _FREE,
        defaults={"revoke_rules_on_delete": False},
        computed={
            "owner_id": "{account}",
            "name": "default",
            "description": "default VPC security group",
            "id": lambda seed: _default_security_group(seed.text("vpc_id")),
            "arn": arn("ec2", "security-group/{id}"),
        },
        fills={},
        reads=(
            "ec2:DescribeSecurityGroupRules",
            "ec2:DescribeSecurityGroups",
        ),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:RevokeSecurityGroupEgress",
            "ec2:RevokeSecurityGroupIngress",
        ),
    ),
    Resource(
        type="aws_egress_only_internet_gateway",
        lost="network",
        kept=False,  # holds no data
        replaces=read("ec2/vpc_egress_only_internet_gateway.go", "08923b68", "vpc_id"),
        cost=_FREE,
        computed={"id": "eigw-{hex17}"},
    ),
    Resource(
        type="aws_eip",
        lost="fixed outbound address",
        kept=True,  # partners have it on their lists
        replaces=read(
            "ec2/ec2_eip.go", "01606926", "address domain ipam_pool_id network_border_group public_ipv4_pool"
        ),
        fills={},  # resourceEIPRead reads back of what is left out a pool of an Outpost's alone
        cost=always("public IPv4 hour", HOURS),
        computed={
            "id": "eipalloc-{hex17}",
            "arn": arn("ec2", "elastic-ip/{id}"),
            "allocation_id": "{id}",
            "domain": "vpc",
            "network_border_group": "{region}",
            "public_ipv4_pool": "amazon",
            "association_id": "",
            "carrier_ip": "",
            "customer_owned_ip": "",
            "private_dns": "",
            "private_ip": "",
            "ptr_record": "",
            "public_ip": _public_address,
            "public_dns": _public_dns,
        },
        refusals=(
            in_use(
                "AuthFailure",
                "You do not have permission to access the specified resource.",
                "eformat/sno-for-100#9: of an address whose NAT gateway isn't gone yet, which is AWS's as long",
                "aws_nat_gateway allocation_id",
                mine="allocation_id",
            ),
        ),
        request=made_by("ec2", "AllocateAddress", "AWS::EC2::EIP"),
        reads=(
            "ec2:DescribeAddresses",
            "ec2:DescribeAddressesAttribute",
        ),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:AllocateAddress",
            "ec2:AssociateAddress",
            "ec2:DisassociateAddress",
            "ec2:ReleaseAddress",
        ),
    ),
    Resource(
        type="aws_flow_log",
        lost=None,
        kept=False,
        replaces=read(
            "ec2/vpc_flow_log.go",
            "00a35305",
            "deliver_cross_account_role destination_options eni_id iam_role_arn log_destination "
            "log_destination_type log_format max_aggregation_interval regional_nat_gateway_id "
            "subnet_id traffic_type transit_gateway_attachment_id transit_gateway_id vpc_id",
        ),
        # a difference of destination_options is suppressed (SuppressMissingOptionalConfigurationBlock);
        # of what is logged one is set, by the id's beginning (resourceLogFlowRead)
        fills={},
        cost=ByUse("bytes of logs, taken in and stored"),
        defaults={
            "destination_options.file_format": "plain-text",
            "destination_options.hive_compatible_partitions": False,
            "destination_options.per_hour_partition": False,
            "log_destination_type": "cloud-watch-logs",
            "max_aggregation_interval": 600,
        },
        computed={"id": "fl-{hex17}", "arn": arn("ec2", "vpc-flow-log/{id}"), "log_format": _LOG_FORMAT},
        request=made_by("ec2", "CreateFlowLogs", "AWS::EC2::FlowLog", adds="ResourceType", vpc_id="ResourceIds"),
        reads=("ec2:DescribeFlowLogs",),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:CreateFlowLogs",
            "ec2:DeleteFlowLogs",
            "logs:CreateLogDelivery",
            "logs:DeleteLogDelivery",
        ),
    ),
    Resource(
        type="aws_internet_gateway",
        lost="network",
        kept=False,  # holds no data
        replaces=read("ec2/vpc_internet_gateway.go", "08923b68"),
        cost=_FREE,
        computed={"id": "igw-{hex17}", "arn": arn("ec2", "internet-gateway/{id}"), "owner_id": "{account}"},
        fills={},
        request=made_by(
            "ec2",
            "CreateInternetGateway AttachInternetGateway",
            "AWS::EC2::InternetGateway",
        ),
        reads=("ec2:DescribeInternetGateways",),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:AttachInternetGateway",
            "ec2:CreateInternetGateway",
            "ec2:DeleteInternetGateway",
            "ec2:DetachInternetGateway",
        ),
    ),
    Resource(
        type="aws_nat_gateway",
        lost="network",
        kept=False,  # the address behind it is what is kept
        replaces=read(
            "ec2/vpc_nat_gateway.go",
            "04088eaa",
            "allocation_id connectivity_type private_ip secondary_private_ip_address_count subnet_id",
            unverified="availability_mode vpc_id",
        ),
        cost=Priced(_nat_gateway),
        defaults={"connectivity_type": "public"},
        computed={
            "id": "nat-{hex17}",
            "association_id": "eipassoc-{hex17}",
            "network_interface_id": "eni-{hex17}",
            "secondary_private_ip_addresses": [],
            "public_ip": _nat_address,
            "private_ip": _private_address,
        },
        recomputed={
            "secondary_allocation_ids": ("secondary_private_ip_address_count", "secondary_private_ip_addresses")
        },
        request=made_by("ec2", "CreateNatGateway", "AWS::EC2::NatGateway"),
        reads=("ec2:DescribeNatGateways",),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:AssignPrivateNatGatewayAddress",
            "ec2:AssociateNatGatewayAddress",
            "ec2:CreateNatGateway",
            "ec2:DeleteNatGateway",
            "ec2:DisassociateNatGatewayAddress",
            "ec2:UnassignPrivateNatGatewayAddress",
        ),
    ),
    replaceable(
        "aws_route",
        read(
            "ec2/vpc_route.go",
            "0128541e",
            "destination_cidr_block destination_ipv6_cidr_block destination_prefix_list_id route_table_id",
        ),
        _FREE,
        computed={
            "id": "r-{route_table_id}{digits10}",
            "origin": "CreateRoute",
            "state": "active",
            "instance_owner_id": "",
        },
        fills={},
        request=made_by("ec2", "CreateRoute", "AWS::EC2::Route"),
        reads=("ec2:DescribeRouteTables",),
        changes=(
            "ec2:CreateRoute",
            "ec2:DeleteRoute",
            "ec2:ReplaceRoute",
        ),
    ),
    Resource(
        type="aws_route_table",
        lost="network",
        kept=False,  # holds no data
        replaces=read("ec2/vpc_route_table.go", "02209241", "vpc_id"),
        cost=_FREE,
        computed={"id": "rtb-{hex17}", "arn": arn("ec2", "route-table/{id}"), "owner_id": "{account}"},
        refusals=(
            in_use(
                "DependencyViolation",
                "The routeTable '{id}' has dependencies and cannot be deleted.",
                "EC2 API reference, DeleteRouteTable: not while associated; hashicorp/terraform-provider-aws#5931",
                "aws_route_table_association route_table_id",
            ),
        ),
        fills={},
        request=made_by("ec2", "CreateRouteTable", "AWS::EC2::RouteTable"),
        reads=("ec2:DescribeRouteTables",),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:CreateRoute",
            "ec2:CreateRouteTable",
            "ec2:DeleteRoute",
            "ec2:DeleteRouteTable",
            "ec2:DisassociateRouteTable",
            "ec2:ReplaceRoute",
        ),
    ),
    replaceable(
        "aws_route_table_association",
        read("ec2/vpc_route_table_association.go", "0be71beb", "gateway_id subnet_id"),
        _FREE,
        computed={"id": "rtbassoc-{hex17}"},
        fills={},
        request=made_by("ec2", "AssociateRouteTable", "AWS::EC2::SubnetRouteTableAssociation"),
        reads=("ec2:DescribeRouteTables",),
        changes=(
            "ec2:AssociateRouteTable",
            "ec2:DisassociateRouteTable",
            "ec2:ReplaceRouteTableAssociation",
        ),
    ),
    replaceable(
        "aws_security_group",
        read("ec2/vpc_security_group.go", "01606926", "description vpc_id name name_prefix"),
        _FREE,
        defaults={"description": "Managed by Terraform", "revoke_rules_on_delete": False},
        computed={"id": "sg-{hex17}", "arn": arn("ec2", "security-group/{id}"), "owner_id": "{account}"},
        refusals=(
            in_use(
                "DependencyViolation",
                "resource {id} has a dependent object",
                "EC2 API reference, DeleteSecurityGroup and Error codes; hashicorp/terraform-provider-aws#1671",
                "aws_lb security_groups",
                "aws_apigatewayv2_vpc_link security_group_ids",
                "aws_vpc_endpoint security_group_ids",
                "aws_ecs_service network_configuration.security_groups",
                "aws_vpc_security_group_ingress_rule referenced_security_group_id",
                "aws_vpc_security_group_egress_rule referenced_security_group_id",
                "aws_db_instance vpc_security_group_ids",
                "aws_rds_cluster vpc_security_group_ids",
                "aws_elasticache_replication_group security_group_ids",
                "aws_efs_mount_target security_groups",
                "aws_instance vpc_security_group_ids",
            ),
            taken(
                "aws_security_group",
                "name vpc_id",
                "InvalidGroup.Duplicate",
                "The security group '{name}' already exists for VPC '{vpc_id}'",
                "EC2 API reference, Error codes; hashicorp/terraform#15428",
            ),
        ),
        fills={},
        request=made_by("ec2", "CreateSecurityGroup", "AWS::EC2::SecurityGroup", name="GroupName"),
        reads=(
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
        ),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:CreateSecurityGroup",
            "ec2:DeleteSecurityGroup",
            "ec2:RevokeSecurityGroupEgress",
            "ec2:RevokeSecurityGroupIngress",
        ),
    ),
    Resource(
        type="aws_subnet",
        lost="network",
        kept=True,  # load balancers and tasks of every environment stand in it
        replaces=read(
            "ec2/vpc_subnet.go",
            "00cda125",
            "availability_zone availability_zone_id cidr_block ipv6_native outpost_arn vpc_id",
            when=_subnet_replaces,
        ),
        cost=_FREE,
        defaults={
            "assign_ipv6_address_on_creation": False,
            "enable_dns64": False,
            "enable_resource_name_dns_a_record_on_launch": False,
            "enable_resource_name_dns_aaaa_record_on_launch": False,
            "ipv6_native": False,
            "map_public_ip_on_launch": False,
        },
        computed={
            "id": "subnet-{hex17}",
            "arn": arn("ec2", "subnet/{id}"),
            "owner_id": "{account}",
            "ipv6_cidr_block_association_id": "",
            "private_dns_hostname_type_on_launch": "ip-name",
            "availability_zone": "{region}a",
            "availability_zone_id": _zone_id,
        },
        recomputed={"ipv6_cidr_block": ("ipv6_cidr_block_association_id",)},
        refusals=(
            in_use(
                "DependencyViolation",
                "The subnet '{id}' has dependencies and cannot be deleted.",
                "EC2 API reference, DeleteSubnet and Error codes; hashicorp/terraform#29925",
                "aws_lb subnets",
                "aws_apigatewayv2_vpc_link subnet_ids",
                "aws_lb subnet_mapping.subnet_id",
                "aws_nat_gateway subnet_id",
                "aws_vpc_endpoint subnet_ids",
                "aws_ecs_service network_configuration.subnets",
                "aws_efs_mount_target subnet_id",
                "aws_instance subnet_id",
            ),
        ),
        fills={},
        request=made_by(
            "ec2",
            "CreateSubnet ModifySubnetAttribute",
            "AWS::EC2::Subnet",
            map_public_ip_on_launch="MapPublicIpOnLaunch.Value",
        ),
        reads=("ec2:DescribeSubnets",),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:AssociateSubnetCidrBlock",
            "ec2:CreateSubnet",
            "ec2:DeleteSubnet",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DisassociateSubnetCidrBlock",
            "ec2:ModifySubnetAttribute",
        ),
    ),
    Resource(
        type="aws_vpc",
        lost="network",
        kept=True,  # everything of the account stands in it
        replaces=read(
            "ec2/vpc_.go", "00081ce4", "cidr_block ipv4_ipam_pool_id ipv4_netmask_length", when=_vpc_replaces
        ),
        cost=_FREE,
        defaults={"enable_dns_support": True, "instance_tenancy": "default"},
        computed={
            "id": "vpc-{hex17}",
            "arn": arn("ec2", "vpc/{id}"),
            "owner_id": "{account}",
            "default_network_acl_id": "acl-{hex17}",
            "main_route_table_id": "rtb-{hex17}",
            "default_route_table_id": "rtb-{hex17}",
            "dhcp_options_id": "dopt-{hex17}",
            "default_security_group_id": lambda seed: _default_security_group(seed.text("id")),
            "ipv6_cidr_block": _vpc_ipv6,
            "ipv6_association_id": _vpc_ipv6_association,
        },
        recomputed={"assign_generated_ipv6_cidr_block": ("ipv6_association_id", "ipv6_cidr_block")},
        refusals=(
            in_use(
                "DependencyViolation",
                "The vpc '{id}' has dependencies and cannot be deleted.",
                "EC2 API reference, DeleteVpc and Error codes; hashicorp/terraform#6866",
                "aws_subnet vpc_id",
                "aws_internet_gateway vpc_id",
                "aws_security_group vpc_id",
                "aws_vpc_endpoint vpc_id",
                "aws_route_table vpc_id",
                "aws_lb_target_group vpc_id",
            ),
        ),
        fills={},
        request=made_by(
            "ec2",
            "CreateVpc ModifyVpcAttribute",
            "AWS::EC2::VPC",
            assign_generated_ipv6_cidr_block="AmazonProvidedIpv6CidrBlock",
            enable_dns_hostnames="EnableDnsHostnames.Value",
            enable_dns_support="EnableDnsSupport.Value",
        ),
        reads=(
            "ec2:DescribeNetworkAcls",
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeVpcAttribute",
            "ec2:DescribeVpcs",
        ),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:AssociateVpcCidrBlock",
            "ec2:CreateVpc",
            "ec2:DeleteVpc",
            "ec2:DisassociateVpcCidrBlock",
            "ec2:ModifyVpcAttribute",
            "ec2:ModifyVpcTenancy",
        ),
    ),
    Resource(
        type="aws_vpc_endpoint",
        lost=None,
        kept=False,
        replaces=read(
            "ec2/vpc_endpoint.go",
            "008db85a",
            "resource_configuration_arn service_name service_network_arn service_region vpc_endpoint_type vpc_id",
            unverified="private_dns_enabled",  # of 6.28.0 alone, whatever the type (#45679; undone later by #46800)
        ),
        fills={},  # what is answered of dns_options and subnets is computed (resourceVPCEndpointRead)
        cost=Priced(_endpoint),
        defaults={"vpc_endpoint_type": "Gateway"},
        computed={
            "id": "vpce-{hex17}",
            "arn": arn("ec2", "vpc-endpoint/{id}"),
            "owner_id": "{account}",
            "prefix_list_id": "pl-{hex8}",
            "state": "available",
            "service_region": "{region}",
            "ip_address_type": "ipv4",
            "dns_entry": [],
            "network_interface_ids": [],
            "cidr_blocks": [],
        },
        recomputed={"subnet_ids": ("network_interface_ids",)},
        request=made_by("ec2", "CreateVpcEndpoint", "AWS::EC2::VPCEndpoint", policy="PolicyDocument"),
        reads=(
            "ec2:DescribePrefixLists",
            "ec2:DescribeVpcEndpoints",
        ),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:CreateVpcEndpoint",
            "ec2:DeleteVpcEndpoints",
            "ec2:ModifyVpcEndpoint",
        ),
    ),
    replaceable(
        "aws_vpc_endpoint_route_table_association",
        read("ec2/vpc_endpoint_route_table_association.go", "16e76651", "route_table_id vpc_endpoint_id"),
        _FREE,
        computed={"id": "a-{vpc_endpoint_id}{digits10}"},
    ),
    replaceable(
        "aws_vpc_security_group_egress_rule",  # Embeds the schema of the ingress rule.
        read("ec2/vpc_security_group_egress_rule.go", "050ac111", "security_group_id", when=_rule_replaces),
        _FREE,
        computed={"id": "sgr-{hex17}", "arn": arn("ec2", "security-group-rule/{id}"), "security_group_rule_id": "{id}"},
        refusals=(_same_rule("aws_vpc_security_group_egress_rule"),),
        fills={},
        request=made_by(
            "ec2",
            "AuthorizeSecurityGroupEgress",
            "AWS::EC2::SecurityGroupEgress",
            security_group_id="GroupId",
            cidr_ipv4="IpPermissions.IpRanges.CidrIp",
            description="IpPermissions.UserIdGroupPairs.Description",
            from_port="IpPermissions.FromPort",
            ip_protocol="IpPermissions.IpProtocol",
            referenced_security_group_id="IpPermissions.UserIdGroupPairs.GroupId",
            to_port="IpPermissions.ToPort",
        ),
        reads=("ec2:DescribeSecurityGroupRules",),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:AuthorizeSecurityGroupEgress",
            "ec2:ModifySecurityGroupRules",
            "ec2:RevokeSecurityGroupEgress",
        ),
    ),
    replaceable(
        "aws_vpc_security_group_ingress_rule",
        read("ec2/vpc_security_group_ingress_rule.go", "00a32209", "security_group_id", when=_rule_replaces),
        _FREE,
        computed={"id": "sgr-{hex17}", "arn": arn("ec2", "security-group-rule/{id}"), "security_group_rule_id": "{id}"},
        refusals=(_same_rule("aws_vpc_security_group_ingress_rule"),),
        fills={},
        request=made_by(
            "ec2",
            "AuthorizeSecurityGroupIngress",
            "AWS::EC2::SecurityGroupIngress",
            security_group_id="GroupId",
            cidr_ipv4="IpPermissions.IpRanges.CidrIp",
            cidr_ipv6="IpPermissions.Ipv6Ranges.CidrIpv6",
            description="IpPermissions.UserIdGroupPairs.Description",
            from_port="IpPermissions.FromPort",
            ip_protocol="IpPermissions.IpProtocol",
            referenced_security_group_id="IpPermissions.UserIdGroupPairs.GroupId",
            to_port="IpPermissions.ToPort",
        ),
        reads=("ec2:DescribeSecurityGroupRules",),
        changes=(
            "ec2:CreateTags",
            "ec2:DeleteTags",
            "ec2:AuthorizeSecurityGroupIngress",
            "ec2:ModifySecurityGroupRules",
            "ec2:RevokeSecurityGroupIngress",
        ),
    ),
)
