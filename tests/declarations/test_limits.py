"""Counting what AWS limits: at the limit all is well, one above is refused, and the sum says what makes it up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.declarations.limits import FREE, _Uses, boundary_room
from tanada.declarations.scopes import Known
from tanada.declared.model import Need

from .systems import good, good_system, mistakes


def review(limit: int) -> str:
    return f"account: main\ndomain: review.example.jp\nlimit: {limit}\n"


@pytest.mark.parametrize(("reviews", "environments"), [(98, 1), (99, 1), (50, 50)])
def test_up_to_a_hundred_target_groups_fit_on_a_load_balancer(tmp_path: Path, reviews: int, environments: int) -> None:
    others = {f"e{n}": f"account: main\ndomain: e{n}.example.jp\n" for n in range(environments - 1)}
    assert mistakes(good(tmp_path, review=review(reviews), **others)) == ()


@pytest.mark.parametrize(("reviews", "environments"), [(100, 1), (99, 2), (50, 51)])
def test_a_hundred_and_one_do_not(tmp_path: Path, reviews: int, environments: int) -> None:
    others = {f"e{n}": f"account: main\ndomain: e{n}.example.jp\n" for n in range(environments - 1)}
    found = mistakes(good(tmp_path, review=review(reviews), **others))
    groups, rules = sorted((mistake.sentence for mistake in found), reverse=True)
    assert groups.startswith("needs 101 target groups on load balancer public (")
    permanent = "51 environments" if environments == 51 else "test 1"
    assert f"{permanent}, review {reviews} ({reviews} × 1)), and AWS allows 100: not adjustable;" in groups
    assert rules.startswith("needs 101 listener rules on load balancer public (")
    assert {mistake.path for mistake in found} == {"accounts.main"}


def test_a_second_load_balancer_takes_what_the_first_has_no_room_for(tmp_path: Path) -> None:
    system = good_system().replace("  images: [", "  load_balancers: {public: {}, big: {}}\n  images: [")
    second = review(100) + "services: {web: {http: {load_balancer: big}}}\n"
    assert mistakes(good(tmp_path, system=system, review=second)) == ()


def test_environments_of_another_account_are_not_counted(tmp_path: Path) -> None:
    test = "account: production\ndomain: test.example.com\n"
    assert mistakes(good(tmp_path, review=review(100), test=test)) == ()


def test_private_services_need_no_target_group(tmp_path: Path) -> None:
    assert mistakes(good(tmp_path, review=review(100) + "services: {web: {http: null}}\n")) == ()


def test_a_quota_that_aws_raised_counts_and_the_hard_limit_stays(tmp_path: Path) -> None:
    system = good_system().replace("ap-northeast-1}", "ap-northeast-1, quotas: {listener_rules: 200}}")
    (only,) = mistakes(good(tmp_path, system=system, review=review(100)))
    assert "target groups" in only.sentence


@pytest.mark.parametrize(("quota", "refused"), [(84, False), (83, True)])
def test_roles_are_two_a_service_and_an_environment(tmp_path: Path, quota: int, refused: bool) -> None:
    system = good_system().replace("ap-northeast-1}", f"ap-northeast-1, quotas: {{iam_roles: {quota}}}}}")
    found = mistakes(good(tmp_path, system=system))
    assert [mistake.sentence[:18] for mistake in found] == (["needs 84 IAM roles"] if refused else [])


def test_two_regions_of_an_account_share_its_roles(tmp_path: Path) -> None:
    system = (
        good_system()
        .replace("    id: 222222222222\n    region: ap-northeast-1", "    id: 111111111111\n    region: us-east-1")
        .replace("    protected: true\n", "")
        .replace("ap-northeast-1}", "ap-northeast-1, quotas: {iam_roles: 87}}")
    )
    (only,) = mistakes(good(tmp_path, system=system))
    assert only.sentence.startswith("needs 88 IAM roles (production 4, test 4, review 80 (20 × 4)), and AWS allows 87:")


@pytest.mark.parametrize(("zones", "refused"), [(2, False), (3, True)])
def test_nat_per_zone_takes_an_elastic_address_each(tmp_path: Path, zones: int, refused: bool) -> None:
    changes = f"quotas: {{elastic_addresses: 2}}, common: {{network: {{nat: per_zone, availability_zones: {zones}}}}}"
    system = good_system().replace("ap-northeast-1}", f"ap-northeast-1, {changes}}}")
    assert bool(mistakes(good(tmp_path, system=system))) is refused


def test_certificates_are_counted_by_the_domains_that_no_other_covers(tmp_path: Path) -> None:
    deep = {f"e{n}": f"account: main\ndomain: www.e{n}.example.jp\n" for n in range(25)}
    (only,) = mistakes(good(tmp_path, **deep))
    assert only.sentence.startswith("needs 27 certificates on a load balancer (27 domains), and AWS allows 26:")


def test_what_a_boundary_has_room_for_in_any_case_it_has_with_all_that_is_emitted() -> None:
    assert boundary_room() >= FREE


@pytest.mark.parametrize(("services", "refused"), [(50, False), (51, True)])
def test_fifty_distributions_come_to_a_load_balancer(tmp_path: Path, services: int, refused: bool) -> None:
    http = "{health_check: /up, load_balancer: inside, hosts: [h%d], cdn: {}}"
    behind = "".join(f"  s{each}: {{image: web, port: 1, http: {http % each}}}\n" for each in range(services))
    balancers = "load_balancers: {public: {}, inside: {internal: true}}"
    system = good_system().replace("  images: [", f"  {balancers}\n  images: [")
    said = f"account: main\ndomain: test.example.jp\nservices:\n{behind}"
    found = [each.sentence for each in mistakes(good(tmp_path, system=system, test=said))]
    assert [each for each in found if not each.startswith("needs 51 distributions of CloudFront that come to ")] == []
    assert bool(found) == refused


@pytest.mark.parametrize(("services", "refused"), [(25, False), (26, True)])
def test_a_hundred_sets_of_addresses_stand_before_cloudfront(tmp_path: Path, services: int, refused: bool) -> None:
    """Each of four: two of one list of both versions, one of each of two more; who lets everybody in needs none."""
    both, everybody = "[203.0.113.0/24, '2001:db8:1::/48']", "[0.0.0.0/0, '::/0']"
    lists = f"{{/a/*: {both}, /b/*: 198.51.100.7, /c/*: 198.51.100.8, /d/*: {everybody}}}"
    http = f"{{health_check: /up, load_balancer: inside, hosts: [h%d], cdn: {{}}, allow: {lists}}}"
    behind = "".join(f"  s{each}: {{image: web, port: 1, http: {http % each}}}\n" for each in range(services))
    balancers = "load_balancers: {public: {}, inside: {internal: true}}"
    system = good_system().replace("  images: [", f"  {balancers}\n  images: [")
    said = f"account: main\ndomain: test.example.jp\nservices:\n{behind}"
    found = [each.sentence for each in mistakes(good(tmp_path, system=system, test=said))]
    assert [each.split(" (")[0] for each in found] == (
        ["needs 104 sets of addresses of AWS WAF before CloudFront"] if refused else []
    )


@pytest.mark.parametrize("front", ["cdn", "api_gateway", None])
def test_route_53_asks_where_something_public_stands_before_an_internal_load_balancer(
    tmp_path: Path, front: str | None
) -> None:
    way = f", {front}: {{}}" if front else ""
    http = f"{{health_check: /up, load_balancer: inside, hosts: [h], route53_health_check: /up{way}}}"
    balancers = "load_balancers: {public: {}, inside: {internal: true}}"
    system = good_system().replace("  images: [", f"  {balancers}\n  images: [")
    said = f"account: main\ndomain: test.example.jp\nservices: {{s: {{image: web, port: 1, http: {http}}}}}\n"
    found = [each.sentence for each in mistakes(good(tmp_path, system=system, test=said))]
    assert found == ([] if front else ["inside is internal, and Route 53 asks over the internet; take it out"])


def test_environments_that_are_remembered_count_as_those_that_are_read() -> None:
    """Those that need the same share it, whose sums are made once."""

    def known(name: str, needed: tuple[Need, ...]) -> Known:
        shared = {"account": "main", "domain": None, "limit": 2, "tags_from": None, "generates": False, "hosts": ()}
        sets = {"asked": frozenset[str](), "tasks": frozenset[str](), "buckets": frozenset[str]()}
        rest = {"shown_by_edge": (), "first_priority": 1001, "says_priorities": False, "stack": name, "input": ""}
        return Known(kind="environment", name=name, needed=needed, **shared, **sets, **rest)  # type: ignore[arg-type]

    same = (Need("aws_lb_target_group", 3, "public"), Need("aws_iam_role", 2), Need("aws_iam_role", 1))
    uses = _Uses([known("one", same), known("two", (Need("aws_iam_role", 5),)), known("three", same)])
    assert [(use.who, use.amount) for use in uses.of("aws_iam_role")] == [("one", 6), ("two", 10), ("three", 6)]
    groups = uses.of("aws_lb_target_group", load_balancer="public")
    assert [(use.who, use.amount) for use in groups] == [("one", 6), ("three", 6)]
