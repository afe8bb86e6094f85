"""Cognito."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse, Free
from tanada.resources.entry import Resource, arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, at, in_use, protected, taken
from tanada.resources.request import made_by

_MOST_URLS = 100


def _too_many(call: Call, _world: World) -> bool:
    lists = (call.values.get(name) for name in ("callback_urls", "logout_urls"))
    return call.action != "delete" and any(isinstance(each, list) and len(each) > _MOST_URLS for each in lists)


def _in_clear(call: Call, _world: World) -> bool:
    urls = (each for name in ("callback_urls", "logout_urls") for each in at(call.values, name))
    return call.action != "delete" and any(
        isinstance(each, str) and each.startswith("http://") and not each.startswith("http://localhost")
        for each in urls
    )


_TAGS = ("cognito-idp:TagResource", "cognito-idp:UntagResource")

RESOURCES = (
    Resource(
        type="aws_cognito_user_pool",
        lost="user pool",
        kept=True,  # no other pool takes its users' passwords, nor knows anybody by the same id
        replaces=read(
            "cognitoidp/user_pool.go",
            "015edb13",
            "alias_attributes name username_attributes username_configuration.case_sensitive",
        ),
        cost=ByUse("people who sign in"),
        defaults={
            "deletion_protection": "INACTIVE",
            "email_configuration.email_sending_account": "COGNITO_DEFAULT",
            "mfa_configuration": "OFF",
            "verification_message_template.default_email_option": "CONFIRM_WITH_CODE",
        },
        computed={
            "id": "{region}_{mixed9}",
            "arn": arn("cognito-idp", "userpool/{id}"),
            "endpoint": "cognito-idp.{region}.{suffix}/{id}",
        },
        max_items={"account_recovery_setting.recovery_mechanism": 2, "schema": 50},
        refusals=(
            protected(
                "deletion_protection",
                "InvalidParameterException",
                "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be "
                "inactivated first.",
                "Cognito developer guide, User pool deletion protection; localstack/localstack#11947",
                locked="ACTIVE",
            ),
            in_use(
                "InvalidParameterException",
                "User pool cannot be deleted. It has a domain configured that should be deleted first.",
                "hashicorp/terraform-provider-aws#16479",
                "aws_cognito_user_pool_domain user_pool_id",
            ),
        ),
        fills={},
        request=made_by(
            "cognito-idp",
            "CreateUserPool",
            "AWS::Cognito::UserPool",
            name="PoolName",
        ),
        reads=("cognito-idp:DescribeUserPool", "cognito-idp:GetUserPoolMfaConfig"),
        changes=(
            "cognito-idp:CreateUserPool",
            "cognito-idp:DeleteUserPool",
            *_TAGS,
            "cognito-idp:UpdateUserPool",
        ),
        data_actions=("cognito-idp:AdminGetUser", "cognito-idp:ListUsers*"),
    ),
    replaceable(
        "aws_cognito_user_pool_domain",
        # Newer versions change the certificate in place.
        read("cognitoidp/user_pool_domain.go", "01c08000", "domain user_pool_id"),
        Free("part of its user pool"),
        computed={"id": "{domain}", "aws_account_id": "{account}"},
        refusals=(
            taken(
                "aws_cognito_user_pool_domain",
                "domain",
                "InvalidParameterException",
                "Domain already associated with another user pool.",
                "aws-samples/websocket-chat-application#56",
            ),
        ),
        # What stands there where there is no certificate the provider says itself: an empty text.
        fills={},
        request=made_by("cognito-idp", "CreateUserPoolDomain", "AWS::Cognito::UserPoolDomain"),
        reads=("cognito-idp:DescribeUserPoolDomain",),
        changes=(
            "cognito-idp:CreateUserPoolDomain",
            "cognito-idp:DeleteUserPoolDomain",
            "cognito-idp:UpdateUserPoolDomain",
        ),
    ),
    replaceable(
        "aws_cognito_user_pool_client",
        read("cognitoidp/user_pool_client.go", "01f43111", "generate_secret user_pool_id"),
        SETTING,
        computed={"id": "{lower26}", "client_secret": "{mixed40}"},
        sensitive=("client_secret",),
        refusals=(
            Refusal(
                code="InvalidParameterException",
                sentence="An app client takes 100 callback URLs, and 100 for signing out",
                source="Cognito developer guide, Quotas; the sentence is ours",
                holds=_too_many,
            ),
            Refusal(
                code="InvalidParameterException",
                sentence="A callback URL is of https, but for localhost",
                source="Cognito API reference, CreateUserPoolClient, CallbackURLs; the sentence is ours",
                holds=_in_clear,
            ),
        ),
        fills={},
        request=made_by("cognito-idp", "CreateUserPoolClient", "AWS::Cognito::UserPoolClient", name="ClientName"),
        # A refresh asks for it, and the answer holds the client's secret: so of the system's own pools alone, and where
        # people sign in (modules/ci_policies.py).
        data_actions=("cognito-idp:DescribeUserPoolClient",),
        changes=(
            "cognito-idp:CreateUserPoolClient",
            "cognito-idp:DeleteUserPoolClient",
            "cognito-idp:UpdateUserPoolClient",
        ),
    ),
)
