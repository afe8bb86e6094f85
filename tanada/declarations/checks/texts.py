"""Checks of placeholders in texts: known, in a form that can be read, and with the way to what they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tanada.declarations.checks import publishers
from tanada.declarations.mistakes import Loc, Mistake, Position
from tanada.declarations.placeholders import known, mistakes, named, public, secret
from tanada.declarations.scopes import Scope, Scopes, each_once
from tanada.declarations.tree import mistake
from tanada.declared.blueprint import Part, groups
from tanada.declared.expanded import texts
from tanada.declared.publishers import WORDS
from tanada.declared.redirects import Redirect
from tanada.declared.store import Store


def check_texts(system: Scopes) -> Iterator[Mistake]:
    sites = publishers.words(system)
    doubtful = frozenset(f"{site}.{word}" for site in publishers.doubtful(system) for word in WORDS)
    return each_once(system, lambda scope: _scope(scope, sites, doubtful))


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that texts of a scope may hold, worked out once: a part's own are a few of them."""

    known: Mapping[str, None]
    """All, as a dict for their order."""
    free: frozenset[str]
    """Those that need no `reach`."""
    kept: frozenset[str]
    """Those that `secrets` alone may hold, which are none of the known."""
    of_stores: Mapping[str, None]
    """Those for a store, which reaches nobody."""
    doubtful: frozenset[str]
    """Those that a part may have meant, were another environment's site not wrong itself."""

    @classmethod
    def of(cls, scope: Scope, doubtful: frozenset[str]) -> _Words:
        domain = scope.layer is None or scope.domain is not None or bool(scope.layer.load_balancers)
        words, free = known(scope.parts, domain=domain), frozenset(public(scope.parts))
        of_stores = dict.fromkeys(word for word in words if word in free or "." not in word)
        return cls(dict.fromkeys(words), free, frozenset(secret(scope.parts)), of_stores, doubtful)

    def publishing(self, words: Sequence[str]) -> _Words:
        """With those for sites that a part writes to."""
        if not words:
            return self
        return replace(self, known={**self.known, **dict.fromkeys(words)}, free=self.free | {*words})

    def beside(self, name: str, part: Part) -> Mapping[str, None]:
        """Those that this service may use: its own address is none of them, its public one is."""
        words = dict(self.known)
        for word in part.kind.words():
            if (own := f"{name}.{word}") not in self.free:
                words.pop(own, None)
        return words


def _scope(scope: Scope, sites: Mapping[str, Sequence[str]], doubtful: frozenset[str]) -> Iterator[Mistake]:
    words = _Words.of(scope, doubtful)
    told: set[Position] = set()  # a text that several have (`like`) is wrong once
    for name, part in scope.parts.items():
        if braced := [(loc, text) for loc, text in texts(part) if "{" in text or "}" in text]:
            own = sites.get(f"{scope.name}.{name}", ()) if scope.kind == "environment" else ()
            more = [f"{site}.{word}" for site in own for word in WORDS]
            yield from _part(scope, name, part, braced, words.publishing(more), told)
    yield from _statics(scope, words)


def _statics(scope: Scope, words: _Words) -> Iterator[Mistake]:
    """Of what load balancers answer by themselves, which reaches nobody."""
    for key, static in scope.statics.items():
        group = "redirects" if isinstance(static, Redirect) else "fixed_responses"
        for loc, text in texts(static):
            hidden = [word for word in named(text) if _said_elsewhere(scope, word.partition(".")[0], ())]
            for sentence in mistakes(text, {**words.of_stores, **dict.fromkeys(hidden)}):
                yield mistake(scope.tree, (group, key, *loc), sentence)


def _part(
    scope: Scope,
    name: str,
    part: Part,
    braced: Sequence[tuple[Loc, str]],
    all_words: _Words,
    told: set[Position],
) -> Iterator[Mistake]:
    free, kept = all_words.free, all_words.kept
    if isinstance(part, Store):  # it reaches nobody
        words, kept = all_words.of_stores, frozenset()
    else:
        words = all_words.beside(name, part)
    reach: frozenset[str] = frozenset(getattr(part, "reached", ()))
    misspelt = not reach <= scope.homes.keys()  # which is said there, and may be the name that is missing
    for loc, text in braced:
        node = scope.tree.find((scope.homes[name], name, *loc))
        if node is not None and node.at in told:
            continue
        used = list(named(text))
        # Of what is broken itself, or can't be reached, that is said already.
        silent = {word for word in used if _said_elsewhere(scope, word.partition(".")[0], reach)}
        silent |= all_words.doubtful.intersection(used)
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
        for sentence in mistakes(text, {**words, **dict.fromkeys((*silent, *private, *hidden))}):
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
