"""Who gets in from outside, as a listener rule says it: where a request comes from, and what all others get."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.lb_listener_rule import (
    LbListenerRuleAction,
    LbListenerRuleActionFixedResponse,
    LbListenerRuleCondition,
    LbListenerRuleConditionSourceIp,
)


def coming_from(sources: Sequence[str]) -> LbListenerRuleCondition:
    """A request from one of these ranges of addresses."""
    return LbListenerRuleCondition(source_ip=LbListenerRuleConditionSourceIp(values=list(sources)))


def refused() -> LbListenerRuleAction:
    """What everybody else gets: an answer of the load balancer's own, of which no service hears."""
    return LbListenerRuleAction(
        type="fixed-response",
        fixed_response=LbListenerRuleActionFixedResponse(
            content_type="text/plain", message_body="Forbidden", status_code="403"
        ),
    )
