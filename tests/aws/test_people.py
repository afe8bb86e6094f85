"""`tanada people` on moto: keys are made, handed out once, renewed; and no secret is said anywhere else."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from boto3 import Session

from tanada.aws import credentials
from tanada.aws import people as of_aws
from tanada.cli.output import Terminal
from tanada.cli.people import people
from tanada.declared.operators import called
from tanada.errors import AwsError, TanadaError
from tanada.names import Names
from tests.aws.aws import ACCOUNT, Aws

SYSTEM = f"""system: kakei
tanada: "0.1"
accounts:
  main: {{id: {ACCOUNT}, region: ap-northeast-1, protected: true}}
  live: {{id: {ACCOUNT}, region: us-east-1, protected: true, common: {{hosted_zones: [example.com]}}}}
common: {{hosted_zones: [example.jp], images: [web]}}
blueprint:
  sites:
    www:
      hosts: [www]
      operators:
        press: {{prefix: /press/, by: key, rotate: 90d}}
        design: {{prefix: /, by: role, from: ["arn:aws:iam::{ACCOUNT}:role/design"]}}
"""
Run = Callable[..., tuple[int, str, str]]


@cache
def session_in(region: str) -> Session:
    return Session(region_name=region)


def user(environment: str) -> str:
    return called(Names(system="kakei", environment=environment, label=environment), "www", "press")


@pytest.fixture
def iam(aws: Aws) -> Any:
    client = aws.session().client("iam")
    for environment in ("test", "production"):
        client.create_user(UserName=user(environment))
    return client


@pytest.fixture
def run(iam: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    (tmp_path / "environments").mkdir()
    (tmp_path / "system.yaml").write_text(SYSTEM)
    for name, account, domain in (("test", "main", "example.jp"), ("production", "live", "example.com")):
        file = tmp_path / "environments" / f"{name}.yaml"
        file.write_text(f"account: {account}\ndomain: {name}.{domain}\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(credentials, "session", lambda region, _: session_in(region))

    def run(*arguments: Any, terminal: bool = True, **options: Any) -> tuple[int, str, str]:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
        code, said = 0, ""
        try:
            people(*arguments, **options)
        except typer.Exit as end:
            code = end.exit_code
        except TanadaError as error:
            code, said = error.exit_code, str(error)
        read = capsys.readouterr()
        return code, read.out, read.err + said

    return run


def ids(iam: Any, environment: str = "test") -> list[str]:
    return [each["AccessKeyId"] for each in iam.list_access_keys(UserName=user(environment))["AccessKeyMetadata"]]


def test_a_key_is_made_and_shown_once_and_renewed_when_the_new_one_is_there(
    run: Run, iam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    code, out, _ = run("key", "test.www.press", protected="main")
    [first] = ids(iam)
    assert code == 0
    assert f"[test.www.press]\naws_access_key_id = {first}\naws_secret_access_key = " in out
    code, _, err = run("key", "test.www.press", protected="main")
    assert (code, err) == (2, "There is no terminal to ask for confirmation: add --yes.")
    answers = iter(("no", "yes"))
    monkeypatch.setattr(Terminal, "can_ask", lambda _: True)

    def ask(_: Terminal, question: str) -> str:
        asked.append(question)
        return next(answers)

    monkeypatch.setattr(Terminal, "ask", ask)
    code, _, err = run("key", "test.www.press", protected="main")
    assert (code, err, ids(iam)) == (2, "Not confirmed; nothing was changed.", [first])
    code, out, _ = run("key", "test.www.press", protected="main")
    assert asked[0] == f"{first} of test.www.press works until the new key is there, and no longer. Type yes: "
    [second] = ids(iam)
    assert (code, second != first) == (0, True)
    assert out.endswith(f"{second} of test.www.press, account main: made.\n{first}: deleted.\n")


def test_a_key_goes_to_a_file_that_nobody_else_reads(run: Run, iam: Any, tmp_path: Path) -> None:
    file = tmp_path / "key"
    code, out, err = run("key", "test.www.press", to=file, terminal=False, protected="main")
    text = file.read_text()
    secret = text.split("aws_secret_access_key = ")[1].strip()
    assert (code, stat.S_IMODE(file.stat().st_mode)) == (0, 0o600)
    assert len(secret) == 40
    assert secret not in out + err
    assert ids(iam)[0] in text
    before = ids(iam)
    code, _, err = run("key", "test.www.press", to=file, protected="main", yes=True)
    assert (code, err, ids(iam)) == (2, f"--to {file}: File exists; name a new file.", before)


def test_no_log_holds_a_key(run: Run, iam: Any) -> None:
    code, out, err = run("key", "test.www.press", terminal=False, protected="main")
    assert (code, out, ids(iam)) == (2, "", [])
    assert err == "A key is printed at a terminal alone, as logs keep what is printed; say --to FILE."


def test_one_that_nobody_got_goes_again_and_the_old_one_stays(
    run: Run, iam: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("key", "test.www.press", protected="main")
    before = ids(iam)

    def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        run("key", "test.www.press", to=tmp_path / "key", protected="main", yes=True)
    assert ids(iam) == before
    assert not (tmp_path / "key").exists()


def test_a_key_that_was_handed_out_stays_where_the_old_one_can_not_be_deleted(
    run: Run, iam: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run("key", "test.www.press", protected="main")
    [first] = ids(iam)

    def refused(*_: Any) -> None:
        raise AwsError("denied")

    monkeypatch.setattr(of_aws.Keys, "_delete", refused)
    code, _, err = run("key", "test.www.press", to=tmp_path / "key", protected="main", yes=True)
    assert (code, err) == (2, "denied")
    [second] = {*ids(iam)} - {first}
    assert second in (tmp_path / "key").read_text()


def test_of_two_keys_the_one_that_nobody_used_makes_room_and_two_in_use_stay(
    run: Run, iam: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(of_aws.MOST):
        iam.create_access_key(UserName=user("test"))
    before = ids(iam)
    assert run("key", "test.www.press", protected="main", yes=True)[0] == 0
    assert len(ids(iam)) == 1
    assert not {*ids(iam)} & {*before}
    iam.create_access_key(UserName=user("test"))
    before = ids(iam)
    used = {"AccessKeyLastUsed": {"LastUsedDate": "2026-11-01"}}
    made = of_aws.Keys.__init__

    def in_use(self: of_aws.Keys, *arguments: Any) -> None:
        made(self, *arguments)
        monkeypatch.setattr(self._iam, "get_access_key_last_used", lambda **_: used)

    monkeypatch.setattr(of_aws.Keys, "__init__", in_use)
    code, _, err = run("key", "test.www.press", protected="main", yes=True)
    assert (code, ids(iam)) == (2, before)
    assert err.startswith(f"{user('test')} has 2 keys, IAM takes no more, and both were used: delete the one")


def test_a_protected_account_is_named(run: Run, iam: Any) -> None:
    code, _, err = run("key", "production.www.press")
    assert (code, ids(iam, "production")) == (2, [])
    assert err == "environment-production belongs to the protected account live: add --protected live."
    assert run("key", "production.www.press", protected="live")[0] == 0
    assert len(ids(iam, "production")) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("key",), "key takes one NAME, such as press or production.www.press."),
        (("key", "press"), "Several are called press; expected one of production.www.press, test.www.press."),
        (
            ("key", "pres"),
            '"pres" uploads by no key; expected one of production.www.press, test.www.press; did you mean "press"?',
        ),
        (("list", "press"), "list takes no NAME, no --to, no --protected and no --yes."),
    ],
)
def test_whom_is_meant(run: Run, arguments: tuple[str, ...], said: str) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert err.startswith(said.partition(";")[0])


def test_an_old_key_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("key", "test.www.press", protected="main")
    run("key", "production.www.press", protected="live")
    assert run("list")[0] == 0
    monkeypatch.setattr(of_aws.Keys, "days", lambda _: {"AKIA1": 91})
    code, out, _ = run("list")
    assert code == 1
    assert "test.www.press  AKIA1  91d of 90d: tanada people key test.www.press\n" in out
