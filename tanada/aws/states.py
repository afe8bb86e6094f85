"""Which states of a system still hold resources, read from the account's state bucket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from tanada.aws.credentials import CONFIG, session
from tanada.aws.errors import AwsError

if TYPE_CHECKING:
    from tanada.declarations import Stack  # models, which take their time to load


def occupied(common: Stack, system: str) -> list[str]:
    """Keys of the states beside the common stack's own that hold resources.

    A destroyed stack leaves a state behind without any, so the objects are read, not only counted.
    """
    s3 = session(common.region, common.role).client("s3", config=CONFIG)
    found = []
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=common.bucket, Prefix=f"{system}/"):
            for entry in page.get("Contents", []):
                key = entry["Key"]
                if key.endswith(".tfstate") and key != common.state_key:
                    body = s3.get_object(Bucket=common.bucket, Key=key)["Body"].read()
                    if json.loads(body or b"{}").get("resources"):
                        found.append(key)
    except (ClientError, BotoCoreError) as error:
        raise AwsError(f"The states in {common.bucket} can't be listed: {error}") from None
    return found
