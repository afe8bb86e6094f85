"""`tanada check` at each limit of AWS's: at it and one under all is well, one over is refused, at its place.

What `check` counts in characters is held to what is emitted by tests/stacks/test_at_the_limits.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tanada.declarations.checks import sizes
from tanada.declarations.limits import counts
from tanada.declarations.loader import compose, load
from tanada.declarations.mistakes import Mistake
from tanada.declared.account import Account, Quotas
from tanada.declared.service import Service
from tests.declarations.systems import mistakes

Json = dict[str, Any]


def system(
    services: Json | None = None, *, stores: Json | None = None, common: Json | None = None, **account: Any
) -> Json:
    """One account and one environment, `test`, whose service is private."""
    return {
        "system": "kakei",
        "tanada": "0.1",
        "accounts": {"main": {"id": "111111111111", "region": "ap-northeast-1", **account}},
        "common": {"hosted_zones": ["example.jp"], "images": ["web"], **(common or {})},
        "blueprint": {"services": services or {"web": {"image": "web"}}, "stores": stores or {}},
    }


def written(folder: Path, document: Json, environments: Iterable[str] = ("test",), review: Json | None = None) -> Path:
    """The folder with that system.yaml, and environments at a domain of their name."""
    yaml = YAML(typ="safe")
    folder.mkdir(exist_ok=True)
    with (folder / "system.yaml").open("w") as file:
        yaml.dump(document, file)
    (folder / "environments").mkdir(exist_ok=True)
    for name in environments:
        (folder / "environments" / f"{name}.yaml").write_text(f"account: main\ndomain: {name}.example.jp\n")
    if review is not None:
        (folder / "workspaces").mkdir(exist_ok=True)
        with (folder / "workspaces" / "review.yaml").open("w") as file:
            yaml.dump({"account": "main", "domain": "review.example.jp", **review}, file)
    return folder


def named(number: int, prefix: str = "s") -> list[str]:
    return [f"{prefix}{index}" for index in range(number)]


def public(count: int = 1) -> Json:
    return {"image": "web", "port": 80, "count": count, "http": {"health_check": "/"}}


def reached_by(number: int) -> Json:
    return {"hub": {"image": "web", "port": 80}, **{each: {"image": "web", "reach": ["hub"]} for each in named(number)}}


def reaching(number: int) -> Json:
    return {
        "web": {"image": "web", "reach": named(number)},
        **{each: {"image": "web", "port": 80} for each in named(number)},
    }


def certified(folder: Path, number: int) -> Path:
    """The zone's own certificate, and one for each deeper domain."""
    written(folder, system(), named(number - 1))
    for name in named(number - 1):
        (folder / "environments" / f"{name}.yaml").write_text(f"account: main\ndomain: www.{name}.example.jp\n")
    return folder


def tables(number: int) -> Json:
    names = named(number, "t")
    return system(
        {"web": {"image": "web", "reach": names}}, stores={each: {"table": {"partition_key": "id"}} for each in names}
    )


def tables_that_fit(**of: Any) -> int:
    account = Account.model_validate(system(**of)["accounts"]["main"])
    room = sizes.POLICIES - sizes.OTHER_PERMISSIONS
    return next(
        n for n in range(1000) if sizes.policy_of_tables([f"test_{t}_kakei" for t in named(n + 1, "t")], account) > room
    )


def text_of(size: int) -> Json:
    """A service whose texts have so many bytes in its definition."""
    service = {"image": "web", "writable": [], "variables": {"TEXT": "x"}}
    rest = sizes.declared_texts(Service.model_validate(service)) - 1
    return {"web": {**service, "variables": {"TEXT": "x" * (size - rest)}}}


@dataclass(frozen=True)
class Limit:
    most: int
    make: Callable[[Path, int], Path]
    path: str
    """Where the mistake is."""
    says: str


Q = Quotas()
LIMITS = {
    "target groups a load balancer": Limit(
        100,
        lambda folder, n: written(
            folder, system({"web": public()}, quotas={"listener_rules": 200}), review={"limit": n - 1}
        ),
        "accounts.main",
        "needs {} target groups on load balancer public",
    ),
    "listener rules a load balancer": Limit(
        Q.listener_rules - 1,
        lambda folder, n: written(
            folder, system({"web": public()}, quotas={"listener_rules": 99}), review={"limit": n - 1}
        ),
        "accounts.main",
        "needs {} listener rules on load balancer public",
    ),
    "certificates a load balancer": Limit(
        Q.certificates + 1, certified, "accounts.main", "needs {} certificates on a load balancer"
    ),
    "targets a load balancer": Limit(
        Q.targets,
        lambda folder, n: written(
            folder, system({"web": public(n // 2)}), ["test"], {"services": {"web": {"count": n - n // 2}}, "limit": 1}
        ),
        "accounts.main",
        "needs {:,} targets on load balancer public",
    ),
    "instances of a namespace": Limit(
        Q.namespace_instances,
        lambda folder, n: written(
            folder,
            system(
                {
                    each: {"image": "web", "port": 80, "count": count}
                    for each, count in (("a", 1000), ("b", 500), ("c", n - 1500))
                }
            ),
        ),
        "accounts.main",
        "needs {:,} instances in the namespace of Cloud Map",
    ),
    "instances of a service": Limit(
        1000,
        lambda folder, n: written(folder, system({"web": {"image": "web", "port": 80, "count": n}})),
        "blueprint.services.web.count",
        "{:,} tasks with a port",
    ),
    "tables a region": Limit(
        2500,
        lambda folder, n: written(
            folder,
            system(
                {"web": {"image": "web"}}, stores={each: {"table": {"partition_key": "id"}} for each in named(25, "t")}
            ),
            ["test", *(["more"] if n > 2500 else [])],
            {"limit": 99},
        ),
        "accounts.main",
        "tables (",
    ),
    "roles of an AWS account": Limit(
        Q.iam_roles,
        lambda folder, n: written(
            folder,
            system({each: {"image": "web"} for each in named(10)}, quotas={"security_groups": 9999}),
            named(n // 20 + (n > 1000)),
        ),
        "accounts.main",
        "IAM roles (",
    ),
    "elastic addresses a region": Limit(
        2,
        lambda folder, n: written(
            folder,
            system(
                common={"network": {"availability_zones": max(n, 2), "nat": "per_zone" if n > 1 else "single"}},
                quotas={"elastic_addresses": 2},
            ),
        ),
        "accounts.main",
        "needs {} elastic addresses",
    ),
    "rules into a security group": Limit(
        60, lambda folder, n: written(folder, system(reached_by(n))), "blueprint.services.hub", "{} services reach it"
    ),
    "rules out of a security group": Limit(
        60,
        lambda folder, n: written(folder, system(reaching(n - 1))),
        "blueprint.services.web.reach",
        "needs {} rules out",
    ),
    "inline policies of a role": Limit(
        tables_that_fit(),
        lambda folder, n: written(folder, tables(n)),
        "blueprint.services.web.reach",
        "permissions on {} tables",
    ),
    "bytes of a task definition": Limit(
        64 * 1024 - sizes.OTHER_DEFINITION,
        lambda folder, n: written(folder, system(text_of(n))),
        "blueprint.services.web",
        "ECS takes 65,536",
    ),
    "memory of a task": Limit(
        511,
        lambda folder, n: written(folder, system({"web": {"image": "web", "writable": {"/tmp": f"{n}MiB"}}})),
        "blueprint.services.web.writable",
        "folders of {} MiB together, and the task has 512 MiB",
    ),
    "zones of a region": Limit(
        2,
        lambda folder, n: written(
            folder, system(common={"network": {"availability_zones": max(n, 2)}}, region="us-west-1")
        ),
        "accounts.main",
        "us-west-1 has 2 zones in which tasks run, and network.availability_zones is {}",
    ),
    "octets of a certificate's name": Limit(
        64,
        lambda folder, n: written(
            folder, system(common={"hosted_zones": ["example.jp", f"{'a' * (n - 11)}.example.jp"]})
        ),
        "common.hosted_zones",
        "of {} characters",
    ),
    "characters of a host": Limit(
        128,
        lambda folder, n: hosted(folder, f"{'w' * 63}.{'x' * (n - 75)}.example.jp"),
        "domain",
        "does not fit",
    ),
}


EDGE = {
    "health_check": "/",
    "load_balancer": "inside",
    "hosts": ["edge"],
    "cdn": {},
    "allow": ["203.0.113.7", "2001:db8::7"],
}
DEFAULTS = tuple(Quotas.model_fields)


def at_all_of_them(folder: Path, by: int = 0, **quotas: int) -> Path:
    """One system at every limit that can stand beside others, with `by` more of each; its quotas are what it uses up
    where they are not given."""
    tables = named(tables_that_fit(region="us-west-1") + by, "t")
    callers, doors = named(60 + by, "w"), named(59 + by, "d")
    services = {
        "web": {**public(400), "reach": doors},
        **{each: {"image": "web", "port": 80} for each in doors},
        "hub": {"image": "web", "port": 81, "count": 1000 + by},
        "edge": {**public(), "http": EDGE},
        **{each: {"image": "web", "reach": ["hub"]} for each in callers},
        "reader": {"image": "web", "reach": tables},
        "tool": text_of(64 * 1024 - sizes.OTHER_DEFINITION + by)["web"],
        "cache": {"image": "web", "writable": {"/tmp": f"{511 + by}MiB"}},
    }
    document = system(
        services,
        stores={each: {"table": {"partition_key": "id"}} for each in tables},
        common={
            "hosted_zones": ["example.jp", f"{'a' * (53 + by)}.example.jp"],
            "network": {"availability_zones": 2 + by, "nat": "per_zone"},
            "load_balancers": {"public": {}, "inside": {"internal": True}},
        },
        region="us-west-1",
        quotas=quotas,
    )
    alone = dict.fromkeys(services) | {"web": {"count": 1, "reach": []}}
    written(folder, document, ["test"], {"limit": 98 + by, "services": alone})
    long = f"account: main\ndomain: {'w' * 63}.{'x' * (53 + by)}.example.jp\n"
    long += "services: {hub: {count: 1000}, edge: null}\n"
    (folder / "environments" / "long.yaml").write_text(long)
    sites = "".join(f"  {each}: {{hosts: [{each}], headers: {{X-Robots-Tag: noindex}}}}\n" for each in ("one", "two"))
    with (folder / "environments" / "test.yaml").open("a") as file:
        file.write(f"sites:\n{sites}")
    return folder


def used_up(folder: Path) -> dict[str, int]:
    """What a system uses of all that AWS raises, by its quota."""
    most = {name: Quotas.model_fields[name].metadata[0].most for name in DEFAULTS}
    scopes = compose(at_all_of_them(folder, **most)).scopes
    found = {}
    for count in counts(scopes, "main", scopes.accounts["main"]):
        if raised := re.search(r"quotas[.](\w+)$", count.remedy):
            found[raised[1]] = count.total - (raised[1] == "certificates")
    return {**found, "security_group_rules": 60}


def test_one_system_stands_at_all_limits_at_once_and_one_over_each_is_named(tmp_path: Path) -> None:
    exactly = used_up(tmp_path / "measured")
    assert set(exactly) == set(DEFAULTS), "a quota that nothing of it uses up"
    assert [each.sentence for each in mistakes(at_all_of_them(tmp_path / "at", **exactly))] == []
    over = mistakes(at_all_of_them(tmp_path / "below", **{name: number - 1 for name, number in exactly.items()}))
    named_ = {found[1] for each in over if (found := re.search(r"quotas[.](\w+)$", each.sentence))}
    assert named_ == set(DEFAULTS)
    beyond = mistakes(at_all_of_them(tmp_path / "beyond", 1, **exactly))
    assert {each.path for each in beyond} == {
        "accounts.main",
        "common.hosted_zones",
        "domain",
        "services.hub.count",
        *(f"blueprint.services.{each}" for each in ("cache.writable", "hub", "hub.count", "reader.reach", "tool")),
        "blueprint.services.web.reach",
    }
    said = " ".join(each.sentence for each in beyond)
    assert "needs 101 target groups on load balancer " in said
    assert "us-west-1 has 2 zones" in said


def hosted(folder: Path, domain: str) -> Path:
    written(folder, system())
    (folder / "environments" / "test.yaml").write_text(f"account: main\ndomain: {domain}\n")
    return folder


@pytest.mark.parametrize("name", LIMITS)
def test_at_the_limit_and_one_under_all_is_well(name: str, tmp_path: Path) -> None:
    limit = LIMITS[name]
    for number in (limit.most, limit.most - 1):
        assert [each.sentence for each in mistakes(limit.make(tmp_path / str(number), number))] == []


@pytest.mark.parametrize("name", LIMITS)
def test_one_over_is_refused(name: str, tmp_path: Path) -> None:
    limit = LIMITS[name]
    found = mistakes(limit.make(tmp_path / "system", limit.most + 1))
    assert [each.path for each in found] == [limit.path], [each.sentence for each in found]
    assert limit.says.format(limit.most + 1) in found[0].sentence


def only(folder: Path) -> Mistake:
    (found,) = mistakes(folder)
    return found


def test_a_quota_that_aws_raised_moves_the_limit(tmp_path: Path) -> None:
    raised = {"security_group_rules": 61}
    assert mistakes(written(tmp_path / "one", system(reached_by(61), quotas=raised))) == ()
    assert only(written(tmp_path / "two", system(reached_by(62), quotas=raised))).sentence.startswith("62 services")


@pytest.mark.parametrize("word", ["command", "entrypoint"])
def test_a_command_that_is_empty_is_refused(word: str, tmp_path: Path) -> None:
    assert load(written(tmp_path / "one", system({"web": {"image": "web", word: ["run"]}})))
    found = only(written(tmp_path / "two", system({"web": {"image": "web", word: []}})))
    assert found.path == f"blueprint.services.web.{word}"


@pytest.mark.parametrize("region", ["eu-nowhere-9", "us-iso-east-1", "ap-northeast-9"])
def test_a_region_that_is_none_is_refused(region: str, tmp_path: Path) -> None:
    found = only(written(tmp_path, system(region=region)))
    assert found.path == "accounts.main.region"
    assert found.sentence.startswith(f'"{region}" is no region that Tanada knows')
