"""Who gets in from outside where CloudFront stands in front: sets of addresses, and rules of its web ACL that refuse
all others at a path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.wafv2_ip_set import Wafv2IpSet
from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAclRule,
    Wafv2WebAclRuleAction,
    Wafv2WebAclRuleActionBlock,
)
from constructs import Construct

from modules.certificate import EDGE
from modules.waf import seen
from tanada.declared.allow import network
from tanada.declared.cdn import List, fits
from tanada.names import Names

_FIRST = 100
"""Behind all of AWS's rules, whose numbers stay as they are."""
_AS_SERVERS_READ = ("URL_DECODE", "NORMALIZE_PATH", "LOWERCASE")
"""`/%77p-admin`, `//wp-admin` and `/a/../WP-ADMIN` are the same path to one server or another (AWS WAF developer guide,
"Text transformation options")."""
_NOT_BEFORE_ITS_RULE = TerraformResourceLifecycle(create_before_destroy=True)
"""A set goes when no rule asks it any more."""


def rules(scope: Construct, names: Names, part: str, lists: Sequence[List]) -> Iterator[Wafv2WebAclRule]:
    """A rule for each list, the most specific path first: each refuses what its path fits and none before it does."""
    sets: dict[tuple[str, ...], list[str]] = {}
    for number, each in enumerate(lists):
        if each.open:
            continue
        if each.sources not in sets:
            sets[each.sources] = [*_sets(scope, names, part, len(sets), each.sources)]
        fitted = [] if each.path is None else [_fits(each.path)]
        others = [_not(_fits(other.path)) for other in each.within if other.path is not None]
        outside = [_not({"ip_set_reference_statement": {"arn": arn}}) for arn in sets[each.sources]]
        together = [*fitted, *others, *outside]
        name = f"allow-{number}"
        yield Wafv2WebAclRule(
            name=name,
            priority=_FIRST + number,
            action=Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock()),
            statement=together[0] if len(together) == 1 else {"and_statement": {"statement": together}},
            visibility_config=seen(name),
        )


def _sets(scope: Construct, names: Names, part: str, number: int, sources: Sequence[str]) -> Iterator[str]:
    """The ARNs: a set holds addresses of one version alone."""
    for version in (4, 6):
        addresses = [each for each in sources if network(each).version == version]
        if addresses:
            name = names.limited(f"{part}-{number}-ipv{version}", 128)
            yield Wafv2IpSet(
                scope,
                f"set_{number}_ipv{version}",
                name=name,
                region=EDGE,
                scope="CLOUDFRONT",
                ip_address_version=f"IPV{version}",
                addresses=addresses,
                tags={"Name": name},
                lifecycle=_NOT_BEFORE_ITS_RULE,
            ).arn


def _fits(path: str) -> dict[str, Any]:
    return {
        "regex_match_statement": {
            "regex_string": fits(path),
            "field_to_match": {"uri_path": {}},
            "text_transformation": [{"priority": number, "type": each} for number, each in enumerate(_AS_SERVERS_READ)],
        }
    }


def _not(statement: dict[str, Any]) -> dict[str, Any]:
    return {"not_statement": {"statement": [statement]}}
