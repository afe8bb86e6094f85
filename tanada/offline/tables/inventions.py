"""What a made resource answers for its computed attributes, type by type, in the order in which they depend.

A text is a template over `seed.Seed.fill` and the resource's own texts; anything else is the value itself. The forms
of ids and ARNs are AWS's (its service authorization reference and the provider's `SetId`, in the files that
`force_new` names); the values are invented.
"""

from __future__ import annotations

from typing import Any

_ARN = "arn:{partition}:%s:{region}:{account}:%s"
_GLOBAL_ARN = "arn:{partition}:%s::{account}:%s"

Invented = dict[str, Any]


def _ec2(prefix: str, resource: str, **more: Any) -> Invented:
    return {"id": f"{prefix}-{{hex17}}", "arn": _ARN % ("ec2", f"{resource}/{{id}}"), **more}


def _owned(prefix: str, resource: str, **more: Any) -> Invented:
    return _ec2(prefix, resource, owner_id="{account}", **more)


def _sg_rule() -> Invented:
    return _ec2("sgr", "security-group-rule", security_group_rule_id="{id}")


INVENTIONS: dict[str, Invented] = {
    "aws_acm_certificate": {
        "arn": _ARN % ("acm", "certificate/{uuid}"),
        "id": "{arn}",
        "key_algorithm": "RSA_2048",
        "renewal_eligibility": "INELIGIBLE",
        "renewal_summary": [],
        "status": "PENDING_VALIDATION",
        "type": "AMAZON_ISSUED",
        "validation_emails": [],
        "not_after": "",
        "not_before": "",
    },
    "aws_acm_certificate_validation": {"id": "2026-01-01 00:00:00 +0000 UTC"},
    "aws_appautoscaling_policy": {
        "id": "{name}",
        "arn": _ARN
        % ("autoscaling", "scalingPolicy:{uuid}:resource/{service_namespace}/{resource_id}:policyName/{name}"),
        "alarm_arns": [],
    },
    "aws_appautoscaling_target": {
        "id": "{resource_id}",
        "arn": _ARN % ("application-autoscaling", "scalable-target/{hex32}"),
        "role_arn": _GLOBAL_ARN
        % (
            "iam",
            "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/"
            "AWSServiceRoleForApplicationAutoScaling_ECSService",
        ),
    },
    "aws_cloudfront_distribution": {
        "id": "E{upper13}",
        "arn": _GLOBAL_ARN % ("cloudfront", "distribution/{id}"),
        "domain_name": "d{lower13}.cloudfront.net",
        "hosted_zone_id": "Z2FDTNDATAQYW2",
        "status": "Deployed",
    },
    "aws_cloudwatch_log_group": {
        "id": "{name}",
        "arn": _ARN % ("logs", "log-group:{name}"),
        "log_group_class": "STANDARD",
    },
    "aws_cognito_user_pool": {
        "id": "{region}_{mixed9}",
        "arn": _ARN % ("cognito-idp", "userpool/{id}"),
        "endpoint": "cognito-idp.{region}.{suffix}/{id}",
    },
    "aws_cognito_user_pool_client": {"id": "{lower26}", "client_secret": "{mixed40}"},
    "aws_cognito_user_pool_domain": {
        "id": "{domain}",
        "aws_account_id": "{account}",
        "cloudfront_distribution": "d{lower13}.cloudfront.net",
        "cloudfront_distribution_arn": "d{lower13}.cloudfront.net",
        "cloudfront_distribution_zone_id": "Z2FDTNDATAQYW2",
    },
    "aws_db_instance": {
        "id": "db-{upper17}",
        "arn": _ARN % ("rds", "db:{identifier}"),
        "address": "{identifier}.{lower13}.{region}.rds.{suffix}",
    },
    "aws_default_security_group": {
        "owner_id": "{account}",
        "name": "default",
        "description": "default VPC security group",
    },
    "aws_dynamodb_table": {"id": "{name}", "arn": _ARN % ("dynamodb", "table/{name}")},
    "aws_ecr_lifecycle_policy": {"id": "{repository}", "registry_id": "{account}"},
    "aws_ecr_repository": {
        "id": "{name}",
        "arn": _ARN % ("ecr", "repository/{name}"),
        "registry_id": "{account}",
        "repository_url": "{account}.dkr.ecr.{region}.{suffix}/{name}",
    },
    "aws_ecs_cluster": {"arn": _ARN % ("ecs", "cluster/{name}"), "id": "{arn}"},
    "aws_ecs_cluster_capacity_providers": {"id": "{cluster_name}"},
    "aws_ecs_service": {
        "iam_role": "/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "platform_version": "LATEST",
        "availability_zone_rebalancing": "DISABLED",
    },
    "aws_ecs_task_definition": {"id": "{family}", "network_mode": ""},
    "aws_egress_only_internet_gateway": {"id": "eigw-{hex17}"},
    "aws_eip": _ec2(
        "eipalloc",
        "elastic-ip",
        allocation_id="{id}",
        domain="vpc",
        network_border_group="{region}",
        public_ipv4_pool="amazon",
        association_id="",
        carrier_ip="",
        customer_owned_ip="",
        private_dns="",
        private_ip="",
        ptr_record="",
    ),
    "aws_flow_log": {
        "id": "fl-{hex17}",
        "arn": _ARN % ("ec2", "vpc-flow-log/{id}"),
        "log_format": "${{version}} ${{account-id}} ${{interface-id}} ${{srcaddr}} ${{dstaddr}} ${{srcport}} "
        "${{dstport}} ${{protocol}} ${{packets}} ${{bytes}} ${{start}} ${{end}} ${{action}} ${{log-status}}",
    },
    "aws_iam_policy": {
        "arn": _GLOBAL_ARN % ("iam", "policy{path}{name}"),
        "id": "{arn}",
        "policy_id": "ANPA{upper17}",
        "attachment_count": 0,
    },
    "aws_iam_role": {
        "id": "{name}",
        "arn": _GLOBAL_ARN % ("iam", "role{path}{name}"),
        "unique_id": "AROA{upper17}",
        "create_date": "2026-01-01T00:00:00Z",
    },
    "aws_iam_role_policy": {"id": "{role}:{name}"},
    "aws_iam_role_policy_attachment": {"id": "{role}/{policy_arn}"},
    "aws_internet_gateway": _owned("igw", "internet-gateway"),
    "aws_kms_alias": {"id": "{name}", "arn": _ARN % ("kms", "{name}")},
    "aws_kms_key": {
        "key_id": "{uuid}",
        "id": "{key_id}",
        "arn": _ARN % ("kms", "key/{key_id}"),
        "rotation_period_in_days": 365,
        "policy": '{{"Version":"2012-10-17","Id":"key-default-1","Statement":[{{"Sid":"Enable IAM User Permissions",'
        '"Effect":"Allow","Principal":{{"AWS":"arn:{partition}:iam::{account}:root"}},"Action":"kms:*",'
        '"Resource":"*"}}]}}',
    },
    "aws_lambda_function": {
        "id": "{function_name}",
        "arn": _ARN % ("lambda", "function:{function_name}"),
        "qualified_arn": _ARN % ("lambda", "function:{function_name}:$LATEST"),
        "invoke_arn": "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
        "version": "$LATEST",
    },
    "aws_lb_listener_certificate": {"id": "{listener_arn}_{certificate_arn}"},
    "aws_lb_target_group": {
        "arn": _ARN % ("elasticloadbalancing", "targetgroup/{name}/{hex16}"),
        "id": "{arn}",
        "arn_suffix": "targetgroup/{name}/{hex16}",
        "ip_address_type": "ipv4",
        "load_balancer_arns": [],
        "load_balancing_algorithm_type": "round_robin",
        "load_balancing_anomaly_mitigation": "off",
        "load_balancing_cross_zone_enabled": "use_load_balancer_configuration",
        "protocol_version": "HTTP1",
    },
    "aws_nat_gateway": {
        "id": "nat-{hex17}",
        "association_id": "eipassoc-{hex17}",
        "network_interface_id": "eni-{hex17}",
        "secondary_private_ip_addresses": [],
    },
    "aws_rds_cluster": {
        "id": "{cluster_identifier}",
        "arn": _ARN % ("rds", "cluster:{cluster_identifier}"),
        "endpoint": "{cluster_identifier}.cluster-{lower13}.{region}.rds.{suffix}",
        "reader_endpoint": "{cluster_identifier}.cluster-ro-{lower13}.{region}.rds.{suffix}",
    },
    "aws_route": {
        "id": "r-{route_table_id}{digits10}",
        "origin": "CreateRoute",
        "state": "active",
        "instance_owner_id": "",
    },
    "aws_route53_zone": {
        "zone_id": "Z{upper17}",
        "id": "{zone_id}",
        "arn": "arn:{partition}:route53:::hostedzone/{zone_id}",
    },
    "aws_route_table": _owned("rtb", "route-table"),
    "aws_route_table_association": {"id": "rtbassoc-{hex17}"},
    "aws_s3_bucket": {
        "id": "{bucket}",
        "arn": "arn:{partition}:s3:::{bucket}",
        "bucket_domain_name": "{bucket}.s3.{suffix}",
        "bucket_region": "{region}",
        "bucket_regional_domain_name": "{bucket}.s3.{region}.{suffix}",
        "hosted_zone_id": "Z2M4EHUR26P7ZW",
        "request_payer": "BucketOwner",
    },
    **{
        f"aws_s3_bucket_{part}": {"id": "{bucket}"}
        for part in (
            "acl",
            "cors_configuration",
            "lifecycle_configuration",
            "logging",
            "notification",
            "ownership_controls",
            "policy",
            "public_access_block",
            "server_side_encryption_configuration",
            "versioning",
            "website_configuration",
        )
    },
    "aws_secretsmanager_secret": {"arn": _ARN % ("secretsmanager", "secret:{name}-{mixed6}"), "id": "{arn}"},
    "aws_security_group": _owned("sg", "security-group"),
    "aws_service_discovery_private_dns_namespace": {
        "id": "ns-{lower13}",
        "arn": _ARN % ("servicediscovery", "namespace/{id}"),
        "hosted_zone": "Z{upper17}",
    },
    "aws_service_discovery_service": {
        "id": "srv-{lower13}",
        "arn": _ARN % ("servicediscovery", "service/{id}"),
        "type": "DNS_HTTP",
    },
    "aws_sns_topic": {"arn": _ARN % ("sns", "{name}"), "id": "{arn}", "owner": "{account}"},
    "aws_sqs_queue": {
        "url": "https://sqs.{region}.{suffix}/{account}/{name}",
        "id": "{url}",
        "arn": _ARN % ("sqs", "{name}"),
    },
    "aws_subnet": _owned(
        "subnet",
        "subnet",
        ipv6_cidr_block_association_id="",
        private_dns_hostname_type_on_launch="ip-name",
    ),
    "aws_vpc": _owned(
        "vpc",
        "vpc",
        default_network_acl_id="acl-{hex17}",
        main_route_table_id="rtb-{hex17}",
        default_route_table_id="rtb-{hex17}",
        dhcp_options_id="dopt-{hex17}",
    ),
    "aws_vpc_endpoint": _owned(
        "vpce",
        "vpc-endpoint",
        prefix_list_id="pl-{hex8}",
        state="available",
        service_region="{region}",
        ip_address_type="ipv4",
        dns_entry=[],
        network_interface_ids=[],
        cidr_blocks=[],
    ),
    "aws_vpc_endpoint_route_table_association": {"id": "a-{vpc_endpoint_id}{digits10}"},
    "aws_vpc_security_group_egress_rule": _sg_rule(),
    "aws_vpc_security_group_ingress_rule": _sg_rule(),
}
"""`{{` and `}}` stand for themselves."""

NESTED: dict[str, Invented] = {
    "aws_lb_target_group": {"health_check.matcher": "200", "health_check.path": "/", "health_check.timeout": 5},
    "aws_s3_bucket_versioning": {"versioning_configuration.mfa_delete": ""},
}
