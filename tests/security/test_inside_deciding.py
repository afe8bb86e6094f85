"""No name elsewhere hides what decides who may do what, from where, and what runs; what is hidden says why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tanada.comment.document import comment, drift_issue
from tanada.comment.page import RunInfo
from tanada.plan import Reason, Report, render, shown, summary
from tanada.plan.secrets import secrets_of
from tanada.secrecy import SENSITIVE, decides, found, names_of
from tanada.secrecy.ordinary import ordinary
from tanada.templates import comment_template, drift_template

NOWHERE = Path("/nowhere")

Sides = tuple[str, dict[str, Any], dict[str, Any]]


def policy(**statement: Any) -> str:
    whole = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::shop/a", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "one", **whole}]})


def statement(**more: Any) -> Sides:
    return "aws_iam_role_policy", {"policy": policy()}, {"policy": policy(**more)}


def trust(**more: Any) -> Sides:
    return "aws_iam_role", {"assume_role_policy": policy()}, {"assume_role_policy": policy(**more)}


def two_statements(**more: Any) -> Sides:
    both = json.loads(policy())
    both["Statement"].append({"Sid": "two", "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "x", **more})
    return "aws_iam_role_policy", {"policy": policy()}, {"policy": json.dumps(both)}


def of(kind: str, **differs: tuple[Any, Any]) -> Sides:
    return kind, {key: one for key, (one, _) in differs.items()}, {key: other for key, (_, other) in differs.items()}


def rule(**more: Any) -> dict[str, Any]:
    held = {"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/16"], "description": "web"}
    return {**held, **more}


def path(value: str) -> dict[str, Any]:
    return {"path_pattern": [{"values": [value]}]}


def container(**more: Any) -> dict[str, Any]:
    web = {"name": "web", "image": "shop/web:1", "environment": [{"name": "A", "value": "1"}], **more}
    return {"container_definitions": json.dumps([web])}


def placed(where: str) -> dict[str, Any]:
    return container(secrets=[{"name": "A", "valueFrom": where}])


def capable(added: str) -> dict[str, Any]:
    return container(linuxParameters={"capabilities": {"add": [added]}})


def waf(counted: str) -> dict[str, Any]:
    group = {"name": "AWSManagedRulesCommonRuleSet", "rule_action_override": [{"name": counted}]}
    return {"name": "common", "statement": {"managed_rule_group_statement": group}}


def two_containers(image: str) -> Sides:
    both = json.dumps([{"name": "web", "image": "shop/web:1"}, {"name": "side", "image": image}])
    return "aws_ecs_task_definition", container(), {"container_definitions": both}


DECIDING: dict[str, tuple[str, Sides]] = {
    "an action": ("dynamodb:*", statement(Action=["s3:GetObject", "dynamodb:*"])),
    "all actions of a kind": ("iam:Pass*", statement(Action="iam:Pass*")),
    "what is excluded": ("kms:Decrypt*", statement(NotAction=["kms:Decrypt*"])),
    "a new statement's action": ("dynamodb:*", two_statements(Action="dynamodb:*")),
    "a new statement's resource": ("shop-bucket9/*", two_statements(Resource=["shop-bucket9/*"])),
    "a star among resources": ("*/shop9x/*", statement(Resource=["*/shop9x/*"])),
    "a principal": ("AIDA1234567890EXAMPLE", trust(Principal={"AWS": ["AIDA1234567890EXAMPLE"]})),
    "a federated principal": ("idp9x.example.com/x1y2z3", trust(Principal={"Federated": "idp9x.example.com/x1y2z3"})),
    "a condition": ("repo:acme9x/*", trust(Condition={"StringLike": {"token.x:sub": ["repo:acme9x/*"]}})),
    "an organization": ("o-a1b2c3d4e5", statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})),
    "a policy that is no JSON": ("allow9x *", of("aws_x", policy=("none", "allow9x *"))),
    "a range": (
        "2001:db8:4::/48",
        of("aws_security_group", ingress=([rule()], [rule(cidr_blocks=["2001:db8:4::/48"])])),
    ),
    "a new rule's range": (
        "2001:db8:4::/48",
        of("aws_security_group", ingress=([rule()], [rule(), rule(from_port=22, cidr_blocks=["2001:db8:4::/48"])])),
    ),
    "a rule of its own": (
        "2001:db8:4::/48",
        of("aws_vpc_security_group_ingress_rule", cidr_ipv6=("2001:db8::/64", "2001:db8:4::/48")),
    ),
    "a prefix list": ("pl-0a1b2c3d", of("aws_x", prefix_list_ids=(["pl-1"], ["pl-1", "pl-0a1b2c3d"]))),
    "a group": ("sg-0a1b2c3d4e", of("aws_x", referenced_security_group_id=("sg-1", "sg-0a1b2c3d4e"))),
    "a port": ("12345678", of("aws_x", from_port=(443, 12345678))),
    "addresses": ("2001:db8:4::/48", of("aws_wafv2_ip_set", addresses=(["10.0.0.0/8"], ["2001:db8:4::/48"]))),
    "a firewall's rule": ("S1ze9x_x1y2z3", of("aws_wafv2_web_acl", rule=([waf("XSS_BODY")], [waf("S1ze9x_x1y2z3")]))),
    "an image": ("evil9x/web:x1y2z3", ("aws_ecs_task_definition", container(), container(image="evil9x/web:x1y2z3"))),
    "a second container's image": ("evil9x/web:x1y2z3", two_containers("evil9x/web:x1y2z3")),
    "a tag": ("4f2a9c1d", ("aws_ecs_task_definition", container(), container(image="shop/web:4f2a9c1d"))),
    "a function's image": ("evil9x/web:x1y2z3", of("aws_lambda_function", image_uri=("web:1", "evil9x/web:x1y2z3"))),
    "a role": ("adm1n9x-role", of("aws_iam_instance_profile", role=("web", "adm1n9x-role"))),
    "a role's ARN": ("role/adm1n9x", of("aws_x", task_role_arn=("x:role/web", "x:role/adm1n9x"))),
    "a caller": ("s3x9y8.example/x1y2z3", of("aws_lambda_permission", principal=("sns", "s3x9y8.example/x1y2z3"))),
    "a path": ("/adm1n9x/*", of("aws_x", condition=([path("/a")], [path("/adm1n9x/*")]))),
    "an origin": ("https://*.evil9x.com", of("aws_x", allowed_origins=(["https://a"], ["https://*.evil9x.com"]))),
    "a provider": ("https://evil9x.com/a?b=1", of("aws_x", url=("https://a", "https://evil9x.com/a?b=1"))),
    "an issuer": ("https://evil9x.com/a?b=1", of("aws_x", issuer=("a", "https://evil9x.com/a?b=1"))),
    "a thumbprint": ("9e99a48a9960b149", of("aws_x", thumbprint_list=(["a"], ["9e99a48a9960b149"]))),
    "a client": ("evil9x-x1y2z3", of("aws_x", client_id_list=(["a"], ["evil9x-x1y2z3"]))),
    "a variable": ("evil9x:x1y2z3", of("aws_x", condition=([{"variable": "a"}], [{"variable": "evil9x:x1y2z3"}]))),
    "a record": ("evil9x=x1y2z3", of("aws_route53_record", records=(["a"], ["evil9x=x1y2z3"]))),
    "a service": ("vpce-svc-0a1b2c3d", of("aws_vpc_endpoint", service_name=("a", "vpce-svc-0a1b2c3d"))),
    "a redirect": ("/adm1n9x/#{path}", of("aws_x", redirect=([{"path": "/"}], [{"path": "/adm1n9x/#{path}"}]))),
    "a secret's place": ("/evil9x/x1y2z3", ("aws_ecs_task_definition", container(), placed("/evil9x/x1y2z3"))),
    "an archive": ("evil9x/x1y2z3.zip!", of("aws_lambda_function", s3_key=("a", "evil9x/x1y2z3.zip!"))),
    "a pattern": ("^/adm1n9x.*$", of("aws_x", regex_string=("a", "^/adm1n9x.*$"))),
    "a time": ("cron(0 9 ? * MON *)", of("aws_x", schedule_expression=("a", "cron(0 9 ? * MON *)"))),
    "a bucket of logs": ("evil9x-x1y2z3", of("aws_lb", access_logs=([{"bucket": "a"}], [{"bucket": "evil9x-x1y2z3"}]))),
    "a pool": ("evil9x_x1y2z3", of("aws_x", user_pool_client=("a", "evil9x_x1y2z3"))),
    "a capability": ("SYS_x1y2z3!", ("aws_ecs_task_definition", container(), capable("SYS_x1y2z3!"))),
    "a host's folder": ("/var/evil9x/x1y2*", of("aws_x", host_path=("a", "/var/evil9x/x1y2*"))),
    "an alias": ("evil9x-x1y2z3", of("aws_route53_record", alias=([{"name": "a"}], [{"name": "evil9x-x1y2z3"}]))),
    "a callback": ("https://evil9x.com/c?a=1", of("aws_x", callback_urls=(["https://a"], ["https://evil9x.com/c?a=1"]))),
}  # fmt: skip


def document(sides: Sides, secret: Any, holder: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A plan that changes something, and holds a text under a name like a secret's elsewhere."""
    kind, before, after = sides
    change = {"actions": ["update"], "before": before, "after": after}
    entry = {"address": f"{kind}.y", "mode": "managed", "type": kind, "change": change}
    named = holder or container(environment=[{"name": "A_TOKEN", "value": secret}])
    other = {"actions": ["create"], "before": None, "after": named}
    holding = {**entry, "address": "aws_ecs_task_definition.z", "type": "aws_ecs_task_definition", "change": other}
    return {"format_version": "1.2", "resource_changes": [entry, holding], **more}


def texts(plan: dict[str, Any], *reasons: Reason) -> Iterator[str]:
    """What people are shown: terminal, report, comment, drift issue; the last two through the door a second time."""
    whole = summary(plan)
    report = Report(
        "environment-test", "environment-test", "environment", "main", False, "changes", summary=whole, reasons=reasons
    )
    yield render(whole)
    yield json.dumps(asdict(shown(report, secrets_of(plan))), ensure_ascii=False)
    yield comment([shown(report, secrets_of(plan))], RunInfo("sys"), comment_template(NOWHERE), 65_000).body
    if whole.drift:
        yield drift_issue([shown(report)], RunInfo("sys"), drift_template(NOWHERE), 65_000) or ""


def named_by(secret: Any) -> Iterator[dict[str, Any]]:
    yield container(environment=[{"name": "A_TOKEN", "value": secret}])
    yield {"tags": {"db-password": secret}}
    yield {"client_secret": secret}
    yield {"triggers": {"credentials": {"user": secret}}}
    yield container(command=["serve", "--token", secret])
    yield {"url": f"postgres://app:{secret}@db.example.jp/app"}


@pytest.mark.parametrize("case", DECIDING)
def test_a_name_elsewhere_hides_nothing_that_decides(case: str) -> None:
    text, sides = DECIDING[case]
    assert not ordinary(text)  # else it would be looked for nowhere
    for holder in named_by(text):
        for said in texts(document(sides, text, holder)):
            assert text in said, holder


@pytest.mark.parametrize("case", ["an action", "a range", "an image", "a principal"])
def test_a_declaration_or_an_output_hides_none_either(case: str) -> None:
    text, sides = DECIDING[case]
    reason = Reason("environments/test.yaml", 7, "services.web.variables.A_TOKEN", None, text)
    output = {"a_token": {"actions": ["create"], "before": None, "after": text}}
    for said in texts(document(sides, "", output_changes=output), reason):
        assert text in said


def test_neither_does_a_secret_that_is_longer_shorter_or_encoded() -> None:
    text, sides = DECIDING["an action"]
    for secret in (
        f'["s3:GetObject", "{text}"]',
        "dynamodb",
        '"Allow"',
        policy(Action=["s3:GetObject", text]),
        f'{text}"',
    ):
        for said in texts(document(sides, secret)):
            assert text in said


def test_nothing_that_looks_like_a_credential_takes_a_neighbour_with_it() -> None:
    for more in (
        {"Condition": {"StringLike": {"aws:PrincipalTag/password": ["*x9*"]}}},
        {"Condition": {"StringLike": {"token": "*x9*"}}},
        {"Action": ["s3:password=", "*x9*"]},
        {"Resource": ["arn:aws:s3:::a/token=b", "*x9*"]},
        {"Sid": "token is", "Resource": "*x9*"},
        {"Resource": "arn:aws:s3:::shop/password=*x9*"},
    ):
        for sides in (statement(**more), two_statements(**more)):
            for said in texts(document(sides, "none")):
                assert "*x9*" in said, more


def test_drift_that_decides_is_shown_too() -> None:
    text, sides = DECIDING["a range"]
    plan = document(sides, text)
    for said in texts({**plan, "resource_drift": plan["resource_changes"][:1]}):
        assert text in said


def test_a_new_tag_is_shown_whatever_it_looks_like() -> None:
    for tag in ("4f2a9c1d", "glpat-abcdefghij1234567890", "token-1a2b3c4d"):
        before, after = container(), container(image=f"shop/web:{tag}")
        plan = document(("aws_ecs_task_definition", before, after), tag)
        plan["resource_changes"][0]["change"] |= {
            "actions": ["delete", "create"],
            "replace_paths": [["container_definitions"]],
        }
        whole = summary(plan)
        assert [each.images for each in whole.deploys] == [(("web", "1", tag),)]
        for said in texts(plan):
            assert tag in said


def test_what_terraform_marks_there_stays_hidden() -> None:
    text, sides = DECIDING["an image"]
    plan = document(
        sides, "none", output_changes={"x": {"actions": ["create"], "after": text, "after_sensitive": True}}
    )
    for said in texts(plan):
        assert text not in said
        assert "hidden: it holds a value that is marked as sensitive elsewhere" in said or said.startswith("{")


@pytest.mark.parametrize(
    ("holder", "why"),
    [
        (
            container(environment=[{"name": "A_TOKEN", "value": "tok-x1y2z3"}]),
            "the value of variable A_TOKEN, which is named like a secret",
        ),
        ({"tags": {"db-password": "tok-x1y2z3"}}, "the value of db-password, which is named like a secret"),
        (container(command=["serve", "--token", "tok-x1y2z3"]), "what follows --token, which is named like a secret"),
        ({"url": "postgres://app:tok-x1y2z3@db.example.jp/app"}, "a credential that stands in url"),
        ({"x": 1}, "a credential that stands in note"),
    ],
)  # fmt: skip
def test_where_something_unmarked_is_hidden_the_section_says_why(holder: dict[str, Any], why: str) -> None:
    told = "password=tok-x1y2z3" if "x" in holder else "see tok-x1y2z3"
    terminal, report, body = texts(document(of("aws_x", note=("old", told)), "", holder))
    for said in (terminal, body):
        assert "tok-x1y2z3" not in said
        assert f"hidden: it holds {why}" in said
        assert said.count("hidden: it holds") == 1
    assert why in report


def test_what_a_name_or_a_mark_hides_in_its_own_place_needs_no_reason() -> None:
    marked = document(of("aws_x", password=("a1b2c3d4", "tok-x1y2z3"), n=(1, 2)), "none")
    marked["resource_changes"][0]["change"]["after_sensitive"] = {"n": True}
    for said in texts(marked):
        assert "hidden: it holds" not in said
        assert "tok-x1y2z3" not in said


def test_a_declarations_secret_is_given_as_the_reason_at_the_second_door() -> None:
    plan = document(of("aws_x", note=("old", "see tok-x1y2z3")), "none")
    reason = Reason("environments/test.yaml", 7, "services.web.labels.api-token", None, "tok-x1y2z3")
    report = Report(
        "environment-test", "environment-test", "environment", "main", False, "changes",
        summary=summary(plan), reasons=(reason,),
    )  # fmt: skip
    body = comment([report], RunInfo("sys"), comment_template(NOWHERE), 65_000).body
    assert "hidden: it holds the value of api-token, which is named like a secret" in body
    assert "tok-x1y2z3" not in body


def test_a_line_of_the_declaration_that_decides_is_shown_and_another_says_why_it_is_not() -> None:
    token = Reason("environments/test.yaml", 7, "services.web.variables.A_TOKEN", None, "evil9x/web:x1y2z3")
    image = Reason("environments/test.yaml", 8, "services.web.image", "web", "evil9x/web:x1y2z3")
    label = Reason("environments/test.yaml", 9, "services.web.labels.note", None, "run evil9x/web:x1y2z3")
    report = Report(
        "environment-test", "environment-test", "environment", "main", False, "changes", reasons=(token, image, label)
    )
    body = comment([report], RunInfo("sys"), comment_template(NOWHERE), 65_000).body
    (one, two, three) = (line for line in body.splitlines() if "environments/test.yaml" in line)
    assert "evil9x" not in one + three
    assert "`web` → `evil9x/web:x1y2z3`" in two
    assert "hidden" not in two
    assert "hidden: it holds the value of A" in three


@pytest.mark.parametrize(
    "path",
    [
        *("policy.Statement[0].Action", 'policy.Statement[0].Condition.StringLike["aws:x"]', "policy"),
        *("ingress[443].cidr_blocks", "cidr_ipv4", "prefix_list_ids", "container_definitions[web].image", "role_arn"),
        *("container_definitions[web].portMappings[0].containerPort", "image_tags.auth", "kms_key_id", "x.port"),
    ],
)  # fmt: skip
def test_what_decides(path: str) -> None:
    assert decides(names_of(path))


@pytest.mark.parametrize(
    "path",
    [
        *("common.ci.github", "common.ci.gitlab", "common.ci.branch", "common.ci.server", "common.ci.tests"),
        *("accounts.main.common.ci.existing_provider", "common.network.existing.vpc"),
        "common.hosted_zones[0].existing",
        *("blueprint.services.web.reach", "services.web.reach", "accounts.main.region", "account", "domain"),
        *("accounts.main.id", "accounts.token.id", "services.auth.reach", "accounts.secret.common.ci.github"),
    ],
)  # fmt: skip
def test_what_decides_in_a_declaration_is_shown(path: str) -> None:
    text = "acme9x/infra-x1y2"
    token = Reason("environments/test.yaml", 7, "services.web.variables.A_TOKEN", None, text)
    other = Reason("environments/test.yaml", 8, path, "acme9x/infra", text)
    report = Report(
        "environment-test", "environment-test", "environment", "main", False, "changes", reasons=(token, other)
    )
    body = comment([report], RunInfo("sys"), comment_template(NOWHERE), 65_000).body
    (one, two) = (line for line in body.splitlines() if "environments/test.yaml" in line)
    assert text not in one
    assert f"`acme9x/infra` → `{text}`" in two


@pytest.mark.parametrize(
    "path",
    [
        *("user_pool_client_secret", "secrets.user", "x.password", "tags.url", "container_definitions"),
        *("services.web.variables.A_TOKEN", "services.secrets.variables.A_TOKEN", "outputs.secrets.A_TOKEN"),
    ],
)
def test_what_is_a_secrets_own_decides_nothing(path: str) -> None:
    assert not decides(names_of(path))


@pytest.mark.parametrize(
    "path",
    [
        *("services.web.secrets.A_TOKEN", "blueprint.services.secrets.secrets.A_TOKEN"),
        *("services.web.sidecars.auth.secrets.A_TOKEN", "services.web.sidecars.token.image"),
        *("services.web.permissions.rotate-token.actions", "services.web.permissions.my-secret.resources"),
    ],
)
def test_where_a_secret_is_kept_and_what_is_permitted_is_shown_whatever_it_is_called(path: str) -> None:
    assert decides(names_of(path))


def test_a_credential_in_an_address_that_decides_goes_out_by_its_form() -> None:
    url = "https://web:tok-x1y2z3@evil9x.com/a"
    for said in texts(document(of("aws_x", url=("https://a", url)), "none")):
        assert "tok-x1y2z3" not in said
        assert "evil9x.com/a" in said


@pytest.mark.parametrize(
    "path",
    [
        *("policy.Statement[0].Sid", "container_definitions[web].environment.APP_IMAGE", "tags.Owner", "description"),
        *("container_definitions[web].command", "user_data", "services.user", "labels.port", 'options["sg-id"]', ""),
        *("credentials.user", "secret.users"),
    ],
)
def test_what_decides_nothing(path: str) -> None:
    assert not decides(names_of(path))


def test_a_secret_among_what_people_name_is_hidden_beside_what_decides() -> None:
    more = {"command": ["serve", "tok-x1y2z3"], "dockerLabels": {"image": "tok-x1y2z3"}}
    both = json.dumps([{"name": "web", "image": "shop/web:1"}, {"name": "side", "image": "shop/side:2", **more}])
    sides = ("aws_ecs_task_definition", container(), {"container_definitions": both})
    for said in texts(document(sides, "tok-x1y2z3")):
        assert "tok-x1y2z3" not in said
        assert "shop/side:2" in said


def test_what_is_found_says_what_it_is() -> None:
    assert found({"variables": {"A_TOKEN": "tok-x1"}}) == [
        ("tok-x1", "the value of variable A_TOKEN, which is named like a secret")
    ]
    assert SENSITIVE not in str(found({"auth": {"x": "tok-x1"}}))
