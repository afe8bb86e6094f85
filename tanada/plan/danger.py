"""What people would miss if it went for ever: a word for each type of resource that can't be made again as it was."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "aws_db_instance": "database",
    "aws_rds_cluster": "database",
    "aws_rds_cluster_instance": "database",
    "aws_rds_global_cluster": "database",
    "aws_docdb_cluster": "database",
    "aws_docdb_cluster_instance": "database",
    "aws_neptune_cluster": "database",
    "aws_neptune_cluster_instance": "database",
    "aws_redshift_cluster": "database",
    "aws_redshiftserverless_namespace": "database",
    "aws_dsql_cluster": "database",
    "aws_opensearch_domain": "database",
    "aws_opensearchserverless_collection": "database",
    "aws_timestreamwrite_database": "database",
    "aws_dynamodb_table": "table",
    "aws_dynamodb_global_table": "table",
    "aws_keyspaces_table": "table",
    "aws_timestreamwrite_table": "table",
    "aws_elasticache_cluster": "cache",
    "aws_elasticache_replication_group": "cache",
    "aws_elasticache_global_replication_group": "cache",
    "aws_elasticache_serverless_cache": "cache",
    "aws_memorydb_cluster": "cache",
    "aws_s3_bucket": "bucket",
    "aws_s3_directory_bucket": "bucket",
    "aws_s3tables_table_bucket": "bucket",
    "aws_efs_file_system": "file system",
    "aws_fsx_*_file_system": "file system",
    "aws_ebs_volume": "volume",
    "aws_backup_vault": "backup vault",
    "aws_sqs_queue": "queue",
    "aws_kinesis_stream": "stream",
    "aws_msk_cluster": "stream",
    "aws_lb": "load balancer",
    "aws_alb": "load balancer",
    "aws_elb": "load balancer",
    "aws_lb_listener": "listener",
    "aws_alb_listener": "listener",
    "aws_cloudfront_distribution": "distribution",
    "aws_acm_certificate": "certificate",
    "aws_iam_server_certificate": "certificate",
    "aws_acmpca_certificate_authority": "certificate authority",
    "aws_vpc": "network",
    "aws_subnet": "network",
    "aws_nat_gateway": "network",
    "aws_internet_gateway": "network",
    "aws_egress_only_internet_gateway": "network",
    "aws_route_table": "network",
    "aws_ec2_transit_gateway": "network",
    "aws_vpn_gateway": "network",
    "aws_vpn_connection": "network",
    "aws_dx_gateway": "network",
    "aws_iam_role": "IAM role",
    "aws_iam_user": "IAM user",
    "aws_iam_openid_connect_provider": "identity provider",
    "aws_iam_saml_provider": "identity provider",
    "aws_eip": "fixed outbound address",
    "aws_route53_zone": "hosted zone",
    "aws_service_discovery_*_namespace": "namespace",
    "aws_cognito_user_pool": "user pool",
    "aws_cognito_identity_pool": "user pool",
    "aws_kms_key": "KMS key",
    "aws_kms_replica_key": "KMS key",
    "aws_kms_external_key": "KMS key",
    "aws_secretsmanager_secret": "secret",
    "aws_ecr_repository": "image registry",
    "aws_cloudwatch_log_group": "log group",
    "aws_ecs_cluster": "cluster",
    "aws_eks_cluster": "cluster",
}

_EXACT = {pattern: word for pattern, word in _WORDS.items() if "*" not in pattern}
_PATTERNS = tuple((pattern, word) for pattern, word in _WORDS.items() if "*" in pattern)


def danger(type_: str) -> str | None:
    """The word for what is lost with a resource of this type (`aws_db_instance`); None where another one does."""
    if word := _EXACT.get(type_):
        return word
    return next((word for pattern, word in _PATTERNS if fnmatch.fnmatchcase(type_, pattern)), None)
