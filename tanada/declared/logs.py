"""Logs: how long lines are kept, who is mailed of them, and where else they go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import STEERING, Expands, Folder, LogDays, Text, VariableName, Whole, expected
from tanada.declared.model import Model
from tanada.declared.secrets import Reference

ROUTER = "log-router"
"""The sidecar that routes logs: what a declaration says of one of this name is laid over what is made."""
ROUTER_IMAGE = (
    "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15"
    "@sha256:88e1b56cedb230486afeca6eeb26c5f6bd59c48879d0054d1674d5a58838c607"
)
"""AWS's own Fluent Bit, by the digest of its index for both processors (docs/verified.md says where it was read)."""
ROUTER_MEMORY = 128
"""MiB: Fluent Bit takes some 50, and keeps lines that it can't get rid of."""
LONGEST_PATTERN = 1_024
"""Characters of a filter pattern (CloudWatch Logs API reference, PutSubscriptionFilter)."""
MAILING = ("logs:DeleteLogStream", "logs:GetLogEvents", "sns:Publish")
"""What the function that mails is given beside what each may do with its own log."""
SENDING = {
    "firehose": ("firehose:PutRecord", "firehose:PutRecordBatch"),
    "kinesis": ("kinesis:PutRecord", "kinesis:PutRecords"),
}
"""By service what CloudWatch Logs is given to hand lines on; a destination of its own (`logs`) asks for no role
(CloudWatch Logs user guide, "Subscription filters", "Cross-account subscriptions")."""


def _texts(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Match = Annotated[
    str,
    Text(
        rf'^([^{{"\\{STEERING}][^"\\{STEERING}]*|\{{ *\(? *\$[^{STEERING}]*\}})$',
        "a text that a line holds, such as ERROR, without quotes and backslashes, which CloudWatch's patterns can't "
        'hold; of lines that are JSON a pattern in braces, such as { $.level = "error" }',
        longest=512,
    ),
]


_WORD = r'(?:"[^"]*"|[A-Za-z0-9_.*+%:/-]+)'
_COMPARISON = re.compile(
    r"\$(?:\.[A-Za-z0-9_@-]+|\.?\[(?:\d+|'[^']*'|\"[^\"]*\")\])+ *"
    rf"(?:(?:!=|<=|>=|=|<|>) *(?:{_WORD}|%[^%]+%)|IS +(?:NULL|TRUE|FALSE)|(?:NOT +)?EXISTS)"
)
"""One comparison of a pattern of JSON (CloudWatch Logs user guide, "Filter pattern syntax for metric filters", "Match
terms in JSON log events")."""


def _is_of_json(pattern: str) -> bool:
    """Whether a pattern in braces is comparisons, joined by && and ||, in parentheses that close."""
    text = _COMPARISON.sub("x", pattern.strip()[1:-1])
    reduced = ""
    while reduced != text:
        reduced, text = text, re.sub(r"x *(?:&&|\|\|) *x|\( *x *\)", "x", text)
    return text.strip() == "x"


def _alone(value: tuple[str, ...]) -> tuple[str, ...]:
    if wrong := next((each for each in value if each.startswith("{") and not _is_of_json(each)), None):
        raise expected(
            'comparisons as CloudWatch has them, { $.level = "error" && $.status >= 500 }: = != < > <= >=, IS NULL, '
            f"joined by && and ||; {wrong} is none"
        )
    if not value:
        raise expected("a text that a line holds, such as ERROR, or a list of such texts")
    if len(value) > 1 and any(each.startswith("{") for each in value):
        raise expected("a list of texts alone: CloudWatch takes one pattern in braces, write || in it")
    if len(pattern(value)) > LONGEST_PATTERN:
        raise expected(f"fewer texts: together CloudWatch takes {LONGEST_PATTERN:,} characters")
    return value


def pattern(match: tuple[str, ...]) -> str:
    """A filter pattern of CloudWatch's that finds lines with any of these texts, upper and lower case apart (user
    guide, "Filter pattern syntax": what isn't a letter or digit stands in double quotes)."""
    if match[0].startswith("{"):
        return match[0]
    quoted = [each if re.fullmatch("[A-Za-z0-9]+", each) else f'"{each}"' for each in match]
    return quoted[0] if len(quoted) == 1 else " ".join(f"?{each}" for each in quoted)


class Mail(Model):
    """Lines that are mailed to where alarms go, with those around them."""

    match: Annotated[
        tuple[Match, ...],
        BeforeValidator(_texts, json_schema_input_type=Match | tuple[Match, ...]),
        AfterValidator(_alone),
    ]
    """Which: those that hold this text, upper and lower case apart; or one of a list of them. Of lines that are JSON
    CloudWatch's own pattern in braces: `{ $.level = "error" }`."""
    lines: Annotated[int, Whole(0, 100)] = 20
    """So many lines before it, and so many behind it."""


Destination = Annotated[
    str,
    Text(
        r"^arn:aws[a-z-]*:(firehose|kinesis|logs):[A-Za-z0-9_.:/{}-]+$",
        "the ARN of a Firehose stream, a Kinesis stream or another account's destination, such as "
        "arn:aws:firehose:{region}:{account}:deliverystream/logs",
        longest=600,
    ),
    Expands(),
]
_NAMES = {
    "firehose": r"deliverystream/[A-Za-z0-9_.-]{1,64}",
    "kinesis": r"stream/[A-Za-z0-9_.-]{1,128}",
    "logs": r"destination:[A-Za-z0-9_./-]{1,512}",
}
"""How what each service has is called in ARNs (CreateDeliveryStream, CreateStream, PutDestination)."""


def destination_fault(arn: str, region: str, account: str) -> str | None:
    """Why lines of an account and region can't go there (CloudWatch Logs API reference, PutSubscriptionFilter); the
    text's placeholders are filled in."""
    _, _, service, its_region, its_account, name = arn.split(":", 5) if arn.count(":") > 4 else ["", "", "", "", "", ""]
    if not re.fullmatch(_NAMES.get(service, ""), name) or not re.fullmatch("[0-9]{12}", its_account):
        return (
            "is no ARN of one; expected arn:aws:firehose:REGION:ACCOUNT:deliverystream/NAME, "
            "arn:aws:kinesis:REGION:ACCOUNT:stream/NAME or arn:aws:logs:REGION:ACCOUNT:destination:NAME"
        )
    if its_region != region:
        return (
            f"is in {its_region}, and CloudWatch sends lines of {region} to a destination in {region} alone; what "
            "stands behind a destination (arn:aws:logs:…:destination:…) may be elsewhere"
        )
    if service != "logs" and its_account != account:
        return (
            f"is of account {its_account}, and lines of {account} get there by a destination alone: have that account "
            "make one (PutDestination), and write its ARN, arn:aws:logs:…:destination:…"
        )
    return None


_SECRET = re.compile(r"(?i).*(passw|token|secret|(api|license|shared|access)_?key).*")
"""Options that hold what nobody may read: `apikey`, `license_key`, `Shared_Key`, `HTTP_Passwd`, `splunk_token`."""


def _refused(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


def _options(value: dict[str, str]) -> dict[str, str]:
    if secret := next((each for each in value if _SECRET.fullmatch(each)), None):
        raise _refused(f"{secret} is read by whoever reads the task definition; write it below secrets, beside options")
    if value and "name" not in map(str.lower, value):
        raise _refused("options without Name lead nowhere: it says which of Fluent Bit's outputs takes the lines")
    return value


class FireLens(Model):
    """A router in the task that takes all lines of its containers, and sends them elsewhere: Fluent Bit."""

    options: Annotated[
        dict[
            Annotated[str, Text(r"^[A-Za-z][A-Za-z0-9_.-]*$", "an option of Fluent Bit's, such as Name")],
            Annotated[str, Text(rf"^[^{STEERING}]+$", "a text of one line", longest=2048), Expands()],
        ],
        AfterValidator(_options),
    ] = {}
    """Options of one of Fluent Bit's outputs, in its own words: `{Name: datadog, Host: …}`."""
    secrets: dict[VariableName, Reference] = {}
    """Options whose values are kept in Parameter Store or Secrets Manager: `{apikey: kakei/datadog}`."""
    config: Folder | None = None
    """A file in the router's image that its configuration takes in, such as `/fluent-bit/configs/parse-json.conf`."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not self.options and self.secrets:
            raise _refused("secrets are options beside others, and there is no other; write options: {Name: …}, too")
        if not self.options and self.config is None:
            raise _refused("nothing says where lines go; write options: {Name: …}, or a config that says it")
        if twice := sorted(set(map(str.lower, self.options)) & set(map(str.lower, self.secrets))):
            raise _refused(f"{twice[0]} is in options and in secrets; take it out of one of them")
        return self

    def option(self, name: str) -> str | None:
        """An option's value; Fluent Bit tells upper and lower case of them not apart."""
        return next((value for each, value in self.options.items() if each.lower() == name), None)

    @property
    def output(self) -> str | None:
        """Which of Fluent Bit's outputs takes the lines."""
        return self.option("name")

    @property
    def place(self) -> tuple[str, int] | None:
        """The host and port that it connects to by its options; None where they name no host, as of AWS's services."""
        host, port = self.option("host"), self.option("port")
        if host is None or (port is None and self.output not in _PORTS):
            return None
        number = port if port is not None else str(_PORTS[str(self.output)])
        return (host, int(number)) if number.isdigit() else None


_PORTS = {"es": 9200, "forward": 24224, "http": 80, "loki": 3100, "opensearch": 9200, "splunk": 8088, "tcp": 5170}
"""By output the port that it takes where none is said (Fluent Bit manual, "Outputs"); others take 443, or name none."""


class Logs(Model):
    """What containers print, kept in CloudWatch Logs."""

    days: LogDays = 30
    """Retention; CloudWatch Logs takes these numbers alone (PutRetentionPolicy)."""
    mail: Mail | None = None
    """Lines that are mailed with those around them, of permanent environments: `{match: ERROR, lines: 20}`."""
    destination: Destination | None = None
    """Where each line goes as well: the ARN of a Firehose or Kinesis stream, or of another account's destination."""

    def asks(self) -> set[str]:
        """Actions that roles are given for it and no resource's entry names."""
        sending = SENDING.get(self.destination.split(":")[2], ()) if self.destination is not None else ()
        return {*(MAILING if self.mail is not None else ()), *sending}

    def roles(self) -> int:
        """Roles that a part's logs need for themselves: of who hands lines on."""
        return int(self.destination is not None and self.destination.split(":")[2] in SENDING)


class ServiceLogs(Logs):
    """What a service's containers print."""

    firelens: FireLens | None = None
    """Instead of CloudWatch: a router beside them, Fluent Bit, takes the lines of all containers and sends them on;
    what it says itself is kept in CloudWatch."""

    @property
    def references(self) -> Mapping[str, str]:
        """Where the values of the router's options are kept that nobody may read."""
        return self.firelens.secrets if self.firelens is not None else {}


def with_router(service: Any) -> Any:
    """What is written of a service, with the sidecar that routes its logs, where it has one. It is one like others:
    whatever counts containers, their memory, images and secrets counts it."""
    logs = service.get("logs") if isinstance(service, Mapping) else None
    firelens = logs.get("firelens") if isinstance(logs, Mapping) else None
    if not isinstance(firelens, Mapping):
        return service
    sidecars = service.get("sidecars")
    sidecars = sidecars if isinstance(sidecars, Mapping) else {}
    own = sidecars.get(ROUTER)
    own = own if isinstance(own, Mapping) else {}
    # Its entry point writes beside its configuration (fluent/fluent-bit#7308), and ECS runs it as root alone.
    made = {"image": ROUTER_IMAGE, "memory": ROUTER_MEMORY, "writable": ["/"], "user": "0"}
    return {**service, "sidecars": {**sidecars, ROUTER: {**made, **own}}}
