"""What the roles of CI may do: policy documents alone, no resource.

Which actions there are stands in the entries of `tanada/resources`; here is on what and on which condition.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tanada.declared.image import Repository
from tanada.declared.secrets import GENERATED
from tanada.names import HASH_LENGTH
from tanada.resources import changes, passes_roles_to, reads

Document = dict[str, Any]

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
TASKS = "ecs-tasks.amazonaws.com"
_STORES = frozenset(
    {
        "backup",
        "backup-storage",
        "cloudwatch",
        "dynamodb",
        "elasticache",
        "elasticfilesystem",
        "es",
        "events",
        "lambda",
        "rds",
        "s3",
        "scheduler",
        "secretsmanager",
        "sns",
        "sqs",
    }
)
"""The services of stores and jobs, as IAM calls them."""
_ENTRANCES = frozenset(
    {
        "acm",
        "apigateway",
        "cloudfront",
        "cloudfront-keyvaluestore",
        "cognito-idp",
        "elasticloadbalancing",
        "route53",
        "ses",
        "wafv2",
    }
)
"""Those of what people and mail come by."""
_FILLS_TABLES = (
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:UpdateItem",
)
_STATE = ("s3:DeleteObject", "s3:GetObject", "s3:ListBucket", "s3:PutObject")


_ALONE = {
    "events": ("rule/",),
    "lambda": ("function:",),
    "scheduler": ("schedule-group/", "schedule/"),
}
"""Services in which the system's own are reached by how they are called, and no others: code that is there already runs
with its role, and its variables are read with it (Service Authorization Reference)."""
_APIS = ("apis", "apis/*", "domainnames", "domainnames/*", "tags/*", "vpclinks", "vpclinks/*")
"""What there is of API Gateway's beside REST APIs, whose keys the same actions would read; ids say nothing of whose it
is, and ARNs name no account (Service Authorization Reference, API Gateway Management V2)."""
_OF_SEARCHES = 28 - HASH_LENGTH - 1
OF_SERVICES = "of-aws"
"""The folder of roles that services of AWS's take on by themselves: CI hands those no role of a task."""


def reading(arn: str, system: str, pools_of: str | None = None) -> Document:
    """What a refresh reads, but of stores and jobs.

    `arn` is how ARNs of the partition begin; `pools_of` the account in which people sign in: whoever makes a rule that
    asks them, and whoever refreshes an app client, reads that with its secret, of the system's own pools alone.
    """
    clients = {
        "Sid": "ReadAppClients",
        "Effect": "Allow",
        "Action": "cognito-idp:DescribeUserPoolClient",
        "Resource": f"{arn}:cognito-idp:*:{pools_of}:userpool/*",
        "Condition": {"StringEquals": {"aws:ResourceTag/System": system}},
    }
    others = [each for each in reads() if service_of(each) not in _STORES]
    return document(*_allowed("Read", others, arn, system), *([clients] if pools_of else ()))


def reading_stores(arn: str, system: str) -> Document:
    """The same of what keeps data, and of what starts jobs and watches over both; of buckets only the system's, for a
    bucket's list of objects says what is in it."""
    return document(*_allowed("Read", [each for each in reads() if service_of(each) in _STORES], arn, system))


def changing(arn: str, system: str) -> Document:
    """What making, changing and destroying asks for, of the types that are emitted, but for stores, jobs and
    entrances."""
    apart = _STORES | _ENTRANCES
    return document(*_allowed("Change", [each for each in changes() if service_of(each) not in apart], arn, system))


def changing_entrances(arn: str, system: str) -> Document:
    """The same of what people and mail come by: load balancers, CloudFront, DNS, certificates."""
    return document(*_allowed("Change", [each for each in changes() if service_of(each) in _ENTRANCES], arn, system))


def changing_stores(arn: str, system: str) -> Document:
    """The same of what keeps data, and of what starts jobs and watches over both.

    DynamoDB fills a restored table in the caller's name (developer guide, "Using IAM with DynamoDB backup and
    restore"), as a service does for somebody ("Restoring a DynamoDB table", of `aws:ViaAWSService`), and a replica, in
    its region ("Using IAM with global tables"): whoever applies reads no item. A replica is called as its table, so
    these are all of the system's.
    """
    return document(
        *_allowed("Change", [each for each in changes() if service_of(each) in _STORES], arn, system),
        {
            "Sid": "FillTables",
            "Effect": "Allow",
            "Action": list(_FILLS_TABLES),
            "Resource": f"{arn}:dynamodb:*:*:table/*_{system}",
            "Condition": {"Bool": {"aws:ViaAWSService": "true"}},
        },
    )


def service_of(action: str) -> str:
    return action.partition(":")[0]


def _allowed(sid: str, actions: Sequence[str], arn: str, system: str) -> list[Document]:
    ours = {"apigateway": "Apis", "es": "Searches", "s3": "Buckets", **dict.fromkeys(_ALONE, "Functions")}
    limited: dict[str, list[str]] = {"Apis": [], "Buckets": [], "Searches": [], "Functions": []}
    others: list[str] = []
    for action in actions:
        word = ours.get(service_of(action))
        (limited[word] if word is not None else others).append(action)
    on = {
        "Apis": [f"{arn}:apigateway:*::/{each}" for each in _APIS],
        "Buckets": f"{arn}:s3:::{system}-*",
        # As long as their names keep of it: modules/search.py, `Names.ours`.
        "Searches": f"{arn}:es:*:*:domain/{f'{system}-'[:_OF_SEARCHES]}*",
        "Functions": [f"{arn}:{service}:*:*:{what}{system}-*" for service, kinds in _ALONE.items() for what in kinds],
    }
    statements: list[Document] = [{"Sid": sid, "Effect": "Allow", "Action": others, "Resource": "*"}]
    for word, each in limited.items():
        if each:
            statements.append({"Sid": f"{sid}{word}", "Effect": "Allow", "Action": each, "Resource": on[word]})
    return statements


def reading_states(arn: str, system: str, buckets: Sequence[str], zones: Sequence[str] = ()) -> Document:
    """The system's states and the locks beside them, to read; nothing to write, so no lock of its own. `zones` are the
    roles of other accounts by which their hosted zones are looked at."""
    return document(
        {"Sid": "States", "Effect": "Allow", "Action": "s3:GetObject", "Resource": _states(arn, system, buckets)},
        _key(arn, system, buckets, "kms:Decrypt"),
        _listing(arn, buckets),
        *_entering(zones),
    )


def applying(
    arn: str,
    system: str,
    account_id: str,
    buckets: Sequence[str],
    own: Sequence[str],
    tasks: Sequence[str] = (),
    repositories: Sequence[str] = (),
    *,
    clusters: Sequence[str] = (),
    generates: bool = False,
    elsewhere: Sequence[Repository] = (),
    sign_in: Sequence[str] = (),
    bundles: Sequence[str] = (),
    zones: Sequence[str] = (),
    users: bool = False,
) -> Document:
    """Beside `reading` and `changing`: states, roles below the system's path that have its boundary, and runs of tasks.

    `own` are the ARNs of what it may not touch: the CI's roles and policies, the boundary, the provider.
    `repositories` are images' that aren't called `<system>/…`; `generates`: it makes values of secrets;
    `clusters` are those that were there already; `elsewhere` are images' of other AWS accounts; `sign_in` are the
    ARNs of secrets that it puts into Cognito, `bundles` those of objects whose certificates it puts into trust stores;
    `zones` the roles of other accounts by which it changes hosted zones; `users`: it makes some who upload to sites.
    """
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
            "Resource": _states(arn, system, buckets),
        },
        {
            "Sid": "LocksAndWorkspaces",
            "Effect": "Allow",
            "Action": "s3:DeleteObject",
            "Resource": removed,
        },
        {"Sid": "NothingElse", "Effect": "Deny", "Action": "s3:DeleteObject", "NotResource": [*removed, *emptied]},
        _key(arn, system, buckets, "kms:Decrypt", "kms:GenerateDataKey"),
        _listing(arn, buckets),
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
                    *(f"{arn}:ecr:*:{account_id}:repository/{each}" for each in (f"{system}/*", *repositories)),
                    *(f"{arn}:ecr:*:{each.account}:repository/{each.name}" for each in elsewhere),
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
        *_running(arn, system, account_id, tasks, [system, *clusters]),
        *(_generating(arn, system, account_id) if generates else ()),
        *(_making_users(f"{arn}:iam::{account_id}:user/{system}/*", limited) if users else ()),
        *(_signing_in(arn, account_id, sign_in) if sign_in else ()),
        # Elastic Load Balancing reads them in the caller's name (its guide, "Mutual authentication with TLS").
        *(
            [{"Sid": "Authorities", "Effect": "Allow", "Action": list(_BUNDLE), "Resource": only(bundles)}]
            if bundles
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
        *_entering(zones),
    )


_BUNDLE = ("s3:GetObject", "s3:GetObjectVersion")


def _entering(zones: Sequence[str]) -> list[Document]:
    """To take on exactly these roles of other accounts, which say themselves what of a zone they may touch."""
    if not zones:
        return []
    return [
        {
            "Sid": "ZonesOfOthers",
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Resource": only(sorted({*zones})),
        }
    ]


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


def _states(arn: str, system: str, buckets: Sequence[str]) -> list[str]:
    return [f"{arn}:s3:::{bucket}/{system}/*" for bucket in buckets]


def _key(arn: str, system: str, buckets: Sequence[str], *actions: str) -> Document:
    """The key that a team may have given the bucket, through S3 and for these states alone: S3 says for which object it
    asks, or with a bucket key for which bucket (S3 user guide, "Using server-side encryption with AWS KMS keys")."""
    context = [*_states(arn, system, buckets), *(f"{arn}:s3:::{bucket}" for bucket in buckets)]
    through = {"kms:ViaService": "s3.*", "kms:EncryptionContext:aws:s3:arn": context}
    return {
        "Sid": "KeyOfStates",
        "Effect": "Allow",
        "Action": only(actions),
        "Resource": "*",
        "Condition": {"StringLike": through},
    }


def _listing(arn: str, buckets: Sequence[str]) -> Document:
    """Without a condition on the prefix: who may not list at all is told 403, not 404, of a state that isn't there yet
    (S3, GetObject), and a read of one object names no prefix."""
    return {
        "Sid": "ListStates",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": [f"{arn}:s3:::{bucket}" for bucket in buckets],
    }


def only(texts: Sequence[str]) -> str | list[str]:
    """One is a text: as AWS gives it back, and no plan shows a difference."""
    return texts[0] if len(texts) == 1 else list(texts)


def document(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}
