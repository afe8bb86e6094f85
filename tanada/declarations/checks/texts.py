"""Checks of placeholders in texts: known, in a form that can be read, and with the way to what they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from tanada.declarations.mistakes import Loc, Mistake, Position
from tanada.declarations.placeholders import known, mistakes, named, public, secret
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.blueprint import Part, groups
from tanada.declared.expanded import texts
from tanada.declared.store import Store


def check_texts(system: Scopes) -> Iterator[Mistake]:
    return each_once(system, _scope)


def _scope(scope: Scope) -> Iterator[Mistake]:
    words = known(
        scope.parts, domain=scope.layer is None or scope.domain is not None or bool(scope.layer.load_balancers)
    )
    kept = frozenset(secret(scope.parts))
    told: set[Position] = set()  # a text that several have (`like`) is wrong once
    for name, part in scope.parts.items():
        if braced := [(loc, text) for loc, text in texts(part) if "{" in text or "}" in text]:
            yield from _part(scope, name, part, braced, words, kept, told)


def _part(
    scope: Scope,
    name: str,
    part: Part,
    braced: Sequence[tuple[Loc, str]],
    all_words: Sequence[str],
    kept: Collection[str],
    told: set[Position],
) -> Iterator[Mistake]:
    free = frozenset(public(scope.parts))
    if isinstance(part, Store):  # it reaches nobody
        kept, all_words = (), [word for word in all_words if word in free or "." not in word]
    words = dict.fromkeys(word for word in all_words if word in free or not word.startswith(f"{name}."))
    reach: frozenset[str] = frozenset(getattr(part, "reached", ()))
    misspelt = not reach <= scope.homes.keys()  # which is said there, and may be the name that is missing
    for loc, text in braced:
        node = scope.tree.find((scope.homes[name], name, *loc))
        if node is not None and node.at in told:
            continue
        used = list(named(text))
        # Of what is broken itself, or can't be reached, that is said already.
        silent = {word for word in used if _said_elsewhere(scope, word.partition(".")[0], reach)}
        private = [word for word in used if _private(scope, word)]
        others = [(group, other) for other in {word.partition(".")[0] for word in used} for group in groups()]
        for word in private:
            other = word.partition(".")[0]
            why, instead = "has no http here, so it has no public host", "give it http"
            if scope.tree.find(("services", other, "http", "hosts")) is not None:
                why = "has hosts with dots alone, which are left out in review: each belongs to one environment"
                instead = "give it a label below the domain there (hosts: [www])"
            sentence = f"{{{word}}}: {other} {why}; {instead}, or take this out"
            yield mistake(scope.tree, (scope.homes[name], name, *loc), sentence, because=others)
        hidden = [word for word in used if word in kept and (word not in words or loc[-2:-1] == ("secrets",))]
        for sentence in _misplaced(loc, text, hidden):
            yield mistake(scope.tree, (scope.homes[name], name, *loc), sentence, because=others)
        for sentence in mistakes(text, words | dict.fromkeys((*silent, *private, *hidden))):
            told |= {node.at} if node is not None else set()
            yield mistake(scope.tree, (scope.homes[name], name, *loc), sentence, because=others)
        for word in used:
            other = word.partition(".")[0]
            of_part = word in hidden or ("." in word and word in words and word not in free)
            if of_part and other not in reach and not misspelt:
                sentence = f"{{{word}}} names {other}, which {name} can't reach; add it to reach: [{other}]"
                way = (scope.homes[name], name)
                yield mistake(scope.tree, (*way, *loc), sentence, because=[(*way, "reach")])


def _misplaced(loc: Loc, text: str, hidden: Sequence[str]) -> Iterator[str]:
    """What is wrong with where words of secrets stand; `hidden` are those in the text."""
    for word in hidden:
        if loc[-2:-1] != ("secrets",):
            yield f"{{{word}}} is a secret: write it below secrets, from where ECS alone reads it"
        elif text != f"{{{word}}}":
            yield f"{{{word}}} is all of a secret; a value can't be put together of it and more"


def _private(scope: Scope, word: str) -> bool:
    """Whether it would be there if the part that it names were public."""
    other, _, what = word.partition(".")
    part = scope.parts.get(other)
    return part is not None and what in part.kind.PUBLIC and what not in part.kind.public_words()


def _said_elsewhere(scope: Scope, other: str, reach: Collection[str]) -> bool:
    broken = other not in scope.homes if not scope.whole else other in scope.homes and other not in scope.parts
    closed = other in reach and (
        other not in scope.homes or (other in scope.parts and scope.parts[other].kind.closed())
    )
    return bool(broken or closed)
