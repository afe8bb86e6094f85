"""What a plan does to who gets in by load balancers, and to what these answer by themselves."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tanada.contract.sign_in import is_note
from tanada.plan.model import Caution
from tanada.plan.planned import Change, Values, blocks
from tanada.text import count, listed

Place = tuple[Any, str, str]
"""A listener, a host, and a path, which is empty where it is all of them."""
_RULE = "aws_lb_listener_rule"


def forwards(rule: Values) -> bool:
    """Whether a service answers what fits it."""
    return bool(rule.get("action")) and not _action(rule)


def places(rule: Values) -> list[tuple[str, str]]:
    """Each host and path of a rule."""
    return [(host, path) for host in values(rule, "host_header") for path in values(rule, "path_pattern") or [""]]


def values(rule: Values, kind: str) -> list[str]:
    return [
        value
        for condition in blocks(rule, "condition")
        for each in blocks(condition, kind)
        for value in each.get("values") or ()
        if isinstance(value, str)
    ]


def allowed(changes: Sequence[Change]) -> Iterator[Caution]:
    """Whom services' hosts and paths let in that they didn't, or no more. How many addresses, never which."""
    rules = [each for each in changes if each.type == _RULE]
    before, after = _who([each.before for each in rules]), _who([each.after for each in rules])
    for place in sorted({*before, *after}, key=str):
        listener, host, path = place
        # What has no list of its own is let in where the rest of the host is, if that is the same service.
        rest = (listener, host, "")
        old, new = before.get(place) or before.get(rest), after.get(place) or after.get(rest)
        if old is not None and new is not None and (old.group == new.group or (place in before and place in after)):
            yield from _differs(f"{host}{path}", old.sources, new.sources)


def at_edge(changes: Sequence[Change]) -> Iterator[Caution]:
    """The same of sets that a web ACL before CloudFront lets in."""
    for change in changes:
        if change.type == "aws_wafv2_ip_set" and change.updates:
            old, new = (_ranges(each.get("addresses")) for each in (change.before, change.after))
            yield from _differs(change.address, old, new)


@dataclass(frozen=True)
class _Entrance:
    group: str | None
    """Where it leads."""
    sources: frozenset[str] | None
    """Who gets in; None is everybody."""


def _differs(where: str, old: frozenset[str] | None, new: frozenset[str] | None) -> Iterator[Caution]:
    """None is everybody."""
    if old == new:
        return
    if new is None:
        if old is not None:
            words = f"{where} lets everybody in: it was kept to {count(len(old), 'range')} of addresses"
            yield Caution(words, "a list of addresses that kept others out goes")
        return
    if old is None:
        yield Caution(f"{where} lets in {count(len(new), 'range')} of addresses alone: all others get 403 at once")
        return
    more, fewer = _beyond(new, old), _beyond(old, new)
    if {"0.0.0.0/0", "::/0"} & more:
        words = f"{where} opens to the internet: a range of all addresses is among those that get in"
        yield Caution(words, "a domain opens to the internet")
    elif more:
        yield Caution(f"{where} lets in {count(len(more), 'range')} of addresses more")
    if fewer:
        yield Caution(f"{where} shuts {count(len(fewer), 'range')} of addresses out: who comes from there gets 403")


def _who(rules: Sequence[Values]) -> dict[Place, _Entrance]:
    """By place who gets in to a service there."""
    found: dict[Place, _Entrance] = {}
    for rule in filter(forwards, rules):
        sources = frozenset(values(rule, "source_ip"))
        for host, path in places(rule):
            place = (rule.get("listener_arn"), host, path)
            there = found.get(place, _Entrance(group(rule), frozenset()))
            found[place] = _Entrance(
                there.group, (there.sources | sources) if sources and there.sources is not None else None
            )
    return found


def group(rule: Values) -> str | None:
    """Where it leads, of two that take turns the one that answers; None of one that answers by itself, and where only
    the apply knows."""
    for action in blocks(rule, "action"):
        groups = [each for forward in blocks(action, "forward") for each in blocks(forward, "target_group")]
        arn = next((each.get("arn") for each in groups if each.get("weight")), action.get("target_group_arn"))
        # Who signs in first is led on after that.
        if arn and isinstance(arn, str):
            return arn
    return None


def signed_in(changes: Sequence[Change]) -> Iterator[Caution]:
    """Where people had to sign in and don't any more, or have to from now on."""
    rules = [each for each in changes if each.type == _RULE]
    before, after = _asked([each.before for each in rules]), _asked([each.after for each in rules])
    for place in sorted({*before, *after}, key=str):
        listener, host, path = place
        rest = (listener, host, "")
        old, new = before.get(place, before.get(rest)), after.get(place, after.get(rest))
        if old is None or new is None or old == new:
            continue
        if old:
            words = f"nobody has to sign in to {host}{path} any more: whoever is let in there is answered"
            yield Caution(words, "a path opens where people had to sign in", grave=True)
        else:
            yield Caution(
                f"{host}{path} asks people to sign in from now on: programs that call it are sent to where people do"
            )


def _asked(rules: Sequence[Values]) -> dict[Place, bool]:
    """By place whether people sign in before a service answers there."""
    found: dict[Place, bool] = {}
    for rule in filter(forwards, rules):
        asks = any(blocks(action, "authenticate_cognito") for action in blocks(rule, "action"))
        for host, path in places(rule):
            place = (rule.get("listener_arn"), host, path)
            found[place] = asks and found.get(place, True)
    return found


def people(changes: Sequence[Change]) -> Iterator[Caution]:
    """Who may sign in that mightn't, or no more; and by whom they are known."""
    for function in (each for each in changes if each.type == "aws_lambda_function"):
        old, new = _domains(function.before), _domains(function.after)
        if old is not None and new is not None:
            if more := sorted(new - old):
                yield Caution(f"whose mail address is of {listed(more, len(more))} may sign in, too")
            if fewer := sorted(old - new):
                yield Caution(
                    f"whose mail address is of {listed(fewer, len(fewer))} may sign in no more: who is signed in is "
                    "asked again within the hour, and refused"
                )
        elif old is not None and any(each.type == "aws_cognito_user_pool" and each.after for each in changes):
            words = "whoever the identity provider knows may sign in: mail addresses are looked at no more"
            yield Caution(words, "everybody may sign in whom the identity provider knows", grave=True)
    notes = (each for each in changes if each.type == "terraform_data" and each.updates)
    for note in (each for each in notes if is_note(each.before) and is_note(each.after)):
        before, after = (side["input"]["provider"] for side in (note.before, note.after))
        if before != after:
            yield Caution(
                f"people sign in by {after}, not {before}: to applications that know them by their id they are others"
            )


def _domains(function: Values) -> frozenset[str] | None:
    """The domains of mail addresses that it lets in; None of another function."""
    for block in blocks(function, "environment"):
        variables = block.get("variables")
        if isinstance(variables, Mapping) and {"DOMAINS", "VERIFIED"} <= set(variables):
            try:
                return frozenset(map(str, json.loads(variables["DOMAINS"])))
            except (TypeError, ValueError):
                return None
    return None


def _beyond(some: Collection[str], others: Collection[str]) -> set[str]:
    """Those ranges that lie in none of the others."""
    wide = [_range(each) for each in others]
    return {each for each in some if not any(_within(_range(each), other) for other in wide)}


def _ranges(value: object) -> frozenset[str]:
    """Those that are ranges, of what a plan holds, which may be anything."""
    found = set()
    for each in value if isinstance(value, list) else ():
        with suppress(ValueError):
            found.add(str(_range(str(each))))
    return frozenset(found)


def _range(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def _within(one: Any, other: Any) -> bool:
    return bool(one.version == other.version and one.subnet_of(other))


def answered(changes: Sequence[Change]) -> Iterator[Caution]:
    """What load balancers answer by themselves from now on, where services were asked."""
    rules = [each for each in changes if each.type == _RULE]
    asked = {host for each in rules if forwards(each.before) for host, _ in places(each.before)}
    had = {(place, _action(each.before)) for each in rules for place in places(each.before)}
    for rule in rules:
        action = _action(rule.after)
        if not action or values(rule.after, "source_ip"):
            continue
        kept = action == "redirect HTTP_301"
        for host, path in places(rule.after):
            if ((host, path), action) in had or (host not in asked and not kept) or _refuses(rule.after, rules):
                continue
            where = f"{host}{path or '/'}" if path else f"all of {host}"
            if kept:
                more = ", before any service is asked" if host in asked else ""
                yield Caution(
                    f"{where} is sent elsewhere for good (301){more}: browsers remember it, whatever a later plan "
                    "says. status: 302 while you try"
                )
            else:
                yield Caution(f"{where} is answered by the load balancer itself, before any service is asked")


def _action(rule: Values) -> str:
    """What a rule does that leads to no service."""
    for action in blocks(rule, "action"):
        for redirect in blocks(action, "redirect"):
            return f"redirect {redirect.get('status_code')}"
        if blocks(action, "fixed_response"):
            return "fixed response"
    return ""


def _refuses(rule: Values, rules: Sequence[Change]) -> bool:
    """Whether it is for all whom a list of addresses keeps out: another one for the same lets some in."""
    mine = places(rule)
    return any(values(each.after, "source_ip") and places(each.after) == mine for each in rules)
