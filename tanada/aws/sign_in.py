"""The identity provider of a user pool: put there with the secret that a store keeps, which nobody else reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.ci_roles import session_of
from tanada.aws.credentials import CONFIG
from tanada.aws.secrets import Store
from tanada.errors import AwsError

if TYPE_CHECKING:
    from tanada.contract.sign_in import Provider
    from tanada.declarations.inventory import Stack
    from tanada.declarations.kept_secrets import Kept

_SCOPES = "openid email"
_ATTRIBUTES = {"username": "sub", "email": "email", "email_verified": "email_verified"}
"""By attribute of a user the provider's claim; each sign-in writes them anew."""
_NOT_THERE = "ResourceNotFoundException"


def put(stack: Stack, system: str, provider: Provider, secret: Kept, environ: Mapping[str, str]) -> None:
    """Put an identity provider into its pool, or change the one that is there.

    Nothing is read back, and whoever is killed in between begins again. Raises AwsError, without AWS's words on a call
    that held the secret; where there is no secret, with how it is made.
    """
    session = session_of(stack, system, environ)
    store = Store(stack, session)
    if store.presence(secret) == "missing":
        raise AwsError(
            f"People can't sign in to {stack.name} yet: there is no {secret}. What {provider.name} shows as the "
            f"client's secret goes there: tanada secrets set {stack.name} {secret.reference}"
        )
    _put(session, provider, store.read(secret))


def renew(stack: Stack, system: str, provider: Provider, prefix: str, value: str, environ: Mapping[str, str]) -> bool:
    """Change the secret of one that is there; False where none is. `prefix` is that of Cognito's domain, by which the
    pool is found; `provider` says all but the pool. Raises AwsError."""
    session = session_of(stack, system, environ)
    cognito = session.client("cognito-idp", config=CONFIG)
    try:
        found = cognito.describe_user_pool_domain(Domain=prefix)["DomainDescription"].get("UserPoolId")
        if not found:
            return False
        cognito.update_identity_provider(UserPoolId=found, ProviderName=provider.name, **_said(provider, value))
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == _NOT_THERE:
            return False
        raise _refused(provider, error) from None
    except BotoCoreError as error:
        raise AwsError(f"{provider.name} gets no secret: {type(error).__name__}.") from None
    return True


def _put(session: Any, provider: Provider, value: str) -> None:
    cognito, said = session.client("cognito-idp", config=CONFIG), _said(provider, value)
    named = {"UserPoolId": provider.pool, "ProviderName": provider.name}
    try:
        try:
            cognito.update_identity_provider(**named, **said)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != _NOT_THERE:
                raise
            kind = "Google" if provider.google else "OIDC"
            cognito.create_identity_provider(**named, ProviderType=kind, **said)
    except ClientError as error:
        raise _refused(provider, error) from None
    except BotoCoreError as error:
        raise AwsError(f"{provider.name} gets no secret: {type(error).__name__}.") from None


def _said(provider: Provider, value: str) -> dict[str, Any]:
    """What the calls say of it (Cognito API reference, CreateIdentityProvider, "ProviderDetails")."""
    details = {"client_id": provider.client_id, "client_secret": value, "authorize_scopes": _SCOPES}
    if not provider.google:
        details |= {"oidc_issuer": provider.issuer, "attributes_request_method": "GET"}
    return {"ProviderDetails": details, "AttributeMapping": dict(_ATTRIBUTES)}


def _refused(provider: Provider, error: ClientError) -> AwsError:
    code = error.response.get("Error", {}).get("Code", "unknown")
    return AwsError(f"{provider.name} gets no secret: AWS refused {error.operation_name}: {code}.")
