"""Helpers around moto's server."""

from __future__ import annotations

from dataclasses import dataclass

import boto3

ACCOUNT = "123456789012"
"""Moto's own."""
REGION = "ap-northeast-1"


@dataclass(frozen=True)
class Aws:
    endpoint: str

    @property
    def environ(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        }

    def session(self) -> boto3.Session:
        return boto3.Session(region_name=REGION)
