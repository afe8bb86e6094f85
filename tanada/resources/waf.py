"""WAF."""

from __future__ import annotations

from decimal import Decimal

from tanada.resources.cost import SETTING, Planned, Priced, Units
from tanada.resources.entry import NotRead, Resource, replaceable


def _web_acl(acl: Planned) -> Units | None:
    if acl.text("rule_json") or {"rule", "rule_json"} & acl.unknown:
        return None
    return [("web ACL month", Decimal(1)), ("web ACL rule month", Decimal(len(acl.blocks("rule"))))]


RESOURCES = (
    Resource(type="aws_wafv2_web_acl", lost=None, kept=False, replaces=NotRead(), cost=Priced(_web_acl)),
    replaceable("aws_wafv2_web_acl_association", NotRead(), SETTING),
)
