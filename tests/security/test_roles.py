"""What somebody gets who has one of CI's roles, or made one with it: the policies judged as IAM judges them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from modules.ci_applying import applying
from modules.ci_boundary import boundary
from modules.ci_policies import changing, changing_entrances, changing_stores, reading, reading_stores
from modules.ci_states import reading_states
from tanada.declarations.ci_roles import CiRoles
from tanada.declared.hosted_zone import ZoneRoles
from tests.iam import Document, allowed

ARN, IAM = "arn:aws", "arn:aws:iam::1"
BUCKET = "arn:aws:s3:::terraform-state-1-tokyo"
STATE = f"{BUCKET}/kakei/environment-test.tfstate"
KEY = "arn:aws:kms:ap-northeast-1:1:key/1"
LIMIT = f"{IAM}:policy/kakei_boundary"
TASK = f"{IAM}:role/kakei/test-web-task"
OWN = [
    f"{IAM}:role/kakei_plan",
    f"{IAM}:role/kakei_apply",
    LIMIT,
    f"{IAM}:policy/kakei_changes",
    f"{IAM}:oidc-provider/host",
]
BUCKETS = ("terraform-state-1-tokyo",)
PLAN = [reading(ARN, "kakei"), reading_stores(ARN, "kakei"), reading_states(ARN, "kakei", BUCKETS)]


def applied(system: str, **reached: Any) -> Document:
    """What who applies may do beside what is read and changed."""
    return applying(ARN, system, "1", OWN, CiRoles.model_construct(buckets=BUCKETS, environments=(), **reached))


def apply_role(system: str) -> list[Document]:
    """The policies of who applies."""
    changes = [changing(ARN, system), changing_entrances(ARN, system), changing_stores(ARN, system)]
    return [reading(ARN, system), reading_stores(ARN, system), *changes, applied(system)]


APPLY = apply_role("kakei")
MOST = boundary(ARN, "kakei", "1")
ALL = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""What the worst role's own policy would say."""


def words(text: str) -> list[str]:
    return text.split()


WITH = {"iam:PermissionsBoundary": LIMIT}
ANOTHER = {"iam:PermissionsBoundary": f"{ARN}:iam::aws:policy/AdministratorAccess"}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("ec2:DescribeVpcs", "*"),
        ("ec2:DescribeAvailabilityZones", "*"),
        ("ecs:DescribeServices", "*"),
        ("iam:GetRole", TASK),
        ("s3:GetObject", STATE),
        ("s3:GetObject", f"{STATE}.tflock"),
        ("s3:ListBucket", BUCKET),
        ("s3:GetBucketPolicy", "arn:aws:s3:::kakei-logs-1-tokyo"),
    ],
)
def test_who_plans_reads_what_things_are(action: str, resource: str) -> None:
    assert allowed(PLAN, action, resource)


@pytest.mark.parametrize(
    "action",
    words(
        """
    apigateway:GET appsync:ListApiKeys athena:GetQueryResults cassandra:Select codeartifact:ReadFromRepository
    codecommit:GitPull cognito-idp:DescribeUserPoolClient cognito-idp:ListUsers dax:BatchGetItem dax:GetItem dax:Query
    dax:Scan dynamodb:BatchGetItem dynamodb:GetItem dynamodb:PartiQLSelect dynamodb:Query dynamodb:Scan
    ec2:GetConsoleOutput ec2:GetPasswordData ecr:BatchGetImage ecr:GetDownloadUrlForLayer es:ESHttpGet
    kinesis:GetRecords kinesisvideo:GetMedia kms:Decrypt lambda:GetFunction lightsail:GetBucketAccessKeys
    logs:FilterLogEvents logs:GetLogEvents logs:GetLogObject logs:StartLiveTail rds:DownloadCompleteDBLogFile
    rds:DownloadDBLogFilePortion s3-object-lambda:GetObject s3:GetObject s3:GetObjectTorrent s3:GetObjectVersion
    s3:ListBucket s3express:CreateSession sdb:Select secretsmanager:GetSecretValue sqs:ReceiveMessage
    ssm:GetCommandInvocation ssm:GetParameter ssm:GetParametersByPath states:GetExecutionHistory sts:AssumeRole
    xray:BatchGetTraces
        """
    ),
)
def test_who_plans_reads_no_data(action: str) -> None:
    for resource in ("*", "arn:aws:s3:::customers", "arn:aws:s3:::customers/list.csv"):
        assert not allowed(PLAN, action, resource)


POOL = "arn:aws:cognito-idp:ap-northeast-1:1:userpool/ap-northeast-1_a"
OUR_POOL, THEIR_POOL = ({"aws:ResourceTag/System": each} for each in ("kakei", "other"))


def test_app_clients_are_read_with_their_secrets_of_own_pools_alone_where_people_sign_in() -> None:
    read = "cognito-idp:DescribeUserPoolClient"
    signing = [reading(ARN, "kakei", "1")]
    assert allowed(signing, read, POOL, OUR_POOL)
    assert not allowed(signing, read, POOL, THEIR_POOL)
    assert not allowed(PLAN, read, POOL, OUR_POOL)


def test_who_applies_reads_and_puts_the_identity_providers_secret_and_who_plans_never() -> None:
    kept = "arn:aws:secretsmanager:ap-northeast-1:1:secret:sign-in/google"
    other = "arn:aws:ssm:ap-northeast-1:1:parameter/kakei/sign-in"
    signing = [applied("kakei", sign_in=(f"{kept}-??????", other))]
    for put in ("cognito-idp:CreateIdentityProvider", "cognito-idp:UpdateIdentityProvider"):
        assert allowed(signing, put, POOL)
        assert not allowed(APPLY, put, POOL)
    for action, resource in (
        ("secretsmanager:GetSecretValue", f"{kept}-a1b2c3"),
        ("ssm:GetParameter", other),
    ):
        assert allowed(signing, action, resource)
        assert not allowed(signing, action, resource.replace("sign-in", "others"))
        assert not allowed(APPLY, action, resource)
    for action, resource in (("secretsmanager:GetSecretValue", f"{kept}-a1b2c3"), ("ssm:GetParameter", other)):
        assert not allowed([reading(ARN, "kakei", "1"), *PLAN], action, resource)


ZONES = "arn:aws:iam::3:role/dns/kakei"


def test_each_step_enters_zones_of_others_by_its_own_role_and_by_no_other() -> None:
    plan = [
        reading(ARN, "kakei"),
        reading_stores(ARN, "kakei"),
        reading_states(ARN, "kakei", BUCKETS, [f"{ZONES}-plan"]),
    ]
    named = applied("kakei", zones=(ZoneRoles.model_construct(plan=f"{ZONES}-plan", apply=f"{ZONES}-apply"),))
    apply = [
        reading(ARN, "kakei"),
        reading_stores(ARN, "kakei"),
        changing(ARN, "kakei"),
        changing_entrances(ARN, "kakei"),
        changing_stores(ARN, "kakei"),
        named,
    ]
    for documents, own, others in ((plan, "plan", "apply"), (apply, "apply", "plan")):
        assert allowed(documents, "sts:AssumeRole", f"{ZONES}-{own}")
        for role in (f"{ZONES}-{others}", f"{ZONES}-{own}2", f"{IAM}:role/kakei_apply", "*"):
            assert not allowed(documents, "sts:AssumeRole", role), role
        assert not allowed(documents, "sts:AssumeRoleWithWebIdentity", f"{ZONES}-{own}")
    # Whatever else is given to it: a trust policy of its own account lets it take on nothing.
    assert not allowed([*apply, ALL], "sts:AssumeRole", f"{IAM}:role/admin")


@pytest.mark.parametrize("action", ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"])
def test_who_applies_reads_images_of_its_own_system_alone(action: str) -> None:
    """Which processors they are for."""
    repository = "arn:aws:ecr:ap-northeast-1:1:repository"
    assert allowed(APPLY, action, f"{repository}/kakei/web")
    assert not allowed(APPLY, action, f"{repository}/other/web")
    assert not allowed(APPLY, action, "arn:aws:ecr:ap-northeast-1:2:repository/kakei/web")
    named = [applied("kakei", repositories=("other/web",))]
    assert all(allowed(named, action, f"{repository}/{each}") for each in ("kakei/web", "other/web"))
    assert not allowed(named, action, f"{repository}/other/web2")


@pytest.mark.parametrize("key", ["environment-test.tfstate", "environment-production.tfstate.tflock", "new.tflock"])
@pytest.mark.parametrize("action", ["s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObjectAcl"])
def test_who_plans_writes_no_state_and_no_lock(action: str, key: str) -> None:
    assert not allowed(PLAN, action, f"{BUCKET}/kakei/{key}")


def test_who_plans_may_call_what_reads_and_nothing_else() -> None:
    actions = [action for document in PLAN for each in document["Statement"] for action in [each["Action"]]]
    called = [each for action in actions for each in ([action] if isinstance(action, str) else action)]
    assert len(called) > 80
    reading = ("Describe", "GET", "Get", "List")  # API Gateway's is called by the method of the request
    assert [each for each in called if not each.split(":")[1].startswith(reading)] == ["kms:Decrypt"], "of states alone"
    assert all(each["Effect"] == "Allow" for document in PLAN for each in document["Statement"])


def key_of(arn: str, service: str = "s3.ap-northeast-1.amazonaws.com") -> dict[str, str]:
    """What KMS is told where S3 asks for the key of an object."""
    return {"kms:ViaService": service, "kms:EncryptionContext:aws:s3:arn": arn}


def test_states_are_read_and_written_where_the_bucket_has_a_key_of_its_own() -> None:
    for arn in (STATE, BUCKET):
        assert allowed(PLAN, "kms:Decrypt", KEY, key_of(arn))
        assert not allowed(PLAN, "kms:GenerateDataKey", KEY, key_of(arn))
        assert allowed(APPLY, "kms:Decrypt", KEY, key_of(arn))
        assert allowed(APPLY, "kms:GenerateDataKey", KEY, key_of(arn))


@pytest.mark.parametrize(
    "context",
    [
        {},
        {"kms:ViaService": "s3.ap-northeast-1.amazonaws.com"},
        key_of("arn:aws:s3:::customers/list.csv"),
        key_of("arn:aws:s3:::customers"),
        key_of(f"{BUCKET}/other/common-main.tfstate"),
        key_of(STATE, "secretsmanager.ap-northeast-1.amazonaws.com"),
    ],
)
def test_no_key_opens_anything_but_states(context: Mapping[str, str]) -> None:
    for given in (PLAN, APPLY):
        assert not allowed(given, "kms:Decrypt", KEY, context)
        assert not allowed(given, "kms:GenerateDataKey", KEY, context)


def test_who_plans_reads_states_of_its_own_system_alone() -> None:
    assert not allowed(PLAN, "s3:GetObject", f"{BUCKET}/other/common-main.tfstate")
    assert not allowed(APPLY, "s3:GetObject", f"{BUCKET}/other/common-main.tfstate")
    assert not allowed(APPLY, "s3:PutObject", f"{BUCKET}/other/common-main.tfstate")


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("ecs:CreateService", "*", {}),
        ("ec2:CreateVpc", "*", {}),
        ("elasticloadbalancing:ModifyRule", "*", {}),
        ("s3:PutBucketPolicy", "arn:aws:s3:::kakei-logs-1-tokyo", {}),
        ("s3:GetObject", STATE, {}),
        ("s3:PutObject", STATE, {}),
        ("s3:PutObject", f"{STATE}.tflock", {}),
        ("s3:DeleteObject", f"{STATE}.tflock", {}),
        ("s3:DeleteObject", f"{BUCKET}/kakei/review/kokuyou/kakei/review.tfstate", {}),
        ("s3:ListBucket", BUCKET, {}),
        ("iam:GetOpenIDConnectProvider", OWN[4], {}),
        ("iam:GetPolicyVersion", LIMIT, {}),
        ("iam:CreateRole", TASK, WITH),
        ("iam:PutRolePolicy", TASK, WITH),
        # The role of before gets its boundary in place, by this very role.
        ("iam:PutRolePermissionsBoundary", TASK, WITH),
        ("iam:UpdateAssumeRolePolicy", TASK, {}),
        ("iam:DeleteRole", TASK, {}),
        ("iam:DeleteRolePolicy", TASK, {}),
        ("iam:PassRole", TASK, {"iam:PassedToService": "ecs-tasks.amazonaws.com"}),
        ("iam:PassRole", f"{IAM}:role/kakei/of-aws/jobs", {"iam:PassedToService": "lambda.amazonaws.com"}),
        ("lambda:CreateFunction", "arn:aws:lambda:tokyo:1:function:kakei-test-jobs", {}),
        ("scheduler:CreateSchedule", "arn:aws:scheduler:tokyo:1:schedule/kakei-test-jobs/nightly", {}),
        ("events:PutTargets", "arn:aws:events:tokyo:1:rule/kakei-test-jobs", {}),
        (
            "iam:CreateServiceLinkedRole",
            f"{IAM}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
            {"iam:AWSServiceName": "ecs.amazonaws.com"},
        ),
    ],
)
def test_who_applies_makes_and_changes_the_system(action: str, resource: str, context: Mapping[str, str]) -> None:
    assert allowed(APPLY, action, resource, context)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        # A lasting administrator: a role of its own, and what it may do.
        ("iam:CreateRole", f"{IAM}:role/kakei/x", {}),
        ("iam:CreateRole", f"{IAM}:role/kakei/x", ANOTHER),
        ("iam:CreateRole", f"{IAM}:role/admin", WITH),
        ("iam:PutRolePolicy", TASK, {}),
        ("iam:PutRolePolicy", TASK, ANOTHER),
        ("iam:AttachRolePolicy", TASK, {}),
        ("iam:AttachRolePolicy", TASK, WITH),
        ("iam:UpdateAssumeRolePolicy", TASK, ANOTHER),
        ("iam:UpdateAssumeRolePolicy", f"{IAM}:role/admin", {}),
        # Around the boundary.
        ("iam:DeleteRolePermissionsBoundary", TASK, WITH),
        ("iam:PutRolePermissionsBoundary", TASK, ANOTHER),
        ("iam:PutRolePermissionsBoundary", OWN[1], WITH),
        ("iam:CreatePolicyVersion", LIMIT, {}),
        ("iam:SetDefaultPolicyVersion", LIMIT, {}),
        ("iam:DeletePolicyVersion", LIMIT, {}),
        ("iam:DeletePolicy", LIMIT, {}),
        ("iam:CreatePolicy", f"{IAM}:policy/other", {}),
        # Its own kind.
        ("iam:UpdateAssumeRolePolicy", OWN[1], {}),
        ("iam:PutRolePolicy", OWN[0], WITH),
        ("iam:DeleteRole", OWN[1], {}),
        ("iam:UpdateOpenIDConnectProviderThumbprint", OWN[4], {}),
        ("iam:AddClientIDToOpenIDConnectProvider", OWN[4], {}),
        ("iam:CreateOpenIDConnectProvider", f"{IAM}:oidc-provider/evil.example", {}),
        # The role of the last release, that Terraform let go.
        ("iam:UpdateAssumeRolePolicy", f"{IAM}:role/kakei_ci_apply", {}),
        # Others' roles.
        ("iam:PassRole", f"{IAM}:role/terraform", {"iam:PassedToService": "ecs-tasks.amazonaws.com"}),
        ("iam:PassRole", TASK, {"iam:PassedToService": "lambda.amazonaws.com"}),
        ("iam:PassRole", TASK, {}),
        ("sts:AssumeRole", f"{IAM}:role/admin", {}),
        ("sts:AssumeRole", TASK, {}),
        ("iam:CreateUser", f"{IAM}:user/somebody", {}),
        ("iam:CreateAccessKey", f"{IAM}:user/somebody", {}),
        ("iam:CreateServiceLinkedRole", f"{IAM}:role/aws-service-role/x", {"iam:AWSServiceName": "sso.amazonaws.com"}),
        # Services that act as a role that is there already.
        ("cloudformation:UpdateStack", "*", {}),
        ("cloudformation:CreateChangeSet", "*", {}),
        ("lambda:UpdateFunctionCode", "*", {}),
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:tokyo:1:function:payments", {}),
        ("lambda:AddPermission", "arn:aws:lambda:tokyo:1:function:payments", {}),
        ("events:PutTargets", "arn:aws:events:tokyo:1:rule/payments", {}),
        ("iam:PassRole", f"{IAM}:role/kakei/of-aws/jobs", {"iam:PassedToService": "ec2.amazonaws.com"}),
        ("lambda:CreateFunction", "*", {}),
        ("ssm:SendCommand", "*", {}),
        ("ssm:StartSession", "*", {}),
        ("ssm:StartAutomationExecution", "*", {}),
        ("ecs:ExecuteCommand", "*", {}),
        ("ecs:RunTask", "*", {}),
        ("ec2:RunInstances", "*", {}),
        ("ec2-instance-connect:SendSSHPublicKey", "*", {}),
        ("codebuild:StartBuild", "*", {}),
        ("codebuild:UpdateProject", "*", {}),
        ("glue:UpdateJob", "*", {}),
        ("states:UpdateStateMachine", "*", {}),
        ("scheduler:CreateSchedule", "*", {}),
        ("organizations:LeaveOrganization", "*", {}),
        # Data.
        ("dynamodb:GetItem", "*", {}),
        ("secretsmanager:GetSecretValue", "*", {}),
        ("ssm:GetParameter", "*", {}),
        ("kms:Decrypt", "*", {}),
        ("logs:GetLogEvents", "*", {}),
        ("s3:GetObject", "arn:aws:s3:::customers/list.csv", {}),
        ("s3:DeleteBucket", "arn:aws:s3:::customers", {}),
        ("s3:PutBucketPolicy", "arn:aws:s3:::customers", {}),
    ],
)
def test_who_applies_gets_no_further(action: str, resource: str, context: Mapping[str, str]) -> None:
    assert not allowed(APPLY, action, resource, context)


@pytest.mark.parametrize("system", ["kakei", "terraform"])
@pytest.mark.parametrize(
    "action",
    words(
        """
    DeleteBucket DeleteBucketPolicy DeleteObjectVersion GetObjectVersion PutBucketAcl PutBucketObjectLockConfiguration
    PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning PutEncryptionConfiguration
    PutLifecycleConfiguration PutObjectAcl PutObjectRetention PutReplicationConfiguration
        """
    ),
)
def test_what_guards_the_states_is_nobodys_to_change(action: str, system: str) -> None:
    """Not even of a system whose buckets are called like the states' own."""
    given = [
        reading(ARN, system),
        reading_stores(ARN, system),
        changing(ARN, system),
        changing_entrances(ARN, system),
        changing_stores(ARN, system),
        applied(system),
    ]
    for resource in (BUCKET, f"{BUCKET}/{system}/environment-test.tfstate"):
        assert not allowed(given, f"s3:{action}", resource)
        assert not allowed([*given, ALL], f"s3:{action}", resource)


def test_a_state_is_overwritten_and_never_deleted() -> None:
    for name in ("common-main", "environment-production"):
        assert not allowed(APPLY, "s3:DeleteObject", f"{BUCKET}/kakei/{name}.tfstate")


@pytest.mark.parametrize("system", ["kakei", "terraform", "terraform-state"])
@pytest.mark.parametrize("also", [[], [ALL]], ids=["its own policies", "and all rights beside them"])
def test_no_state_is_deleted_and_of_another_system_nothing(system: str, also: list[Document]) -> None:
    given = [
        reading(ARN, system),
        reading_stores(ARN, system),
        changing(ARN, system),
        changing_entrances(ARN, system),
        changing_stores(ARN, system),
        applied(system),
        *also,
    ]
    for key in (
        *("other/common-main.tfstate", "other/common-main.tfstate.tflock", "other/review/a/other/review.tfstate"),
        *(f"{system}/common-main.tfstate", f"{system}-b/review/x.tfstate", "x.tflock"),
    ):
        assert not allowed(given, "s3:DeleteObject", f"{BUCKET}/{key}"), key
    for key in (f"{system}/common-main.tfstate.tflock", f"{system}/review/a/{system}/review.tfstate"):
        assert allowed(given, "s3:DeleteObject", f"{BUCKET}/{key}"), key


def test_buckets_of_the_system_can_be_emptied() -> None:
    assert allowed(APPLY, "s3:DeleteObject", "arn:aws:s3:::kakei-logs-1-tokyo/a.gz")


@pytest.mark.parametrize(
    "action",
    words(
        """
    cloudformation:UpdateStack ec2:RunInstances ecs:RunTask iam:CreateAccessKey iam:CreateRole iam:PassRole
    iam:PutRolePolicy lambda:UpdateFunctionCode organizations:LeaveOrganization s3:GetObject s3:PutObject
    secretsmanager:GetSecretValue ssm:GetParameter ssm:SendCommand sts:AssumeRole
        """
    ),
)
def test_a_role_that_it_made_can_do_no_more_than_a_task(action: str) -> None:
    assert allowed([ALL], action)
    assert not allowed([ALL], action, boundary=MOST)


def test_a_role_that_it_made_enters_no_bucket_but_the_systems_and_those_that_are_declared() -> None:
    most = boundary(ARN, "kakei", "1", existing_buckets=["prd-marts"])
    for name in ("kakei-test-uploads-393c156f/a.png", "prd-marts/2026/list.csv"):
        assert allowed([ALL], "s3:GetObject", f"arn:aws:s3:::{name}", boundary=most)
    for name in (
        "terraform-state-1-tokyo/kakei/common-main.tfstate",
        "kakei-logs-1-tokyo/a.gz",
        "prd-marts-2/a",
        "b/a",
    ):
        assert not allowed([ALL], "s3:GetObject", f"arn:aws:s3:::{name}", boundary=most), name
    assert not allowed([ALL], "s3:PutBucketPolicy", "arn:aws:s3:::kakei-test-uploads-393c156f", boundary=most)


def test_a_role_that_it_made_reads_the_secrets_of_the_systems_stores_and_those_that_are_declared() -> None:
    most = boundary(ARN, "kakei", "1")
    read, secrets = "secretsmanager:GetSecretValue", f"{ARN}:secretsmanager:ap-northeast-1:1:secret"
    assert allowed([ALL], read, f"{secrets}:kakei/test/main/credentials-a1B2c3", boundary=most)
    for name in (f"{secrets}:other/test/main/credentials-a1B2c3", f"{secrets}:kakei/test/key-a1B2c3"):
        assert not allowed([ALL], read, name, boundary=most), name
        assert allowed([ALL], read, name, boundary=boundary(ARN, "kakei", "1", [read]))
    assert not allowed(
        [ALL], read, f"{secrets.replace(':1:', ':2:')}:kakei/test/main/credentials-a1B2c3", boundary=most
    )


def test_a_role_that_it_made_is_of_no_use_to_whoever_comes_with_a_token() -> None:
    anybody = {"aws:FederatedProvider": f"{IAM}:oidc-provider/token.actions.githubusercontent.com"}
    assert allowed([ALL], "dynamodb:GetItem", boundary=MOST)
    assert not allowed([ALL], "dynamodb:GetItem", context=anybody, boundary=MOST)


def test_no_policy_beside_its_own_frees_it_from_the_boundary() -> None:
    given = [*APPLY, ALL]
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"):
        assert not allowed(given, action, f"{IAM}:role/elsewhere")
        assert not allowed(given, action, f"{IAM}:role/elsewhere", ANOTHER)
    assert not allowed(given, "iam:DeleteRolePermissionsBoundary", TASK, WITH)
    assert not allowed(given, "iam:CreatePolicyVersion", LIMIT)
    assert not allowed(given, "sts:AssumeRole", f"{IAM}:role/admin")


# --- values that an apply makes ---------------------------------------------------------------------------------------

MAKES = [*APPLY[:2], applied("kakei", generates=True)]
FOLDER = f"{ARN}:ssm:ap-northeast-1:1:parameter/kakei/test/generated"
NEW, AGAIN = {"ssm:Overwrite": "false"}, {"ssm:Overwrite": "true"}


def test_who_applies_makes_values_of_secrets_and_never_reads_one_or_puts_another_in_its_place() -> None:
    for action in ("ssm:PutParameter", "ssm:AddTagsToResource", "ssm:DeleteParameter"):
        assert allowed(MAKES, action, f"{FOLDER}/web/AUTH_KEY", NEW)
        assert not allowed(APPLY, action, f"{FOLDER}/web/AUTH_KEY", NEW), "where nothing says generate"
        assert not allowed(PLAN, action, f"{FOLDER}/web/AUTH_KEY", NEW)
        for other in ("kakei/test/key", "kakei/test/generated", "other/test/generated/web/KEY"):
            assert not allowed(MAKES, action, f"{ARN}:ssm:ap-northeast-1:1:parameter/{other}", NEW)
    assert not allowed(MAKES, "ssm:PutParameter", f"{FOLDER}/web/AUTH_KEY", AGAIN)
    for action in ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "ssm:DescribeParameters"):
        assert not allowed(MAKES, action, f"{FOLDER}/web/AUTH_KEY")


# --- tasks that an apply runs ----------------------------------------------------------------------------------------

RUNS = [*APPLY[:2], applied("kakei", tasks=("migrate",))]
ECS, LOGS = f"{ARN}:ecs:ap-northeast-1:1", f"{ARN}:logs:ap-northeast-1:1:log-group:"
IN_CLUSTER, ELSEWHERE = {"ecs:cluster": f"{ECS}:cluster/kakei"}, {"ecs:cluster": f"{ECS}:cluster/other"}
TASKS = [
    ("ecs:RunTask", f"{ECS}:task-definition/test_migrate_kakei:7"),
    ("ecs:DescribeTasks", f"{ECS}:task/kakei/0123"),
    ("ecs:StopTask", f"{ECS}:task/kakei/0123"),
    ("ecs:ListTasks", "*"),
]


@pytest.mark.parametrize(("action", "resource"), TASKS)
def test_who_applies_runs_the_tasks_that_services_name_in_the_systems_cluster(action: str, resource: str) -> None:
    assert allowed(RUNS, action, resource, IN_CLUSTER)
    assert not allowed(RUNS, action, resource, ELSEWHERE)
    assert not allowed(APPLY, action, resource, IN_CLUSTER), "where no service names one"
    assert not allowed(PLAN, action, resource, IN_CLUSTER)


def test_who_applies_runs_no_other_task_and_reads_no_other_log() -> None:
    for family in ("test_web_kakei", "test_migrate_other", "migrate"):
        assert not allowed(RUNS, "ecs:RunTask", f"{ECS}:task-definition/{family}:1", IN_CLUSTER)
    assert not allowed(RUNS, "ecs:StopTask", f"{ECS}:task/other/0123", IN_CLUSTER)
    stream = "log-stream:migrate/migrate/0123"
    assert allowed(RUNS, "logs:GetLogEvents", f"{LOGS}/kakei/test/migrate:{stream}")
    for group in ("/kakei/test/web", "/other/test/migrate"):
        assert not allowed(RUNS, "logs:GetLogEvents", f"{LOGS}{group}:{stream}")
    passed = {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
    assert allowed(RUNS, "iam:PassRole", f"{IAM}:role/kakei/test-migrate-task", passed)
    assert not allowed(RUNS, "iam:PassRole", f"{IAM}:role/kakei/test-migrate-task")


@pytest.mark.parametrize("action", ["dynamodb:GetItem", "dynamodb:Scan", "dynamodb:PutItem"])
def test_dynamodb_fills_tables_for_who_applies_and_nobody_reads_one(action: str) -> None:
    """Of a replica and of a table that is restored, in any region; of another system none."""
    table, through = "arn:aws:dynamodb:us-west-2:1:table", {"aws:ViaAWSService": "true"}
    assert allowed(APPLY, action, f"{table}/test_orders_kakei", through)
    for context in ({}, {"aws:ViaAWSService": "false"}):
        assert not allowed(APPLY, action, f"{table}/test_orders_kakei", context)
    assert not allowed(APPLY, action, f"{table}/test_orders_other", through)
