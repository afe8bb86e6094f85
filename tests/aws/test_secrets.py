"""`tanada secrets` on moto: what is made, with which tags, what is said, and that no value is."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from boto3 import Session
from botocore.exceptions import ClientError

from tanada.aws import credentials
from tanada.aws.secrets import Store
from tanada.cli.secrets import secrets
from tanada.declared.sign_in import prefix
from tanada.errors import TanadaError
from tests.aws.aws import ACCOUNT, Aws

SYSTEM = f"""system: kakei
tanada: "0.1"
tags: {{owner: ops}}
accounts:
  main: {{id: {ACCOUNT}, region: ap-northeast-1, protected: true}}
  production: {{id: {ACCOUNT}, region: us-east-1, protected: true, common: {{hosted_zones: [example.com]}}}}
common:
  hosted_zones: [example.jp]
  images: [web]
  sign_in:
    google: {{client_id: 1-a.apps.googleusercontent.com, client_secret: sign-in/google}}
    domains: [example.jp]
blueprint:
  services:
    web:
      image: web
      secrets:
        KEY: "/kakei/{{environment}}/key"
        AUTH0: "kakei/{{environment}}/env:AUTH0"
        SHARED: kakei/shared
        TOKEN: "/kakei/{{environment}}/web-token"
    worker:
      image: web
      renamed_from: jobs
      secrets: {{KEY: "/kakei/{{environment}}/key", TOKEN: "/kakei/{{environment}}/worker-token"}}
      sidecars: {{otel: {{image: web, secrets: {{TOKEN: "/kakei/{{environment}}/worker-token"}}}}}}
"""
VALUE = "hunter2-of-nobody"
Run = Callable[..., tuple[int, str]]
THE_REAL_ONE = credentials.session


@cache
def session_in(region: str) -> Session:
    return Session(region_name=region)


@pytest.fixture
def run(aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """The verb, with what is on stdin: its exit code and all that it says, which is never a value."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "workspaces").mkdir()
    (tmp_path / "system.yaml").write_text(SYSTEM)
    for name, account, domain in (("test", "main", "test.example.jp"), ("production", "production", "www.example.com")):
        (tmp_path / "environments" / f"{name}.yaml").write_text(f"account: {account}\ndomain: {domain}\n")
    (tmp_path / "workspaces" / "review.yaml").write_text("account: main\ndomain: review.example.jp\n")
    monkeypatch.chdir(tmp_path)
    # One for all runs of all tests: making it costs more than all that is asked of it.
    monkeypatch.setattr(credentials, "session", lambda region, _: session_in(region))

    def run(*arguments: Any, given: str | bytes = VALUE, **options: Any) -> tuple[int, str]:
        action, environment, *names = arguments
        data = given if isinstance(given, bytes) else given.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code, said = 0, ""
        try:
            secrets(action, environment, names or None, **options)
        except typer.Exit as end:
            code = end.exit_code
        except TanadaError as error:
            code, said = error.exit_code, str(error)
        read = capsys.readouterr()
        assert VALUE not in read.out + read.err + said
        return code, read.out + said

    return run


def parameter(aws: Aws, name: str) -> Any:
    return aws.session().client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]


def secret(aws: Aws, name: str) -> Any:
    return aws.session().client("secretsmanager").get_secret_value(SecretId=name)["SecretString"]


def test_a_parameter_is_made_encrypted_with_tags_then_changed(run: Run, aws: Aws) -> None:
    assert run("set", "test", "KEY", given=f"{VALUE}\n") == (
        0,
        "/kakei/test/key (Parameter Store) of test, account main: made.\n",
    )
    found = parameter(aws, "/kakei/test/key")
    assert (found["Type"], found["Value"]) == ("SecureString", VALUE)
    tags = aws.session().client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId="/kakei/test/key")
    assert {each["Key"]: each["Value"] for each in tags["TagList"]} == {
        "System": "kakei",
        "Environment": "test",
        "ManagedBy": "Tanada",
        "owner": "ops",
    }
    assert run("set", "test", "KEY", given=f"{VALUE}2\r\n") == (
        0,
        "/kakei/test/key (Parameter Store) of test, account main: changed.\n"
        "web, worker read it when a task starts, so what runs has the value before. New tasks:\n"
        "  aws ecs update-service --region ap-northeast-1 --cluster kakei --service test_web_kakei "
        "--force-new-deployment\n"
        "  aws ecs update-service --region ap-northeast-1 --cluster kakei --service test_jobs_kakei "
        "--force-new-deployment\n",
    )
    assert parameter(aws, "/kakei/test/key")["Value"] == f"{VALUE}2"


def test_one_key_of_a_json_secret_is_set_and_the_others_stay(run: Run, aws: Aws) -> None:
    assert run("set", "test", "AUTH0")[1].endswith("account main: made.\n")
    client = aws.session().client("secretsmanager")
    client.put_secret_value(SecretId="kakei/test/env", SecretString=json.dumps({"OTHER": "1", "AUTH0": "old"}))
    assert run("set", "test", "web.AUTH0")[0] == 0
    assert json.loads(secret(aws, "kakei/test/env")) == {"OTHER": "1", "AUTH0": VALUE}
    tags = client.describe_secret(SecretId="kakei/test/env")["Tags"]
    assert {"Key": "Environment", "Value": "test"} in tags
    client.put_secret_value(SecretId="kakei/test/env", SecretString="no json")
    assert run("set", "test", "AUTH0") == (
        2,
        "kakei/test/env:AUTH0 (Secrets Manager) is there, but is no JSON of keys and values, so it has no key AUTH0.",
    )


def test_what_several_environments_take_is_tagged_common_and_what_was_deleted_comes_back(run: Run, aws: Aws) -> None:
    run("set", "test", "kakei/shared")
    client = aws.session().client("secretsmanager")
    assert {"Key": "Environment", "Value": "common"} in client.describe_secret(SecretId="kakei/shared")["Tags"]
    client.delete_secret(SecretId="kakei/shared")
    assert "missing" in run("list", "test")[1]
    assert run("set", "test", "SHARED")[0] == 0
    assert secret(aws, "kakei/shared") == VALUE


def test_list_says_what_is_there_missing_and_unread_and_who_reads_it(run: Run, aws: Aws) -> None:
    run("set", "test", "KEY")
    run("set", "test", "AUTH0")
    client = aws.session().client("secretsmanager")
    ours = {"System": "kakei", "Environment": "test", "ManagedBy": "Tanada"}
    client.create_secret(Name="old", SecretString="x", Tags=[{"Key": key, "Value": ours[key]} for key in ours])
    client.create_secret(Name="others", SecretString="x")
    assert run("list", "test") == (
        1,
        "there    /kakei/test/key (Parameter Store)           web.KEY, worker.KEY\n"
        "missing  /kakei/test/web-token (Parameter Store)     web.TOKEN\n"
        "missing  /kakei/test/worker-token (Parameter Store)  worker.TOKEN, worker.otel.TOKEN\n"
        "missing  kakei/shared (Secrets Manager)              web.SHARED\n"
        "there    kakei/test/env:AUTH0 (Secrets Manager)      web.AUTH0\n"
        "unread   old (Secrets Manager)                       nobody\n",
    )
    client.put_secret_value(SecretId="kakei/test/env", SecretString="{}")
    assert "missing  kakei/test/env:AUTH0" in run("list", "test")[1]


def test_list_ends_well_where_all_are_there_in_a_review_environment_too(run: Run, aws: Aws) -> None:
    for name in ("KEY", "AUTH0", "SHARED", "web.TOKEN", "worker.TOKEN"):
        assert run("set", "review-kokuyou", name, generate=64, given="")[0] == 0
    made = parameter(aws, "/kakei/review-kokuyou/web-token")["Value"]
    assert len(made) == 64
    assert made.isalnum()
    assert made != parameter(aws, "/kakei/review-kokuyou/worker-token")["Value"]
    code, said = run("list", "review-kokuyou")
    assert (code, "missing" in said) == (0, False)


def test_rotate_changes_what_is_there_alone(run: Run, aws: Aws) -> None:
    assert run("rotate", "test", "KEY") == (
        2,
        "There is no /kakei/test/key (Parameter Store) to rotate: tanada secrets set test KEY makes it.",
    )
    run("set", "test", "KEY", given="before")
    code, said = run("rotate", "test", "KEY", generate=32, given="")
    assert (code, "--service test_web_kakei" in said) == (0, True)
    assert len(parameter(aws, "/kakei/test/key")["Value"]) == 32


def test_copy_takes_a_value_out_of_a_protected_account_only_when_that_is_said(run: Run, aws: Aws) -> None:
    run("set", "production", "KEY")
    assert run("copy", "test", "KEY")[1] == (
        "copy needs the environment that has the value: --from ENV, and test gets it."
    )
    assert run("copy", "test", "KEY", source="production") == (
        2,
        "production is in the protected account production: its secrets are copied out of it with --from-protected "
        "alone. Mostly a value of its own is better: tanada secrets set.",
    )
    assert run("copy", "test", "KEY", source="production", from_protected=True)[0] == 0
    assert parameter(aws, "/kakei/test/key")["Value"] == VALUE
    assert run("copy", "test", "AUTH0", source="review-a", from_protected=True)[1] == (
        "There is no kakei/review-a/env:AUTH0 (Secrets Manager); tanada secrets set makes it."
    )
    run("set", "review-a", "AUTH0")
    assert run("copy", "test", "AUTH0", source="review-a", from_protected=True)[0] == 0
    assert json.loads(secret(aws, "kakei/test/env")) == {"AUTH0": VALUE}
    assert run("copy", "test", "SHARED", source="review-a") == (
        2,
        "review-a and test take the same kakei/shared (Secrets Manager): there is nothing to copy.",
    )


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        (("set", "test"), {}, "set takes one NAME; a value is no argument: it is read from stdin, or asked for."),
        (("set", "test", "KEY", VALUE), {}, "set takes one NAME; a value is no argument: it is read from stdin, or"),
        (("set", "test", "KY"), {}, 'test declares no secret "KY"; expected one of AUTH0, KEY, SHARED, TOKEN'),
        (
            ("set", "test", "TOKEN"),
            {},
            "TOKEN is several secrets of test: say which, web.TOKEN, worker.TOKEN, worker.otel.TOKEN.",
        ),
        (("set", "tset", "KEY"), {}, 'There is no stack "tset"'),
        (("set", "review", "KEY"), {}, "Name one review environment: review-WORKSPACE."),
        (("list", "common-mian"), {}, 'There is no stack "common-mian"'),
        (("list", "test", "KEY"), {}, "list takes no NAME."),
        (("set", "test", "KEY"), {"source": "production"}, "set takes no --from."),
        (("set", "test", "KEY"), {"generate": 3}, "--generate 3 does not fit; expected a number from 16 to 4096."),
        (("set", "test", "KEY"), {"given": ""}, "/kakei/test/key (Parameter Store): the value is empty, and neither"),
        (("set", "test", "KEY"), {"given": b"\xff"}, "What stdin holds is no UTF-8 text"),
        (
            ("set", "test", "KEY"),
            {"given": "x" * 4097},
            "/kakei/test/key (Parameter Store): the value has more than",
        ),
        (("set", "test", "SHARED"), {"given": "x" * 65537}, "kakei/shared (Secrets Manager): the value has more than"),
    ],
)
def test_what_is_refused(
    arguments: tuple[str, ...], options: dict[str, Any], said: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tanada.cli.secrets._store", lambda _: object.__new__(Store))  # that asks nobody
    monkeypatch.setattr(Store, "_refuse_elsewhere", lambda *_: None)
    code, text = run(*arguments, **options)
    assert (code, text[: len(said)]) == (2, said)


def test_credentials_of_another_account_write_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "system.yaml").write_text(SYSTEM.replace(ACCOUNT, "111111111111"))
    assert run("set", "test", "KEY") == (
        2,
        f"These credentials belong to the account {ACCOUNT}, but system.yaml declares 111111111111 for main.",
    )


def test_without_credentials_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "session", THE_REAL_ONE)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    code, said = run("list", "test")
    assert (code, said.partition(":")[0]) == (2, "No AWS credentials were found")


def test_what_is_kept_elsewhere_is_not_written_from_here(run: Run, tmp_path: Path) -> None:
    there = "arn:aws:secretsmanager:ap-northeast-1:444444444444:secret:partner/key-a1B2c3"
    (tmp_path / "system.yaml").write_text(SYSTEM.replace("kakei/shared", f'"{there}"'))
    assert run("set", "test", "SHARED")[1] == (
        f"{there} (Secrets Manager) is kept in account 444444444444, ap-northeast-1: it is written there alone."
    )
    assert f"elsewhere  {there}" in run("list", "test")[1]


def test_what_aws_denies_is_said_by_its_action(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's own words may repeat what it was given."""

    def denied(self: Store, *_: object, **__: object) -> object:
        raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": VALUE}}, "DescribeSecret")

    monkeypatch.setattr(Store, "_described", denied)
    assert run("set", "test", "SHARED") == (
        2,
        "kakei/shared (Secrets Manager): AWS denies secretsmanager:DescribeSecret to these credentials; ask for it on "
        "this one.",
    )
    assert "denied   kakei/shared" in run("list", "test")[1]


def test_a_terminal_is_asked_and_shows_nothing(run: Run, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, str] = {}
    monkeypatch.setattr("tanada.cli.secrets._typed", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.setdefault(prompt, VALUE))
    run("set", "test", "KEY", given="")
    assert list(asked) == ["Value of /kakei/test/key (Parameter Store), not shown: "]
    assert parameter(aws, "/kakei/test/key")["Value"] == VALUE


def test_an_identity_providers_secret_is_the_common_layers(run: Run, aws: Aws) -> None:
    assert run("list", "common-main") == (1, "missing  sign-in/google (Secrets Manager)  sign_in\n")
    assert run("rotate", "common-main", "sign-in/google") == (
        2,
        "There is no sign-in/google (Secrets Manager) to rotate: tanada secrets set common-main sign-in/google makes "
        "it.",
    )
    made = "sign-in/google (Secrets Manager) of common-main, account main"
    assert run("set", "common-main", "sign-in/google") == (
        0,
        f"{made}: made.\nThe next apply of common-main puts it into Cognito.\n",
    )
    tags = aws.session().client("secretsmanager").describe_secret(SecretId="sign-in/google")["Tags"]
    assert {each["Key"]: each["Value"] for each in tags}["Environment"] == "common"
    assert run("list", "common-main") == (0, "there  sign-in/google (Secrets Manager)  sign_in\n")
    cognito = aws.session().client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="kakei")["UserPool"]["Id"]
    cognito.create_user_pool_domain(Domain=prefix("kakei", ACCOUNT, "ap-northeast-1"), UserPoolId=pool)
    named = {"UserPoolId": pool, "ProviderName": "Google"}
    cognito.create_identity_provider(**named, ProviderType="Google", ProviderDetails={"client_secret": "old"})
    assert run("rotate", "common-main", "sign-in/google", given="another-of-nobody") == (
        0,
        f"{made}: changed.\nCognito has it for Google from now on; who is signed in stays so.\n",
    )
    there = cognito.describe_identity_provider(**named)["IdentityProvider"]["ProviderDetails"]
    assert (there["client_secret"], there["client_id"]) == ("another-of-nobody", "1-a.apps.googleusercontent.com")


def test_a_common_layer_has_no_other_secret(run: Run, tmp_path: Path) -> None:
    code, said = run("set", "common-main", VALUE)
    assert (code, said) == (
        2,
        "set takes one NAME, sign-in/google; a value is read from stdin, or asked for.",
    )
    assert run("copy", "common-main", "sign-in/google") == (
        2,
        "copy is for environments; each account has a client of its own at its identity provider.",
    )
    declared = (tmp_path / "system.yaml").read_text()
    first, _, rest = declared.partition("  sign_in:\n")
    (tmp_path / "system.yaml").write_text(first + rest[rest.index("blueprint:") :])
    assert run("list", "common-main") == (2, "common-main is no environment; expected one of production, test")
