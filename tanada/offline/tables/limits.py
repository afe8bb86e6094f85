"""Item limits of blocks that the bindings do not carry (below two they derive exactly).

Source: a public dump of `terraform providers schema -json` of hashicorp/aws 6.19.0 (repository
vadirajks/terraform-provider-schema-exporter), compared by program with the derived schemas; `jwt_validation` from
the provider's newer schema in terraform-linters/tflint-ruleset-aws (commit 075958b0). Blocks of framework resources
carry no limit in the real schema either: validators do it there.
"""

from __future__ import annotations

MAX_ITEMS: dict[str, dict[str, int]] = {
    "aws_alb_listener": {
        "default_action.forward.target_group": 5,
        "default_action.jwt_validation.additional_claim": 10,
    },
    "aws_alb_listener_rule": {
        "action.forward.target_group": 5,
        "action.jwt_validation.additional_claim": 10,
        "transform": 2,
    },
    "aws_cloudfront_distribution": {
        "default_cache_behavior.function_association": 2,
        "default_cache_behavior.lambda_function_association": 4,
        "ordered_cache_behavior.function_association": 2,
        "ordered_cache_behavior.lambda_function_association": 4,
        "origin_group.member": 2,
    },
    "aws_cloudwatch_event_target": {
        "ecs_target.ordered_placement_strategy": 5,
        "ecs_target.placement_constraint": 10,
    },
    "aws_codebuild_project": {
        "secondary_artifacts": 12,
        "secondary_source_version": 12,
        "secondary_sources": 12,
    },
    "aws_cognito_resource_server": {"scope": 100},
    "aws_cognito_user_pool": {"account_recovery_setting.recovery_mechanism": 2, "schema": 50},
    "aws_ecr_repository": {"image_tag_mutability_exclusion_filter": 5},
    "aws_ecs_service": {"ordered_placement_strategy": 5, "placement_constraints": 10},
    "aws_ecs_task_definition": {"placement_constraints": 10},
    "aws_efs_file_system": {"lifecycle_policy": 3},
    "aws_elasticache_cluster": {"log_delivery_configuration": 2},
    "aws_elasticache_replication_group": {"log_delivery_configuration": 2},
    "aws_lambda_event_source_mapping": {"filter_criteria.filter": 10},
    "aws_lb_listener": {
        "default_action.forward.target_group": 5,
        "default_action.jwt_validation.additional_claim": 10,
    },
    "aws_lb_listener_rule": {
        "action.forward.target_group": 5,
        "action.jwt_validation.additional_claim": 10,
        "transform": 2,
    },
    "aws_route53_resolver_endpoint": {"ip_address": 10},
    "aws_s3_bucket_cors_configuration": {"cors_rule": 100},
    "aws_s3_bucket_replication_configuration": {"rule": 1000},
    "aws_scheduler_schedule": {
        "target.ecs_parameters.capacity_provider_strategy": 6,
        "target.ecs_parameters.placement_constraints": 10,
        "target.ecs_parameters.placement_strategy": 5,
    },
}

MIN_ITEMS: dict[str, dict[str, int]] = {
    "aws_cloudfront_distribution": {"origin_group.member": 2},
    "aws_cloudwatch_event_endpoint": {"event_bus": 2},
    "aws_codepipeline": {"stage": 2},
    "aws_gamelift_game_server_group": {"instance_definition": 2},
    "aws_msk_replicator": {"kafka_cluster": 2},
    "aws_route53_resolver_endpoint": {"ip_address": 2},
}
