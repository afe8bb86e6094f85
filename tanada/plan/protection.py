"""What a plan takes away of what protects: from deletion, from loss with it, from the public. By a patch, an extension
or a word such as `removal`: whatever does it, people must see it before it is applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks
from tanada.resources import is_locked
from tanada.text import listed

_LOSES, _OPENS = "something is protected from loss no more", "something opens to the public"
_LETS_IN = "a web application firewall stops less"
_ASKS_NONE = "an API asks for no token"


@dataclass(frozen=True)
class _Guard:
    """An argument that protects, and the values of it that don't."""

    argument: str
    without: tuple[Any, ...]
    words: str = ""
    """What is so from now on; of what goes when it is destroyed nothing more."""


_SNAPSHOTS = (_Guard("skip_final_snapshot", (True,)), _Guard("delete_automated_backups", (True,)))
_LOSS: Mapping[str, tuple[_Guard, ...]] = {
    "aws_db_instance": _SNAPSHOTS,
    "aws_rds_cluster": _SNAPSHOTS,
    "aws_s3_bucket": (_Guard("force_destroy", (True,)),),
    "aws_ecr_repository": (_Guard("force_delete", (True,)),),
    "aws_secretsmanager_secret": (_Guard("recovery_window_in_days", (0,)),),
}
"""What goes with a resource, or is kept of it (the provider's pages of these types)."""
_ADDRESS = _Guard("publicly_accessible", (True,), "it gets an address that all of the internet can reach")
_PUBLIC: Mapping[str, tuple[_Guard, ...]] = {
    "aws_db_instance": (_ADDRESS,),
    "aws_rds_cluster_instance": (_ADDRESS,),
    "aws_s3_bucket_public_access_block": tuple(
        _Guard(each, (False, None), f"its bucket may be opened to the public ({each})")
        for each in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    ),
    "aws_lambda_function_url": (
        _Guard("authorization_type", ("NONE",), "whoever knows the address may call the function"),
    ),
}
"""What is closed unless it says otherwise (RDS, S3 and Lambda guides, "public access")."""
_RULE, _ANYWHERE = "aws_vpc_security_group_ingress_rule", ("0.0.0.0/0", "::/0")
_OF_LOAD_BALANCERS = f"{_RULE}.security_"
"""How addresses of the rules begin that let everybody in to load balancers (modules/load_balancer.py)."""


def lost(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of what is there and stays; one for all that goes when they are destroyed."""
    gone: list[str] = []
    for change in (each for each in changes if each.updates):
        if is_locked(change.type, change.before) and not is_locked(change.type, change.after):
            gone.append(f"{change.address} (deletion protection)")
        for guard in _LOSS.get(change.type, ()):
            if change.before.get(guard.argument) not in guard.without and _open(guard, change.after):
                gone.append(f"{change.address} ({guard.argument})")
    if gone:
        yield Caution(f"what protects from loss goes: {listed(gone, len(gone))}", _LOSES, grave=True)


def opened(changes: Sequence[Change]) -> Iterator[Caution]:
    """Of what is made, too."""
    for change in changes:
        for guard in _PUBLIC.get(change.type, ()):
            if _open(guard, change.after) and (not change.before or not _open(guard, change.before)):
                yield Caution(f"{change.address}: {guard.words}", _OPENS, grave=True)
        ours = change.type != _RULE or change.address.startswith(_OF_LOAD_BALANCERS)
        if not ours and _anywhere(change.after) and not _anywhere(change.before):
            yield Caution(f"{change.address}: it lets in all of the internet", _OPENS, grave=True)
    yield from _shown(changes)


def _shown(changes: Sequence[Change]) -> Iterator[Caution]:
    """Buckets that were there before CloudFront shows what is in them; of one that is made with its site nothing."""
    there = {
        str(each.before.get("bucket_regional_domain_name")): each.address
        for each in changes
        if each.type == "aws_s3_bucket" and each.before
    }
    for change in changes:
        if change.type == "aws_cloudfront_distribution":
            for name in sorted(_origins(change.after) - _origins(change.before)):
                if name in there:
                    words = f"{there[name]}: whoever knows its name reads every object in it, by {change.address}"
                    yield Caution(words, _OPENS, grave=True)


def _origins(distribution: Values) -> set[str]:
    return {str(each["domain_name"]) for each in blocks(distribution, "origin") if each.get("domain_name")}


def unfiltered(changes: Sequence[Change]) -> Iterator[Caution]:
    """What a firewall stopped and stops no more; of load balancers that go, too, nothing."""
    stay = [change.before.get("arn") for change in changes if change.type == "aws_lb" and not change.goes]
    for change in changes:
        if change.type == "aws_wafv2_web_acl_association" and change.goes and change.before.get("resource_arn") in stay:
            yield Caution(f"{change.address}: no firewall stands before it any more", _LETS_IN, grave=True)
        if change.type == "aws_wafv2_web_acl" and change.updates:
            stopping = _stopping(change.after)
            if gone := [each for each in _stopping(change.before) if each not in stopping]:
                words = f"{change.address}: what these rules stopped gets in: {listed(gone, len(gone))}"
                yield Caution(words, _LETS_IN, grave=True)


def unasked(changes: Sequence[Change]) -> Iterator[Caution]:
    """Ways through an API that wanted a token and want none any more; a new one beside them, too. Of an API that is
    made nothing, as its id is known to the apply alone; nor of OPTIONS, by which browsers ask before they send one."""
    for change in changes:
        if (
            change.type != "aws_apigatewayv2_route"
            or change.goes
            or str(change.after.get("authorization_type")) == "JWT"
        ):
            continue
        beside = not change.before and isinstance(change.after.get("api_id"), str)
        key = str(change.after.get("route_key"))
        if str(change.before.get("authorization_type")) == "JWT" or (beside and key.startswith("ANY ")):
            yield Caution(f"{change.address}: who shows no token gets in by {key}", _ASKS_NONE, grave=True)


def unlisted(changes: Sequence[Change]) -> Iterator[Caution]:
    """What a web ACL stopped that goes and leaves a distribution of CloudFront's there: by its lists of addresses, or
    by any rule where no other one comes."""
    stay = {
        str(change.before.get("web_acl_id")): change
        for change in changes
        if change.type == "aws_cloudfront_distribution" and change.updates
    }
    for change in changes:
        if change.type == "aws_wafv2_web_acl" and change.goes and (of := stay.get(str(change.before.get("arn")))):
            other = of.after.get("web_acl_id", True)  # not among what is known before it is applied
            if gone := [each for each in _stopping(change.before) if each.startswith("allow-") or not other]:
                words = f"{of.address}: what these rules stopped gets in: {listed(gone, len(gone))}"
                yield Caution(words, _LETS_IN, grave=True)


def _stopping(acl: Values) -> list[str]:
    """The rules that do more than count."""
    return [
        str(rule.get("name"))
        for rule in blocks(acl, "rule")
        if not any(blocks(each, "count") for way in ("action", "override_action") for each in blocks(rule, way))
    ]


def _anywhere(rule: Values) -> bool:
    return any(rule.get(each) in _ANYWHERE for each in ("cidr_ipv4", "cidr_ipv6"))


def _open(guard: _Guard, values: Values) -> bool:
    return bool(values) and guard.argument in values and values[guard.argument] in guard.without
