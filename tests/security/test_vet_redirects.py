"""What a pull request may not change and still be planned with credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.declarations.loader import load
from tanada.declarations.redirects import redirects
from tanada.declared.hosted_zone import Zone
from tanada.declared.model import Model
from tests.declarations.systems import good, good_system

COMMON = "\ncommon:\n"


def said(tmp_path: Path, old: str, put: str, **files: str) -> tuple[str, ...]:
    """Of the good system with one text in system.yaml replaced."""
    system = good_system()
    assert old in system
    before = load(good(tmp_path / "before"))
    after = load(good(tmp_path / "after", system=system.replace(old, put, 1), **files))
    return redirects(before, after)


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ("system: kakei", "system: other", ['the system\'s name changes from "kakei" to "other"']),
        ("id: 111111111111", "id: 333333333333", ["accounts.main.id changes"]),
        ("region: ap-northeast-1}", "region: ap-northeast-3}", ["accounts.main.region changes"]),
        (
            "region: ap-northeast-1}",
            "region: ap-northeast-1, role: 'arn:aws:iam::111111111111:role/x'}",
            ["accounts.main.role changes"],
        ),
        ("    protected: true\n", "", ["accounts.production.protected changes"]),
        (
            "region: ap-northeast-1}",
            "region: ap-northeast-1, quotas: {iam_roles: 2000}}",
            ["accounts.main.quotas changes"],
        ),
        (
            "  production:\n",
            "  more:\n    id: 333333333333\n    region: ap-northeast-1\n"
            "    common: {network: {cidr: 10.9.0.0/16}, hosted_zones: [a.jp]}\n  production:\n",
            ["accounts.more is new"],
        ),
        (
            COMMON,
            COMMON + "  ci: {github: example/kakei}\n",
            ["accounts.main.common.ci changes", "accounts.production.common.ci changes"],
        ),
        (
            "hosted_zones: [example.jp]",
            "hosted_zones: [{name: example.jp, existing: Z0123456789ABC}]",
            ["accounts.main.common.hosted_zones.example.jp.existing changes"],
        ),
        (
            COMMON,
            COMMON + "  imports: {aws_vpc.network_vpc: vpc-0123456789abcdef0}\n",
            ["accounts.main.common.imports changes", "accounts.production.common.imports changes"],
        ),
    ],
)  # fmt: skip
def test_what_decides_where_and_as_whom_is_said(old: str, new: str, sentences: list[str], tmp_path: Path) -> None:
    found = said(tmp_path, old, new)
    assert [each for each in found if each in sentences] == sentences
    assert [each for each in found if each not in sentences and not each.startswith("accounts.")] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("port: 8080", "port: 8081"),
        ("images: [web, backend]", "images: [web, backend, more]"),
        ("hosted_zones: [example.jp]", "hosted_zones: [more.jp, example.jp]"),
        ("cidr: 10.0.0.0/16", "cidr: 10.2.0.0/16"),
    ],
)
def test_all_else_is_planned(old: str, new: str, tmp_path: Path) -> None:
    assert said(tmp_path, old, new) == ()


def test_environments_that_come_go_and_change_are_planned(tmp_path: Path) -> None:
    new = "account: main\ndomain: new.example.jp\n"
    assert said(tmp_path, "port: 8080", "port: 8081", new=new, test=new.replace("new", "test2")) == ()


def test_an_environment_that_moves_to_another_account_is_not_planned_there(tmp_path: Path) -> None:
    moved = "account: production\ndomain: test.example.com\n"
    assert said(tmp_path, "port: 8080", "port: 8081", test=moved) == ("environments.test.account changes",)


def test_what_an_environment_takes_over_is_said(tmp_path: Path) -> None:
    test = "account: main\ndomain: test.example.jp\nimports: {aws_ecs_service.web_service: kakei/web}\n"
    assert said(tmp_path, "port: 8080", "port: 8081", test=test) == ("environments.test.imports changes",)


def test_a_zone_that_moves_in_the_list_is_the_same(tmp_path: Path) -> None:
    zones = "[{name: example.jp, existing: Z0123456789ABC}]"
    before = good(tmp_path / "one", system=good_system().replace("[example.jp]", zones))
    after = good(tmp_path / "two", system=good_system().replace("[example.jp]", f"[more.jp, {zones[1:]}"))
    assert redirects(load(before), load(after)) == ()


def test_what_later_models_may_have_is_found_by_its_name(tmp_path: Path) -> None:
    class LaterZone(Zone):
        role: str | None = None

    class LaterNetwork(Model):
        role: str | None = None

    system = load(good(tmp_path))
    account = system.accounts["main"]
    zone = LaterZone(name="example.jp", role="arn:aws:iam::999999999999:role/x")
    layer = account.common.model_copy(update={"hosted_zones": (zone,), "network": LaterNetwork(role="x")})
    later = system.model_copy(
        update={"accounts": {**system.accounts, "main": account.model_copy(update={"common": layer})}}
    )
    assert redirects(system, later) == (
        "accounts.main.common.hosted_zones.example.jp.role changes",
        "accounts.main.common.network.role changes",
    )
