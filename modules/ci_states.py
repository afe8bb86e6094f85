"""What CI's roles may do with a system's states, and with the hosted zones of other accounts that plans look at."""

from __future__ import annotations

from collections.abc import Sequence

from modules.iam import Document, document, only


def reading_states(arn: str, system: str, buckets: Sequence[str], zones: Sequence[str] = ()) -> Document:
    """The system's states and the locks beside them, to read; nothing to write, so no lock of its own. `zones` are the
    roles of other accounts by which their hosted zones are looked at."""
    return document(
        {"Sid": "States", "Effect": "Allow", "Action": "s3:GetObject", "Resource": states(arn, system, buckets)},
        key_of_states(arn, system, buckets, "kms:Decrypt"),
        listing_states(arn, buckets),
        *entering_zones(zones),
    )


def entering_zones(zones: Sequence[str]) -> list[Document]:
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


def states(arn: str, system: str, buckets: Sequence[str]) -> list[str]:
    return [f"{arn}:s3:::{bucket}/{system}/*" for bucket in buckets]


def key_of_states(arn: str, system: str, buckets: Sequence[str], *actions: str) -> Document:
    """The key that a team may have given the bucket, through S3 and for these states alone: S3 says for which object it
    asks, or with a bucket key for which bucket (S3 user guide, "Using server-side encryption with AWS KMS keys")."""
    context = [*states(arn, system, buckets), *(f"{arn}:s3:::{bucket}" for bucket in buckets)]
    through = {"kms:ViaService": "s3.*", "kms:EncryptionContext:aws:s3:arn": context}
    return {
        "Sid": "KeyOfStates",
        "Effect": "Allow",
        "Action": only(actions),
        "Resource": "*",
        "Condition": {"StringLike": through},
    }


def listing_states(arn: str, buckets: Sequence[str]) -> Document:
    """Without a condition on the prefix: who may not list at all is told 403, not 404, of a state that isn't there yet
    (S3, GetObject), and a read of one object names no prefix."""
    return {
        "Sid": "ListStates",
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": [f"{arn}:s3:::{bucket}" for bucket in buckets],
    }
