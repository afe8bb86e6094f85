"""The order of an environment's rules, and their numbers.

A load balancer takes the first rule that fits, by its number (Elastic Load Balancing guide, "Listener rules"), so the
most specific one stands first: an exact path before patterns, a longer pattern before a shorter one, a host alone last.
Rules of different hosts never compete: no host here has a wildcard.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from hashlib import sha256

from tanada.declared.model import Need
from tanada.declared.paths import rank
from tanada.declared.rule import RULES, Rule

FIRST, LAST = 1001, 40000
"""Numbers of permanent environments' rules: those below are the common layer's, those above AWS's provider gives, which
takes the highest that there is and one (`highestListenerRulePriority`, internal/service/elbv2/listener_rule.go)."""
BLOCK = 500
"""How many of them are one environment's."""
_EXACT, _SHORT, _LENGTH, _HOSTS = 60, 10, 28, 140
"""Of a block: for exact paths, for patterns of each length up to 28, and for hosts alone; those that are longer share
what is left."""
_STATIC = (12, 6, 6)
"""Of those for exact paths, the first ones: for what load balancers answer by themselves, of exact paths, patterns and
hosts alone. Services' rules there give way."""
_LONG = BLOCK - _EXACT - _SHORT * _LENGTH - _HOSTS
_LONGEST = 128


def order(rule: Rule) -> tuple[object, ...]:
    """What rules are sorted by: the most specific first; those that let in before the one that refuses, and of them the
    last first: a longer list gets rules before those that are there, of which none becomes another."""
    return (
        rule.static is None,
        rank(rule.path),
        rule.static is not None and rule.called.startswith("/"),  # behind what one host alone has of that path
        _place(rule),
        rule.called,
        rule.where,
        rule.refuses,
        -rule.part,
        rule.word,
    )


def _place(rule: Rule) -> int:
    """Where in a block it stands if it may: by itself alone, so that what else there is moves nothing."""
    kind, length = rank(rule.path)
    if rule.static is not None:
        first, patterns, hosts = _STATIC
        if kind == 1:
            return first + (_LONGEST + length) * patterns // _LONGEST
        return _within(rule, first) if kind == 0 else first + patterns + _within(rule, hosts)
    if kind == 0:
        return _within(rule, _EXACT)
    if kind == 2:
        return BLOCK - _HOSTS + _within(rule, _HOSTS)
    if -length > _LENGTH:
        return _EXACT + (_LONGEST + length) * _LONG // (_LONGEST - _LENGTH)
    return _EXACT + _LONG + (_LENGTH + length) * _SHORT + _within(rule, _SHORT)


def _within(rule: Rule, width: int) -> int:
    """A place among as many, always the same; of rules for one list of addresses one place."""
    return _hashed(f"{rule.called} {rule.where}") % width


def first_number(environment: str) -> int:
    """Where the block of an environment begins, by its name alone: it stays whatever other environments come."""
    return FIRST + BLOCK * (_hashed(environment) % ((LAST - FIRST + 1) // BLOCK))


def numbers(ordered: Sequence[Rule], first: int) -> tuple[int, ...]:
    """The number of each rule, at most a block of them; rising, with room between.

    Two that would have the same take neighbours. A rule stands in Terraform at an address made of its number, so no
    plan ever gives a rule another number, or one that another still has (`PriorityInUse`).
    """
    assert len(ordered) <= BLOCK, "tanada check says so"
    places: list[int] = []
    for rule in ordered:
        places.append(max(_place(rule) - rule.part, places[-1] + 1 if places else 0))
    following = BLOCK
    for index in range(len(places) - 1, -1, -1):
        following = places[index] = min(places[index], following - 1)
    return tuple(first + place for place in places)


def _hashed(text: str) -> int:
    return int(sha256(text.encode()).hexdigest()[:8], 16)


def numbered(needed: Iterable[Need]) -> frozenset[str]:
    """The load balancers on which a permanent environment's rules have numbers of its block: a rule that is its only
    one competes with none, and takes the next free number."""
    mine = [need for need in needed if need.type == RULES]
    if sum(need.number for need in mine) < 2:
        return frozenset()
    return frozenset(need.load_balancer for need in mine if need.load_balancer is not None)


def floors(environments: Iterable[Iterable[Need]], ours: Container[str]) -> Iterator[Need]:
    """The common layer's rule at LAST, on each load balancer of `ours` where one of its permanent environments has
    numbers; `environments` are what each of them needs. What takes the next free number takes one above it, none of
    theirs."""
    found = {each for needed in environments for each in numbered(needed)}
    for balancer in sorted(each for each in found if each in ours):
        yield Need(RULES, 1, balancer)
