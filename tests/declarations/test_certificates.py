"""For which names a certificate is made, beside those that are there already; and whose zones are whose."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.declarations.domains import needed_certificates, reachable
from tanada.declarations.loader import load
from tanada.declared.common import CommonLayer
from tanada.errors import DeclarationError

ARN = "arn:aws:acm:ap-northeast-1:111111111111:certificate/{}"


def layer(*names: str) -> CommonLayer:
    """One zone, and a certificate for these names."""
    there = [{"existing": ARN.format(1), "names": names}] if names else []
    return CommonLayer.model_validate({"hosted_zones": ["example.jp"], "certificates": there})


@pytest.mark.parametrize(
    ("names", "hosts", "made"),
    [
        ([], [], ["example.jp"]),
        ([], ["test.example.jp", "a.test.example.jp"], ["example.jp", "test.example.jp"]),
        (["www.example.org"], [], ["example.jp"]),
        (["*.example.jp"], [], []),
        (["example.jp"], [], []),
        (["*.example.jp"], ["test.example.jp"], []),
        (["*.example.jp"], ["example.jp", "test.example.jp"], ["example.jp"]),
        (["example.jp"], ["example.jp", "test.example.jp"], ["example.jp"]),
        (["*.example.jp"], ["a.test.example.jp"], ["test.example.jp"]),
        (["*.example.jp"], ["*.review.example.jp"], ["review.example.jp"]),
        (["*.example.jp", "*.review.example.jp"], ["*.review.example.jp"], []),
        (["test.example.jp"], ["test.example.jp"], []),
        (["test.example.jp"], ["test.example.jp", "other.example.jp"], ["example.jp"]),
        (["*.example.org"], ["www.example.org", "a.b.example.org"], ["example.jp"]),
    ],
)
def test_none_is_made_for_what_one_covers_and_one_for_what_is_left(
    names: list[str], hosts: list[str], made: list[str]
) -> None:
    assert [*needed_certificates(layer(*names), hosts)] == made


def test_a_name_outside_of_every_zone_is_reached_where_a_certificate_covers_it() -> None:
    there = layer("*.example.org", "example.net")
    names = ("www.example.org", "*.example.org", "example.net", "test.example.jp")
    assert all(reachable(name, there) for name in names)
    assert not any(reachable(name, there) for name in ("example.org", "a.b.example.org", "www.example.net"))


ZONE = '{{name: example.jp, existing: {}, role: "arn:aws:iam::333333333333:role/dns"}}'
SYSTEM = """system: kakei
tanada: "0.1"
accounts:
  main: {{id: 111111111111, region: ap-northeast-1}}
  other: {{id: {}, region: {}, common: {{hosted_zones: [{}]}}}}
common: {{hosted_zones: [{}]}}
blueprint: {{}}
"""
OURS, ANOTHER = "Z0123456789ABCDEFGHIJ", "Z0123456789ABCDEFGHIK"


@pytest.mark.parametrize(
    ("id_", "region", "zone"),
    [
        # What validates a certificate there is one and the same record for all regions of an account.
        ("111111111111", "us-east-1", ZONE.format(OURS)),
        ("222222222222", "ap-northeast-1", ZONE.format(ANOTHER)),
        ("222222222222", "ap-northeast-1", f"{{name: example.jp, existing: {OURS}}}"),
    ],
)
def test_a_zone_is_two_accounts_only_where_it_is_a_third_ones(id_: str, region: str, zone: str, tmp_path: Path) -> None:
    declared = tmp_path / "system.yaml"
    declared.write_text(SYSTEM.format("222222222222", "ap-northeast-1", ZONE.format(OURS), ZONE.format(OURS)))
    assert {account.common.hosted_zones[0].existing for account in load(tmp_path).accounts.values()} == {OURS}
    declared.write_text(SYSTEM.format(id_, region, zone, ZONE.format(OURS)))
    with pytest.raises(DeclarationError, match=r"zone example\.jp is account main's already"):
        load(tmp_path)
