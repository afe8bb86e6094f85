"""What neither botocore's models nor CloudFormation's schemas know, and why that is right; a needless answer fails."""

from __future__ import annotations

_OPTIONS = "service_connect_configuration.log_configuration.options"
ANSWERS = {
    ("aws_dynamodb_table", "replica.consistency_mode"): "UpdateTable: MultiRegionConsistency, of all replicas together",
    ("aws_acm_certificate", "region"): "the provider's: where it asks",
    (
        "aws_dynamodb_table",
        "replica.propagate_tags",
    ): "TagResource: the tags of the table, in the region of the replica",
    ("aws_cloudfront_distribution", "tags"): "CreateDistributionWithTags: DistributionConfigWithTags.Tags, one deeper",
    ("aws_wafv2_ip_set", "region"): "the provider's: where it calls",
    ("aws_wafv2_web_acl", "region"): "the provider's: where it calls",
    ("aws_wafv2_web_acl_logging_configuration", "region"): "the provider's: where it calls",
    ("aws_cloudfront_distribution", "wait_for_deployment"): "the provider's: it asks GetDistribution until then",
    ("aws_cloudfront_function", "publish"): "the provider's: PublishFunction",
    **{
        ("aws_ecs_service", f"{_OPTIONS}.{each}"): "a map of the log driver's own keys"
        for each in ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")
    },
    (
        "aws_apigatewayv2_integration",
        "request_parameters.overwrite:header.Host",
    ): "a map of parameters, as the developer guide has them",
    ("aws_backup_plan", "tags"): "CreateBackupPlan: BackupPlanTags",
    ("aws_backup_vault", "force_destroy"): "the provider's: DeleteRecoveryPoint before DeleteBackupVault",
    ("aws_backup_vault", "tags"): "CreateBackupVault: BackupVaultTags",
    ("aws_db_instance", "final_snapshot_identifier"): "DeleteDBInstance: FinalDBSnapshotIdentifier",
    ("aws_db_instance", "password_wo_version"): "the provider's: whether the value is written again",
    ("aws_db_instance", "skip_final_snapshot"): "DeleteDBInstance: SkipFinalSnapshot",
    ("aws_rds_cluster", "allow_major_version_upgrade"): "ModifyDBCluster: AllowMajorVersionUpgrade",
    ("aws_rds_cluster", "apply_immediately"): "ModifyDBCluster: ApplyImmediately",
    ("aws_rds_cluster", "final_snapshot_identifier"): "DeleteDBCluster: FinalDBSnapshotIdentifier",
    ("aws_rds_cluster", "master_password_wo_version"): "the provider's: whether the value is written again",
    ("aws_rds_cluster", "skip_final_snapshot"): "DeleteDBCluster: SkipFinalSnapshot",
    ("aws_secretsmanager_secret", "recovery_window_in_days"): "DeleteSecret: RecoveryWindowInDays",
    ("aws_secretsmanager_secret_version", "secret_string_wo_version"): "the provider's: whether it is written again",
    ("aws_ecr_repository", "force_delete"): "the provider's, for DeleteRepository: `force`",
    ("aws_ecs_service", "sigint_rollback"): "the provider's: StopServiceDeployment at Ctrl-C",
    ("aws_ecs_service", "wait_for_steady_state"): "the provider's: it asks DescribeServices until then",
    ("aws_ecs_task_definition", "skip_destroy"): "the provider's: without DeregisterTaskDefinition",
    (
        "aws_iam_role",
        "force_detach_policies",
    ): "the provider's: DetachRolePolicy and DeleteRolePolicy before DeleteRole",
    ("aws_iam_user", "force_destroy"): "the provider's: DeleteAccessKey and others before DeleteUser",
    ("aws_lambda_function", "filename"): "the provider's: what is in it is sent as Code.ZipFile",
    ("aws_lambda_function", "source_code_hash"): "the provider's: where it is another, UpdateFunctionCode",
    ("aws_route53_record", "allow_overwrite"): "the provider's: UPSERT in the place of CREATE",
    ("aws_cloudwatch_metric_alarm", "region"): "the provider's: where it calls",
    ("aws_cloudwatch_log_group", "region"): "the provider's: where it calls",
    ("aws_sns_topic", "region"): "the provider's: where it calls",
    ("aws_sns_topic_policy", "region"): "the provider's: where it calls",
    ("aws_route53_health_check", "tags"): "ChangeTagsForResource: AddTags",
    ("aws_s3_bucket", "force_destroy"): "the provider's: DeleteObjects before DeleteBucket",
    ("aws_s3_bucket_notification", "eventbridge"): "the provider's: an EventBridgeConfiguration without anything in it",
    ("aws_service_discovery_service", "force_destroy"): "the provider's: DeregisterInstance before DeleteService",
}
WITHOUT_CALL = {
    "aws_acm_certificate_validation": "waits until the certificate is issued, and makes nothing",
    "aws_default_security_group": "takes over the group that AWS made with the VPC, and its rules out of it",
    "terraform_data": "Terraform's own",
}
"""Types that make nothing."""
