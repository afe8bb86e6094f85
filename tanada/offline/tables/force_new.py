"""Attributes whose change replaces the resource, each type with the file where the provider says so.

`source` names a Go file of hashicorp/terraform-provider-aws (MPL-2.0; facts alone are taken) and the commit of the text
that was read: `ForceNew: true` in it, or `RequiresReplace()`. Those are not all the text of 6.25.0 itself, which is
not stored where they were read; what newer versions added and no read text says stands apart as `unverified`
(general knowledge). Conditional replacement is in `planning_rules`.

`region` forces replacement on every regional resource (`forceNewIfRegionChanges`, "forces resource replacement if the
value of the top-level `region` attribute changes", in the provider's package `provider`); it is not repeated here.
"""

from __future__ import annotations

from dataclasses import dataclass

UNVERIFIED = "general knowledge, unverified"
_BUCKET = ("bucket", "expected_bucket_owner")
_NAMES = ("name", "name_prefix")


@dataclass(frozen=True)
class ForceNew:
    source: str
    paths: tuple[str, ...] = ()
    unverified: tuple[str, ...] = ()
    """Paths known to us from elsewhere; `source` does not say them."""

    @property
    def all(self) -> tuple[str, ...]:
        return self.paths + self.unverified


def _read(file: str, commit: str, *paths: str, unverified: tuple[str, ...] = ()) -> ForceNew:
    return ForceNew(f"internal/service/{file} at {commit}", paths, unverified)


FORCE_NEW: dict[str, ForceNew] = {
    "aws_acm_certificate": _read(
        "acm/certificate.go",
        "01661ea3",
        "certificate_authority_arn",
        "domain_name",
        "key_algorithm",
        "subject_alternative_names",
        "validation_method",
        "validation_option",
    ),
    "aws_acm_certificate_validation": _read(
        "acm/certificate_validation.go", "004eea7f", "certificate_arn", "validation_record_fqdns"
    ),
    "aws_appautoscaling_policy": _read(
        "appautoscaling/policy.go", "048320e8", "name", "resource_id", "scalable_dimension", "service_namespace"
    ),
    "aws_appautoscaling_target": _read(
        "appautoscaling/target.go", "0105d219", "resource_id", "scalable_dimension", "service_namespace"
    ),
    "aws_cloudwatch_log_group": _read("logs/group.go", "0073593e", "log_group_class", *_NAMES),
    # Without `identifier` and `name`: the text that was read is of version 4, and newer ones rename in place.
    "aws_db_instance": _read(
        "rds/instance.go",
        "00e4b238",
        "availability_zone",
        "character_set_name",
        "custom_iam_instance_profile",
        "db_name",
        "engine",
        "kms_key_id",
        "nchar_character_set_name",
        "restore_to_point_in_time",
        "snapshot_identifier",
        "storage_encrypted",
        "timezone",
        "username",
    ),
    "aws_default_security_group": _read("ec2/vpc_default_security_group.go", "01f43111", "vpc_id"),
    "aws_dynamodb_table": _read(
        "dynamodb/table.go",
        "01335dd3",
        "hash_key",
        "local_secondary_index",
        "name",
        "range_key",
        "restore_date_time",
        "restore_source_name",
        "restore_to_latest_time",
    ),
    "aws_ecr_lifecycle_policy": _read("ecr/lifecycle_policy.go", "00a35305", "policy", "repository"),
    "aws_ecr_repository": _read("ecr/repository.go", "0072eea2", "encryption_configuration", "name"),
    "aws_ecs_cluster": _read("ecs/cluster.go", "00a35305", "name"),
    "aws_ecs_cluster_capacity_providers": _read("ecs/cluster_capacity_providers.go", "0619e62a", "cluster_name"),
    "aws_ecs_service": _read(
        "ecs/service.go",
        "00a919d1",
        "cluster",
        "deployment_controller.type",
        "iam_role",
        "launch_type",
        "name",
        "scheduling_strategy",
    ),
    "aws_ecs_task_definition": _read(
        "ecs/task_definition.go",
        "04fc21d5",
        "container_definitions",
        "cpu",
        "enable_fault_injection",  # so in a newer text of the file, whose commit the index does not tell
        "ephemeral_storage",
        "execution_role_arn",
        "family",
        "ipc_mode",
        "memory",
        "network_mode",
        "pid_mode",
        "placement_constraints",
        "proxy_configuration",
        "requires_compatibilities",
        "runtime_platform",
        "task_role_arn",
        "volume",
    ),
    "aws_egress_only_internet_gateway": _read("ec2/vpc_egress_only_internet_gateway.go", "08923b68", "vpc_id"),
    "aws_eip": _read(
        "ec2/ec2_eip.go", "01606926", "address", "domain", "ipam_pool_id", "network_border_group", "public_ipv4_pool"
    ),
    "aws_flow_log": _read(
        "ec2/vpc_flow_log.go",
        "00a35305",
        "deliver_cross_account_role",
        "destination_options",
        "eni_id",
        "iam_role_arn",
        "log_destination",
        "log_destination_type",
        "log_format",
        "max_aggregation_interval",
        "regional_nat_gateway_id",
        "subnet_id",
        "traffic_type",
        "transit_gateway_attachment_id",
        "transit_gateway_id",
        "vpc_id",
    ),
    "aws_iam_openid_connect_provider": _read("iam/openid_connect_provider.go", "1265e584", "url"),
    "aws_iam_policy": _read("iam/policy.go", "01ccd9a2", "description", "path", *_NAMES),
    "aws_iam_role": _read("iam/role.go", "0040ea69", "path", *_NAMES),
    "aws_iam_role_policy": _read("iam/role_policy.go", "02f97af8", "role", *_NAMES),
    "aws_iam_role_policy_attachment": _read("iam/role_policy_attachment.go", "04c79849", "policy_arn", "role"),
    "aws_internet_gateway": _read("ec2/vpc_internet_gateway.go", "08923b68"),
    "aws_kms_alias": _read("kms/alias.go", "01c08000", *_NAMES),
    "aws_kms_key": _read(
        "kms/key.go",
        "00a35305",
        "custom_key_store_id",
        "customer_master_key_spec",
        "key_usage",
        "multi_region",
        "xks_key_id",
    ),
    "aws_lb": _read(
        "elbv2/load_balancer.go",
        "00edc94b",
        "customer_owned_ipv4_pool",
        "internal",
        "load_balancer_type",
        *_NAMES,
    ),
    "aws_lb_listener": _read("elbv2/listener.go", "01c08000", "load_balancer_arn"),
    "aws_lb_listener_certificate": _read(
        "elbv2/listener_certificate.go", "01f43111", "certificate_arn", "listener_arn"
    ),
    "aws_lb_listener_rule": _read("elbv2/listener_rule.go", "032c4f07", "listener_arn"),
    "aws_lb_target_group": _read(
        "elbv2/target_group.go",
        "013cfb4c",
        "ip_address_type",
        "port",
        "protocol",
        "protocol_version",
        "target_type",
        "vpc_id",
        *_NAMES,
    ),
    "aws_nat_gateway": _read(
        "ec2/vpc_nat_gateway.go",
        "04088eaa",
        "allocation_id",
        "connectivity_type",
        "private_ip",
        "secondary_private_ip_address_count",
        "subnet_id",
        unverified=("availability_mode", "vpc_id"),
    ),
    "aws_route": _read(
        "ec2/vpc_route.go",
        "0128541e",
        "destination_cidr_block",
        "destination_ipv6_cidr_block",
        "destination_prefix_list_id",
        "route_table_id",
    ),
    "aws_route53_record": _read("route53/record.go", "00655c16", "name", "zone_id"),
    "aws_route53_zone": _read("route53/zone.go", "036631a1", "delegation_set_id", "name"),
    "aws_route_table": _read("ec2/vpc_route_table.go", "02209241", "vpc_id"),
    "aws_route_table_association": _read("ec2/vpc_route_table_association.go", "0be71beb", "gateway_id", "subnet_id"),
    # object_lock_enabled: the resource's documentation page, "(Optional, Forces new resource)"
    "aws_s3_bucket": _read("s3/bucket.go", "0070bcd1", "bucket", "bucket_prefix", "object_lock_enabled"),
    "aws_s3_bucket_lifecycle_configuration": _read("s3/bucket_lifecycle_configuration.go", "01606926", *_BUCKET),
    "aws_s3_bucket_ownership_controls": _read("s3/bucket_ownership_controls.go", "01c08000", "bucket"),
    "aws_s3_bucket_policy": _read("s3/bucket_policy.go", "0073593e", "bucket"),
    "aws_s3_bucket_public_access_block": _read("s3/bucket_public_access_block.go", "01606926", "bucket"),
    "aws_s3_bucket_server_side_encryption_configuration": _read(
        "s3/bucket_server_side_encryption_configuration.go", "01606926", *_BUCKET
    ),
    "aws_s3_bucket_versioning": _read("s3/bucket_versioning.go", "01c08000", *_BUCKET),
    "aws_secretsmanager_secret": _read("secretsmanager/secret.go", "00c21ced", *_NAMES),
    "aws_security_group": _read("ec2/vpc_security_group.go", "01606926", "description", "vpc_id", *_NAMES),
    "aws_service_discovery_private_dns_namespace": _read(
        "servicediscovery/private_dns_namespace.go", "00a35305", "name", "vpc"
    ),
    "aws_service_discovery_service": _read(
        "servicediscovery/service.go",
        "034cebb6",
        "dns_config.dns_records.type",
        "dns_config.namespace_id",
        "dns_config.routing_policy",
        "health_check_config.type",
        "health_check_custom_config",
        "name",
        "namespace_id",
        "type",
    ),
    "aws_subnet": _read(
        "ec2/vpc_subnet.go",
        "00cda125",
        "availability_zone",
        "availability_zone_id",
        "cidr_block",
        "ipv6_native",
        "outpost_arn",
        "vpc_id",
    ),
    "aws_vpc": _read("ec2/vpc_.go", "00081ce4", "cidr_block", "ipv4_ipam_pool_id", "ipv4_netmask_length"),
    "aws_vpc_endpoint": _read(
        "ec2/vpc_endpoint.go",
        "008db85a",
        "resource_configuration_arn",
        "service_name",
        "service_network_arn",
        "service_region",
        "vpc_endpoint_type",
        "vpc_id",
    ),
    "aws_vpc_endpoint_route_table_association": _read(
        "ec2/vpc_endpoint_route_table_association.go", "16e76651", "route_table_id", "vpc_endpoint_id"
    ),
    # Embeds the ingress rule's schema.
    "aws_vpc_security_group_egress_rule": _read(
        "ec2/vpc_security_group_egress_rule.go", "050ac111", "security_group_id"
    ),
    "aws_vpc_security_group_ingress_rule": _read(
        "ec2/vpc_security_group_ingress_rule.go", "00a32209", "security_group_id"
    ),
}
