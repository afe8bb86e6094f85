"""An identity provider in a user pool: on moto, and killed before any call; its secret stands in nobody's sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tanada.aws import sign_in
from tanada.aws.secrets import Store
from tanada.contract.sign_in import Provider
from tanada.declarations.kept_secrets import kept_at
from tanada.errors import AwsError
from tests.aws.aws import ACCOUNT, Aws
from tests.terraform.test_decisions import stack as declared

STACK = declared("common", account_id=ACCOUNT)
GOOGLE = Provider("Google", "pool", "1-a.apps.googleusercontent.com", "", "sign-in/google")
OIDC = Provider("OIDC", "pool", "kakei", "https://id.example.com/realms/staff", "/kakei/sign-in")
SECRET = "hunter2-of-nobody"


class KilledError(Exception):
    """The run ends here."""


class Cognito:
    """Cognito and a store as far as this goes, as AWS documents them; killed before its call of that number."""

    def __init__(self) -> None:
        self.there: dict[str, Mapping[str, Any]] = {}
        self.kill_at, self.calls, self.refuses = 0, 0, ""

    def client(self, _name: str, **_: Any) -> Cognito:
        return self

    def _called(self, name: str) -> None:
        self.calls += 1
        if self.calls == self.kill_at:
            raise KilledError
        if self.refuses == name:
            raise ClientError({"Error": {"Code": "InvalidParameterException", "Message": SECRET}}, name)

    def update_identity_provider(self, **asked: Any) -> None:
        self._called("UpdateIdentityProvider")
        if asked["ProviderName"] not in self.there:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": SECRET}}, "Update")
        self.there[asked["ProviderName"]] = asked["ProviderDetails"]

    def create_identity_provider(self, **asked: Any) -> None:
        self._called("CreateIdentityProvider")
        assert asked["ProviderName"] not in self.there, "DuplicateProviderException"
        self.there[asked["ProviderName"]] = asked["ProviderDetails"]


def test_killed_before_any_call_and_begun_again_it_holds_the_secret() -> None:
    for first in (True, False):
        whole = Cognito()
        whole.there = {} if first else {"Google": {}}
        sign_in._put(whole, GOOGLE, SECRET)
        for call in range(1, whole.calls + 1):
            fresh = Cognito()
            fresh.there = {} if first else {"Google": {"client_secret": "before"}}
            fresh.kill_at = call
            with pytest.raises(KilledError):
                sign_in._put(fresh, GOOGLE, SECRET)
            assert fresh.there == ({} if first else {"Google": {"client_secret": "before"}}), "nothing by halves"
            fresh.kill_at = 0
            sign_in._put(fresh, GOOGLE, SECRET)
            assert fresh.there["Google"]["client_secret"] == SECRET


@pytest.mark.parametrize("refused", ["UpdateIdentityProvider", "CreateIdentityProvider"])
def test_a_refusal_repeats_no_word_of_aws(refused: str) -> None:
    cognito = Cognito()
    cognito.refuses = refused
    said = rf"^Google gets no secret: AWS refused {refused}: InvalidParameterException\.$"
    with pytest.raises(AwsError, match=said) as raised:
        sign_in._put(cognito, GOOGLE, SECRET)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__


def at(provider: Provider, pool: str) -> Provider:
    return Provider(provider.name, pool, provider.client_id, provider.issuer, provider.secret)


@pytest.mark.parametrize("provider", [GOOGLE, OIDC], ids=["google", "another issuer"])
def test_it_is_put_with_what_its_store_keeps_and_renewed_by_the_pools_domain(
    provider: Provider, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = aws.session()
    monkeypatch.setattr(sign_in, "session_of", lambda *_: session)
    cognito = session.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="kakei")["UserPool"]["Id"]
    there, secret = at(provider, pool), kept_at(provider.secret, STACK)
    with pytest.raises(AwsError, match=r"there is no .*: tanada secrets set common-\w+ ") as missing:
        sign_in.put(STACK, "kakei", there, secret, {})
    assert secret.reference in str(missing.value)
    assert not sign_in.renew(STACK, "kakei", provider, "kakei-1", SECRET, {}), "no pool has this domain"
    Store(STACK, session).write(secret, SECRET, {"System": "kakei"})
    sign_in.put(STACK, "kakei", there, secret, {})
    details = cognito.describe_identity_provider(UserPoolId=pool, ProviderName=provider.name)["IdentityProvider"]
    assert details["ProviderType"] == ("Google" if provider is GOOGLE else "OIDC")
    assert details["AttributeMapping"]["email_verified"] == "email_verified"
    assert details["ProviderDetails"] == {
        "client_id": provider.client_id,
        "client_secret": SECRET,
        "authorize_scopes": "openid email",
        **({"oidc_issuer": provider.issuer, "attributes_request_method": "GET"} if provider is OIDC else {}),
    }
    cognito.create_user_pool_domain(Domain="kakei-1", UserPoolId=pool)
    assert sign_in.renew(STACK, "kakei", provider, "kakei-1", "another", {})
    sign_in.put(STACK, "kakei", there, secret, {})
    again = cognito.describe_identity_provider(UserPoolId=pool, ProviderName=provider.name)["IdentityProvider"]
    assert again["ProviderDetails"]["client_secret"] == SECRET
    cognito.delete_identity_provider(UserPoolId=pool, ProviderName=provider.name)
    assert not sign_in.renew(STACK, "kakei", provider, "kakei-1", SECRET, {}), "the next apply makes it"
