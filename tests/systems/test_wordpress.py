"""WordPress on a reference architecture: a test for each line of what the system promises."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from tanada.declarations.loader import load
from tanada.stacks.app import synthesize
from tests.systems.emitted import System, actions
from tests.waf import passes

PROD, DEV, COMMON = "environment-prod", "environment-dev", "common-main"
ENVIRONMENTS = (PROD, DEV)
SALTS = {
    f"WORDPRESS_{each}{kind}" for each in ("AUTH", "SECURE_AUTH", "LOGGED_IN", "NONCE") for kind in ("_KEY", "_SALT")
}


@pytest.fixture
def wordpress(systems: Mapping[str, System]) -> System:
    return systems["wordpress"]


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_cloudfront_of_both_stacks_and_with_a_firewall_stands_in_front(stack: str, wordpress: System) -> None:
    shown = wordpress.one(stack, "aws_cloudfront_distribution")
    assert shown["is_ipv6_enabled"] is True
    assert shown["web_acl_id"]
    assert "aws_acm_certificate" in json.dumps(wordpress.stacks[COMMON]["output"]["edge_certificates"])
    assert shown["viewer_certificate"]["minimum_protocol_version"] == "TLSv1.2_2021"


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_the_load_balancer_takes_cloudfront_alone(stack: str, wordpress: System) -> None:
    assert [each["internal"] for each in wordpress.of(COMMON, "aws_lb").values()] == [True]
    [origin] = wordpress.one(stack, "aws_cloudfront_distribution")["origin"]
    assert origin["vpc_origin_config"]["vpc_origin_id"]
    ways_in = wordpress.of(COMMON, "aws_vpc_security_group_ingress_rule").values()
    assert not [each for each in ways_in if each.get("cidr_ipv4") == "0.0.0.0/0" or each.get("cidr_ipv6") == "::/0"]


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_files_are_kept_and_what_editors_do_is_not(stack: str, wordpress: System) -> None:
    shown = wordpress.one(stack, "aws_cloudfront_distribution")
    kept = {each["path_pattern"]: each.get("default_ttl") for each in shown["ordered_cache_behavior"]}
    month = 30 * 86400
    assert {path: ttl for path, ttl in kept.items() if ttl} == {"/wp-content/*": month, "/wp-includes/*": month}
    assert "default_ttl" not in shown["default_cache_behavior"]
    assert not kept.get("/wp-admin*")
    files = next(each for each in shown["ordered_cache_behavior"] if each["path_pattern"] == "/wp-content/*")
    assert files["forwarded_values"]["cookies"]["whitelisted_names"] == ["wordpress_*", "wp-*", "comment_*"]


def test_the_example_ships_its_dockerfile(wordpress: System) -> None:
    lines = (wordpress.folder / "image" / "Dockerfile").read_text(encoding="utf-8").splitlines()
    base = next(line for line in lines if line.startswith("FROM"))
    assert base.partition(":")[2] not in ("", "latest")
    assert "USER www-data" in lines
    assert (wordpress.folder / "image" / "healthz.php").is_file()


@pytest.mark.parametrize("stack", ENVIRONMENTS)
@pytest.mark.parametrize("path", ["/wp-admin/", "/wp-admin", "//wp-admin/users.php", "/%77p-admin/", "/wp-login.php"])
def test_wp_admin_is_reached_from_the_list_alone_at_the_edge(path: str, stack: str, wordpress: System) -> None:
    acl = wordpress.one(stack, "aws_wafv2_web_acl")
    assert (
        wordpress.one(stack, "aws_cloudfront_distribution")["web_acl_id"]
        == "${aws_wafv2_web_acl.wordpress_waf_acl.arn}"
    )
    sets = {
        f"${{aws_wafv2_ip_set.{name}.arn}}": each["addresses"]
        for name, each in wordpress.of(stack, "aws_wafv2_ip_set").items()
    }
    asking = ("203.0.113.9", "2001:db8:1::9", "198.51.100.1", "2001:db8:2::9")
    assert [each for each in asking if passes(acl, sets, path, each)] == ["203.0.113.9", "2001:db8:1::9"]
    assert passes(acl, sets, "/2026/11/hello", "198.51.100.1")


def test_no_firewall_is_paid_for_that_stands_before_nothing(wordpress: System) -> None:
    """All environments have one of their own, with the account's rules in it."""
    assert wordpress.of(COMMON, "aws_wafv2_web_acl") == {}


def test_a_list_of_addresses_is_a_word_and_off_by_default(wordpress: System, tmp_path: Path) -> None:
    """For an environment that isn't public yet."""
    sets = {
        f"${{aws_wafv2_ip_set.{name}.arn}}": each["addresses"]
        for name, each in wordpress.of(PROD, "aws_wafv2_ip_set").items()
    }
    assert passes(wordpress.one(PROD, "aws_wafv2_web_acl"), sets, "/", "198.51.100.1")
    (tmp_path / "environments").mkdir()
    shutil.copy(wordpress.folder / "system.yaml", tmp_path)
    said = (wordpress.folder / "environments/prod.yaml").read_text(encoding="utf-8")
    (tmp_path / "environments/prod.yaml").write_text(f"{said}services: {{wordpress: {{http: {{allow: office}}}}}}\n")
    synthesize(load(tmp_path), tmp_path / "cdktf.out")
    closed = json.loads((tmp_path / f"cdktf.out/stacks/{PROD}/cdk.tf.json").read_text())["resource"]
    sets = {f"${{aws_wafv2_ip_set.{name}.arn}}": each["addresses"] for name, each in closed["aws_wafv2_ip_set"].items()}
    [acl] = closed["aws_wafv2_web_acl"].values()
    for path in ("/", "/2026/11/hello", "/wp-admin/"):
        assert passes(acl, sets, path, "2001:db8:1::9")
        assert not passes(acl, sets, path, "198.51.100.1")


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_some_tasks_are_on_demand_and_most_others_on_spot(stack: str, wordpress: System) -> None:
    strategy = {
        each["capacity_provider"]: (each.get("base", 0), each["weight"])
        for each in wordpress.one(stack, "aws_ecs_service")["capacity_provider_strategy"]
    }
    assert strategy == {"FARGATE": (2, 30), "FARGATE_SPOT": (0, 70)}


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_its_files_last_encrypted_on_the_way_and_copied(stack: str, wordpress: System) -> None:
    assert wordpress.one(stack, "aws_efs_file_system")["encrypted"] is True
    assert wordpress.one(stack, "aws_efs_access_point")["posix_user"] == {"gid": 33, "uid": 33}
    assert wordpress.one(stack, "aws_efs_backup_policy")["backup_policy"] == {"status": "ENABLED"}
    volumes = wordpress.one(stack, "aws_ecs_task_definition")["volume"]
    [volume] = [each for each in volumes if "efs_volume_configuration" in each]
    assert volume["efs_volume_configuration"]["transit_encryption"] == "ENABLED"
    [container] = wordpress.containers(stack, "wordpress")
    assert [each["containerPath"] for each in container["mountPoints"] if each["sourceVolume"] == volume["name"]] == [
        "/var/www/html/wp-content"
    ]


def test_aurora_stands_in_two_zones(wordpress: System) -> None:
    cluster = wordpress.one(PROD, "aws_rds_cluster", "db_cluster")
    assert (cluster["engine"], cluster.get("engine_mode", "provisioned")) == (
        "aurora-mysql",
        "provisioned",
    )
    assert cluster["serverlessv2_scaling_configuration"]["max_capacity"] == 8
    instances = wordpress.of(PROD, "aws_rds_cluster_instance").values()
    assert [each["instance_class"] for each in instances] == ["db.serverless"] * 2


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_memcached_and_scaling_by_cpu_and_by_requests(stack: str, wordpress: System) -> None:
    assert wordpress.one(stack, "aws_elasticache_cluster")["engine"] == "memcached"
    followed = {
        each["target_tracking_scaling_policy_configuration"]["predefined_metric_specification"][
            "predefined_metric_type"
        ]
        for each in wordpress.of(stack, "aws_appautoscaling_policy").values()
    }
    assert followed == {"ECSServiceAverageCPUUtilization", "ALBRequestCountPerTarget"}


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_a_shell_in_a_task_and_no_bastion(stack: str, wordpress: System) -> None:
    assert wordpress.one(stack, "aws_ecs_service")["enable_execute_command"] is True
    for each in wordpress.stacks.values():
        assert "aws_instance" not in each["resource"]


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_both_records_lead_to_cloudfront(stack: str, wordpress: System) -> None:
    records = wordpress.of(stack, "aws_route53_record").values()
    assert sorted(each["type"] for each in records) == ["A", "AAAA"]
    assert all("aws_cloudfront_distribution" in each["alias"]["name"] for each in records)


def test_of_its_environments_one_is_not_created_by_default(wordpress: System) -> None:
    environments = load(wordpress.folder).environments
    assert {name: each.created for name, each in environments.items()} == {"dev": False, "prod": True}
    for name in environments:
        lines = (wordpress.folder / "environments" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 6


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_salts_and_passwords_stand_in_no_state(stack: str, wordpress: System) -> None:
    [container] = wordpress.containers(stack, "wordpress")
    taken = {each["name"]: each["valueFrom"] for each in container["secrets"]}
    assert {*taken} >= SALTS
    assert not SALTS & {each["name"] for each in container["environment"]}
    cluster = wordpress.one(stack, "aws_rds_cluster", "db_cluster")
    assert cluster.get("master_password") is None
    assert cluster["master_password_wo"]
    version = wordpress.one(stack, "aws_secretsmanager_secret_version")
    assert version.get("secret_string") is None
    assert version["secret_string_wo"]


@pytest.mark.parametrize("stack", ENVIRONMENTS)
def test_nothing_that_decides_whether_it_runs_asks_the_cache(stack: str, wordpress: System) -> None:
    """Neither start order, health check, nor what runs before it: from none of them is there a way to the cache."""
    [container] = wordpress.containers(stack, "wordpress")
    assert "dependsOn" not in container
    assert "healthCheck" not in container
    group = wordpress.one(stack, "aws_lb_target_group")["health_check"]
    assert group["path"] == "/healthz.php"
    php = (wordpress.folder / "image" / "healthz.php").read_text(encoding="utf-8").casefold()
    assert not [word for word in ("memcache", "getenv", "mysqli", "wp-", "require", "include") if word in php]
    assert set(wordpress.of(stack, "terraform_data")) == {"db_made", "workspace"}, "nothing runs before it"


def test_it_is_applied_by_github_actions(wordpress: System) -> None:
    roles = wordpress.of(COMMON, "aws_iam_role")
    assert {name.removeprefix("ci_role_") for name in roles if name.startswith("ci_role_")} == {
        "apply_main_role",
        "drift_role",
        "plan_role",
    }
    assert actions(wordpress.policy(COMMON, "ci_role_plan"))
