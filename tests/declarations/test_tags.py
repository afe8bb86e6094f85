"""Tags of a team's own, layer over layer; what they may not be is in broken/tags-…."""

from __future__ import annotations

from pathlib import Path

import pytest

from tanada.declarations.inputs import inputs
from tanada.declarations.loader import compose
from tanada.declarations.tags import filled
from tanada.declared.system import System
from tests.declarations.systems import good, good_system, mistakes

SYSTEM = """tags: {owner: ops@example.jp, cost-centre: "1234", gone: x, region: "{region}"}
""" + good_system().replace("region: ap-northeast-1}", "region: ap-northeast-1, tags: {owner: main}}", 1).replace(
    "common:\n  network: {cidr: 10.0.0.0/16}\n", "common:\n  network: {cidr: 10.0.0.0/16}\n  tags: {layer: common}\n"
)
TEST = (
    'account: main\ndomain: test.example.jp\ntags: {gone: null, cost-centre: "99", where: "{environment} {domain}"}\n'
)
REVIEW = 'account: main\ndomain: review.example.jp\ntags: {branch: "{environment}"}\n'


@pytest.fixture
def system(tmp_path: Path) -> System:
    return compose(good(tmp_path, system=SYSTEM, test=TEST, review=REVIEW)).system


def test_the_nearer_layer_wins_and_null_takes_away(system: System) -> None:
    made = {name: dict(each.tags) for name, each in inputs(system).items()}
    assert made == {
        "common-main": {
            "owner": "main",
            "cost-centre": "1234",
            "gone": "x",
            "region": "{region}",
            "layer": "common",
        },
        "common-production": {
            "owner": "ops@example.jp",
            "cost-centre": "1234",
            "gone": "x",
            "region": "{region}",
            "layer": "common",
        },
        "environment-production": {
            "owner": "ops@example.jp",
            "cost-centre": "1234",
            "gone": "x",
            "region": "{region}",
        },
        "environment-test": {
            "owner": "main",
            "cost-centre": "99",
            "region": "{region}",
            "where": "{environment} {domain}",
        },
        "review": {
            "owner": "main",
            "cost-centre": "1234",
            "gone": "x",
            "region": "{region}",
            "branch": "{environment}",
        },
    }


def test_a_review_environment_has_its_own(system: System) -> None:
    stack = inputs(system)["review"].stack
    tags = filled({"branch": "{environment}"}, stack, system="kakei", environment="review-${terraform.workspace}")
    assert tags == {"branch": "review-${terraform.workspace}"}


def test_an_environment_without_a_domain_has_none_for_its_tags(tmp_path: Path) -> None:
    system = (
        'system: kakei\ntanada: "0.1"\naccounts: {main: {id: 111111111111, region: ap-northeast-1}}\n'
        "common: {load_balancers: {}, images: [web]}\nblueprint: {services: {web: {image: web}}}\n"
    )
    (tmp_path / "environments").mkdir()
    (tmp_path / "system.yaml").write_text(system)
    (tmp_path / "environments" / "test.yaml").write_text('account: main\ntags: {at: "{domain}", in: "{region}"}\n')
    (wrong,) = mistakes(tmp_path)
    assert wrong.sentence.startswith("{domain} is no placeholder; known here are {environment}, {region}")


@pytest.mark.parametrize("text", ["東京 チーム", "a@b.c:d/e=f+g-h_i", "x" * 256])
def test_whatever_aws_takes_is_taken(text: str, tmp_path: Path) -> None:
    assert mistakes(good(tmp_path, test=f'account: main\ndomain: test.example.jp\ntags: {{"部 署": "{text}"}}\n')) == ()
