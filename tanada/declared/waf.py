"""A web application firewall before an account's load balancers: AWS's rules by short names, and how often one address
may ask.

Each rule of AWS's takes some of what a web ACL holds (capacity units; `tanada/resources/waf.py` knows how many).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from tanada.declared.fields import ShortForm, Text, Whole, expected
from tanada.declared.model import Model

Group = Literal[
    "ip-reputation", "anonymous", "common", "known-bad-inputs", "sql", "linux", "unix", "php", "wordpress", "admin"
]
GROUPS: Mapping[Group, str] = {
    "ip-reputation": "AWSManagedRulesAmazonIpReputationList",
    "anonymous": "AWSManagedRulesAnonymousIpList",
    "common": "AWSManagedRulesCommonRuleSet",
    "known-bad-inputs": "AWSManagedRulesKnownBadInputsRuleSet",
    "sql": "AWSManagedRulesSQLiRuleSet",
    "linux": "AWSManagedRulesLinuxRuleSet",
    "unix": "AWSManagedRulesUnixRuleSet",
    "php": "AWSManagedRulesPHPRuleSet",
    "wordpress": "AWSManagedRulesWordPressRuleSet",
    "admin": "AWSManagedRulesAdminProtectionRuleSet",
}
"""Short name → what AWS calls it, in the order in which requests meet them: who comes before what is asked (AWS WAF
developer guide, "AWS Managed Rules rule groups list"). Those that AWS sells by themselves (bots, fraud) are not among
them."""
_RULE = Annotated[
    str, Text(r"^[A-Za-z][A-Za-z0-9_]*$", "a rule's name as AWS writes it, such as SizeRestrictions_BODY", longest=128)
]


def _some(value: Any) -> Any:
    if isinstance(value, list | tuple) and not value:
        raise expected("one rule's name at least, such as SizeRestrictions_BODY; block stands for all of the group")
    if isinstance(value, list | tuple) and len({*map(str, value)}) < len(value):
        raise expected("each rule's name once")
    return value


class Blocked(Model):
    """A group that blocks, but for some of its rules."""

    except_: Annotated[tuple[_RULE, ...], BeforeValidator(_some), Field(alias="except")]
    """Its rules that are counted and block nothing, as AWS calls them: `[SizeRestrictions_BODY]` lets in bodies above
    8 KB."""


How = Annotated[
    Blocked | Annotated[str, Text(r"^(block|count)$", "block, count, or {except: [SizeRestrictions_BODY]}")],
    ShortForm(),
]
"""What becomes of a request that a rule of the group fits."""


def _by_name(value: Any) -> Any:
    """A list of names is the groups that block."""
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return dict.fromkeys(value, "block")
    return value


Rules = Annotated[
    dict[Group, How], BeforeValidator(_by_name, json_schema_input_type=tuple[Group, ...] | dict[Group, How])
]


class Waf(Model):
    """AWS WAF before the load balancers that the layer makes and that are open to the internet, and before CloudFront
    where it is before services."""

    rate: Annotated[int, Whole(10, 2_000_000_000)] | None = None
    """How many requests of one address get in within five minutes; what comes beyond gets 403."""
    rules: Rules = {"common": "block", "known-bad-inputs": "block"}
    """AWS's rules, `[common, known-bad-inputs, sql]`; or `{common: {except: [SizeRestrictions_BODY]}, sql: count}`,
    where `count` tries a group and blocks nothing."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.rules and self.rate is None:
            raise expected("rules or rate, one of the two at least; null takes the firewall away")
        return self
