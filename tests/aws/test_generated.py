"""Values that an apply makes (`{generate: 64}`), on moto: once, with tags, unseen, and gone with their environment."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tanada.aws import ci_roles
from tanada.aws import secrets as in_aws
from tanada.declarations.inventory import inventory
from tanada.declarations.kept_secrets import find_instance, kept
from tanada.declarations.loader import load
from tanada.declared.system import System
from tanada.errors import AwsError
from tanada.terraform import carry_out, destroy, generated, records, removal
from tanada.terraform.layout import Target
from tests.aws.aws import ACCOUNT, Aws
from tests.aws.test_secrets import VALUE, Run, parameter, run, session_in

__all__ = ["run"]
SYSTEM = f"""system: kakei
tanada: "0.1"
accounts: {{main: {{id: {ACCOUNT}, region: ap-northeast-1}}}}
common: {{images: [web], load_balancers: {{}}}}
blueprint:
  services:
    web:
      image: web
      renamed_from: site
      secrets: {{AUTH_KEY: {{generate: 64}}}}
      sidecars: {{nginx: {{image: web, secrets: {{AUTH_KEY: {{generate: 16}}}}}}, cron: {{command: [cron]}}}}
    queue: {{like: web}}
    api: {{image: web, secrets: {{WEB_KEY: "/kakei/{{environment}}/generated/site/AUTH_KEY"}}}}
  tasks:
    migrate: {{like: web, secrets: {{AUTH_KEY: {{generate: 4096}}}}}}
"""
FOLDER = "/kakei/test/generated"
NAMES = [f"{FOLDER}/migrate/AUTH_KEY", f"{FOLDER}/site/AUTH_KEY", f"{FOLDER}/site/nginx/AUTH_KEY"]


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    monkeypatch.setattr(ci_roles, "session", lambda region, _: session_in(region))
    for folder in ("environments", "workspaces"):
        (tmp_path / folder).mkdir(exist_ok=True)
    (tmp_path / "system.yaml").write_text(SYSTEM)
    (tmp_path / "environments" / "test.yaml").write_text("account: main\ntags: {owner: ops}\n")
    (tmp_path / "environments" / "staging.yaml").write_text("account: main\n")
    (tmp_path / "environments" / "production.yaml").unlink(missing_ok=True)
    (tmp_path / "workspaces" / "review.yaml").write_text("account: main\n")
    return load(tmp_path)


class Apply:
    """What an apply of one target says and calls."""

    def __init__(self, system: System, stack: str, workspace: str | None = None, *, offline: bool = False) -> None:
        self.lines: list[str] = []
        self.target = Target(next(each for each in inventory(system) if each.name == stack), workspace)
        self.run = cast(Any, SimpleNamespace(system=system, voice=self))
        self.session = cast(Any, SimpleNamespace(target=self.target, context=SimpleNamespace(offline=offline)))
        self.offline = offline

    def note(self, line: str) -> None:
        self.lines.append(line)

    say = note

    def make(self) -> list[str]:
        self.lines.clear()
        generated.make(self.run, self.session)
        return self.lines

    def delete(self, *read: str) -> list[str]:
        self.lines.clear()
        generated.delete(self.run, self.target, read, offline=self.offline)
        return self.lines


def there(aws: Aws) -> list[str]:
    found = aws.session().client("ssm").describe_parameters()["Parameters"]
    return sorted(each["Name"] for each in found)


def test_each_is_made_once_encrypted_with_tags_and_no_apply_changes_it(system: System, aws: Aws) -> None:
    apply = Apply(system, "environment-test")
    assert apply.make() == [
        f"environment-test: migrate.AUTH_KEY is made: {NAMES[0]} (Parameter Store). Nobody has seen its value.",
        f"environment-test: web.AUTH_KEY is made: {NAMES[1]} (Parameter Store). Nobody has seen its value.",
        f"environment-test: web.nginx.AUTH_KEY is made: {NAMES[2]} (Parameter Store). Nobody has seen its value.",
    ]
    found = {name: parameter(aws, name) for name in NAMES}
    assert {each["Type"] for each in found.values()} == {"SecureString"}
    assert [len(found[name]["Value"]) for name in NAMES] == [4096, 64, 16]
    assert all(each["Value"].isalnum() for each in found.values())
    tags = aws.session().client("ssm").list_tags_for_resource(ResourceType="Parameter", ResourceId=NAMES[1])
    assert {each["Key"]: each["Value"] for each in tags["TagList"]} == {
        "System": "kakei",
        "Environment": "test",
        "ManagedBy": "Tanada",
        "owner": "ops",
    }
    assert apply.make() == []
    assert {name: parameter(aws, name)["Value"] for name in NAMES} == {name: found[name]["Value"] for name in NAMES}


def test_whoever_was_killed_in_between_goes_on_and_what_people_gave_stays(system: System, aws: Aws) -> None:
    aws.session().client("ssm").put_parameter(Name=NAMES[1], Value=VALUE, Type="SecureString")
    lines = Apply(system, "environment-test").make()
    assert [line.partition(" is made")[0] for line in lines] == [
        "environment-test: migrate.AUTH_KEY",
        "environment-test: web.nginx.AUTH_KEY",
    ]
    assert parameter(aws, NAMES[1])["Value"] == VALUE


def test_environments_have_their_own_and_a_destroyed_one_takes_its_own_with_it(system: System, aws: Aws) -> None:
    review = Apply(system, "review", "kokuyou")
    for each in (Apply(system, "environment-test"), Apply(system, "environment-staging"), review):
        each.make()
    mine = [name.replace("/test/", "/review-kokuyou/") for name in NAMES]
    assert len({parameter(aws, name)["Value"] for name in there(aws)}) == len(there(aws)) == 9
    old = "/kakei/review-kokuyou/generated/gone/KEY"  # of a service that this commit doesn't declare
    for name in (old, "/kakei/review-kokuyou/by-hand", "/kakei/other/generated/web/KEY"):
        aws.session().client("ssm").put_parameter(Name=name, Value=VALUE, Type="SecureString")
    said = review.delete(old, "/kakei/review-kokuyou/by-hand", "/kakei/other/generated/web/KEY", *mine)
    assert said == ["review-kokuyou: 4 values that Tanada had made: deleted."]
    left = there(aws)
    assert not {*mine, old} & {*left}
    assert {*NAMES, "/kakei/review-kokuyou/by-hand", "/kakei/other/generated/web/KEY"} < {*left}
    assert review.delete() == []


def test_a_state_says_which_its_tasks_read() -> None:
    arn = f"arn:aws:ssm:ap-northeast-1:{ACCOUNT}:parameter"
    secrets = [
        {"name": "A", "valueFrom": f"{arn}{NAMES[0]}"},
        {"name": "B", "valueFrom": f"arn:aws:secretsmanager:ap-northeast-1:{ACCOUNT}:secret:b"},
    ]
    text = json.dumps([{"name": "web", "secrets": secrets}, {"name": "nginx"}])
    task = {"type": "aws_ecs_task_definition", "instances": [{"attributes": {"container_definitions": text}}]}
    state = {"resources": [{"type": "aws_vpc", "instances": [{}]}, task]}
    context = SimpleNamespace(offline=False)
    session = cast(Any, SimpleNamespace(context=context, whole_state=lambda: state))
    assert generated.of_state(session) == (NAMES[0],)


def test_offline_and_for_a_common_layer_nothing_is_called(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_aws.Store, "__init__", lambda *_: pytest.fail("AWS is called"))
    offline = Apply(system, "environment-test", offline=True)
    assert offline.make() == [
        "environment-test: there is no AWS offline: no value is made for migrate.AUTH_KEY, web.AUTH_KEY, "
        "web.nginx.AUTH_KEY."
    ]
    assert offline.delete(*NAMES) == []
    common = Apply(system, "common-main")
    assert (common.make(), common.delete()) == ([], [])


def test_no_value_is_said_written_or_given_to_a_process(
    system: System,
    aws: Aws,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(in_aws, "random_text", lambda _: VALUE)
    monkeypatch.setattr("subprocess.Popen.__init__", lambda *_, **__: pytest.fail("a process is started"))
    said = Apply(system, "environment-test").make()
    assert parameter(aws, NAMES[0])["Value"] == VALUE
    read = capfd.readouterr()
    assert VALUE not in "".join([*said, read.out, read.err, caplog.text])
    assert [file for file in tmp_path.rglob("*") if file.is_file() and VALUE.encode() in file.read_bytes()] == []


def test_what_aws_refuses_is_said_without_its_words(system: System, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_aws, "random_text", lambda _: "")  # which AWS refuses with what it was given
    with pytest.raises(AwsError) as refused:
        Apply(system, "environment-test").make()
    assert str(refused.value).startswith(f"{NAMES[0]} (Parameter Store): ")


def test_nothing_is_applied_where_one_cant_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AwsError("no")

    monkeypatch.setattr(generated, "make", refuse)
    monkeypatch.setattr(carry_out, "_apply", lambda *_: pytest.fail("is applied"))
    monkeypatch.setattr(records, "discard", lambda *_: pytest.fail("the plan is thrown away"))
    session = SimpleNamespace(target=SimpleNamespace(label="", context=""), context=SimpleNamespace(says=""))
    with pytest.raises(AwsError):
        carry_out.carry_out(cast(Any, None), cast(Any, session), cast(Any, None))
    fresh = SimpleNamespace(summary=SimpleNamespace(steps=()))
    with pytest.raises(AwsError):
        carry_out.carry_out_steps(cast(Any, None), cast(Any, session), cast(Any, None), cast(Any, fresh), late=True)


def test_none_goes_before_all_else_is_destroyed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AwsError("still there")

    monkeypatch.setattr(generated, "of_state", lambda _: ())
    monkeypatch.setattr(generated, "delete", lambda *_, **__: pytest.fail("is deleted"))
    monkeypatch.setattr(destroy, "_planned", lambda *_: SimpleNamespace(empty=False))
    monkeypatch.setattr(destroy, "render", lambda _: "")
    monkeypatch.setattr(destroy, "confirm", lambda *_, **__: None)
    target = SimpleNamespace(label="environment-test", workspace=None)
    monkeypatch.setattr(removal, "check_applied", lambda *_: None)
    target.stack = SimpleNamespace(declared=True)
    session = SimpleNamespace(
        target=target, context=SimpleNamespace(says=""), data=tmp_path, apply=fail, whole_state=dict
    )
    run = SimpleNamespace(voice=SimpleNamespace(say=lambda _: None), root=tmp_path, system=None)
    with pytest.raises(AwsError, match="still there"):
        destroy._destroy(cast(Any, run), cast(Any, session), cast(Any, SimpleNamespace(yes=1)))


def test_the_verb_lists_them_and_gives_changes_and_copies_them(run: Run, system: System, aws: Aws) -> None:
    code, said = run("list", "test")
    assert (code, said.splitlines()) == (
        0,
        [
            f"at apply  {NAMES[0]} (Parameter Store)     migrate.AUTH_KEY (Tanada makes it)",
            f"at apply  {NAMES[1]} (Parameter Store)        api.WEB_KEY, queue.AUTH_KEY, web.AUTH_KEY (Tanada makes "
            "it)",
            f"at apply  {NAMES[2]} (Parameter Store)  web.nginx.AUTH_KEY (Tanada makes it)",
        ],
    )
    assert run("rotate", "test", "web.AUTH_KEY") == (
        2,
        f"There is no {NAMES[1]} (Parameter Store) to rotate: the next apply makes it.",
    )
    assert run("set", "test", "web.AUTH_KEY")[0] == 0
    assert Apply(system, "environment-test").make() != []
    assert parameter(aws, NAMES[1])["Value"] == VALUE, "a system that moves in brings its own"
    code, said = run("rotate", "test", "web.AUTH_KEY", given="")
    value = parameter(aws, NAMES[1])["Value"]
    assert (code, len(value), value.isalnum(), value in said) == (0, 64, True, False)
    assert "--service test_site_kakei" in said
    assert "--service test_queue_kakei" in said
    assert run("copy", "staging", "web.AUTH_KEY", source="test")[0] == 0
    assert parameter(aws, NAMES[1].replace("/test/", "/staging/"))["Value"] == value
    assert run("list", "test")[1].count("there  ") == 3


def test_what_is_like_another_part_reads_its_value(system: System) -> None:
    instance = find_instance(system, "test")
    assert {each.name: (each.length, each.readers) for each in kept(system, instance)} == {
        NAMES[0]: (4096, (("migrate", "AUTH_KEY"),)),
        NAMES[1]: (64, (("api", "WEB_KEY"), ("queue", "AUTH_KEY"), ("web", "AUTH_KEY"))),
        NAMES[2]: (16, (("web.nginx", "AUTH_KEY"),)),
    }
