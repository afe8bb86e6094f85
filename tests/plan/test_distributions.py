"""What is said of distributions that CloudFront would refuse to change at once."""

from __future__ import annotations

from tests.plan.test_cautions import Json, change, words

ONE, OTHER = "aws_cloudfront_distribution.one_distribution", "aws_cloudfront_distribution.other_distribution"
CERTIFICATE = "aws_acm_certificate.certificates_example_jp_edge"


def distribution(address: str, before: list[str], after: list[str]) -> Json:
    return change(address, "update", {"aliases": before}, {"aliases": after})


def test_a_host_that_moves_between_two_distributions_is_said_where_it_comes_to() -> None:
    [sentence] = words(distribution(ONE, ["a.jp", "b.jp"], ["a.jp"]), distribution(OTHER, ["c.jp"], ["b.jp", "c.jp"]))
    assert sentence.startswith(f"{OTHER}: b.jp may be another distribution's still")
    assert "CNAMEAlreadyExists" in sentence
    assert len(words(change(ONE, "delete", {"aliases": ["b.jp"]}), distribution(OTHER, [], ["b.jp"]))) == 1


def test_hosts_that_come_and_go_without_moving_are_not() -> None:
    assert words(distribution(ONE, ["a.jp"], ["b.jp"]), distribution(OTHER, ["c.jp"], ["d.jp"])) == []
    assert words(distribution(ONE, ["a.jp", "b.jp"], ["b.jp", "a.jp"])) == []


def test_a_certificate_of_cloudfronts_that_goes_waits_for_the_environment() -> None:
    held = {"domain_name": "example.jp"}
    [sentence] = words(change(CERTIFICATE, "delete", held))
    assert sentence.startswith("1 certificate of CloudFront's in us-east-1 can't be deleted while a distribution")
    assert "environment that gives up its site first" in sentence
    assert words(change("aws_acm_certificate.certificates_example_jp_certificate", "delete", held)) == []
    # Another one is made first, and the old one goes when nothing has it.
    assert words(change(CERTIFICATE, "create+delete", held, held)) == []
