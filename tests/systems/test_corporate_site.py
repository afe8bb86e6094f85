"""A corporate site whose editors need no engineer: a test for each line of what the system promises."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from tanada.cli.show import rows_of
from tanada.declarations.comparison import ABSENT, THERE, differences
from tanada.declarations.loader import compose
from tests.iam import allowed
from tests.systems.emitted import System, actions, values

PRODUCTION, STAGING = "environment-production", "environment-staging"
MOVED = 1000


@pytest.fixture
def site(systems: Mapping[str, System]) -> System:
    return systems["corporate-site"]


def test_production_shows_files_of_a_private_bucket_by_cloudfront(site: System) -> None:
    shown = site.one(PRODUCTION, "aws_cloudfront_distribution")
    assert shown["aliases"] == ["www.example.co.jp"]
    files = next(
        each for each in shown["origin"] if each["origin_id"] == shown["default_cache_behavior"]["target_origin_id"]
    )
    assert "aws_s3_bucket.www_bucket_bucket." in files["domain_name"]
    assert files["origin_access_control_id"]
    closed = site.one(PRODUCTION, "aws_s3_bucket_public_access_block")
    assert all(closed[each] for each in ("block_public_acls", "block_public_policy", "restrict_public_buckets"))
    certificate = site.one("common-production", "aws_acm_certificate", "edge")
    assert certificate["region"] == "us-east-1"
    assert "*.example.co.jp" in certificate["subject_alternative_names"]


def test_contact_of_the_same_domain_reaches_rails(site: System) -> None:
    shown = site.one(PRODUCTION, "aws_cloudfront_distribution")
    contact = next(each for each in shown["ordered_cache_behavior"] if each["path_pattern"] == "/contact*")
    origin = next(each for each in shown["origin"] if each["origin_id"] == contact["target_origin_id"])
    assert "custom_origin_config" in origin
    rule = site.one(PRODUCTION, "aws_lb_listener_rule")
    assert (values(rule, "host_header"), values(rule, "path_pattern")) == (["www.example.co.jp"], ["/contact*"])
    assert "contact_target_group" in json.dumps(rule["action"])


def test_there_is_no_wordpress_in_production(site: System) -> None:
    assert [*site.of(PRODUCTION, "aws_ecs_service")] == ["contact_service"]
    assert site.of(PRODUCTION, "aws_db_instance") == {}
    assert [*site.of("common-production", "aws_ecr_repository")] == ["contact_repository"]


def test_operators_upload_below_their_prefix_by_roles_or_by_a_key_that_is_rotated(site: System) -> None:
    design = site.policy(PRODUCTION, "design_operator_policy")
    assert {"s3:PutObject", "s3:GetObjectVersion", "s3:ListBucketVersions", "cloudfront:CreateInvalidation"} <= actions(
        design
    )
    assert "s3:DeleteObjectVersion" not in actions(design)
    trust = json.loads(site.one(PRODUCTION, "aws_iam_role", "design_operator")["assume_role_policy"])
    assert f"AWSReservedSSO_Design_{'?' * 16}" in json.dumps(trust)
    agency = site.policy(PRODUCTION, "agency", "aws_iam_user_policy")
    objects = [each["Resource"] for each in agency if "s3:PutObject" in each["Action"]]
    assert all(resource.endswith("/campaign/*") for each in objects for resource in each)
    assert site.one(PRODUCTION, "aws_iam_user")["tags"]["Rotate"] == "90d"
    assert site.of(PRODUCTION, "aws_iam_access_key") == {}
    assert site.one(PRODUCTION, "aws_s3_bucket_versioning")["versioning_configuration"]["status"] == "Enabled"


def test_staging_alone_has_wordpress_and_mariadb(site: System) -> None:
    assert {*site.of(STAGING, "aws_ecs_service")} == {"cms_service", "contact_service"}
    assert site.one(STAGING, "aws_db_instance")["engine"] == "mariadb"


def test_in_staging_the_load_balancer_leads_contact_to_rails_and_all_else_to_the_cms(site: System) -> None:
    rules = sorted(site.of(STAGING, "aws_lb_listener_rule").values(), key=lambda rule: rule["priority"])
    assert values(rules[0], "path_pattern") == ["/contact*"]
    assert "contact_target_group" in json.dumps(rules[0]["action"])
    assert values(rules[1], "path_pattern") == []
    assert "cms_target_group" in json.dumps(rules[1]["action"])
    assert {host for rule in rules for host in values(rule, "host_header")} == {"staging.example.jp"}


def test_the_cms_is_reached_from_the_list_alone(site: System) -> None:
    rules = sorted(site.of(STAGING, "aws_lb_listener_rule").values(), key=lambda rule: rule["priority"])
    leading = [rule for rule in rules if "cms_target_group" in json.dumps(rule["action"])]
    assert [values(rule, "source_ip") for rule in leading] == [["203.0.113.0/24", "2001:db8:1::/48"]]
    after = rules[rules.index(leading[-1]) + 1]
    assert values(after, "host_header") == values(leading[0], "host_header"), "whoever else asks gets no further"
    assert after["action"][0]["fixed_response"]["status_code"] == "403"
    assert [name for name in site.of(STAGING, "aws_vpc_security_group_ingress_rule") if name.startswith("cms_")] == [
        "cms_from_load_balancers_port_8080"
    ]


def test_the_cms_may_write_the_production_site_and_invalidate_and_nothing_else(site: System) -> None:
    written = site.policy(PRODUCTION, "publishers")
    assert actions(written) == {
        "s3:ListBucket",
        "s3:PutObject",
        "s3:DeleteObject",
        "s3:AbortMultipartUpload",
        "cloudfront:CreateInvalidation",
        "cloudfront:GetInvalidation",
        "iam:ListRoleTags",
    }
    assert not [resource for each in written for resource in each["Resource"] if resource == "*"]
    role = site.one(PRODUCTION, "aws_iam_role", "publishers")
    assert "staging" in json.dumps(json.loads(role["assume_role_policy"])["Statement"][0]["Condition"])
    cms = site.policy(STAGING, "cms_task_policy")
    [assumed] = [each for each in cms if "sts:AssumeRole" in each["Action"]]
    assert [resource.rpartition("/")[2] for resource in assumed["Resource"]] == [role["name"]]
    [container] = site.containers(STAGING, "cms")
    variables = {each["name"]: each["value"] for each in container["environment"]}
    assert variables["SITE_ROLE"] == assumed["Resource"][0]
    assert variables["SITE_BUCKET"] == site.one(PRODUCTION, "aws_s3_bucket")["bucket"]


def test_old_dynamic_addresses_lead_to_pages_and_crawlers_see_the_old_ones(site: System) -> None:
    keys = site.one(PRODUCTION, "aws_cloudfrontkeyvaluestore_keys_exclusive")
    moved = {each["key"]: each["value"] for each in keys["resource_key_value_pair"]}
    assert len(moved) == MOVED
    assert "/blog/1632.html" in moved["/?p=1632"]
    code = site.one(PRODUCTION, "aws_cloudfront_function")["code"]
    assert "facebookexternalhit" in code
    assert "og:url" in code


def test_mail_goes_by_ses_with_dkim_spf_and_dmarc(site: System) -> None:
    for common, domain in (("common-production", "example.co.jp"), ("common-staging", "example.jp")):
        records = [
            (each["name"], each["type"], json.dumps(each["records"]))
            for each in site.of(common, "aws_route53_record").values()
        ]
        assert sum(f"._domainkey.{domain}" in name and type_ == "CNAME" for name, type_, _ in records) == 3
        assert any(name == f"_dmarc.{domain}" and "v=DMARC1" in text for name, _, text in records)
        assert any(type_ == "TXT" and "v=spf1 include:amazonses.com" in text for _, type_, text in records)


def test_the_mail_log_has_an_end_and_restore_points_and_one_who_reads_it(site: System) -> None:
    for stack in (PRODUCTION, STAGING):
        table = site.one(stack, "aws_dynamodb_table")
        assert table["ttl"] == {"attribute_name": "expires", "enabled": True}
        assert table["point_in_time_recovery"] == {"enabled": True}
        arn = "${aws_dynamodb_table.letters_table.arn}"
        readers = {
            name
            for name, each in site.of(stack, "aws_iam_role_policy").items()
            for action in ("GetItem", "Query", "Scan")
            if allowed([json.loads(each["policy"].replace(arn, "letters"))], f"dynamodb:{action}", "letters", {})
        }
        assert readers == {"auditor_person_policy"}


def test_rails_may_do_exactly_what_it_declares(site: System) -> None:
    contact = site.policy(PRODUCTION, "contact_task_policy")
    assert actions(contact) == {"ses:SendEmail", "ses:SendRawEmail", "dynamodb:DescribeTable", "dynamodb:PutItem"}
    resources = {resource for each in contact for resource in each["Resource"]}
    assert resources == {
        "arn:aws:ses:ap-northeast-1:222222222222:identity/example.co.jp",
        "arn:aws:ses:ap-northeast-1:222222222222:configuration-set/corporate-mail",
        "${aws_dynamodb_table.letters_table.arn}",
    }
    assert not any("AWS_ACCESS_KEY" in json.dumps(each) for each in site.containers(PRODUCTION, "contact"))


def test_the_task_definition_belongs_to_the_deploy_command_and_the_service_to_terraform(site: System) -> None:
    for stack in (PRODUCTION, STAGING):
        service = site.one(stack, "aws_ecs_service", "contact")
        assert "task_definition" in service["lifecycle"]["ignore_changes"]
    assert "ignore_changes" not in site.one(STAGING, "aws_ecs_service", "cms").get("lifecycle", {})


def test_rolling_and_blue_green_are_one_word_each(site: System) -> None:
    contact, cms = (site.one(STAGING, "aws_ecs_service", name) for name in ("contact", "cms"))
    assert contact["deployment_configuration"]["strategy"] == "BLUE_GREEN"
    assert "deployment_configuration" not in cms
    declared = (site.folder / "system.yaml").read_text(encoding="utf-8")
    assert declared.count("rollout: blue_green") == declared.count("rollout:") == 1


def test_what_differs_between_its_environments_is_one_table(site: System) -> None:
    declarations = compose(site.folder)
    found = {
        each.path: each.values for each in differences([rows_of(declarations, name) for name in (STAGING, PRODUCTION)])
    }
    assert found["domain"] == ("staging.example.jp", "www.example.co.jp")
    assert (found["services.cms"], found["stores.db"]) == ((THERE, ABSENT), (THERE, ABSENT))
    assert found["sites.www"] == (ABSENT, THERE)
    assert "services.contact.image" not in found
