"""Where people sign in: the account's user pool, an environment's client of it, and what a listener rule asks first."""

from __future__ import annotations

import json
from collections.abc import Sequence

from cdktf import TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cognito_user_pool import (
    CognitoUserPool,
    CognitoUserPoolAdminCreateUserConfig,
    CognitoUserPoolLambdaConfig,
)
from cdktf_cdktf_provider_aws.cognito_user_pool_client import CognitoUserPoolClient
from cdktf_cdktf_provider_aws.cognito_user_pool_domain import CognitoUserPoolDomain
from cdktf_cdktf_provider_aws.lambda_permission import LambdaPermission
from cdktf_cdktf_provider_aws.lb_listener_rule import LbListenerRuleAction, LbListenerRuleActionAuthenticateCognito
from constructs import Construct

from modules.function import Around, Function
from modules.here import Here
from tanada.contract import sign_in as contract
from tanada.declared import sign_in as declared
from tanada.declared.rule import Rule
from tanada.declared.sign_in import signing

_SCOPES = ("openid", "email")
_LOG_DAYS = 365


class People(Construct):
    """The user pool of an account, which knows people by one identity provider alone.

    That provider is in no configuration: the runner puts it, and then Terraform notes that it did
    (tanada/contract/sign_in.py).
    """

    def __init__(self, scope: Construct, id: str, settings: declared.People, around: Around, *, keep: bool) -> None:
        super().__init__(scope, id)
        names, kept = around.names, keep and settings.removal == "keep"
        allowed = self._allowed(settings, around) if settings.domains else None
        pool = CognitoUserPool(
            self,
            "pool",
            name=names.system,
            # The others have pages and risk scores, of which nobody sees any.
            user_pool_tier="LITE",
            # Nobody signs up with a password; whom the provider knows is made at the first sign-in nevertheless.
            admin_create_user_config=CognitoUserPoolAdminCreateUserConfig(allow_admin_create_user_only=True),
            # The first is asked once a person, the second each time: who must not get in any more is refused then.
            lambda_config=CognitoUserPoolLambdaConfig(pre_sign_up=allowed.arn, pre_token_generation=allowed.arn)
            if allowed is not None
            else None,
            deletion_protection="ACTIVE" if kept else "INACTIVE",
            tags={"Name": names.system},
            lifecycle=TerraformResourceLifecycle(prevent_destroy=kept),
        )
        if allowed is not None:
            LambdaPermission(
                self,
                "permission",
                statement_id="FromUserPool",
                action="lambda:InvokeFunction",
                function_name=allowed.name,
                principal="cognito-idp.amazonaws.com",
                source_arn=pool.arn,
            )
        domain = CognitoUserPoolDomain(
            self,
            "domain",
            domain=declared.prefix(names.system, around.account_id, around.region),
            user_pool_id=pool.id,
            # The newer pages show nothing without a style, and a pool has 20 (Cognito developer guide, "Quotas").
            managed_login_version=1,
        )
        provider = settings.provider
        note = TerraformResource(self, contract.NOTE, terraform_resource_type="terraform_data")
        issuer = provider.issuer if isinstance(provider, declared.Oidc) else ""
        called = declared.KINDS[settings.kind]
        note.add_override("input", contract.note(called, pool.id, provider.client_id, issuer, provider.client_secret))
        self.outputs = contract.outputs(
            settings.kind,
            contract.SignIn(
                pool_id=pool.id,
                pool_arn=pool.arn,
                domain=domain.domain,
                # Written out: the note would ask Node for it.
                provider=f"${{terraform_data.{id}_{contract.NOTE}.output.provider}}",
            ),
        )

    def _allowed(self, settings: declared.People, around: Around) -> Function:
        """Who looks at the mail address of each who signs in."""
        return Function(
            self,
            "(function)",
            around,
            code="sign_in",
            description="Lets in whose mail address is of a domain that is declared",
            variables={"DOMAINS": json.dumps(settings.domains), "VERIFIED": json.dumps(settings.verified)},
            statements=(),
            # Cognito waits no longer (developer guide, "Customizing user pool workflows with Lambda triggers").
            timeout=5,
            days=_LOG_DAYS,
        )


class SignIn:
    """An environment's client of its account's pool, which takes people back to the environment's hosts alone."""

    def __init__(self, here: Here, ordered: Sequence[Rule], given: contract.SignIn) -> None:
        """`ordered` are all rules of the environment."""
        asked, self._given = signing(ordered), given
        # A cookie of its own: else who signs in to one environment would be signed out of another of the same parent.
        self._cookie = f"AWSELBAuthSession-{here.instance.name}"
        client = CognitoUserPoolClient(
            Construct(here.stack, "(sign_in)"),
            "sign_in",
            name=here.names.joined("sign-in"),
            user_pool_id=given.pool_id,
            generate_secret=True,
            supported_identity_providers=[given.provider],
            allowed_oauth_flows_user_pool_client=True,
            allowed_oauth_flows=["code"],
            allowed_oauth_scopes=[*_SCOPES],
            callback_urls=[f"https://{here.instance.host(host)}{declared.CALLBACK}" for host in asked.hosts],
            logout_urls=[f"https://{here.instance.host(host)}{path}" for host, path in asked.ends],
            explicit_auth_flows=["ALLOW_REFRESH_TOKEN_AUTH"],
            prevent_user_existence_errors="ENABLED",
            enable_token_revocation=True,
        )
        self._client_id = client.id

    def first(self, session: int) -> LbListenerRuleAction:
        """What a rule does before anything else; who is not signed in is sent to the provider, past Cognito's page."""
        return LbListenerRuleAction(
            type="authenticate-cognito",
            order=1,
            authenticate_cognito=LbListenerRuleActionAuthenticateCognito(
                user_pool_arn=self._given.pool_arn,
                user_pool_client_id=self._client_id,
                user_pool_domain=self._given.domain,
                scope=" ".join(_SCOPES),
                session_cookie_name=self._cookie,
                session_timeout=session,
                on_unauthenticated_request="authenticate",
                authentication_request_extra_params={"identity_provider": self._given.provider},
            ),
        )
