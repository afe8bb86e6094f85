"""Mail by SES: the domain that is sent from, with the records by which receivers know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator

from tanada.declared.alarms import Mail as Address
from tanada.declared.fields import DNS_LABEL, Domain, Text
from tanada.declared.model import Kind, Model, Need

MAIL = "mail"
"""What `reach` calls it."""
DKIM = "dkim.amazonses.com"
DKIM_OF_ITS_OWN = (
    "af-south-1",
    "ap-northeast-3",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-5",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "il-central-1",
    "me-central-1",
    "us-gov-east-1",
)
"""Regions whose keys stand elsewhere: `dkim.<region>.amazonses.com`."""
REGIONS = (
    *DKIM_OF_ITS_OWN,
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "me-south-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
)
"""Where it is known in which domain keys stand (AWS General Reference, "Amazon SES endpoints and quotas", "DKIM
domains")."""


def keys_in(region: str) -> str:
    """The domain in which SES keeps the keys that receivers check signatures by."""
    return f"dkim.{region}.amazonses.com" if region in DKIM_OF_ITS_OWN else DKIM


def _policy(policy: str) -> Mapping[str, str]:
    """A bare word is a policy of which nothing else is said."""
    return {"policy": policy}


class Dmarc(Model):
    """What receivers do with mail that says it is of the domain, and isn't (RFC 7489, 6.3)."""

    SHORT = _policy

    policy: Literal["none", "quarantine", "reject", "existing"] = "none"
    """`none` leaves it to them, `quarantine` is spam, `reject` is not taken; `existing`: the domain has a record
    already, and none is made."""
    reports: Address | None = None
    """Who is told each day what came, by whom; one in another domain takes a record there."""

    def bare(self) -> str | None:
        return self.policy if self.reports is None else None


def _bare(value: Any) -> Any:
    return _policy(value) if isinstance(value, str) else value


_Policy = Literal["none", "quarantine", "reject", "existing"]


class Mail(Kind):
    """What an account's environments send mail from."""

    PROTECTED = ()
    WORDS: ClassVar = {
        "domain": "the domain that senders' addresses end in",
        "configuration_set": "the configuration set's name, for programs that have to say one",
    }
    renamed_from: ClassVar[tuple[str, ...]] = ()

    domain: Domain
    """The domain that senders' addresses end in, or a domain below it; it lies in one of the account's zones."""
    mail_from: Annotated[str, Text(DNS_LABEL, "a label such as bounce", longest=63)] = "bounce"
    """The label below it to which mail that can't be delivered goes back, and whose SPF record names SES: nothing else
    may stand there."""
    dmarc: Annotated[Dmarc, BeforeValidator(_bare, json_schema_input_type=_Policy | Dmarc)] = Dmarc()
    """What receivers do with mail that only says it is of the domain: `none`, `quarantine` or `reject`, or with
    `reports`; `existing` leaves alone what is there."""

    @property
    def kind(self) -> Self:
        """It is of one kind alone."""
        return self

    @property
    def return_path(self) -> str:
        """The MAIL FROM domain."""
        return f"{self.mail_from}.{self.domain}"

    def covers(self, sender: str) -> bool:
        """Whether SES lets this address, or pattern of some, be sent from."""
        of = sender.rpartition("@")[2].lower()
        return of == self.domain or of.endswith(f".{self.domain}")

    def needs(self) -> Sequence[Need]:
        return ()

    def closed(self) -> str | None:
        return None
