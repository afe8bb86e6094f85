"""Checks of `tags`, layer over layer: no more than AWS takes, none that IAM takes for another, known placeholders."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from tanada.declarations.checks.secrets import words_of, written
from tanada.declarations.mistakes import Mistake
from tanada.declarations.placeholders import ALWAYS, Placeholder, mistakes, parts
from tanada.declarations.root import SYSTEM_FILE
from tanada.declarations.scopes import Scopes
from tanada.declarations.tree import Node, mistake
from tanada.declared.tags import LONGEST, MOST, MOST_OF_A_ZONE, OURS

_OF_ENVIRONMENTS = ("domain", "url")
"""What a common layer has none of."""


def check_tags(system: Scopes) -> Iterator[Mistake]:
    for name, layer in system.layers.items():
        if (common := system.top.find(["accounts", name, "common"])) is not None:
            # What an account or the system says of all holds for its common layer, and is looked at here alone.
            own = [*_named(common)]
            yield from _once(common, own)
            yield from _known(common, own, {word: "x" for word in ALWAYS if word not in _OF_ENVIRONMENTS})
            zones = any(zone.existing is None for zone in layer.hosted_zones)
            yield from _counted(common, own, MOST_OF_A_ZONE if zones else MOST)
    for scope in system.instances:
        own = [key for key, node in _named(scope.tree).items() if node.at.file != SYSTEM_FILE]
        yield from _once(scope.tree, own)
        words = words_of(system, scope)
        if scope.domain is None and scope.layer is not None and not scope.layer.load_balancers:
            words = {word: each for word, each in words.items() if word not in _OF_ENVIRONMENTS}
        yield from _known(scope.tree, own, words)
        yield from _counted(scope.tree, own, MOST)


def _named(tree: Node) -> Mapping[str, Node]:
    tags = tree.find(["tags"])
    return tags.mapping if tags is not None else {}


def _once(tree: Node, own: Collection[str]) -> Iterator[Mistake]:
    first: dict[str, str] = {}
    for key in _named(tree):
        other = first.setdefault(key.lower(), key)
        if other != key and (later := key if key in own else other) in own:
            known = other if later == key else key
            sentence = f"is {known} but for capitals, which IAM doesn't tell apart; write {known}"
            yield mistake(tree, ("tags", later), sentence, at_key=True)


def _known(tree: Node, own: Collection[str], words: Mapping[str, str]) -> Iterator[Mistake]:
    for key in own:
        text = _named(tree)[key].value
        if not isinstance(text, str) or "{" not in text:
            continue
        used = {piece.word for piece in parts(text) if isinstance(piece, Placeholder)}
        if (theirs := sorted(used - {*words} & {*_OF_ENVIRONMENTS})) and _named(tree)[key].at.file == SYSTEM_FILE:
            sentence = f"{{{theirs[0]}}} is an environment's, and a common layer has this tag too; say it there"
            yield mistake(tree, ("tags", key), sentence)
        elif wrong := next(mistakes(text, words), None):
            yield mistake(tree, ("tags", key), wrong)
        elif len(filled := written(text, words)) > LONGEST:
            yield mistake(
                tree, ("tags", key), f"is {len(filled)} characters with its placeholders, of {LONGEST} that AWS takes"
            )


def _counted(tree: Node, own: Collection[str], most: int) -> Iterator[Mistake]:
    if own and len(_named(tree)) > most:
        ours = len(OURS) - (most == MOST_OF_A_ZONE)
        what = "a hosted zone" if most == MOST_OF_A_ZONE else "a resource"
        sentence = f"one tag too many: AWS takes {most + ours} of {what}, {ours} of which Tanada writes"
        yield mistake(tree, ("tags", [*own][-1]), sentence, at_key=True)
