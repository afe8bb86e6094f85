"""Tokens that say by their beginning what they are, and addresses that whoever knows them may post to.

A table of our own: no library of patterns that is pure Python promises that what a long text costs grows as it does;
gitleaks is a program. Sources are the services' own pages, and rules in gitleaks' config/gitleaks.toml, by name.
Lengths are shorter than theirs where the beginning alone is no word: a token that grows or is cut must not get out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tanada.patterns import pattern
from tanada.secrecy.urls import Span, random


@dataclass(frozen=True)
class _Kind:
    signs: tuple[str, ...]
    """One of them stands in each text that holds one: asked first, for most texts hold none."""
    pattern: re.Pattern[str]
    """Read once from the left: what it consumes it never gives back."""
    fits: Callable[[str], bool] = bool
    """Whether what the pattern found is a token."""


def _kind(signs: str, form: str, fits: Callable[[str], bool] = bool) -> _Kind:
    return _Kind(tuple(signs.split()), pattern(rf"(?<![A-Za-z0-9])(?P<secret>{form})"), fits)


def _made_up(token: str) -> bool:
    """Words may begin so: `hf_models`, `sk_test_fixtures`."""
    return random(token[3:])


def _of_json(token: str) -> bool:
    """Three parts or five, a signature of some length last."""
    parts = token.rstrip(".").split(".")
    return len(parts) in {3, 5} and len(parts[-1]) >= _SIGNATURE


_SIGNATURE = 8


def _address(sign: str, form: str) -> _Kind:
    return _Kind((sign,), pattern(form))


_KINDS = (
    # GitHub ("Behind GitHub's new authentication token formats"; github-pat, github-fine-grained-pat)
    _kind("ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_\w{16,}+"),
    _kind("github_pat_", r"github_pat_\w{16,}+"),
    # GitLab (docs.gitlab.com, "Token overview", prefixes; gitlab-pat and its kin)
    _kind("gl", r"gl(?:pat|ptt|oas|dt|rt|rtr|cbt|ft|imt|agent|soat|ffct|wt)-[\w.-]{12,}+", _made_up),
    # Slack (docs.slack.dev, "Tokens"; slack-bot-token, slack-app-token, slack-config-access-token)
    _kind("xox", r"xox[a-z](?:\.xox[a-z])?-[\w-]{10,}+"),
    _kind("xapp-", r"xapp-[\w-]{10,}+"),
    # Stripe (docs.stripe.com, "API keys", "Webhooks"; stripe-access-token)
    _kind("k_test_ k_live_ k_prod_", r"[sr]k_(?:test|live|prod)_\w{8,}+", _made_up),
    _kind("whsec_", r"whsec_[\w+/=-]{8,}+"),
    # npm (docs.npmjs.com, "About access tokens"; npm-access-token)
    _kind("npm_", r"npm_[A-Za-z0-9]{20,}+"),
    # PyPI and its test index (pypi.org/help, "API tokens": macaroons in base64; pypi-upload-token)
    _kind("pypi-AgE", r"pypi-AgE[\w-]{8,}+"),
    # Google (cloud.google.com, "API keys", "OAuth 2.0"; gcp-api-key)
    _kind("AIza", r"AIza[\w-]{20,}+"),
    _kind("ya29.", r"ya29\.[\w.-]{16,}+"),
    _kind("GOCSPX-", r"GOCSPX-[\w-]{16,}+"),
    # SendGrid, Brevo (sendgrid-api-token, sendinblue-api-token)
    _kind("SG.", r"SG\.[\w-]{16,}+\.[\w-]{16,}+"),
    _kind("xkeysib-", r"xkeysib-[\w-]{16,}+"),
    # OpenAI (platform.openai.com, "API keys"; openai-api-key), Anthropic (anthropic-api-key), and others of their kind
    _kind("sk-", r"sk-(?:(?:proj|ant|svcacct|admin|or|lf)-[\w-]{12,}+|[A-Za-z0-9]{32,}+)", _made_up),
    _kind("gsk_", r"gsk_[A-Za-z0-9]{20,}+"),
    _kind("pplx-", r"pplx-[A-Za-z0-9]{20,}+"),
    _kind("hf_", r"hf_[A-Za-z0-9]{16,}+", _made_up),
    # HashiCorp (developer.hashicorp.com, "Tokens": hvs., hvb., hvr.; vault-service-token, hashicorp-tf-api-token)
    _kind("hvs. hvb. hvr.", r"hv[sbr]\.[\w-]{12,}+", _made_up),
    _kind(".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{16,}+"),
    # Docker (docs.docker.com, "Personal access tokens", "Organization access tokens")
    _kind("dckr_pat_ dckr_oat_", r"dckr_[po]at_[\w-]{12,}+"),
    # Atlassian (support.atlassian.com, "Manage API tokens"; atlassian-api-token), Bitbucket's of the same form
    _kind("ATATT3 ATCTT3", r"AT[AC]TT3[\w=-]{12,}+"),
    # DigitalOcean (docs.digitalocean.com, "Personal access token"; digitalocean-pat)
    _kind("_v1_", r"do[opr]_v1_\w{16,}+"),
    # Shopify (shopify.dev, "Access tokens"; shopify-access-token and its kin)
    _kind("shp", r"shp(?:at|ca|pa|ss)_[A-Za-z0-9]{16,}+"),
    # Others that gitleaks has rules for
    _kind("pscale_", r"pscale_(?:tkn|oauth|pw)_[\w=.-]{16,}+"),
    _kind("PMAK-", r"PMAK-[\w-]{20,}+"),
    _kind("pul-", r"pul-[a-f0-9]{20,}+"),
    _kind("rubygems_", r"rubygems_[a-f0-9]{20,}+"),
    _kind("sntrys_ sntryu_", r"sntry[su]_[\w+/=-]{16,}+"),
    _kind("glsa_ glc_", r"gl(?:sa|c)_[\w+/=-]{20,}+", _made_up),
    _kind("NRAK-", r"NRAK-[A-Za-z0-9]{16,}+"),
    _kind("lin_api_", r"lin_api_[A-Za-z0-9]{16,}+"),
    _kind("dp.pt.", r"dp\.pt\.[A-Za-z0-9]{16,}+"),
    _kind("dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
    _kind("sq0", r"sq0[a-z]{3}-[\w-]{16,}+"),
    _kind("ops_eyJ", r"ops_eyJ[\w+/=-]{16,}+"),
    _kind("AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[A-Z0-9]{20,}+"),
    # JSON Web Tokens (RFC 7519); those of JWE have three parts more (RFC 7516)
    _kind("eyJ", r"eyJ[\w-]{8,}+(?:\.[\w-]*+)*+", _of_json),
    # Slack (docs.slack.dev, "Sending messages using incoming webhooks")
    _address("hooks.slack.com/", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<secret>[\w/-]++)"),
    # Microsoft Teams (learn.microsoft.com, "Create an Incoming Webhook": connectors, and workflows, whose `sig` signs)
    _address("webhook.office.com/", r"webhook\.office\.com/(?P<secret>[^\s\"'<>`]++)"),
    _address("outlook.office", r"outlook\.office(?:365)?\.com/webhook/(?P<secret>[^\s\"'<>`]++)"),
    _address("logic.azure", r"logic\.azure\.(?:com|us|cn)(?::\d{1,5})?/(?P<secret>[^\s\"'<>`]++)"),
    _address("api.powerplatform.com", r"api\.powerplatform\.com(?::\d{1,5})?/(?P<secret>[^\s\"'<>`]++)"),
    # Discord (discord.com/developers, "Webhook": id and token)
    _address("/api/", r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/(?P<secret>\d{1,20}/[\w-]++)"),
    # Google Chat (developers.google.com, "Build an app as a webhook": key and token)
    _address(
        "chat.googleapis.com/", r"chat\.googleapis\.com/v1/spaces/[\w-]{1,40}/messages\?(?P<secret>[^\s\"'<>`]++)"
    ),
    # Zapier, Make, PagerDuty: an address that asks nobody who they are
    _address("hooks.zapier.com/", r"hooks\.zapier\.com/hooks/catch/(?P<secret>[\w/-]++)"),
    # Telegram (core.telegram.org/bots/api, "Making requests"), Healthchecks.io ("Pinging API": a UUID)
    _address("api.telegram.org/", r"api\.telegram\.org/(?:file/)?bot(?P<secret>\d{1,20}:[\w-]++)"),
    _address("hc-ping.com/", r"hc-ping\.com/(?P<secret>[\w-]{16,}+)"),
    _address("events.pagerduty.com/", r"events\.pagerduty\.com/integration/(?P<secret>[\w-]++)"),
)


def tokens(text: str) -> Iterator[Span]:
    """Where tokens stand in a text, and what of an address is secret."""
    for kind in _KINDS:
        for sign in kind.signs:  # a loop, for `any` takes longer than all that it asks
            if sign in text:
                found = kind.pattern.finditer(text)
                yield from (match.span("secret") for match in found if kind.fits(match["secret"]))
                break
