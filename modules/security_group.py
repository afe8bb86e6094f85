"""Security groups, without rules of their own: each rule is a resource beside them."""

from __future__ import annotations

from collections.abc import Sequence

from cdktf import TerraformResource, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from constructs import Construct

from tanada.names import Names


def security_group(scope: Construct, id: str, *, names: Names, part: str, description: str, vpc_id: str) -> str:
    """The id of a new group.

    Name, description and VPC replace a group, and one in use can't go first: so the new one is made before, under
    another name, as what replaces it is in the name's hash. `removal: keep` puts no `prevent_destroy` on
    it: it holds nothing, and AWS deletes none that anything wears.
    """
    name = names.limited(part, 64, vpc_id, description)
    group = SecurityGroup(
        scope,
        id,
        name=name,
        description=description,
        vpc_id=vpc_id,
        tags={"Name": name},
        lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
    )
    return group.id


def once(rule: TerraformResource, group: str, before: Sequence[str]) -> None:
    """Leave a rule out where its group turns out to be one that another rule lets in: which group a load balancer
    wears that is there already is read when it is planned, and EC2 takes no rule twice (InvalidPermission.Duplicate).
    """
    if before:
        own = group.removeprefix("${").removesuffix("}")
        same = " || ".join(f"{own} == {other.removeprefix('${').removesuffix('}')}" for other in before)
        rule.add_override("count", f"${{{same} ? 0 : 1}}")
