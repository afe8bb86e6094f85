"""Cognito."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import NotRead, Resource, arn, replaceable

RESOURCES = (
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
)
