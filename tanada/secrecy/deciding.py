"""What decides who may do what, from where, and what runs: there nothing is hidden because a name elsewhere says so.

Whoever writes a declaration names its variables. A variable `A_TOKEN: "dynamodb:*"` must not take `dynamodb:*` out of
the policy that a reviewer is shown, nor a range of addresses, an image, a principal. Names are those of hashicorp/aws's
arguments, of ECS's container definitions, of the IAM policy language, of Tanada's declarations.
"""

from __future__ import annotations

import functools
import re

from tanada.patterns import pattern
from tanada.secrecy.names import given, names_secret

_POLICY = frozenset(
    ("Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition", "Effect")
)
"""Elements of a statement, with all that stands in them (IAM JSON policy elements); not `Sid`, which says nothing."""
_GIVEN = frozenset(
    ("environment", "environmentvariables", "variables", "tags", "tagsall", "labels", "dockerlabels", "options")
) | {"triggers", "triggersreplace", "parameters", "stagevariables", "metadata"}
"""Maps whose keys people choose: a variable `APP_IMAGE` decides nothing."""
_DECIDING = pattern(
    r"""(?:.*_)?(?:
        # who
        arns?|ids?|principals?|identifiers|accounts?|roles?|users?|groups?|polic(?:y|ies)|boundary|subjects?|audiences?
        |organizations?|owners?|grantee|issuers?|thumbprint_list|client_id_list|user_pools?(?:_client|_name)?
        # what
        |actions?|not_actions|resources?|not_resources|permissions?|operations|auth_flows|route_key|effect|conditions?|scopes?|oauth_flows
        |capabilities|reach|allow|redirects|value_from|regex_string|existing
        # from where, and where to
        |cidrs?|cidr_blocks?|cidr_ipv[46]|cidr_list|addresses|ips?|source_ip|prefix_lists?|security_groups|subnets
        |ports?|protocols?|origins|urls|uris|domains?|domain_name|hosts?|host_header|path_pattern|peers?|(?:hosted_|availability_)?zones?|aliases
        |regions?|url|records?|service_name|buckets?|host_path|redirect
        # what runs
        |images?|image_uri|image_tags|repository(?:_url)?|tags?|ami|runtime|handler|family|task_definition|digest
        |s3_key|schedule_expression
    )""",
    re.VERBOSE,
)
_RANGES = pattern(
    r".*cidr.*|.*prefix_list.*|image_tags|images|.*security_group.*|capabilities|redirects?|ci|existing|reach|allow|addresses"
)
"""Those below whose names all stand: `image_tags.web`, `cidrs.office`, `capabilities.add`, `common.ci.github`."""
_CONTAINERS = (("services",), ("sidecars",), ("jobs",), ("tasks",))
"""Maps of what has `secrets`."""
_PAIRS = frozenset({("alias", "name"), ("condition", "variable"), ("condition", "test")}) | {
    ("managed_rule_group_statement", "name"),
    ("rule_action_override", "name"),
    ("rate_based_statement", "limit"),
}
"""A block and its argument, where the argument's name alone says nothing."""
_FORMED = pattern(r"(?:.*_)?url|records?|regex_string|query|tests")
"""Arguments in which a credential may stand: `url = "https://user:password@host"`."""
_CASE = pattern(r"(?<=[a-z0-9])(?=[A-Z])")
_BLOCKS = frozenset({"host_header", "path_pattern", "source_ip", "principals", "condition", "conditions"})
"""Blocks whose `values`, `identifiers` decide."""
_STEP = pattern(r'\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\[[^\[\]]*\]|(?P<name>[^.\[\]]+)')


@functools.lru_cache(maxsize=8192)
def decides(names: tuple[str, ...]) -> bool:
    """Whether what stands below these names decides: `("container_definitions", "image")`; indices are no names."""
    if not names:
        return False
    if "Statement" in names:
        after = names[names.index("Statement") + 1 :]
        return bool(after) and after[0] in _POLICY
    last = _snake(names[-1])
    if last == "value_from" or _tells_where(names):
        return True
    named = [given(name, within) for name, within in zip(names[:-1], ("", *names), strict=False)]
    above = [_snake(name) for name in named]  # without the account `token`, the service `auth`
    if any(name.replace("_", "") in _GIVEN or names_secret(name) for name in above):
        return False  # `credentials.user`
    if any(_RANGES.fullmatch(name) for name in above) or (above and last == "values" and above[-1] in _BLOCKS):
        return True
    if above and (above[-1], last) in _PAIRS:
        return True
    if last == "existing":
        return True  # of an item of `hosted_zones`
    if len(names) > 1 and not given(names[-1], names[-2]):
        return False  # the service `user`, the account `domain`
    return _DECIDING.fullmatch(last) is not None and last.replace("_", "") not in _GIVEN


def _tells_where(names: tuple[str, ...]) -> bool:
    """Where a secret lies, and none itself (ECS, Secret: an ARN, a parameter's name); `services.web.secrets.TOKEN`."""
    if names[-2:-1] == ("secrets",):
        return "container_definitions" in names or names[-4:-3] in _CONTAINERS
    return names[-1] == "secrets" and names[-3:-2] in _CONTAINERS


def may_hold_credentials(names: tuple[str, ...]) -> bool:
    """Whether of what decides there a credential that shows itself by its form is taken out all the same."""
    return bool(names) and "Statement" not in names and _FORMED.fullmatch(_snake(names[-1])) is not None


def names_of(path: str) -> tuple[str, ...]:
    """`container_definitions[web].image` → `container_definitions`, `image`: bare in brackets stands no name."""
    steps = (match["quoted"] if match["quoted"] is not None else match["name"] for match in _STEP.finditer(path))
    return tuple(step for step in steps if step is not None)


def _snake(name: str) -> str:
    return _CASE.sub("_", name).replace("-", "_").lower()
