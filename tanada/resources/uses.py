"""What tasks may be given to do with a resource, by its type, as IAM actions: by itself, as each synth reads it."""

from __future__ import annotations

from collections.abc import Mapping

USES: Mapping[str, tuple[str, ...]] = {
    "aws_cloudfront_distribution": (
        "cloudfront:CreateInvalidation",
        "cloudfront:GetInvalidation",
    ),
    "aws_cloudwatch_log_group": (
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    ),
    "aws_db_instance": ("rds-db:connect",),
    "aws_dynamodb_table": (
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:DeleteItem",
        "dynamodb:DescribeTable",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:UpdateItem",
    ),
    "aws_ecr_repository": (
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
    ),
    "aws_ecs_service": (
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    ),
    "aws_efs_file_system": (
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
    ),
    "aws_kms_key": ("kms:Decrypt",),
    "aws_opensearch_domain": (
        "es:ESHttpDelete",
        "es:ESHttpGet",
        "es:ESHttpHead",
        "es:ESHttpPatch",
        "es:ESHttpPost",
        "es:ESHttpPut",
    ),
    "aws_rds_cluster": ("rds-db:connect",),
    "aws_s3_bucket": (
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
        "s3:ListBucketVersions",
        "s3:PutObject",
    ),
    "aws_secretsmanager_secret": ("secretsmanager:GetSecretValue",),
    "aws_sesv2_email_identity": (
        "ses:SendEmail",
        "ses:SendRawEmail",
    ),
    "aws_sns_topic": ("sns:Publish",),
    "aws_sqs_queue": (
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
        "sqs:SendMessage",
    ),
}
