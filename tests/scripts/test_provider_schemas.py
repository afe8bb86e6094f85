"""The provider's schemas, derived from the bindings, and the file of them that the package ships."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.provider_schemas import bindings, sensitive
from scripts.provider_schemas.message import Schemas, build, message
from tanada.errors import OfflineError
from tanada.offline import codec, schema
from tanada.offline.blocks import Attribute, Block
from tanada.resources import entries
from tests.resources.schemas import missing, shipped, shipped_data_sources


@pytest.fixture(scope="session")
def schemas() -> Schemas:
    """As Terraform gets them; `test_the_shipped_file_says_what_is_derived` holds them to what is derived."""
    shipped = schema.load()
    return Schemas(
        codec.from_message(shipped.provider.block),
        {name: codec.from_message(each.block) for name, each in shipped.resource_schemas.items()},
        {name: codec.from_message(each.block) for name, each in shipped.data_source_schemas.items()},
    )


@pytest.mark.slow
def test_the_shipped_file_says_what_is_derived() -> None:
    derived = schema.complete(message(build(bindings.tarball())))
    assert schema.load() == derived, "new bindings: run make update-schemas"


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


def test_every_sensitive_path_of_types_without_an_entry_exists() -> None:
    assert sensitive.WITHOUT_ENTRY.keys() & entries().keys() == set()  # an entry says its own
    tables = ((sensitive.WITHOUT_ENTRY, shipped()), (sensitive.DATA_SOURCES, shipped_data_sources()))
    for table, schemas in tables:
        assert [(type_, lost) for type_, paths in table.items() if (lost := missing(schemas[type_], paths))] == []


def test_bindings_without_schemas_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "empty.jsii.tgz", "w:gz"):
        pass
    with pytest.raises(OfflineError, match="are these bindings of hashicorp/aws"):
        build(tmp_path / "empty.jsii.tgz")


def test_a_schema_survives_the_protocol() -> None:
    block = Block(
        {
            "name": Attribute("string", required=True),
            "tags": Attribute(["map", "string"], optional=True, computed=True),
            "secret_wo": Attribute("string", optional=True, sensitive=True, write_only=True),
        },
        {},
    )
    written = message(Schemas(block)).SerializeToString(deterministic=True)
    read = type(message(Schemas(block))).FromString(written)
    assert codec.from_message(read.provider.block) == block
    assert b"secret_wo" in written
    assert b"\x58\x01" in written  # write_only, field 11 of protocol 6.8
