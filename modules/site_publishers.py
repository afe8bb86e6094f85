"""Which tasks write to a site: the role that they take on, and their own right to do so.

CloudFront has no policy on its distributions, so a task of another account gets in by a role of the site's account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from constructs import Construct

from modules.here import Here
from modules.iam import Role, Statement, arns_trust
from modules.site_operators import INVALIDATING
from tanada.declared import publishers as declared
from tanada.regions import partition

LISTING = ("s3:ListBucket",)
OBJECTS = ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject")
DISTRIBUTION = "Distribution"
"""The role's tag that says the id, which no name can: so no task needs another environment's state."""


def publishers(
    scope: Construct, here: Here, site: str, each: Sequence[str], bucket: str, distribution: tuple[str, str]
) -> str:
    """The ARN of the role; `each` are the ARNs of the roles that it trusts, `bucket` is one, `distribution` an id and
    an ARN.

    They are trusted by a condition, as people are: IAM takes no principal that isn't there yet, and of one that is made
    anew it trusts the old one (IAM user guide, "AWS JSON policy elements: Principal"); `aws:PrincipalArn` is the ARN of
    a session's role ("AWS global condition context keys").
    """
    name, path = declared.called(here.names, site), declared.path(here.names.system)
    id, arn = distribution
    return Role(
        scope,
        "publishers",
        name=name,
        path=path,
        description=f"Writes to {site} and invalidates what is kept of it",
        trust=arns_trust(each),
        boundary=here.boundary,
        tags={DISTRIBUTION: id},
        statements=[
            Statement(actions=LISTING, resources=(bucket,)),
            Statement(actions=OBJECTS, resources=(f"{bucket}/*",)),
            Statement(actions=INVALIDATING, resources=(arn,)),
            Statement(
                actions=("iam:ListRoleTags",),
                resources=(f"arn:{partition(here.region)}:iam::{here.account_id}:role{path}{name}",),
            ),
        ],
    ).arn


def publishing(here: Here, name: str) -> Iterator[Statement]:
    """What a task may do that writes to sites: take their roles on."""
    if roles := tuple(each.role for each in here.publishes if each.name == name):
        yield Statement(actions=("sts:AssumeRole",), resources=roles)
