"""What load balancers answer by themselves, before every service: redirects and fixed responses."""

from __future__ import annotations

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.lb_listener_rule import (
    LbListenerRuleAction,
    LbListenerRuleActionFixedResponse,
    LbListenerRuleActionRedirect,
)

from modules.here import Here
from modules.listener_rules import ListenerRules, listener_rule
from modules.public_route import host_records
from tanada.declarations import placeholders
from tanada.declared.expanded import expanded
from tanada.declared.redirects import Redirect, Static, is_label, target
from tanada.declared.rules import led_by_statics


def redirects(here: Here, rules: ListenerRules) -> None:
    """The rules for all of them, and the records of the hosts that no service answers."""
    if not rules.statics:
        return
    led = led_by_statics(here.blueprint.services, here.instance.certain_domain, here.blueprint.statics)
    after: dict[str, list[ITerraformDependable]] = {host: [] for host in led}
    for place in rules.statics:
        rule = place.rule
        assert rule.static is not None
        made = listener_rule(
            here.stack,
            place,
            listener_arn=here.load_balancer(rule.load_balancer).listener_arn,
            hosts=[here.instance.host(host) for host in rule.hosts],
            action=_action(expanded(rule.static, lambda text: placeholders.expand(text, here.words)), here),
        )
        for host in led.keys() & {*rule.hosts}:
            after[host].append(made)
    for host, balancer in led.items():
        host_records(here, host, balancer, after[host])


def _action(static: Static, here: Here) -> LbListenerRuleAction:
    if not isinstance(static, Redirect):
        response = LbListenerRuleActionFixedResponse(
            content_type=static.content_type, message_body=static.body or None, status_code=str(static.status)
        )
        return LbListenerRuleAction(type="fixed-response", fixed_response=response)
    led = target(static.url)
    return LbListenerRuleAction(
        type="redirect",
        redirect=LbListenerRuleActionRedirect(
            protocol=led.protocol,
            host=here.instance.host(led.host) if is_label(led.host) else led.host,
            port=led.port,
            path=led.path,
            query=led.query,
            status_code=f"HTTP_{static.status}",
        ),
    )
