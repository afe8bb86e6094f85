"""Where alarms go: mail addresses, or a topic that exists."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from tanada.declared.fields import Text
from tanada.declared.model import Model
from tanada.names import alarm_topic
from tanada.regions import partition

Mail = Annotated[
    str,
    Text(
        r"^(?=[^@]{1,64}@)[A-Za-z0-9_%+-]+(\.[A-Za-z0-9_%+-]+)*@"
        r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$",
        "an address such as ops@example.jp",
        longest=254,
    ),
]
"""RFC 5321, 4.1.2, 4.5.3.1: no dot first, last or twice before the @, 64 characters there."""
Topic = Annotated[
    str,
    Text(
        r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$",
        "the ARN of a topic such as arn:aws:sns:ap-northeast-1:111111111111:ops",
        longest=400,
    ),
]


def _mails(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Mails = Annotated[tuple[Mail, ...], BeforeValidator(_mails, json_schema_input_type=Mail | tuple[Mail, ...])]


class Alarms(Model):
    """Where the alarms of an account's permanent environments go."""

    mail: Mails = ()
    """Addresses that are written to, one or a list; each confirms by a link in its first mail."""
    topic: Topic | None = None
    """Instead: an SNS topic that is there already, as of a chat or of who is on call."""
    us_east_1: Topic | None = None
    """Beside a topic of another region: one in us-east-1, where alarms of what is asked from outside stand."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if bool(self.mail) == (self.topic is not None):
            raise PydanticCustomError("sentence", "{sentence}", {"sentence": "expected either mail or topic"})
        if self.us_east_1 is not None and (self.topic is None or self.us_east_1.split(":")[3] != "us-east-1"):
            sentence = "us_east_1 is a topic there, arn:aws:sns:us-east-1:…, beside a topic of another region"
            raise PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})
        return self

    def arn(self, system: str, region: str, account_id: str) -> str:
        """The topic's ARN, composed as text."""
        return self.topic or f"arn:{partition(region)}:sns:{region}:{account_id}:{alarm_topic(system)}"

    def arn_in(self, other: str, system: str, region: str, account_id: str) -> str | None:
        """That of the topic in another region; None where there is none."""
        if other == region:
            return self.arn(system, region, account_id)
        if self.topic is not None:
            return self.us_east_1
        return f"arn:{partition(region)}:sns:{other}:{account_id}:{alarm_topic(system, region)}"
