"""What is deleted by itself from now on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks, of_type
from tanada.text import count

_EXPIRING = (
    ("expiration", "days", "objects"),
    ("noncurrent_version_expiration", "noncurrent_days", "old versions of objects for ever"),
)


def objects(changes: Sequence[Change]) -> Iterator[Caution]:
    """What a bucket's rules delete from now on, of what is there already too (S3 user guide, "Expiring objects")."""
    for rules in of_type(changes, "aws_s3_bucket_lifecycle_configuration"):
        if not rules.updates:
            continue
        for block, days, what in _EXPIRING:
            before, after = _least(rules.before, block, days), _least(rules.after, block, days)
            if after and (not before or after < before):
                bucket = rules.address.partition(".")[2].removesuffix("_lifecycle")
                words = f"{bucket} deletes {what} after {count(after, 'day')}, those too that are there already"
                yield Caution(words, "a bucket deletes more by itself", grave=True)


def _least(rules: Values, block: str, days: str) -> int | None:
    """The fewest days after which any of a bucket's rules deletes; the provider holds 0 for none."""
    found = [
        each[days]
        for rule in blocks(rules, "rule")
        if rule.get("status") == "Enabled"
        for each in blocks(rule, block)
        if isinstance(each.get(days), int) and each[days] > 0
    ]
    return min(found, default=None)


def lines(changes: Sequence[Change]) -> Iterator[Caution]:
    """Lines that expire at once (CloudWatch Logs API reference, PutRetentionPolicy; 0 is for ever)."""
    for group in of_type(changes, "aws_cloudwatch_log_group"):
        before, after = group.before.get("retention_in_days"), group.after.get("retention_in_days")
        if group.updates and isinstance(before, int) and isinstance(after, int) and 0 < after < (before or after + 1):
            yield Caution(f"{group.address} loses its lines of more than {count(after, 'day')}", "logs lose lines")
