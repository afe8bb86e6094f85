"""Checks of placeholders in texts: known, in a form that can be read, and with the way to what they name."""

from __future__ import annotations

from collections.abc import Iterator

from tanada.declarations.mistakes import Mistake
from tanada.declarations.models import Service
from tanada.declarations.parts import Part, Parts, each_once
from tanada.declarations.placeholders import Placeholder, faults, known_words, parts
from tanada.declarations.tree import Loc, mistake


def check_texts(system: Parts) -> Iterator[Mistake]:
    return each_once(system.parts, _part)


def _part(part: Part) -> Iterator[Mistake]:
    for name, service in part.services.items():
        yield from _service(part, name, service)


def _service(part: Part, name: str, service: Service) -> Iterator[Mistake]:
    words = known_words(part.services, part.store_names)
    # A service that is wrong itself may be the one that a placeholder names, and of what it reaches `reach` tells.
    broken = tuple(f"{each}.url" for each in part.service_names if each not in part.services)
    names = (*part.service_names, *part.store_names)
    told = [f"{each}.{field}" for each in service.reach if each not in names for field in ("url", "name")]
    told += [f"{each}.url" for each in service.reach if each in part.services and part.services[each].port is None]
    for loc, text in _texts(name, service):
        used = [piece.word for piece in parts(text) if isinstance(piece, Placeholder)]
        known = tuple(word for word in (*words, *broken) if word != f"{name}.url")
        for fault in faults(text, (*known, *told)):
            yield mistake(part.tree, loc, fault)
        for word in dict.fromkeys(used):
            other = word.partition(".")[0]
            if "." in word and word in known and other not in service.reach:
                sentence = f"{{{word}}} names {other}, which {name} can't reach; add it to reach: [{other}]"
                yield mistake(part.tree, loc, sentence)


def _texts(name: str, service: Service) -> Iterator[tuple[Loc, str]]:
    """The texts of a service that may hold placeholders."""
    for key, text in service.variables.items():
        yield ("services", name, "variables", key), text
    for field in ("command", "entrypoint"):
        for index, text in enumerate(getattr(service, field) or ()):
            yield ("services", name, field, index), text
