"""Which service answers at which host and path: hosts, rules, their order and their numbers."""

from __future__ import annotations

import dataclasses
import ipaddress
import itertools
import random

import pytest

from tanada.declared import redirects, rule_numbers, rules
from tanada.declared.answers import Answer, answers, openings
from tanada.declared.blueprint import Blueprint
from tanada.declared.hosts import host_of, hosts_of, led
from tanada.declared.http import Http
from tanada.declared.paths import meet, rank
from tanada.declared.rule import Rule, competes
from tanada.declared.rule_numbers import first_number, numbers
from tanada.declared.rules import MOST, VALUES, WILDCARDS, guarded, led_by_statics, rules_of, wildcards
from tanada.declared.service import Service, in_review
from tanada.declared.sign_in import Signing, signing

DOMAIN = "test.example.jp"


def service(
    *paths: str,
    hosts: tuple[str, ...] = (),
    load_balancer: str | list[str] = "public",
    renamed: tuple[str, ...] = (),
) -> Service:
    http = {"health_check": "/up", "paths": paths, "hosts": hosts, "load_balancer": load_balancer}
    return Service.model_validate({"image": "web", "port": 80, "http": http, "renamed_from": renamed})


def made(**services: Service) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(rule.service, rule.hosts, rule.paths) for rule in rules_of(services, DOMAIN)]


def test_a_service_that_says_nothing_has_one_rule_for_the_domain() -> None:
    assert made(web=service(), worker=Service(image="web")) == [("web", ("",), ())]
    assert [rule.plain for rule in rules_of({"web": service()}, DOMAIN)] == [True]


def test_exact_paths_come_first_then_longer_patterns_then_the_host_alone() -> None:
    services = {
        "web": service(),
        "api": service("/api/*"),
        "second": service("/api/v2/*"),
        "hook": service("/api/v2/hook"),
        "any": service("/*/assets/*"),
    }
    order = [rule.service for rule in rules_of(services, DOMAIN)]
    assert order.index("hook") < order.index("any") < order.index("second") or order.index("hook") == 0
    assert [each for each in order if each != "any"] == ["hook", "second", "api", "web"]


def test_paths_of_one_service_share_a_rule_unless_another_comes_in_between() -> None:
    assert made(web=service(), api=service("/api/*", "/admin/*", "/status"))[0][2] == ("/status", "/admin/*", "/api/*")
    between = made(web=service(), api=service("/api/*", "/status"), second=service("/api/v2/*"))
    assert between == [
        ("api", ("",), ("/status",)),
        ("second", ("",), ("/api/v2/*",)),
        ("api", ("",), ("/api/*",)),
        ("web", ("",), ()),
    ]
    elsewhere = made(api=service("/api/*", "/status"), second=service("/api/v2/*", hosts=("other",)))
    assert len(elsewhere) == 2, "another host is no competitor"


@pytest.mark.parametrize(
    ("hosts", "paths", "number"),
    [(1, 8, 2), (5, 0, 1), (6, 0, 2), (3, 4, 2), (6, 8, 8), (2, 3, 1), (2, 4, 2), (4, 1, 1), (5, 1, 2)],
)
def test_a_rule_holds_five_values_and_all_pairs_are_covered_once(hosts: int, paths: int, number: int) -> None:
    names, ways = tuple(f"h{index}" for index in range(hosts)), tuple(f"/p{index}/*" for index in range(paths))
    found = rules_of({"web": service(*ways, hosts=names)}, DOMAIN)
    assert len(found) == number
    assert all(len(rule.hosts) + len(rule.paths) <= VALUES for rule in found)
    assert all(wildcards(*rule.paths) <= WILDCARDS for rule in found)
    pairs = [pair for rule in found for pair in itertools.product(rule.hosts, rule.paths or ("",))]
    assert sorted(pairs) == sorted(itertools.product(names, ways or ("",)))
    assert len({rule.word for rule in found}) == len(found)


def test_a_rule_holds_five_wildcards() -> None:
    found = made(web=service("/a/*/b/*/c*", "/d/*/e/*/f*"))
    assert sorted(paths for _, _, paths in found) == [("/a/*/b/*/c*",), ("/d/*/e/*/f*",)]


def test_a_host_has_one_form() -> None:
    forms = [host_of(each, DOMAIN) for each in ("api", f"api.{DOMAIN}", DOMAIN, "a.b.test.example.jp", "x.example.jp")]
    assert forms == ["api", "api", "", "a.b.test.example.jp", "x.example.jp"]


def test_numbers_rise_in_one_block_and_no_two_are_alike() -> None:
    chance = random.Random(14)
    for _ in range(60):
        services = {
            f"s{index}": service(
                *{chance.choice(["/", "/a/", "/a/b/"]) + chance.choice(["x", "*", "y/*", "*/z"]) for _ in range(3)}
                - {"/*"},
                hosts=tuple(chance.sample(["one", "two", DOMAIN], chance.randint(1, 2))),
            )
            for index in range(chance.randint(2, 40))
        }
        ordered = rules_of(services, DOMAIN)
        given = numbers(ordered, 39501)
        assert list(given) == sorted(set(given))
        assert given[0] >= 39501
        assert given[-1] <= rule_numbers.LAST
        for one, other in itertools.combinations(ordered, 2):
            if one.service != other.service and competes(one, other):
                for mine, its in itertools.product(one.paths, other.paths):
                    assert not meet(mine, its) or rank(mine) <= rank(its)


def test_a_block_takes_as_many_rules_as_it_has_numbers() -> None:
    ordered = [Rule("web", "public", (f"h{index}",), (), "web") for index in range(rule_numbers.BLOCK)]
    assert numbers(ordered, 1001) == tuple(range(1001, 1501))


def test_a_rule_keeps_its_number_whatever_else_there_is() -> None:
    first = first_number("test")
    alone = rules_of({"web": service(), "api": service("/api/*")}, DOMAIN)
    more = rules_of(
        {"web": service(), "api": service("/api/*"), "docs": service("/docs/*"), "x": service("/x")}, DOMAIN
    )
    before = {rule.service: number for rule, number in zip(alone, numbers(alone, first), strict=True)}
    after = {rule.service: number for rule, number in zip(more, numbers(more, first), strict=True)}
    assert {name: after[name] for name in before} == before
    renamed = rules_of({"site": service(renamed=("web",)), "api": service("/api/*")}, DOMAIN)
    assert numbers(renamed, first) == numbers(alone, first), "a new name moves nothing"


def test_a_block_depends_on_the_name_alone_and_ends_at_the_last_number() -> None:
    begins = {name: first_number(name) for name in ("test", "production", *(f"e{index}" for index in range(400)))}
    assert begins["test"] == 14501, "never another one: it would move all rules of every system"
    assert {(each - rule_numbers.FIRST) % rule_numbers.BLOCK for each in begins.values()} == {0}
    assert min(begins.values()) == rule_numbers.FIRST
    assert max(begins.values()) + rule_numbers.BLOCK - 1 == rule_numbers.LAST


def test_a_rule_alone_has_no_number_of_its_own() -> None:
    alone, two = (
        tuple(rules.needs(each, DOMAIN)) for each in ({"web": service()}, {"web": service(), "b": service("/b")})
    )
    assert rule_numbers.numbered(alone) == frozenset()
    assert rule_numbers.numbered(two) == {"public"}
    [floor] = rule_numbers.floors([alone, two], {"public"})
    assert (floor.type, floor.number, floor.load_balancer) == ("aws_lb_listener_rule", 1, "public")


def test_behind_two_load_balancers_each_has_rules_and_each_name_leads_to_one() -> None:
    both = service("/a", hosts=("api", DOMAIN, "x.example.org"), load_balancer=["public", "internal"])
    assert led(both, DOMAIN) == {
        **dict.fromkeys(("api", "", "x.example.org"), "public"),
        **dict.fromkeys(("api-internal", "internal"), "internal"),
    }
    found = rules_of({"web": both}, DOMAIN)
    ways = {(rule.load_balancer, host) for rule in found for host in rule.hosts}
    first = {("public", host) for host in ("api", "", "x.example.org")}
    assert ways == first | {("internal", host) for host in hosts_of(both, DOMAIN)}
    alone = rules_of({"web": service("/a", hosts=("api", DOMAIN, "x.example.org"))}, DOMAIN)
    numbered = dict(zip(found, numbers(found, 1001), strict=True))
    assert set(zip(alone, numbers(alone, 1001), strict=True)) < set(numbered.items()), "one more moves nothing"
    assert len({rule.word for rule in found}) == len(found)
    assert {need.load_balancer for need in both.needs() if need.load_balancer} == {"public", "internal"}


def test_a_service_answers_with_its_own_container_or_the_one_that_it_names() -> None:
    web = service()
    assert web.http is not None
    assert answers(web) == (Answer(None, 80, web.http),)
    proxied = Service.model_validate({**web.model_dump(), "container": "nginx", "sidecars": {"nginx": {"port": 8443}}})
    assert [(each.container, each.port) for each in answers(proxied)] == [("nginx", 8443)]
    assert answers(Service(image="web", port=80)) == ()


def test_a_sidecar_answers_by_itself_where_it_says_so() -> None:
    both = Service.model_validate(
        {
            **service(hosts=("api",)).model_dump(),
            "sidecars": {
                "admin": {"port": 81, "http": {"health_check": "/up", "hosts": ["admin", "admin.example.org"]}},
                "docs": {"port": 82, "http": {"health_check": "/up", "hosts": ["api"], "paths": ["/docs/*"]}},
                "quiet": {"http": {"health_check": "/up"}},
            },
        }
    )
    assert [(each.sidecar, each.container, each.port) for each in answers(both)] == [
        (None, None, 80),
        ("admin", "admin", 81),
        ("docs", "docs", 82),
    ]
    first, *others = [(each.container, each.hosts, each.paths) for each in rules_of({"web": both}, DOMAIN)]
    assert first == ("docs", ("api",), ("/docs/*",)), "paths before hosts, though they are of one service"
    assert {*others} == {(None, ("api",), ()), ("admin", ("admin", "admin.example.org"), ())}
    assert hosts_of(both, DOMAIN)[:2] == ("api", "admin")
    assert sum(need.number for need in both.needs() if need.type == "aws_lb_target_group") == 4, "each `http` needs one"
    inside = in_review(both)
    assert hosts_of(inside, "") == ("api", "admin", "")
    assert in_review(inside) is inside


def test_each_port_is_opened_once_to_each_group_that_load_balancers_wear() -> None:
    worn = {"public": "load_balancers", "big": "load_balancers", "inside": "internal_load_balancers"}
    web = service(load_balancer=["public", "big", "inside", "misspelt"])
    assert web.http is not None
    opened = [("public", "load_balancers", 80), ("inside", "internal_load_balancers", 80)]
    assert [(each.load_balancer, each.group, each.port) for each in openings(web, worn)] == opened
    asked = web.http.health_check.model_copy(update={"port": 9000})
    both = web.model_copy(update={"http": web.http.model_copy(update={"health_check": asked})})
    assert {each.port for each in openings(both, worn)} == {80, 9000}
    assert openings(Service(image="web", port=80), worn) == ()


def test_in_review_a_full_name_is_left_out() -> None:
    both = in_review(service(hosts=("api", "admin.example.jp")))
    assert both.http is not None
    assert both.http.hosts == ("api",)
    assert in_review(service(hosts=("admin.example.jp",))).http is None
    assert in_review(service()).http is not None


def test_of_more_than_anybody_can_apply_none_are_compared() -> None:
    paths = [f"/{number}/*" for number in range(MOST + 1)]
    assert len(made(web=service(*paths))) == MOST + 1
    assert len(made(web=service(*paths[1:]))) == MOST / 4


def asking(asked: object, *paths: str, allow: object = None, hosts: tuple[str, ...] = ()) -> Service:
    http = {"health_check": "/up", "paths": paths, "hosts": hosts, "allow": allow or {}, "sign_in": asked}
    return Service.model_validate({"image": "web", "port": 80, "http": http})


def asked_at(rules_: tuple[Rule, ...], host: str, path: str, source: str = "198.51.100.9") -> str:
    """What a load balancer does with a request of somebody who has not signed in."""
    numbered = sorted(zip(numbers(rules_, 1001), rules_, strict=True), key=lambda pair: pair[0])
    for _, rule in numbered:
        of_path = not rule.paths or any(meet(each, path) for each in rule.paths)
        let_in = not rule.sources or any(
            ipaddress.ip_address(source) in ipaddress.ip_network(each) for each in rule.sources
        )
        if host in rule.hosts and of_path and let_in:
            return "403" if rule.refuses else "sign in" if rule.sign_in is not None else rule.service
    return "404"


def test_a_service_answers_only_after_sign_in_but_where_it_says_otherwise() -> None:
    services = {
        "web": asking(
            {"except": ["/hooks/*", "/signed-out"], "session": "8h"},
            allow={"/admin*": "203.0.113.0/24", "/hooks/git*": "203.0.113.0/24"},
        ),
        "api": asking(False, "/api/*"),
        "staff": asking(True, "/api/staff/*", "/staff*"),
    }
    found = rules_of(services, DOMAIN)
    inside = "203.0.113.7"
    for path, outside, office in (
        ("/", "sign in", "sign in"),
        ("/anything", "sign in", "sign in"),
        ("/hooks/a", "web", "web"),
        ("/hooks/git/x", "403", "web"),
        ("/signed-out", "web", "web"),
        ("/signed-out/x", "sign in", "sign in"),
        ("/admin", "403", "sign in"),
        ("/api/orders", "api", "api"),
        ("/api/staff/1", "sign in", "sign in"),
        ("/staff", "sign in", "sign in"),
    ):
        assert (asked_at(found, "", path), asked_at(found, "", path, inside)) == (outside, office), path
    assert {rule.sign_in for rule in found if rule.service == "web"} == {None, 28800}
    assert {rule.sign_in for rule in found if rule.service == "staff"} == {43200}
    assert signing(found) == Signing(("",), (("", "/"), ("", "/signed-out")))


def test_no_sign_in_is_passed_by_whatever_else_there_is() -> None:
    """Of any services and paths: who has not signed in is answered by a service at what it left out alone."""
    chance = random.Random(16)
    paths = ["/a/*", "/a/b/*", "/a/b/c", "/b*", "/b/c/*", "/*c*", "/d", "/d/*"]
    for _ in range(60):
        services: dict[str, Service] = {}
        for index in range(chance.randint(1, 5)):
            own = chance.sample(paths, chance.randint(0, 3)) if index else []
            left_out = chance.sample([*own, "/a/b/c", "/d/x"], chance.randint(0, 2))
            allow = {path: [OFFICE] for path in own if chance.random() < 0.3}
            hosts = tuple(chance.sample(["one", "two"], chance.randint(1, 2)))
            asked = {"except": left_out} if chance.random() < 0.8 else False
            services[f"s{index}"] = asking(asked, *own, allow=allow, hosts=hosts)
        found = rules_of(services, DOMAIN)
        for host, path, source in itertools.product(
            ("one", "two"), ("/a/x", "/a/b/x", "/a/b/c", "/bx", "/b/c/d", "/d", "/d/c", "/d/x", "/"), (OFFICE, OUTSIDE)
        ):
            said = asked_at(found, host, path, source)
            if said in services:
                sign_in = _http(services[said]).sign_in
                assert sign_in is None or any(meet(each, path) for each in sign_in.except_), (services, host, path)


def test_who_need_not_sign_in_anywhere_moves_no_rule() -> None:
    before = rules_of({"web": service(), "api": service("/api/*")}, DOMAIN)
    after = rules_of({"web": asking(True), "api": service("/api/*")}, DOMAIN)
    assert numbers(before, 1001) == numbers(after, 1001)
    assert [rule.word for rule in before] == [rule.word for rule in after]


OFFICE, HOME, OUTSIDE = "203.0.113.7", "2001:db8::7", "198.51.100.9"


def answer(rules_: tuple[Rule, ...], host: str, path: str, source: str, load_balancer: str = "public") -> str:
    """What a load balancer does with a request: the first rule that fits, by number, as it looks for it."""
    numbered = sorted(zip(numbers(rules_, 1001), rules_, strict=True), key=lambda pair: pair[0])
    for _, rule in numbered:
        of_path = not rule.paths or any(meet(each, path) for each in rule.paths)
        come = [ipaddress.ip_network(each) for each in rule.sources]
        let_in = not come or any(ipaddress.ip_address(source) in each for each in come)
        if rule.load_balancer == load_balancer and host in rule.hosts and of_path and let_in:
            return "403" if rule.refuses else rule.called if rule.static is not None else rule.service
    return "404"


def test_whoever_comes_from_outside_a_list_gets_403_at_every_path() -> None:
    services = {
        "web": listed({"/wp-admin*": [OFFICE, HOME], "/wp-admin/ajax": "0.0.0.0/0", "/*": "192.0.2.0/24"}),
        "api": listed(["203.0.113.0/28", *(f"192.0.2.{number}" for number in range(20)), HOME], "/api/*", "/v/*/x*"),
        "hook": service("/api/hooks/*"),
        "rest": service("/v/*"),
    }
    found = rules_of(services, DOMAIN)
    assert all(len(rule.hosts) + len(rule.paths) + len(rule.sources) <= VALUES for rule in found)
    assert len({rule.word for rule in found}) == len(found)
    for path, service_, let_in in (
        ("/wp-admin", "web", {OFFICE, HOME}),
        ("/wp-admin/users.php", "web", {OFFICE, HOME}),
        ("/wp-admin/ajax", "web", {OFFICE, OUTSIDE}),
        ("/", "web", set()),
        ("/anything", "web", set()),
        ("/api/v1", "api", {OFFICE, HOME}),
        ("/v/1/x", "api", {OFFICE, HOME}),
        ("/v/1/y", "rest", {OFFICE, HOME, OUTSIDE}),
        ("/api/hooks/stripe", "hook", {OFFICE, HOME, OUTSIDE}),
    ):
        for source in (OFFICE, HOME, OUTSIDE):
            assert answer(found, "", path, source) == (service_ if source in let_in else "403"), (path, source)
    assert answer(found, "", "/", "192.0.2.200") == "web"
    assert answer(found, "", "/api/v1", "192.0.2.19") == "api"
    assert answer(found, "", "/api/v1", "192.0.2.20") == "403"


def listed(allow: object, *paths: str, hosts: tuple[str, ...] = ()) -> Service:
    http = {"health_check": "/up", "paths": paths, "hosts": hosts, "allow": allow}
    return Service.model_validate({"image": "web", "port": 80, "http": http})


def test_no_list_is_passed_by_whatever_else_there_is() -> None:
    """Of any services and paths: where a list of an own path or one around it keeps somebody out, nothing answers."""
    chance = random.Random(16)
    paths = ["/a/*", "/a/b/*", "/a/b/c", "/b*", "/b/c/*", "/*c*", "/d", "/d/*"]
    for _ in range(25):
        services = {}
        for index in range(chance.randint(1, 5)):
            own = chance.sample(paths, chance.randint(0, 3)) if index else []
            allow = {path: chance.sample([OFFICE, HOME], chance.randint(1, 2)) for path in own if chance.random() < 0.6}
            hosts = tuple(chance.sample(["one", "two"], chance.randint(1, 2)))
            services[f"s{index}"] = listed(allow, *own, hosts=hosts)
        found = rules_of(services, DOMAIN)
        for host, path in itertools.product(
            ("one", "two"), ("/a/x", "/a/b/x", "/a/b/c", "/bx", "/b/c/d", "/d", "/d/c")
        ):
            said = answer(found, host, path, OUTSIDE)
            # The way that answers without any list is the way that answers, or refuses, with them.
            bare = {name: listed({}, *_http(each).paths, hosts=_http(each).hosts) for name, each in services.items()}
            owner = answer(rules_of(bare, DOMAIN), host, path, OUTSIDE)
            if said not in ("404", "403"):
                guards = [guard for each, guard in guarded(_http(services[said])) if meet(each, path) and guard]
                fits = [each for each, _ in guarded(_http(services[said])) if meet(each, path)]
                best = min(fits, key=rank)
                assert not guards or dict(guarded(_http(services[said])))[best] == (), (services, host, path)
            assert (said == "404") == (owner == "404")


def _http(service_: Service) -> Http:
    assert service_.http is not None
    return service_.http


def test_a_list_that_grows_moves_no_rule() -> None:
    """Nor does any become another one, for a moment: who is kept out would fall to what is less specific."""
    first = first_number("test")
    some = [f"192.0.2.{number}" for number in range(17)]
    before: dict[int, object] = {}
    for length in (1, 4, 5, 9, 17):
        services = {"web": listed({"/admin*": some[:length]}), "api": service("/api/*"), "x": service("/x")}
        found = rules_of(services, DOMAIN)
        now: dict[int, object] = {
            number: (rule.does[:2], rule.refuses, rule.paths)
            for rule, number in zip(found, numbers(found, first), strict=True)
        }
        assert before.items() <= now.items()
        before = now
    open_ = rules_of({"web": service(), "api": service("/api/*")}, DOMAIN)
    short = rules_of({"web": listed(some[:1]), "api": service("/api/*")}, DOMAIN)
    assert {*numbers(open_, first)} < {*numbers(short, first)}, "the rule that was there gets its list in place"
    both = rules_of({"web": listed(["0.0.0.0/0", "::/0"])}, DOMAIN)
    assert [rule.plain for rule in both] == [True], "open to all of both kinds is as if no list were there"


def test_what_load_balancers_answer_by_themselves_comes_before_every_service() -> None:
    declared = Blueprint.model_validate(
        {
            "redirects": {"/old": "/new", "api/": "www.example.jp", "example.com/": "www.example.jp", "/*": "/x"},
            "fixed_responses": {"/.well-known/*": "x", "test.example.jp/old": "gone", "api/status": "well"},
        }
    )
    services = {"web": listed(OFFICE), "api": service("/old", "/.well-known/x", hosts=("api",))}
    found = rules_of(services, DOMAIN, declared.statics)
    for host, path, key in (
        ("", "/old", "test.example.jp/old"),
        ("api", "/old", "/old"),
        ("", "/.well-known/security.txt", "/.well-known/*"),
        ("api", "/.well-known/x", "/.well-known/*"),
        ("api", "/status", "api/status"),
        ("api", "/anything", "api/"),
        ("", "/anything", "/*"),
        ("example.com", "/anything", "example.com/"),
    ):
        assert answer(found, host, path, OUTSIDE) == key
    assert led_by_statics(services, DOMAIN, declared.statics) == {"example.com": "public"}
    assert max(numbers(found, 1001)) <= 1500
    services = {"web": service(load_balancer=["public", "inside"])}
    both = rules_of(services, DOMAIN, {"test.example.jp/old": redirects.Redirect(url="/new")})
    assert len({rule.word for rule in both}) == len(both) == 4


@pytest.mark.parametrize(
    ("url", "led"),
    [
        ("www.example.jp", ("HTTPS", "www.example.jp", "443", "/#{path}", "#{query}")),
        ("/new", ("#{protocol}", "#{host}", "#{port}", "/new", "#{query}")),
        ("/new?", ("#{protocol}", "#{host}", "#{port}", "/new", "")),
        ("https://x.example:8080", ("HTTPS", "x.example", "8080", "/", "#{query}")),
        ("https://x.example/a?b=#{query}&c", ("HTTPS", "x.example", "443", "/a", "b=#{query}&c")),
    ],
)
def test_a_redirect_leads_where_its_address_says(url: str, led: tuple[str, ...]) -> None:
    kept = redirects.Redirect(url=url).url.replace("{{", "{").replace("}}", "}")
    assert dataclasses.astuple(redirects.target(kept)) == led
