"""Cognito."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse, NoPrice
from tanada.resources.entry import NotRead, Resource, arn, replaceable

RESOURCES = (
    Resource(
        type="aws_cognito_identity_pool",
        lost="user pool",
        kept=True,  # another one gives its users other ids
        replaces=NotRead(),
        cost=NoPrice(),
    ),
    replaceable("aws_cognito_identity_provider", NotRead(), SETTING),
    Resource(
        type="aws_cognito_user_pool",
        lost="user pool",
        kept=True,  # no other pool takes its users' passwords
        replaces=NotRead(),
        cost=ByUse("requests"),
        computed={
            "id": "{region}_{mixed9}",
            "arn": arn("cognito-idp", "userpool/{id}"),
            "endpoint": "cognito-idp.{region}.{suffix}/{id}",
        },
        max_items={"account_recovery_setting.recovery_mechanism": 2, "schema": 50},
        data_actions=("cognito-idp:AdminGetUser", "cognito-idp:ListUsers*"),
    ),
    replaceable(
        "aws_cognito_user_pool_client",
        NotRead(),
        SETTING,
        computed={"id": "{lower26}", "client_secret": "{mixed40}"},
        sensitive=("client_secret",),
    ),
    replaceable(
        "aws_cognito_user_pool_domain",
        NotRead(),
        SETTING,
        computed={
            "id": "{domain}",
            "aws_account_id": "{account}",
            "cloudfront_distribution": "d{lower13}.cloudfront.net",
            "cloudfront_distribution_arn": "d{lower13}.cloudfront.net",
            "cloudfront_distribution_zone_id": "Z2FDTNDATAQYW2",
        },
    ),
)
