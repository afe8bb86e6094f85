"""Ephemeral resources and write-only arguments, on the real terraform: what is given, and that nothing holds it."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_version import SecretsmanagerSecretVersion

from modules.password import password
from tanada import offline
from tanada.offline.address import FAULTS
from tanada.offline.configuration import Provider
from tanada.offline.ephemeral import RANDOM_PASSWORD, SCHEMAS, opened
from tanada.offline.world import World
from tanada.plan import summary
from tanada.resources.seed import digest
from tests.offline.terraform_runs import Stack, configuration

ADDRESS = f"ephemeral.{RANDOM_PASSWORD}.store"
VALUE = "${" + ADDRESS + ".random_password}"


def emitted() -> dict[str, Any]:
    """A secret and a database with one password, as CDKTF emits them."""
    stack = TerraformStack(App(), "common-main")
    AwsProvider(stack, "aws", region="ap-northeast-1", allowed_account_ids=["111111111111"])
    value = password(stack, "store")
    secret = SecretsmanagerSecret(stack, "secret", name="store")
    SecretsmanagerSecretVersion(
        stack, "version", secret_id=secret.id, secret_string_wo=value, secret_string_wo_version=1
    )
    DbInstance(
        stack,
        "store",
        instance_class="db.t4g.micro",
        allocated_storage=20,
        engine="postgres",
        username="store",
        password_wo=value,
        password_wo_version=1,
        skip_final_snapshot=True,
    )
    synthesized: dict[str, Any] = json.loads(json.dumps(stack.to_terraform()))
    return configuration(synthesized["resource"], ephemeral=synthesized["ephemeral"])


def raised(version: int, *types: str) -> dict[str, Any]:
    """The same with another version of what these were given."""
    made = emitted()
    for type_ in types:
        for body in made["resource"][type_].values():
            (name,) = (each for each in body if each.endswith("_wo_version"))
            body[name] = version
    return made


class Run:
    """A stack on a provider of its own, and what that was given."""

    def __init__(self, folder: Path, provider: offline.Running) -> None:
        self.folder = folder
        self.provider = provider
        self.stack = Stack(folder, provider.environment)

    def apply(self, made: dict[str, Any]) -> str:
        self.stack.write(made)
        narrow = replace(self.stack, environment=self.provider.environment_for(self.stack.folder))
        said = narrow.must("plan", "-out=plan")
        return said + narrow.must("show", "-json", "plan") + narrow.must("apply", "plan")

    def given(self) -> dict[str, str]:
        """Argument → hash of what it was given last."""
        return {
            path: hash_ for (_, _, path), hash_ in World(self.folder / "offline" / "world.sqlite").written().items()
        }


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    with offline.start(tmp_path / "offline", container=False) as provider:
        yield Run(tmp_path, provider)


def texts(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All that lies in a folder; what a saved plan packs is unpacked."""
    for file in folder.rglob("*"):
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as packed:
                yield from ((f"{file.name}/{name}", packed.read(name)) for name in packed.namelist())
        elif file.is_file() and not file.is_symlink():
            yield file.name, file.read_bytes()


def holding(texts: Iterator[tuple[str, bytes]], hashes: set[str]) -> list[str]:
    """Where a text of 32 letters and digits stands whose hash is among these."""
    found = []
    for name, content in texts:
        for word in re.finditer(rb"(?=([A-Za-z0-9]{32}))", content):
            if digest(word[1].decode()) in hashes:
                found.append(name)
    return found


def test_the_construct_emits_an_ephemeral_password_and_its_expression() -> None:
    made = emitted()
    assert made["ephemeral"] == {RANDOM_PASSWORD: {"store": {"exclude_punctuation": True}}}
    (version,) = made["resource"]["aws_secretsmanager_secret_version"].values()
    (database,) = made["resource"]["aws_db_instance"].values()
    assert version["secret_string_wo"] == database["password_wo"] == VALUE


@pytest.mark.terraform
def test_two_resources_are_given_the_same_password_and_nothing_holds_it(run: Run, tmp_path: Path) -> None:
    said = run.apply(emitted())
    given = run.given()
    assert set(given) == {"secret_string_wo", "password_wo"}
    assert len(set(given.values())) == 1
    (state,) = run.stack.values("aws_db_instance", "store")
    assert (state["password_wo"], state["password_wo_version"], state["password"]) == (None, 1, None)
    everywhere = [*texts(tmp_path), ("terraform's output", said.encode())]
    assert {"terraform.tfstate", "plan/tfplan", "provider.log", "terraform's output"} <= {
        name for name, _ in everywhere
    }
    assert holding(iter(everywhere), set(given.values())) == []
    assert "ephemeral" not in {resource["mode"] for resource in run.stack.state()["resources"]}


def test_a_text_that_holds_it_would_be_found() -> None:
    value = opened(RANDOM_PASSWORD, {"exclude_punctuation": True}, Provider())["random_password"]
    assert holding(iter([("log", f"x{value}y".encode())]), {digest(value)}) == ["log"]


@pytest.mark.terraform
def test_a_second_plan_is_empty_and_a_second_apply_gives_nothing(run: Run) -> None:
    run.apply(emitted())
    given = run.given()
    assert run.stack.plan() == {}
    run.apply(emitted())
    assert run.given() == given


@pytest.mark.terraform
def test_a_new_version_gives_both_another_one(run: Run) -> None:
    run.apply(emitted())
    before = run.given()
    run.apply(raised(2, "aws_db_instance", "aws_secretsmanager_secret_version"))
    after = run.given()
    assert len(set(after.values())) == 1
    assert not set(after.values()) & set(before.values())


@pytest.mark.terraform
def test_a_new_version_of_one_alone_parts_them(run: Run) -> None:
    """Which is why both versions must come from one place."""
    run.apply(emitted())
    run.apply(raised(2, "aws_db_instance"))
    assert len(set(run.given().values())) == 2


@pytest.mark.terraform
def test_two_plans_of_it_have_one_fingerprint_and_show_no_secret(run: Run) -> None:
    run.stack.write(emitted())

    def planned() -> Any:
        run.stack.must("plan", "-out=plan")
        return json.loads(run.stack.must("show", "-json", "plan"))

    from tests.terraform.test_decisions import stack as declared

    first, second = planned(), planned()
    assert summary(first, declared("common")).fingerprint == summary(second, declared("common")).fingerprint


@pytest.mark.terraform
def test_an_ephemeral_resource_that_there_is_none_of_is_refused(run: Run) -> None:
    made = configuration({}, ephemeral={"aws_ssm_parametre": {"x": {}}})
    refused = run.stack.write(made).run("validate", "-no-color")
    assert refused.code == 1
    assert 'does not support ephemeral resource "aws_ssm_parametre"' in " ".join(refused.output.split())


@pytest.mark.terraform
def test_a_value_that_is_ephemeral_is_refused_where_it_would_be_kept(run: Run) -> None:
    made = emitted()
    (database,) = made["resource"]["aws_db_instance"].values()
    database["password"] = database.pop("password_wo")
    del database["password_wo_version"]
    refused = run.stack.write(made).run("plan", "-no-color")
    assert refused.code == 1
    assert "Ephemeral values are not valid" in " ".join(refused.output.split())


@pytest.mark.terraform
def test_what_can_not_be_opened_fails_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(FAULTS, f"{ADDRESS} open throttled 25")
    with offline.start(tmp_path / "offline", container=False) as provider:
        run = Run(tmp_path, provider)
        run.stack.write(emitted())
        narrow = replace(run.stack, environment=provider.environment_for(run.stack.folder))
        refused = narrow.run("plan", "-no-color")
        assert refused.code == 1
        assert f"opening {RANDOM_PASSWORD} (): exceeded maximum number of attempts, 25" in " ".join(
            refused.output.split()
        )
        narrow.must("plan")


def words(**config: Any) -> str:
    value = opened(RANDOM_PASSWORD, config, Provider())["random_password"]
    assert isinstance(value, str)
    return value


@pytest.mark.parametrize(
    ("config", "form"),
    [
        ({"exclude_punctuation": True}, r"[A-Za-z0-9]{32}"),
        ({"password_length": 5, "include_space": True}, r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.* ).{5}"),
        ({"exclude_punctuation": True, "exclude_uppercase": True, "password_length": 2}, r"[a-z][0-9]|[0-9][a-z]"),
    ],
)
def test_a_password_has_what_it_was_asked_to_have(config: dict[str, Any], form: str) -> None:
    made = {words(**config) for _ in range(20)}
    assert all(re.fullmatch(form, each) for each in made)
    assert len(made) > 1, "each opening gives another"


@pytest.mark.parametrize(
    "config",
    [
        {"password_length": 4097},
        {"password_length": 3},
        {f"exclude_{kind}": True for kind in ("lowercase", "uppercase", "numbers", "punctuation")},
    ],
)
def test_a_password_that_can_not_be_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(offline.OfflineError, match="InvalidParameterException"):
        words(**config)


def test_of_each_ephemeral_resource_it_is_known_how_it_opens() -> None:
    for kind, block in SCHEMAS.items():
        assert opened(kind, {}, Provider()).keys() <= {attribute.name for attribute in block.attributes}
