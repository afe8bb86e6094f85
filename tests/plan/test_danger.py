"""What would be missed if it went for ever."""

from __future__ import annotations

import pytest

from tanada.plan.danger import danger


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("aws_db_instance", "database"),
        ("aws_rds_cluster", "database"),
        ("aws_dynamodb_table", "table"),
        ("aws_elasticache_replication_group", "cache"),
        ("aws_opensearch_domain", "search domain"),
        ("aws_s3_bucket", "bucket"),
        ("aws_efs_file_system", "file system"),
        ("aws_mq_broker", "resource of type aws_mq_broker (unknown to Tanada)"),
        ("aws_lb", "load balancer"),
        ("aws_lb_listener", "listener"),
        ("aws_acm_certificate", "certificate"),
        ("aws_subnet", "network"),
        ("aws_iam_role", "IAM role"),
        ("aws_eip", "fixed outbound address"),
        ("aws_route53_zone", "hosted zone"),
        ("aws_cognito_user_pool", "user pool"),
        ("aws_kms_key", "KMS key"),
        ("aws_secretsmanager_secret", "secret"),
        ("aws_ecr_repository", "image registry"),
        ("aws_cloudwatch_log_group", "log group"),
        ("aws_ecs_cluster", "cluster"),
        ("aws_lb_target_group", None),
        ("aws_s3_bucket_policy", None),
        ("aws_ecs_task_definition", None),
        ("terraform_data", None),
    ],
)
def test_a_type_has_a_word_for_what_is_lost(kind: str, word: str | None) -> None:
    assert danger(kind) == word
