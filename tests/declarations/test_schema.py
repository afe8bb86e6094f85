"""The JSON Schemas: fresh, strict, and of one mind with the loader about what is well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from tanada.declarations import schema
from tanada.declarations.schema import files
from tanada.declared.account import Account
from tanada.declared.common import CommonLayer
from tanada.declared.fields import Name, Whole
from tanada.declared.model import Model
from tanada.declared.system import SystemFile
from tests.golden import held

ROOT = Path(__file__).parents[2]
GOOD = Path(__file__).parent / "good"
SCHEMAS = {
    path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "schemas").glob("*.json"))
}
"""As they are shipped: making them takes two seconds, in each process that collects this file."""


def load_yaml(path: Path) -> Any:
    """As an editor loads it, where plain scalars become numbers and booleans."""
    return YAML(typ="safe", pure=True).load(path)


def validator(name: str) -> Draft7Validator:
    Draft7Validator.check_schema(SCHEMAS[name])
    return Draft7Validator(SCHEMAS[name])


def declarations(root: Path) -> list[tuple[str, Path]]:
    environments = [("environment.json", path) for path in sorted((root / "environments").glob("*.yaml"))]
    return [("system.json", root / "system.yaml"), ("review.json", root / "workspaces" / "review.yaml"), *environments]


def test_the_files_are_what_tanada_schema_writes() -> None:
    made = files()
    assert SCHEMAS.keys() == made.keys()
    for name, text in made.items():
        held(ROOT / "schemas" / name, text)


@pytest.mark.parametrize(("schema", "path"), [*declarations(ROOT), *declarations(GOOD)])
def test_the_shipped_declarations_are_well_for_editors_too(schema: str, path: Path) -> None:
    assert [error.message for error in validator(schema).iter_errors(load_yaml(path))] == []


@pytest.mark.parametrize(("schema", "path"), declarations(ROOT))
def test_every_shipped_file_names_its_schema(schema: str, path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    prefix = "# yaml-language-server: $schema="
    assert first.startswith(prefix)
    assert (path.parent / first.removeprefix(prefix)).resolve() == ROOT / "schemas" / schema


ENVIRONMENT: dict[str, Any] = {"account": "main", "domain": "test.example.jp"}


@pytest.mark.parametrize(
    "more",
    [
        {"services": {"web": {"cpu": 512}}},
        {"services": {"web": None}},
        {"services": {"web": {"http": None, "variables": {"A": None, "B": True, "C": 1}}}},
        {"stores": None},
        {"services": {"web": {"http": {"load_balancer": ["public", "internal"]}}}},
        {"defaults": {"services": {"logs": None, "http": {"load_balancer": "public"}}}},
        {"tags": {"owner": None, "cost-centre": 1234}},
    ],
)
def test_an_environment_may_say_any_part_of_the_blueprint_or_null(more: dict[str, Any]) -> None:
    assert validator("environment.json").is_valid({**ENVIRONMENT, **more})


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"services": {"web": {"prot": 1}}},
        {"services": {"web": {"port": 70000}}},
        {"services": {"We_b": {}}},
        {"services": {"web": {"stop_timeout": 30}}},
        {"services": {"web": {"logs": {"days": 31}}}},
        {"removal": "remove"},
        {"tags": {"aws:owner": "ops"}},
        {"defaults": {"services": {"prot": 1}}},
    ],
)
def test_what_the_loader_refuses_is_wrong_for_editors_too(wrong: dict[str, Any]) -> None:
    assert not validator("environment.json").is_valid({**ENVIRONMENT, **wrong})
    assert not validator("review.json").is_valid({**ENVIRONMENT, **wrong})


def test_an_account_is_needed() -> None:
    assert not validator("environment.json").is_valid({"domain": "test.example.jp"})
    assert not validator("review.json").is_valid({"domain": "review.example.jp"})


def test_the_blueprint_itself_needs_its_fields_and_takes_no_null() -> None:
    system = load_yaml(GOOD / "system.yaml")
    assert validator("system.json").is_valid(system)
    del system["blueprint"]["services"]["web"]["image"]
    assert not validator("system.json").is_valid(system)
    system["blueprint"]["defaults"] = {"services": {"image": "web", "http": {"load_balancer": "public"}}}
    assert validator("system.json").is_valid(system), "defaults may say it"
    del system["blueprint"]["defaults"]
    system["blueprint"]["services"]["web"] = None
    assert not validator("system.json").is_valid(system)


def test_a_store_is_of_exactly_one_kind() -> None:
    system = load_yaml(GOOD / "system.yaml")
    system["blueprint"]["stores"]["sessions"] = {"renamed_from": "visits"}
    assert not validator("system.json").is_valid(system)


def test_an_account_may_take_away_what_the_common_layer_gave() -> None:
    system = load_yaml(GOOD / "system.yaml")
    system["accounts"]["production"]["common"] = {"hosted_zones": None, "network": {"nat": None}}
    assert validator("system.json").is_valid(system)
    system["common"]["hosted_zones"] = None
    assert not validator("system.json").is_valid(system)


def test_models_that_an_account_lays_over_others_are_found_by_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    class Rule(Model):
        days: Annotated[int, Whole(1, 365)]

    class Audit(Model):
        bucket: Name
        rule: Rule
        copies: tuple[Rule, ...] = ()

    class Common(CommonLayer):
        audit: Audit | None = None

    class AuditedAccount(Account):
        common: Common = Common()

    class AuditedFile(SystemFile):
        accounts: dict[Name, AuditedAccount]  # type: ignore[assignment]
        common: Common = Common()

    monkeypatch.setattr("tanada.declarations.schema.SystemFile", AuditedFile)
    check = Draft7Validator(schema.system())
    declared = load_yaml(GOOD / "system.yaml")
    declared["common"]["audit"] = {"bucket": "trail", "rule": {"days": 30}}
    declared["accounts"]["production"]["common"] = {"audit": {"rule": {"days": None}}}
    assert check.is_valid(declared)
    declared["accounts"]["production"]["common"] = {"audit": {"copies": [{}]}}
    assert not check.is_valid(declared), "a list replaces, so its items are whole"
    declared["common"]["audit"] = {"rule": {"days": 30}}
    assert not check.is_valid(declared)


def test_every_field_has_a_description() -> None:
    def missing(schema: Any, where: str) -> list[str]:
        found = [
            f"{where}.{name}" for name, each in schema.get("properties", {}).items() if not each.get("description")
        ]
        for name, definition in schema.get("$defs", {}).items():
            found += missing(definition, name)
        return found

    assert [each for name, schema in SCHEMAS.items() for each in missing(schema, name)] == []
