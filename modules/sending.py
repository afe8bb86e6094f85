"""What `reach: [mail]` gives: the right to send from the account's domain, by SES's API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from modules.iam import Statement
from modules.reachable import Reachable
from tanada.declared.mail import Mail
from tanada.names import configuration_set
from tanada.regions import partition


def sending(mail: Mail, *, system: str, region: str, account_id: str) -> Reachable:
    """Composed as text, as the topic of alarms is: a common layer of before says nothing of mail."""
    place = f"arn:{partition(region)}:ses:{region}:{account_id}"
    name = configuration_set(system)
    statement = Statement(
        actions=("ses:SendEmail", "ses:SendRawEmail"),
        resources=(f"{place}:identity/{mail.domain}", f"{place}:configuration-set/{name}"),
    )
    return Reachable(
        words={"domain": mail.domain, "configuration_set": name},
        doors=(),  # by HTTPS, which is open
        places=(),
        access=(statement,),
        narrowed={},
        secrets={},
    )


def sent_from(statements: Iterable[Statement], senders: Sequence[str]) -> list[Statement]:
    """The same from these addresses alone (Service Authorization Reference, Amazon SES: `ses:FromAddress`)."""
    condition = {"StringLike": {"ses:FromAddress": senders[0] if len(senders) == 1 else list(senders)}}
    return [replace(each, condition=condition) for each in statements]
