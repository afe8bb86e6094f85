"""Names of AWS resources: made in one place, the same at synth and at Terraform's run time.

People look for the environment first, so it stands first; the system stands last. Declared names are DNS labels,
so `_` and `/` join them without doubt; where AWS allows hyphens alone, a hash of the whole keeps two names apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from tanada.errors import NamingError

NO_TAG = "((YOUR|MY|IMAGE|NEW|GIT|COMMIT)[_-]?)?(TAG|SHA)"
"""What guides write where an image's tag is to stand, in capitals alone, as no tool's tags are; a pattern."""
LONGEST_WORKSPACE = 56
WORKSPACE = f"[a-z0-9]([a-z0-9-]{{0,{LONGEST_WORKSPACE - 2}}}[a-z0-9])?"
"""A review workspace's name, as Python's and Terraform's regular expressions have it. A DNS label (RFC 1123, 2.1), as
it is one of the environment's domain; 56 characters, so that `review-<workspace>` is one too (63)."""
HASH_LENGTH = 8
_EXPRESSION = re.compile(r"\$\{[a-z][\w.]*\}")


def longest_workspace(labels: Iterable[str]) -> int:
    """How long a review workspace's name may be where environments answer at `<workspace>-<label>` too (63)."""
    return min(LONGEST_WORKSPACE, 62 - max((len(label) for label in labels), default=0))


def ends_in_label(workspace: str, labels: Iterable[str]) -> str | None:
    """The label of a host that a workspace's name ends in: its own domain would be another environment's host."""
    return next((label for label in labels if workspace.endswith(f"-{label}")), None)


def is_workspace(name: str) -> bool:
    """Whether a review workspace may be called so; `default` is Terraform's own and may, as far as this is asked."""
    return re.fullmatch(WORKSPACE, name) is not None


def begins_like_security_group(label: str) -> bool:
    """Labels stand first in names of security groups, and AWS refuses `sg-` there (CreateSecurityGroup)."""
    return label == "sg" or label.startswith("sg-")


def alarm_topic(system: str, of: str | None = None) -> str:
    """The topic that an account's alarms go to; `of`: the region whose it is, where it stands in another one."""
    return f"{system}-alarms" if of is None else f"{system}-alarms-of-{of}"


def configuration_set(system: str) -> str:
    """How an account's mail is sent and counted: SES's configuration set."""
    return f"{system}-mail"


def letters(*texts: str) -> str:
    """Eight letters that stand for some texts."""
    digest = sha256("\n".join(texts).encode()).hexdigest()
    return digest[:HASH_LENGTH].translate(str.maketrans("0123456789", "ghijklmnop"))


@dataclass(frozen=True)
class Names:
    """Makes the names of one instance.

    `environment` is its full name (`test`, `review-kokuyou`), `label` what people call it (`test`, `kokuyou`);
    both are literals or a lone reference such as `${local.environment}`.
    """

    system: str
    environment: str
    label: str

    def __post_init__(self) -> None:
        for part in (self.system, self.environment, self.label):
            if "${" in part and not _EXPRESSION.fullmatch(part):
                raise NamingError(
                    f"{part!r} can't be part of a name: "
                    "expected a literal or a lone reference such as ${local.environment}"
                )

    def joined(self, *parts: str) -> str:
        """`test_web_kakei`: for names that may hold `_` and be long (ECS services, task families, tables)."""
        return "_".join((self.environment, *parts, self.system))

    def path(self, *parts: str) -> str:
        """`/kakei/test/web`: for log groups and other names in folders."""
        return "/" + "/".join((self.system, self.environment, *parts))

    def identifier(self, part: str, limit: int, *replacing: object) -> str:
        """`test-db-kakei-1a2b3c4d`: as `limited`, of those whose first character is a letter and that hold no two
        hyphens in a row (RDS API reference, DBInstanceIdentifier; a workspace may be called `1--2`)."""
        text = f"{self.environment}-{part}-{self.system}"
        whole = "/".join((self.system, self.environment, part, *map(str, replacing)))
        head = limit - HASH_LENGTH - 1
        if "${" not in text + whole:
            plain = re.sub(r"-+", "-", text)[:head].strip("-")
            return f"{plain}-{sha256(whole.encode()).hexdigest()[:HASH_LENGTH]}"
        plain = f'trim(substr(replace("{text}", "/-+/", "-"), 0, {head}), "-")'
        return f'${{{plain}}}-${{substr(sha256("{whole}"), 0, {HASH_LENGTH})}}'

    def limited(self, part: str, limit: int, *replacing: object) -> str:
        """`test-web-kakei-1a2b3c4d`: at most `limit` characters, letters, digits and hyphens alone.

        `replacing` are the attributes whose change replaces the resource: as they are in the hash, the new one can be
        made before the old one goes (create_before_destroy) without the two names meeting.
        """
        return self._shortened(f"{self.label}-{part}-{self.system}", part, limit, *replacing)

    def bucket(self, part: str, account_id: str, region: str) -> str:
        """`kakei-test-uploads-1a2b3c4d`: of all of AWS's buckets no other is called so.

        The system stands first: so `tanada check` holds it to how buckets' names may begin, and CI's roles reach the
        buckets of their system alone (modules/ci_policies.py).
        """
        return self._shortened(f"{self.system}-{self.label}-{part}", part, 63, account_id, region)

    def ours(self, part: str, limit: int) -> str:
        """`kakei-test-jobs-1a2b3c4d`: of what CI's roles reach by how its name begins (modules/ci_policies.py)."""
        return self._shortened(f"{self.system}-{self.label}-{part}", part, limit)

    def _shortened(self, text: str, part: str, limit: int, *replacing: object) -> str:
        whole = "/".join((self.system, self.environment, part, *map(str, replacing)))
        if "TfToken[" in text + whole:
            raise NamingError(f"a token of CDKTF can't be part of the name of {part}: write the reference out")
        head = limit - HASH_LENGTH - 1
        if "${" not in text + whole:
            return f"{text[:head].strip('-')}-{sha256(whole.encode()).hexdigest()[:HASH_LENGTH]}"
        return f'${{trim(substr("{text}", 0, {head}), "-")}}-${{substr(sha256("{whole}"), 0, {HASH_LENGTH})}}'
