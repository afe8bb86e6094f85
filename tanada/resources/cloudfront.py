"""CloudFront: distributions, their functions, policies and key-value stores."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.resources.cost import SETTING, ByUse, Free
from tanada.resources.entry import NotRead, Resource, global_arn, read, replaceable
from tanada.resources.refusal import Call, Refusal, World, at, in_use, taken
from tanada.resources.request import Member, made_by

_CONFIG = "DistributionConfigWithTags.DistributionConfig"
_BEHAVIORS = {
    "default_cache_behavior": f"{_CONFIG}.DefaultCacheBehavior",
    "ordered_cache_behavior": f"{_CONFIG}.CacheBehaviors.Items",
}
_DEFAULTS = {"compress": False, "min_ttl": 0}
_COMPUTED = {
    "default_ttl": 0,  # of a cache policy's
    "max_ttl": 0,
    "forwarded_values.headers": [],
    "forwarded_values.query_string_cache_keys": [],
    "grpc_config.enabled": False,
}
_CODES = {code: str(code) for code in (200, 400, 403, 404, 500)}
"""What the provider takes as numbers, as far as constructs say any."""
LARGEST = 10_240
"""Bytes of a function's code (CloudFront developer guide, "Quotas", 10 KB; KensioSoftware/yulin#736 on which KB)."""
KEY, VALUE, STORE = 512, 1024, 5_242_880
"""Characters of a key, and bytes of a value and of a store (the same page: 512 characters, 1 KB, 5 MB)."""


def _aliases(call: Call, world: World) -> bool:
    """One of another distribution's; of one that only the apply knows nothing is said."""
    if call.action == "delete":
        return False
    before = {*at(call.before, "aliases")}
    new = {each for each in at(call.after, "aliases") if isinstance(each, str)} - before
    others = world.living("aws_cloudfront_distribution", everywhere=True)
    return any(new & {*at(each, "aliases")} for each in others)


def _certificate(call: Call, _world: World) -> bool:
    arns = [] if call.action == "delete" else at(call.after, "viewer_certificate.acm_certificate_arn")
    return any(isinstance(arn, str) and arn.split(":")[3:4] != ["us-east-1"] for arn in arns)


def _uncovered(call: Call, world: World) -> bool:
    """A name that its certificate has not, nor the one above it with a star."""
    if call.action == "delete":
        return False
    arn = next(at(call.after, "viewer_certificate.acm_certificate_arn"), None)
    theirs = [each for each in world.living("aws_acm_certificate", everywhere=True) if each.get("arn") == arn]
    covered = {name for each in theirs for name in at(each, "subject_alternative_names")}
    names = [each for each in at(call.after, "aliases") if isinstance(each, str)]
    return bool(theirs) and any({name, f"*.{name.partition('.')[2]}"}.isdisjoint(covered) for name in names)


def _large(call: Call, _world: World) -> bool:
    code = (call.after or {}).get("code")
    return isinstance(code, str) and len(code.encode()) > LARGEST


def _pairs(call: Call) -> Iterator[tuple[str, str]]:
    for pair in at(call.after, "resource_key_value_pair"):
        key, value = (pair.get(name) for name in ("key", "value"))
        if isinstance(key, str) and isinstance(value, str):
            yield key, value


def _long(call: Call, _world: World) -> bool:
    return any(len(key) > KEY or len(value.encode()) > VALUE for key, value in _pairs(call))


def _full(call: Call, _world: World) -> bool:
    return sum(len(key.encode()) + len(value.encode()) for key, value in _pairs(call)) > STORE


def _in_the_way(call: Call, world: World) -> bool:
    """A change of an origin that a distribution has, of its tags too."""
    own = call.values.get("id")
    if call.action != "update" or not own:
        return False
    return any(own in at(each, _OF_DISTRIBUTIONS) for each in world.living("aws_cloudfront_distribution"))


_OF_DISTRIBUTIONS = "origin.vpc_origin_config.vpc_origin_id"
_ASSOCIATED = (
    "The specified VPC origin is currently associated with one or more distributions. Please disassociate the VPC "
    "origin from all distributions before updating or deleting"
)
_OURS = "CloudFront API reference, {}; the sentence is ours"


def _named(type_: str, code: str, what: str) -> Refusal:
    sentence = f"A {what} with this name already exists in this account."
    return taken(type_, "name", code, sentence, _OURS.format(code), everywhere=True)


RESOURCES = (
    replaceable("aws_cloudfront_cache_policy", NotRead(), SETTING),
    Resource(
        type="aws_cloudfront_distribution",
        lost="distribution",
        kept=False,  # another one has another name, and the records that lead to it are ours
        replaces=read("cloudfront/distribution.go", "023c8e5c", "staging"),
        cost=ByUse("traffic and requests"),
        defaults={
            "http_version": "http2",
            "is_ipv6_enabled": False,
            "price_class": "PriceClass_All",
            "retain_on_delete": False,
            "staging": False,
            "wait_for_deployment": True,
            "origin.connection_attempts": 3,
            "origin.connection_timeout": 10,
            "origin.origin_path": "",
            # Computed, but within a set: its element is compared with 0 where nothing is said.
            "origin.response_completion_timeout": 0,
            "origin.custom_origin_config.origin_keepalive_timeout": 5,
            "origin.custom_origin_config.origin_read_timeout": 30,
            "origin.vpc_origin_config.origin_keepalive_timeout": 5,
            "origin.vpc_origin_config.origin_read_timeout": 30,
            "viewer_certificate.minimum_protocol_version": "TLSv1",
            **{f"{block}.{name}": value for block in _BEHAVIORS for name, value in _DEFAULTS.items()},
        },
        computed={
            "id": "E{upper13}",
            "arn": global_arn("cloudfront", "distribution/{id}"),
            "domain_name": "d{lower13}.cloudfront.net",
            "hosted_zone_id": "Z2FDTNDATAQYW2",
            "status": "Deployed",
            "caller_reference": "terraform-{digits12}",
            "continuous_deployment_policy_id": "",
            "in_progress_validation_batches": 0,
            "logging_v1_enabled": False,
            "trusted_key_groups": [],
            "trusted_signers": [],
        },
        computed_in_blocks={
            **{f"{block}.{name}": value for block in _BEHAVIORS for name, value in _COMPUTED.items()},
            "default_cache_behavior.forwarded_values.cookies.whitelisted_names": [],
            "default_cache_behavior.trusted_key_groups": [],
            "default_cache_behavior.trusted_signers": [],
            "restrictions.geo_restriction.locations": [],
        },
        recomputed={
            "default_cache_behavior": ("etag", "last_modified_time"),
            "ordered_cache_behavior": ("etag", "last_modified_time"),
        },
        min_items={"origin_group.member": 2},
        max_items={
            "default_cache_behavior.function_association": 2,
            "default_cache_behavior.lambda_function_association": 4,
            "ordered_cache_behavior.function_association": 2,
            "ordered_cache_behavior.lambda_function_association": 4,
            "origin_group.member": 2,
        },
        refusals=(
            Refusal(
                code="CNAMEAlreadyExists",
                sentence="One or more of the CNAMEs you provided are already associated with a different resource.",
                source="klaemo/s3-website#25",
                holds=_aliases,
                watches={"aws_cloudfront_distribution": ("aliases",)},
            ),
            Refusal(
                code="InvalidViewerCertificate",
                sentence="The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or "
                "doesn't include a valid certificate chain.",
                source="cloudposse/terraform-aws-cloudfront-s3-cdn#55",
                holds=_certificate,
            ),
            Refusal(
                code="InvalidViewerCertificate",
                sentence="The certificate that is attached to your distribution doesn't cover the alternate domain "
                "name (CNAME) that you're trying to add.",
                source='CloudFront developer guide, "Requirements for using alternate domain names"; the sentence is '
                "ours",
                holds=_uncovered,
                watches={"aws_acm_certificate": ("arn", "subject_alternative_names")},
            ),
        ),
        fills={},
        request=made_by(
            "cloudfront",
            "CreateDistributionWithTags",
            "",
            adds="CallerReference Quantity Tags",
            **{
                name: f"{_CONFIG}.{member}"
                for name, member in {
                    "aliases": "Aliases.Items",
                    "comment": "Comment",
                    "custom_error_response": "CustomErrorResponses.Items",
                    "default_root_object": "DefaultRootObject",
                    "enabled": "Enabled",
                    "http_version": "HttpVersion",
                    "is_ipv6_enabled": "IsIPV6Enabled",
                    "origin": "Origins.Items",
                    "origin__origin_id": "Origins.Items.Id",
                    "origin__custom_origin_config__origin_ssl_protocols": "Origins.Items.CustomOriginConfig."
                    "OriginSslProtocols.Items",
                    "price_class": "PriceClass",
                    "restrictions": "Restrictions",
                    "viewer_certificate": "ViewerCertificate",
                    "web_acl_id": "WebACLId",
                }.items()
            },
            ordered_cache_behavior__forwarded_values__headers=f"{_CONFIG}.CacheBehaviors.Items.ForwardedValues.Headers."
            "Items",
            ordered_cache_behavior__forwarded_values__cookies__whitelisted_names=f"{_CONFIG}.CacheBehaviors.Items."
            "ForwardedValues.Cookies.WhitelistedNames.Items",
            custom_error_response__response_code=Member(f"{_CONFIG}.CustomErrorResponses.Items.ResponseCode", _CODES),
            **_BEHAVIORS,
            **{
                f"{block}__{name}": f"{path}.{member}"
                for block, path in _BEHAVIORS.items()
                for name, member in {
                    "allowed_methods": "AllowedMethods.Items",
                    "cached_methods": "AllowedMethods.CachedMethods.Items",
                    "function_association": "FunctionAssociations.Items",
                }.items()
            },
        ),
        reads=("cloudfront:GetDistribution", "cloudfront:ListTagsForResource"),
        changes=(
            "cloudfront:CreateDistribution",
            "cloudfront:DeleteDistribution",
            "cloudfront:TagResource",
            "cloudfront:UntagResource",
            "cloudfront:UpdateDistribution",
        ),
    ),
    replaceable(
        "aws_cloudfront_function",
        read("cloudfront/function.go", "0b774099", "name"),
        ByUse("requests that it runs for"),
        defaults={"publish": True},
        computed={"id": "{name}", "arn": global_arn("cloudfront", "function/{name}"), "status": "UNASSOCIATED"},
        recomputed={"code": ("etag", "live_stage_etag"), "comment": ("etag", "live_stage_etag")},
        refusals=(
            _named("aws_cloudfront_function", "FunctionAlreadyExists", "function"),
            Refusal(
                code="FunctionSizeLimitExceeded",
                sentence="The function is too large.",
                source="CloudFront API reference, FunctionSizeLimitExceeded; KensioSoftware/yulin#736",
                holds=_large,
            ),
            in_use(
                "FunctionInUse",
                "Cannot delete the function because it's attached to one or more cache behaviors.",
                _OURS.format("FunctionInUse"),
                "aws_cloudfront_distribution default_cache_behavior.function_association.function_arn",
                "aws_cloudfront_distribution ordered_cache_behavior.function_association.function_arn",
                mine="arn",
            ),
        ),
        fills={},
        request=made_by(
            "cloudfront",
            "CreateFunction PublishFunction",
            "",
            code="FunctionCode",
            comment="FunctionConfig.Comment",
            runtime="FunctionConfig.Runtime",
            key_value_store_associations="FunctionConfig.KeyValueStoreAssociations.Items.KeyValueStoreARN",
            adds="Quantity",
        ),
        reads=("cloudfront:DescribeFunction", "cloudfront:GetFunction"),
        changes=(
            "cloudfront:CreateFunction",
            "cloudfront:DeleteFunction",
            "cloudfront:PublishFunction",
            "cloudfront:UpdateFunction",
        ),
    ),
    replaceable(
        "aws_cloudfront_origin_access_control",
        read("cloudfront/origin_access_control.go", "01c08000"),
        Free("CloudFront asks nothing for it"),
        defaults={"description": "Managed by Terraform"},
        computed={"id": "E{upper13}", "arn": global_arn("cloudfront", "origin-access-control/{id}")},
        refusals=(
            _named("aws_cloudfront_origin_access_control", "OriginAccessControlAlreadyExists", "origin access control"),
            in_use(
                "OriginAccessControlInUse",
                "Cannot delete the origin access control because it's in use by one or more distributions.",
                _OURS.format("OriginAccessControlInUse"),
                "aws_cloudfront_distribution origin.origin_access_control_id",
            ),
        ),
        fills={},
        request=made_by(
            "cloudfront",
            "CreateOriginAccessControl",
            "",
            **{
                name: f"OriginAccessControlConfig.{member}"
                for name, member in {
                    "description": "Description",
                    "name": "Name",
                    "origin_access_control_origin_type": "OriginAccessControlOriginType",
                    "signing_behavior": "SigningBehavior",
                    "signing_protocol": "SigningProtocol",
                }.items()
            },
        ),
        reads=("cloudfront:GetOriginAccessControl",),
        changes=(
            "cloudfront:CreateOriginAccessControl",
            "cloudfront:DeleteOriginAccessControl",
            "cloudfront:UpdateOriginAccessControl",
        ),
    ),
    replaceable(
        "aws_cloudfront_vpc_origin",
        read("cloudfront/vpc_origin.go", "01a702b4"),
        Free("CloudFront asks nothing for it"),
        computed={
            "id": "vo_{upper13}",
            "arn": global_arn("cloudfront", "vpcorigin/{id}"),
        },
        refusals=(
            in_use(
                "CannotDeleteEntityWhileInUse",
                _ASSOCIATED,
                "aws/aws-cdk#35765",
                f"aws_cloudfront_distribution {_OF_DISTRIBUTIONS}",
            ),
            Refusal(
                code="CannotUpdateEntityWhileInUse",
                sentence=_ASSOCIATED,
                source="aws/aws-cdk#35765, hashicorp/terraform-provider-aws#40905",
                holds=_in_the_way,
                watches={"aws_cloudfront_distribution": ("origin",)},
            ),
        ),
        fills={},
        request=made_by(
            "cloudfront",
            "CreateVpcOrigin",
            "",
            adds="Tags",
        ),
        reads=("cloudfront:GetVpcOrigin", "cloudfront:ListTagsForResource"),
        changes=(
            "cloudfront:CreateVpcOrigin",
            "cloudfront:DeleteVpcOrigin",
            "cloudfront:TagResource",
            "cloudfront:UntagResource",
            "cloudfront:UpdateVpcOrigin",
        ),
    ),
    replaceable(
        "aws_cloudfront_response_headers_policy",
        read("cloudfront/response_headers_policy.go", "0015017a"),
        Free("CloudFront asks nothing for it"),
        computed={"arn": global_arn("cloudfront", "response-headers-policy/{id}")},
        refusals=(
            _named(
                "aws_cloudfront_response_headers_policy",
                "ResponseHeadersPolicyAlreadyExists",
                "response headers policy",
            ),
            in_use(
                "ResponseHeadersPolicyInUse",
                "Cannot delete the response headers policy because it's attached to one or more cache behaviors.",
                _OURS.format("ResponseHeadersPolicyInUse"),
                "aws_cloudfront_distribution default_cache_behavior.response_headers_policy_id",
                "aws_cloudfront_distribution ordered_cache_behavior.response_headers_policy_id",
            ),
        ),
        fills={},
        request=made_by(
            "cloudfront",
            "CreateResponseHeadersPolicy",
            "",
            adds="Quantity",
            **{
                name: f"ResponseHeadersPolicyConfig.{member}"
                for name, member in {
                    "name": "Name",
                    "comment": "Comment",
                    "custom_headers_config": "CustomHeadersConfig",
                    "security_headers_config": "SecurityHeadersConfig",
                }.items()
            },
        ),
        reads=("cloudfront:GetResponseHeadersPolicy",),
        changes=(
            "cloudfront:CreateResponseHeadersPolicy",
            "cloudfront:DeleteResponseHeadersPolicy",
            "cloudfront:UpdateResponseHeadersPolicy",
        ),
    ),
    replaceable(
        "aws_cloudfront_key_value_store",
        read("cloudfront/key_value_store.go", "0392321f", "name"),
        ByUse("what functions read of it"),
        computed={
            "id": "{uuid}",
            "arn": global_arn("cloudfront", "key-value-store/{id}"),
            "last_modified_time": "2026-01-01T00:00:00Z",
        },
        refusals=(
            _named("aws_cloudfront_key_value_store", "EntityAlreadyExists", "key value store"),
            in_use(
                "CannotDeleteEntityWhileInUse",
                "The entity cannot be deleted while it is in use.",
                _OURS.format("CannotDeleteEntityWhileInUse"),
                "aws_cloudfront_function key_value_store_associations",
                mine="arn",
            ),
        ),
        fills={},
        request=made_by("cloudfront", "CreateKeyValueStore", "AWS::CloudFront::KeyValueStore"),
        reads=("cloudfront:DescribeKeyValueStore",),
        changes=(
            "cloudfront:CreateKeyValueStore",
            "cloudfront:DeleteKeyValueStore",
            "cloudfront:UpdateKeyValueStore",
        ),
    ),
    replaceable(
        "aws_cloudfrontkeyvaluestore_keys_exclusive",
        read("cloudfrontkeyvaluestore/keys_exclusive.go", "46ed4cfc", "key_value_store_arn"),
        SETTING,
        defaults={"max_batch_size": 50},
        refusals=(
            Refusal(
                code="ValidationException",
                sentence="A key has 512 characters at most, and a value 1,024 bytes.",
                source='CloudFront developer guide, "Quotas"; the sentence is ours',
                holds=_long,
            ),
            Refusal(
                code="ServiceQuotaExceededException",
                sentence="A key value store holds 5 MB at most.",
                source='CloudFront developer guide, "Quotas"; the sentence is ours',
                holds=_full,
            ),
        ),
        fills={},
        request=made_by(
            "cloudfront-keyvaluestore",
            "UpdateKeys",
            "",
            adds="IfMatch",
            key_value_store_arn="KvsARN",
            resource_key_value_pair="Puts",
        ),
        reads=("cloudfront-keyvaluestore:DescribeKeyValueStore", "cloudfront-keyvaluestore:ListKeys"),
        changes=("cloudfront-keyvaluestore:UpdateKeys",),
    ),
)
