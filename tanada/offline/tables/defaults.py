"""Values that an attribute left out takes, where the provider says so in its schema (`Default:`).

They show in plans and states as with the real provider. Source: the same texts as in `force_new`, type by type
(`track_latest`: a newer text of that file). A path goes through blocks: `health_check.interval`.
"""

from __future__ import annotations

from tanada.offline.blocks import Type

_REDIRECT: dict[str, Type] = {
    "redirect.host": "#{host}",
    "redirect.path": "/#{path}",
    "redirect.port": "#{port}",
    "redirect.protocol": "#{protocol}",
    "redirect.query": "#{query}",
}
_FORWARD: dict[str, Type] = {"forward.stickiness.enabled": False, "forward.target_group.weight": 1}
_SIGN_IN: dict[str, Type] = {
    f"{kind}.{name}": value
    for kind in ("authenticate_cognito", "authenticate_oidc")
    for name, value in (
        ("scope", "openid"),
        ("session_cookie_name", "AWSELBAuthSessionCookie"),
        ("session_timeout", 604800),
    )
}


def _within(block: str, *groups: dict[str, Type]) -> dict[str, Type]:
    return {f"{block}.{path}": value for group in groups for path, value in group.items()}


DEFAULTS: dict[str, dict[str, Type]] = {
    "aws_acm_certificate": {"options.certificate_transparency_logging_preference": "ENABLED"},
    "aws_appautoscaling_policy": {
        "policy_type": "StepScaling",
        "target_tracking_scaling_policy_configuration.disable_scale_in": False,
    },
    "aws_cloudwatch_log_group": {"retention_in_days": 0, "skip_destroy": False},
    "aws_default_security_group": {"revoke_rules_on_delete": False},
    "aws_dynamodb_table": {"billing_mode": "PROVISIONED", "ttl.enabled": False},
    "aws_ecr_repository": {"encryption_configuration.encryption_type": "AES256", "image_tag_mutability": "MUTABLE"},
    "aws_ecs_cluster": {"configuration.execute_command_configuration.logging": "DEFAULT"},
    "aws_ecs_cluster_capacity_providers": {
        "default_capacity_provider_strategy.base": 0,
        "default_capacity_provider_strategy.weight": 0,
    },
    "aws_ecs_service": {
        "deployment_controller.type": "ECS",
        "deployment_maximum_percent": 200,
        "deployment_minimum_healthy_percent": 100,
        "enable_ecs_managed_tags": False,
        "enable_execute_command": False,
        "network_configuration.assign_public_ip": False,
        "scheduling_strategy": "REPLICA",
        "wait_for_steady_state": False,
    },
    "aws_ecs_task_definition": {"skip_destroy": False, "track_latest": False},
    "aws_flow_log": {
        "destination_options.file_format": "plain-text",
        "destination_options.hive_compatible_partitions": False,
        "destination_options.per_hour_partition": False,
        "log_destination_type": "cloud-watch-logs",
        "max_aggregation_interval": 600,
    },
    "aws_iam_policy": {"path": "/"},
    "aws_iam_role": {"force_detach_policies": False, "max_session_duration": 3600, "path": "/"},
    "aws_kms_key": {
        "bypass_policy_lockout_safety_check": False,
        "customer_master_key_spec": "SYMMETRIC_DEFAULT",
        "enable_key_rotation": False,
        "is_enabled": True,
        "key_usage": "ENCRYPT_DECRYPT",
    },
    "aws_lb": {
        "access_logs.enabled": False,
        "client_keep_alive": 3600,
        "connection_logs.enabled": False,
        "desync_mitigation_mode": "defensive",
        "drop_invalid_header_fields": False,
        "enable_deletion_protection": False,
        "enable_http2": True,
        "enable_tls_version_and_cipher_suite_headers": False,
        "enable_waf_fail_open": False,
        "enable_xff_client_port": False,
        "enable_zonal_shift": False,
        "idle_timeout": 60,
        "load_balancer_type": "application",
        "preserve_host_header": False,
        "xff_header_processing_mode": "append",
    },
    "aws_lb_listener": _within("default_action", _REDIRECT, _FORWARD),
    "aws_lb_listener_rule": _within("action", _REDIRECT, _FORWARD, _SIGN_IN),
    "aws_lb_target_group": {
        "deregistration_delay": "300",
        "health_check.enabled": True,
        "health_check.healthy_threshold": 3,
        "health_check.interval": 30,
        "health_check.port": "traffic-port",
        "health_check.protocol": "HTTP",
        "health_check.unhealthy_threshold": 3,
        "lambda_multi_value_headers_enabled": False,
        "proxy_protocol_v2": False,
        "slow_start": 0,
        "stickiness.cookie_duration": 86400,
        "stickiness.enabled": True,
        "target_type": "instance",
    },
    "aws_nat_gateway": {"connectivity_type": "public"},
    "aws_route53_zone": {"comment": "Managed by Terraform", "force_destroy": False},
    "aws_s3_bucket": {"force_destroy": False},
    "aws_s3_bucket_public_access_block": {
        "block_public_acls": False,
        "block_public_policy": False,
        "ignore_public_acls": False,
        "restrict_public_buckets": False,
    },
    "aws_secretsmanager_secret": {"force_overwrite_replica_secret": False, "recovery_window_in_days": 30},
    "aws_security_group": {"description": "Managed by Terraform", "revoke_rules_on_delete": False},
    "aws_service_discovery_service": {"dns_config.routing_policy": "MULTIVALUE", "force_destroy": False},
    "aws_subnet": {
        "assign_ipv6_address_on_creation": False,
        "enable_dns64": False,
        "enable_resource_name_dns_a_record_on_launch": False,
        "enable_resource_name_dns_aaaa_record_on_launch": False,
        "ipv6_native": False,
        "map_public_ip_on_launch": False,
    },
    "aws_vpc": {"enable_dns_support": True, "instance_tenancy": "default"},
    "aws_vpc_endpoint": {"vpc_endpoint_type": "Gateway"},
}
