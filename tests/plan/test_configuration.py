"""What a plan's configuration says of a resource, wherever its module stands."""

from __future__ import annotations

from tanada.plan.configuration import Configuration, without_keys

MODULE = {"resources": [{"address": "aws_x.y", "expressions": {"name": {}}, "provider_config_key": "m:aws"}]}
CONFIGURATION = Configuration(
    {
        "configuration": {
            "provider_config": {"m:aws": {"expressions": {"region": {"constant_value": "eu-west-2"}}}},
            "root_module": {"module_calls": {"a": {"module": {"module_calls": {"b": {"module": MODULE}}}}}},
        }
    }
)


def test_keys_of_an_address_are_left_out() -> None:
    assert without_keys('module.a["x.\\"]y"].module.b[0].aws_x.y["z"]') == "module.a.module.b.aws_x.y"


def test_a_resource_is_found_in_any_module_with_its_provider() -> None:
    address = 'module.a["x"].module.b[0].aws_x.y["z"]'
    assert CONFIGURATION.attributes(address) == frozenset({"name"})
    assert CONFIGURATION.provider(address) == {"region": {"constant_value": "eu-west-2"}}


def test_of_a_resource_that_is_nowhere_nothing_is_known() -> None:
    assert CONFIGURATION.attributes("aws_x.y") is None
    assert Configuration({}).resource("aws_x.y") is None
    assert Configuration({}).provider("aws_x.y") == {}
