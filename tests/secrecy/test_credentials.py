"""Credentials that a text shows by its form."""

from __future__ import annotations

import pytest

from tanada.secrecy import SENSITIVE, Secrets


@pytest.mark.parametrize(
    "text",
    [
        "https://example.jp/a@b:c",
        "https://git@github.com/acme/shop@v1:x",
        "docker run -u 1000:1000 web",
        "web:v1@sha256:0123456789abcdef",
        "see it:monthly@example.jp",
        "write to mailto:web2024team@example.jp",
        "the secret shop-db-12 is gone",
        "<token_ttl>3600</token_ttl>",
        "hooks.slack.com/help and ghp_ and eyJ",
        "http://host:8080/@scope/x:y",
        "git clone ssh://git@github.com/acme/shop",
        "docker://nginx@sha256:0123456789abcdef",
        "aws_x.db_password: Creating...",
        "aws_secretsmanager_secret.token: Creation complete after 1s [id=a1b2c3]",
        "creating secret: AccessDenied: not yours",
        "arn:aws:secretsmanager:ap-northeast-1:1:secret:shop/db-1a2b3c",
        "the password is too short",
        "token_ttl=3600",
        "password = var.password",
        "mysql --password=$DB_PASSWORD app",
        'password="${DB_PASSWORD}"',
        "Basic authentication is off",
        f"password={SENSITIVE}",
        "1.dkr.ecr.ap-northeast-1.amazonaws.com/shop/auth:4f2a9c1",
        "repo/token:abc123",
        "docker.io/secret-store:v1.2.3",
        "http://auth:8080/x1",
        "https://token:x1y2z3",
        "arn:aws:logs:x:1:log-group:/ecs/sso-auth:log1x",
        "arn:aws:ecs:x:1:service/c1/token:abc123",
        "arn:aws:secretsmanager:x:1:secret:shop/db-1a2b3c:password::",
        "deploy: auth 4f2a9c1 → 5b3d0e2",
        "token: 4f2a9c1 → 5b3d0e2",
        "image_tags.cookie: 4f2a9c1",
        "give it as --image auth=4f2a9c1",
        "PASSWORD=$X make all; ls",
        "トークン数: 100a1b2c3",
        "パスワードを変更しました",
        "秘密保持契約: 2024年a1b2c3",
        "password={{ lookup }};",
    ],
)
def test_what_only_speaks_of_a_secret_stays(text: str) -> None:
    assert Secrets().remove(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see the password is hunter2zz.", f"see the password is {SENSITIVE}."),
        ("Authorization: Bearer eyJhbGciOiJ9.x1", f"Authorization: Bearer {SENSITIVE}"),
        ('{"db": {"password": "a"}, "n": 1}', f'{{"db": {{"password": "{SENSITIVE}"}}, "n": 1}}'),
        ("smtps://web@example.jp:hunter2zz@smtp.example.jp", f"smtps://{SENSITIVE}@smtp.example.jp"),
        ("connect web:hunter2zz@db.example.jp/app", f"connect web:{SENSITIVE}@db.example.jp/app"),
        ("<password>hunter 2</password>", f"<password>{SENSITIVE}</password>"),
        ("curl -u app:hunter2zz https://h", f"curl -u app:{SENSITIVE} https://h"),
        ("with ghp_0123456789abcdefABCD.", f"with {SENSITIVE}."),
        ("https://hooks.slack.com/services/T01/B02/x1Y2", f"https://hooks.slack.com/services/{SENSITIVE}"),
        ("is eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl here", f"is {SENSITIVE} here"),
        ("authorization: bearer abcdefghijklmnopqrstuvwx", f"authorization: bearer {SENSITIVE}"),
        ("password=$ecret123 and", f"password={SENSITIVE} and"),
        ("password='$2b$10$abcdefghijk'", f"password='{SENSITIVE}'"),
        ("DB_PW=hunter2zz", f"DB_PW={SENSITIVE}"),
        ("GITHUB_PAT: 'hunter2zz'", f"GITHUB_PAT: '{SENSITIVE}'"),
        ("X-Api-Key tok-0123456789abcdef", f"X-Api-Key {SENSITIVE}"),
        ("--token abc --name web", f"--token {SENSITIVE} --name web"),
        ("-----BEGIN PRIVATE KEY-----\nMII=\n-----END", f"-----BEGIN PRIVATE KEY-----{SENSITIVE}-----END"),
    ],
)
def test_what_shows_one_loses_it_alone(text: str, expected: str) -> None:
    assert Secrets().remove(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Password=Corr3ct horse;", f"Password={SENSITIVE};"),
        ("Server=db;Password=Corr3ct horse battery;Encrypt=true", f"Server=db;Password={SENSITIVE};Encrypt=true"),
        ("Pwd=Sup3r;Secret;", f"Pwd={SENSITIVE};"),
        ('UID=sa;PWD={p}};w:=d "x};Encrypt=yes', f"UID=sa;PWD={SENSITIVE};Encrypt=yes"),
        ('Password="a;b""c9";x=1', f'Password="{SENSITIVE}";x=1'),
        ("Password='it''s;me';Database=x", f"Password='{SENSITIVE}';Database=x"),
        ('"UID=sa;PWD=my pass"', f'"UID=sa;PWD={SENSITIVE}"'),
        ("Password=hunter2zz;Encrypt=true", f"Password={SENSITIVE};Encrypt=true"),
        ("password=hunter2zz Server=x; y", f"password={SENSITIVE} Server=x; y"),
        ("PASSWORD=x make all; ls", f"PASSWORD={SENSITIVE} make all; ls"),
        ("error:password=hunter2zz", f"error:password={SENSITIVE}"),
        ("パスワード：hunter2zz", f"パスワード：{SENSITIVE}"),
        ("ﾊﾟｽﾜｰﾄﾞ=hunter2zz です", f"ﾊﾟｽﾜｰﾄﾞ={SENSITIVE} です"),
        ("ｐａｓｓｗｏｒｄ＝ｈｕｎｔｅｒ２ end", f"ｐａｓｓｗｏｒｄ＝{SENSITIVE} end"),
        ("合言葉は「hunter2zz」です", f"合言葉は「{SENSITIVE}」です"),
        ("パスワードはhunter2zzです", f"パスワードは{SENSITIVE}です"),
        ('{"暗証番号": "1234"}', f'{{"暗証番号": "{SENSITIVE}"}}'),
        ("トークン=x1", f"トークン={SENSITIVE}"),
        ("DBPASS=hunter2 S3_CREDS=x", f"DBPASS={SENSITIVE} S3_CREDS={SENSITIVE}"),
    ],
)
def test_where_a_value_ends(text: str, expected: str) -> None:
    assert Secrets().remove(text) == expected


def test_a_known_secret_is_found_in_full_width_letters() -> None:
    assert Secrets(["hunter2zz"]).remove("is ｈｕｎｔｅｒ２ｚｚ here") == f"is {SENSITIVE} here"
