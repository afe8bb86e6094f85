"""Mail, and what is asked from outside, read from what is emitted: whoever looks finds what they look for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tanada.declared.mail import REGIONS, keys_in
from tanada.regions import ZONES
from tests.iam import allowed

Json = dict[str, Any]
Emitted = dict[str, dict[str, Json]]


@pytest.mark.parametrize(
    ("stack", "domain", "back", "region"),
    [
        ("common-main", "example.jp", "returned.example.jp", "ap-northeast-1"),
        ("common-partners", "news.example.com", "returned.news.example.com", "ap-northeast-3"),
    ],
)
def test_receivers_find_every_record_that_says_that_mail_is_ours(
    stack: str, domain: str, back: str, region: str, emitted: Emitted
) -> None:
    resources = emitted["mail"][stack]["resource"]
    found = {
        (each["name"], each["type"]): each for name, each in resources["aws_route53_record"].items() if "mail" in name
    }
    assert not any(each.get("allow_overwrite") for each in found.values())
    assert (domain, "TXT") not in found, "what stands there is somebody's"
    for number in range(3):
        token = f"${{aws_sesv2_email_identity.mail_identity.dkim_signing_attributes[0].tokens[{number}]}}"
        [value] = found[f"{token}._domainkey.{domain}", "CNAME"]["records"]
        assert value == f"{token}.{keys_in(region)}"
    assert found[back, "MX"]["records"] == [f"10 feedback-smtp.{region}.amazonses.com"]
    assert found[back, "TXT"]["records"] == ["v=spf1 include:amazonses.com ~all"]
    [attributes] = resources["aws_sesv2_email_identity_mail_from_attributes"].values()
    assert attributes["mail_from_domain"] == back
    said = found.get((f"_dmarc.{domain}", "TXT"))
    assert (said and said["records"]) == (
        ["v=DMARC1; p=quarantine; rua=mailto:dmarc@example.jp"] if domain == "example.jp" else None
    )


def test_keys_stand_in_the_regions_own_domain_where_it_has_one() -> None:
    assert (keys_in("eu-west-1"), keys_in("eu-south-1")) == ("dkim.amazonses.com", "dkim.eu-south-1.amazonses.com")
    assert set(REGIONS) < set(ZONES)


@pytest.mark.parametrize(
    ("part", "sender", "may"),
    [
        ("web", "anybody@example.jp", True),
        ("notice", "no-reply@example.jp", True),
        ("notice", "boss@example.jp", False),
        ("daily", "daily@example.jp", True),
        ("daily", "no-reply@example.jp", False),
    ],
)
def test_who_sends_may_send_from_its_addresses_by_this_domain_alone(
    part: str, sender: str, may: bool, emitted: Emitted
) -> None:
    policy = json.loads(
        emitted["mail"]["environment-test"]["resource"]["aws_iam_role_policy"][f"{part}_task_policy"]["policy"]
    )
    place = "arn:aws:ses:ap-northeast-1:111111111111"
    for resource in (f"{place}:identity/example.jp", f"{place}:configuration-set/kakei-mail"):
        for action in ("ses:SendEmail", "ses:SendRawEmail"):
            assert allowed([policy], action, resource, {"ses:FromAddress": sender}) is may
    assert not allowed([policy], "ses:SendEmail", f"{place}:identity/example.org", {"ses:FromAddress": sender})


def test_what_is_asked_from_outside_rings_in_us_east_1_and_somebody_is_told(emitted: Emitted) -> None:
    """A topic that its mail goes to, or one that is declared there."""
    system = emitted["alarms"]
    topics = system["common-main"]["resource"]["aws_sns_topic"]
    there = topics["alarms_outside_topic"]
    told = {"test": f"arn:aws:sns:us-east-1:111111111111:{there['name']}"}
    told["production"] = "arn:aws:sns:us-east-1:222222222222:on-call"
    assert there["region"] == "us-east-1"
    assert there["name"] != topics["alarms_topic"]["name"]
    mailed = [
        each["endpoint"]
        for each in system["common-main"]["resource"]["aws_sns_topic_subscription"].values()
        if each.get("region") == "us-east-1"
    ]
    assert sorted(mailed) == ["on-call@example.jp", "ops@example.jp"]
    assert "aws_sns_topic" not in system["common-production"]["resource"]
    for environment, topic in told.items():
        resources = system[f"environment-{environment}"]["resource"]
        [check] = resources["aws_route53_health_check"].values()
        assert (check["type"], check["enable_sni"], len(check["regions"])) == ("HTTPS", True, 8)
        alarm = resources["aws_cloudwatch_metric_alarm"]["web_outside_alarm_outside"]
        assert (alarm["region"], alarm["alarm_actions"], alarm["ok_actions"]) == ("us-east-1", [topic], [topic])
        assert alarm["dimensions"] == {"HealthCheckId": "${aws_route53_health_check.web_outside_check.id}"}


def test_nobody_is_asked_from_outside_in_review(emitted: Emitted) -> None:
    assert "aws_route53_health_check" in emitted["service"]["environment-test"]["resource"]
    assert "aws_route53_health_check" not in emitted["service"]["review"]["resource"]
