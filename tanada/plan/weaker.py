"""What a plan lets hold less strictly of what stays: who gets in, what is shown, what is kept. One table of arguments,
whoever changed them: a word of the declaration, a patch or an extension."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks, number
from tanada.text import count, listed

IN, SHOWN, LOST = (
    "somebody gets in who did not",
    "a load balancer shows something else",
    "what is deleted or overwritten can't come back",
)
_LETS_IN = "a web application firewall stops less"
_ANSWERED = "other names are answered inside a VPC"


@dataclass(frozen=True)
class _Argument:
    """An argument, by the blocks that it is in, and when a change of it holds less."""

    path: str
    less: Callable[[Any, Any], bool]
    words: str
    headline: str


def _from(value: object) -> Callable[[Any, Any], bool]:
    return lambda before, after: before == value and after != value


def _to(value: object) -> Callable[[Any, Any], bool]:
    return lambda before, after: before != value and after == value


def _another(before: Any, after: Any) -> bool:
    """What only the apply knows is absent."""
    return before not in (None, "") and after not in (None, "") and before != after


_BUNDLE = "it is another bundle: who has a certificate of its authorities gets in, and others no more"
_ARGUMENTS: Mapping[str, tuple[_Argument, ...]] = {
    "aws_lb_listener": (
        _Argument(
            "mutual_authentication.mode",
            _from("verify"),
            "clients get in without a certificate, or with any, unless the application asks",
            IN,
        ),
        _Argument(
            "mutual_authentication.ignore_client_certificate_expiry", _to(True), "expired certificates get in", IN
        ),
        _Argument(
            "certificate_arn",
            _another,
            "whoever asks for a host that no other certificate covers is shown another one, and so is who names none",
            SHOWN,
        ),
        _Argument("ssl_policy", _another, "other versions and ciphers of TLS: some clients may fail", SHOWN),
    ),
    "aws_lb_trust_store": tuple(
        _Argument(f"ca_certificates_bundle_s3_{each}", _another, _BUNDLE, IN)
        for each in ("bucket", "key", "object_version")
    ),
    "aws_route53_resolver_firewall_rule": (
        _Argument("action", _from("BLOCK"), "names that nobody allowed are answered", _ANSWERED),
        _Argument(
            "action",
            _to("BLOCK"),
            "names that aren't allowed are answered no more: what asks for one fails, and no task starts whose image's "
            "registry is among them",
            _ANSWERED,
        ),
    ),
    "aws_s3_bucket_versioning": (
        _Argument(
            "versioning_configuration.status", _from("Enabled"), "what is overwritten in its bucket is lost", LOST
        ),
    ),
}
"""Pages of these types in the provider's documentation; what AWS makes of them: Elastic Load Balancing guide, "Mutual
authentication" and "SSL certificates", S3 guide, "Versioning"."""


def cautions(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of what is there and stays."""
    yield from _copies(changes)
    yield from _publishers(changes)
    for change in (each for each in changes if each.updates):
        said = (
            (each.words, each.headline)
            for each in _ARGUMENTS.get(change.type, ())
            if each.less(_value(change.before, each.path), _value(change.after, each.path))
        )
        for words, headline in dict.fromkeys(said):
            yield Caution(f"{change.address}: {words}", headline, grave=True)
        if change.type == "aws_wafv2_web_acl":
            yield from _rules(change)


def _publishers(changes: Sequence[Change]) -> Iterator[Caution]:
    """Tasks that write to a site from now on; who they are stands in the role's trust, as the comment shows it."""
    for role in (each for each in changes if each.type == "aws_iam_role" and not each.goes):
        if str(role.after.get("path")).endswith("/publishers/") and (
            new := _trusted(role.after) - _trusted(role.before)
        ):
            words = (
                f"{role.address}: what runs as {count(len(new), 'other role')} may write, overwrite and delete every"
            )
            yield Caution(f"{words} file of its site, and invalidate it", "somebody writes who did not", grave=True)


def _trusted(role: Values) -> set[str]:
    """The ARNs that a role's trust names in its condition."""
    try:
        found = json.loads(str(role.get("assume_role_policy")))["Statement"][0]["Condition"]["ArnLike"]
        arns = found["aws:PrincipalArn"]
    except (ValueError, KeyError, TypeError, IndexError):
        return set()
    return {str(each) for each in (arns if isinstance(arns, list) else [arns])}


def _copies(changes: Sequence[Change]) -> Iterator[Caution]:
    """What AWS Backup copies no more, or keeps for less long; of a vault that goes, too, nothing."""
    vaults = {str(each.before.get("name")) for each in changes if each.type == "aws_backup_vault" and not each.goes}
    for change in changes:
        if change.type in _GUARDS and change.goes and str(change.before.get("backup_vault_name")) in vaults:
            yield Caution(f"{change.address}: copies in its vault can be ended before their time", LOST, grave=True)
        if not (change.before and change.after):
            continue
        if change.type == "aws_backup_plan":
            before, after = _kept(change.before), _kept(change.after)
            for name in (each for each in before if after.get(each, 0) < before[each]):
                now = f"kept for {after[name]} days instead of {before[name]}" if name in after else "made no more"
                yield Caution(f"{change.address}: copies of its rule {name} are {now}", LOST, grave=True)
        if change.type == "aws_backup_selection":
            was, left = (side.get("resources") for side in (change.before, change.after))
            if (
                isinstance(was, list)
                and isinstance(left, list)
                and (gone := [each for each in was if each not in left])
            ):
                yield Caution(f"{change.address}: these are copied no more: {listed(gone, 3)}", LOST, grave=True)


_GUARDS = ("aws_backup_vault_lock_configuration", "aws_backup_vault_policy")


def _kept(plan: Values) -> dict[str, int]:
    """By rule, days."""
    return {
        str(rule.get("rule_name")): next((number(each, "delete_after") for each in blocks(rule, "lifecycle")), 0)
        for rule in blocks(plan, "rule")
    }


def _rules(acl: Change) -> Iterator[Caution]:
    """Of rules that stay: that goes is said by `protection.unfiltered`."""
    before, after = (_limits(each) for each in (acl.before, acl.after))
    for name in (each for each in before if each in after):
        if after[name].rate > before[name].rate:
            words = f"{acl.address}: {name} lets {after[name].rate} requests pass instead of {before[name].rate}"
            yield Caution(words, _LETS_IN, grave=True)
        if gone := sorted(after[name].counted - before[name].counted):
            words = f"{acl.address}: of {name} these are counted and no more stopped: {listed(gone, len(gone))}"
            yield Caution(words, _LETS_IN, grave=True)


@dataclass(frozen=True)
class _Limit:
    rate: int
    counted: frozenset[str]


def _limits(acl: Values) -> dict[str, _Limit]:
    found = {}
    for rule in blocks(acl, "rule"):
        statements = blocks(rule, "statement")
        rates = [each.get("limit") for one in statements for each in blocks(one, "rate_based_statement")]
        overrides = [
            each
            for one in statements
            for group in blocks(one, "managed_rule_group_statement")
            for each in blocks(group, "rule_action_override")
        ]
        found[str(rule.get("name"))] = _Limit(
            rate=next((each for each in rates if isinstance(each, int)), 0),
            counted=frozenset(
                str(each.get("name"))
                for each in overrides
                if any(blocks(use, "count") for use in blocks(each, "action_to_use"))
            ),
        )
    return found


def _value(values: Values, path: str) -> Any:
    """What an argument says, in the first of each of its blocks; None where there is none."""
    *within, name = path.split(".")
    for block in within:
        values = next(iter(blocks(values, block)), {})
    return values.get(name)
