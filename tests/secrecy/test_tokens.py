"""Tokens that say by their beginning what they are, and addresses that whoever knows them may post to."""

from __future__ import annotations

import pytest

from tanada.secrecy import SENSITIVE, Secrets
from tanada.secrecy.tokens import tokens

BODY = "aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5"
HEX = "0123456789abcdef0123456789abcdef"

TOKENS = [
    *(f"gh{kind}_{BODY}" for kind in "pousr"),
    *(
        f"github_pat_{BODY}",
        f"glpat-{BODY}",
        f"gldt-{BODY}",
        f"glrt-{BODY}",
        f"xoxb-123456789012-{BODY}",
        f"xapp-1-A01-{BODY}",
    ),
    *(
        f"sk_test_{BODY}",
        f"sk_live_{BODY}",
        f"rk_live_{BODY}",
        f"whsec_{BODY}",
        f"npm_{BODY}",
        f"pypi-AgEIcHlwaS5vcmc{BODY}",
    ),
    *(f"AIza{BODY}", f"ya29.a0{BODY}", f"SG.{BODY}.{BODY}", f"sk-proj-{BODY}", f"sk-ant-api03-{BODY}", f"sk-{BODY}"),
    *(
        f"hvs.{BODY}",
        f"hvb.{BODY}",
        f"dckr_pat_{BODY}",
        f"hf_{BODY}",
        f"ATATT3{BODY}=1A2B",
        f"dop_v1_{HEX}",
        f"doo_v1_{HEX}",
    ),
    *(f"shpat_{HEX}", f"shpss_{HEX}", f"pul-{HEX}", f"rubygems_{HEX}", f"dapi{HEX}", f"NRAK-{BODY}", f"lin_api_{BODY}"),
    *(
        f"glsa_{BODY}",
        f"sntrys_{BODY}",
        f"PMAK-{BODY}",
        f"GOCSPX-{BODY}",
        f"dp.pt.{BODY}",
        f"xkeysib-{HEX}",
        f"gsk_{BODY}",
    ),
    *("eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl", f"eyJhbGciOiJSU0EifQ.{BODY}.{BODY}.{BODY}.{BODY}"),
]
ADDRESSES = [
    ("https://hooks.slack.com/services/", "T01/B02/x1Y2"),
    ("https://acme.webhook.office.com/", "webhookb2/a1-b2@c3-d4/IncomingWebhook/e5/f6"),
    (
        "https://prod-01.japaneast.logic.azure.com:443/",
        "workflows/0a/triggers/manual/paths/invoke?api-version=1&sig=a-B",
    ),
    ("https://x1.api.powerplatform.com:443/", "powerautomate/automations/direct/workflows/0a?sig=ab"),
    ("https://discord.com/api/webhooks/", "123456789/ab-CD_ef"),
    ("https://discordapp.com/api/v10/webhooks/", "123456789/ab-CD_ef"),
    ("https://chat.googleapis.com/v1/spaces/AAA/messages?", "key=a1&token=b2"),
    ("https://hooks.zapier.com/hooks/catch/", "123/abc"),
]


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_is_known_by_its_beginning(token: str) -> None:
    for before, after in (("", ""), ("see ", " there"), ('{"x": "', '"}'), ("https://h/?x=", "&y=1"), ("(", ")")):
        assert Secrets().remove(f"{before}{token}{after}") == f"{before}{SENSITIVE}{after}"


@pytest.mark.parametrize(("address", "secret"), ADDRESSES)
def test_of_a_webhook_the_host_stays(address: str, secret: str) -> None:
    assert Secrets().remove(f"post to '{address}{secret}' now") == f"post to '{address}{SENSITIVE}' now"


@pytest.mark.parametrize(
    "text",
    [
        *("ghp_ and gho_", "npm_config_registry", "npm_package_dependencies_typescript_version", "hf_models_of_team"),
        *("pypi-server-production-2", "sk_test_fixtures_of_team", "task_test_environment", "sk-learn-and-others"),
        *("hvs.example.jp", "AIza", "glpat", "xoxb", "eyJhIjoxfQ", "eyJhbGciOiJIUzI1NiJ9.html", "dop_v1_", "shpat_ is"),
        *("https://hooks.slack.com/help", "https://discord.com/developers/docs/resources/webhook", "SG.1"),
        *("https://learn.microsoft.com/azure/logic-apps", "AKIAIOSFODNN7EXAMPLE", "glc_ gls", "data.dapi", "whsec_"),
        *("arn:aws:ecs:ap-northeast-1:123456789012:task-definition/web:3", "sha256:" + HEX * 2, "pul-request", "ya29."),
        "sg-0123456789abcdef0",
    ],
)  # fmt: skip
def test_other_texts_stay(text: str) -> None:
    assert not list(tokens(text))
    assert Secrets().remove(text) == text
