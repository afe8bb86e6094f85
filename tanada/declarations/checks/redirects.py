"""Checks of what load balancers answer by themselves: each once, at a host that leads there, and never in a circle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tanada.declarations.domains import covering, covers_names, full_name, reachable
from tanada.declarations.mistakes import Loc, Mistake
from tanada.declarations.placeholders import Placeholder, parts
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared import redirects
from tanada.declared.hosts import host_of, hosts_of
from tanada.declared.paths import meet
from tanada.declared.redirects import Redirect, Static
from tanada.declared.rule import Rule
from tanada.declared.rules import led_by_statics
from tanada.text import meant, one_of, quoted

HOPS = 10
"""How often a browser may be sent on: they give up after 20 (Fetch standard, "HTTP-redirect fetch")."""


def check_redirects(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def where(key: str, static: Static) -> Loc:
    """The way to one."""
    return ("redirects" if isinstance(static, Redirect) else "fixed_responses", key)


def _scope(scope: Scope) -> Iterator[Mistake]:
    yield from _twice(scope)
    yield from _nowhere(scope)
    yield from _circles(scope)


def _twice(scope: Scope) -> Iterator[Mistake]:
    first: dict[tuple[str | None, str | None], Loc] = {}
    for group in ("redirects", "fixed_responses"):
        for key in scope.names(group):
            static = scope.statics.get(key)
            # Of one key in both the redirect is the one that is known.
            if static is None or (group == "fixed_responses" and isinstance(static, Redirect)):
                at: tuple[str | None, str | None] | None = None
                other: Loc | None = ("redirects", key) if group == "fixed_responses" and static is not None else None
            else:
                asked = redirects.asked(key, static)
                host = host_of(asked.host, scope.domain or "") if asked.host is not None else None
                at = (host, asked.path)
                other = first.setdefault(at, (group, key))
            if other is not None and other != (group, key):
                sentence = f"{other[0]} answer {quoted(str(other[1]))} already, which is the same; take one of them out"
                yield mistake(scope.tree, (group, key), sentence, at_key=True, because=[other])


def _nowhere(scope: Scope) -> Iterator[Mistake]:
    """What stands at a host, or behind a load balancer, that isn't there."""
    layer = scope.layer
    if layer is None or not scope.statics:
        return
    there, public = layer.load_balancers, any(each.https for each in scope.services.values())
    led = led_by_statics(scope.services, scope.domain or "", scope.statics)
    for key, static in scope.statics.items():
        loc, host = where(key, static), key.partition("/")[0]
        if not host and (node := scope.tree.find(loc)) is not None and node.source == "blueprint":
            continue  # which all have; where nothing is public it stands nowhere
        if not there:
            sentence = (
                f"account {scope.account} has no load balancer (common.load_balancers is {{}}), so nothing answers"
            )
            yield mistake(scope.tree, loc, f"{sentence} this; take it out", at_key=True)
        elif not host and not public:
            sentence = "no service is public here, so there is no host to answer at; name one: www.example.jp"
            yield mistake(scope.tree, loc, f"{sentence}{key}", at_key=True)
        elif host and (form := host_of(host, scope.domain or "")) in led:
            if static.load_balancer not in there:
                name = static.load_balancer
                said = f"{quoted(name)} is none of common.load_balancers; {one_of(there)}{meant(name, there)}"
                if "load_balancer" not in static.model_fields_set:
                    said = f"no service answers {host}, and no load balancer is called {name}; say load_balancer: "
                    said += next(iter(there))
                yield mistake(scope.tree, (*loc, "load_balancer"), said)
            elif scope.domain is not None and "." in form and not reachable(full_name(form, scope.domain), layer):
                covers = f"no {covers_names(layer)} of account {scope.account} covers {quoted(form)}"
                yield mistake(scope.tree, loc, f"{covers}; expected a host in {covering(layer)}", at_key=True)


def _circles(scope: Scope) -> Iterator[Mistake]:
    rules = [rule for rule in scope.rules if rule.static is not None]
    told: set[str] = set()
    for rule in rules:
        if isinstance(rule.static, Redirect) and rule.called not in told and (way := _way(scope, rules, rule)):
            told.add(rule.called)
            on = "and so on" if len(way) > HOPS else "where it began"
            sentence = f"leads on and on: {' to '.join(way[:4])}, {on}; no browser follows that"
            yield mistake(scope.tree, where(rule.called, rule.static), sentence)


def _way(scope: Scope, rules: Sequence[Rule], first: Rule) -> list[str]:
    """Where a browser is sent from a path that fits the rule, if it comes back to that rule for ever; else nothing."""
    at = (first.hosts[0], re.sub(r"[*?]", "x", first.path or "/x"))
    seen: dict[tuple[str, str], Rule] = {}
    while True:
        rule = next((each for each in rules if at[0] in each.hosts and meet(each.path, at[1])), None)
        if rule is None or not isinstance(rule.static, Redirect):
            return []
        if at in seen or len(seen) > HOPS:
            within = list(seen.values())[list(seen).index(at) if at in seen else 0 :]
            called = [f"{full_name(host, _domain(scope))}{path}" for host, path in seen]
            return called if first in within else []
        seen[at] = rule
        at = _led(scope, rule.static, *at)


def _led(scope: Scope, static: Redirect, host: str, path: str) -> tuple[str, str]:
    """The host, in its one form, and the path that it leads to from there."""
    known = {"host": full_name(host, _domain(scope)), "path": path.removeprefix("/")}
    known |= {"port": "443", "protocol": "https", "query": ""}
    led = redirects.target(_filled(scope, static.url))
    to, on = (re.sub(r"#\{(\w+)\}", lambda word: known.get(word[1], ""), text) for text in (led.host, led.path))
    return host_of(to, _domain(scope)), on


def _domain(scope: Scope) -> str:
    """Of review what stands for it."""
    return scope.domain or "<domain>"


def _filled(scope: Scope, url: str) -> str:
    """With what is known of the environment for its placeholders; those of the load balancer as AWS has them."""
    words = {"domain": _domain(scope), "url": f"https://{_domain(scope)}"}
    for name, service in scope.services.items():
        for host in hosts_of(service, scope.domain or "")[:1]:
            words[f"{name}.public_url"] = f"https://{full_name(host, _domain(scope))}"
    return "".join(words.get(piece.word, "x") if isinstance(piece, Placeholder) else str(piece) for piece in parts(url))
