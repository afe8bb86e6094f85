"""Names of secrets, and names that only speak of them."""

from __future__ import annotations

import pytest

from tanada.secrecy import attribute_is_secret, looks_secret, names_secret


@pytest.mark.parametrize(
    "name",
    [
        "API_TOKEN",
        "DB_PASSWORD",
        "apikey",
        "x-api-key",
        "splunk-token",
        "dbPassword",
        "SECRET_KEY_BASE",
        "SENTRY_DSN",
        "auth_tokens",
        "traefik.http.middlewares.x.basicauth.users",
        "redis_auth",
        "APP_KEY",
        "shared_key",
        "WEBHOOK_URL",
        "/shop/test/db_password",
        "AWS_SECRET_ACCESS_KEY",
        *(
            "S3_CREDS",
            "DBPASS",
            "PGPASS",
            "DB_PASS_PROD",
            "MY_PWD_OLD",
            "PASSWD2",
            "APIKEY1",
            "PRIVATEKEY",
            "SIGNING_SALT",
        ),
        *("STRIPE_KEY", "STRIPE_KEY_2", "MASTERKEY", "sshKey", "ROOTPW", "mysqlRootPass", "SESSION_SECRET_PREVIOUS"),
        *("APP_KEY_V2", "AWS_CREDS_OLD", "OTP_PEPPER", "DATABASE_PASS1", "LDAP_BIND_PW_STG", "TOKEN2", "CRED"),
        *(
            "パスワード",
            "ﾊﾟｽﾜｰﾄﾞ",
            "暗証番号",
            "秘密",
            "秘密鍵",
            "トークン",
            "ﾄｰｸﾝ",
            "合言葉",
            "DBパスワード",
            "ＰＡＳＳＷＯＲＤ",
        ),
        *("パスワード_本番", "管理者パスワード（旧）", "APIキー", "ＡＰＩキー"),
    ],
)
def test_a_name_that_people_gave(name: str) -> None:
    assert names_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        "kms_key_id",
        "hash_key",
        "token_validity_units",
        "TOKEN_URL",
        "SECRET_ARN",
        "key",
        "public_key",
        "MAX_TOKENS",
        "max_output_tokens",
        "password_length",
        "creation_token",
        "Author",
        "passthrough",
        "LOG_LEVEL",
        "authorization_type",
        *("bypass", "BYPASS_CACHE", "compass", "HASHKEY", "PUBLICKEY", "monkey", "hotkey", "partition_key_2", "KEYS"),
        *(
            "NEXT_TOKEN",
            "TOKEN_COUNT_2",
            "TOKEN_URL_OLD",
            "CREDITS",
            "incredible",
            "creds_path",
            "keyboard",
            "test",
            "v2",
        ),
        *("トークン数", "パスワード長", "パスワード有効期限", "秘密保持契約", "名前", "キーボード"),
        "",
    ],
)
def test_a_name_that_opens_nothing(name: str) -> None:
    assert not names_secret(name)
    assert not attribute_is_secret(name)


@pytest.mark.parametrize(("name", "expected"), [("client_secret", True), ("auth", False), ("app_key", False)])
def test_of_a_providers_attributes_only_what_can_mean_nothing_else(name: str, expected: bool) -> None:
    assert attribute_is_secret(name) is expected
    assert names_secret(name)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("value_wo", True),
        ("plaintext_wo", True),
        ("client_id_wo", True),
        ("has_value_wo", False),
        ("value_wo_version", False),
    ],
)
def test_write_only_arguments_are_secret_whatever_they_are_called(name: str, expected: bool) -> None:
    assert attribute_is_secret(name) is expected
    assert not names_secret(name), "people mean something else by it"


def test_of_environment_variables_less_is_enough() -> None:
    assert looks_secret("CACHE_KEY")
    assert not names_secret("CACHE_KEY")


@pytest.mark.parametrize("name", ["S3_CREDS", "DB_PW", "GITHUB_PAT", "ﾊﾟｽﾜｰﾄﾞ期限", "WEBHOOK_URL", "MNEMONIC"])
def test_of_environment_variables_whatever_names_a_secret_is_one(name: str) -> None:
    assert looks_secret(name)


@pytest.mark.parametrize("name", ["LOG_LEVEL", "DATABASE_URL", "PORT", "商品名", ""])
def test_other_environment_variables_are_none(name: str) -> None:
    assert not looks_secret(name)
