"""What the role of CI may do that applies, beside what `ci_policies` names: states, roles, runs of tasks, secrets."""

from __future__ import annotations

from collections.abc import Sequence

from modules.ci_states import entering_zones, key_of_states, listing_states, states
from modules.iam import OF_SERVICES, TASKS, Document, document, only
from tanada.declarations.ci_roles import CiRoles
from tanada.declared.operators import MAKING_USERS
from tanada.declared.secrets import GENERATED
from tanada.resources import passes_roles_to

_WITH_BOUNDARY = ("iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy")
"""IAM tells these which boundary the role has or gets (Service Authorization Reference, IAM)."""
_ANYWAY = (
    "iam:DeleteRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:TagRole",
    "iam:UntagRole",
    "iam:UpdateRole",
    "iam:UpdateRoleDescription",
)
"""These take something away or name it: roles from before there was a boundary have to go as well."""
_SERVICE_LINKED = (
    "backup.amazonaws.com",
    "ecs.amazonaws.com",
    "ecs.application-autoscaling.amazonaws.com",
    "elasticache.amazonaws.com",
    "elasticfilesystem.amazonaws.com",
    "elasticloadbalancing.amazonaws.com",
    "opensearchservice.amazonaws.com",
    "ops.apigateway.amazonaws.com",
    "rds.amazonaws.com",
    "replication.dynamodb.amazonaws.com",
)
"""Services whose own role is made with their first resource in an account; its permissions are AWS's."""
_IMAGE = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""For which processors a tag is, before a service is told of it: tanada/aws/registry.py reads its manifest, and its
configuration, which is a blob as layers are."""
_STATE = ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject")
_BUNDLE = ("s3:GetObject", "s3:GetObjectVersion")


def applying(
    arn: str,
    system: str,
    account_id: str,
    own: Sequence[str],
    reached: CiRoles,
) -> Document:
    """Beside `reading` and `changing`: states, roles below the system's path that have its boundary, and runs of tasks;
    secrets, certificates, registries and zones as far as they are `reached`.

    `own` are the ARNs of what it may not touch: the CI's roles and policies, the boundary, the provider.
    """
    buckets, zones = reached.buckets, [each.apply for each in reached.zones]
    roles = f"{arn}:iam::{account_id}:role/{system}/*"
    removed = [f"{arn}:s3:::{bucket}/{system}/{key}" for bucket in buckets for key in ("*.tflock", "review/*")]
    # A system `terraform`, which declarations refuse, would have the states' own bucket among its buckets.
    emptied = [] if any(each.startswith(f"{system}-") for each in buckets) else [f"{arn}:s3:::{system}-*"]
    limited = {"iam:PermissionsBoundary": f"{arn}:iam::{account_id}:policy/{system}_boundary"}
    return document(
        {
            "Sid": "States",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": states(arn, system, buckets),
        },
        {
            "Sid": "LocksAndWorkspaces",
            "Effect": "Allow",
            "Action": "s3:DeleteObject",
            "Resource": removed,
        },
        {"Sid": "NothingElse", "Effect": "Deny", "Action": "s3:DeleteObject", "NotResource": [*removed, *emptied]},
        key_of_states(arn, system, buckets, "kms:Decrypt", "kms:GenerateDataKey"),
        listing_states(arn, buckets),
        # What was overwritten or deleted must come back: no version, and nothing that keeps or guards them, is touched.
        {
            "Sid": "StatesStay",
            "Effect": "Deny",
            "NotAction": list(_STATE),
            "Resource": [f"{arn}:s3:::{bucket}{objects}" for bucket in buckets for objects in ("", "/*")],
        },
        {
            "Sid": "RolesWithBoundary",
            "Effect": "Allow",
            "Action": list(_WITH_BOUNDARY),
            "Resource": roles,
            "Condition": {"StringEquals": limited},
        },
        # IAM doesn't tell UpdateAssumeRolePolicy the boundary; should it once, another one is none.
        {
            "Sid": "TrustOfRoles",
            "Effect": "Allow",
            "Action": "iam:UpdateAssumeRolePolicy",
            "Resource": roles,
            "Condition": {"StringEqualsIfExists": limited},
        },
        {"Sid": "RolesOfTheSystem", "Effect": "Allow", "Action": list(_ANYWAY), "Resource": roles},
        # Denied, so that no policy beside this one can allow it.
        {
            "Sid": "NoRoleWithoutBoundary",
            "Effect": "Deny",
            "Action": ["iam:AttachRolePolicy", *_WITH_BOUNDARY],
            "Resource": "*",
            "Condition": {"StringNotEquals": limited},
        },
        {"Sid": "BoundaryStays", "Effect": "Deny", "Action": "iam:DeleteRolePermissionsBoundary", "Resource": "*"},
        {
            "Sid": "Images",
            "Effect": "Allow",
            "Action": list(_IMAGE),
            "Resource": only(
                [
                    *(f"{arn}:ecr:*:{account_id}:repository/{each}" for each in (f"{system}/*", *reached.repositories)),
                    *(f"{arn}:ecr:*:{each.account}:repository/{each.name}" for each in reached.elsewhere),
                ]
            ),
        },
        {
            "Sid": "HandThemToTasks",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": roles,
            "Condition": {"StringEquals": {"iam:PassedToService": TASKS}},
        },
        {
            "Sid": "HandThemToServices",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": f"{arn}:iam::{account_id}:role/{system}/{OF_SERVICES}/*",
            "Condition": {
                "StringEquals": {"iam:PassedToService": [each for each in passes_roles_to() if each != TASKS]}
            },
        },
        *_running(arn, system, account_id, reached.tasks, [system, *reached.clusters]),
        *(_generating(arn, system, account_id) if reached.generates else ()),
        *(_making_users(f"{arn}:iam::{account_id}:user/{system}/*", limited) if MAKING_USERS in reached.asked else ()),
        *(_signing_in(arn, account_id, reached.sign_in) if reached.sign_in else ()),
        # Elastic Load Balancing reads them in the caller's name (its guide, "Mutual authentication with TLS").
        *(
            [{"Sid": "Authorities", "Effect": "Allow", "Action": list(_BUNDLE), "Resource": only(reached.bundles)}]
            if reached.bundles
            else ()
        ),
        {
            "Sid": "RolesOfServices",
            "Effect": "Allow",
            "Action": "iam:CreateServiceLinkedRole",
            "Resource": f"{arn}:iam::{account_id}:role/aws-service-role/*",
            "Condition": {"StringEquals": {"iam:AWSServiceName": only(_SERVICE_LINKED)}},
        },
        {"Sid": "NotItself", "Effect": "Deny", "NotAction": ["iam:Get*", "iam:List*"], "Resource": list(own)},
        # A role of this account that names this one in its trust policy could be taken on without any permission here.
        {
            "Sid": "NobodyElse",
            "Effect": "Deny",
            "Action": "sts:AssumeRole",
            **({"NotResource": only(sorted({*zones}))} if zones else {"Resource": "*"}),
        },
        *entering_zones(zones),
    )


def _running(arn: str, system: str, account_id: str, tasks: Sequence[str], clusters: Sequence[str]) -> list[Document]:
    """To run these tasks to their end, in these clusters alone (Service Authorization Reference, Amazon ECS and
    CloudWatch Logs): of each environment, for their names begin with it (`tanada.names`)."""
    if not tasks:
        return []
    place = f"{account_id}:"
    within = {"ArnLike": {"ecs:cluster": only([f"{arn}:ecs:*:{place}cluster/{cluster}" for cluster in clusters])}}
    definitions = [f"{arn}:ecs:*:{place}task-definition/*_{task}_{system}:*" for task in tasks]
    logs = [f"{arn}:logs:*:{place}log-group:/{system}/*/{task}:log-stream:*" for task in tasks]
    of_clusters = only([f"{arn}:ecs:*:{place}task/{cluster}/*" for cluster in clusters])
    return [
        {
            "Sid": "RunTasks",
            "Effect": "Allow",
            "Action": "ecs:RunTask",
            "Resource": only(definitions),
            "Condition": within,
        },
        {
            "Sid": "WatchAndStopTasks",
            "Effect": "Allow",
            "Action": ["ecs:DescribeTasks", "ecs:StopTask"],
            "Resource": of_clusters,
            "Condition": within,
        },
        # It works on container instances, of which Fargate has none.
        {"Sid": "FindTasks", "Effect": "Allow", "Action": "ecs:ListTasks", "Resource": "*", "Condition": within},
        {"Sid": "ReadTheirLogs", "Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": only(logs)},
    ]


def _generating(arn: str, system: str, account_id: str) -> list[Document]:
    """To make values that nobody has seen, in the folder of each environment that is theirs alone, and to delete them
    with it; never to read one, or to put another in its place (Service Authorization Reference, AWS Systems Manager:
    `ssm:Overwrite`)."""
    folder = f"{arn}:ssm:*:{account_id}:parameter/{system}/*/{GENERATED}/*"
    return [
        {
            "Sid": "MakeSecrets",
            "Effect": "Allow",
            "Action": "ssm:PutParameter",
            "Resource": folder,
            "Condition": {"StringNotEquals": {"ssm:Overwrite": "true"}},
        },
        {
            "Sid": "TagAndDeleteThem",
            "Effect": "Allow",
            "Action": ["ssm:AddTagsToResource", "ssm:DeleteParameter"],
            "Resource": folder,
        },
    ]


_USERS_WITH_BOUNDARY = ("iam:CreateUser", "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy")
_USERS_ANYWAY = (
    "iam:DeleteAccessKey",
    "iam:DeleteLoginProfile",
    "iam:DeleteUser",
    "iam:DeleteUserPolicy",
    "iam:ListAccessKeys",
    "iam:ListGroupsForUser",
    "iam:ListMFADevices",
    "iam:ListServiceSpecificCredentials",
    "iam:ListSSHPublicKeys",
    "iam:ListSigningCertificates",
    "iam:TagUser",
    "iam:UntagUser",
    "iam:UpdateUser",
)
"""What the provider asks of one that it takes away with its keys (`force_destroy`), beside `ListVirtualMFADevices`."""


def _making_users(users: str, limited: dict[str, str]) -> list[Document]:
    """To make users with the boundary and to take them away with their keys; never to make a key or a password."""
    return [
        {
            "Sid": "UsersWithBoundary",
            "Effect": "Allow",
            "Action": list(_USERS_WITH_BOUNDARY),
            "Resource": users,
            "Condition": {"StringEquals": limited},
        },
        {"Sid": "UsersOfTheSystem", "Effect": "Allow", "Action": list(_USERS_ANYWAY), "Resource": users},
        {"Sid": "DevicesOfUsers", "Effect": "Allow", "Action": "iam:ListVirtualMFADevices", "Resource": "*"},
        {
            "Sid": "NoUserWithoutBoundary",
            "Effect": "Deny",
            "Action": list(_USERS_WITH_BOUNDARY),
            "Resource": "*",
            "Condition": {"StringNotEquals": limited},
        },
        {
            "Sid": "NobodysKey",
            "Effect": "Deny",
            "Action": ["iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:DeleteUserPermissionsBoundary"],
            "Resource": "*",
        },
    ]


def _signing_in(arn: str, account_id: str, secrets: Sequence[str]) -> list[Document]:
    """To read these secrets, which no other step of CI may, and to put them into user pools: what a pool is called is
    in no ARN (Service Authorization Reference, Amazon Cognito User Pools)."""
    reads = {"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameter"}
    by_store = {store: [each for each in secrets if each.split(":")[2] == store] for store in reads}
    return [
        {
            "Sid": "PutIdentityProviders",
            "Effect": "Allow",
            "Action": ["cognito-idp:CreateIdentityProvider", "cognito-idp:UpdateIdentityProvider"],
            "Resource": f"{arn}:cognito-idp:*:{account_id}:userpool/*",
        },
        *(
            {
                "Sid": f"TheirSecretsIn{store.title()}",
                "Effect": "Allow",
                "Action": reads[store],
                "Resource": only(named),
            }
            for store, named in by_store.items()
            if named
        ),
    ]
