"""`defaults`: what is said once of all services, layer over layer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.cli.show import rows_of
from tanada.declarations.common_settings import MOST, layered
from tanada.declarations.loader import compose
from tanada.declarations.tree import Node, plain
from tanada.declarations.yaml import read
from tests.declarations.systems import good, mistakes

SYSTEM = """system: kakei
tanada: "0.1"
accounts:
  main: {id: 111111111111, region: ap-northeast-1}
  production: {id: 222222222222, region: ap-northeast-1, protected: true, common: {hosted_zones: [example.com]}}
common: {hosted_zones: [example.jp], images: [web]}
blueprint:
  defaults:
    services:
      image: web
      writable: [/tmp, /var/run]
      variables: {LANG: ja, TZ: Asia/Tokyo}
      logs: {days: 7}
      http: {health_check: {path: /up, interval: 30s}}
  services:
    web: {port: 80, http: {}, variables: {TZ: UTC}}
    worker: {command: [work], logs: {days: 14}}
"""
TEST = """account: main
domain: test.example.jp
defaults: {services: {logs: {days: 30}, variables: {LANG: null, MORE: x}, cpu: 512, memory: 1024}}
services: {web: {logs: {days: 60}}, batch: {command: [b]}}
"""


def tree(text: str) -> Node:
    found, wrong = read("x.yaml", text.encode(), "override")
    assert found is not None
    assert wrong == []
    return found


def laid(blueprint: str, file: str = "{}") -> dict[str, dict[str, object]]:
    """By service what defaults make of what the trees say; both trees' services, not merged with each other."""
    layers = layered(tree(blueprint), tree(file))
    assert layers.file is not None
    services = [plain(each).get("services", {}) for each in (layers.blueprint, layers.file)]
    return {name: {**services[0].get(name, {}), **services[1].get(name, {})} for name in {**services[0], **services[1]}}


def test_the_later_layer_wins_and_show_says_which_line_won(tmp_path: Path) -> None:
    rows = rows_of(compose(good(tmp_path, system=SYSTEM, test=TEST)), "test")
    said = {row.path.removeprefix("services."): (row.value, row.source) for row in rows if row.source != "default"}
    test, system = "override environments/test.yaml", "blueprint system.yaml"
    assert {path: each for path, each in said.items() if path.startswith(("web", "worker", "batch"))} == {
        "web.image": ("web", f"{system}:10"),
        "web.port": ("80", f"{system}:16"),
        "web.http.health_check.path": ("/up", f"{system}:14"),
        "web.http.health_check.interval": ("30s", f"{system}:14"),
        "web.cpu": ("512", f"{test}:3"),
        "web.memory": ("1024", f"{test}:3"),
        "web.variables.TZ": ("UTC", f"{system}:16"),
        "web.variables.MORE": ("x", f"{test}:3"),
        "web.variables.LANG": ("–", f"{test}:3"),
        "web.writable": ("[/tmp, /var/run]", f"{system}:11"),
        "web.logs.days": ("60", f"{test}:4"),
        "worker.image": ("web", f"{system}:10"),
        "worker.cpu": ("512", f"{test}:3"),
        "worker.memory": ("1024", f"{test}:3"),
        "worker.command": ("[work]", f"{system}:17"),
        "worker.variables.TZ": ("Asia/Tokyo", f"{system}:12"),
        "worker.variables.MORE": ("x", f"{test}:3"),
        "worker.variables.LANG": ("–", f"{test}:3"),
        "worker.writable": ("[/tmp, /var/run]", f"{system}:11"),
        "worker.logs.days": ("30", f"{test}:3"),
        "batch.image": ("web", f"{system}:10"),
        "batch.cpu": ("512", f"{test}:3"),
        "batch.memory": ("1024", f"{test}:3"),
        "batch.command": ("[b]", f"{test}:4"),
        "batch.variables.TZ": ("Asia/Tokyo", f"{system}:12"),
        "batch.variables.MORE": ("x", f"{test}:3"),
        "batch.variables.LANG": ("–", f"{test}:3"),
        "batch.writable": ("[/tmp, /var/run]", f"{system}:11"),
        "batch.logs.days": ("30", f"{test}:3"),
    }


def test_http_and_scale_reach_only_what_says_them_itself() -> None:
    defaults = "defaults: {services: {http: {stickiness: 1d}, scale: {min: 2}, cpu: 512}}\n"
    blueprint = defaults + "services: {web: {http: {}}, busy: {scale: {max: 9}}, worker: {}, hidden: {http: {}}}"
    assert laid(blueprint, "services: {hidden: {http: null}, extra: {http: {}}}") == {
        "web": {"cpu": "512", "http": {"stickiness": "1d"}},
        "busy": {"cpu": "512", "scale": {"min": "2", "max": "9"}},
        "worker": {"cpu": "512"},
        "hidden": {"cpu": "512", "http": None},
        "extra": {"cpu": "512", "http": {"stickiness": "1d"}},
    }


@pytest.mark.parametrize(
    ("blueprint", "file", "web"),
    [
        ("defaults: {services: {count: 2}}\nservices: {web: {scale: {max: 9}}}", "{}", {"scale": {"max": "9"}}),
        ("defaults: {services: {scale: {max: 9}}}\nservices: {web: {count: 2}}", "{}", {"count": "2"}),
        ("services: {web: {scale: {max: 9}}}", "defaults: {services: {count: 2}}", {"count": "2"}),
        (
            "defaults: {services: {cpu: 512}}\nservices: {web: {scale: {max: 9}}}",
            "services: {web: {count: 2}}",
            {"count": "2", "cpu": "512"},
        ),
        (
            "defaults: {services: {cpu: 512}}\nservices: {web: {count: 2}}",
            "services: {web: {scale: {max: 9}}}",
            {"scale": {"max": "9"}, "cpu": "512"},
        ),
    ],
)
def test_a_count_replaces_an_earlier_scale_and_the_other_way_round(blueprint: str, file: str, web: object) -> None:
    assert laid(blueprint, file)["web"] == web


@pytest.mark.parametrize("taken", ["defaults: null", "defaults: {services: null}", "defaults: {services: {cpu: null}}"])
def test_null_takes_the_blueprints_away(taken: str) -> None:
    assert laid("defaults: {services: {cpu: 512}}\nservices: {web: {}}", taken)["web"] == {}


def test_null_takes_away_what_lies_below_whichever_layers_say_it(tmp_path: Path) -> None:
    """Of defaults, of what a part is like, in the blueprint and in an environment, which may do it again."""
    blueprint = """blueprint:
  defaults: {services: {image: web, restart: true, variables: {LANG: ja, TZ: UTC}}}
  services:
    web: {restart: null, variables: {LANG: null, MORE: x}}
    worker: {like: web, variables: {MORE: null, TZ: null}}
"""
    test = """account: main
domain: test.example.jp
defaults: {services: {variables: {LANG: null}}}
services: {web: {variables: {MORE: null}}}
"""
    system = compose(good(tmp_path, system=SYSTEM.partition("blueprint:")[0] + blueprint, test=test)).system
    for environment, web in (("test", {"TZ": "UTC"}), ("production", {"TZ": "UTC", "MORE": "x"})):
        services = system.environments[environment].services
        assert (services["web"].variables, services["web"].restart) == (web, False)
        assert (services["worker"].variables, services["worker"].restart) == ({}, True)


def test_what_defaults_of_all_break_in_several_services_is_said_once(tmp_path: Path) -> None:
    system = SYSTEM.replace("logs: {days: 7}", "logs: {days: 8}").replace(", logs: {days: 14}", "")
    (wrong,) = mistakes(good(tmp_path, system=system))
    assert (str(wrong.place), wrong.path) == ("system.yaml:13:20", "blueprint.defaults.services.logs.days")


def test_what_is_laid_out_is_bounded(tmp_path: Path) -> None:
    """A file of some kilobytes would else become gigabytes."""
    variables = ", ".join(f"A{number}: x" for number in range(400))
    services = "\n".join(f"    s{number}: {{image: web}}" for number in range(200))
    system = (
        f"{SYSTEM.partition('blueprint:')[0]}blueprint:\n  defaults: {{services: {{variables: {{{variables}}}}}}}\n"
    )
    (wrong,) = mistakes(good(tmp_path, system=f"{system}  services:\n{services}\n"))
    assert wrong.sentence == f"402 values under 200 services are more than {MOST:,} in all; say less for all"
    assert wrong.path == "blueprint.defaults.services"


def test_those_of_sidecars_are_laid_under_each_sidecar_of_each_service() -> None:
    blueprint = (
        "defaults: {sidecars: {cpu: 64}}\nservices: {web: {sidecars: {nginx: {}, otel: {cpu: 128}}}, worker: {}}"
    )
    services = "services: {web: {sidecars: {nginx: null}}, worker: {sidecars: {otel: {}}}}"
    file = f"defaults: {{sidecars: {{memory: 128}}}}\n{services}"
    assert laid(blueprint, file) == {
        "web": {"sidecars": {"nginx": None}},
        "worker": {"sidecars": {"otel": {"cpu": "64", "memory": "128"}}},
    }
    assert plain(layered(tree(blueprint), tree(file)).blueprint)["services"]["web"]["sidecars"] == {
        "nginx": {},
        "otel": {"cpu": "128", "memory": "128"},
    }
