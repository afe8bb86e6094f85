"""The schemas derived from the bindings, and the tables that complete them."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tanada.errors import OfflineError
from tanada.offline import bindings, cache, codec, schema
from tanada.offline.blocks import Block, Schemas
from tanada.offline.inventing_rules import RULES
from tanada.offline.planning_rules import _RECOMPUTED
from tanada.offline.tables import limits, sensitive
from tanada.offline.tables.defaults import DEFAULTS
from tanada.offline.tables.force_new import FORCE_NEW, UNVERIFIED
from tanada.offline.tables.inventions import INVENTIONS, NESTED
from tests.offline.terraform_runs import everything

WITHOUT_TABLES = {
    "aws_cloudfront_distribution",
    "aws_cognito_user_pool",
    "aws_cognito_user_pool_client",
    "aws_lambda_function",
    "aws_secretsmanager_secret_version",
    "aws_ssm_parameter",
    "aws_wafv2_web_acl",
}


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    """As Terraform gets them; `test_the_cache_says_what_is_derived` holds them to what is derived."""
    kept = cache.load()
    return Schemas(
        codec.from_message(kept.provider.block),
        {name: codec.from_message(message.block) for name, message in kept.resource_schemas.items()},
        {name: codec.from_message(message.block) for name, message in kept.data_source_schemas.items()},
    )


def test_the_cache_says_what_is_derived(schemas: Schemas) -> None:
    assert schema.build(bindings.tarball()) == schemas


def _nested(block: Block, path: str) -> Block:
    for name in path.split("."):
        block = block.blocks[name].block
    return block


def _entries(block: Block) -> int:
    return len(block.attributes) + sum(1 + _entries(nested.block) for nested in block.blocks.values())


def _write_only(block: Block, at: str) -> Iterator[str]:
    yield from (f"{at}.{name}" for name, attribute in block.attributes.items() if attribute.write_only)
    for name, nested in block.blocks.items():
        yield from _write_only(nested.block, f"{at}.{name}")


def test_every_type_of_the_bindings_has_a_schema(schemas: Schemas) -> None:
    package = bindings.tarball().parents[1]
    modules = {path.parent.name for path in package.glob("*/__init__.py")} - {"_jsii", "provider"}
    derived = {name.removeprefix("aws_") for name in schemas.resources}
    derived |= {f"data_{name}" for name in schemas.data_sources}
    assert len(derived) == len(modules) == 2211
    assert len(schemas.provider.attributes) > 20


def test_types_whose_structs_stand_in_files_of_their_own_are_whole(schemas: Schemas) -> None:
    blocks = [
        schemas.resources[f"aws_{name}"] for name in ("lexv2models_intent", "lexv2models_slot", "medialive_channel")
    ]
    # As many attributes and blocks as the real schema has, compared one by one when this was found out.
    assert sum(_entries(block) for block in blocks) == 3182


def test_a_block_stays_one_where_the_interface_has_another_name(schemas: Schemas) -> None:
    block = schemas.resources["aws_wafv2_web_acl_association"]
    assert "timeouts" in block.blocks
    assert "timeouts" not in block.attributes


def test_write_only_attributes_are_known_by_their_name_and_flags(schemas: Schemas) -> None:
    found = [name for kind, block in schemas.resources.items() for name in _write_only(block, kind)]
    assert "aws_secretsmanager_secret_version.secret_string_wo" in found
    assert "aws_secretsmanager_secret_version.has_secret_string_wo" not in found
    assert len(found) == 22


def test_attributes_given_as_blocks_are_attributes(schemas: Schemas) -> None:
    ingress = schemas.resources["aws_security_group"].attributes["ingress"]
    assert ingress.type[0] == "set"
    assert ingress.type[1][0] == "object"
    assert ingress.type[1][1]["cidr_blocks"] == ["list", "string"]


def test_nesting_and_limits_are_those_of_the_provider(schemas: Schemas) -> None:
    service = schemas.resources["aws_ecs_service"].blocks
    assert (service["network_configuration"].nesting, service["network_configuration"].max_items) == ("list", 1)
    assert (service["load_balancer"].nesting, service["load_balancer"].max_items) == ("set", 0)
    assert service["placement_constraints"].max_items == 10
    actions = schemas.resources["aws_lb_listener"].blocks["default_action"]
    assert (actions.nesting, actions.min_items, actions.max_items) == ("list", 1, 0)
    assert _nested(schemas.resources["aws_lb_listener"], "default_action.forward").blocks["target_group"].max_items == 5
    members = schemas.resources["aws_cloudfront_distribution"].blocks["origin_group"].block.blocks["member"]
    assert (members.min_items, members.max_items) == (2, 2)


def test_sensitive_attributes_are_marked_at_any_depth(schemas: Schemas) -> None:
    assert schemas.resources["aws_db_instance"].attributes["password"].sensitive
    rule = _nested(schemas.resources["aws_lb_listener_rule"], "action.authenticate_oidc")
    assert rule.attributes["client_secret"].sensitive
    assert not rule.attributes["client_id"].sensitive
    assert schemas.data_sources["aws_ssm_parameter"].attributes["value"].sensitive


def _lost(schemas: Schemas, table: dict[str, list[str]]) -> list[str]:
    return [
        f"{kind}.{path}"
        for kind, paths in table.items()
        for path in (schema.missing(schemas.resources[kind], paths) if kind in schemas.resources else paths)
    ]


def test_every_path_of_every_table_exists(schemas: Schemas) -> None:
    assert _lost(schemas, {kind: list(paths) for kind, paths in sensitive.RESOURCES.items()}) == []
    assert _lost(schemas, {kind: list(paths) for kind, paths in limits.MAX_ITEMS.items()}) == []
    assert _lost(schemas, {kind: list(paths) for kind, paths in limits.MIN_ITEMS.items()}) == []
    assert _lost(schemas, {kind: list(paths) for kind, paths in DEFAULTS.items()}) == []
    assert _lost(schemas, {kind: list(entry.all) for kind, entry in FORCE_NEW.items()}) == []
    assert _lost(schemas, {kind: list(paths) for kind, paths in INVENTIONS.items()}) == []
    assert _lost(schemas, {kind: list(paths) for kind, paths in NESTED.items()}) == []
    assert _lost(schemas, {kind: list(paths) for kind, paths in RULES.items()}) == []
    assert _lost(schemas, {kind: [*paths, *sum(paths.values(), ())] for kind, paths in _RECOMPUTED.items()}) == []
    for kind, paths in sensitive.DATA_SOURCES.items():
        assert schema.missing(schemas.data_sources[kind], paths) == []


def test_inventions_are_for_computed_attributes_alone(schemas: Schemas) -> None:
    wrong = [
        f"{kind}.{name}"
        for table in (INVENTIONS, RULES)
        for kind, names in table.items()
        for name in names
        if not schemas.resources[kind].attributes[name].computed
    ]
    assert wrong == []


def test_each_type_in_use_says_what_replaces_it_and_where_that_stands() -> None:
    assert set(everything()["resource"]) - WITHOUT_TABLES == set(FORCE_NEW)
    unsourced = [kind for kind, entry in FORCE_NEW.items() if UNVERIFIED in entry.source or " at " not in entry.source]
    assert unsourced == []


def test_only_settable_attributes_replace(schemas: Schemas) -> None:
    wrong = [
        f"{kind}.{path}"
        for kind, entry in FORCE_NEW.items()
        for path in entry.all
        if path in schemas.resources[kind].attributes and not schemas.resources[kind].attributes[path].settable
    ]
    assert wrong == []


def test_bindings_without_schemas_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "empty.jsii.tgz", "w:gz"):
        pass
    with pytest.raises(OfflineError, match="are these bindings of hashicorp/aws"):
        schema.build(tmp_path / "empty.jsii.tgz")
