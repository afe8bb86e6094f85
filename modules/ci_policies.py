"""What the roles of CI may read and change in AWS: policy documents alone, no resource.

Which actions there are stands in the entries of `tanada/resources`; here is on what and on which condition.
"""

from __future__ import annotations

from collections.abc import Sequence

from modules.iam import Document, document
from tanada.names import HASH_LENGTH
from tanada.resources import changes, reads

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
