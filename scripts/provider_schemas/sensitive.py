"""Attributes whose values Terraform hides; the bindings do not say which, and guessing by name is half wrong.

Source: a public dump of `terraform providers schema -json` of hashicorp/aws 6.19.0 (repository
vadirajks/terraform-provider-schema-exporter). Types with an entry say theirs there; these are the others likely in use
(116 types have some), which no stack of Tanada's holds today: the shipped file says theirs, and a secret of theirs is
never shown offline either.
Write-only attributes (`…_wo`) need no mention: Terraform never keeps them.
"""

from __future__ import annotations

_CONNECTION = tuple(
    f"auth_parameters.{part}"
    for part in (
        "api_key.value",
        "basic.password",
        "oauth.client_parameters.client_secret",
        *(
            f"{parameters}.{place}.value"
            for parameters in ("oauth.oauth_http_parameters", "invocation_http_parameters")
            for place in ("body", "header", "query_string")
        ),
    )
)
_MASTER_PASSWORD = ("advanced_security_options.master_user_options.master_user_password",)

WITHOUT_ENTRY: dict[str, tuple[str, ...]] = {
    "aws_alb_listener": ("default_action.authenticate_oidc.client_secret",),
    "aws_alb_listener_rule": ("action.authenticate_oidc.client_secret",),
    "aws_amplify_app": (
        "access_token",
        "auto_branch_creation_config.basic_auth_credentials",
        "basic_auth_credentials",
        "oauth_token",
    ),
    "aws_amplify_branch": ("basic_auth_credentials",),
    "aws_api_gateway_api_key": ("value",),
    "aws_api_gateway_domain_name": ("certificate_private_key",),
    "aws_appconfig_configuration_profile": ("validator.content",),
    "aws_appconfig_hosted_configuration_version": ("content",),
    "aws_appsync_api_key": ("key",),
    "aws_cloudwatch_event_connection": _CONNECTION,
    "aws_codebuild_source_credential": ("token",),
    "aws_codebuild_webhook": ("secret",),
    "aws_codepipeline_webhook": ("authentication_configuration.secret_token",),
    "aws_cognito_managed_user_pool_client": ("client_secret",),
    "aws_cognito_user": ("password", "temporary_password"),
    "aws_dms_endpoint": (
        "kafka_settings.sasl_password",
        "kafka_settings.ssl_client_key_password",
        "password",
        "redis_settings.auth_password",
    ),
    "aws_docdb_cluster": ("master_password",),
    "aws_elasticache_user": ("authentication_mode.passwords", "passwords"),
    "aws_elasticsearch_domain": _MASTER_PASSWORD,
    "aws_elasticsearch_domain_saml_options": ("saml_options.master_user_name",),
    "aws_glue_connection": ("athena_properties", "connection_properties"),
    "aws_glue_job": ("source_control_details.auth_token",),
    "aws_iam_access_key": ("secret", "ses_smtp_password_v4"),
    "aws_iam_server_certificate": ("private_key",),
    "aws_iam_service_specific_credential": ("service_credential_secret", "service_password"),
    "aws_iam_user_login_profile": ("password",),
    "aws_kinesis_firehose_delivery_stream": (
        "http_endpoint_configuration.access_key",
        "redshift_configuration.password",
        "snowflake_configuration.key_passphrase",
        "snowflake_configuration.private_key",
    ),
    "aws_kms_ciphertext": ("plaintext",),
    "aws_kms_external_key": ("key_material_base64",),
    "aws_kms_grant": ("grant_token",),
    "aws_kms_replica_external_key": ("key_material_base64",),
    "aws_memorydb_user": ("authentication_mode.passwords",),
    "aws_mq_broker": ("ldap_server_metadata.service_account_password", "user.password"),
    "aws_mwaa_environment": ("airflow_configuration_options",),
    "aws_opensearch_domain_saml_options": ("saml_options.master_user_name",),
    "aws_redshift_cluster": ("master_password",),
    "aws_redshiftserverless_namespace": ("admin_user_password", "admin_username"),
    "aws_s3_bucket_object_lock_configuration": ("token",),
    "aws_s3_bucket_replication_configuration": ("token",),
    "aws_s3_object_copy": ("customer_key", "kms_encryption_context", "kms_key_id", "source_customer_key"),
    "aws_sns_platform_application": ("platform_credential", "platform_principal"),
    "aws_ssm_maintenance_window_task": (
        "task_invocation_parameters.lambda_parameters.payload",
        "task_invocation_parameters.step_functions_parameters.input",
    ),
    "aws_transfer_certificate": ("certificate", "certificate_chain", "private_key"),
    "aws_transfer_server": ("host_key", "post_authentication_login_banner", "pre_authentication_login_banner"),
    "aws_verifiedaccess_trust_provider": (
        "native_application_oidc_options.client_secret",
        "oidc_options.client_secret",
    ),
    "aws_vpn_connection": ("customer_gateway_configuration", "tunnel1_preshared_key", "tunnel2_preshared_key"),
    "aws_wafv2_api_key": ("api_key",),
}

DATA_SOURCES: dict[str, tuple[str, ...]] = {
    "aws_api_gateway_api_key": ("value",),
    "aws_cognito_user_pool_client": ("client_secret",),
    "aws_dms_certificate": ("certificate_pem", "certificate_wallet"),
    "aws_ecr_authorization_token": ("authorization_token", "password"),
    "aws_ecrpublic_authorization_token": ("authorization_token", "password"),
    "aws_eks_cluster_auth": ("token",),
    "aws_elasticache_user": ("passwords",),
    "aws_glue_connection": ("athena_properties", "connection_properties"),
    "aws_kms_ciphertext": ("plaintext",),
    "aws_kms_secrets": ("plaintext",),
    "aws_redshift_cluster_credentials": ("db_password",),
    "aws_redshiftserverless_credentials": ("db_password",),
    "aws_secretsmanager_secret_version": ("secret_binary", "secret_string"),
    "aws_ssm_parameter": ("value",),
    "aws_ssm_parameters_by_path": ("values",),
}
