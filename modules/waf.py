"""AWS WAF: one web ACL before the load balancers of an account, one at CloudFront, and the log of what each stops and
counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAcl,
    Wafv2WebAclDefaultAction,
    Wafv2WebAclDefaultActionAllow,
    Wafv2WebAclRule,
    Wafv2WebAclRuleAction,
    Wafv2WebAclRuleActionBlock,
    Wafv2WebAclRuleOverrideAction,
    Wafv2WebAclRuleOverrideActionCount,
    Wafv2WebAclRuleOverrideActionNone,
    Wafv2WebAclRuleVisibilityConfig,
    Wafv2WebAclVisibilityConfig,
)
from cdktf_cdktf_provider_aws.wafv2_web_acl_association import Wafv2WebAclAssociation
from cdktf_cdktf_provider_aws.wafv2_web_acl_logging_configuration import (
    Wafv2WebAclLoggingConfiguration,
    Wafv2WebAclLoggingConfigurationLoggingFilter,
    Wafv2WebAclLoggingConfigurationLoggingFilterFilter,
    Wafv2WebAclLoggingConfigurationLoggingFilterFilterCondition,
    Wafv2WebAclLoggingConfigurationLoggingFilterFilterConditionActionCondition,
    Wafv2WebAclLoggingConfigurationRedactedFields,
    Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader,
)
from constructs import Construct

from modules.certificate import EDGE
from tanada.declared import waf as declared
from tanada.declared.waf import GROUPS, Blocked, How

WINDOW = 300
"""Seconds over which `rate` counts."""
_LOG_PREFIX = "aws-waf-logs-"
"""AWS WAF writes into no log group that is called otherwise."""
_LOGGED = ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
"""What requests must have met to be logged: all others stand in the load balancer's own log."""
_UNLOGGED = ("authorization", "cookie")
"""Headers that say who somebody is: no log has what stands in them."""


class Waf(Construct):
    """The web ACL, with its rules in an order that no other rule moves, and what it logs."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        settings: declared.Waf | None,
        *,
        name: str,
        retention_days: int,
        at_edge: bool = False,
        more: Iterable[Wafv2WebAclRule] = (),
        goes_last: bool = False,
    ) -> None:
        """`at_edge`: for CloudFront's distributions, and so in us-east-1, with its log; `more` come behind AWS's;
        `goes_last`: after what stood behind it, in the same stack, was told so."""
        super().__init__(scope, id)
        region = EDGE if at_edge else None
        acl = Wafv2WebAcl(
            self,
            "acl",
            name=name,
            region=region,
            scope="CLOUDFRONT" if at_edge else "REGIONAL",
            default_action=Wafv2WebAclDefaultAction(allow=Wafv2WebAclDefaultActionAllow()),
            rule=[*(_rate(settings.rate) if settings else ()), *(_groups(settings.rules) if settings else ()), *more],
            visibility_config=Wafv2WebAclVisibilityConfig(
                cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
            ),
            tags={"Name": name},
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True) if goes_last else None,
        )
        self.arn = acl.arn
        of_log = f"{_LOG_PREFIX}{name}"
        log = CloudwatchLogGroup(
            self, "log", name=of_log, region=region, retention_in_days=retention_days, tags={"Name": of_log}
        )
        Wafv2WebAclLoggingConfiguration(
            self,
            "logging",
            region=region,
            resource_arn=self.arn,
            log_destination_configs=[log.arn],
            logging_filter=Wafv2WebAclLoggingConfigurationLoggingFilter(
                default_behavior="DROP",
                filter=[
                    Wafv2WebAclLoggingConfigurationLoggingFilterFilter(
                        behavior="KEEP",
                        requirement="MEETS_ANY",
                        condition=[
                            Wafv2WebAclLoggingConfigurationLoggingFilterFilterCondition(
                                action_condition=(
                                    Wafv2WebAclLoggingConfigurationLoggingFilterFilterConditionActionCondition(
                                        action=action
                                    )
                                )
                            )
                            for action in _LOGGED
                        ],
                    )
                ],
            ),
            redacted_fields=[
                Wafv2WebAclLoggingConfigurationRedactedFields(
                    single_header=Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader(name=header)
                )
                for header in _UNLOGGED
            ],
        )

    def before(self, word: str, load_balancer_arn: str) -> None:
        """Have a load balancer ask it of each request; `word` is what that is called."""
        Wafv2WebAclAssociation(self, word, resource_arn=load_balancer_arn, web_acl_arn=self.arn)


def seen(name: str) -> Wafv2WebAclRuleVisibilityConfig:
    """Counted, and no sample is kept: those hold all headers, cookies too, whatever the log leaves out."""
    return Wafv2WebAclRuleVisibilityConfig(
        cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )


def _rate(limit: int | None) -> Iterable[Wafv2WebAclRule]:
    """First: of who asks too often nothing more is looked at."""
    if limit is None:
        return
    yield Wafv2WebAclRule(
        name="rate",
        priority=0,
        action=Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock()),
        statement={
            "rate_based_statement": {"aggregate_key_type": "IP", "evaluation_window_sec": WINDOW, "limit": limit}
        },
        visibility_config=seen("rate"),
    )


def _groups(rules: Mapping[declared.Group, How]) -> Iterable[Wafv2WebAclRule]:
    """Each at its own number, whatever others there are."""
    for priority, (word, name) in enumerate(GROUPS.items(), start=1):
        if word not in rules:
            continue
        how = rules[word]
        counts = Wafv2WebAclRuleOverrideAction(count=Wafv2WebAclRuleOverrideActionCount())
        blocks = Wafv2WebAclRuleOverrideAction(none=Wafv2WebAclRuleOverrideActionNone())
        yield Wafv2WebAclRule(
            name=word,
            priority=priority,
            override_action=counts if how == "count" else blocks,
            statement={
                "managed_rule_group_statement": _statement(name, how.except_ if isinstance(how, Blocked) else ())
            },
            visibility_config=seen(word),
        )


def _statement(name: str, counted: Iterable[str]) -> dict[str, Any]:
    """Of the provider's recursive blocks the bindings have no classes: names stand as the provider has them."""
    overrides = [{"name": rule, "action_to_use": {"count": {}}} for rule in sorted(counted)]
    return {"vendor_name": "AWS", "name": name, **({"rule_action_override": overrides} if overrides else {})}
