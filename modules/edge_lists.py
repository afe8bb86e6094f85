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
from tanada.declared.cdn import List, fits, fits_as_sent
from tanada.names import Names

_FIRST = 100
"""Behind all of AWS's rules, whose numbers stay as they are."""
_AS_SENT = ("NONE",)
_DECODED = ("URL_DECODE_UNI", "LOWERCASE")
_AS_SERVERS_READ = ("URL_DECODE_UNI", "NORMALIZE_PATH_WIN", "LOWERCASE")
"""`/%77p-admin`, `//wp-admin` and `/a/../WP-ADMIN` are the same path to one server or another (AWS WAF developer guide,
"Text transformation options")."""
_SEGMENTS_LEFT_OUT = r"/\.{0,2};"
"""`/x/..;/admin` and `/;a/admin` are `/admin` to servers that leave aside what is behind a `;` first: whoever writes
so is let in by no list that doesn't hold them."""
_NOT_BEFORE_ITS_RULE = TerraformResourceLifecycle(create_before_destroy=True)
"""A set goes when no rule asks it any more."""


def rules(scope: Construct, names: Names, part: str, lists: Sequence[List]) -> Iterator[Wafv2WebAclRule]:
    """A rule for each list, the most specific path first: each refuses what its path fits and none before it does.

    A path is its list's if it fits in any way that a server may read it, and another list's alone if it fits that one's
    in every way: `/admin/x/..%2fhooks` is `/admin/hooks` to one server, and to another none.
    """
    for number, each in enumerate(lists):
        if each.open:
            continue
        fitted = []
        if each.path is not None:
            read = [_fits(fits(each.path), how) for how in (_AS_SERVERS_READ, _DECODED)]
            read.append(_fits(_SEGMENTS_LEFT_OUT, _DECODED))
            fitted = [{"or_statement": {"statement": read}}]
        others = [_not(_wholly(other.path)) for other in each.within if other.path is not None]
        outside = [_not({"ip_set_reference_statement": {"arn": arn}}) for arn in _sets(scope, names, part, each)]
        together = [*fitted, *others, *outside]
        name = f"allow-{each.word}"
        yield Wafv2WebAclRule(
            name=name,
            priority=_FIRST + number,
            action=Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock()),
            statement=together[0] if len(together) == 1 else {"and_statement": {"statement": together}},
            visibility_config=seen(name),
        )


def _sets(scope: Construct, names: Names, part: str, of: List) -> Iterator[str]:
    """The ARNs: a set holds addresses of one version alone."""
    for version in (4, 6):
        if addresses := of.of(version):
            name = names.limited(f"{part}-{of.word}-ipv{version}".replace("_", "-"), 128)
            yield Wafv2IpSet(
                scope,
                f"allow_{of.word}_ipv{version}",
                name=name,
                region=EDGE,
                scope="CLOUDFRONT",
                ip_address_version=f"IPV{version}",
                addresses=[*addresses],
                tags={"Name": name},
                lifecycle=_NOT_BEFORE_ITS_RULE,
            ).arn


def _wholly(path: str) -> dict[str, Any]:
    both = [_fits(fits(path), _AS_SERVERS_READ), _fits(fits_as_sent(path), _AS_SENT)]
    return {"and_statement": {"statement": both}}


def _fits(pattern: str, how: Sequence[str]) -> dict[str, Any]:
    return {
        "regex_match_statement": {
            "regex_string": pattern,
            "field_to_match": {"uri_path": {}},
            "text_transformation": [{"priority": number, "type": each} for number, each in enumerate(how)],
        }
    }


def _not(statement: dict[str, Any]) -> dict[str, Any]:
    return {"not_statement": {"statement": [statement]}}
