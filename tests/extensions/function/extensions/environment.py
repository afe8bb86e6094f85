"""A function that makes PDFs, called over HTTPS by whoever has `pdf` in its `reach`, and by nobody else."""

from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction, LambdaFunctionLoggingConfig
from cdktf_cdktf_provider_aws.lambda_function_url import LambdaFunctionUrl
from cdktf_cdktf_provider_aws.s3_object import S3Object
from extensions.pdf import SOURCE

from tanada.extensions import Environment, Reachable, Role, Statement, Whole, code, offer, service_trust


def reachable(it: Environment) -> dict[str, Reachable]:
    """What services may reach, by the names that stand in the declaration's `extensions`."""
    made = code({"main.py": SOURCE})
    source = S3Object(
        it.scope,
        "pdf_code",
        bucket=it.stores["code"].aws_name,
        key=f"pdf-{made.version}.zip",
        content_base64=made.content_base64,
    )
    log = CloudwatchLogGroup(it.scope, "pdf_log", name=it.names.path("pdf"), retention_in_days=30)
    role = Role(
        it.scope,
        "pdf_role",
        name=it.names.limited("pdf-function", 64),
        path=f"/{it.names.system}/",
        description="What the function that makes PDFs may do",
        trust=service_trust("lambda.amazonaws.com", it.account_id),
        boundary=it.boundary,
        statements=[
            Statement(actions=("logs:CreateLogStream", "logs:PutLogEvents"), resources=(f"{log.arn}:*",)),
        ],
    )
    function = LambdaFunction(
        it.scope,
        "pdf",
        function_name=it.names.limited("pdf", 64),
        role=role.arn,
        runtime="python3.13",
        architectures=["arm64"],
        handler="main.handler",
        s3_bucket=source.bucket,
        s3_key=source.key,
        source_code_hash=made.source_code_hash,
        timeout=30,
        logging_config=LambdaFunctionLoggingConfig(log_format="Text", log_group=log.name),
        depends_on=role.policies,
    )
    url = LambdaFunctionUrl(it.scope, "pdf_url", function_name=function.function_name, authorization_type="AWS_IAM")
    # Both are asked for (Lambda developer guide, "Control access to Lambda function URLs", since October 2025).
    may = Statement(actions=("lambda:InvokeFunction", "lambda:InvokeFunctionUrl"), resources=(function.arn,))
    return {"pdf": offer({"url": url.function_url}, access=[may])}


def extend(it: Whole) -> None:
    """A deployment of `web` is rolled back where PDFs fail: a reference to what is made here, as no data holds one."""
    name = it.names.limited("pdf-errors", 255)
    alarm = CloudwatchMetricAlarm(
        it.scope,
        "errors_of_pdf",
        alarm_name=name,
        namespace="AWS/Lambda",
        metric_name="Errors",
        dimensions={"FunctionName": it.names.limited("pdf", 64)},
        statistic="Sum",
        period=60,
        evaluation_periods=3,
        threshold=5,
        comparison_operator="GreaterThanThreshold",
        treat_missing_data="notBreaching",
        tags={"Name": name},
    )
    rollback = {"enable": True, "rollback": True, "alarm_names": [alarm.alarm_name]}
    it.services["web"].service.add_override("alarms", rollback)
