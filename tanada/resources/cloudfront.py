"""CloudFront."""

from __future__ import annotations

from tanada.resources.cost import SETTING, ByUse
from tanada.resources.entry import NotRead, Resource, global_arn, replaceable

RESOURCES = (
    replaceable("aws_cloudfront_cache_policy", NotRead(), SETTING),
    Resource(
        type="aws_cloudfront_distribution",
        lost="distribution",
        kept=False,  # another one has another name, and the records that lead to it are ours
        replaces=NotRead(),
        cost=ByUse("traffic and requests"),
        computed={
            "id": "E{upper13}",
            "arn": global_arn("cloudfront", "distribution/{id}"),
            "domain_name": "d{lower13}.cloudfront.net",
            "hosted_zone_id": "Z2FDTNDATAQYW2",
            "status": "Deployed",
        },
        min_items={"origin_group.member": 2},
        max_items={
            "default_cache_behavior.function_association": 2,
            "default_cache_behavior.lambda_function_association": 4,
            "ordered_cache_behavior.function_association": 2,
            "ordered_cache_behavior.lambda_function_association": 4,
            "origin_group.member": 2,
        },
    ),
    Resource(
        type="aws_cloudfront_function", lost=None, kept=False, replaces=NotRead(), cost=ByUse("traffic and requests")
    ),
)
