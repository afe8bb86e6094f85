"""What is said of a certificate that a load balancer shows no more."""

from __future__ import annotations

import pytest

from tests.plan.test_cautions import Json, change, said

ARN, LISTENER = "arn:aws:acm:ap-northeast-1:1:certificate/1", "arn:aws:elasticloadbalancing:ap-northeast-1:1:listener/1"
HELD = {"certificate_arn": ARN, "listener_arn": LISTENER}
SHOWN = "aws_lb_listener_certificate.load_balancer_public_existing_1_certificate"


def test_one_that_was_there_already_is_said_to_go() -> None:
    [caution] = said(change(SHOWN, "delete", HELD))
    assert caution.grave
    assert caution.words.startswith(f"{SHOWN}: hosts that no other certificate of its listener covers")


@pytest.mark.parametrize(
    "beside",
    [
        change("aws_acm_certificate.example_jp_certificate", "delete", {"arn": ARN}),
        change("aws_lb_listener.load_balancer_public_https", "delete", {"arn": LISTENER}),
        change(
            "aws_lb_listener.load_balancer_public_https", "update", {"certificate_arn": "a"}, {"certificate_arn": ARN}
        ),
    ],
    ids=["goes itself", "goes with its listener", "is the default one from now on"],
)
def test_nothing_is_said_where_it_shows_elsewhere(beside: Json) -> None:
    assert not any(SHOWN in each.words for each in said(change(SHOWN, "delete", HELD), beside))


def test_one_that_comes_or_changes_place_goes_nowhere() -> None:
    assert said(change(SHOWN, "create", None, HELD)) == ()
    assert said(change(SHOWN, "delete+create", HELD, {**HELD, "listener_arn": "b"})) == ()
